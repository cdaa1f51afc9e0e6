"""What can go wrong, for the person who can act on it: one sentence, one hint, one exit code."""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes, one table for all verbs."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    INCOMPLETE = 3
    REFUSED = 4


class IdkeepError(Exception):
    """The command cannot go on. `hint` is what to do about it; it may be empty."""

    exit_code = Exit.USAGE

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def meant(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint for a name that nothing has: the one that looks most like it."""
    from difflib import get_close_matches  # noqa: PLC0415 -- for mistakes only

    near = get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]}?" if near else otherwise


class Unreadable(IdkeepError):
    """A file that is not what it should be, with the place; lines and columns count from 1."""

    def __init__(
        self, path: str, why: str, *, line: int = 0, column: int = 0, hint: str = ""
    ) -> None:
        place = f"{path}:{line}:{column}" if line else path
        super().__init__(f"{place}: {why}", hint=hint)
        self.path = path
        self.line = line
        self.column = column


class AwsUnreachable(IdkeepError):
    """AWS could not be asked at all: no credentials, no network, no such region."""


class CredentialsEnded(AwsUnreachable):
    """They were good once: whoever signs in again can go on."""


class WrongAccount(IdkeepError):
    """The credentials belong to another account than the one the user named; or the files do."""

    exit_code = Exit.REFUSED

    def __init__(
        self, expected: str, found: str, *, whose: str = "the credentials belong to"
    ) -> None:
        super().__init__(
            f"{whose} account {found}, not {expected}; nothing was read",
            hint="choose other ones, or another --account",
        )
        self.expected = expected
        self.found = found


class OtherAccount(IdkeepError):
    """Two snapshots of different accounts, where one account's were meant."""

    exit_code = Exit.REFUSED

    def __init__(self, before: str, after: str) -> None:
        super().__init__(
            f"the snapshots are of different accounts, {before} and {after}",
            hint="--any-account compares them nevertheless, by names",
        )
        self.before = before
        self.after = after
