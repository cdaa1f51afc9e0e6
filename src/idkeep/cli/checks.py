"""`idkeep checks`."""

import click

from idkeep.api.checks import all_checks
from idkeep.cli import terminal


@click.command("checks")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(*, as_json: bool) -> None:
    """List what idkeep looks for.

    Worst first. `idkeep explain ID` tells about one.
    """
    every = all_checks()
    if as_json:
        import msgspec  # noqa: PLC0415 -- for this output only

        told = [
            {
                "id": one.id,
                "severity": one.severity,
                "subject": one.subject.__name__,
                "title": one.title,
                "controls": one.controls,
            }
            for one in every
        ]
        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=2))
        return
    from idkeep.report.text import check_lines  # noqa: PLC0415 -- rich, for this output only

    console = terminal.console()
    for line in check_lines((one.severity, one.id, one.title) for one in every):
        console.print(line, soft_wrap=True)
