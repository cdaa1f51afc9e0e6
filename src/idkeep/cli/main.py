"""The root command: a table of names, so that nothing is loaded but the verb that was asked."""

import errno
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from io import StringIO
from typing import NoReturn

import click

from idkeep.cli import terminal
from idkeep.cli.terminal import say
from idkeep.errors import Exit, IdkeepError

# One module a verb, in the order of a first day with idkeep; a test holds the lines to them.
VERBS = {
    "demo": "Scan an example account or organisation on this machine.",
    "scan": "Read an AWS account and say what is wrong with its identities.",
    "collect": "Read an AWS account into one file, to be judged elsewhere.",
    "init": "Write a commented file of settings to begin with.",
    "doctor": "Prove credentials, permissions, clock and store before a scan.",
    "snapshots": "List the snapshots that scans have kept, export and prune them.",
    "diff": "Say what changed between two snapshots.",
    "report": "Tell how an account or an organisation stands by a framework.",
    "checks": "List what idkeep looks for.",
    "explain": "Tell about one check, or what one finding rests on.",
    "permissions": "Print the IAM policy that a scan needs.",
    "can": "Tell whether a principal may do something, and why.",
    "why": "Tell why AWS denied a request, or allowed it.",
    "lint": "Find what is wrong or odd in policy documents.",
    "expand": "Write out the actions that patterns mean today.",
    "shrink": "Write a policy's actions in fewer patterns that mean the same.",
    "minimise": "Write a policy in fewer characters that mean the same.",
    "catalog": "Look up AWS's services, actions and condition keys.",
    "compare": "Tell which of two policies allows more, over all requests.",
    "prove": "Prove that policies never allow something, over all requests.",
    "decide": "Decide IAM requests in bulk, as AWS would.",
    "completion": "Print a shell's completion script.",
}
_INTERRUPTED = 130
_BROKEN_PIPE = 141
# Of a file that was opened by its name, an error has the name; it is the standard streams' not to.
_UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


class Verbs(click.Group):
    """Lists its commands from the table, and imports one when it is run."""

    def complete(self) -> None:
        """Answer a shell that asks for completions, and exit; nothing where none does."""
        self._main_shell_completion({}, "idkeep")

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"idkeep.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted and not ctx.resilient_parsing:
        from importlib import metadata  # noqa: PLC0415 -- 20 ms that only --version needs

        click.echo(f"idkeep {metadata.version('idkeep')}")
        ctx.exit()


@click.command(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the trace of an error.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
def root(*, debug: bool) -> None:
    """Identity security for AWS: what is wrong, what could not be told, what to do.

    Start with `idkeep demo`, then `idkeep scan`. Exit codes: 0 nothing found, 1 findings,
    2 wrong use or unreadable input, 3 something could not be read, 4 refused.
    """


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run, and leave with one of the exit codes; an error is one line and what to do."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    code: int | None = None
    try:
        terminal.prepare()
        code = _run([one for one in arguments if one != "--debug"])
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has seen enough; what the verb found out stands.
        code = _BROKEN_PIPE if code is None else code
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 -- the last to hear of it
        code = _told(error, debug="--debug" in arguments)
    finally:
        terminal.settle()
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    """As `root.main`, but a broken pipe and Ctrl-C come to `main`: click would speak and exit."""
    root.complete()
    try:
        with root.make_context("idkeep", arguments) as ctx:
            root.invoke(ctx)
    except click.exceptions.Exit as done:
        return done.exit_code
    return 0


def _told(error: BaseException, *, debug: bool) -> int:
    """The exit code of an error that is said, with its trace where that is asked for."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        import signal  # noqa: PLC0415

        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C shall not be heard as well
        say("idkeep: interrupted; nothing half-done was kept")
        return _INTERRUPTED
    if debug:
        import traceback  # noqa: PLC0415

        for line in "".join(traceback.format_exception(error)).split("\n"):
            say(line)
    for line in _words(error):
        say(line)
    return int(error.exit_code if isinstance(error, IdkeepError) else Exit.USAGE)


def _words(error: BaseException) -> Iterator[str]:
    match error:
        case click.ClickException():
            shown = StringIO()
            error.show(shown)
            yield from shown.getvalue().rstrip("\n").split("\n")
        case IdkeepError():
            yield f"idkeep: {error.message}"
            if error.hint:
                yield f"  {error.hint}"
        case OSError(errno=number, filename=None) if number in _UNWRITTEN:
            yield f"idkeep: the output can't be written: {error.strerror}"
        case _:
            yield f"idkeep: an error of idkeep's own: {type(error).__name__}: {error}"
            yield "  please report it, with what --debug shows"
