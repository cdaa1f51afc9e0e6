"""From the text of a file to settings; a mistake is told with its line and column."""

import re
import tomllib
from typing import Any, NamedTuple

import msgspec

from idkeep.config.profiles import PROFILES
from idkeep.config.settings import TABLES, Settings
from idkeep.errors import Unreadable, meant

_TOP = r"`\$\.(\w+)"
_WITHIN = re.compile(r"`\$\.(\w+)\[(\d+)\](?:\.(\w+))?[^`]*`")
_UNKNOWN = re.compile(r"Object contains unknown field `(\w+)`")
_NAMES = tuple(dict.fromkeys(name for one in TABLES for name in one.__struct_fields__))
_TOML_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_PREFIX = "tool.idkeep"


class _Place(NamedTuple):
    line: int = 0
    column: int = 0


def parse(text: str, path: str = "idkeep.toml") -> Settings:
    """Settings from TOML; `path` is for the message. Raises `Unreadable` with the place."""
    return _settings(_toml(text, path), text, path, "")


def parse_pyproject(text: str, path: str = "pyproject.toml") -> Settings | None:
    """Settings of the table `tool.idkeep`; None where there is none. Raises `Unreadable`."""
    told = _toml(text, path).get("tool", {}).get("idkeep")
    return None if told is None else _settings(told, text, path, _PREFIX)


def _toml(text: str, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _TOML_PLACE.search(str(error))
        line, column = (int(n) for n in place.groups()) if place else (0, 0)
        why = _TOML_PLACE.sub("", str(error)).strip()
        raise Unreadable(path, why, line=line, column=column) from error


def _settings(told: dict[str, Any], text: str, path: str, table: str) -> Settings:
    try:
        profile = told.get("profile")
        known = PROFILES.get(profile, {}) if isinstance(profile, str) else {}
        return msgspec.convert({**known, **told}, Settings)
    except msgspec.ValidationError as error:
        line, column = _place(text, str(error), table)
        unknown = _UNKNOWN.search(str(error))
        hint = meant(unknown[1], _NAMES) if unknown else ""
        why = _UNKNOWN.sub(r"there is no setting `\1`", str(error))
        raise Unreadable(path, why, line=line, column=column, hint=hint) from error


def _place(text: str, error: str, table: str) -> _Place:
    """Where the setting that `error` names stands; (0, 0) where it names none."""
    lines = text.splitlines()
    named = re.search(r"field `(\w+)`", error)
    head = _line_of(lines, f"[{table}]", 0) if table else None
    within = _WITHIN.search(error)
    if within is None:
        top = named or re.search(_TOP, error)
        return _find(lines, head, top[1] if top else "")
    array = f"{table}.{within[1]}" if table else within[1]
    block = _line_of(lines, f"[[{array}]]", int(within[2]))
    if block is None:  # an array that is written in one line
        return _find(lines, head, within[1])
    return _find(lines, block, within[3] or (named[1] if named else ""))


def _line_of(lines: list[str], head: str, which: int) -> int | None:
    found = [n for n, line in enumerate(lines) if line.partition("#")[0].strip() == head]
    return found[which] if which < len(found) else None


def _find(lines: list[str], head: int | None, name: str) -> _Place:
    """The setting of that name in the table that begins at `head`, else the table itself."""
    begins = 0 if head is None else head + 1
    for number, line in enumerate(lines[begins:], start=begins + 1):
        if name and (found := re.match(rf"(\s*){re.escape(name)}\s*=", line)):
            return _Place(number, found.end(1) + 1)
        if line.startswith("["):
            break
    return _Place() if head is None else _Place(head + 1, 1)
