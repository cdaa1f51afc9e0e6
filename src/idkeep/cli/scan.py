"""`idkeep scan`."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idkeep.api.offline import parse_taken, scan_folder
from idkeep.api.scan import NotKept, scan
from idkeep.api.settings import load_settings
from idkeep.api.snapshots import rejudge, run_report
from idkeep.cli import options, organization, reports
from idkeep.cli.sections import Sectioned
from idkeep.cli.terminal import say
from idkeep.model import Family

if TYPE_CHECKING:
    from idkeep.api.judging import Against
    from idkeep.cli.reports import Report
    from idkeep.errors import IdkeepError


@click.command("scan", cls=Sectioned)
@options.reading
@options.costs
@click.option(
    "--account",
    "accounts",
    metavar="ID",
    multiple=True,
    callback=options.account_ids,
    help="Refuse to read any other account than this one (12 digits); with --org and --run, the "
    "accounts it is about, one option each.",
)
@click.option(
    "--snapshot",
    metavar="ID|FILE",
    help="Judge a snapshot and leave AWS alone: an id, its beginning, latest, or a file.",
)
@options.saved
@organization.entering
@organization.reading
@click.option(
    "--run", metavar="ID", help="Judge a kept --org scan again and leave AWS alone; or latest."
)
@options.store
@click.option("--no-store", is_flag=True, help="Keep no snapshot.")
@reports.held_against
@reports.reporting
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
    baseline: str | None,
    config: Path | None,
    verbose: bool,
    **given: Any,  # noqa: ANN401 -- the options of `organization` and `reports`
) -> None:
    """Read an AWS account and say what is wrong with its identities.

    Reads with a handful of calls and changes nothing. What could not be read is said, and is
    never a pass. With --org it reads every account of the organisation.
    """
    reporting = reports.Reporting.of(given, store)
    wanted = organization.wanted(
        ctx, given, facts, accounts, most_calls=None if yes else max_calls, run=run
    )
    options.check_reading(ctx)
    _check_together(ctx)
    settings = load_settings(config)
    against = _against(baseline, store, of_runs=bool(wanted or run)) if baseline else None
    judging = reporting.judging(against)
    # Whoever read the report may have seen enough of it; the exit code stands.
    with reports.Documents(reporting) as documents:
        found: Report
        common: dict[str, Any] = {"settings": settings, "judging": judging}
        unkept: IdkeepError | None = None
        if snapshot:
            found = rejudge(snapshot, store=store, **common)
        elif run:
            only = frozenset(accounts) or None
            found = run_report(run, store=store, only=only, each=documents.account, **common)
        elif wanted:
            found = organization.scan(
                wanted,
                store,
                profile=profile,
                region=region,
                verbose=verbose,
                quiet=reporting.quiet,
                each=documents.account,
                **common,
            )
        else:
            with options.progress(verbose=verbose, quiet=reporting.quiet) as progress:
                common |= {
                    "account": next(iter(accounts), None),
                    "families": facts,
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
        with suppress(BrokenPipeError):
            documents.finish(found, unkept)
    ctx.exit(reporting.exit_code(found))


def _against(wanted: str, store: Path, *, of_runs: bool) -> "Against":
    """What it names is looked up before there is a newer one."""
    from idkeep.api.baseline import baseline, baseline_run  # noqa: PLC0415 -- every check

    return (baseline_run if of_runs else baseline)(wanted, store=store)


def _check_together(ctx: click.Context) -> None:
    """Which options exclude each other."""
    sources = options.said(ctx, "snapshot", "run", "folder", "org")
    if len(sources) > 1:
        raise click.UsageError(f"{' and '.join(sources)} go one at a time")
    asking = ["profile", "region", "facts", "max_calls", "yes", "no_store"]
    if sources == ("--snapshot",):
        asking.append("accounts")
    useless = options.said(ctx, *asking)
    if useless and sources and sources[0] in ("--snapshot", "--run"):
        raise click.UsageError(f"{sources[0]} reads no AWS account: leave {', '.join(useless)} out")
    if sources == ("--org",) and "--no-store" in useless:
        raise click.UsageError("--org keeps what it reads: leave --no-store out")
    if ctx.params["baseline"] == "latest" and options.said(ctx, "resume"):
        raise click.UsageError("--resume goes on with the latest run: name an older --baseline")
    if "--no-store" in useless and options.said(ctx, "store"):
        raise click.UsageError("--store and --no-store go one at a time")
