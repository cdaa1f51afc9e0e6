"""A denial's message or a CloudTrail event, told by a snapshot of the account."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.denials import Denial, decoded_denial, denial_in, is_encoded
from idkeep.access.events import Recorded, recorded
from idkeep.api.can import Ruling
from idkeep.api.can_snapshot import ruling_of
from idkeep.api.catalog import load_catalog
from idkeep.api.estates import OpenEstate, open_estate
from idkeep.errors import IdkeepError, Unreadable
from idkeep.policy import Context
from idkeep.policy.decision import Allowed, Check, CheckEffect, Denied, Depends, Unknown
from idkeep.store import Kept, SqliteStore

_MESSAGE = "the message"
Verdict: TypeAlias = Literal["agree", "differ", "unknown"]

_LAYERS = {
    Check.PRINCIPAL: "an identity-based policy",
    Check.PERMISSIONS_BOUNDARY: "a permissions boundary",
    Check.RESOURCE: "a resource-based policy",
    Check.RESOURCE_CONTROL_POLICY: "a resource control policy",
    Check.SERVICE_CONTROL_POLICY: "a service control policy",
    Check.SESSION: "a session policy",
    Check.VPC_ENDPOINT: "a VPC endpoint policy",
}
_IN_NO_SNAPSHOT = {
    Check.SESSION: "session policies are given when a session is made, and no snapshot has them",
    Check.VPC_ENDPOINT: "policies of VPC endpoints are not read",
}


class Asked(Struct, frozen=True, kw_only=True):
    """What is known of the request, wherever it was told.

    `denied` is None where it is not told. `why_not` says what is missing to ask about it.
    """

    principal: str
    action: str
    resource: str = ""
    denied: bool | None = True
    denial: Denial | None = None
    context: dict[str, tuple[str, ...]] = {}
    account: str = ""
    why_not: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Explanation(Struct, frozen=True, kw_only=True):
    """One request: AWS's answer in words, ours, and whether they agree.

    `ruling` is None where the snapshot was not asked; `why` then says the reason, and what an
    unknown lacks.
    """

    asked: Asked
    aws: str
    verdict: Verdict
    ruling: Ruling | None = None
    why: str = ""
    notes: tuple[str, ...] = ()


def explain_denied(
    text: str,
    snapshots: tuple[str, ...] = (),
    *,
    resource: str = "",
    account: str = "",
    store: Path,
    source: str = _MESSAGE,
) -> tuple[Explanation, ...]:
    """One for each request that a text tells of.

    The text is an error's message, what an encoded one decodes to, or CloudTrail's events.
    `resource` is what was asked for, where the text does not name it. Without snapshots the
    newest kept one of the account is asked, if there is one. Raises `IdkeepError` for a text
    that tells of no request.
    """
    asked = tuple(replace(one, resource=one.resource or resource) for one in _asked(text, source))
    estate = _estate(asked, snapshots, account, store)
    return tuple(_explained(one, estate) for one in asked)


def _asked(text: str, source: str) -> Iterator[Asked]:
    stripped = text.strip()
    if not stripped:
        what = "there is no message" if source == _MESSAGE else f"{source}: there is no event"
        raise IdkeepError(what, hint="give it as an argument, in a file, or on stdin")
    if stripped[0] in "{[":
        yield from _of_json(stripped, source)
        return
    denial = denial_in(stripped)
    if denial is None and is_encoded(stripped):
        raise IdkeepError(
            f"{source} is encoded: only sts:DecodeAuthorizationMessage can read it",
            hint="give what `aws sts decode-authorization-message --encoded-message …` prints",
        )
    if denial is None:
        raise IdkeepError(
            f"{source}: no denial in a wording that AWS uses: who is not authorized to perform"
            " what",
            hint="ask `idkeep can PRINCIPAL ACTION RESOURCE`, or give the CloudTrail event",
        )
    yield _of_denial(denial)


def _of_json(text: str, source: str) -> Iterator[Asked]:
    try:
        told = msgspec.json.decode(text.encode())
    except msgspec.MsgspecError as error:
        raise Unreadable(source, f"no JSON: {error}") from error
    found = list(_events(told, source))
    if not found:
        raise Unreadable(source, "no CloudTrail event and no decoded message")
    for one in found:
        denial = decoded_denial(one)
        yield _of_denial(denial) if denial else _of_event(one, source)


def _events(told: object, source: str) -> Iterator[Mapping[str, Any]]:
    """Those in a log file, in the answer of lookup-events, in what EventBridge delivers."""
    if isinstance(told, list):
        for one in told:
            yield from _events(one, source)
    if not isinstance(told, dict):
        return
    for key in ("Records", "Events"):
        if isinstance(told.get(key), list):
            yield from _events(told[key], source)
            return
    for key in ("CloudTrailEvent", "DecodedMessage"):
        if isinstance(text := told.get(key), str):
            try:
                yield from _events(msgspec.json.decode(text.encode()), source)
            except msgspec.MsgspecError as error:
                raise Unreadable(source, f"{key} is no JSON: {error}") from error
            return
    detail = told.get("detail")
    yield detail if isinstance(detail, dict) else told


def _of_denial(denial: Denial) -> Asked:
    notes = []
    if denial.encoded:
        notes.append("sts:DecodeAuthorizationMessage tells more of it")
    if denial.authorization:
        notes.append(f"`idkeep why --record` reads AWS's own record of it: {denial.authorization}")
    return Asked(
        principal=denial.principal,
        action=denial.action,
        resource=denial.resource,
        denial=denial,
        context=denial.context,
        notes=tuple(notes),
    )


def _of_event(event: Mapping[str, Any], source: str) -> Asked:
    try:
        told = recorded(event, load_catalog())
    except ValueError as error:
        raise Unreadable(source, str(error)) from error
    notes = [f"recorded {told.time}: policies may have changed since"] if told.time else []
    if told.via:
        notes.append(f"{told.via} asked in the principal's name")
    if len(told.resources) > 1:
        notes.append(f"asked about the first of {len(told.resources)} resources")
    if told.encoded:
        notes.append("sts:DecodeAuthorizationMessage tells more of it")
    return Asked(
        principal=told.principal,
        action=told.action,
        resource=told.resources[0] if told.resources else "",
        denied=told.denied,
        denial=told.denial,
        context=_with_service(told),
        account=told.account,
        why_not=told.why_not,
        notes=(*notes, *_other_error(told)),
    )


def _other_error(told: Recorded) -> tuple[str, ...]:
    if told.denied is not None:
        return ()
    return (f"the request failed by {told.error}, which does not tell whether it was allowed",)


def _with_service(told: Recorded) -> dict[str, tuple[str, ...]]:
    """With `aws:ViaAWSService`, where it is sure; "AWS Internal" may be a console of AWS's.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    if told.via and not told.via.endswith(".amazonaws.com"):
        return told.context
    return {**told.context, "aws:ViaAWSService": ("true" if told.via else "false",)}


def _estate(
    asked: tuple[Asked, ...], snapshots: tuple[str, ...], account: str, store: Path
) -> OpenEstate | None:
    """None where no snapshot was named and none of such an account is kept."""
    if snapshots or account:
        return open_estate(snapshots, account=account, store=store)
    kept = {one.account for one in SqliteStore(store).list() if isinstance(one, Kept)}
    for one in asked:
        for ident in (one.account, *one.principal.split(":")[4:5]):
            if ident in kept:
                return open_estate(account=ident, store=store)
    return None


def _explained(asked: Asked, estate: OpenEstate | None) -> Explanation:
    aws = _in_words(asked)
    if asked.why_not:
        why = "; ".join(asked.why_not)
        return Explanation(asked=asked, aws=aws, verdict="unknown", why=why, notes=asked.notes)
    if estate is None:
        why = "no snapshot of the account is here: this is what AWS says by itself"
        return Explanation(asked=asked, aws=aws, verdict="unknown", why=why, notes=asked.notes)
    try:
        ruling = _ruling(asked, estate)
    except IdkeepError as error:
        why = f"{error.message}; {error.hint}" if error.hint else error.message
        return Explanation(asked=asked, aws=aws, verdict="unknown", why=why, notes=asked.notes)
    verdict, why = _compared(asked, ruling)
    notes = (*asked.notes, *_about_policy(asked, ruling))
    return Explanation(asked=asked, aws=aws, verdict=verdict, ruling=ruling, why=why, notes=notes)


def _ruling(asked: Asked, estate: OpenEstate) -> Ruling:
    context = Context(asked.context, unknown="*")
    resource = estate.resource(asked.resource or "*")
    if estate.is_outside(asked.principal):
        answer = estate.engine.outsider(asked.principal, asked.action, resource, context)
        note = f"{asked.principal} is of no account here; its own policies are taken to allow it"
        return ruling_of(estate, answer, note)
    holder = estate.holder(asked.principal)
    return ruling_of(estate, estate.accounts.decide(holder, asked.action, resource, context))


def _compared(  # noqa: PLR0911 -- one return a case
    asked: Asked, ruling: Ruling
) -> tuple[Verdict, str]:
    """Ours beside AWS's, and why they do not agree."""
    decision = ruling.decision
    if asked.denied is None:
        return "unknown", "what AWS decided is not told"
    explicit = isinstance(decision, Denied) and bool(decision.by)
    if not asked.resource and _takes_resource(asked.action) and not explicit:
        return "unknown", "AWS does not name the resource: --resource does"
    match decision:
        case Allowed():
            return ("differ", "the snapshot allows it") if asked.denied else ("agree", "")
        case Denied():
            if asked.denied:
                return _compared_layers(asked.denial, ruling)
            return "differ", "the snapshot does not allow it"
        case Depends():
            word = "denied unless" if asked.denied else "allowed if"
            return "unknown", f"{word} {decision.residual}"
        case Unknown():
            return "unknown", decision.why


def _takes_resource(action: str) -> bool:
    """Whether the action can't do without one, or the catalog does not know the action."""
    found = load_catalog().action(action)
    return found is None or any(one.required for one in found.resources or ())


def _compared_layers(denial: Denial | None, ruling: Ruling) -> tuple[Verdict, str]:
    if denial is None or denial.layer is None:
        return "agree", ""
    if why := _IN_NO_SNAPSHOT.get(denial.layer):
        return "unknown", why
    ours = next((one for one in ruling.decision.checks if one.check is denial.layer), None)
    effect = ours.effect if ours else CheckEffect.IMPLICIT_DENY
    wanted = CheckEffect.EXPLICIT_DENY if denial.explicit else CheckEffect.IMPLICIT_DENY
    if effect is wanted:
        return "agree", ""
    # AWS names one of the kinds that deny; another may deny too, and an explicit one at that.
    if wanted is CheckEffect.IMPLICIT_DENY and effect is CheckEffect.EXPLICIT_DENY:
        return "differ", f"by the snapshot {_LAYERS[denial.layer]} denies it explicitly"
    what = "denies it explicitly" if denial.explicit else "lacks an allow"
    return (
        "differ",
        f"by the snapshot it is denied, but no {_LAYERS[denial.layer][2:].strip()} {what}",
    )


def _about_policy(asked: Asked, ruling: Ruling) -> tuple[str, ...]:
    """Whether the policy that AWS names is one of those that deny by the snapshot."""
    named = asked.denial.policy if asked.denial else ""
    where = ruling.where
    if not named or where is None or not isinstance(ruling.decision, Denied):
        return ()
    arns = {where(one).arn for one in ruling.decision.by}
    if named in arns:
        return ()
    return (f"AWS names {named}, and the snapshot finds another: it is older or newer",)


def _in_words(asked: Asked) -> str:
    """AWS's answer, as far as it is told."""
    if asked.denied is None:
        return "not told"
    if not asked.denied:
        return "allowed"
    denial = asked.denial
    if denial is None or denial.explicit is None:
        return "denied"
    layer = _LAYERS[denial.layer] if denial.layer else "a policy"
    if not denial.explicit:
        return (
            f"denied: no {layer.split(' ', 1)[1]} allows it"
            if denial.layer
            else "denied: nothing allows it"
        )
    return f"denied explicitly by {layer}" + (f", {denial.policy}" if denial.policy else "")
