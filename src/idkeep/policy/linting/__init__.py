"""What is wrong or odd in a policy document, beyond what the parser needs to know.

>>> from idkeep.policy import PolicyKind
>>> from idkeep.policy.linting import guess_kind
>>> guess_kind({"Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}})
<PolicyKind.IDENTITY: 'identity'>
"""

from idkeep.policy.linting.codes import ISSUES, Category, Issue
from idkeep.policy.linting.finding import Finding
from idkeep.policy.linting.fix import Fix, fixed
from idkeep.policy.linting.kind import guess_kind, is_policy
from idkeep.policy.linting.run import lint

__all__ = [
    "ISSUES",
    "Category",
    "Finding",
    "Fix",
    "Issue",
    "fixed",
    "guess_kind",
    "is_policy",
    "lint",
]
