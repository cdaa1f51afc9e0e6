"""The files of a folder by the operation whose answer they hold."""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from idkeep.collect.declare import AnyCollector
from idkeep.collect.offline.names import CLI_SERVICES, command
from idkeep.errors import Unreadable

_SUFFIXES = (".json", ".csv", ".txt", ".error")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d")
# Pages in files of their own: `…-1`, `….page2`, `…_part03`.
_PAGE = re.compile(r"[-_. ]?(page|part)?[-_. ]?\d{1,4}")
_MOST_FILES = 100_000
_MOST_BYTES = 8 << 30
RESOURCE_POLICIES = "resource-policies"
Operation = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an answer. `told` is what its name says of the call, `region` what a folder says.

    `of` are the operations, by service, whose command the file is named after.
    """

    path: Path
    name: str
    of: tuple[Operation, ...]
    told: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """`unused` are the files that are named after no operation that is read."""

    entries: tuple[Entry, ...]
    resource_policies: Entry | None = None
    unused: tuple[str, ...] = ()


@contextmanager
def folder_of(path: Path) -> Iterator[Path]:
    """The folder itself; or that of a zip, unpacked for as long as the context.

    Raises `Unreadable` for what is neither.
    """
    if path.is_dir():
        yield path
        return
    with TemporaryDirectory(prefix="idkeep-") as made:
        _unpack(path, Path(made))
        yield _inner(Path(made))


def listing(folder: Path, collectors: Iterable[AnyCollector]) -> Listing:
    """The files below the folder. Raises `Unreadable` where they can't be listed."""
    known = _Commands.of(collectors)
    entries: list[Entry] = []
    policies: Entry | None = None
    unused: list[str] = []
    try:
        found = (path for path in folder.rglob("*") if path.is_file())
        paths = sorted(islice(found, _MOST_FILES + 1))
    except OSError as error:
        raise Unreadable(str(folder), f"can't be read: {error.strerror or error}") from error
    if len(paths) > _MOST_FILES:
        raise Unreadable(str(folder), f"holds more than {_MOST_FILES} files")
    for path in paths:
        relative = path.relative_to(folder)
        if any(part.startswith((".", "__MACOSX")) for part in relative.parts):
            continue
        # Of Glue there is `get-resource-policies.json`, never without its first word.
        if path.name == f"{RESOURCE_POLICIES}.json":
            policies = Entry(path, str(relative), ())
        elif entry := known.entry(path, relative):
            entries.append(entry)
        else:
            unused.append(str(relative))
    return Listing(tuple(entries), policies, tuple(unused))


@dataclass(frozen=True, slots=True)
class _Commands:
    """Operations by the commands that a file may be named after."""

    by_command: Mapping[str, tuple[Operation, ...]]
    services: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, collectors: Iterable[AnyCollector]) -> "_Commands":
        found: dict[str, list[Operation]] = {}
        pairs = dict.fromkeys((one.service, one.operation) for one in collectors)
        for service, name in pairs:
            full = command(name)
            for prefix in ("", f"{service}-", f"{CLI_SERVICES.get(service, service)}-"):
                for word in (full, full.removeprefix("get-")):
                    operations = found.setdefault(prefix + word, [])
                    if (service, name) not in operations:
                        operations.append((service, name))
        services = {service for service, _ in pairs}
        return cls(
            {word: tuple(operations) for word, operations in found.items()},
            frozenset(services | {CLI_SERVICES.get(one, one) for one in services}),
        )

    def entry(self, path: Path, relative: PurePath) -> Entry | None:
        """None for a file that is named after no operation."""
        suffix = path.suffix.lower()
        if suffix not in _SUFFIXES:
            return None
        stem = path.stem.removesuffix(".json") if suffix == ".error" else path.stem
        found = self._operations(stem)
        if found is None:
            return None
        operations, told = found
        above = relative.parts[:-1]
        services = [one for one in above if one in self.services]
        regions = [one for one in above if _REGION.fullmatch(one)]
        if services:
            names = {one for one in self.services if CLI_SERVICES.get(one, one) == services[-1]}
            names.add(services[-1])
            operations = tuple(one for one in operations if one[0] in names)
        region = regions[-1] if regions else ""
        return Entry(path, str(relative), operations, told, region) if operations else None

    def _operations(self, stem: str) -> tuple[tuple[Operation, ...], str] | None:
        """With what the name tells of the call."""
        word, _, told = stem.partition("--")
        if operations := self.by_command.get(word):
            return operations, told
        if told:
            return None
        for word in sorted(self.by_command, key=len, reverse=True):
            rest = stem.removeprefix(word)
            if rest != stem and (_PAGE.fullmatch(rest) or _is_details(word, rest)):
                return self.by_command[word], ""
        return None


def _is_details(word: str, rest: str) -> bool:
    """Those are so large that people cut them as they like."""
    return word.endswith("account-authorization-details") and rest[:1] in "-_. "


def _inner(folder: Path) -> Path:
    """Of a zip that holds one folder and nothing else: that one."""
    inside = [one for one in folder.iterdir() if not one.name.startswith((".", "__MACOSX"))]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _unpack(path: Path, into: Path) -> None:
    """`extractall` keeps what names `..` or an absolute path inside the folder."""
    try:
        with ZipFile(path) as packed:
            members = packed.infolist()
            if len(members) > _MOST_FILES or sum(one.file_size for one in members) > _MOST_BYTES:
                raise Unreadable(str(path), f"holds more than {_MOST_FILES} files or 8 GB")
            packed.extractall(into)
    except BadZipFile as error:
        raise Unreadable(str(path), f"is neither a folder nor a whole zip file: {error}") from error
    # A password is a RuntimeError, an unknown compression a NotImplementedError.
    except (RuntimeError, zlib.error) as error:
        raise Unreadable(str(path), f"can't be unpacked: {error}") from error
    except OSError as error:
        raise Unreadable(str(path), f"can't be read: {error.strerror or error}") from error
