"""`idkeep diff`."""

from pathlib import Path

import click

from idkeep.api.diff import diff
from idkeep.cli import options, output, terminal
from idkeep.errors import Exit
from idkeep.report import json_pieces


@click.command("diff")
@click.argument("before", default="previous")
@click.argument("after", default="latest")
@options.store
@click.option("--any-account", is_flag=True, help="Compare two accounts, by names.")
@click.option("--json", "as_document", is_flag=True, help="As JSON.")
@click.option("--all", "show_all", is_flag=True, help="Show every subject.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where something changed.")
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    *,
    before: str,
    after: str,
    store: Path,
    any_account: bool,
    as_document: bool,
    show_all: bool,
    exit_code: bool,
) -> None:
    """Say what changed between two snapshots.

    BEFORE and AFTER are ids (or their beginnings), latest, previous (the one before the latest of
    its account) or snapshot files; by default previous and latest. When a credential was last used
    is no change.
    """
    found = diff(before, after, store=store, any_account=any_account)
    if as_document:
        output.write(Path("-"), json_pieces(found))
    else:
        from idkeep.report.diff_text import DiffText  # noqa: PLC0415 -- rich, for this output only

        terminal.console().print(DiffText(found, show_all=show_all))
    ctx.exit(Exit.FINDINGS if exit_code and found.differs else Exit.OK)
