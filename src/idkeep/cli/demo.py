"""`idkeep demo`."""

from pathlib import Path
from threading import Event

import click

from idkeep.api.demo import demo_scan, demo_server
from idkeep.api.settings import load_settings
from idkeep.cli import options


@click.command("demo")
@click.option(
    "--estate",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Another account to play, in TOML.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default a free one.")
@click.option("--as-root", is_flag=True, help="Scan with the root user's credentials.")
@click.option("--keep", is_flag=True, help="Leave the account up and print how to point at it.")
@options.reporting
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    *,
    estate: Path | None,
    port: int,
    as_root: bool,
    keep: bool,
    config: Path | None,
    json_file: Path | None,
    html_file: Path | None,
    show_all: bool,
    fail_on: str,
    verbose: bool,
) -> None:
    """Scan an example account on this machine.

    Starts a local AWS server that plays the account, and runs the ordinary scan against it.
    Nothing leaves the machine. The exit code is 0 if the scan could run, unless --fail-on is
    given.
    """
    settings = load_settings(config)
    principal = "root" if as_root else "auditor"
    with demo_server(estate, port=port) as server:
        with options.progress(verbose=verbose) as progress:
            found = demo_scan(server, principal=principal, settings=settings, progress=progress)
        options.show(found, json_file=json_file, html_file=html_file, show_all=show_all)
        if keep:
            click.echo("\n# The example account stays up until Ctrl-C. In another terminal:")
            for name, value in server.environment(principal).items():
                click.echo(f"export {name}={value}")
            _wait_for_interrupt()
    asked = ctx.get_parameter_source("fail_on") is click.core.ParameterSource.COMMANDLINE
    ctx.exit(options.exit_code(found, fail_on) if asked else 0)


def _wait_for_interrupt() -> None:
    try:
        Event().wait()
    except KeyboardInterrupt:
        click.echo("\nended", err=True)
