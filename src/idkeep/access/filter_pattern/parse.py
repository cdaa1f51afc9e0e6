"""Filter patterns read, and refused where AWS documents no meaning for what they say.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html. It
leaves open what a backslash in quotes means, and keywords in small letters: both are refused here.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from idkeep.access.filter_pattern.tree import (
    And,
    AnyOne,
    Comparison,
    Expression,
    FilterPattern,
    Is,
    JsonPattern,
    NotExists,
    Number,
    Operator,
    Or,
    Regex,
    Selector,
    Step,
    TermPattern,
    Text,
)

_KEPT = 4096
_MOST_DEEP = 100
# The page's quotas: one wildcard in a selector, three in a pattern.
_MOST_WILDCARDS = 3

_STEP = r"""\.[A-Za-z0-9_-]+|\.\*|\.?\['[^'\]]+'\]|\[\d+\]|\[\*\]"""
_TOKENS = re.compile(
    rf"""\s*(?:
      (?P<selector>\$(?:{_STEP})+)
    | (?P<quoted>"[^"\\]*")
    | (?P<regex>%[^%]*%)
    | (?P<mark>&&|\|\||!=|<=|>=|[()=<>])
    | (?P<word>[A-Za-z0-9_.*:/@+-]+)
    )""",
    re.VERBOSE,
)
_STEPS = re.compile(_STEP)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_TERM = re.compile(r"""(?P<mark>[-?]?)(?:"(?P<quoted>[^"\\]*)"|%(?P<regex>[^%]*)%|(?P<word>\w+))""")
# What a regular expression may hold: the page's list, without round brackets.
_REGEX = re.compile(
    r"""(?:[A-Za-z0-9:_\#=@/;,\-\x20^$?\[\]{}|*+.]|\\[dDsSwW]|\\x[0-9A-Fa-f]{2}|\\[^A-Za-z0-9])*""",
    re.ASCII,
)
# Possessive repetition and sets within sets, which only some dialects know.
_DIALECT = re.compile(r"(?<!\\)[*+?}][*+]|\[\[|--|\|\|")
_VALUES: dict[str, bool | None] = {"NULL": None, "TRUE": True, "FALSE": False}


class NotUnderstood(ValueError):
    """AWS refuses the pattern, or documents no meaning for a part of it."""


class _Token(NamedTuple):
    kind: str
    text: str


@lru_cache(maxsize=_KEPT)
def parse(pattern: str) -> FilterPattern:
    """Raises `NotUnderstood` with the reason."""
    text = pattern.strip()
    if text.startswith("{"):
        if not text.endswith("}"):
            raise NotUnderstood("a brace is not closed")
        return JsonPattern(_Parser(_tokens(text[1:-1])).whole())
    if text.startswith("["):
        raise NotUnderstood("it is for events of words between spaces, and CloudTrail's are JSON")
    return _terms(text)


def pieces(pattern: str) -> Iterator[tuple[str, str]]:
    """What a pattern is made of, in order and whole: values by their kind, all else as "".

    Kinds are `quoted`, `regex` and `word`. Only for a pattern that `parse` takes.
    """
    at = 0
    for found in (_TOKENS if pattern.strip().startswith("{") else _TERM).finditer(pattern):
        kind = next((one for one in ("quoted", "regex", "word") if found[one] is not None), "")
        start, end = found.span(kind) if kind else found.span()
        if kind in {"quoted", "regex"} and pattern[start - 1] in '"%':  # a term's, without marks
            start, end = start - 1, end + 1
        yield "", pattern[at:start]
        yield kind, pattern[start:end]
        at = end
    yield "", pattern[at:]


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        token = _TOKENS.match(text, at)
        if token is None:
            raise NotUnderstood(f"what {text[at:].strip()[:20]!r} means is not known")
        found.append(_Token(token.lastgroup or "", token[token.lastgroup or 0]))
        at = token.end()
    return found


class _Parser:
    """By descent: `||` binds least, then `&&`."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._deep = 0
        self._wildcards = 0

    def whole(self) -> Expression:
        found = self._either()
        if self._at < len(self._tokens):
            raise NotUnderstood(f"{self._next().text!r} stands where nothing should follow")
        if self._wildcards > _MOST_WILDCARDS:
            raise NotUnderstood(f"AWS takes {_MOST_WILDCARDS} wildcards in selectors, not more")
        return found

    def _either(self) -> Expression:
        parts = [self._both()]
        while self._took("||"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _both(self) -> Expression:
        parts = [self._one()]
        while self._took("&&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self) -> Expression:
        if not self._took("("):
            return self._condition()
        self._deep += 1
        if self._deep > _MOST_DEEP:
            raise NotUnderstood("its brackets stand too deep in each other")
        found = self._either()
        if not self._took(")"):
            raise NotUnderstood("a bracket is not closed")
        self._deep -= 1
        return found

    def _condition(self) -> Expression:
        token = self._next()
        if token.kind != "selector":
            raise NotUnderstood(f"{token.text!r} stands where a selector should")
        selector = self._selector(token.text)
        how = self._next()
        if how == ("word", "NOT"):
            if self._next() != ("word", "EXISTS"):
                raise NotUnderstood("AWS knows NOT EXISTS, and no other NOT")
            return NotExists(selector)
        if how == ("word", "IS"):
            value = self._next()
            if value.kind != "word" or value.text not in _VALUES:
                raise NotUnderstood("AWS knows IS NULL, IS TRUE and IS FALSE, and no other IS")
            return Is(selector, _VALUES[value.text])
        if how.kind != "mark" or how.text not in [*Operator]:
            raise NotUnderstood(f"{how.text!r} stands where an operator should")
        return _comparison(selector, Operator(how.text), _value(self._next()))

    def _selector(self, text: str) -> Selector:
        steps = tuple(_step(one[0]) for one in _STEPS.finditer(text))
        wildcards = sum(isinstance(one, AnyOne) for one in steps)
        if wildcards > 1:
            raise NotUnderstood("AWS takes one wildcard in a selector, not more")
        self._wildcards += wildcards
        return steps

    def _took(self, mark: str) -> bool:
        here = self._tokens[self._at : self._at + 1] == [_Token("mark", mark)]
        self._at += here
        return here

    def _next(self) -> _Token:
        if self._at == len(self._tokens):
            raise NotUnderstood("it ends before it is whole")
        self._at += 1
        return self._tokens[self._at - 1]


def _step(text: str) -> Step:
    if text in {".*", "[*]"}:
        return AnyOne()
    if "'" in text:
        return text.split("'")[1]
    return int(text[1:-1]) if text[0] == "[" else text[1:]


def _value(token: _Token) -> Text | Number | Regex:
    match token.kind:
        case "quoted":
            return Text(token.text[1:-1])
        case "regex":
            return _regex(token.text[1:-1])
        case "word" if _NUMBER.fullmatch(token.text):
            return Number(token.text)
        case "word":
            return Text(token.text)
        case _:
            raise NotUnderstood(f"{token.text!r} stands where a value should")


def _comparison(selector: Selector, operator: Operator, value: Text | Number | Regex) -> Comparison:
    if operator not in {Operator.EQUAL, Operator.NOT_EQUAL} and not isinstance(value, Number):
        raise NotUnderstood(f"{operator} compares numbers alone")
    return Comparison(selector, operator, value)


def _regex(text: str) -> Regex:
    if not text or not _REGEX.fullmatch(text) or _DIALECT.search(text):
        raise NotUnderstood(f"AWS does not document what %{text}% may hold")
    found = Regex(text)
    try:
        _ = found.compiled
    except re.error as odd:
        raise NotUnderstood(f"%{text}% is no regular expression: {odd}") from odd
    return found


def _terms(text: str) -> TermPattern:
    kinds: dict[str, list[Text | Regex]] = {"": [], "-": [], "?": []}
    at = 0
    while at < len(text):
        found = _TERM.match(text, at)
        if found is None or (found.end() < len(text) and not text[found.end()].isspace()):
            raise NotUnderstood(f"what {text[at : at + 20]!r} means is not known")
        term = found["quoted"] if found["quoted"] is not None else found["word"]
        # `" "` fits everything, and so does nothing in quotes.
        if found["regex"] is not None:
            kinds[found["mark"]].append(_regex(found["regex"]))
        elif term.strip():
            kinds[found["mark"]].append(Text(term))
        elif found["mark"]:
            raise NotUnderstood("a term is empty")
        at = found.end() + len(text[found.end() :]) - len(text[found.end() :].lstrip())
    # "If you combine ? with other filter patterns, all question mark terms will be ignored."
    others = kinds[""] or kinds["-"]
    return TermPattern(
        included=tuple(kinds[""]),
        excluded=tuple(kinds["-"]),
        optional=() if others else tuple(kinds["?"]),
    )
