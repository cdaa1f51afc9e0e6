"""Statements interned by what they say, whatever document they stand in.

Two statements that differ by place and `Sid` alone are one `Rule`; two rules that differ by action
alone have one `Body`; two conditions that read alike are one `Line`. Each is compared by identity.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from idkeep.policy.condition import Condition
from idkeep.policy.document import (
    ActionElement,
    Effect,
    NotResource,
    Policy,
    PrincipalElement,
    ResourceElement,
    Statement,
)
from idkeep.policy.variables import Variable, Version, template


class Line(Struct, frozen=True, eq=False, gc=False):
    """One line of a `Condition` element. `keys` are those it looks at, in lower case."""

    condition: Condition
    version: Version
    keys: frozenset[str]


class Mark(Struct, frozen=True, gc=False):
    """How a resource begins, and the longest piece of text further on that it has."""

    head: str
    piece: str = ""

    def is_in(self, resource: str) -> bool:
        return resource.startswith(self.head) and self.piece in resource


class Body(Struct, frozen=True, eq=False, kw_only=True, gc=False):
    """What a statement says beside its action.

    `marks`: each resource that it can match has one of them. `keys` are those of variables in its
    resource. `moot`: its action element is an empty list, of which AWS does not say what it means.
    """

    effect: Effect
    resource: ResourceElement | None
    principal: PrincipalElement | None
    lines: tuple[Line, ...]
    version: Version
    moot: bool
    marks: tuple[Mark, ...]
    keys: frozenset[str]

    def may_match(self, resource: str) -> bool:
        """A quick look at the text; false is sure."""
        return any(one.is_in(resource) for one in self.marks)


class Rule(Struct, frozen=True, eq=False, gc=False):
    """`statement` is one of those that say so."""

    action: ActionElement
    body: Body
    statement: Statement


class Rules:
    """Keeps each rule, body and line once, and what documents hold, by their text."""

    def __init__(self) -> None:
        self._documents: dict[tuple[str, str], tuple[Rule, ...]] = {}
        self._rules: dict[Any, Rule] = {}
        self._bodies: dict[Any, Body] = {}
        self._lines: dict[Any, Line] = {}

    def __len__(self) -> int:
        return len(self._rules)

    def of(self, policy: Policy) -> tuple[Rule, ...]:
        key = (policy.kind, policy.text)
        found = self._documents.get(key)
        if found is None:
            found = self._documents[key] = tuple(map(self._rule, policy.statements))
        return found

    def _rule(self, statement: Statement) -> Rule:
        body = self._body(statement)
        key = (statement.action, id(body))
        if key not in self._rules:
            self._rules[key] = Rule(statement.action, body, statement)
        return self._rules[key]

    def _body(self, one: Statement) -> Body:
        moot = not one.action.patterns
        key = (one.effect, one.resource, one.principal, one.conditions, one.version, moot)
        if key not in self._bodies:
            self._bodies[key] = Body(
                effect=one.effect,
                resource=one.resource,
                principal=one.principal,
                lines=tuple(self._line(each, one.version) for each in one.conditions),
                version=one.version,
                moot=moot,
                marks=tuple(marks_of(one.resource, one.version)),
                keys=keys_of_resource(one.resource, one.version),
            )
        return self._bodies[key]

    def _line(self, condition: Condition, version: Version) -> Line:
        key = (condition, version)
        if key not in self._lines:
            self._lines[key] = Line(condition, version, keys_of_condition(condition, version))
        return self._lines[key]


def keys_of_condition(condition: Condition, version: Version) -> frozenset[str]:
    """The keys that it looks at, in lower case."""
    return _variables(condition.values, version) | {condition.key.lower()}


def keys_of_resource(element: ResourceElement | None, version: Version) -> frozenset[str]:
    """The keys of its variables, in lower case."""
    return _variables(element.patterns if element else (), version)


def head_of(pattern: str, version: Version) -> str:
    """The literal text before the pattern's first wildcard or variable."""
    made = ""
    for part in template(pattern, version):
        if not isinstance(part, str):
            break
        made += part
    return made


def marks_of(element: ResourceElement | None, version: Version) -> Iterable[Mark]:
    """Each resource that the element can match has one of them."""
    if element is None or isinstance(element, NotResource):
        return (Mark(""),)
    return dict.fromkeys(_mark(pattern, version) for pattern in element.patterns)


def _mark(pattern: str, version: Version) -> Mark:
    parts = template(pattern, version)
    if parts == (pattern,):
        return Mark(pattern)
    head = head_of(pattern, version)
    literal = [one for one in parts if isinstance(one, str)]
    return Mark(head, max(literal[1:] if head else literal, key=len, default=""))


def _variables(texts: Iterable[str], version: Version) -> frozenset[str]:
    parts = (part for text in texts if "${" in text for part in template(text, version))
    return frozenset(part.key.lower() for part in parts if isinstance(part, Variable))
