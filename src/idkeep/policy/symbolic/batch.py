"""Comparisons in bulk: one JSON object a line in, one a line out. See docs/compare.md."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Raw, Struct

from idkeep.policy.diagnostics import PolicyError
from idkeep.policy.document import Policy, PolicyKind
from idkeep.policy.parse import parse
from idkeep.policy.request import Request
from idkeep.policy.requester import RequesterKind
from idkeep.policy.symbolic.compare import Comparison, compare

_NONE = Raw(b"null")
Word: TypeAlias = Literal["equivalent", "narrower", "broader", "incomparable", "unknown", "invalid"]


class _Pair(Struct):
    a: Raw
    b: Raw
    id: Raw = _NONE
    kind: PolicyKind | None = None


class _Named(Struct):
    id: Raw = _NONE


class SaidRequest(Struct, frozen=True):
    """A request in the form of `idkeep decide`."""

    principal: str | dict[str, str]
    action: str
    resource: str
    context: dict[str, str | list[str]] = {}


class Line(Struct, frozen=True, kw_only=True):
    """One line out. `id` is the case's own, of whatever JSON type."""

    id: Raw = _NONE
    relation: Word
    only_a: SaidRequest | None = None
    only_b: SaidRequest | None = None
    why: str = ""


_PAIR = msgspec.json.Decoder(_Pair)
_NAMED = msgspec.json.Decoder(_Named)
_DOCUMENTS = msgspec.json.Decoder(list[Raw])
_ANYTHING = msgspec.json.Decoder()


def compare_lines(lines: Iterable[bytes]) -> Iterator[Line]:
    """An answer for every line that is not blank; a line that is no case is `invalid`."""
    return (compare_line(line) for line in lines if line.strip())


def compare_line(line: bytes) -> Line:
    try:
        case = _PAIR.decode(line.decode())
        first, second = bytes(case.a).decode(), bytes(case.b).decode()
        kind = case.kind or kind_of(first, second)
        a, b = documents(first, kind), documents(second, kind)
        return said(compare(a, b), (*a, *b), case.id)
    except (PolicyError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        return Line(id=_id(line), relation="invalid", why=str(error) or type(error).__name__)


def kind_of(*texts: str) -> PolicyKind:
    """By whether a statement in any of the documents names a principal.

    Raises `ValueError` for what is no JSON.
    """
    found = (statement for text in texts for statement in _statements(_ANYTHING.decode(text)))
    named = any("Principal" in one or "NotPrincipal" in one for one in found)
    return PolicyKind.RESOURCE if named else PolicyKind.IDENTITY


def documents(text: str, kind: PolicyKind) -> tuple[Policy, ...]:
    """One document, or a list of them. Raises `PolicyError`, `msgspec.MsgspecError`."""
    if not text.lstrip().startswith("["):
        return (_parsed(text, kind),)
    return tuple(_parsed(bytes(one).decode(), kind) for one in _DOCUMENTS.decode(text))


# The same documents come again and again in a batch.
_parsed = lru_cache(maxsize=4096)(parse)


def said(found: Comparison, policies: Iterable[Policy], ident: Raw = _NONE) -> Line:
    """A comparison as a line says it, with keys as the policies spell them."""
    spelt = tuple(policies)
    return Line(
        id=ident,
        relation=found.relation.value,
        only_a=said_request(found.only_a, spelt) if found.only_a else None,
        only_b=said_request(found.only_b, spelt) if found.only_b else None,
        why=found.why,
    )


def said_request(asked: Request, policies: Iterable[Policy]) -> SaidRequest:
    """A request with keys as the policies spell them."""
    names = {
        condition.key.lower(): condition.key
        for policy in policies
        for statement in policy.statements
        for condition in statement.conditions
    }
    context: dict[str, str | list[str]] = {}
    for key in asked.context.given:
        values = asked.context.get(key)
        assert isinstance(values, tuple), "a given key has values"
        context[names.get(key, key)] = values[0] if len(values) == 1 else list(values)
    who = asked.principal
    principal: str | dict[str, str] = who.name or "*"
    if who.kind is RequesterKind.SERVICE:
        principal = {"type": "Service", "service": who.name}
    return SaidRequest(principal, asked.action, asked.resource, context)


def _statements(document: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 -- JSON
    if isinstance(document, list):
        for one in document:
            yield from _statements(one)
    elif isinstance(document, dict):
        found = document.get("Statement", [])
        several = found if isinstance(found, list) else [found]
        yield from (one for one in several if isinstance(one, dict))


def _id(line: bytes) -> Raw:
    """Of a line that may be anything. msgspec leaves what it keeps raw unread."""
    try:
        return _NAMED.decode(line.decode()).id.copy()
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return _NONE
