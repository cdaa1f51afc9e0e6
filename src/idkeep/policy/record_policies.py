"""The policies of AWS's record in the places where the evaluator takes them.

What the record tells of but does not hold (a document that nobody handed over, a policy that AWS
leaves out) is a `Hole`. An answer that is the same whatever stands in the holes is an answer.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from typing import TypeAlias

import msgspec
from msgspec import Struct

from idkeep.policy.decision import Check
from idkeep.policy.diagnostics import PolicyError
from idkeep.policy.document import Action, Effect, Policy, PolicyKind, Resource, Statement
from idkeep.policy.grants import Grant
from idkeep.policy.grants import documents as documents_of
from idkeep.policy.layers import layers_of
from idkeep.policy.parse import parse
from idkeep.policy.record import Document, Evaluation, PolicyInfo, PolicyType, Record, RecordedCheck
from idkeep.policy.record_asker import Asked
from idkeep.policy.request import Level, Policies, Request
from idkeep.policy.requester import RequesterKind
from idkeep.policy.variables import Version


class Guess(IntEnum):
    """What the holes are filled with: what denies most, nothing, what allows most.

    Denials only take and allows only give, so what all three answer alike is certain.
    """

    DENY = 0
    NOTHING = 1
    ALLOW = 2


def _filling(*effects: Effect) -> Policy:
    """Without a principal a policy is the requester's own, and so it is about them."""
    every_action, every_resource = Action(("*",)), Resource(("*",))
    statements = tuple(
        Statement(index=n, sid="", effect=effect, action=every_action, resource=every_resource)
        for n, effect in enumerate(effects)
    )
    return Policy(
        kind=PolicyKind.IDENTITY, version=Version.CURRENT, id="", statements=statements, text=""
    )


_DENIES, _SILENT, _ALLOWS = _filling(Effect.DENY), _filling(), _filling(Effect.ALLOW)


class Hole(Struct, frozen=True):
    """A policy that is there and not told: `filled` is by `Guess`, from DENY to ALLOW."""

    why: str
    filled: tuple[Policy, Policy, Policy] = (_DENIES, _SILENT, _ALLOWS)


class Told(Struct, frozen=True):
    """A policy that is told, and its uri."""

    uri: str
    policy: Policy


class ToldGrant(Struct, frozen=True):
    """A KMS grant in the form of `kms:ListGrants`."""

    uri: str
    grant: Grant


class Issuer(Struct, frozen=True):
    """Whether the requester's own account issued a grant that is told as a policy alone.

    Such a grant needs no policy of the requester's: `own` is what it would then be.
    """

    why: str
    own: Grant


Entry: TypeAlias = Told | ToldGrant | Hole | Issuer

_KINDS = {
    PolicyType.IDENTITY: PolicyKind.IDENTITY,
    PolicyType.RESOURCE: PolicyKind.RESOURCE,
    PolicyType.BOUNDARY: PolicyKind.BOUNDARY,
    PolicyType.SESSION: PolicyKind.SESSION,
    PolicyType.SCP: PolicyKind.SCP,
    PolicyType.RCP: PolicyKind.RCP,
    PolicyType.ENDPOINT: PolicyKind.VPC_ENDPOINT,
}
_CHECKS = {
    PolicyType.IDENTITY: Check.PRINCIPAL,
    PolicyType.RESOURCE: Check.RESOURCE,
    PolicyType.BOUNDARY: Check.PERMISSIONS_BOUNDARY,
    PolicyType.SESSION: Check.SESSION,
    PolicyType.SCP: Check.SERVICE_CONTROL_POLICY,
    PolicyType.RCP: Check.RESOURCE_CONTROL_POLICY,
    PolicyType.ENDPOINT: Check.VPC_ENDPOINT,
}
_LEVELLED = (Check.SERVICE_CONTROL_POLICY, Check.RESOURCE_CONTROL_POLICY)
_LIMITS = frozenset({Check.PERMISSIONS_BOUNDARY, Check.SESSION, Check.VPC_ENDPOINT})
_GRANTING = frozenset({Check.RESOURCE, Check.PRINCIPAL})


class Placed(Struct):
    """Every entry by check and, for SCPs and RCPs, by target in the order of the levels.

    A check with no entries is one that AWS made without a policy.
    """

    entries: dict[tuple[Check, str], list[Entry]]

    def whys(self) -> tuple[str, ...]:
        """What is not told; empty where the record and its documents are whole."""
        every = (one for several in self.entries.values() for one in several)
        return tuple(dict.fromkeys(e.why for e in every if isinstance(e, Hole | Issuer)))

    def targets(self, check: Check) -> tuple[str, ...]:
        return tuple(target for found, target in self.entries if found is check)

    def listed(self) -> dict[tuple[Check, str], tuple[str, ...]]:
        """The uris of each check's policies that are told."""
        return {
            key: tuple(e.uri for e in several if isinstance(e, Told | ToldGrant))
            for key, several in self.entries.items()
        }

    def policies(self) -> dict[str, Policy]:
        """The policies whose text is told, by uri; a grant has none."""
        every = (one for several in self.entries.values() for one in several)
        return {one.uri: one.policy for one in every if isinstance(one, Told)}

    def filled(self, guess: Guess) -> Policies:
        boundary = self._some(Check.PERMISSIONS_BOUNDARY, guess)
        return Policies(
            identity=self._some(Check.PRINCIPAL, guess) or (),
            boundary=boundary[0] if boundary else None,
            session=self._some(Check.SESSION, guess) or None,
            resource=self._some(Check.RESOURCE, guess),
            scp=self._levels(Check.SERVICE_CONTROL_POLICY, guess),
            rcp=self._levels(Check.RESOURCE_CONTROL_POLICY, guess),
            endpoint=self._some(Check.VPC_ENDPOINT, guess) or None,
            grants=tuple(self._grants(guess)),
        )

    def uris(self) -> dict[str, str]:
        """The uri behind each name by which the evaluator speaks of a document."""
        names = {Check.PRINCIPAL: "identity", Check.PERMISSIONS_BOUNDARY: "boundary"}
        names |= {Check.SESSION: "session", Check.RESOURCE: "resource"}
        names |= {Check.VPC_ENDPOINT: "endpoint"}
        resource = self.entries.get((Check.RESOURCE, ""), [])
        grants = [one for one in resource if isinstance(one, ToldGrant)]
        found = {f"grant[{n}][0]": one.uri for n, one in enumerate(grants)}
        for check in Check:
            for level, target in enumerate(self.targets(check)):
                short = "scp" if check is Check.SERVICE_CONTROL_POLICY else "rcp"
                head = names.get(check, f"{short}[{level}]")
                told = [e for e in self.entries[check, target] if isinstance(e, Told | Hole)]
                found |= {f"{head}[{n}]": e.uri for n, e in enumerate(told) if isinstance(e, Told)}
        return found

    def _grants(self, guess: Guess) -> Iterator[Grant]:
        """Those that are told come first: `uris` counts them."""
        entries = self.entries.get((Check.RESOURCE, ""), [])
        yield from (one.grant for one in entries if isinstance(one, ToldGrant))
        if guess is Guess.ALLOW:
            yield from (one.own for one in entries if isinstance(one, Issuer))

    def _levels(self, check: Check, guess: Guess) -> tuple[Level, ...] | None:
        return (
            tuple(
                Level(target=target, policies=_policies(self.entries[check, target], guess))
                for target in self.targets(check)
            )
            or None
        )

    def _some(self, check: Check, guess: Guess) -> tuple[Policy, ...] | None:
        entries = self.entries.get((check, ""))
        return None if entries is None else _policies(entries, guess)


def place(record: Record, evaluation: Evaluation, asked: Asked) -> Placed:
    """Where each policy of the record stands in this evaluation."""
    placed: dict[tuple[Check, str], list[Entry]] = {}
    for key in _order(record, evaluation):
        placed[key] = []
    for info in record.policies:
        for key, entry in _entries(record, info, asked):
            placed.setdefault(key, []).append(entry)
    for check in evaluation.checks or ():
        for key, hole in _left_out(check, placed, asked):
            placed.setdefault(key, []).append(hole)
    for key, hole in _withheld(evaluation, placed, asked):
        placed.setdefault(key, []).append(hole)
    boundaries = placed.get((Check.PERMISSIONS_BOUNDARY, ""), ())
    if len(boundaries) > 1:
        several = "the record has more than one permissions boundary"
        why = next((one.why for one in boundaries if isinstance(one, Hole)), several)
        placed[Check.PERMISSIONS_BOUNDARY, ""] = [Hole(why)]
    return Placed(placed)


def _order(record: Record, evaluation: Evaluation) -> Iterator[tuple[Check, str]]:
    """The levels as AWS lists its checks, from the root to the account; then those untold of.

    A principal without policies has a layer that allows nothing, and so has a resource where AWS
    asked its owner.
    """
    yield Check.PRINCIPAL, ""
    for check in evaluation.checks or ():
        if check.check_type in _LEVELLED and check.target_arn:
            yield Check(check.check_type), check.target_arn
        if check.check_type == Check.RESOURCE:
            yield Check.RESOURCE, ""
    further = {
        (_CHECKS[PolicyType(info.type)], target)
        for info in record.policies
        if info.type in (PolicyType.SCP, PolicyType.RCP)
        for target in info.targets
    }
    yield from sorted(further, key=lambda one: (one[0], _depth(one[1]), one[1]))


def _depth(target: str) -> int:
    """arn:aws:organizations::id:root/…, then ou/…, then account/…."""
    kind = target.rpartition(":")[2].partition("/")[0]
    return ("root", "ou", "account").index(kind) if kind in {"root", "ou", "account"} else 1


def _entries(
    record: Record, info: PolicyInfo, asked: Asked
) -> Iterator[tuple[tuple[Check, str], Entry]]:
    if info.type not in _KINDS:
        why = f"the record has a policy of a type that idkeep does not know: {info.type} {info}"
        yield (Check.RESOURCE, ""), Hole(why)
        return
    kind = PolicyType(info.type)
    check = _CHECKS[kind]
    entry = _entry(info, record.documents.get(info.uri), _KINDS[kind])
    for target in info.targets or ("",) if check in _LEVELLED else ("",):
        yield (check, target), entry
    if _built_from_grant(info) and isinstance(entry, Told):
        yield from (((check, ""), one) for one in _issuers(info, entry.policy, asked.request))


def _entry(info: PolicyInfo, document: Document | None, kind: PolicyKind) -> Entry:
    if document is None:
        return Hole(f"the document of {info} was not handed over")
    if _built_from_grant(info) and (grant := _as_grant(document)):
        return ToldGrant(info.uri, grant)
    try:
        return Told(info.uri, parse(document.text, kind))
    except PolicyError as error:
        return Hole(f"idkeep can't read the document of {info}: {error.problems[0].message}")


def _built_from_grant(info: PolicyInfo) -> bool:
    """A grant has a `grantId`. Which `type` AWS gives it is not documented."""
    return "grantId" in info.policy_source


def _as_grant(document: Document) -> Grant | None:
    """The grant, if the document is one entry of `kms:ListGrants`."""
    try:
        grant = msgspec.json.decode(document.text, type=Grant)
        documents_of(grant)
    except (msgspec.MsgspecError, PolicyError):
        return None
    return grant if grant.operations else None


def _issuers(info: PolicyInfo, policy: Policy, request: Request) -> Iterator[Issuer]:
    """Only across accounts is it asked who issued a grant, and only of one that would allow."""
    who, operation = request.principal, request.action.partition(":")[2]
    layers = layers_of(request, Policies(resource=(policy,)), frozenset())
    if layers.cross_account and layers.has_identity and layers.resource.allowed is not False:
        own = Grant(
            grantee_principal=who.name, operations=(operation,), issuing_account=who.account
        )
        yield Issuer(f"which account issued the grant {info} is not told", own)


def _left_out(
    check: RecordedCheck, placed: Mapping[tuple[Check, str], list[Entry]], asked: Asked
) -> Iterator[tuple[tuple[Check, str], Hole]]:
    """What a check rests on and does not name.

    "The check effect can reflect a matched policy omitted from this list" (API_Check.html).
    """
    target = f" of {check.target_arn}" if check.target_arn else ""
    name = f"{check.check_type}{target}"
    if check.check_type not in frozenset(Check):
        if check.evaluated_effect not in {"ALLOW", "NO_IMPACT"}:
            why = f"idkeep does not know AWS's check {name}"
            yield (Check.RESOURCE, ""), Hole(why)
        return
    why = f"AWS's check {name} rests on a policy that the record does not name"
    kind = Check(check.check_type)
    key = (kind, check.target_arn if kind in _LEVELLED else "")
    listed = bool(placed.get(key))
    named = bool(check.matched_policies)
    match check.evaluated_effect:
        case "EXPLICIT_DENY" if not named:
            # A limit that is not there for certain must not limit where the guess is not DENY.
            otherwise = _SILENT if listed or kind in _GRANTING else _ALLOWS
            yield key, Hole(why, (_DENIES, otherwise, otherwise))
        case "ALLOW" if not named and _needs_allow(kind, asked):
            yield key, Hole(why, (_SILENT, _SILENT, _ALLOWS))
        case "IMPLICIT_DENY" if not listed and kind in _LIMITS:
            yield key, Hole(why, (_SILENT, _SILENT, _ALLOWS))
        case _:
            pass


def _needs_allow(check: Check, asked: Asked) -> bool:
    """RCPs, boundaries and session policies that nobody has do not limit; root needs no allow."""
    if check is Check.PRINCIPAL:
        return asked.request.principal.kind is not RequesterKind.ROOT
    return check in {Check.SERVICE_CONTROL_POLICY, Check.VPC_ENDPOINT, Check.RESOURCE}


def _withheld(
    evaluation: Evaluation, placed: Mapping[tuple[Check, str], list[Entry]], asked: Asked
) -> Iterator[tuple[tuple[Check, str], Hole]]:
    """What another organization's may be, of which AWS tells nothing."""
    listed = {check for (check, _), entries in placed.items() if entries}
    own = listed - {Check.RESOURCE, Check.RESOURCE_CONTROL_POLICY, Check.VPC_ENDPOINT}
    if not evaluation.checks and not own and asked.request.principal.account:
        why = "the record has neither checks nor a policy of the principal's: AWS may withhold them"
        yield (Check.PRINCIPAL, ""), Hole(why)
    if asked.withheld and (Check.RESOURCE, "") not in placed:
        why = "the record has no policy of the resource's account: AWS may withhold it"
        yield (Check.RESOURCE, ""), Hole(why)


def _policies(entries: Iterable[Entry], guess: Guess) -> tuple[Policy, ...]:
    return tuple(
        one.filled[guess] if isinstance(one, Hole) else one.policy
        for one in entries
        if isinstance(one, Hole | Told)
    )
