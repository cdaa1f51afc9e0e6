"""`idkeep explain`."""

import sys
from pathlib import Path

import click

from idkeep.api.checks import all_checks, find_check
from idkeep.api.findings import explain_finding, is_finding_id
from idkeep.api.settings import load_settings
from idkeep.cli import options, terminal
from idkeep.report import check_page


def _ids(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    return [one.id for one in all_checks() if one.id.startswith(incomplete)]


@click.command("explain")
@click.argument("name", metavar="CHECK|FINDING", shell_complete=_ids)
@click.option("--snapshot", metavar="ID|FILE", help="Where the finding is; else the newest kept.")
@options.store
@options.settings_file
def command(*, name: str, snapshot: str | None, store: Path, config: Path | None) -> None:
    """Tell about one check, or what one finding rests on.

    A check is named as `idkeep checks` lists it: why it matters, what to do. A finding is named by
    the id that reports give it (16 hex digits): what matched, on which evidence, since when, what
    to do, what may stop working by it, and who is allowed to: users and roles by name, with the
    policy that allows it. What only another account can change is asked there, if it was scanned
    in the same run.
    """
    if is_finding_id(name):
        settings = load_settings(config)
        page = explain_finding(name, store=store, snapshot=snapshot, settings=settings)
    else:
        page = check_page(find_check(name))
    if not sys.stdout.isatty():
        click.echo(page, nl=False)
        return
    from rich.markdown import Markdown  # noqa: PLC0415

    terminal.console().print(Markdown(page))
