"""Wildcards: `*` is any run of characters, `?` is any one. Three places read them three ways.

- An action is one string without case:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
- A resource is an ARN with case. In its first five fields a wildcard stays between its colons,
  except that a `*` which ends its field "can expand to match beyond the colon boundaries":
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
- `ArnLike` compares each of the six fields by itself, so nothing crosses a colon of the first five:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
"""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

ARN_FIELDS = 6


class Wild(Enum):
    MANY = "*"
    ONE = "?"

    # Members are compared by identity; Enum's own hash is a slow call for every look-up of a test.
    __hash__ = object.__hash__


# A pattern with its wildcards told apart from the same characters meant literally.
Glob: TypeAlias = tuple[str | Wild, ...]
Matches: TypeAlias = Callable[[str], bool]

_WILDCARD = re.compile(r"([*?])")
_WILD: dict[str, str | Wild] = {wild.value: wild for wild in Wild}


@lru_cache(maxsize=8192)
def glob(text: str) -> Glob:
    """Read `*` and `?` as wildcards, everything else literally."""
    return tuple(_WILD.get(part, part) for part in _WILDCARD.split(text) if part)


def literally(pattern: Glob) -> str:
    """The pattern's text where wildcards mean nothing, as under `StringEquals`."""
    return "".join(part if isinstance(part, str) else part.value for part in pattern)


@lru_cache(maxsize=8192)
def string_test(pattern: Glob) -> Matches:
    """A test for the whole string, colons being characters like any other."""
    return _test(pattern, _free_parts)


@lru_cache(maxsize=8192)
def resource_test(pattern: Glob) -> Matches:
    """A test for a resource as the `Resource` element compares it."""
    return _test(pattern, held_parts)


@lru_cache(maxsize=8192)
def arn_test(pattern: Glob) -> Matches | None:
    """A test for an ARN as the ARN operators compare it; None for a pattern of fewer fields."""
    fields = arn_fields(pattern)
    if len(fields) != ARN_FIELDS:
        return None
    tests = tuple(string_test(field) for field in fields)

    def matches(value: str) -> bool:
        given = value.split(":", ARN_FIELDS - 1)
        return len(given) == ARN_FIELDS and all(
            test(field) for test, field in zip(tests, given, strict=True)
        )

    return matches


def run_on(pattern: Glob) -> Glob | None:
    """The six fields of a shorter ARN pattern if its last `*` stood for those that are missing.

    None where it does not end with one: then nothing stands for them.
    """
    missing = ARN_FIELDS - len(arn_fields(pattern))
    if missing <= 0 or not pattern or pattern[-1] is not Wild.MANY:
        return None
    return (*pattern, *(":", Wild.MANY) * missing)


@lru_cache(maxsize=8192)
def action_test(patterns: tuple[str, ...]) -> Matches:
    """A test for an action against several patterns; case counts neither in them nor in it.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    ("The prefix and the action name are case insensitive").
    """
    if "*" in patterns:
        return _everything
    names = frozenset(p.lower() for p in patterns if not _WILDCARD.search(p))
    tests = tuple(string_test(glob(p.lower())) for p in patterns if _WILDCARD.search(p))

    def matches(action: str) -> bool:
        lowered = action.lower()
        return lowered in names or any(test(lowered) for test in tests)

    return matches


def _everything(_: str) -> bool:
    return True


def _test(pattern: Glob, held: Callable[[Glob], Iterator[tuple[str | Wild, bool]]]) -> Matches:
    if pattern == (Wild.MANY,):
        return _everything
    wilds = [part for part in pattern if isinstance(part, Wild)]
    if not wilds:
        return literally(pattern).__eq__
    if wilds == [Wild.MANY] and pattern[-1] is Wild.MANY:
        # Nothing is behind the `*` that could hold it back.
        head = literally(pattern[:-1])
        return lambda value: value.startswith(head)
    parts = tuple(held(pattern))
    if Wild.ONE not in wilds and not any(is_held for _, is_held in parts):
        return _by_pieces(pattern)
    return _by_expression(parts, wilds)


def _by_pieces(pattern: Glob) -> Matches:
    """Of a pattern whose wildcards are all free `*`: its texts one behind the other."""
    pieces = [""]
    for part in pattern:
        if part is Wild.MANY:
            pieces.append("")
        elif isinstance(part, str):
            pieces[-1] += part
    head, *between, tail = pieces
    between = [piece for piece in between if piece]
    shortest = sum(map(len, pieces))

    def matches(value: str) -> bool:
        if len(value) < shortest or not value.startswith(head) or not value.endswith(tail):
            return False
        at, end = len(head), len(value) - len(tail)
        for piece in between:
            # The first place is as good as any: the next `*` takes up the slack.
            at = value.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    return matches


def _by_expression(parts: tuple[tuple[str | Wild, bool], ...], wilds: list[Wild]) -> Matches:
    shortest = sum(len(part) for part, _ in parts if isinstance(part, str))
    shortest += wilds.count(Wild.ONE)
    fullmatch: Callable[[str], object] | None = None

    def matches(value: str) -> bool:
        # Compiled for the first value that is long enough.
        nonlocal fullmatch
        if len(value) < shortest:
            return False
        if fullmatch is None:
            fullmatch = re.compile(_regex(list(parts)), re.DOTALL).fullmatch
        return fullmatch(value) is not None

    return matches


def _free_parts(pattern: Glob) -> Iterator[tuple[str | Wild, bool]]:
    return ((part, False) for part in pattern)


def held_parts(pattern: Glob) -> Iterator[tuple[str | Wild, bool]]:
    """Each part, and whether a wildcard there is held back by the next colon."""
    colons = 0
    for part, ends_field in zip(pattern, _ends_field(pattern), strict=True):
        if isinstance(part, str):
            colons += part.count(":")
            yield part, False
        else:
            yield part, colons < ARN_FIELDS - 1 and not ends_field


def _ends_field(pattern: Glob) -> list[bool]:
    """Of each `*`, whether but for further `*` the next colon follows, or the end.

    Told from behind in one pass: a pattern may have a `*` at every other character.
    """
    ends = [False] * len(pattern)
    at_end = True
    for n in reversed(range(len(pattern))):
        part = pattern[n]
        if part is Wild.MANY:
            ends[n] = at_end
        else:
            at_end = isinstance(part, str) and part.startswith(":")
    return ends


def arn_fields(pattern: Glob) -> tuple[Glob, ...]:
    fields: list[list[str | Wild]] = [[]]
    for part in pattern:
        if isinstance(part, Wild):
            fields[-1].append(part)
            continue
        first, *others = part.split(":", ARN_FIELDS - len(fields))
        fields[-1].append(first)
        fields.extend([other] for other in others)
    return tuple(tuple(part for part in field if part != "") for field in fields)


def _regex(parts: list[tuple[str | Wild, bool]]) -> str:
    """A regular expression that tries no split of the text twice.

    A text is as long as its writer likes, so `*a*a*a` must not backtrack: what follows a `*` up to
    the next is matched at its first place for good (an atomic group). That loses nothing where the
    next `*` can take up the slack. A held `*` can do so only within its field, so a free one keeps
    its group open past the held ones behind it; the last `*` of each sort has no next, and stays
    an ordinary, single, linear loop.
    """
    # Of a run of `*` one says it all.
    parts = [
        one for n, one in enumerate(parts) if one[0] is not Wild.MANY or [one] != parts[n - 1 : n]
    ]
    stars = [n for n, (part, _) in enumerate(parts) if part is Wild.MANY]
    last_star = stars[-1] if stars else -1
    last_free = max((n for n in stars if not parts[n][1]), default=-1)
    made = ""
    in_held = in_free = False
    for n, (part, held) in enumerate(parts):
        any_character = "[^:]" if held else "."
        if isinstance(part, str):
            made += re.escape(part)
        elif part is Wild.ONE:
            made += any_character
        else:
            made += ")" * (in_held + (in_free and not held))
            in_held, in_free = held and n != last_star, in_free and held
            atomic = in_held or (not held and n != last_free)
            in_free = in_free or (not held and atomic)
            made += f"(?>{any_character}*?" if atomic else f"{any_character}*"
    return made + ")" * (in_held + in_free)
