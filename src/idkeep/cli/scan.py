"""`idkeep scan`."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idkeep.api.offline import parse_taken, scan_folder
from idkeep.api.scan import NotKept, scan
from idkeep.api.settings import load_settings
from idkeep.api.snapshots import rejudge, run_report
from idkeep.cli import options, organization
from idkeep.cli.terminal import say
from idkeep.model import Family

if TYPE_CHECKING:
    from idkeep.cli.options import Report
    from idkeep.errors import IdkeepError


@click.command("scan")
@options.reading
@click.option(
    "--account",
    "accounts",
    metavar="ID",
    multiple=True,
    callback=options.account_ids,
    help="Refuse to read any other account than this one (12 digits); with --org, the accounts "
    "to read, one option each.",
)
@click.option(
    "--snapshot",
    metavar="ID|FILE",
    help="Judge a snapshot and leave AWS alone: an id, its beginning, latest, or a file.",
)
@options.saved
@organization.options
@click.option(
    "--run", metavar="ID", help="Judge a kept --org scan again and leave AWS alone; or latest."
)
@options.store
@click.option("--no-store", is_flag=True, help="Keep no snapshot.")
@options.reporting
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    /,
    *,
    profile: str | None,
    region: str | None,
    facts: frozenset[Family],
    accounts: tuple[str, ...],
    max_calls: int,
    yes: bool,
    snapshot: str | None,
    folder: Path | None,
    taken: str | None,
    run: str | None,
    store: Path,
    no_store: bool,
    config: Path | None,
    json_file: Path | None,
    html_file: Path | None,
    show_all: bool,
    fail_on: str,
    verbose: bool,
    **org: Any,  # noqa: ANN401 -- the options of `organization`
) -> None:
    """Read an AWS account and say what is wrong with its identities.

    Reads with a handful of calls and changes nothing. What could not be read is said, and is
    never a pass. With --org it reads every account of the organisation.
    """
    wanted = organization.wanted(ctx, org, facts, accounts, most_calls=None if yes else max_calls)
    options.check_saved(folder, taken, {"--profile": profile, "--region": region})
    _check_together(ctx, snapshot=snapshot, run=run, folder=folder, org=wanted is not None)
    if wanted is None and len(accounts) > 1:
        raise click.UsageError("several --account go with --org")
    settings = load_settings(config)
    outputs = options.Outputs(json_file, html_file)
    outputs.check(store)
    found: Report
    unkept: IdkeepError | None = None
    if snapshot:
        found = rejudge(snapshot, store=store, settings=settings)
    elif run:
        found = run_report(run, store=store, settings=settings)
    elif wanted:
        found = organization.scan(
            wanted, store, profile=profile, region=region, settings=settings, verbose=verbose
        )
    else:
        with options.progress(verbose=verbose) as progress:
            common: dict[str, Any] = {
                "account": next(iter(accounts), None),
                "families": facts,
                "settings": settings,
                "store": None if no_store else store,
                "progress": progress,
            }
            try:
                if folder:
                    when = parse_taken(taken) if taken else None
                    found = scan_folder(folder, taken=when, note=say, **common)
                else:
                    consent = options.consent(progress, max_calls=max_calls, yes=yes)
                    found = scan(profile=profile, region=region, may_ask=consent, **common)
            except NotKept as error:
                found, unkept = error.report, error
    # Whoever read the report may have seen enough of it; the exit code stands.
    with suppress(BrokenPipeError):
        options.show(found, outputs, show_all=show_all, trouble=unkept)
    ctx.exit(options.exit_code(found, fail_on))


def _check_together(
    ctx: click.Context, *, snapshot: str | None, run: str | None, folder: Path | None, org: bool
) -> None:
    """Which options exclude each other."""
    given = {
        name
        for name in ("profile", "region", "facts", "accounts", "max_calls", "yes", "no_store")
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    }
    if sum(map(bool, (snapshot, run, folder, org))) > 1:
        raise click.UsageError("--snapshot, --run, --from and --org go one at a time")
    if (snapshot or run) and given:
        word = "--snapshot" if snapshot else "--run"
        raise click.UsageError(f"{word} reads no AWS account: leave the other options out")
    if org and "no_store" in given:
        raise click.UsageError("--org keeps what it reads: leave --no-store out")
