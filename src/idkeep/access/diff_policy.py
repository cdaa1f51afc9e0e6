"""What differs between two policy texts: statements, not lines.

The order of statements and of what a list holds says nothing, nor does layout; an action's case
does not count: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from msgspec import Struct

from idkeep.access.difference import Change, Difference

_Elements: TypeAlias = dict[str, frozenset[str]]
_ACTIONS = ("Action", "NotAction")
_ALIKE = 2


class _Statement(Struct, frozen=True):
    """`label` is the Sid, or the place as the engine counts it."""

    label: str
    elements: _Elements

    @property
    def sid(self) -> frozenset[str]:
        return self.elements.get("Sid", frozenset())

    @property
    def meaning(self) -> _Elements:
        return {
            name: frozenset(one.lower() for one in values) if name in _ACTIONS else values
            for name, values in self.elements.items()
            if name != "Sid"
        }


def policy_differences(before: str, after: str) -> tuple[Difference, ...]:
    """Empty where both say the same. A text that is no JSON object is compared as a whole."""
    if before == after:
        return ()
    old, new = _document(before), _document(after)
    if old is None or new is None:
        return (Difference(change=Change.CHANGED, part="text"),)
    head = (_elements({**document, "Statement": []}) for document in (old, new))
    return (*_element_differences(*head), *_statement_differences(_listed(old), _listed(new)))


def _document(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _listed(document: dict[str, Any]) -> list[_Statement]:
    statements = document.get("Statement", [])
    every = statements if isinstance(statements, list) else [statements]
    made = []
    for place, one in enumerate(every):
        elements = _elements(one if isinstance(one, dict) else {"": one})
        made.append(_Statement(", ".join(elements.get("Sid", ())) or f"{place}", elements))
    return made


def _elements(statement: dict[str, Any]) -> _Elements:
    return {name: frozenset(_flat(value)) for name, value in statement.items()}


def _flat(value: object, path: str = "") -> Iterator[str]:
    """`{"StringEquals": {"aws:SourceVpc": ["vpc-1"]}}` as `StringEquals aws:SourceVpc vpc-1`."""
    match value:
        case dict():
            for name, one in value.items():
                yield from _flat(one, f"{path} {name}" if path else str(name))
        case list():
            for one in value:
                yield from _flat(one, path)
        case _:
            text = value if isinstance(value, str) else json.dumps(value)
            yield f"{path} {text}" if path else text


def _statement_differences(
    before: list[_Statement], after: list[_Statement]
) -> Iterator[Difference]:
    old, new = _without_equal(before, after)
    for one in list(old):
        other = _counterpart(one, new, old)
        if other is None:
            continue
        old.remove(one)
        new.remove(other)
        parts = tuple(_element_differences(one.elements, other.elements))
        yield Difference(change=Change.CHANGED, part="statement", name=other.label, parts=parts)
    yield from (_alone(one, Change.REMOVED) for one in old)
    yield from (_alone(one, Change.ADDED) for one in new)


def _without_equal(
    before: list[_Statement], after: list[_Statement]
) -> tuple[list[_Statement], list[_Statement]]:
    left, rest = [], list(after)
    for one in before:
        same = next((o for o in rest if o.sid == one.sid and o.meaning == one.meaning), None)
        if same is None:
            left.append(one)
        else:
            rest.remove(same)
    return left, rest


def _counterpart(
    one: _Statement, others: list[_Statement], peers: list[_Statement]
) -> _Statement | None:
    """What the statement has become: by its Sid, by its meaning, else the most alike."""
    if one.sid:
        named = [other for other in others if other.sid == one.sid]
        if named and sum(peer.sid == one.sid for peer in peers) == 1:
            return named[0] if len(named) == 1 else None
    renamed = next((other for other in others if other.meaning == one.meaning), None)
    if renamed is not None:
        return renamed
    taken = {peer.sid for peer in peers if peer.sid}
    free = [o for o in others if not (one.sid and o.sid) and o.sid not in taken]
    best = max(free, key=lambda other: _alike(one, other), default=None)
    return best if best is not None and _alike(one, best) >= _ALIKE else None


def _alike(one: _Statement, other: _Statement) -> int:
    """How many elements are the same; none where one allows and the other denies."""
    mine, theirs = one.meaning, other.meaning
    if mine.get("Effect") != theirs.get("Effect"):
        return 0
    return sum(theirs.get(name) == values for name, values in mine.items())


def _alone(statement: _Statement, change: Change) -> Difference:
    nothing: _Elements = {}
    sides = (
        (nothing, statement.elements) if change is Change.ADDED else (statement.elements, nothing)
    )
    parts = tuple(one for one in _element_differences(*sides) if one.part != "Sid")
    return Difference(change=change, part="statement", name=statement.label, parts=parts)


def _element_differences(before: _Elements, after: _Elements) -> Iterator[Difference]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name, frozenset()), after.get(name, frozenset())
        if name in _ACTIONS:
            folded = {one.lower() for one in old} & {one.lower() for one in new}
            old, new = (
                frozenset(o for o in side if o.lower() not in folded) for side in (old, new)
            )
        gone, come = sorted(old - new), sorted(new - old)
        if len(gone) == len(come) == len(old) == len(new) == 1:
            [was], [now] = gone, come
            yield Difference(change=Change.CHANGED, part=name, before=was, after=now)
            continue
        for was in gone:
            yield Difference(change=Change.REMOVED, part=name, name=was)
        for now in come:
            yield Difference(change=Change.ADDED, part=name, name=now)
