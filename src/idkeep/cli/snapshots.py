"""`idkeep snapshots`."""

from pathlib import Path

import click

from idkeep.api.snapshots import kept_snapshots
from idkeep.cli import options
from idkeep.cli.terminal import say
from idkeep.report.printable import escaped_json, printable
from idkeep.store import Damaged, Row


@click.command("snapshots")
@options.store
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(*, store: Path, as_json: bool) -> None:
    """List the snapshots that scans have kept.

    Newest last, damaged ones first. `idkeep scan --snapshot ID` judges one again.
    """
    kept = kept_snapshots(store)
    if as_json:
        import msgspec  # noqa: PLC0415 -- for this output only

        click.echo(escaped_json(msgspec.json.format(msgspec.json.encode(kept), indent=2)))
        return
    if not kept:
        say(f"No snapshots in {store} yet; `idkeep scan` makes one.")
        return
    click.echo(f"{'id':<14}{'account':<14}{'taken (UTC)':<18}{'users':>7}{'roles':>7}{'gaps':>6}")
    for one in kept:
        click.echo(printable(_line(one)))


def _line(row: Row) -> str:
    if isinstance(row, Damaged):
        return f"{row.id:<14}damaged: {row.damaged}"
    return (
        f"{row.id:<14}{row.account:<14}{row.taken:%Y-%m-%d %H:%M}  "
        f"{row.users:>7}{row.roles:>7}{row.gaps:>6}"
    )
