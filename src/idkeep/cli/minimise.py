"""`idkeep minimise`, and what `idkeep shrink` shares with it."""

from contextlib import suppress
from pathlib import Path

import click

from idkeep.api.minimise import MinimisedPolicy, Wanted, minimise_file
from idkeep.cli.terminal import say
from idkeep.policy import PolicyKind
from idkeep.report.printable import escaped_json

FILE = click.argument(
    "path",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
KIND = click.option(
    "--kind",
    type=click.Choice([one.value for one in PolicyKind]),
    help="What the policy is; by default guessed from its principals, and said.",
)
BY_CATALOG = click.option(
    "--by-catalog",
    is_flag=True,
    help="Fold actions by those that the catalog knows; a wildcard takes in newer ones.",
)
COMPACT = click.option("--compact", is_flag=True, help="Print without white space.")


@click.command("minimise")
@FILE
@KIND
@BY_CATALOG
@COMPACT
@click.option("--drop-sids", is_flag=True, help="Leave the statements' names out.")
@click.option(
    "--max-size",
    type=click.IntRange(min=1),
    default=None,
    metavar="N",
    help="Fail unless it is at most so long, as AWS counts the kind.",
)
@click.option(
    "--split", "share_out", is_flag=True, help="Share it out over several policies, as a list."
)
@click.option(
    "--attachments",
    type=click.IntRange(min=1),
    default=None,
    metavar="N",
    help="How many policies --split may make; by default what AWS lets attach.",
)
def command(  # noqa: PLR0913 -- an option each
    *,
    path: Path,
    kind: str | None,
    by_catalog: bool,
    compact: bool,
    drop_sids: bool,
    max_size: int | None,
    share_out: bool,
    attachments: int | None,
) -> None:
    """Write a policy in fewer characters that mean the same.

    Statements are merged, and left out where others make them needless; so are actions and
    resources. Each step is proven for all requests before anything is printed. Exits with 1 where
    the policy can't be made as short as --max-size. FILE may be -, standard input. See
    docs/minimise.md.
    """
    if attachments and not share_out:
        raise click.UsageError("--attachments is about --split")
    wanted = Wanted(
        by_catalog=by_catalog,
        without_sids=drop_sids,
        compact=compact,
        max_size=max_size or 0,
        share_out=share_out,
        attachments=attachments or 0,
    )
    found = minimise_file(path, wanted, kind=PolicyKind(kind) if kind else None)
    tell(found, as_list=share_out)


def tell(found: MinimisedPolicy, *, as_list: bool = False) -> None:
    """The policy on standard output, all else on standard error."""
    inside = ",\n".join(found.texts)
    # Whoever read the policy may have seen enough of it.
    with suppress(BrokenPipeError):
        text = f"[\n{inside}\n]" if as_list else inside
        click.echo(escaped_json(text.encode()))
    for note in found.notes:
        say(note)
    if found.guessed:
        say(f"taken for the kind {found.kind}; --kind says")
    after = " + ".join(f"{one:,}" for one in found.after)
    say(f"{found.before:,} {found.unit} before, {after} now")
