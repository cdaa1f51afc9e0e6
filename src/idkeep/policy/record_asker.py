"""Who asked, and with which context, by AWS's record of the request.

Sources, under https://docs.aws.amazon.com/IAM/latest/UserGuide/: reference_policies_variables.html
(the table of principal key values), reference_policies_condition-keys.html ("Properties of the
principal"), troubleshoot_access-denied-authorization-id.html ("Cross-organization requests").
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from idkeep.model import Arn
from idkeep.policy.context import Context, NotKnown
from idkeep.policy.record import Evaluation, Record
from idkeep.policy.request import Request
from idkeep.policy.requester import Requester, RequesterKind


class NotTold(Struct, frozen=True):
    """Why the record does not tell who asked."""

    why: str


class Asked(Struct, frozen=True, kw_only=True):
    """The request, and what is to be said of it.

    `withheld`: it may span two organizations, and then AWS shows neither the other's policies nor
    its keys, so that a key that is not here need not be absent.
    """

    request: Request
    withheld: bool
    notes: tuple[str, ...]


def asked(record: Record, evaluation: Evaluation) -> Asked | NotTold:
    context, unreadable = _context(record.context, evaluation.context)
    who = _requester(context)
    if isinstance(who, NotTold):
        return who
    owner = _first(context, "aws:ResourceAccount") or _account_of(evaluation.resource)
    withheld = _may_span_organizations(context, who, owner)
    notes = [
        f"the value of {key} is no text, number or list: taken for unknown" for key in unreadable
    ]
    if not owner and evaluation.resource.startswith("arn:"):
        notes.append("whose the resource is, the record does not tell: taken for the principal's")
    if evaluation.resource.startswith("arn:") and "*" in evaluation.resource:
        notes.append("the resource is a pattern for several: matched as text")
    if withheld:
        notes.append("it may span two organizations: what belongs to the other is not shown")
        derived = who.derived() | ({"aws:ResourceAccount": owner} if owner else {})
        missing = {key: value for key, value in derived.items() if not _first(context, key)}
        context = Context(_all(context.told(missing)), "*")
    request = Request(
        principal=who,
        action=evaluation.action,
        resource=evaluation.resource or "*",
        resource_account=owner,
        context=context,
    )
    return Asked(request=request, withheld=withheld, notes=tuple(notes))


def _requester(context: Context) -> Requester | NotTold:
    """By the keys of the principal, which have to agree with each other."""
    if service := _first(context, "aws:PrincipalServiceName"):
        return Requester(RequesterKind.SERVICE, service)
    kind, ident = _first(context, "aws:PrincipalType"), _first(context, "aws:userid")
    if kind == "Anonymous" or ident == "anonymous":
        return Requester(RequesterKind.ANONYMOUS, "")
    arn = _first(context, "aws:PrincipalArn")
    if not arn:
        return NotTold("the record does not tell who asked: it has no aws:PrincipalArn")
    return _named(arn, kind, ident)


def _named(arn: str, kind: str, ident: str) -> Requester | NotTold:
    """A session's ARN is made of its role's and of its name, which `aws:userid` ends with."""
    try:
        who = Requester.parse(arn)
    except ValueError as error:
        return NotTold(f"the record does not tell who asked: {error}")
    if kind and kind != who.derived().get("aws:PrincipalType"):
        return NotTold(f"the record contradicts itself: aws:PrincipalType is {kind} of {arn}")
    _, colon, session = ident.partition(":")
    if who.kind is RequesterKind.ROLE and colon and session:
        text = f"arn:{who.partition}:sts::{who.account}:assumed-role/{who.role_name}/{session}"
        return Requester(RequesterKind.ROLE_SESSION, text, who.account, who.partition)
    return who


def _context(*layers: Mapping[str, Any]) -> tuple[Context, list[str]]:
    """Each on top of the one before; beside it the keys whose value is no value of a key."""
    context, unreadable = Context(), dict[str, None]()
    for layer in layers:
        values = {key: _values(value) for key, value in layer.items()}
        unreadable |= {key: None for key, value in values.items() if value is None}
        context = context.told({key: value for key, value in values.items() if value is not None})
    return Context(_all(context), tuple(unreadable)), list(unreadable)


def _values(value: Any) -> tuple[str, ...] | None:  # noqa: ANN401 -- AWS: any JSON value
    """Numbers as they were written, booleans as AWS writes them; null is a key without values."""
    match value:
        case None:
            return ()
        case bool():
            return (str(value).lower(),)
        case str():
            return (str(value),)
        case list():
            several = [_values(one) for one in value]
            return None if None in several else tuple(v for one in several for v in one or ())
        case _:
            return None


def _all(context: Context) -> dict[str, tuple[str, ...]]:
    told = ((key, context.get(key)) for key in context.given)
    return {key: value for key, value in told if not isinstance(value, NotKnown)}


def _first(context: Context, key: str) -> str:
    """The one value of a key; "" where there is none or several."""
    value = context.get(key)
    return value[0] if not isinstance(value, NotKnown) and len(value) == 1 else ""


def _may_span_organizations(context: Context, who: Requester, owner: str) -> bool:
    if not owner or not who.account or owner == who.account:
        return False
    theirs, ours = _first(context, "aws:ResourceOrgID"), _first(context, "aws:PrincipalOrgID")
    return not theirs or theirs != ours


def _account_of(resource: str) -> str:
    try:
        account = Arn.parse(resource).account
    except ValueError:
        return ""
    return account if account.isdigit() else ""
