"""`idkeep demo`."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shlex import quote
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from idkeep.api.demo import (
    demo_command,
    demo_environment,
    demo_organization,
    demo_scan,
    demo_server,
    strays,
)
from idkeep.api.settings import load_settings
from idkeep.cli import options, reports
from idkeep.cli.sections import Sectioned
from idkeep.cli.terminal import say
from idkeep.model import Family

if TYPE_CHECKING:
    from idkeep.report import OrganizationReport, ScanReport

# As many as their names have digits for.
MOST_USERS, MOST_ACCOUNTS = 99_999, 9_999


@click.command("demo", cls=Sectioned)
@click.option(
    "--estate",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Another account to play, in TOML.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="By default a free one.")
@click.option(
    "--users",
    metavar="N",
    type=click.IntRange(0, MOST_USERS),
    default=0,
    help="So many users more, with two roles and one policy for every three.",
)
@click.option(
    "--accounts",
    metavar="N",
    type=click.IntRange(0, MOST_ACCOUNTS),
    default=0,
    help="So many small accounts more in the organisation; for --keep and `scan --org`.",
)
@click.option("--org", is_flag=True, help="Scan every account of the example organisation.")
@click.option("--as-root", is_flag=True, help="Scan with the root user's credentials.")
@click.option("--keep", is_flag=True, help="Leave it up and print how to point at it.")
@click.option(
    "--facts",
    metavar="LIST",
    callback=options.families,
    help="Families of facts, as for `scan`; by default identity, and with --org organization and "
    "center too.",
)
@reports.reporting
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    /,
    *,
    estate: Path | None,
    port: int,
    users: int,
    accounts: int,
    org: bool,
    as_root: bool,
    keep: bool,
    facts: frozenset[Family],
    config: Path | None,
    verbose: bool,
    **given: Any,  # noqa: ANN401 -- the options of `reports`
) -> None:
    """Scan an example account or organisation on this machine.

    Starts a local AWS server that plays it, and runs the ordinary scan against it.
    Nothing leaves the machine. Findings make no failure here unless --fail-on is given: the exit
    code is 0, or 3 where not everything could be read.
    """
    if org and as_root:
        raise click.UsageError("--org goes through roles: leave --as-root out")
    if org and estate:
        raise click.UsageError("--estate is one account: leave --org out")
    settings = load_settings(config)
    asked = ctx.get_parameter_source("fail_on") is click.core.ParameterSource.COMMANDLINE
    if not asked:
        given["fail_on"] = "never"
    reporting = reports.Reporting.of(given)
    judging = reporting.judging()
    principal = "root" if as_root else "auditor"
    with (
        reports.Documents(reporting) as documents,
        demo_server(estate, port=port, users=users, accounts=accounts) as server,
    ):
        common: dict[str, Any] = {"settings": settings, "judging": judging}
        if options.said(ctx, "facts"):
            common["families"] = facts
        found: ScanReport | OrganizationReport
        if org:
            with options.lines(verbose=verbose, quiet=reporting.quiet) as tell:
                found = demo_organization(server, tell=tell, each=documents.account, **common)
        else:
            with options.progress(verbose=verbose, quiet=reporting.quiet) as progress:
                found = demo_scan(server, principal=principal, progress=progress, **common)
        # Whoever read the report may have seen enough of it; the exit code stands.
        with suppress(BrokenPipeError):
            documents.finish(found)
            if keep:
                _stay_up(
                    demo_environment(server, principal, org=org),
                    demo_command(org=org),
                    err=reporting.take_stdout,
                )
    ctx.exit(reporting.exit_code(found))


def _tell_how_to_reach(environment: Mapping[str, str], command: str, *, err: bool) -> None:
    """For a shell to run; on stderr where a report has stdout for itself."""
    click.echo("\n# The example stays up until Ctrl-C. In another terminal:", err=err)
    click.echo(f"unset {' '.join(strays(environment))}", err=err)
    for name, value in environment.items():
        click.echo(f"export {name}={quote(value)}", err=err)
    click.echo(f"# and then, for example: {command}", err=err)


def _stay_up(environment: Mapping[str, str], command: str, *, err: bool) -> None:
    """Until Ctrl-C, which is how this is meant to end and so no failure."""
    try:
        _tell_how_to_reach(environment, command, err=err)
        Event().wait()
    except KeyboardInterrupt:
        click.echo(err=True)
        say("ended")
