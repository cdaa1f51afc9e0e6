"""A statement as it is written beside what it means, and how documents are written.

What no step touches stays as its author wrote it: numbers, the order of elements, names.
"""

import json
import re
from collections.abc import Iterable

from msgspec import Struct

from idkeep.policy.document import Policy, PolicyKind, Statement
from idkeep.policy.kinds import GRAMMARS
from idkeep.policy.parse import parse
from idkeep.policy.source import JsonValue, Number, read

# IAM takes no character beyond these but as an escape: see `idkeep.policy.parse`.
_BEYOND_LATIN = re.compile(r"[^\x00-\xff]")
_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_PRINCIPALS = ("Principal", "NotPrincipal")


class Part(Struct, frozen=True):
    """One statement: `written` is its JSON, `read` its meaning, `name` what people call it."""

    written: dict[str, JsonValue]
    read: Statement
    name: str

    def listed(self, element: str) -> list[JsonValue]:
        """The values of an element that is a list or one value of it."""
        return several(self.written[element])


class Document(Struct, frozen=True):
    """A policy in parts; `head` are the elements before and after them, with `Statement` empty."""

    kind: PolicyKind
    head: dict[str, JsonValue]
    parts: tuple[Part, ...]
    in_list: bool

    @property
    def statements(self) -> tuple[Statement, ...]:
        return tuple(one.read for one in self.parts)

    def text(self, indent: int | None = None) -> str:
        """As JSON; None for no white space at all."""
        written = [one.written for one in self.parts]
        statements: JsonValue = [*written] if self.in_list or len(written) != 1 else written[0]
        escape = GRAMMARS[self.kind].written_to_iam
        return _rendered({**self.head, "Statement": statements}, indent, escape=escape)


def document_of(policy: Policy) -> Document:
    root = read(policy.text)
    assert isinstance(root, dict), "a policy that was read is an object"
    written = root["Statement"]
    parts = tuple(
        Part(one, statement, _name(statement))
        for one, statement in zip(several(written), policy.statements, strict=True)
        if isinstance(one, dict)
    )
    return Document(policy.kind, {**root, "Statement": []}, parts, isinstance(written, list))


def changed(document: Document, part: Part, **elements: JsonValue) -> Part:
    """The part with other elements. They must be such as AWS takes."""
    written = {**part.written, **elements}
    return Part(written, _read(document, written), part.name)


def tidied(document: Document, part: Part, *, without_sid: bool = False) -> Part:
    """The same in fewer characters: a list of one as its value, nothing where nothing is said."""
    written = {name: _shorter(name, value) for name, value in part.written.items()}
    if not part.read.conditions:
        written.pop("Condition", None)
    if without_sid or not part.read.sid:
        written.pop("Sid", None)
    return Part(written, _read(document, written), part.name)


def several(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def length(part: Part) -> int:
    """Characters of the statement without white space."""
    return len(_rendered(part.written, None, escape=False))


def _shorter(name: str, value: JsonValue) -> JsonValue:
    if name in _LISTS:
        return _alone(value)
    if name in _PRINCIPALS and isinstance(value, dict):
        return {kind: _alone(names) for kind, names in value.items()}
    if name == "Condition" and isinstance(value, dict):
        return {
            operator: {key: _alone(values) for key, values in keys.items()}
            if isinstance(keys, dict)
            else keys
            for operator, keys in value.items()
            if keys
        }
    return value


def _alone(value: JsonValue) -> JsonValue:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _read(document: Document, written: dict[str, JsonValue]) -> Statement:
    text = _rendered({**document.head, "Statement": [written]}, None, escape=True)
    [statement] = parse(text, document.kind).statements
    return statement


def _name(statement: Statement) -> str:
    called = f" ({statement.sid})" if statement.sid else ""
    return f"statement {statement.index}{called}"


def _rendered(value: JsonValue, indent: int | None, *, escape: bool, depth: int = 0) -> str:
    """JSON text. `json` would write a number of a condition anew, which IAM compares as text."""
    if isinstance(value, dict):
        colon = ":" if indent is None else ": "
        inside = [
            f"{_string(name, escape=escape)}{colon}"
            f"{_rendered(one, indent, escape=escape, depth=depth + 1)}"
            for name, one in value.items()
        ]
        return _around("{", inside, "}", indent, depth)
    if isinstance(value, list):
        inside = [_rendered(one, indent, escape=escape, depth=depth + 1) for one in value]
        return _around("[", inside, "]", indent, depth)
    if isinstance(value, Number):
        return str(value)
    return _string(value, escape=escape) if isinstance(value, str) else json.dumps(value)


def _around(opening: str, inside: Iterable[str], closing: str, indent: int | None, at: int) -> str:
    some = list(inside)
    if indent is None or not some:
        return f"{opening}{','.join(some)}{closing}"
    margin = "\n" + " " * indent * (at + 1)
    return f"{opening}{margin}{f',{margin}'.join(some)}\n{' ' * indent * at}{closing}"


def _string(text: str, *, escape: bool) -> str:
    written = json.dumps(str(text), ensure_ascii=False)
    if not escape:
        return written
    return _BEYOND_LATIN.sub(lambda found: json.dumps(found[0])[1:-1], written)
