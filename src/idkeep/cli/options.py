"""What several verbs share: options, and how a report is shown and weighed."""

import logging
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from idkeep.api.snapshots import default_store
from idkeep.cli import output, terminal
from idkeep.errors import Exit, IdkeepError
from idkeep.model import DEFAULT_FAMILIES, Family, Severity
from idkeep.report import OrganizationReport, ScanReport, as_json, printable

if TYPE_CHECKING:
    from rich.status import Status

    from idkeep.api.portable import Written

Report: TypeAlias = ScanReport | OrganizationReport
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


def account_ids(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    """A repeated option's callback."""
    return tuple(one for value in values if (one := account_id(ctx, param, value)))


def account_id(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """An option's callback."""
    if value is not None and not _ACCOUNT.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not an account's id, which is 12 digits")
    return value


def settings_file(command: C) -> C:
    return click.option(
        "--config",
        "config",
        type=_PATH,
        help="Settings, in TOML; by default idkeep.toml here, if there is one.",
    )(command)


def reading(command: C) -> C:
    """The options of every verb that reads an account."""
    for option in reversed(
        (
            click.option(
                "--profile", help="The AWS profile; by default the usual credential chain."
            ),
            click.option(
                "--region", help="Where to ask; it picks the partition (China, GovCloud)."
            ),
            facts,
            click.option(
                "--max-calls",
                type=click.IntRange(min=0),
                default=5000,
                show_default=True,
                help="Ask before the resources of an account take more calls than this.",
            ),
            click.option("--yes", is_flag=True, help="Take as many calls as they need."),
        )
    ):
        command = option(command)
    return command


def facts(command: C) -> C:
    return click.option(
        "--facts",
        metavar="LIST",
        callback=families,
        help="Families of facts, with commas between them: "
        + ", ".join(Family)
        + ". By default all but "
        + " and ".join(sorted(set(Family) - DEFAULT_FAMILIES))
        + ".",
    )(command)


def own_account(command: C) -> C:
    return click.option(
        "--account",
        metavar="ID",
        callback=account_id,
        help="Refuse to read any other account than this one (12 digits).",
    )(command)


def families(_: click.Context, __: click.Parameter, value: str | None) -> frozenset[Family]:
    if value is None:
        return DEFAULT_FAMILIES
    named = [one.strip() for one in value.split(",") if one.strip()]
    if strange := [one for one in named if one not in set(Family)]:
        raise click.BadParameter(f"{strange[0]!r} is none of {', '.join(Family)}")
    if not named:
        raise click.BadParameter("names no family")
    return frozenset(Family(one) for one in named)


def saved(command: C) -> C:
    """The options of every verb that reads saved answers in the place of an account."""
    for option in reversed(
        (
            click.option(
                "--from",
                "folder",
                metavar="FOLDER",
                type=click.Path(path_type=Path, exists=True),
                help="Read the answers saved in a folder, or a zip of one, and leave AWS alone.",
            ),
            click.option(
                "--taken",
                metavar="DATE",
                help="When they were saved, where they do not say so themselves.",
            ),
        )
    ):
        command = option(command)
    return command


def check_saved(folder: Path | None, taken: str | None, others: Mapping[str, object]) -> None:
    """See that nothing was said that saved answers have no use for."""
    if taken and not folder:
        raise click.UsageError("--taken goes with --from")
    if folder and (useless := [name for name, value in others.items() if value]):
        raise click.UsageError(f"--from asks no AWS: leave {', '.join(useless)} out")


def portable(command: C) -> C:
    """The options of every verb that writes a snapshot file."""
    for option in reversed(
        (
            click.option("--out", type=_PATH, required=True, help="The snapshot file to write."),
            click.option("--force", is_flag=True, help="Overwrite a file that is no snapshot."),
            click.option(
                "--redact", is_flag=True, help="Put pseudonyms in the place of accounts and names."
            ),
            click.option(
                "--redact-key-file",
                type=_PATH,
                help="A secret (16 bytes or more) that makes the same pseudonyms in every file; "
                "without it they are made by one that is thrown away.",
            ),
        )
    ):
        command = option(command)
    return command


def redaction_key(*, redact: bool, key_file: Path | None) -> bytes | None:
    """None where names may stay."""
    if key_file and not redact:
        raise click.UsageError("--redact-key-file goes with --redact")
    if not redact:
        return None
    from idkeep.api.portable import fresh_key, read_key  # noqa: PLC0415 -- for these verbs only

    return read_key(key_file) if key_file else fresh_key()


def written(out: Path, made: "Written") -> str:
    """The line that says so."""
    snapshot = made.snapshot
    parts = [f"{len(snapshot.users)} users", f"{len(snapshot.roles)} roles"]
    if snapshot.gaps:
        parts.append(f"{len(snapshot.gaps)} gaps")
    return f"wrote {out}: snapshot {made.id} of account {snapshot.account.id}, {', '.join(parts)}"


def reporting(command: C) -> C:
    """The options of every verb that ends in a report."""
    for option in reversed(
        (
            settings_file,
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


class Progress:
    """Tells on stderr what is being read; `status` is a moving line, None without a terminal."""

    def __init__(self, status: "Status | None") -> None:
        self._status = status
        self._done = 0

    def __call__(self, action: str) -> None:
        self._done += 1
        if self._status:
            self._status.update(f"reading … {action} ({self._done} done)")

    @contextmanager
    def paused(self) -> Iterator[None]:
        """The line is taken away, for a question."""
        if self._status:
            self._status.stop()
        try:
            yield
        finally:
            if self._status:
                self._status.start()


@contextmanager
def lines(*, verbose: bool) -> Iterator[Callable[[str], None]]:
    """Tells on stderr a line for each account, terminal or not."""
    _log(verbose=verbose)
    yield terminal.say


@contextmanager
def progress(*, verbose: bool) -> Iterator[Progress]:
    """A moving line on a terminal, a log if verbose."""
    _log(verbose=verbose)
    if verbose or not sys.stderr.isatty():
        yield Progress(None)
        return
    with terminal.console(stderr=True).status("asking AWS …") as status:
        yield Progress(status)


def consent(progress: Progress, *, max_calls: int, yes: bool) -> Callable[[Family, int], bool]:
    """Whether a family may take so many calls: a person at a terminal is asked above the limit."""

    def may_ask(family: Family, calls: int) -> bool:
        if yes or calls <= max_calls:
            return True
        with progress.paused():
            cost = f"{family} needs about {calls} calls"
            if sys.stdin.isatty() and sys.stderr.isatty():
                return click.confirm(f"{cost}. Go on?", err=True)
            terminal.say(f"{cost}: not read (--max-calls {max_calls}, or --yes for all)")
            return False

    return may_ask


def _log(*, verbose: bool) -> None:
    """Without a handler of ours, Python would print warnings on its own."""
    handler: logging.Handler = logging.NullHandler()
    if verbose:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_PrintableLines("%(message)s"))
        logging.getLogger("idkeep").setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)


def show(
    report: Report,
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


def _documents(report: Report, outputs: Outputs) -> Iterator[tuple[Path, bytes]]:
    if outputs.json:
        yield outputs.json, as_json(report)
    if outputs.html:
        yield outputs.html, _html(report).encode()


def _html(report: Report) -> str:
    """Jinja2 is for this output only."""
    if isinstance(report, OrganizationReport):
        from idkeep.report import organization_html  # noqa: PLC0415

        return organization_html.html(report)
    from idkeep.report.html import html  # noqa: PLC0415

    return html(report)


def _show_text(report: Report, *, show_all: bool) -> None:
    """Rich is for this output only."""
    if isinstance(report, OrganizationReport):
        from idkeep.report.organization_text import OrganizationText  # noqa: PLC0415

        terminal.console().print(OrganizationText(report, show_all=show_all))
        return
    from idkeep.report.text import ScanText  # noqa: PLC0415

    terminal.console().print(ScanText(report, show_all=show_all))


def exit_code(report: Report, fail_on: str) -> Exit:
    """Findings win over what could not be read."""
    worst = report.worst()
    if worst and fail_on != "never" and worst.rank >= Severity(fail_on).rank:
        return Exit.FINDINGS
    return Exit.OK if report.complete else Exit.INCOMPLETE
