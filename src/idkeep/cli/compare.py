"""`idkeep compare`."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from idkeep.api.compare import compare_all, compare_files
from idkeep.errors import Exit
from idkeep.policy import PolicyKind
from idkeep.policy.symbolic.batch import Line, SaidRequest
from idkeep.report import printable

_RELATIONS = ("equivalent", "narrower", "broader", "incomparable")
_WORDS = {
    "equivalent": "both allow the same",
    "narrower": "the first allows less",
    "broader": "the first allows more",
    "incomparable": "each allows something that the other does not",
    "unknown": "nobody can tell",
}


@click.command("compare")
@click.argument("files", nargs=-1, metavar="A B", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in PolicyKind]),
    help="What the policies are attached to; by default it is told by their form.",
)
@click.option(
    "--expect",
    type=click.Choice(_RELATIONS),
    multiple=True,
    help="Exit with 0 for this relation only. May be given again.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, in the form of --jsonl.")
@click.option("--jsonl", is_flag=True, help="One pair a line, in and out, as JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    files: tuple[Path, ...],
    kind: str | None,
    expect: tuple[str, ...],
    as_json: bool,
    jsonl: bool,
) -> None:
    """Tell which of two policies allows more, over all requests.

    A and B are files with one policy document, or a list of them. Exits with 0 if A allows
    nothing that B does not, 1 if it does, 3 if nobody can tell. With --jsonl, reads pairs from
    A or standard input. What is compared is in docs/compare.md.
    """
    if jsonl:
        if len(files) > 1 or kind or expect or as_json:
            raise click.UsageError("--jsonl takes one file or none, and no other option")
        _in_bulk(files)
        return
    if len(files) != 2:  # noqa: PLR2004 -- A and B
        raise click.UsageError("two files are compared")
    found = compare_files(*files, kind=PolicyKind(kind) if kind else None)
    # Whoever read the answer may have seen enough of it; the exit code stands.
    with suppress(BrokenPipeError):
        _tell(found, files, as_json=as_json)
    if found.relation == "unknown":
        ctx.exit(Exit.INCOMPLETE)
    ctx.exit(Exit.OK if found.relation in (expect or ("equivalent", "narrower")) else Exit.FINDINGS)


def _in_bulk(files: tuple[Path, ...]) -> None:
    cases = click.File("rb")(str(files[0]) if files else "-")
    for line in compare_all(cases):
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def _tell(found: Line, files: tuple[Path, ...], *, as_json: bool) -> None:
    if as_json:
        from msgspec import json  # noqa: PLC0415 -- for this output only

        click.echo(json.format(json.encode(found), indent=2))
        return
    click.echo(f"{found.relation.upper():<13}{_WORDS[found.relation]}")
    for request, path in zip((found.only_a, found.only_b), files, strict=True):
        for line in _told(request, path) if request else ():
            click.echo(line)
    if found.why:
        click.echo(f"\n  Note: {printable(found.why)}")


def _told(request: SaidRequest, path: Path) -> Iterator[str]:
    yield f"\n  Only {printable(str(path))} allows, for one:"
    yield from request_lines(request)


def request_lines(request: SaidRequest) -> Iterator[str]:
    """A request in words, line by line."""
    who = request.principal
    name = who if isinstance(who, str) else who["service"]
    yield f"    {printable(request.action)} on {printable(request.resource)}"
    yield f"    by {printable(name) if name != '*' else 'anybody'}"
    for key, value in request.context.items():
        values = value if isinstance(value, str) else ", ".join(value)
        yield f"    {printable(key)} = {printable(values)}"
