"""Action patterns in the fewest characters that mean the same by the catalog.

A new wildcard stands for whole words of at least two names (`s3:Get*`, `ec2:*Tags`): one within a
word, or for one name, would save a character and take in more of what AWS may add. What the old
patterns match, known or not, the new ones match too.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from idkeep.catalog import Catalog
from idkeep.policy.linting.actions import redundant_actions
from idkeep.policy.linting.globs import action_within
from idkeep.policy.linting.known import everything, literal
from idkeep.policy.pattern import action_test
from idkeep.policy.symbolic.cells import bits

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|.", re.DOTALL)
# Quotes and the comma.
_AROUND = 3


class Folded(Struct, frozen=True):
    """`patterns` in place of the old ones; `wildcards` are those that were not there before."""

    patterns: tuple[str, ...]
    wildcards: tuple[str, ...]


def folded(patterns: tuple[str, ...], catalog: Catalog) -> Folded:
    """What the catalog does not know stays as it is written.

    Retired actions are taken in by no wildcard that did not take them in before.
    """
    if everything(patterns):
        return Folded(("*",), ())
    kept: list[str] = []
    by_service: dict[str, list[str]] = {}
    for one in patterns:
        prefix = one.partition(":")[0].lower()
        known = literal(prefix) and bool(catalog.expand(one, retired=True))
        (by_service.setdefault(prefix, []) if known else kept).append(one)
    made: list[str] = []
    for prefix, some in by_service.items():
        service = catalog.service(prefix)
        made += _of_service(service.prefix if service else prefix, some, catalog)
    shortest = (*made, *kept)
    gone = redundant_actions(shortest)
    left = tuple(one for n, one in enumerate(shortest) if n not in gone)
    known_before = {one.lower() for one in patterns}
    new = tuple(o for o in left if not literal(o) and o.lower() not in known_before)
    return Folded(left, new)


def _of_service(prefix: str, patterns: list[str], catalog: Catalog) -> list[str]:
    names = [one.partition(":")[2] for one in catalog.expand(f"{prefix}:*", retired=True)]
    test = action_test(tuple(patterns))
    wanted = [name for name in names if test(f"{prefix}:{name}")]
    target = sum(1 << n for n, name in enumerate(names) if test(f"{prefix}:{name}"))
    given = [one.partition(":")[2] for one in patterns if not literal(one)]
    candidates = {**_by_words(wanted, names), **_given(given, names)}
    fitting = {text: mask for text, mask in candidates.items() if not mask & ~target}
    cover = _cover(fitting, names, target)
    cover += (one for one in given if not any(action_within(one, other) for other in cover))
    # As long as what stands there, it stays: a wildcard takes in more, and others know the names.
    if _cost(cover) < _cost([one.partition(":")[2] for one in patterns]):
        return [f"{prefix}:{one}" for one in cover]
    return patterns


def _cost(names: Iterable[str]) -> int:
    return sum(len(one) + _AROUND for one in names)


def _given(patterns: Iterable[str], names: list[str]) -> dict[str, int]:
    found = {}
    for one in patterns:
        test = action_test((f"x:{one}",))
        found[one] = sum(test(f"x:{name}") << n for n, name in enumerate(names))
    return found


def _by_words(wanted: list[str], names: list[str]) -> dict[str, int]:
    """`First*`, `*Last` and `First*Last` of each name, with the names that each matches."""
    shapes: dict[tuple[str, str], None] = {("", ""): None}
    for name in wanted:
        words = _WORD.findall(name)
        heads = ["".join(words[:n]) for n in range(len(words))]
        tails = ["".join(words[n:]) for n in range(1, len(words) + 1)]
        shapes |= {(head, tail): None for n, head in enumerate(heads) for tail in tails[n:]}
    lowered = [name.lower() for name in names]
    starts = _masks({head for head, _ in shapes}, lowered, str.startswith)
    ends = _masks({tail for _, tail in shapes}, lowered, str.endswith)
    found = {}
    for head, tail in shapes:
        both = starts[head] & ends[tail]
        least = len(head) + len(tail)
        short = sum(1 << n for n in bits(both) if len(names[n]) < least)
        if (both & ~short).bit_count() > 1:
            found[f"{head}*{tail}"] = both & ~short
    return found


def _masks(
    texts: Iterable[str], names: list[str], holds: Callable[[str, str], bool]
) -> Mapping[str, int]:
    return {
        text: sum(1 << n for n, name in enumerate(names) if holds(name, text.lower()))
        for text in texts
    }


def _cover(candidates: Mapping[str, int], names: list[str], target: int) -> list[str]:
    """Names and patterns that together are the target; the greatest saving goes first."""
    left, chosen = target, list[str]()
    waiting = dict(candidates)
    while left and waiting:
        savings = {
            text: _cost(names[n] for n in bits(mask & left)) - len(text) - _AROUND
            for text, mask in waiting.items()
        }
        # What no longer saves anything will not again: less and less is left.
        waiting = {text: mask for text, mask in waiting.items() if savings[text] > 0}
        if not waiting:
            break
        best = max(waiting, key=lambda text: (savings[text], -len(text), text))
        chosen.append(best)
        left &= ~waiting.pop(best)
    for one in list(chosen):
        others = _union(candidates[text] for text in chosen if text != one)
        if not candidates[one] & ~others:
            chosen.remove(one)
    return [*chosen, *(names[n] for n in bits(left))]


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
