"""`idkeep doctor`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idkeep.cli import options, organization
from idkeep.model import Family
from idkeep.report.printable import printable

if TYPE_CHECKING:
    from idkeep.api.doctor import Diagnosis, Examined


_FEW = 8


@click.command("doctor")
@options.reading
@click.option(
    "--account",
    "accounts",
    metavar="ID",
    multiple=True,
    callback=options.account_ids,
    help="The account it must be; with --org, those to enter.",
)
@organization.entering
@options.store
@click.option("-v", "--verbose", is_flag=True, help="Log each AWS call by its name.")
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    /,
    *,
    profile: str | None,
    region: str | None,
    facts: frozenset[Family],
    accounts: tuple[str, ...],
    store: Path,
    verbose: bool,
    **org: Any,  # noqa: ANN401 -- the options of `organization`
) -> None:
    """Prove credentials, permissions, clock and store before a scan.

    Asks what a scan would ask, each operation once and as little as AWS gives, and says what each
    missing permission would leave unknown. The exit code is 3 where something is missing.
    """
    from idkeep.api.doctor import diagnose  # noqa: PLC0415 -- the AWS SDK, for this verb only

    wanted = organization.wanted(ctx, org, facts, accounts)
    with options.progress(verbose=verbose) as progress:
        found = diagnose(
            store=store,
            profile=profile,
            region=region,
            account=None if wanted else next(iter(accounts), None),
            families=facts,
            organization=wanted,
            tell=progress,
        )
    for line in _lines(found, every=verbose):
        click.echo(printable(line))
    ctx.exit(found.exit_code())


def _lines(found: "Diagnosis", *, every: bool) -> Iterator[str]:
    yield f"account {found.account} in {found.partition}, asked in {found.region}"
    yield f"as {found.caller}"
    seconds = found.skew.total_seconds()
    off = "  WRONG: set it" if found.clock_is_off else ""
    yield f"clock: {seconds:+.0f} s beside AWS's{off}"
    yield f"store: {found.store or 'can be written'}"
    for one in found.examined:
        yield ""
        yield from _examined(one, every=every)
    if found.doors:
        yield ""
        inside = sum(not one.why for one in found.doors)
        yield f"{inside} of {len(found.doors)} accounts let the role in; {found.skipped} left out"
        for door in found.doors:
            if door.why:
                yield f"  {door.account} {door.name}: {door.why}"


def _examined(one: "Examined", *, every: bool) -> Iterator[str]:
    yield f"account {one.account}: {one.allowed} permissions there, {len(one.missing)} missing"
    for lack in one.missing:
        yield f"  MISSING {lack.action}: {lack.error}"
        if lack.detail:
            yield f"    {lack.detail}"
        yield f"    leaves unknown: {', '.join((*lack.checks, *_facts(lack.families)))}"
    for odd in one.odd:
        yield f"  not told: {odd}"
    if one.for_managers:
        yield f"  told to the managing account alone: {', '.join(one.for_managers)}"
    if one.untried:
        yield f"  nothing there to try it on: {_untried(one.untried, every=every)}"


def _untried(actions: tuple[str, ...], *, every: bool) -> str:
    """Names; of many, how many of which service."""
    if every or len(actions) <= _FEW:
        return ", ".join(actions)
    services = Counter(one.partition(":")[0] for one in actions)
    told = ", ".join(f"{service} {number}" for service, number in services.items())
    return f"{len(actions)} ({told}); -v names them"


def _facts(families: tuple[str, ...]) -> Iterator[str]:
    return (f"facts of {one}" for one in families)
