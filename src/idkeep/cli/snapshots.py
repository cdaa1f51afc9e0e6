"""`idkeep snapshots`."""

from collections.abc import Iterable
from pathlib import Path

import click

from idkeep.api.portable import export
from idkeep.api.snapshots import kept_snapshots, prune
from idkeep.cli import options
from idkeep.cli.terminal import say
from idkeep.report.printable import escaped_json, printable
from idkeep.store import Damaged, Row


@click.group("snapshots", invoke_without_command=True)
@options.store
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(ctx: click.Context, *, store: Path, as_json: bool) -> None:
    """List the snapshots that scans have kept, export and prune them.

    Newest last, damaged ones first. `idkeep scan --snapshot ID` judges one again.
    """
    if ctx.invoked_subcommand is None:
        _list(store, as_json=as_json)
    elif as_json:
        raise click.UsageError("--json belongs to the list alone")


@command.command("export")
@click.argument("snapshot", metavar="ID")
@options.portable
@options.store
@click.pass_context
def export_command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    *,
    snapshot: str,
    out: Path,
    force: bool,
    redact: bool,
    redact_key_file: Path | None,
    store: Path,
) -> None:
    """Write a snapshot to a file that travels.

    ID is as for `idkeep scan --snapshot`; a file may be redacted into another one.
    """
    key = options.redaction_key(redact=redact, key_file=redact_key_file)
    chosen = _store(ctx, store)
    written = export(snapshot, out, store=chosen, redaction_key=key, force=force)
    say(options.written(out, written))


@command.command("prune")
@click.option("--keep-last", type=click.IntRange(min=1), help="Keep so many of each account.")
@click.option("--keep-days", type=click.IntRange(min=0), help="Keep those so young.")
@click.option(
    "--account", metavar="ID", callback=options.account_id, help="Look at this account alone."
)
@click.option("--yes", is_flag=True, help="Delete them; without it they are only listed.")
@options.store
@click.pass_context
def prune_command(
    ctx: click.Context,
    *,
    keep_last: int | None,
    keep_days: int | None,
    account: str | None,
    yes: bool,
    store: Path,
) -> None:
    """Delete old snapshots.

    One that either option keeps stays, and the newest of each account always does. What is
    deleted cannot be had again.
    """
    if keep_last is None and keep_days is None:
        raise click.UsageError("say what to keep: --keep-last, --keep-days or both")
    chosen = _store(ctx, store)
    spare = prune(chosen, keep_last=keep_last, keep_days=keep_days, account=account, delete=yes)
    if not spare:
        say("Nothing to delete.")
        return
    _show(spare)
    say(f"deleted {len(spare)}" if yes else f"{len(spare)} would be deleted; --yes deletes them")


def _store(ctx: click.Context, own: Path) -> Path:
    """`--store` may stand before the subcommand, too; after it, it wins."""
    given = click.core.ParameterSource.COMMANDLINE
    parent = ctx.parent
    if ctx.get_parameter_source("store") is given or parent is None:
        return own
    outer = parent.params["store"]
    return Path(outer) if parent.get_parameter_source("store") is given else own


def _list(store: Path, *, as_json: bool) -> None:
    kept = kept_snapshots(store)
    if as_json:
        import msgspec  # noqa: PLC0415 -- for this output only

        click.echo(escaped_json(msgspec.json.format(msgspec.json.encode(kept), indent=2)))
        return
    if not kept:
        say(f"No snapshots in {store} yet; `idkeep scan` makes one.")
        return
    _show(kept)


def _show(kept: Iterable[Row]) -> None:
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
