"""A snapshot that may be shown: pseudonyms for whom and what it names, the same facts otherwise.

It works on every `Struct` of the model by one rule: a text is exchanged unless `DECISIONS` says
that its field holds AWS's own words. Numbers, times, flags and enums name nobody and stay.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from idkeep.access.aws_words import AwsWords, given_by_aws
from idkeep.access.pseudonyms import Pseudonyms
from idkeep.access.redact_events import EventWords
from idkeep.access.redact_fields import DECISIONS, Text
from idkeep.access.redact_policy import redacted_policy
from idkeep.catalog import Catalog
from idkeep.errors import IdkeepError
from idkeep.model import Snapshot

T = TypeVar("T")


_SHORTEST_NAME = 3
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_REFUSAL_WORDS = frozenset(
    {
        "a", "access", "action", "allows", "an", "assumed", "authorized", "because",
        "boundary", "by", "control", "credentials", "deny", "denied", "endpoint",
        "explicit", "identity-based", "in", "is", "no", "not", "on", "perform",
        "permissions", "policies", "policy", "resource", "resource-based", "role",
        "service", "session", "the", "to", "trust", "user", "vpc", "with",
    }
)  # fmt: skip
_ACTION = re.compile(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]*")


def redact(snapshot: Snapshot, *, key: bytes, catalog: Catalog) -> Snapshot:
    """The same account under pseudonyms; the same `key` gives the same ones.

    `catalog` tells which words are AWS's. Policy texts keep their statements, and get digests of
    their own. Raises `IdkeepError` for a key so short that it could be guessed.
    """
    if len(key) < KEY_BYTES:
        raise IdkeepError(f"a redaction key has at least {KEY_BYTES} bytes; this one {len(key)}")
    texts = tuple(_texts(snapshot))
    words = AwsWords(catalog, filter(None, map(given_by_aws, texts)))
    names = Pseudonyms(key, words)
    return _Redaction(names, EventWords(names, catalog), texts).snapshot(snapshot)


KEY_BYTES = 16


class _Redaction:
    def __init__(self, names: Pseudonyms, events: EventWords, texts: tuple[str, ...]) -> None:
        self._names = names
        self._exchange: dict[Text, Callable[[str], str]] = {
            Text.NAME: names.text,
            Text.TAGS: names.text,
            Text.WORD: str,
            Text.PHRASE: self._phrase,
            Text.EVENT: events.word,
            Text.FILTER: events.pattern,
            Text.RULE: events.rule,
            Text.REFUSAL: self._refusal,
        }
        own = {part.lower() for text in texts for part in (text, text.rpartition("/")[2])}
        self._own = tuple(
            one for one in own if len(one) >= _SHORTEST_NAME and not names.words.is_name(one)
        )
        self._phrases: dict[str, str] = {}
        self._digests: dict[str, str] = {}

    def snapshot(self, snapshot: Snapshot) -> Snapshot:
        made = {
            old: redacted_policy(text, self._names, self._phrase)
            for old, text in snapshot.documents.items()
        }
        self._digests = {old: _digest(text) for old, text in made.items()}
        documents = {self._digests[old]: text for old, text in made.items()}
        return msgspec.structs.replace(self._struct(snapshot), documents=documents)

    def _struct(self, value: T) -> T:
        """Any Struct, field by field."""
        kind = type(value)
        return kind(**{name: self._value(one, text) for name, one, text in _fields(value)})

    def _value(self, value: Any, text: Text) -> Any:  # noqa: ANN401 -- whatever a field holds
        match value:
            case Enum() | None | bool() | int() | float() | date() | timedelta():
                return value
            case str():
                return self._text(value, text)
            case Struct():
                return self._struct(value)
            case tuple() | list() | frozenset():
                return type(value)(self._value(one, text) for one in value)
            case dict():
                keys = Text.PHRASE if text is Text.TAGS else text
                return {self._value(k, keys): self._value(one, text) for k, one in value.items()}
            case _:
                raise TypeError(f"nothing says how to redact a {type(value).__name__}")

    def _text(self, value: str, text: Text) -> str:
        if value in self._digests:
            return self._digests[value]
        return self._exchange[text](value)

    def _refusal(self, text: str) -> str:
        return " ".join(map(self._refusal_word, text.split(" ")))

    def _phrase(self, text: str) -> str:
        """It stays where none of the account's own names is in it."""
        if text not in self._phrases:
            folded = text.lower()
            named = re.search("[0-9]{12}|@", text) or any(own in folded for own in self._own)
            self._phrases[text] = self._names.text(text) if named else text
        return self._phrases[text]

    def _refusal_word(self, word: str) -> str:
        if word.lower().rstrip(":,.") in _REFUSAL_WORDS or _ACTION.fullmatch(word):
            return word
        return self._names.text(word)


def _fields(value: object) -> Iterator[tuple[str, Any, Text]]:
    """Each field of a Struct, and what its text is."""
    kind = type(value)
    for name in getattr(kind, "__struct_fields__", ()):
        text = DECISIONS.get(f"{kind.__name__}.{name}", Text.NAME)
        yield name, getattr(value, name), text


def _texts(value: object, text: Text = Text.NAME) -> Iterator[str]:
    """Every text that will be exchanged, but for the policies'."""
    match value:
        case str() if not isinstance(value, Enum) and text in (Text.NAME, Text.TAGS):
            yield value
        case Struct():
            for name, one, kind in _fields(value):
                if name != "documents":
                    yield from _texts(one, kind)
        case dict():
            keys = () if text is Text.TAGS else tuple(value)
            yield from _texts((*keys, *value.values()), text)
        case tuple() | list() | frozenset():
            for one in value:
                yield from _texts(one, text)
        case _:
            return


def _digest(text: str) -> str:
    return sha256(text.encode(errors="surrogatepass")).hexdigest()
