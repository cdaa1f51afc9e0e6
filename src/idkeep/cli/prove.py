"""`idkeep prove`."""

from contextlib import suppress
from pathlib import Path

import click

from idkeep.api.compare import Proof, prove_never
from idkeep.cli.compare import request_lines
from idkeep.errors import Exit
from idkeep.policy import PolicyKind
from idkeep.report import printable

_EXITS = {"never": Exit.OK, "allowed": Exit.FINDINGS, "unknown": Exit.INCOMPLETE}
_WORDS = {
    "never": "no request of the kind is allowed",
    "allowed": "some request of the kind is allowed",
    "unknown": "nobody can tell",
}


@click.command("prove")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILE...",
    type=click.Path(path_type=Path, dir_okay=False),
)
@click.option(
    "--never",
    "actions",
    multiple=True,
    required=True,
    metavar="ACTION",
    help="An action, or a pattern of some. May be given again.",
)
@click.option(
    "--on",
    "resources",
    multiple=True,
    default=("*",),
    metavar="RESOURCE",
    help="On which resources: an ARN, or a pattern of some; by default any.",
)
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in PolicyKind]),
    help="What the policies are attached to; by default it is told by their form.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    files: tuple[Path, ...],
    actions: tuple[str, ...],
    resources: tuple[str, ...],
    kind: str | None,
    as_json: bool,
) -> None:
    """Prove that policies never allow something, over all requests.

    FILES are policies in force together, each one document or a list of them. Exits with 0 for a
    proof, 1 with a request that they allow, 3 if nobody can tell. See docs/compare.md.
    """
    found = prove_never(files, actions, resources, PolicyKind(kind) if kind else None)
    # Whoever read the answer may have seen enough of it; the exit code stands.
    with suppress(BrokenPipeError):
        _tell(found, as_json=as_json)
    ctx.exit(_EXITS[found.answer])


def _tell(found: Proof, *, as_json: bool) -> None:
    if as_json:
        from msgspec import json  # noqa: PLC0415 -- for this output only

        click.echo(json.format(json.encode(found), indent=2))
        return
    click.echo(f"{found.answer.upper():<9}{_WORDS[found.answer]}")
    if found.request:
        click.echo("\n  They allow, for one:")
        for line in request_lines(found.request):
            click.echo(line)
    if found.why:
        click.echo(f"\n  Note: {printable(found.why)}")
