"""Answers about all requests at once: which of two policies allows more, and whether any may.

>>> from idkeep.policy import PolicyKind, parse
>>> from idkeep.policy.symbolic import compare
>>> def reads(action: str) -> str:
...     statement = f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}'
...     return f'{{"Version": "2012-10-17", "Statement": {statement}}}'
>>> a, b = (parse(reads(action), PolicyKind.IDENTITY) for action in ("s3:Get*", "s3:*"))
>>> found = compare(a, b)
>>> str(found.relation), found.only_a, found.only_b.action
('narrower', None, 's3:x')

What holds for all requests is proven, or refuted by a request:

>>> from idkeep.policy.symbolic import implies, proves, requests_for
>>> type(implies(a, b)).__name__, implies(b, a).request.action
('Proven', 's3:x')
>>> type(proves(a, never=requests_for(["s3:Delete*"]))).__name__
'Proven'
"""

from idkeep.policy.symbolic.compare import (
    Answer,
    Comparison,
    Documents,
    Nothing,
    Relation,
    Undecided,
    Witness,
    compare,
    exceeds,
    intersects,
)
from idkeep.policy.symbolic.proof import Proof, Proven, Refuted, implies, proves, requests_for

__all__ = [
    "Answer",
    "Comparison",
    "Documents",
    "Nothing",
    "Proof",
    "Proven",
    "Refuted",
    "Relation",
    "Undecided",
    "Witness",
    "compare",
    "exceeds",
    "implies",
    "intersects",
    "proves",
    "requests_for",
]
