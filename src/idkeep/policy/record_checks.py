"""AWS's checks of one evaluation, each beside ours, down to the statements that matched."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.decision import Check, CheckEffect
from idkeep.policy.document import Effect, Policy
from idkeep.policy.layers import Layer, Layers
from idkeep.policy.record import Evaluation, MatchedPolicy, PolicyType, Record, RecordedCheck
from idkeep.policy.record_policies import Placed

# By check and, of SCPs and RCPs, by target.
Effects: TypeAlias = Mapping[tuple[Check, str], CheckEffect]

_KNOWN = frozenset(Check)
_KNOWN_EFFECTS = frozenset(CheckEffect)
_DECIDES = {CheckEffect.ALLOW: Effect.ALLOW, CheckEffect.EXPLICIT_DENY: Effect.DENY}
_DENIES = frozenset({CheckEffect.EXPLICIT_DENY, CheckEffect.IMPLICIT_DENY})
# The word of several layers that are one check of AWS's: where either side's allow is enough, and
# where each level has to allow.
_EITHER = (
    CheckEffect.EXPLICIT_DENY,
    CheckEffect.OPEN,
    CheckEffect.ALLOW,
    CheckEffect.IMPLICIT_DENY,
    CheckEffect.NO_IMPACT,
)
_EACH = (
    CheckEffect.EXPLICIT_DENY,
    CheckEffect.OPEN,
    CheckEffect.IMPLICIT_DENY,
    CheckEffect.ALLOW,
    CheckEffect.NO_IMPACT,
)


class SaidStatement(Struct, frozen=True, kw_only=True):
    """A statement that matched by AWS's record, by idkeep's answer, or by both.

    `index` and `place` (`file:line:column`) are missing where its text is not here. `compared` is
    false where one side alone may name it: it does not decide the check, or its text is not here.
    """

    uri: str
    sid: str
    effect: str
    index: int | None
    aws: bool
    ours: bool
    compared: bool
    place: str = ""

    @property
    def differs(self) -> bool:
        return self.compared and self.aws != self.ours


class SaidCheck(Struct, frozen=True, kw_only=True):
    """One check in both words; "" is a side that has none. An `OPEN` of ours differs from none."""

    check: str
    target: str
    aws: str
    ours: str
    differs: bool
    statements: tuple[SaidStatement, ...] = ()


class _Ours(Struct, frozen=True):
    uri: str
    index: int
    sid: str
    effect: Effect


def unanswered(evaluation: Evaluation) -> Iterator[SaidCheck]:
    """AWS's checks where we have nothing to set beside them."""
    yield from (_theirs(one) for one in evaluation.checks or ())


class Checks:
    """Both sides of an evaluation. `is_told`: our checks are, and not the answer alone."""

    def __init__(
        self,
        record: Record,
        evaluation: Evaluation,
        placed: Placed,
        layers: Layers,
        effects: Effects,
        *,
        is_told: bool,
    ) -> None:
        self._documents = record.documents
        self._evaluation = evaluation
        self._layers = layers
        self._effects = effects
        self._told = is_told
        self._placed = placed
        self._uris = placed.uris()
        self._policies = placed.policies()
        self._has_checks = bool(evaluation.checks)
        asks = (one.check_type for one in evaluation.checks or ())
        self._asks_owner = Check.RESOURCE in asks

    def said(self) -> Iterator[SaidCheck]:
        """Theirs in AWS's order, then those of ours that AWS does not list."""
        recorded = self._evaluation.checks
        if not recorded:
            yield from (self._check(one) for one in self._checks_of_old())
            return
        yield from (self._check(one) for one in recorded)
        listed = {(one.check_type, one.target_arn) for one in recorded}
        whole = {kind for kind, target in listed if not target}
        whole |= {Check.RESOURCE} if Check.PRINCIPAL in whole else set()
        for (check, target), effect in self._effects.items():
            if (check, target) not in listed and check not in whole:
                differs = effect in _DENIES
                yield SaidCheck(check=check, target=target, aws="", ours=effect, differs=differs)

    def _checks_of_old(self) -> Iterator[RecordedCheck]:
        """Records without checks tell which policies matched; each by its own kind."""
        matched = {one.uri: one for one in self._evaluation.matched_policies}
        for (check, target), uris in self._placed.listed().items():
            found = tuple(matched[uri] for uri in uris if uri in matched)
            yield RecordedCheck(
                check_type=check, target_arn=target, evaluated_effect="", matched_policies=found
            )

    def _check(self, one: RecordedCheck) -> SaidCheck:
        if one.check_type not in _KNOWN:
            return _theirs(one)
        ours = self._ours(one)
        return SaidCheck(
            check=one.check_type,
            target=one.target_arn,
            aws=one.evaluated_effect,
            ours=ours or "",
            differs=self._told and not _alike(one, ours),
            statements=tuple(self._statements(one, ours)),
        )

    def _ours(self, one: RecordedCheck) -> CheckEffect | None:
        """Inside one account AWS asks the owner no further: PRINCIPAL is what either side says."""
        check = Check(one.check_type)
        own = self._effects.get((check, one.target_arn))
        if self._merges(check):
            resource = self._effects.get((Check.RESOURCE, ""))
            passed_by = own is CheckEffect.NO_IMPACT and one.evaluated_effect == own
            return own if passed_by else _first(_EITHER, (own, resource))
        if own is None and not one.target_arn:
            return _first(_EACH, (e for (kind, _), e in self._effects.items() if kind is check))
        return own

    def _merges(self, check: Check) -> bool:
        return check is Check.PRINCIPAL and self._has_checks and not self._asks_owner

    def _statements(self, one: RecordedCheck, ours: CheckEffect | None) -> Iterator[SaidStatement]:
        aws = one.evaluated_effect or self._evaluation.evaluated_effect
        deciding = _DECIDES.get(ours) if ours and ours == aws else None
        layers = self._layers_of(Check(one.check_type), one.target_arn)
        theirs = {m.uri: m for m in one.matched_policies}
        ours_by_uri: dict[str, list[_Ours]] = {uri: [] for uri in theirs}
        for found in dict.fromkeys(self._matched(layers)):
            ours_by_uri.setdefault(found.uri, []).append(found)
        for uri, several in ours_by_uri.items():
            matched = theirs.get(uri, MatchedPolicy(uri=uri))
            policy = self._policies.get(uri)
            for said in _side_by_side(matched, several, policy, deciding):
                # Of a check that is alike, what only we call matched explains nothing.
                if said.aws or said.compared or not deciding:
                    yield self._at_its_place(said)

    def _at_its_place(self, said: SaidStatement) -> SaidStatement:
        document = self._documents.get(said.uri)
        if document is None or said.index is None:
            return said
        return replace(said, place=document.place(said.index))

    def _layers_of(self, check: Check, target: str) -> tuple[Layer, ...]:
        if self._merges(check):
            return (self._layers.identity, self._layers.resource)
        found = tuple(layer for layer in self._layers.every if layer.check is check)
        targets = self._placed.targets(check)
        if target and found:
            return (found[targets.index(target)],) if target in targets else ()
        return found

    def _matched(self, layers: Iterable[Layer]) -> Iterator[_Ours]:
        """Those that surely apply, of the documents that are told."""
        for layer in layers:
            found = [*layer.denies, *((m, truth) for m, _, truth in layer.allows)]
            for matched, truth in found:
                uri = self._uris.get(matched.document)
                if truth is True and uri is not None:
                    statement = matched.statement
                    yield _Ours(uri, statement.index, statement.sid, statement.effect)


def _theirs(one: RecordedCheck) -> SaidCheck:
    """A check of AWS's with nothing of ours beside it."""
    found = (s for m in one.matched_policies for s in _side_by_side(m, [], None, None))
    return SaidCheck(
        check=one.check_type,
        target=one.target_arn,
        aws=one.evaluated_effect,
        ours="",
        differs=False,
        statements=tuple(found),
    )


def _alike(one: RecordedCheck, ours: CheckEffect | None) -> bool:
    """Whether both say the same; AWS's may be a word that we do not know, ours may be open.

    What is not asked, as root's policies or a boundary that a resource-based policy passes by, is
    NO_IMPACT to us. AWS may say ALLOW of it, with no policy of its own kind behind that.
    """
    aws = one.evaluated_effect
    if ours is None:
        return aws not in _DENIES
    if ours is CheckEffect.OPEN or aws not in _KNOWN_EFFECTS:
        return True
    unnamed = PolicyType.RESOURCE in one.relevant_policy_types or not one.matched_policies
    passed_by = ours is CheckEffect.NO_IMPACT and aws == CheckEffect.ALLOW and unnamed
    return aws == ours or passed_by


def _first(
    order: tuple[CheckEffect, ...], effects: Iterable[CheckEffect | None]
) -> CheckEffect | None:
    found = [one for one in effects if one]
    return min(found, key=order.index, default=None)


def _side_by_side(
    theirs: MatchedPolicy, ours: list[_Ours], policy: Policy | None, deciding: Effect | None
) -> Iterator[SaidStatement]:
    """By Sid; a Sid that the text has not is AWS's name for a statement without one."""
    left = list(ours)
    by_sid = {s.sid: s.index for s in policy.statements if s.sid} if policy else {}
    for one in theirs.matched_statements:
        effect = one.evaluated_effect.title()
        sid = one.sid if one.sid in by_sid else ""
        pair = next((o for o in left if o.sid == sid and o.effect == effect), None)
        if pair:
            left.remove(pair)
        yield SaidStatement(
            uri=theirs.uri,
            sid=one.sid if pair is None else pair.sid,
            effect=effect,
            index=pair.index if pair else by_sid.get(one.sid),
            aws=True,
            ours=pair is not None,
            compared=policy is not None and effect == deciding,
        )
    for rest in left:
        yield SaidStatement(
            uri=rest.uri,
            sid=rest.sid,
            effect=rest.effect,
            index=rest.index,
            aws=False,
            ours=True,
            compared=policy is not None and rest.effect is deciding,
        )
