"""The estate's engine with the reference in the place of the compiled one, one by one."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from idkeep.access import Estate
from idkeep.access.engine import Engine
from idkeep.policy import Context, Decision, evaluate
from idkeep.policy.compiled import (
    Caller,
    CompiledEstate,
    Target,
    Verdict,
    policies_of,
    request_of,
    verdict_of,
)
from idkeep.policy.compiled.reachable import Reachable
from idkeep.policy.compiled.vocabulary import Vocabulary

_NOTHING = Context()
OPEN = {Verdict.DEPENDS, Verdict.UNKNOWN}


class Answered(Mapping[str, Verdict]):
    """As `WhoCan`."""

    def __init__(self, decisions: Iterable[tuple[str, Decision]]) -> None:
        self._verdicts = {name: verdict_of(one) for name, one in decisions}
        self.allowed = tuple(n for n, one in self._verdicts.items() if one is Verdict.ALLOWED)
        self.undecided = tuple(n for n, one in self._verdicts.items() if one in OPEN)

    def __getitem__(self, name: str) -> Verdict:
        return self._verdicts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._verdicts)

    def __len__(self) -> int:
        return len(self._verdicts)


class AnsweredActions(Answered):
    """As `WhatCan`."""

    def __init__(self, vocabulary: Vocabulary, decisions: Iterable[tuple[str, Decision]]) -> None:
        super().__init__(decisions)
        self._vocabulary = vocabulary

    def possible(self, lanes: int) -> tuple[str, ...]:
        every = (*self.allowed, *self.undecided)
        return tuple(one for one in every if lanes & self._vocabulary.lanes((one,)))


class LiteralEstate(CompiledEstate):
    """Every answer is `evaluate`'s, without any index."""

    def who_can(  # type: ignore[override]
        self, action: str, resource: str | Target, context: Context = _NOTHING, **_: Any
    ) -> Answered:
        return Answered(
            (name, self.decide(name, action, resource, context)) for name in self._places
        )

    def what_can(  # type: ignore[override]
        self, name: str, resource: str | Target = "*", context: Context = _NOTHING, **_: Any
    ) -> AnsweredActions:
        return AnsweredActions(
            self._ground.vocabulary,
            (
                (action, self.decide(name, action, resource, context))
                for action in self._ground.vocabulary.names
            ),
        )

    def decide(
        self,
        name: str,
        action: str,
        resource: str | Target,
        context: Context = _NOTHING,
        **_: Any,
    ) -> Decision:
        caller, asked = self.caller(name), self._question(action, resource, context, None)
        facts = self._ground.facts
        return evaluate(
            request_of(caller, asked),
            policies_of(caller, asked),
            rcps_reach=facts.rcps_reach,
            own_account_only=facts.own_account_only,
        )


class Everything(Reachable):
    """Nothing is out of reach before it was asked about."""

    def possible(self, caller: Caller, action: str) -> int:  # noqa: ARG002 -- the same for all
        return self.everywhere


class LiteralEngine(Engine):
    def compile(self, callers: Iterable[Caller]) -> CompiledEstate:
        targets = (one.target for one in self.sites.values())
        return LiteralEstate(callers, targets, facts=self.facts, vocabulary=self.vocabulary)

    def reachable(self, targets: Iterable[Target]) -> Reachable:
        return Everything(targets)


class LiteralEstateOfChecks(Estate):
    @cached_property
    def engine(self) -> Engine:
        return LiteralEngine(self.snapshot, self._catalog, siblings=self.siblings)
