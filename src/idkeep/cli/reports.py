"""What verbs that end in a report share: its options, where it goes, and its exit code."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias, TypeVar

import click

from idkeep.cli import options, output, terminal
from idkeep.errors import Exit, IdkeepError
from idkeep.model import Severity, Status
from idkeep.report import OrganizationReport, ScanReport, Selection
from idkeep.report.format import FORMATS, Format, format_of
from idkeep.report.shown import shown
from idkeep.store import Scratch, Spool

if TYPE_CHECKING:
    from idkeep.api.judging import Against, Judging

Report: TypeAlias = ScanReport | OrganizationReport
C = TypeVar("C", bound=Callable[..., Any])

_OUTPUT = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


def _list(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for one in values for part in one.split(",") if part.strip())


def _statuses(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[Status, ...]:
    named = [one.lower().replace("-", "_") for one in _list(ctx, param, values)]
    if strange := [one for one in named if one not in set(Status)]:
        raise click.BadParameter(f"{strange[0]!r} is none of {', '.join(Status)}")
    return tuple(Status(one) for one in named)


def reporting(command: C) -> C:
    """The options of every verb that ends in a report."""
    for option in reversed(
        (
            options.settings_file,
            click.option(
                "--check",
                "checks",
                metavar="LIST",
                multiple=True,
                callback=_list,
                help="Run only these checks: ids or patterns such as root-*, with commas between.",
            ),
            click.option(
                "--skip",
                "skipped",
                metavar="LIST",
                multiple=True,
                callback=_list,
                help="Run all checks but these.",
            ),
            click.option(
                "--severity",
                "least",
                type=click.Choice([one.value for one in Severity]),
                help="Leave out what is less severe; it makes no exit code either.",
            ),
            click.option(
                "--rules-version",
                type=click.IntRange(min=1),
                metavar="N",
                help="Refuse to judge by other rules than these; the JSON report tells its own.",
            ),
            click.option(
                "--status",
                "statuses",
                metavar="LIST",
                multiple=True,
                callback=_statuses,
                help=f"Show and write only results of these: {', '.join(Status)}. "
                "The exit code stays what it is.",
            ),
            click.option("--all", "show_all", is_flag=True, help="Show every subject."),
            click.option("-q", "--quiet", is_flag=True, help="Show nothing; files are written."),
            click.option("-v", "--verbose", is_flag=True, help="Log each AWS call by its name."),
            *(
                click.option(f"--{name}", f"{name}_file", type=_OUTPUT, help=words)
                for name, words in FORMATS.items()
            ),
            click.option(
                "--fail-on",
                type=click.Choice([*(one.value for one in Severity), "never"]),
                default=Severity.LOW.value,
                show_default=True,
                help="The least severity that makes the exit code 1.",
            ),
        )
    ):
        command = option(command)
    return command


def held_against(command: C) -> C:
    """The option of a verb that knows of older scans."""
    return click.option(
        "--baseline",
        metavar="ID|FILE",
        help="Fail only on findings that this snapshot (with --org and --run, this run) has not.",
    )(command)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What the options of `reporting` were told; `files` are by format."""

    selection: Selection
    statuses: tuple[Status, ...]
    show_all: bool
    quiet: bool
    files: Mapping[str, Path]
    fail_on: str
    rules_version: int | None

    @classmethod
    def of(cls, given: dict[str, Any], store: Path | None = None) -> "Reporting":
        """Takes its options out of `given`, and sees that each file can be written.

        `store` may be none of them. Raises `UsageError`, and `IdkeepError` for other rules.
        """
        files = {name: path for name in FORMATS if (path := given.pop(f"{name}_file"))}
        least = given.pop("least")
        told = cls(
            selection=Selection(
                checks=given.pop("checks"),
                skipped=given.pop("skipped"),
                least=Severity(least) if least else None,
            ),
            statuses=given.pop("statuses"),
            show_all=given.pop("show_all"),
            quiet=given.pop("quiet"),
            files=files,
            fail_on=given.pop("fail_on"),
            rules_version=given.pop("rules_version"),
        )
        output.check({f"--{name}": path for name, path in files.items()}, store)
        return told

    def judging(self, against: "Against | None" = None) -> "Judging":
        """How snapshots are to be judged. Raises `IdkeepError` for other rules, or no checks."""
        from idkeep.api.judging import Judging, check_rules  # noqa: PLC0415 -- every check

        if self.rules_version is not None:
            check_rules(self.rules_version)
        judging = Judging(selection=self.selection, against=against)
        judging.checks  # noqa: B018 -- a pattern that names none is said before AWS is asked
        return judging

    @property
    def take_stdout(self) -> bool:
        return any(map(output.is_stdout, self.files.values()))

    def exit_code(self, report: Report) -> Exit:
        return exit_code(report, self.fail_on)


def exit_code(report: Report, fail_on: str) -> Exit:
    """Findings win over what could not be read."""
    worst = report.worst()
    if worst and fail_on != "never" and worst.rank >= Severity(fail_on).rank:
        return Exit.FINDINGS
    return Exit.OK if report.complete else Exit.INCOMPLETE


class _Document:
    """One file of a report in the making; `trouble` is why there will be none."""

    def __init__(self, path: Path, made: Format) -> None:
        self.path = path
        self.trouble: IdkeepError | None = None
        self._made = made
        self._scratch = Scratch()
        self._write(made.begin())

    def account(self, report: ScanReport) -> None:
        self._write(self._made.account(report))

    def end(self, report: Report) -> None:
        self._write(self._made.end(report))

    def pieces(self) -> Iterator[bytes]:
        return self._scratch.pieces()

    def close(self) -> None:
        self._scratch.close()

    def _write(self, pieces: Iterator[str]) -> None:
        """A document that has no room is given up; the others and the terminal get theirs."""
        if self.trouble:
            return
        try:
            for one in pieces:
                self._scratch.write(one.encode())
            self._scratch.flush()
        except IdkeepError as error:
            self.trouble = error


class Documents:
    """The files of a report in the making: told of each account, and in the end of all.

    Nothing is at its place before the end.
    """

    def __init__(self, reporting: Reporting) -> None:
        self._reporting = reporting
        self._stack = ExitStack()
        self._every: list[_Document] = []
        waiting = Spool()
        for name, path in reporting.files.items():
            one = _Document(path, format_of(name, waiting.tape))
            self._stack.callback(one.close)
            self._every.append(one)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def account(self, report: ScanReport) -> None:
        seen = shown(report, self._reporting.statuses)
        for one in self._every:
            one.account(seen)

    def finish(self, report: Report, trouble: IdkeepError | None = None) -> None:
        """To the files that were asked for, and to the terminal where its stdout is free.

        What fails, and the `trouble` there was before, is raised when all else was shown.
        """
        if isinstance(report, ScanReport):
            self.account(report)
        seen = shown(report, self._reporting.statuses)
        troubles = [trouble] if trouble else []
        to_stdout: _Document | None = None
        for one in self._every:
            one.end(seen)
            if one.trouble:
                troubles.append(one.trouble)
            elif output.is_stdout(one.path):
                to_stdout = one
            else:
                try:
                    output.write(one.path, one.pieces(), quiet=self._reporting.quiet)
                except IdkeepError as error:
                    troubles.append(error)
        try:
            if to_stdout:
                output.write(to_stdout.path, to_stdout.pieces())
            elif not self._reporting.quiet and not self._reporting.take_stdout:
                _show_text(seen, show_all=self._reporting.show_all)
        finally:
            if troubles:
                told = dict.fromkeys(one.message for one in troubles)
                raise IdkeepError("; ".join(told), hint=troubles[0].hint)


def _show_text(report: Report, *, show_all: bool) -> None:
    """Rich is for this output only."""
    if isinstance(report, OrganizationReport):
        from idkeep.report.organization_text import OrganizationText  # noqa: PLC0415

        terminal.console().print(OrganizationText(report, show_all=show_all))
        return
    from idkeep.report.text import ScanText  # noqa: PLC0415

    terminal.console().print(ScanText(report, show_all=show_all))
