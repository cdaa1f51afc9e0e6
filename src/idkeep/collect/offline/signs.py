"""What saved answers tell of themselves: whose they are, and when they were made."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from idkeep.collect.offline.answers import time
from idkeep.errors import Unreadable
from idkeep.model import Arn

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
# Members of IAM's answers that name what is the account's own.
_OWN = frozenset({"Arn", "SerialNumber"})
# Members that tell of something that has happened. Others may lie ahead (`ValidUntil`).
_HAPPENED = re.compile(
    r"(Creat\w*|Upload|Enable|Update|LastUsed|PasswordLastUsed|LastAccessed|LastModified|Joined|"
    r"Registered|Requested|LastUpdated?)(Date|Time|Timestamp|On|At)?"
)
Owner = tuple[str, str]


@dataclass(slots=True)
class Signs:
    """Partition and account by the first file that names them; the newest time in the past."""

    until: datetime
    owners: dict[Owner, str] = field(default_factory=dict)
    newest: datetime | None = None
    generated: datetime | None = None

    def owned(self, arn: object, file: str) -> None:
        """An ARN of the account's own; whatever is no ARN of IAM's tells nothing."""
        with suppress(ValueError):
            parsed = Arn.parse(str(arn))
            if parsed.service in ("iam", "sts") and _ACCOUNT.fullmatch(parsed.account):
                self.owners.setdefault((parsed.partition, parsed.account), file)

    def happened(self, when: object) -> None:
        """A time at which the files were not made yet; one in the future is odd, and no sign."""
        with suppress(ValueError, OverflowError, TypeError):
            moment = time(when)  # type: ignore[arg-type]
            if moment <= self.until and (self.newest is None or moment > self.newest):
                self.newest = moment

    def made(self, when: object) -> None:
        """When AWS made the credential report."""
        with suppress(ValueError, OverflowError, TypeError):
            self.generated = time(when)  # type: ignore[arg-type]
            self.happened(when)

    def read(self, value: object, file: str, *, of_iam: bool) -> None:
        """Every member of an answer."""
        if isinstance(value, Mapping):
            for name, one in value.items():
                if isinstance(one, str | int | float) and not isinstance(one, bool):
                    if of_iam and name in _OWN:
                        self.owned(one, file)
                    if _HAPPENED.fullmatch(str(name)):
                        self.happened(one)
                else:
                    self.read(one, file, of_iam=of_iam)
        elif isinstance(value, list):
            for one in value:
                self.read(one, file, of_iam=of_iam)

    def cells(self, rows: Iterable[Mapping[str, str]], file: str) -> None:
        """Those of the credential report."""
        for row in rows:
            self.owned(row.get("arn"), file)
            for name, cell in row.items():
                if (
                    name
                    and ("last" in name or name.endswith("_time"))
                    and cell
                    and cell[0].isdigit()
                ):
                    self.happened(cell)

    def owner(self, folder: str) -> Owner:
        """Raises `Unreadable` unless all files are of one account."""
        match list(self.owners.items()):
            case [(owner, _)]:
                return owner
            case []:
                raise Unreadable(
                    folder,
                    "no file tells which account this is",
                    hint="add `aws sts get-caller-identity > get-caller-identity.json`",
                )
            case [(one, first), (other, second), *_]:
                raise Unreadable(
                    folder,
                    f"the files are of different accounts: {first} of {_words(one)}, "
                    f"{second} of {_words(other)}",
                    hint="put each account's files into a folder of their own",
                )
            case _:
                raise AssertionError("a list has none, one or more")


def _words(owner: Owner) -> str:
    return f"{owner[1]} ({owner[0]})"
