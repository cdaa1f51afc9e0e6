"""`idkeep explain`."""

import sys

import click

from idkeep.api.checks import all_checks, find_check
from idkeep.cli import terminal
from idkeep.report import check_page


def _ids(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    return [one.id for one in all_checks() if one.id.startswith(incomplete)]


@click.command("explain")
@click.argument("check", shell_complete=_ids)
def command(*, check: str) -> None:
    """Tell about one check: why it matters, what to do.

    CHECK is an id as `idkeep checks` lists them.
    """
    page = check_page(find_check(check))
    if not sys.stdout.isatty():
        click.echo(page, nl=False)
        return
    from rich.markdown import Markdown  # noqa: PLC0415

    terminal.console().print(Markdown(page))
