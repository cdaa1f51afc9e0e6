"""Standard output and standard error: what may be written there, and what if it can't be."""

import io
import os
import sys
from typing import TYPE_CHECKING

import click

from idkeep.errors import IdkeepError

if TYPE_CHECKING:
    from rich.console import Console


def prepare() -> None:
    """Make both streams take any text. Raises `IdkeepError` where there is no standard output."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    if sys.stdout is None:
        raise IdkeepError("standard output is closed", hint="send it to /dev/null instead")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(line: str) -> None:
    """One line on standard error, whatever is in it; if nobody can read it, so be it."""
    from idkeep.report.printable import printable  # noqa: PLC0415 -- `--help` runs through here

    try:
        click.echo(printable(line), err=True)
    except OSError:
        settle()


def console(*, stderr: bool = False) -> "Console":
    """A terminal of rich's that leaves a broken pipe to `main`; rich itself would exit with 1."""
    from rich.console import Console  # noqa: PLC0415 -- 60 ms that --help must not pay

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Terminal(highlight=False, stderr=stderr)


def settle() -> None:
    """Drop what can't be written any more, or the interpreter would complain of it at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
