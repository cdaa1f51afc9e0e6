"""Settings, parsed once at the door into a value."""

import re
import tomllib
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from idkeep.errors import Unreadable

_Days = Annotated[int, Meta(ge=0)]
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the checks measure against, and which gaps are accepted. All times are days.

    `accept_gaps` names IAM actions (`account:GetContactInformation`) that may fail without
    making the scan incomplete; their verdicts stay unknown.
    """

    max_access_key_age: _Days = 90
    max_password_age: _Days = 365
    unused_after: _Days = 45
    root_unused_for: _Days = 90
    min_password_length: Annotated[int, Meta(ge=6, le=128)] = 14
    min_passwords_remembered: Annotated[int, Meta(ge=1, le=24)] = 24
    accept_gaps: tuple[str, ...] = ()


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
    named = re.search(r"`\$\.(\w+)|field `(\w+)`", error)
    if named is None:
        return 0, 0
    name = named[1] or named[2]
    for number, line in enumerate(text.splitlines(), start=1):
        if found := re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number, found.start() + len(line) - len(line.lstrip()) + 1
    return 0, 0
