"""Answers about many at once: sets of them, and the word for each when it is asked for."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import chain

from idkeep.policy.compiled.account import Account
from idkeep.policy.compiled.lanes import chosen
from idkeep.policy.compiled.said import Answered
from idkeep.policy.compiled.vocabulary import Vocabulary
from idkeep.policy.decision import Allowed, Decision, Denied, Depends, Unknown


class Verdict(StrEnum):
    """A decision in a word, as `idkeep decide` prints it."""

    ALLOWED = "Allowed"
    EXPLICITLY_DENIED = "ExplicitlyDenied"
    IMPLICITLY_DENIED = "ImplicitlyDenied"
    DEPENDS = "Depends"
    UNKNOWN = "Unknown"


def verdict_of(decision: Decision) -> Verdict:
    match decision:
        case Allowed():
            return Verdict.ALLOWED
        case Denied(by=by):
            return Verdict.EXPLICITLY_DENIED if by else Verdict.IMPLICITLY_DENIED
        case Depends():
            return Verdict.DEPENDS
        case Unknown():
            return Verdict.UNKNOWN


class Answers(Mapping[str, Verdict], ABC):
    """A verdict by name. `decision` has the reasons, and the residual of what depends."""

    @abstractmethod
    def decision(self, name: str) -> Decision:
        """By the reference, with everything that it says. Raises `KeyError`."""

    @abstractmethod
    def _found(self, name: str) -> tuple[Answered, int] | None:
        """A set of answers and the lane of this one; None for what is decided by itself."""

    def __getitem__(self, name: str) -> Verdict:
        found = self._found(name)
        if found is None:
            return verdict_of(self.decision(name))
        answered, lane = found
        if answered.allowed >> lane & 1:
            return Verdict.ALLOWED
        if answered.open >> lane & 1:
            return verdict_of(self.decision(name))
        denied = answered.explicit >> lane & 1
        return Verdict.EXPLICITLY_DENIED if denied else Verdict.IMPLICITLY_DENIED


class WhatCan(Answers):
    """By action. An action that the catalog lacks is decided by its text when it is asked for."""

    def __init__(
        self, vocabulary: Vocabulary, answered: Answered, decide: Callable[[str], Decision]
    ) -> None:
        self._vocabulary = vocabulary
        self._answered = answered
        self._decide = decide

    @property
    def allowed(self) -> tuple[str, ...]:
        return chosen(self._vocabulary.names, self._answered.allowed)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Those whose verdict is `DEPENDS` or `UNKNOWN`."""
        return chosen(self._vocabulary.names, self._answered.open)

    def possible(self, lanes: int) -> tuple[str, ...]:
        """Those of a set of the vocabulary's lanes that are allowed, then those undecided."""
        names, found = self._vocabulary.names, self._answered
        return chosen(names, found.allowed & lanes) + chosen(names, found.open & lanes)

    def decision(self, name: str) -> Decision:
        return self._decide(name)

    def _found(self, name: str) -> tuple[Answered, int] | None:
        lane = self._vocabulary.lane(name)
        return None if lane is None else (self._answered, lane)

    def __iter__(self) -> Iterator[str]:
        return iter(self._vocabulary.names)

    def __len__(self) -> int:
        return len(self._vocabulary.names)


class WhoCan(Answers):
    """By the caller's name.

    `possible` are the accounts in which somebody may be allowed. The others are looked at only for
    what denies them, when that is asked for.
    """

    def __init__(
        self,
        places: Mapping[str, Account],
        possible: Sequence[Account],
        answer: Callable[[Account], Answered],
        decide: Callable[[str], Decision],
    ) -> None:
        self._places = places
        self._answer = answer
        self._decide = decide
        self._answered = {account: answer(account) for account in possible}
        self._possible = tuple(possible)

    @property
    def allowed(self) -> tuple[str, ...]:
        return self._chosen(lambda one: one.allowed)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Those whose verdict is `DEPENDS` or `UNKNOWN`."""
        return self._chosen(lambda one: one.open)

    def decision(self, name: str) -> Decision:
        return self._decide(name)

    def _chosen(self, lanes: Callable[[Answered], int]) -> tuple[str, ...]:
        found = (chosen(one.names, lanes(self._answered[one])) for one in self._possible)
        return tuple(chain.from_iterable(found))

    def _found(self, name: str) -> tuple[Answered, int]:
        account = self._places[name]
        if account not in self._answered:
            self._answered[account] = self._answer(account)
        return self._answered[account], account.lane(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
