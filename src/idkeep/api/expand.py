"""Action patterns as the actions that they mean, by the catalog."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_text
from idkeep.catalog import Catalog
from idkeep.errors import Unreadable
from idkeep.policy.source import JsonValue, NotJson, Number, position_at, read


class Expansion(Struct, frozen=True, kw_only=True):
    """`actions` by pattern, in the order asked; a pattern that means nothing has none."""

    catalog: str
    actions: dict[str, tuple[str, ...]]

    @property
    def empty(self) -> tuple[str, ...]:
        return tuple(pattern for pattern, found in self.actions.items() if not found)


def expand_patterns(patterns: Sequence[str]) -> Expansion:
    held = load_catalog()
    return Expansion(catalog=held.date, actions={one: held.expand(one) for one in patterns})


def expand_document(path: str, text: str | None = None) -> tuple[object, Expansion]:
    """The document with every `Action` element written out, and what each pattern became.

    A pattern that means nothing stays, and so does `NotAction`, whose meaning lies in what it does
    not name. `text` is the document where `path` is only its name. Raises `Unreadable`.
    """
    held = load_catalog()
    text = read_text(Path(path)) if text is None else text
    try:
        document = read(text)
    except NotJson as error:
        at = position_at(text, error.offset)
        raise Unreadable(path, error.why, line=at.line, column=at.column) from error
    became: dict[str, tuple[str, ...]] = {}
    made = _expanded(document, held, became)
    return made, Expansion(catalog=held.date, actions=became)


def _expanded(value: JsonValue, held: Catalog, became: dict[str, tuple[str, ...]]) -> object:
    if isinstance(value, dict):
        return {
            name: _actions(one, held, became)
            if name == "Action" and "Effect" in value
            else _expanded(one, held, became)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_expanded(one, held, became) for one in value]
    return _plain(value)


def _plain(value: JsonValue) -> object:
    """A number as a number again."""
    if not isinstance(value, Number):
        return value
    return int(value) if value.lstrip("-").isdigit() else float(value)


def _actions(value: JsonValue, held: Catalog, became: dict[str, tuple[str, ...]]) -> object:
    patterns = value if isinstance(value, list) else [value]
    found: dict[str, None] = {}
    for one in patterns:
        if not isinstance(one, str):
            return _expanded(value, held, became)
        became[str(one)] = held.expand(one)
        found |= dict.fromkeys(became[str(one)] or (str(one),))
    return list(found)
