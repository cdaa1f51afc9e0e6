"""`idkeep checks`."""

import click

from idkeep.api.checks import all_checks, listed_checks
from idkeep.cli import terminal


@click.command("checks")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="As JSON, with frameworks, permissions and what each stands in for.",
)
def command(*, as_json: bool) -> None:
    """List what idkeep looks for.

    Worst first. `idkeep explain ID` tells about one.
    """
    if as_json:
        import msgspec  # noqa: PLC0415 -- for this output only

        click.echo(msgspec.json.format(msgspec.json.encode(listed_checks()), indent=2))
        return
    from idkeep.report.text import check_lines  # noqa: PLC0415 -- rich, for this output only

    console = terminal.console()
    for line in check_lines((one.severity, one.id, one.title) for one in all_checks()):
        console.print(line, soft_wrap=True)
