"""The actions that statements tell apart.

An action is `service:Name` of letters, digits and `-`, as all of AWS's service reference are;
case does not count:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from idkeep.policy.document import ActionElement, NotAction
from idkeep.policy.pattern import action_test, glob
from idkeep.policy.symbolic.budget import Budget, Undecided
from idkeep.policy.symbolic.cells import Cell, bits
from idkeep.policy.symbolic.words import (
    DIGITS,
    LETTERS,
    Alphabet,
    Place,
    examples,
    string_pattern,
    within,
)

_WILDCARD = re.compile(r"[*?]")
_NAME = re.compile(r"[a-z0-9-]+:[a-z0-9-]+", re.ASCII)
_CHARS = LETTERS + DIGITS + "-"
_SOME = (Place(no_colon=True), Place(no_colon=True, star=True))
_ACTIONS = Alphabet((*_SOME, Place(":"), *_SOME), _CHARS + ":")


class Actions:
    """The action elements of all statements, by their numbers."""

    def __init__(self, elements: Sequence[ActionElement], budget: Budget) -> None:
        self._budget = budget
        self._listed = [tuple(p.lower() for p in one.patterns) for one in elements]
        self._excluding = sum(isinstance(e, NotAction) << n for n, e in enumerate(elements))
        self._spelling: dict[str, str] = {}
        self._whose: dict[str, int] = {}
        for n, element in enumerate(elements):
            for written, pattern in zip(element.patterns, self._listed[n], strict=True):
                self._spelling.setdefault(pattern, written)
                self._whose[pattern] = self._whose.get(pattern, 0) | 1 << n
        self._wild: dict[str, list[str]] = {}
        self._of_service: dict[str, list[str]] = {}
        for pattern in self._whose:
            self._of_service.setdefault(service_of(pattern), []).append(pattern)
            if _WILDCARD.search(pattern):
                self._wild.setdefault(service_of(pattern), []).append(pattern)
        self._held: dict[str, int] = {}
        self._examples: dict[str, tuple[Cell[str], int] | None] = {}
        self._together: dict[tuple[int, ...], list[Cell[str]]] = {}

    def cells(self, needed: int, against: int) -> Iterator[Cell[str]]:
        """Cells in which `needed` hold; one may be left out where another is as good.

        As good is what satisfies no more of `against`.
        """
        candidates = self._candidates(needed)
        is_told = candidates is not None
        for pattern in candidates or ():
            found = self._example(pattern)
            if found is None:
                is_told = False
                continue
            cell, open_ = found
            is_told = is_told and not (open_ & against or needed & ~cell.holds)
            yield cell
        if not is_told:
            yield from self._all(needed | against)

    def _candidates(self, needed: int) -> list[str] | None:
        """Patterns that together are the actions of all of `needed`; None: not at hand."""
        lists = [self._listed[n] for n in bits(needed & ~self._excluding)]
        if not lists:
            return ["*"]
        found = list(lists[0])
        for more in lists[1:]:
            met = [_both(one, other) for one in found for other in more if _may_meet(one, other)]
            if "" in met:
                return None
            found = list(dict.fromkeys(met))
        return found

    def _example(self, pattern: str) -> tuple[Cell[str], int] | None:
        """One action in the pattern, and the statements that hold for it but maybe not for all."""
        if pattern not in self._examples:
            self._examples[pattern] = self._made(pattern)
        return self._examples[pattern]

    def _made(self, pattern: str) -> tuple[Cell[str], int] | None:
        self._budget.spend()
        written = self._spelling.get(pattern, pattern)
        text = "service:Action" if pattern == "*" else _WILDCARD.sub("x", written)
        if not _NAME.fullmatch(lowered := text.lower()):
            # A name of another form is no action, but of a pattern others may be.
            return None if _WILDCARD.search(pattern) else (Cell(0, text), 0)
        holds = self._holds(lowered)
        cell = Cell(holds, text)
        if not _WILDCARD.search(pattern):
            return cell, 0
        covering = meeting = 0
        for other, whose in self._near(pattern):
            if action_test((other,))(lowered) and _is_within(pattern, other):
                covering |= whose
            if _may_meet(pattern, other):
                meeting |= whose
        listed = holds & ~self._excluding & ~covering
        return cell, listed | (holds & self._excluding & meeting)

    def _near(self, pattern: str) -> Iterator[tuple[str, int]]:
        """The patterns that may have an action in common with this one."""
        service = service_of(pattern)
        if not service:
            yield from self._whose.items()
            return
        for group in (service, ""):
            for other in self._of_service.get(group, ()):
                yield other, self._whose[other]

    def _holds(self, action: str) -> int:
        """The statements whose element is about the action, in small letters."""
        if action not in self._held:
            found = self._whose.get(action, 0)
            for group in ("", service_of(action)):
                for pattern in self._wild.get(group, ()):
                    whose = self._whose[pattern]
                    if whose & ~found and action_test((pattern,))(action):
                        found |= whose
            self._held[action] = found ^ self._excluding
        return self._held[action]

    def _all(self, asked: int) -> Iterator[Cell[str]]:
        """Every set of actions that these statements tell apart."""
        numbers = tuple(bits(asked))
        if numbers not in self._together:
            patterns = dict.fromkeys(p for n in numbers for p in self._listed[n])
            cells: dict[int, Cell[str]] = {}
            for text in _representatives(patterns, self._spelling, self._budget):
                self._budget.spend()
                holds = self._holds(text.lower())
                cells.setdefault(holds & asked, Cell(holds, text))
            self._together[numbers] = list(cells.values())
        yield from self._together[numbers]


@lru_cache(maxsize=65_536)
def service_of(pattern: str) -> str:
    """The service that a pattern or action names; "" where that is a pattern itself."""
    service, colon, _ = pattern.partition(":")
    return service if colon and not _WILDCARD.search(service) else ""


@lru_cache(maxsize=65_536)
def _prefix(pattern: str) -> str:
    return _WILDCARD.split(pattern, maxsplit=1)[0]


def _may_meet(one: str, other: str) -> bool:
    """False where the literal beginnings differ, or where one literal is not in the other."""
    first, second = _prefix(one), _prefix(other)
    if not (first.startswith(second) or second.startswith(first)):
        return False
    if first == one:
        return action_test((other,))(one)
    return second != other or action_test((one,))(other)


def _both(one: str, other: str) -> str:
    """The pattern of what is in both of two, which may meet; "" where it is neither of them."""
    if _is_within(one, other):
        return one
    return other if _is_within(other, one) else ""


@lru_cache(maxsize=65_536)
def _is_within(inner: str, outer: str) -> bool:
    """False too where telling takes long."""
    if outer in ("*", inner):
        return True
    if not _WILDCARD.search(inner):
        return action_test((outer,))(inner)
    if not _prefix(inner).startswith(_prefix(outer)):
        return False
    if outer == _prefix(outer) + "*":
        return True
    try:
        both = (string_pattern(glob(inner)), string_pattern(glob(outer)))
        return within(*both, _ACTIONS, Budget(5_000))
    except Undecided:
        return False


def _representatives(
    patterns: Iterable[str], spelling: dict[str, str], budget: Budget
) -> Iterable[str]:
    """Of each set of actions that the patterns tell apart at least one, spelled as it is written.

    Service by service: patterns of two services have nothing in common but those of any service.
    """
    services: dict[str, list[str]] = {}
    common: list[str] = []
    for pattern in patterns:
        if service := service_of(pattern):
            services.setdefault(service, []).append(pattern)
        elif pattern != "*":
            common.append(pattern)
    shared = [string_pattern(glob(one)) for one in common]
    if common:
        # Patterns such as `s*:Get*` are told apart over all services at once.
        others = (string_pattern(glob(f"{service}:*")) for service in services)
        yield from examples((*shared, *others), _ACTIONS, budget)
    else:
        numbered = ("service", *(f"service{n}" for n in range(len(services))))
        yield next(name for name in numbered if name not in services) + ":Action"
    for service, some in services.items():
        easy = None if common else _by_prefix(service, some, spelling)
        if easy is None:
            named = Alphabet((*map(Place, f"{service}:"), *_SOME), _CHARS + ":")
            own = (string_pattern(glob(one)) for one in some)
            easy = [spelling.get(one, one) for one in examples((*own, *shared), named, budget)]
        yield from easy


def _by_prefix(service: str, patterns: list[str], spelling: dict[str, str]) -> list[str] | None:
    """The same where every pattern is a name or the beginning of one; None where one is not.

    The set of what begins so, but not as any longer pattern, has an example that ends in a
    character with which no longer one goes on.
    """
    names = [one for one in patterns if not _WILDCARD.search(one)]
    prefixes = [one[:-1] for one in patterns if one.endswith("*")]
    if len(names) + len(prefixes) < len(patterns) or any(map(_WILDCARD.search, prefixes)):
        return None
    names = [one for one in names if _NAME.fullmatch(one)]
    found = [spelling[one] for one in names]
    for prefix in dict.fromkeys((f"{service}:", *prefixes)):
        if not _NAME.fullmatch(prefix + "x"):
            continue
        end = len(prefix)
        longer = (one for one in (*names, *prefixes) if one.startswith(prefix))
        going_on = {one[end] for one in longer if len(one) > end}
        free = next((c for c in "xz" + _CHARS if c not in going_on), "")
        if not free:
            return None
        found.append(spelling.get(f"{prefix}*", f"{prefix}*")[:-1] + free)
    return found
