"""A filter pattern with other words in the place of its values."""

from collections.abc import Callable

from idkeep.access.filter_pattern.parse import NotUnderstood, parse, pieces

_KEYWORDS = frozenset({"NOT", "EXISTS", "IS", "NULL", "TRUE", "FALSE"})


def rewritten(pattern: str, exchange: Callable[[str], str]) -> str:
    """Every value is what `exchange` makes of it; selectors and marks stay.

    A pattern that is not understood is a value as a whole.
    """
    try:
        parse(pattern)
    except NotUnderstood:
        return exchange(pattern)
    return "".join(_piece(kind, text, exchange) for kind, text in pieces(pattern))


def _piece(kind: str, text: str, exchange: Callable[[str], str]) -> str:
    match kind:
        case "quoted" | "regex":
            return f"{text[0]}{exchange(text[1:-1])}{text[-1]}"
        case "word" if text not in _KEYWORDS:
            return exchange(text)
        case _:
            return text
