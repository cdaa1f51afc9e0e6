"""Values that fit a pattern of a policy, made for callers and things that are only imagined."""

import re
from collections.abc import Iterator

from msgspec import Struct

STRANGER = "idkeep-stranger"
"""The name of what is imagined, which no policy means."""
_MANY = re.compile(r"\*+")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ARN_FIELDS = 6


class Fit(Struct, frozen=True):
    """`value` fits; `pattern` are all that fit and begin alike, its wildcards after the head."""

    value: str
    pattern: str


def is_wild(pattern: str) -> bool:
    return "*" in pattern or "?" in pattern


def filled(pattern: str, word: str = STRANGER, one: str = "x") -> str:
    """The pattern with a word for each `*` and a letter for each `?`."""
    return _MANY.sub(word, pattern).replace("?", one)


def beginning(head: str, pattern: str) -> Iterator[Fit]:
    """Values that begin with `head` and fit the pattern, in each way in which its parts may meet.

    A wildcard spans anything, colons too, as `StringLike` compares.
    """
    at = _with_skipped({0}, pattern)
    for letter in head:
        stay = {n for n in at if pattern[n : n + 1] == "*"}
        pass_on = {n + 1 for n in at if pattern[n : n + 1] in {letter, "?"}}
        at = _with_skipped(stay | pass_on, pattern)
    for n in sorted(at):
        rest = pattern[n:]
        yield Fit(head + filled(rest), head + rest)


def _with_skipped(at: set[int], pattern: str) -> set[int]:
    """The positions, and those after a `*` that stands for nothing."""
    found = set(at)
    for n in at:
        after = n
        while pattern[after : after + 1] == "*":
            after += 1
            found.add(after)
    return found


def filled_arn(pattern: str, account: str, partition: str) -> str:
    """An ARN that fits a pattern, of that account where the pattern leaves it open; "" for none."""
    parts = pattern.split(":", _ARN_FIELDS - 1)
    if parts[0] != "arn" or len(parts) < _ARN_FIELDS:
        return ""
    parts[1] = partition if is_wild(parts[1]) else parts[1]
    parts[2] = "iam" if parts[2] == "*" else parts[2]
    parts[3] = "" if parts[3] == "*" else parts[3]
    parts[4] = account if is_wild(parts[4]) else parts[4]
    return ":".join(map(filled, parts))


def filled_account(pattern: str) -> str:
    """A whole account number that fits a pattern of one; "" for what is none."""
    if pattern == "*":
        return "0" * 12
    if not re.fullmatch(r"[\d*?]{1,12}", pattern) or not re.search(r"\d|\?", pattern):
        return ""
    missing = 12 - len(pattern.replace("*", ""))
    head, star, tail = pattern.partition("*")
    made = head + ("0" * missing if star else "") + tail.replace("*", "")
    made = made.replace("?", "0")
    return made if _ACCOUNT.fullmatch(made) else ""
