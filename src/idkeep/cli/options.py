"""What several verbs share: options, and how a report is shown and weighed."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from idkeep.api.snapshots import default_store
from idkeep.cli import output, terminal
from idkeep.errors import Exit, IdkeepError
from idkeep.model import Severity
from idkeep.report import ScanReport, as_json, printable

C = TypeVar("C", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path, dir_okay=False)
_OUTPUT = click.Path(path_type=Path, dir_okay=False, allow_dash=True)
_ACCOUNT = re.compile(r"[0-9]{12}")


def store(command: C) -> C:
    return click.option(
        "--store",
        type=_PATH,
        envvar="IDKEEP_STORE",
        default=default_store,
        help="Where snapshots are kept; by default the platform's place for data.",
    )(command)


def account_id(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An option's callback."""
    if value is not None and not _ACCOUNT.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not an account's id, which is 12 digits")
    return value


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


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where a report goes; None is nowhere."""

    json: Path | None
    html: Path | None

    def check(self, store: Path | None = None) -> None:
        """See that each can be written, before the work is done. `store` may be none of them."""
        output.check({"--json": self.json, "--html": self.html}, store)

    @property
    def take_stdout(self) -> bool:
        return any(path and output.is_stdout(path) for path in (self.json, self.html))


class _PrintableLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


@contextmanager
def progress(*, verbose: bool) -> Iterator[Callable[[str], None]]:
    """Tells on stderr what is being read: a moving line on a terminal, a log if verbose."""
    _log(verbose=verbose)
    if verbose or not sys.stderr.isatty():
        yield lambda _: None
        return
    done: list[str] = []
    with terminal.console(stderr=True).status("asking AWS …") as status:

        def show(action: str) -> None:
            done.append(action)
            status.update(f"reading … {action} ({len(done)} done)")

        yield show


def _log(*, verbose: bool) -> None:
    """Without a handler of ours, Python would print warnings on its own."""
    handler: logging.Handler = logging.NullHandler()
    if verbose:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_PrintableLines("%(message)s"))
        logging.getLogger("idkeep").setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)


def show(
    report: ScanReport,
    outputs: Outputs,
    *,
    show_all: bool,
    trouble: IdkeepError | None = None,
) -> None:
    """To the files that were asked for, and to the terminal where its stdout is free.

    What fails, and the `trouble` there was before, is raised when all else was shown.
    """
    troubles = [trouble] if trouble else []
    to_stdout: list[bytes] = []
    for path, content in _documents(report, outputs):
        if output.is_stdout(path):
            to_stdout.append(content)
            continue
        try:
            output.write(path, content)
        except IdkeepError as error:
            troubles.append(error)
    try:
        if to_stdout:
            output.write(Path("-"), to_stdout[0])
        else:
            _show_text(report, show_all=show_all)
    finally:
        if troubles:
            raise IdkeepError("; ".join(one.message for one in troubles), hint=troubles[0].hint)


def _documents(report: ScanReport, outputs: Outputs) -> Iterator[tuple[Path, bytes]]:
    if outputs.json:
        yield outputs.json, as_json(report)
    if outputs.html:
        from idkeep.report.html import html  # noqa: PLC0415 -- Jinja2, for this output only

        yield outputs.html, html(report).encode()


def _show_text(report: ScanReport, *, show_all: bool) -> None:
    from idkeep.report.text import ScanText  # noqa: PLC0415 -- rich, for this output only

    terminal.console().print(ScanText(report, show_all=show_all))


def exit_code(report: ScanReport, fail_on: str) -> Exit:
    """Findings win over what could not be read."""
    worst = report.worst()
    if worst and fail_on != "never" and worst.rank >= Severity(fail_on).rank:
        return Exit.FINDINGS
    return Exit.OK if report.complete else Exit.INCOMPLETE
