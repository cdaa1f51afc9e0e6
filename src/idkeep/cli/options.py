"""What several verbs share: options, progress, consent."""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from idkeep.api.snapshots import default_store
from idkeep.cli import terminal
from idkeep.model import DEFAULT_FAMILIES, Family
from idkeep.report import printable

if TYPE_CHECKING:
    from rich.status import Status

    from idkeep.api.portable import Written

C = TypeVar("C", bound=Callable[..., Any])

_PATH = click.Path(path_type=Path, dir_okay=False)
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
        )
    ):
        command = option(command)
    return command


def costs(command: C) -> C:
    """The options of every verb that reads all of an account."""
    for option in reversed(
        (
            click.option(
                "--max-calls",
                type=click.IntRange(min=0),
                default=5000,
                show_default=True,
                help="Ask before the resources of an account take more calls than this; where "
                "nobody can be asked, they are not read.",
            ),
            click.option("--yes", is_flag=True, help="Take as many calls as they need."),
        )
    ):
        command = option(command)
    return command


def said(ctx: click.Context, *names: str) -> tuple[str, ...]:
    """Which of these parameters stand on the command line, as they are written there."""
    given = click.core.ParameterSource.COMMANDLINE
    return tuple(
        max(one.opts, key=len)
        for one in ctx.command.params
        if one.name in names and ctx.get_parameter_source(one.name) is given
    )


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


def check_reading(ctx: click.Context) -> None:
    """See that nothing was said of saved answers, or of an account, that has no use here."""
    if said(ctx, "folder"):
        if useless := said(ctx, "profile", "region", "max_calls", "yes"):
            raise click.UsageError(f"--from asks no AWS: leave {', '.join(useless)} out")
    elif said(ctx, "taken"):
        raise click.UsageError("--taken goes with --from")
    if len(said(ctx, "max_calls", "yes")) > 1:
        raise click.UsageError("--yes sets no limit: leave --max-calls out, or --yes")


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
def lines(*, verbose: bool, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Tells on stderr a line for each account, terminal or not."""
    with _logged(verbose=verbose):
        yield (lambda _: None) if quiet else terminal.say


@contextmanager
def progress(*, verbose: bool, quiet: bool = False) -> Iterator[Progress]:
    """A moving line on a terminal, a log if verbose."""
    with _logged(verbose=verbose):
        if verbose or quiet or not sys.stderr.isatty():
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


@contextmanager
def _logged(*, verbose: bool) -> Iterator[None]:
    """Without a handler of ours, Python would print warnings on its own."""
    handler: logging.Handler = logging.NullHandler()
    if verbose:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_PrintableLines("%(message)s"))
        logging.getLogger("idkeep").setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
