"""Sets of strings that patterns tell apart, by one automaton for all the patterns at once.

A pattern is a run of places; a state is the set of places that the patterns have reached, as the
bits of one integer (Shift-And). The subset construction is lazy: only states that some string
reaches are made, and of the characters that no pattern here names one stands for all.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from idkeep.policy.pattern import Glob, Wild, arn_fields, held_parts, run_on
from idkeep.policy.symbolic.budget import Budget

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
# One that does not stand in a pattern stands for all that do not.
_OTHERS = "xyzqwvjk0123456789_abcdefghilmnoprstuXYZ!~^;|=<>"
# `"\u212a".lower()` is "k": the only letter outside ASCII whose small form is inside.
_KELVIN = "\u212a"


class Place(Struct, frozen=True):
    """One character of `chars`, or any one where that is ""; `no_colon`: but for a colon.

    `star`: any number of them.
    """

    chars: str = ""
    no_colon: bool = False
    star: bool = False

    def takes(self, char: str) -> bool:
        if self.chars:
            return char in self.chars
        return not (self.no_colon and char == ":")


Pattern = tuple[Place, ...]
_REST = Place(star=True)


@lru_cache(maxsize=8192)
def string_pattern(glob: Glob) -> Pattern:
    """A wildcard takes any character."""
    return tuple(_places((part, False) for part in glob))


@lru_cache(maxsize=8192)
def resource_pattern(glob: Glob) -> Pattern:
    """As the `Resource` element compares."""
    return tuple(_places(held_parts(glob)))


@lru_cache(maxsize=8192)
def arn_pattern(glob: Glob) -> Pattern | None:
    """As the ARN operators compare, at most; None for what matches no ARN."""
    fields = arn_fields(run_on(glob) or glob)
    places: list[Place] = []
    for n, field in enumerate(fields):
        places.extend([Place(":")] if n else [])
        places.extend(_places((part, n < len(fields) - 1) for part in field))
    return tuple(places) if len(fields) == 6 else None  # noqa: PLR2004 -- an ARN's fields


@lru_cache(maxsize=8192)
def caseless_pattern(text: str) -> Pattern | None:
    """The strings whose small form is that of `text`; None where case is not ASCII's."""
    if not text.isascii():
        return None
    return tuple(Place(_cases(char)) for char in text)


def _cases(char: str) -> str:
    extra = _KELVIN if char in "kK" else ""
    return "".join(dict.fromkeys(char.lower() + char.upper())) + extra


def _places(parts: Iterable[tuple[str | Wild, bool]]) -> Iterator[Place]:
    for part, held in parts:
        if isinstance(part, str):
            yield from (Place(char) for char in part)
        else:
            yield Place(no_colon=held, star=part is Wild.MANY)


class Alphabet(Struct, frozen=True):
    """What a string may be: one of `whole`, of these characters where they are given."""

    whole: Pattern
    chars: str = ""


class Automaton:
    """All the patterns side by side, within what a string may be.

    Patterns come in groups: of a group it only counts whether a string is in any of it.
    """

    def __init__(
        self, groups: Sequence[Iterable[Pattern]], alphabet: Alphabet, budget: Budget
    ) -> None:
        self._budget = budget
        self._starts = self._stars = self._open = self._held = 0
        self._named: dict[str, int] = {}
        self._ends: list[int] = []
        self._reach: list[int] = []
        # Of each group of several patterns: the places where every string that begins so is in
        # one, and all its places.
        self._for_good: list[tuple[int, int]] = []
        at = 0
        for group in ((alphabet.whole,), *groups):
            first, for_good, ends = at, 0, 0
            several = list(dict.fromkeys(group))
            for pattern in several:
                self._starts |= 1 << at
                for place in pattern:
                    self._add(place, 1 << at)
                    at += 1
                if pattern and pattern[-1] == _REST:
                    for_good |= 1 << at - 1
                ends |= 1 << at
                at += 1
            self._ends.append(ends)
            self._reach.append((1 << at) - (1 << first))
            if len(several) > 1 and for_good:
                self._for_good.append((for_good, self._reach[-1]))
        named = [char for char in self._named if not alphabet.chars or char in alphabet.chars]
        pool = alphabet.chars or _OTHERS
        other = next((c for c in pool if c not in self._named and c != ":"), "")
        self._symbols = [(char, self._named[char]) for char in named]
        if not other and not alphabet.chars:
            other = next(c for c in map(chr, range(0x4E00, 0x9FFF)) if c not in self._named)
        self._other = other
        if ":" not in self._named and (not alphabet.chars or ":" in alphabet.chars):
            self._symbols.append((":", 0))

    def _add(self, place: Place, bit: int) -> None:
        self._stars |= bit if place.star else 0
        for char in place.chars:
            self._named[char] = self._named.get(char, 0) | bit
        if not place.chars and place.no_colon:
            self._held |= bit
        elif not place.chars:
            self._open |= bit

    def strings(self, needs: int = 0) -> dict[int, str]:
        """For each set of groups that some string is in all of and in no other, a shortest one.

        Bit n of a key is group n. Strings that are not in all of the groups in `needs` are not
        looked for.
        """
        required = [one for n, one in enumerate(self._reach[1:]) if needs >> n & 1]
        required.append(self._reach[0])
        begin = self._closed(self._starts)
        seen: dict[int, tuple[int, str]] = {begin: (0, "")}
        waiting, found = deque([begin]), {}
        while waiting:
            state = waiting.popleft()
            self._budget.spend()
            if state & self._ends[0]:
                sig = 0
                for n, ends in enumerate(self._ends[1:]):
                    sig |= bool(state & ends) << n
                if sig not in found and not needs & ~sig:
                    found[sig] = self._spelled(seen, state)
            for char, after in self._steps(state):
                if after not in seen and all(after & some for some in required):
                    seen[after] = (state, char)
                    waiting.append(after)
        return found

    def _steps(self, state: int) -> Iterator[tuple[str, int]]:
        """A step by each character that makes a difference here."""
        wild = state & (self._open | self._held)
        if wild and self._other:
            yield self._other, self._moved(wild)
        for char, named in self._symbols:
            if state & named or (char == ":" and state & self._held) or (wild and not self._other):
                open_ = state & (self._open if char == ":" else self._open | self._held)
                yield char, self._moved(open_ | state & named)

    def _moved(self, taken: int) -> int:
        return self._closed((taken & self._stars) | (taken & ~self._stars) << 1)

    def _closed(self, state: int) -> int:
        """A star may be passed by."""
        while (after := state | (state & self._stars) << 1) != state:
            state = after
        for for_good, reach in self._for_good:
            if state & for_good:
                # The group is settled, whichever of its patterns it was.
                least = for_good & -for_good
                state = (state & ~reach) | least | least << 1
        return state

    @staticmethod
    def _spelled(seen: dict[int, tuple[int, str]], state: int) -> str:
        chars: list[str] = []
        while (step := seen[state])[1]:
            state = step[0]
            chars.append(step[1])
        return "".join(reversed(chars))


def matches(pattern: Pattern, text: str) -> bool:
    """Slow; for what no test of the reference engine tells."""
    reached = {0}
    for char in (*text, None):
        todo = list(reached)
        while todo:
            at = todo.pop()
            if at < len(pattern) and pattern[at].star and at + 1 not in reached:
                reached.add(at + 1)
                todo.append(at + 1)
        if char is None:
            return len(pattern) in reached
        took = [at for at in reached if at < len(pattern) and pattern[at].takes(char)]
        reached = {at if pattern[at].star else at + 1 for at in took}
    return False


def is_literal(pattern: Pattern) -> bool:
    return all(len(place.chars) == 1 and not place.star for place in pattern)


def spelled(pattern: Pattern) -> str:
    """The one string of a literal pattern."""
    return "".join(place.chars for place in pattern)


def examples(patterns: Iterable[Pattern], alphabet: Alphabet, budget: Budget) -> list[str]:
    """Strings of which each set that the patterns tell apart has at least one.

    A literal is an example by itself and stays out of the automaton, as long as what is found
    for the others is none of the literals.
    """
    distinct = list(dict.fromkeys(patterns))
    literals = {spelled(one): one for one in distinct if is_literal(one)}
    wild = [one for one in distinct if not is_literal(one)]
    found = list(Automaton([(one,) for one in wild], alphabet, budget).strings().values())
    if any(text in literals for text in found):
        found = list(Automaton([(one,) for one in distinct], alphabet, budget).strings().values())
    taken = (text for text, one in literals.items() if _may_be(text, alphabet))
    return list(dict.fromkeys([*found, *taken]))


def _may_be(text: str, alphabet: Alphabet) -> bool:
    fits = not alphabet.chars or all(char in alphabet.chars for char in text)
    return fits and matches(alphabet.whole, text)


def within(inner: Pattern, outer: Pattern, alphabet: Alphabet, budget: Budget) -> bool:
    """Whether each string of the one is of the other."""
    if outer == inner or is_literal(inner):
        return outer == inner or matches(outer, spelled(inner))
    found = Automaton(((inner,), (outer,)), alphabet, budget).strings(0b01)
    return 0b01 not in found
