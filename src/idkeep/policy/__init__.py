"""Exact IAM policy semantics: policies and a request in, a decision and its reasons out.

>>> from idkeep.policy import Policies, PolicyKind, Request, Requester, evaluate, parse
>>> read = parse(
...     '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*",'
...     ' "Resource": "arn:aws:s3:::logs/*"}}',
...     PolicyKind.IDENTITY,
... )
>>> ana = Requester.parse("arn:aws:iam::111122223333:user/ana")
>>> request = Request(principal=ana, action="s3:GetObject", resource="arn:aws:s3:::logs/today")
>>> decision = evaluate(request, Policies(identity=(read,)))
>>> type(decision).__name__, str(decision.by[0])
('Allowed', 'identity[0] statement 0')

What an answer hangs on is asked for apart, since it takes more decisions:

>>> other = Request(principal=ana, action="s3:PutObject", resource="arn:aws:s3:::logs/today")
>>> [str(change) for [change] in changes_to_allow(other, Policies(identity=(read,)))][1]
'allow s3:PutObject: in a policy of the requester'
>>> [str(one) for one in rests_on(request, Policies(identity=(read,)))]
['identity[0] statement 0']
"""

from idkeep.policy.buckets import Bucket, ObjectOwnership, is_public
from idkeep.policy.condition import Condition, Holds, all_hold, holds
from idkeep.policy.context import NOT_KNOWN, Context, NotKnown
from idkeep.policy.counterfactual import (
    AddAllow,
    AssumeRoleIn,
    Change,
    RemoveDeny,
    changes_to_allow,
    rests_on,
)
from idkeep.policy.decision import (
    Allowed,
    Check,
    CheckEffect,
    CheckResult,
    Decision,
    Denied,
    Depends,
    Matched,
    Unknown,
)
from idkeep.policy.diagnostics import Diagnostic, PolicyError, Rule
from idkeep.policy.document import (
    Action,
    ActionElement,
    Effect,
    NotAction,
    NotPrincipal,
    NotResource,
    Policy,
    PolicyKind,
    Principal,
    PrincipalElement,
    Resource,
    ResourceElement,
    Statement,
)
from idkeep.policy.evaluate import evaluate
from idkeep.policy.expression import (
    And,
    Expression,
    Not,
    Open,
    Or,
    Truth,
    Undocumented,
    all_of,
    any_of,
    negation,
)
from idkeep.policy.grants import Grant, GrantConstraints
from idkeep.policy.operators import Operator, SetOperator
from idkeep.policy.parse import parse
from idkeep.policy.principal import (
    AwsAccount,
    AwsArn,
    AwsUniqueId,
    CanonicalUser,
    EveryAws,
    Everyone,
    Federated,
    NamedPrincipal,
    Service,
)
from idkeep.policy.request import Actions, Level, Policies, Request
from idkeep.policy.requester import Requester, RequesterKind
from idkeep.policy.sizes import over_quota, size
from idkeep.policy.source import Position
from idkeep.policy.statement_match import (
    Covers,
    Spares,
    applies,
    matches_action,
    matches_resource,
)
from idkeep.policy.variables import Version

__all__ = [
    "NOT_KNOWN",
    "Action",
    "ActionElement",
    "Actions",
    "AddAllow",
    "Allowed",
    "And",
    "AssumeRoleIn",
    "AwsAccount",
    "AwsArn",
    "AwsUniqueId",
    "Bucket",
    "CanonicalUser",
    "Change",
    "Check",
    "CheckEffect",
    "CheckResult",
    "Condition",
    "Context",
    "Covers",
    "Decision",
    "Denied",
    "Depends",
    "Diagnostic",
    "Effect",
    "EveryAws",
    "Everyone",
    "Expression",
    "Federated",
    "Grant",
    "GrantConstraints",
    "Holds",
    "Level",
    "Matched",
    "NamedPrincipal",
    "Not",
    "NotAction",
    "NotKnown",
    "NotPrincipal",
    "NotResource",
    "ObjectOwnership",
    "Open",
    "Operator",
    "Or",
    "Policies",
    "Policy",
    "PolicyError",
    "PolicyKind",
    "Position",
    "Principal",
    "PrincipalElement",
    "RemoveDeny",
    "Request",
    "Requester",
    "RequesterKind",
    "Resource",
    "ResourceElement",
    "Rule",
    "Service",
    "SetOperator",
    "Spares",
    "Statement",
    "Truth",
    "Undocumented",
    "Unknown",
    "Version",
    "all_hold",
    "all_of",
    "any_of",
    "applies",
    "changes_to_allow",
    "evaluate",
    "holds",
    "is_public",
    "matches_action",
    "matches_resource",
    "negation",
    "over_quota",
    "parse",
    "rests_on",
    "size",
]
