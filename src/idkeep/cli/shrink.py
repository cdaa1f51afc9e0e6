"""`idkeep shrink`."""

from pathlib import Path

import click

from idkeep.api.minimise import shrink_file
from idkeep.cli.minimise import BY_CATALOG, COMPACT, FILE, KIND, tell
from idkeep.policy import PolicyKind


@click.command("shrink")
@FILE
@KIND
@BY_CATALOG
@COMPACT
def command(*, path: Path, kind: str | None, by_catalog: bool, compact: bool) -> None:
    """Write a policy's actions in fewer patterns that mean the same.

    Without --by-catalog they mean the same for every action there may ever be, which is proven
    before anything is printed. The policy goes to standard output, what was done to standard
    error. FILE may be -, standard input. See docs/minimise.md.
    """
    tell(
        shrink_file(
            path,
            kind=PolicyKind(kind) if kind else None,
            by_catalog=by_catalog,
            compact=compact,
        )
    )
