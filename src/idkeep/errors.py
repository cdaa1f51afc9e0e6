"""What can go wrong, for the person who can act on it: one sentence, one hint, one exit code."""

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


class Unreadable(IdkeepError):
    """A file that is not what it should be, with the place; lines and columns count from 1."""

    def __init__(self, path: str, why: str, *, line: int = 0, column: int = 0) -> None:
        place = f"{path}:{line}:{column}" if line else path
        super().__init__(f"{place}: {why}")
        self.path = path
        self.line = line
        self.column = column


class AwsUnreachable(IdkeepError):
    """AWS could not be asked at all: no credentials, no network, no such region."""


class WrongAccount(IdkeepError):
    """The credentials belong to another account than the one the user named."""

    exit_code = Exit.REFUSED

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(
            f"the credentials belong to account {found}, not to {expected}; nothing was read",
            hint="choose other credentials (--profile) or another --account",
        )
        self.expected = expected
        self.found = found
