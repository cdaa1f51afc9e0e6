"""The root command: a table of names, so that nothing is loaded but the verb that was asked."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from idkeep.errors import Exit, IdkeepError

# One module a verb, in the order of a first day with idkeep; a test holds the lines to them.
VERBS = {
    "demo": "Scan an example account on this machine.",
    "scan": "Read an AWS account and say what is wrong with its identities.",
    "snapshots": "List the snapshots that scans have kept.",
    "checks": "List what idkeep looks for.",
    "explain": "Tell about one check: why it matters, what to do.",
    "permissions": "Print the IAM policy that a scan needs.",
    "can": "Tell whether a principal may do something, and why.",
    "catalog": "Look up AWS's services, actions and condition keys.",
    "decide": "Decide IAM requests in bulk, as AWS would.",
    "completion": "Print a shell's completion script.",
}
_INTERRUPTED = 130


class Verbs(click.Group):
    """Lists its commands from the table, and imports one when it is run."""

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
    debug = "--debug" in arguments
    try:
        code = root.main(
            [one for one in arguments if one != "--debug"], "idkeep", standalone_mode=False
        )
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except IdkeepError as error:
        if debug:
            raise
        click.echo(f"idkeep: {error.message}", err=True)
        if error.hint:
            click.echo(f"  {error.hint}", err=True)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("idkeep: interrupted; nothing half-done was kept", err=True)
        code = _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        sys.stderr.close()
        code = Exit.OK
    except Exception as error:
        if debug:
            raise
        click.echo(
            f"idkeep: an error of idkeep's own: {type(error).__name__}: {error}\n"
            "  please report it, with what --debug shows",
            err=True,
        )
        code = Exit.USAGE
    sys.exit(int(code or 0))
