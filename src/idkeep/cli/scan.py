"""`idkeep scan`."""

from contextlib import suppress
from pathlib import Path

import click

from idkeep.api.scan import NotKept, scan
from idkeep.api.settings import load_settings
from idkeep.api.snapshots import rejudge
from idkeep.cli import options


@click.command("scan")
@click.option("--profile", help="The AWS profile; by default the usual credential chain.")
@click.option("--region", help="Where to ask; it picks the partition (China, GovCloud).")
@click.option(
    "--account",
    metavar="ID",
    callback=options.account_id,
    help="Refuse to read any other account than this one (12 digits).",
)
@click.option(
    "--snapshot",
    metavar="ID",
    help="Judge a kept snapshot and leave AWS alone: an id, its beginning, or latest.",
)
@options.store
@click.option("--no-store", is_flag=True, help="Keep no snapshot.")
@options.reporting
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    *,
    profile: str | None,
    region: str | None,
    account: str | None,
    snapshot: str | None,
    store: Path,
    no_store: bool,
    config: Path | None,
    json_file: Path | None,
    html_file: Path | None,
    show_all: bool,
    fail_on: str,
    verbose: bool,
) -> None:
    """Read an AWS account and say what is wrong with its identities.

    Reads with a handful of calls and changes nothing. What could not be read is said, and is
    never a pass.
    """
    if snapshot and (profile or region or account or no_store):
        raise click.UsageError("--snapshot reads no AWS account: leave the other options out")
    settings = load_settings(config)
    outputs = options.Outputs(json_file, html_file)
    outputs.check(store)
    unkept = None
    if snapshot:
        found = rejudge(snapshot, store=store, settings=settings)
    else:
        with options.progress(verbose=verbose) as progress:
            try:
                found = scan(
                    profile=profile,
                    region=region,
                    account=account,
                    settings=settings,
                    store=None if no_store else store,
                    progress=progress,
                )
            except NotKept as error:
                found, unkept = error.report, error
    # Whoever read the report may have seen enough of it; the exit code stands.
    with suppress(BrokenPipeError):
        options.show(found, outputs, show_all=show_all, trouble=unkept)
    ctx.exit(options.exit_code(found, fail_on))
