"""`idkeep snapshots`."""

from pathlib import Path

import click

from idkeep.api.snapshots import kept_snapshots
from idkeep.cli import options


@click.command("snapshots")
@options.store
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(*, store: Path, as_json: bool) -> None:
    """List the snapshots that scans have kept.

    Newest last. `idkeep scan --snapshot ID` judges one again.
    """
    kept = kept_snapshots(store)
    if as_json:
        import msgspec  # noqa: PLC0415 -- for this output only

        click.echo(msgspec.json.format(msgspec.json.encode(kept), indent=2))
        return
    if not kept:
        click.echo(f"No snapshots in {store} yet; `idkeep scan` makes one.", err=True)
        return
    click.echo(f"{'id':<14}{'account':<14}{'taken (UTC)':<18}{'users':>7}{'roles':>7}{'gaps':>6}")
    for one in kept:
        click.echo(
            f"{one.id:<14}{one.account:<14}{one.taken:%Y-%m-%d %H:%M}  "
            f"{one.users:>7}{one.roles:>7}{one.gaps:>6}"
        )
