"""Two questions of patterns without a request: does one lie within another, can two meet.

`…_within` says yes only where every text that the narrow pattern matches is matched by the wide
one; `may_meet` says no only where no ARN, as people write them, is matched by both.
"""

import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from idkeep.policy.pattern import ARN_FIELDS, Wild, glob
from idkeep.policy.variables import Malformed, Variable, Version, has_variables, template

# One character, a wildcard, or something that stands for a text not known here.
_Token = str | Wild | Variable | Malformed


class Held(Enum):
    """A wildcard that matches no colon."""

    MANY = "*"
    ONE = "?"


_Loose = str | Wild | Held
_HELD = {Wild.MANY: Held.MANY, Wild.ONE: Held.ONE}
_RUNS = (Wild.MANY, Held.MANY)
_WILDCARD = re.compile(r"[*?]")
# A document is as long as its writer likes. Nobody writes more wildcards than this, and a list that
# takes more steps than that to compare is not said to be redundant.
_MOST_WILDCARDS = 32
_MOST_STEPS = 1_000_000


def action_within(narrow: str, wide: str) -> bool:
    """Case does not count."""
    return _within(_tokens(narrow.lower(), Version.OLD), _tokens(wide.lower(), Version.OLD))


def resource_within(narrow: str, wide: str, version: Version) -> bool:
    """As the `Resource` element reads patterns.

    In the first five fields of an ARN a wildcard stays between its colons, or does not
    (`idkeep.policy.pattern`), so these fields must be the same in both, or literal in the narrow
    pattern; the rest is a string like any other.
    """
    if wide in ("*", narrow):
        return True
    if has_variables(wide, version):
        return False
    one, other = narrow.split(":", ARN_FIELDS - 1), wide.split(":", ARN_FIELDS - 1)
    if not len(one) == len(other) == ARN_FIELDS:
        return False
    head, wide_head = one[:-1], other[:-1]
    if head != wide_head:
        text = "".join(head)
        if "*" in text or "?" in text or "${" in text:
            return False
        if not all(
            _within(_tokens(a, Version.OLD), _tokens(b, Version.OLD))
            for a, b in zip(head, wide_head, strict=True)
        ):
            return False
    return _within(_tokens(one[-1], version), _tokens(other[-1], version))


def may_meet(pattern: str, shape: str, version: Version) -> bool:
    """Whether some ARN may be of a shape and be matched by a pattern of a `Resource` element.

    A shape is an ARN with wildcards for what AWS leaves open; in its first five fields they hold
    no colon. A variable of the pattern stands for any text. Where the pattern has six fields, the
    wildcards of the first five are read as staying in theirs: that one runs on, to a colon in the
    resource's own name (`arn:aws:ec2:*:*:volume/*` and an instance called `a:volume/b`), nobody
    means.
    """
    if pattern.count("*") > _MOST_WILDCARDS:
        return True
    return _meet(_loose(pattern, version), _shaped(shape))


def redundant(
    patterns: tuple[str, ...],
    within: Callable[[str, str], bool],
    fold: Callable[[str], str] = str,
) -> dict[int, int]:
    """The places of patterns that lie within another of the list, with the place of that one.

    Of two that mean the same the first stays. `fold` makes equal what `within` takes as equal.
    Of a list too long to compare, only what is the same is found.
    """
    steps = 0
    found: dict[int, int] = {}
    first: dict[str, int] = {}
    folded = [fold(one) for one in patterns]
    for n, one in enumerate(folded):
        if first.setdefault(one, n) != n:
            found[n] = first[one]
    wides = [
        (m, _WILDCARD.split(folded[m])[0]) for m in first.values() if _WILDCARD.search(folded[m])
    ]
    for n in first.values():
        for m, start in wides:
            if m == n or m in found or not folded[n].startswith(start):
                continue
            steps += len(folded[n])
            if steps > _MOST_STEPS:
                return dict(sorted(found.items()))
            if not within(patterns[n], patterns[m]):
                continue
            if m < n or not within(patterns[m], patterns[n]):
                found[n] = m
                break
    return dict(sorted(found.items()))


@lru_cache(maxsize=16_384)
def _tokens(text: str, version: Version) -> tuple[_Token, ...]:
    parts = template(text, version) if version is Version.CURRENT else glob(text)
    made: list[_Token] = []
    for part in parts:
        if isinstance(part, str):
            made.extend(part)
        elif part is not Wild.MANY or made[-1:] != [Wild.MANY]:
            made.append(part)
    return tuple(made)


@lru_cache(maxsize=16_384)
def _loose(text: str, version: Version) -> tuple[_Loose, ...]:
    made: list[_Loose] = []
    tokens = [one if isinstance(one, str | Wild) else Wild.MANY for one in _tokens(text, version)]
    # "can expand to match beyond the colon boundaries", says AWS of a `*` at a field's end.
    whole = tokens.count(":") >= ARN_FIELDS - 1
    colons = 0
    for one in tokens:
        colons += one == ":"
        held = isinstance(one, Wild) and whole and colons < ARN_FIELDS - 1
        made.append(_HELD[one] if held and isinstance(one, Wild) else one)
    return tuple(made)


@lru_cache(maxsize=16_384)
def _shaped(text: str) -> tuple[_Loose, ...]:
    made: list[_Loose] = []
    colons = 0
    for one in _tokens(text, Version.OLD):
        colons += one == ":"
        if isinstance(one, Wild):
            made.append(_HELD[one] if colons < ARN_FIELDS - 1 else one)
        elif isinstance(one, str):
            made.append(one)
    return tuple(made)


@lru_cache(maxsize=65_536)
def _within(narrow: tuple[_Token, ...], wide: tuple[_Token, ...]) -> bool:
    """Walks all ways at once: the set of places in `wide` that what was read may have led to.

    What stands for several texts in `narrow` is taken whole by one `*` of `wide`.
    """
    if narrow == wide:
        return True
    if wide.count(Wild.MANY) > _MOST_WILDCARDS:
        return False
    places = _skip({0}, wide)
    for token in narrow:
        places = _skip({n for at in places for n in _after(token, at, wide)}, wide)
        if not places:
            return False
    return len(wide) in places


def _skip(places: set[int], wide: tuple[_Token, ...]) -> set[int]:
    """And those behind a `*`, which may take nothing."""
    found = set(places)
    for at in places:
        n = at
        while n < len(wide) and wide[n] is Wild.MANY:
            n += 1
            found.add(n)
    return found


def _after(token: _Token, at: int, wide: tuple[_Token, ...]) -> tuple[int, ...]:
    if at == len(wide):
        return ()
    there = wide[at]
    if there is Wild.MANY:
        return (at,)
    if there is Wild.ONE:
        return (at + 1,) if token is Wild.ONE or isinstance(token, str) else ()
    return (at + 1,) if isinstance(token, str) and token == there else ()


@lru_cache(maxsize=65_536)
def _meet(one: tuple[_Loose, ...], other: tuple[_Loose, ...]) -> bool:
    """Walks both at once: a run of characters in one takes the other's next, or ends."""
    seen: set[tuple[int, int]] = set()
    waiting = [(0, 0)]
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        a, b = at
        if a == len(one) and b == len(other):
            return True
        left = one[a] if a < len(one) else None
        right = other[b] if b < len(other) else None
        if left in _RUNS:
            waiting.append((a + 1, b))
            if right is not None and _takes(left, right):
                waiting.append((a, b + 1))
        if right in _RUNS:
            waiting.append((a, b + 1))
            if left is not None and _takes(right, left):
                waiting.append((a + 1, b))
        if left is None or right is None or left in _RUNS or right in _RUNS:
            continue
        if left == right or (_takes(left, right) or _takes(right, left)):
            waiting.append((a + 1, b + 1))
    return False


def _takes(wild: _Loose | None, token: _Loose) -> bool:
    """Whether a wildcard may stand for what the other has there."""
    return wild in (Wild.MANY, Wild.ONE) or (isinstance(wild, Held) and token != ":")  # noqa: S105 -- of a pattern
