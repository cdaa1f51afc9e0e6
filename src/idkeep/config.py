"""Settings, parsed once at the door into a value."""

import re
import tomllib
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from idkeep.errors import Unreadable

_Days = Annotated[int, Meta(ge=0)]
_Words = Annotated[str, Meta(min_length=1)]
_TOP = r"`\$\.(\w+)"
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


class AcceptedGap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A read that may fail without making a scan incomplete; its verdicts stay unknown.

    `action` is the IAM action, `account` the account's number, `region` where it was asked ("" for
    what lives in no region); in each a `*` stands for anything. `expires` is the last day.
    """

    action: Annotated[str, Meta(pattern="^[A-Za-z0-9:*-]+$")]
    account: Annotated[str, Meta(pattern="^[0-9*]+$")] = "*"
    region: Annotated[str, Meta(pattern="^[a-z0-9*-]*$")] = "*"
    reason: _Words
    owner: _Words
    expires: date


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the checks measure against, and which gaps are accepted. All times are days."""

    max_access_key_age: _Days = 90
    max_password_age: _Days = 365
    unused_after: _Days = 45
    root_unused_for: _Days = 90
    min_password_length: Annotated[int, Meta(ge=6, le=128)] = 14
    min_passwords_remembered: Annotated[int, Meta(ge=1, le=24)] = 24
    accepted_gaps: tuple[AcceptedGap, ...] = ()


def parse(text: str, path: str = "idkeep.toml") -> Settings:
    """Settings from TOML; `path` is for the message. Raises `Unreadable` with the place."""
    try:
        return msgspec.convert(tomllib.loads(text), Settings)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line, column = (int(n) for n in place.groups()) if place else (0, 0)
        why = _TOML_PLACE.sub("", str(error)).strip()
        raise Unreadable(path, why, line=line, column=column) from error
    except msgspec.ValidationError as error:
        line, column = _place(text, str(error))
        raise Unreadable(path, str(error), line=line, column=column) from error


def _place(text: str, error: str) -> tuple[int, int]:
    """Where the setting that `error` names stands; (0, 0) where it names none."""
    lines = text.splitlines()
    start, name = 0, ""
    if within := re.search(r"`\$\.(\w+)\[(\d+)\](?:\.(\w+))?`", error):
        heads = [n for n, line in enumerate(lines) if line.strip() == f"[[{within[1]}]]"]
        start = heads[int(within[2])] if int(within[2]) < len(heads) else 0
        name = within[3] or ""
    if not name and (named := re.search(r"field `(\w+)`", error) or re.search(_TOP, error)):
        name = named[1]
    for number, line in enumerate(lines[start:], start=start + 1):
        if found := re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number, found.start() + len(line) - len(line.lstrip()) + 1
        if start and number > start + 1 and line.startswith("["):
            break
    return (start + 1, 1) if start else (0, 0)
