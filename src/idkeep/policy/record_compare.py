"""AWS's decision, as its record tells it, beside idkeep's own on the same request and policies."""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.compound import parts_of
from idkeep.policy.decision import Allowed, Check, CheckEffect, Decision, Denied, Depends, Unknown
from idkeep.policy.evaluate import evaluate, outcome
from idkeep.policy.expression import Open
from idkeep.policy.layers import Layer, Layers, layers_of
from idkeep.policy.record import EFFECTS, Evaluation, Record
from idkeep.policy.record_asker import NotTold, asked
from idkeep.policy.record_checks import Checks, Effects, SaidCheck, SaidStatement, unanswered
from idkeep.policy.record_policies import Guess, Placed, place
from idkeep.policy.request import Actions, Policies, Request

Verdict: TypeAlias = Literal["agree", "differ", "unknown"]


class Difference(Struct, frozen=True):
    """What is judged otherwise, and the two sides' words."""

    what: str
    aws: str
    ours: str


class Comparison(Struct, frozen=True, kw_only=True):
    """One evaluation. `ours` is an effect in AWS's words, or `DEPENDS` or `UNKNOWN` with its `why`.

    `principal` is "" where the record does not tell it.
    """

    principal: str
    action: str
    resource: str
    aws: str
    ours: str
    why: str
    verdict: Verdict
    checks: tuple[SaidCheck, ...]
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()


class _Answer(Struct):
    """Ours, for one way to fill the holes."""

    decision: Decision
    layers: Layers
    effects: Effects


def compare(record: Record, *, rcps_reach: Actions) -> tuple[Comparison, ...]:
    """Every evaluation of the record, in its order. `rcps_reach` is as in `evaluate`."""
    return tuple(_compared(record, one, rcps_reach) for one in record.evaluations)


def _compared(record: Record, evaluation: Evaluation, rcps_reach: Actions) -> Comparison:
    told = asked(record, evaluation)
    if isinstance(told, NotTold):
        return Comparison(
            principal="",
            action=evaluation.action,
            resource=evaluation.resource,
            aws=evaluation.evaluated_effect,
            ours="UNKNOWN",
            why=told.why,
            verdict="unknown",
            checks=tuple(unanswered(evaluation)),
        )
    placed = place(record, evaluation, told)
    ours, why, answer = _answered(told.request, placed, rcps_reach)
    is_told = bool(answer.decision.checks)
    checks = Checks(record, evaluation, placed, answer.layers, answer.effects, is_told=is_told)
    said = tuple(checks.said())
    differences = tuple(_differences(evaluation, ours, said))
    return Comparison(
        principal=told.request.principal.name or "anybody",
        action=evaluation.action,
        resource=evaluation.resource,
        aws=evaluation.evaluated_effect,
        ours=ours,
        why=why,
        verdict=_verdict(evaluation, ours, differences),
        checks=said,
        differences=differences,
        notes=(*told.notes, *answer.decision.notes),
    )


def _verdict(evaluation: Evaluation, ours: str, differences: tuple[Difference, ...]) -> Verdict:
    if differences:
        return "differ"
    return "agree" if {ours, evaluation.evaluated_effect} <= EFFECTS else "unknown"


def _differences(
    evaluation: Evaluation, ours: str, checks: Iterable[SaidCheck]
) -> Iterator[Difference]:
    aws = evaluation.evaluated_effect
    if {aws, ours} <= EFFECTS and aws != ours:
        yield Difference("the decision", aws, ours)
    for check in checks:
        what = f"{check.check} of {check.target}" if check.target else check.check
        if check.differs:
            yield Difference(what, check.aws or "no such check", check.ours or "no such check")
        for one in check.statements:
            if one.differs:
                sides = ("matches" if side else "does not match" for side in (one.aws, one.ours))
                yield Difference(f"{what}: {_named(one)}", *sides)


def _named(one: SaidStatement) -> str:
    name = one.sid or f"statement {one.index}"
    return f"{one.effect} {name} of {one.uri}"


def _answered(request: Request, placed: Placed, rcps_reach: Actions) -> tuple[str, str, _Answer]:
    """Our effect, why it is none, and the answer with every check open that a hole may turn."""
    guesses = tuple(Guess) if placed.whys() else (Guess.NOTHING,)
    every = {g: _answer(request, placed.filled(g), placed, rcps_reach) for g in guesses}
    answer = every[Guess.NOTHING]
    answer.effects = {
        key: effect
        if all(one.effects.get(key) is effect for one in every.values())
        else CheckEffect.OPEN
        for key, effect in answer.effects.items()
    }
    words = {_word(one.decision) for one in every.values()}
    if len(words) > 1:
        return "UNKNOWN", "; ".join(placed.whys()), answer
    return words.pop(), _why(answer.decision), answer


def _answer(request: Request, policies: Policies, placed: Placed, rcps_reach: Actions) -> _Answer:
    layers = layers_of(request, policies, rcps_reach)
    decision = evaluate(request, policies, rcps_reach=rcps_reach)
    if len(parts_of(request)) > 1:
        decision = _alone(decision, layers)
    return _Answer(decision, layers, _effects(decision, layers, placed))


def _alone(decision: Decision, layers: Layers) -> Decision:
    """Of a request that takes several permissions: AWS records an evaluation for each.

    The engine answers for all together, with the checks of the one that it denies.
    """
    truth = outcome(layers)
    if truth is False:
        return replace(decision, notes=())
    if truth is True:
        return Allowed(by=(), checks=())
    return Unknown(why=f"{layers.action} hangs on: {truth}", checks=())


def _effects(decision: Decision, layers: Layers, placed: Placed) -> Effects:
    """Each check's effect; the levels of SCPs and RCPs one by one."""
    levelled = {Check.SERVICE_CONTROL_POLICY: layers.scp, Check.RESOURCE_CONTROL_POLICY: layers.rcp}
    found = {(one.check, ""): one.effect for one in decision.checks if one.check not in levelled}
    for check, levels in levelled.items():
        # Every level counts or none does: for who is exempt, for what RCPs don't reach.
        if levels:
            pairs = zip(placed.targets(check), levels, strict=True)
            found |= {(check, target): _level_effect(layer) for target, layer in pairs}
    return found


def _level_effect(layer: Layer) -> CheckEffect:
    denied, allowed = layer.denied, layer.limit()
    if denied is True:
        return CheckEffect.EXPLICIT_DENY
    if allowed is False:
        return CheckEffect.IMPLICIT_DENY
    still_open = isinstance(denied, Open) or isinstance(allowed, Open)
    return CheckEffect.OPEN if still_open else CheckEffect.ALLOW


def _word(decision: Decision) -> str:
    match decision:
        case Allowed():
            return "ALLOW"
        case Denied(by=()):
            return "IMPLICIT_DENY"
        case Denied():
            return "EXPLICIT_DENY"
        case Depends():
            return "DEPENDS"
        case Unknown():
            return "UNKNOWN"


def _why(decision: Decision) -> str:
    match decision:
        case Depends(residual=residual):
            return f"allowed if {residual}"
        case Unknown(why=why):
            return why
        case _:
            return ""
