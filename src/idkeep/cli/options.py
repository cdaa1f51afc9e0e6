"""What several verbs share: options, and how a report is shown and weighed."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from idkeep.api.snapshots import default_store
from idkeep.errors import Exit, IdkeepError
from idkeep.model import Severity
from idkeep.report import ScanReport, as_json

C = TypeVar("C", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path, dir_okay=False)
_OUTPUT = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
_OWNER_FILE = 0o600
_STDOUT = Path("-")


def store(command: C) -> C:
    return click.option(
        "--store",
        type=_PATH,
        envvar="IDKEEP_STORE",
        default=default_store,
        help="Where snapshots are kept; by default the platform's place for data.",
    )(command)


def reporting(command: C) -> C:
    """The options of every verb that ends in a report."""
    for option in reversed(
        (
            click.option(
                "--config",
                "config",
                type=_PATH,
                help="Settings, in TOML; by default idkeep.toml here, if there is one.",
            ),
            click.option(
                "--json", "json_file", type=_OUTPUT, help="Write the report as JSON; - is stdout."
            ),
            click.option(
                "--html", "html_file", type=_OUTPUT, help="Write the report as one HTML file."
            ),
            click.option("--all", "show_all", is_flag=True, help="Show every subject."),
            click.option(
                "--fail-on",
                type=click.Choice([*(one.value for one in Severity), "never"]),
                default=Severity.LOW.value,
                show_default=True,
                help="The least severity that makes the exit code 1.",
            ),
            click.option("-v", "--verbose", is_flag=True, help="Log each AWS call by its name."),
        )
    ):
        command = option(command)
    return command


@contextmanager
def progress(*, verbose: bool) -> Iterator[Callable[[str], None]]:
    """Tells on stderr what is being read: a moving line on a terminal, a log if verbose."""
    if verbose:
        import logging  # noqa: PLC0415 -- only --verbose needs it

        logging.basicConfig(format="%(message)s", stream=sys.stderr)
        logging.getLogger("idkeep").setLevel(logging.INFO)
    if verbose or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 -- 60 ms that --help must not pay

    done: list[str] = []
    with Console(stderr=True).status("asking AWS …") as status:

        def show(action: str) -> None:
            done.append(action)
            status.update(f"reading … {action} ({len(done)} done)")

        yield show


def show(
    report: ScanReport, *, json_file: Path | None, html_file: Path | None, show_all: bool
) -> None:
    """To the files that were asked for, and to the terminal where its stdout is free."""
    if json_file:
        _write(json_file, as_json(report))
    if html_file:
        from idkeep.report.html import html  # noqa: PLC0415 -- Jinja2, for this output only

        _write(html_file, html(report).encode())
    if _STDOUT not in (json_file, html_file):
        from rich.console import Console  # noqa: PLC0415

        from idkeep.report.text import ScanText  # noqa: PLC0415

        Console(highlight=False, soft_wrap=False).print(ScanText(report, show_all=show_all))


def exit_code(report: ScanReport, fail_on: str) -> Exit:
    """Findings win over what could not be read."""
    worst = report.worst()
    if worst and fail_on != "never" and worst.rank >= Severity(fail_on).rank:
        return Exit.FINDINGS
    return Exit.OK if report.complete else Exit.INCOMPLETE


def _write(path: Path, content: bytes) -> None:
    """For the owner's eyes only, as what it says of an account should be."""
    if path == _STDOUT:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_FILE)
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchmod(handle, _OWNER_FILE)
        with open(handle, "wb") as file:  # noqa: PTH123 -- a handle with its own mode
            file.write(content)
    except OSError as error:
        raise IdkeepError(f"{path} can't be written: {error.strerror}") from error
    click.echo(f"wrote {path}", err=True)
