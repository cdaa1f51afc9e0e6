"""Tidying a document without changing what it means, and the proof of that.

Done: statements that say what others say go, and entries of a list that lie within another, and
actions are spelt as AWS spells them (case does not count). Nothing else of the text is touched.
"""

import re
from collections.abc import Callable, Iterator
from json import JSONDecoder

import msgspec
from msgspec import Struct

from idkeep.catalog import Catalog
from idkeep.policy.diagnostics import PolicyError
from idkeep.policy.document import NotAction, NotResource, Policy, PolicyKind, Statement
from idkeep.policy.linting.actions import redundant_actions
from idkeep.policy.linting.finding import path_of
from idkeep.policy.linting.globs import action_within, resource_within
from idkeep.policy.linting.known import everything, literal
from idkeep.policy.linting.redundant import needless
from idkeep.policy.linting.resources import redundant_resources
from idkeep.policy.parse import parse
from idkeep.policy.pattern import action_test
from idkeep.policy.source import Path, offsets_of
from idkeep.policy.symbolic.budget import Budget
from idkeep.policy.symbolic.compare import Nothing
from idkeep.policy.symbolic.standing import Standing, distinguishes

_STRING = re.compile(r'"[^"\\\n]*"')


class Fix(Struct, frozen=True):
    """The tidied text, and what was done in words."""

    text: str
    changes: tuple[str, ...]


class _Edit(Struct, frozen=True):
    """Text from `start` to `end` becomes `into`."""

    start: int
    end: int
    into: str
    change: str


def fixed(text: str, kind: PolicyKind, catalog: Catalog) -> Fix | None:
    """None where there is nothing to tidy, AWS refuses the document, or the proof fails."""
    try:
        policy = parse(text, kind)
    except PolicyError:
        return None
    dropped = list(_drops(policy))
    left = parse(_edited(text, dropped), kind)
    lists = list(_edits(left, catalog))
    made = _edited(left.text, lists)
    if not dropped and not lists:
        return None
    if (dropped and not _without_loss(policy, left)) or not _proven(left, made, catalog):
        return None
    return Fix(made, tuple(one.change for one in (*dropped, *_in_order(lists))))


def _in_order(edits: list[_Edit]) -> list[_Edit]:
    return sorted(edits, key=lambda one: one.start)


def _edited(text: str, edits: list[_Edit]) -> str:
    for one in reversed(_in_order(edits)):
        text = text[: one.start] + one.into + text[one.end :]
    return text


def _drops(policy: Policy) -> Iterator[_Edit]:
    """Statements that the others say; of those that a Deny shadows nobody knows which was meant."""
    gone = {one.index for one, found, _ in needless(policy) if found is Standing.REDUNDANT}
    if not gone:
        return
    paths = [(path_of(one), False) for one in policy.statements]
    starts = offsets_of(policy.text, paths)
    ends = [JSONDecoder().raw_decode(policy.text, start)[1] for start in starts]
    first = next(one.index for one in policy.statements if one.index not in gone)
    for n in sorted(gone):
        start, end = _with_separator(list(zip(starts, ends, strict=True)), n, first)
        sid = f" ({policy.statements[n].sid})" if policy.statements[n].sid else ""
        yield _Edit(start, end, "", f"removed statement {n}{sid}, which others say too")


def _with_separator(spans: list[tuple[int, int]], n: int, first: int) -> tuple[int, int]:
    """What goes with entry n: the separator before it, or behind it where nothing before stays."""
    if n < first:
        return spans[n][0], spans[n + 1][0]
    return spans[n - 1][1], spans[n][1]


def _without_loss(before: Policy, after: Policy) -> bool:
    answer = distinguishes(before.kind, before.statements, after.statements, Budget())
    return isinstance(answer, Nothing)


def _edits(policy: Policy, catalog: Catalog) -> Iterator[_Edit]:
    for statement in policy.statements:
        name = "NotAction" if isinstance(statement.action, NotAction) else "Action"
        patterns = statement.action.patterns
        gone = redundant_actions(patterns)
        spelt = tuple(_spelt(one, catalog) for one in patterns)
        yield from _list(policy.text, path_of(statement, name), patterns, spelt, gone)
        if statement.resource is not None:
            name = "NotResource" if isinstance(statement.resource, NotResource) else "Resource"
            patterns = statement.resource.patterns
            gone = redundant_resources(patterns, statement.version)
            yield from _list(policy.text, path_of(statement, name), patterns, patterns, gone)


def _spelt(pattern: str, catalog: Catalog) -> str:
    """A known action as AWS spells it; of a pattern the service alone."""
    prefix, colon, name = pattern.partition(":")
    service = catalog.service(prefix) if colon else None
    if service is None:
        return pattern
    known = service.action(name) if literal(name) else None
    return f"{service.prefix}:{known.name if known else name}"


def _list(
    text: str, at: Path, patterns: tuple[str, ...], spelt: tuple[str, ...], gone: dict[int, int]
) -> Iterator[_Edit]:
    """Edits of one list, or of the one string that stands for it."""
    offsets = offsets_of(text, [((*at, n), False) for n in range(len(patterns))])
    spans = [_STRING.match(text, one) for one in offsets]
    found = [one for one in spans if one]
    if len(found) < len(patterns) or any(
        one[0] != f'"{pattern}"' for one, pattern in zip(found, patterns, strict=True)
    ):
        return  # written with escapes: left as it is
    where = f"statement {at[1]} {at[2]}"
    first = next(n for n in range(len(patterns)) if n not in gone) if patterns else 0
    for n, (span, pattern, better) in enumerate(zip(found, patterns, spelt, strict=True)):
        if n in gone:
            start, end = _with_separator([one.span() for one in found], n, first)
            change = f"{where}: removed {pattern}, which is within {patterns[gone[n]]}"
            yield _Edit(start, end, "", change)
        elif better != pattern:
            yield _Edit(*span.span(), f'"{better}"', f"{where}: {pattern} is spelt {better}")


def _proven(before: Policy, made: str, catalog: Catalog) -> bool:
    """Whether both documents mean the same, by their patterns and by every known action."""
    try:
        after = parse(made, before.kind)
    except PolicyError:
        return False
    if len(before.statements) != len(after.statements):
        return False
    if (before.version, before.id) != (after.version, after.id):
        return False
    return all(
        _same(one, other, catalog)
        for one, other in zip(before.statements, after.statements, strict=True)
    )


def _same(one: Statement, other: Statement, catalog: Catalog) -> bool:
    rest = msgspec.structs.replace(other, action=one.action, resource=one.resource)
    if rest != one or type(one.action) is not type(other.action):
        return False
    if type(one.resource) is not type(other.resource):
        return False
    old, new = one.action.patterns, other.action.patterns
    ways = ((old, new), (new, old))
    if not all(_covered(a, b, action_within, str.lower) for a, b in ways):
        return False
    if old != new and not same_of_catalog(old, new, catalog):
        return False
    if one.resource is None or other.resource is None:
        return True
    targets, kept = one.resource.patterns, other.resource.patterns

    def within(narrow: str, wide: str) -> bool:
        return resource_within(narrow, wide, one.version)

    return set(kept) <= set(targets) and _covered(targets, kept, within)


def same_of_catalog(old: tuple[str, ...], new: tuple[str, ...], catalog: Catalog) -> bool:
    """As the engine matches them, retired actions too."""
    test, again = action_test(old), action_test(new)
    if everything(old) or everything(new):
        return everything(old) and everything(new)
    services = {one for pattern in (*old, *new) for one in catalog.touched(pattern)}
    names = (name for one in services for name in catalog.expand(f"{one}:*", retired=True))
    return all(test(name) is again(name) for name in names)


def _covered(
    narrow: tuple[str, ...],
    wide: tuple[str, ...],
    within: Callable[[str, str], bool],
    fold: Callable[[str], str] = str,
) -> bool:
    """Whether each pattern is among the others, by `fold`, or within one that has a wildcard."""
    same = frozenset(map(fold, wide))
    wild = [one for one in wide if not literal(one)]
    return all(fold(one) in same or any(within(one, other) for other in wild) for one in narrow)
