"""Files that a report is written to: whole or not at all, and for the owner's eyes only."""

import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

import click

from idkeep.cli.terminal import say
from idkeep.errors import IdkeepError

_STDOUT = Path("-")
_DEVICES = Path("/dev")
_MEMORY = Path("/dev/shm")  # noqa: S108 -- a place for ordinary files, though under /dev


def check(outputs: Mapping[str, Path | None], store: Path | None = None) -> None:
    """Look before the work is done that they would show.

    `outputs` are by their options. Raises `UsageError` where two are the same file or one is the
    store, `IdkeepError` where one can't be written.
    """
    named = {option: path for option, path in outputs.items() if path}
    for (first, one), (second, other) in combinations(named.items(), 2):
        if _same(one, other):
            raise click.UsageError(f"{first} and {second} name the same file: {other}")
    for option, path in named.items():
        if store and not is_stdout(path) and _same(path, store):
            raise click.UsageError(f"{option} names the store itself: {path}")
        _check_writable(path)


def is_stdout(path: Path) -> bool:
    """`-`, and whatever else is the same file, such as /dev/stdout."""
    if path == _STDOUT:
        return True
    try:
        return os.path.samestat(path.stat(), os.fstat(sys.stdout.fileno()))
    except OSError:
        return False


def write(path: Path, pieces: Iterable[bytes], *, quiet: bool = False) -> None:
    """To standard output, or to the file and say so. Raises `IdkeepError` for a file."""
    if is_stdout(path):
        _write_stdout(pieces)
        return
    try:
        if _is_device(path):
            _write_device(path, pieces)
        else:
            _replace(path, pieces)
    except OSError as error:
        raise _unwritable(path, error) from error
    if not quiet:
        say(f"wrote {path}")


def _same(one: Path, other: Path) -> bool:
    """Two may share a device, which keeps nothing that the second could destroy."""
    if is_stdout(one) or is_stdout(other):
        return is_stdout(one) and is_stdout(other)
    return not _is_device(one) and _target(one) == _target(other)


def _check_writable(path: Path) -> None:
    if is_stdout(path):
        return
    try:
        if not _is_device(path):
            with tempfile.TemporaryFile(dir=_target(path).parent):
                pass
    except OSError as error:
        raise _unwritable(path, error) from error
    if path.exists() and not os.access(path, os.W_OK):
        raise IdkeepError(f"{path} can't be written: it is read-only")


def _is_device(path: Path) -> bool:
    """Or a pipe, or /dev/stderr and its like: nothing that could be replaced by another file."""
    whole = path.absolute()
    if whole.is_relative_to(_DEVICES) and not whole.is_relative_to(_MEMORY):
        return True
    return path.exists() and not stat.S_ISREG(path.stat().st_mode)


def _target(path: Path) -> Path:
    """The file behind a symbolic link, which stays one. `Path.resolve` stumbles over loops."""
    return Path(os.path.realpath(path))


def _write_stdout(pieces: Iterable[bytes]) -> None:
    sys.stdout.flush()
    for piece in pieces:
        rest = memoryview(piece)
        while rest:  # unbuffered, it may take less than all
            rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.flush()


def _write_device(path: Path, pieces: Iterable[bytes]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    with open(handle, "wb") as device:  # noqa: PTH123 -- a handle that makes no file
        device.writelines(pieces)


def _replace(path: Path, pieces: Iterable[bytes]) -> None:
    """`mkstemp` makes the new file with mode 0600, and so it stays."""
    target = _target(path)
    handle, half = tempfile.mkstemp(dir=target.parent, prefix=".idkeep-")
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 -- a handle with its own mode
            file.writelines(pieces)
        Path(half).replace(target)
    except BaseException:
        Path(half).unlink(missing_ok=True)
        raise


def _unwritable(path: Path, error: OSError) -> IdkeepError:
    return IdkeepError(f"{path} can't be written: {error.strerror or error}")
