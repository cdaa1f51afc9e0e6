"""The steps that make a document shorter, each until it finds nothing more.

Each is tried where it may work, and taken where `Work` has the proof.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from idkeep.policy.condition import Condition
from idkeep.policy.document import Effect, NotAction, NotPrincipal, NotResource, Resource, Statement
from idkeep.policy.linting.actions import redundant_actions
from idkeep.policy.linting.globs import action_within, resource_within
from idkeep.policy.linting.keys import negated
from idkeep.policy.linting.resources import redundant_resources
from idkeep.policy.minimise.part import Part, changed, several
from idkeep.policy.minimise.work import WORDS, Work
from idkeep.policy.operators import NULL, SetOperator
from idkeep.policy.source import JsonValue

Key = tuple[object, ...]


def shorten_lists(work: Work) -> None:
    """Patterns that lie within another of their list."""
    for part in work.parts:
        shorter = part
        for name, gone in _within_lists(part.read):
            kept = [one for n, one in enumerate(shorter.listed(name)) if n not in gone]
            shorter = changed(work.document, shorter, **{name: kept})
        if shorter is not part:
            work.exchange([part], [shorter], f"{part.name}: patterns within others left out")


def _within_lists(one: Statement) -> Iterator[tuple[str, dict[int, int]]]:
    name = "NotAction" if isinstance(one.action, NotAction) else "Action"
    if gone := redundant_actions(one.action.patterns):
        yield name, gone
    if one.resource is not None:
        name = "NotResource" if isinstance(one.resource, NotResource) else "Resource"
        if gone := redundant_resources(one.resource.patterns, one.version):
            yield name, gone


def drop_statements(work: Work) -> None:
    """Those that the rest makes needless; of two that say the same the first stays."""
    for n in reversed(range(len(work.parts))):
        work.drop(n)


def drop_patterns(work: Work) -> None:
    """Actions and resources of a list for which other statements make this one needless."""
    for n in reversed(range(len(work.parts))):
        for name in ("Action", "Resource"):
            if name in work.parts[n].written:
                _drop_from(work, n, name)


def _drop_from(work: Work, n: int, name: str) -> None:
    others = [one.read for m, one in enumerate(work.parts) if m != n]
    for value in reversed(work.parts[n].listed(name)):
        part = work.parts[n]
        kept = [one for one in part.listed(name) if one != value]
        if not kept or not _may_be_said(name, str(value), part.read, others):
            continue
        alone = changed(work.document, part, **{name: [value]})
        rest = changed(work.document, part, **{name: kept})
        found = work.standing(alone.read, [*others, rest.read])
        if found in WORDS:
            work.put(n, rest, f"{part.name}: {value} left out, since {WORDS[found]}")


def _may_be_said(name: str, value: str, of: Statement, others: Sequence[Statement]) -> bool:
    """Whether one of the others could stand for this part of a statement; cheap, and no proof."""
    for one in others:
        if of.effect is Effect.DENY and one.effect is Effect.ALLOW:
            continue
        if name == "Action":
            covers = isinstance(one.action, NotAction) or any(
                action_within(value, wide) for wide in one.action.patterns
            )
        else:
            covers = not isinstance(one.resource, Resource) or any(
                resource_within(value, wide, of.version) for wide in one.resource.patterns
            )
        if covers:
            return True
    return False


def merge_statements(work: Work) -> None:
    """Statements that differ in one element alone, which then holds the values of all."""
    for name, key in _ALIKE.items():
        groups: dict[Key, list[Part]] = {}
        for part in work.parts:
            if (same := key(part.read)) is not None:
                groups.setdefault(same, []).append(part)
        for group in groups.values():
            if len(group) > 1:
                _merge(work, group, name)
    _merge_conditions(work)


def _merge(work: Work, group: list[Part], name: str) -> None:
    written = [part.written[name] for part in group]
    if name == "Principal" and not all(isinstance(one, dict) for one in written):
        return
    values = _together(written)
    merged = changed(work.document, group[0], **{name: values})
    names = ", ".join(part.name for part in group)
    work.exchange(group, [merged], f"{names}: made one, since they differ in {name} alone")


def _together(values: list[JsonValue]) -> JsonValue:
    """The union of lists, or of the lists of principals by type."""
    by_type: dict[str, dict[str, None]] = {}
    for one in values:
        for kind, names in one.items() if isinstance(one, dict) else (("", one),):
            by_type.setdefault(kind, {}).update(dict.fromkeys(map(str, several(names))))
    if "" in by_type:
        return list(by_type[""])
    return {kind: list(names) for kind, names in by_type.items()}


def _but_actions(one: Statement) -> Key | None:
    if isinstance(one.action, NotAction):
        return None
    return (one.effect, _resource(one), _principal(one), _conditions(one))


def _but_resources(one: Statement) -> Key | None:
    if not isinstance(one.resource, Resource):
        return None
    return (one.effect, _action(one), _principal(one), _conditions(one))


def _but_principals(one: Statement) -> Key | None:
    if one.principal is None or isinstance(one.principal, NotPrincipal):
        return None
    return (one.effect, _action(one), _resource(one), _conditions(one))


_ALIKE: dict[str, Callable[[Statement], Key | None]] = {
    "Action": _but_actions,
    "Resource": _but_resources,
    "Principal": _but_principals,
}


def _action(one: Statement) -> Key:
    return (type(one.action), frozenset(map(str.lower, one.action.patterns)))


def _resource(one: Statement) -> Key:
    return (type(one.resource), frozenset(one.resource.patterns) if one.resource else None)


def _principal(one: Statement) -> Key:
    return (type(one.principal), frozenset(one.principal.named) if one.principal else None)


def _conditions(one: Statement) -> Key:
    return (frozenset((c.operator, c.key.lower(), frozenset(c.values)) for c in one.conditions),)


def _merge_conditions(work: Work) -> None:
    """Statements that differ in the values of one condition, any of which may hold."""
    groups: dict[Key, list[Part]] = {}
    for part in work.parts:
        one = part.read
        asked = frozenset((c.operator, c.key) for c in one.conditions)
        if asked:
            same = (one.effect, _action(one), _resource(one), _principal(one), asked)
            groups.setdefault(same, []).append(part)
    for group in groups.values():
        _merge_values(work, group)


def _merge_values(work: Work, group: list[Part]) -> None:
    merged = True
    while merged:
        merged = False
        for one, other in combinations(group, 2):
            differing = _differing(one.read, other.read)
            if differing is None:
                continue
            both = _with_values(work, one, other, differing)
            said = f"{one.name}, {other.name}: made one, since they differ in {differing.key} alone"
            if work.exchange([one, other], [both], said):
                group[:] = [both if part is one else part for part in group if part is not other]
                merged = True
                break


def _differing(one: Statement, other: Statement) -> Condition | None:
    """The one condition of which the values differ, where any of them may hold."""
    given = {(c.operator, c.key): frozenset(c.values) for c in other.conditions}
    unlike = [c for c in one.conditions if given[c.operator, c.key] != frozenset(c.values)]
    if len(unlike) != 1 or unlike[0].operator.base == NULL or negated(unlike[0].operator):
        return None
    return None if unlike[0].operator.set_operator is SetOperator.FOR_ALL_VALUES else unlike[0]


def _with_values(work: Work, one: Part, other: Part, differing: Condition) -> Part:
    operator, key = str(differing.operator), differing.key
    block, more = one.written["Condition"], other.written["Condition"]
    assert isinstance(block, dict)
    assert isinstance(more, dict)
    keys, given = block[operator], more[operator]
    assert isinstance(keys, dict)
    assert isinstance(given, dict)
    values = list(dict.fromkeys([*several(keys[key]), *several(given[key])]))
    return changed(work.document, one, Condition={**block, operator: {**keys, key: values}})
