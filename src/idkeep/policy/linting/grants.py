"""Statements that grant more than they seem to: passing roles, and the `Not…` elements.

Sources, each under https://docs.aws.amazon.com/IAM/latest/UserGuide/:
access-analyzer-reference-policy-checks.html, reference_policies_elements_notaction.html,
reference_policies_elements_notresource.html.
"""

from collections.abc import Iterator

from msgspec import Struct

from idkeep.model.partitions import USUAL
from idkeep.policy.document import Effect, NotAction, NotResource, PolicyKind, Statement
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.linting.known import literal
from idkeep.policy.pattern import action_test, glob, resource_test
from idkeep.policy.statement_match import matches_action

_ANY = "11122223333x"
_ACCOUNT = 4


class _Right(Struct, frozen=True):
    """A right that reaches further than its name says. `spared_by`: a key that narrows it."""

    action: str
    code: str
    role: str
    spared_by: str
    what: str


_RIGHTS = (
    _Right(
        "iam:PassRole",
        "PASS_ROLE",
        "arn:{partition}:iam::{account}:role/{any}",
        "iam:PassedToService",
        "passes any role to any service",
    ),
    _Right(
        "iam:CreateServiceLinkedRole",
        "CREATE_SLR",
        "arn:{partition}:iam::{account}:role/aws-service-role/{any}.amazonaws.com/{any}",
        "iam:AWSServiceName",
        "makes the service-linked role of any service",
    ),
)
# These bound what others allow, so that "all but" is their ordinary form.
_BOUNDS = frozenset(
    {
        *(PolicyKind.SCP, PolicyKind.RCP, PolicyKind.BOUNDARY),
        *(PolicyKind.SESSION, PolicyKind.VPC_ENDPOINT),
    }
)


def grants(subject: Subject) -> Iterator[Remark]:
    for statement in subject.statements:
        if statement.effect is Effect.ALLOW and subject.kind not in _BOUNDS:
            for right in _RIGHTS:
                yield from _right(right, statement)
            yield from _all_but(statement)


def _right(right: _Right, statement: Statement) -> Iterator[Remark]:
    if not matches_action(statement.action, right.action):
        return
    if any(one.key.lower() == right.spared_by.lower() for one in statement.conditions):
        return
    resource = statement.resource
    if resource is None:
        return
    not_action = isinstance(statement.action, NotAction)
    star = not not_action and not _named(right, statement)
    if isinstance(resource, NotResource):
        middle = "NOT_ACTION_AND_" if not_action else "STAR_IN_ACTION_AND_" if star else ""
        code = f"{right.code}_WITH_{middle}NOT_RESOURCE"
        at = path_of(statement, "NotResource")
        yield Remark(code, f"{right.what}, but for those listed", at, key=True)
        return
    place = next((n for n, one in enumerate(resource.patterns) if _any_role(one, right)), None)
    if place is None:
        return
    if not_action:
        code = f"{right.code}_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION"
    elif star:
        code = f"{right.code}_WITH_STAR_IN_ACTION_AND_RESOURCE"
    else:
        code = f"{right.code}_WITH_STAR_IN_RESOURCE"
    hint = f"; name roles, or add {right.spared_by}"
    yield Remark(code, f"{right.what}{hint}", path_of(statement, "Resource", place))


def _named(right: _Right, statement: Statement) -> bool:
    return any(
        literal(one) and action_test((one,))(right.action) for one in statement.action.patterns
    )


def _any_role(pattern: str, right: _Right) -> bool:
    """Whether a pattern leaves the role's name open, of whatever account and partition."""
    if "*" not in pattern:
        return False
    fields = pattern.split(":")
    partition, account = (fields[1], fields[_ACCOUNT]) if len(fields) > _ACCOUNT else "**"
    role = right.role.format(
        account=account if literal(account) else _ANY,
        partition=partition if literal(partition) else USUAL,
        any=_ANY,
    )
    return resource_test(glob(pattern))(role)


def _all_but(statement: Statement) -> Iterator[Remark]:
    if isinstance(statement.action, NotAction):
        message = "allows every action that is not listed, and those to come"
        yield Remark("ALLOW_WITH_NOT_ACTION", message, path_of(statement, "NotAction"), key=True)
    if isinstance(statement.resource, NotResource):
        message = "allows every resource that is not listed, and those to come"
        at = path_of(statement, "NotResource")
        yield Remark("ALLOW_WITH_NOT_RESOURCE", message, at, key=True)
