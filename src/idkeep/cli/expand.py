"""`idkeep expand`."""

import sys
from contextlib import suppress
from pathlib import Path

import click
import msgspec

from idkeep.api.expand import Expansion, expand_document, expand_patterns
from idkeep.cli.terminal import say
from idkeep.errors import Exit
from idkeep.report.printable import escaped_json, printable


@click.command("expand")
@click.argument("given", nargs=-1, required=True, metavar="PATTERN... | FILE")
@click.option("--json", "as_json", is_flag=True, help="As JSON, by pattern.")
@click.pass_context
def command(ctx: click.Context, /, *, given: tuple[str, ...], as_json: bool) -> None:
    """Write out the actions that patterns mean today.

    Of one FILE (- is standard input) every Action element is written out, and the document
    printed. A new action of AWS's is in the pattern and not in what it was expanded to. Exits
    with 1 if some pattern means no action that the catalog has.
    """
    document: object = None
    if len(given) == 1 and (given[0] == "-" or Path(given[0]).is_file()):
        text = sys.stdin.read() if given[0] == "-" else None
        document, expansion = expand_document(given[0], text)
    else:
        expansion = expand_patterns(given)
    # Whoever read the actions may have seen enough of them; the exit code stands.
    with suppress(BrokenPipeError):
        _tell(document, expansion, as_json=as_json)
    for pattern in expansion.empty:
        say(f"{pattern}: no action in the catalog of {expansion.catalog}")
    ctx.exit(Exit.FINDINGS if expansion.empty else Exit.OK)


def _tell(document: object, expansion: Expansion, *, as_json: bool) -> None:
    if as_json:
        told = {
            "format": "idkeep.expand/1",
            "catalog": expansion.catalog,
            "actions": expansion.actions,
        }
        _echo({**told, "document": document} if document is not None else told)
    elif document is not None:
        _echo(document)
    else:
        every = (action for found in expansion.actions.values() for action in found)
        for action in dict.fromkeys(every):
            click.echo(printable(action))


def _echo(value: object) -> None:
    click.echo(escaped_json(msgspec.json.format(msgspec.json.encode(value), indent=2)))
