"""`idkeep demo`."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shlex import quote
from threading import Event

import click

from idkeep.api.demo import demo_scan, demo_server, strays
from idkeep.api.settings import load_settings
from idkeep.cli import options
from idkeep.cli.terminal import say
from idkeep.model import Family


@click.command("demo")
@click.option(
    "--estate",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Another account to play, in TOML.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default a free one.")
@click.option("--as-root", is_flag=True, help="Scan with the root user's credentials.")
@click.option("--keep", is_flag=True, help="Leave the account up and print how to point at it.")
@click.option(
    "--facts",
    metavar="LIST",
    default=Family.IDENTITY,
    show_default=True,
    callback=options.families,
    help="Families of facts, as for `scan`.",
)
@options.reporting
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    *,
    estate: Path | None,
    port: int,
    as_root: bool,
    keep: bool,
    facts: frozenset[Family],
    config: Path | None,
    json_file: Path | None,
    html_file: Path | None,
    show_all: bool,
    fail_on: str,
    verbose: bool,
) -> None:
    """Scan an example account on this machine.

    Starts a local AWS server that plays the account, and runs the ordinary scan against it.
    Nothing leaves the machine. Findings make no failure here unless --fail-on is given: the exit
    code is 0, or 3 where not everything could be read.
    """
    settings = load_settings(config)
    outputs = options.Outputs(json_file, html_file)
    outputs.check()
    principal = "root" if as_root else "auditor"
    asked = ctx.get_parameter_source("fail_on") is click.core.ParameterSource.COMMANDLINE
    with demo_server(estate, port=port) as server:
        with options.progress(verbose=verbose) as progress:
            found = demo_scan(
                server,
                principal=principal,
                families=facts,
                settings=settings,
                progress=progress,
            )
        # Whoever read the report may have seen enough of it; the exit code stands.
        with suppress(BrokenPipeError):
            options.show(found, outputs, show_all=show_all)
            if keep:
                _stay_up(server.environment(principal), err=outputs.take_stdout)
    ctx.exit(options.exit_code(found, fail_on if asked else "never"))


def _tell_how_to_reach(environment: Mapping[str, str], *, err: bool) -> None:
    """For a shell to run; on stderr where a report has stdout for itself."""
    click.echo("\n# The example account stays up until Ctrl-C. In another terminal:", err=err)
    click.echo(f"unset {' '.join(strays(environment))}", err=err)
    for name, value in environment.items():
        click.echo(f"export {name}={quote(value)}", err=err)


def _stay_up(environment: Mapping[str, str], *, err: bool) -> None:
    """Until Ctrl-C, which is how this is meant to end and so no failure."""
    try:
        _tell_how_to_reach(environment, err=err)
        Event().wait()
    except KeyboardInterrupt:
        click.echo(err=True)
        say("ended")
