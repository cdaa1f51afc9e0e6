"""`idkeep why`."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click

from idkeep.api.why import Reasons, why
from idkeep.errors import Exit
from idkeep.policy.record_checks import SaidCheck, SaidStatement
from idkeep.policy.record_compare import Comparison
from idkeep.report import printable

_FILE = click.Path(path_type=Path, dir_okay=False)
_CODES = {"agree": Exit.OK, "differ": Exit.FINDINGS, "unknown": Exit.INCOMPLETE}
_HEADS = {"agree": "AGREE", "differ": "DIFFER", "unknown": "UNKNOWN"}


@click.command("why")
@click.option(
    "--record",
    "records",
    type=_FILE,
    multiple=True,
    required=True,
    help="What `aws iam-toolbox get-request-authorization-details --no-paginate` printed; one for"
    " each page.",
)
@click.option(
    "--policy", "policies", multiple=True, metavar="URI=FILE", help="A policy of the record."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, in the form of docs/why.md.")
@click.pass_context
def command(
    ctx: click.Context, /, *, records: tuple[Path, ...], policies: tuple[str, ...], as_json: bool
) -> None:
    """Hold AWS's record of a denied request beside idkeep's answer.

    Exits with 0 if they agree, 1 if they differ, 3 if idkeep can't tell.
    """
    reasons = why(records, policies)
    # Whoever read the answer may have seen enough of it; the exit code stands.
    with suppress(BrokenPipeError):
        _tell(reasons, as_json=as_json)
    ctx.exit(_CODES[reasons.verdict])


def _tell(reasons: Reasons, *, as_json: bool) -> None:
    if as_json:
        from msgspec import json, structs  # noqa: PLC0415 -- for this output only

        from idkeep.report.printable import escaped_json  # noqa: PLC0415

        told = {"format": "idkeep.why/1", "verdict": reasons.verdict, **structs.asdict(reasons)}
        click.echo(escaped_json(json.format(json.encode(told), indent=2)))
        return
    for line in _told(reasons):
        click.echo(line)


def _told(reasons: Reasons) -> Iterator[str]:
    for one in reasons.evaluations:
        yield from _evaluation(one)
        yield ""
    if not reasons.evaluations:
        yield "UNKNOWN  the record has no evaluation"
    if not reasons.is_whole:
        yield "UNKNOWN  the record goes on: its last page is missing"
    for note in reasons.notes:
        yield f"Note: {printable(note)}"


def _evaluation(one: Comparison) -> Iterator[str]:
    asked = f"{one.principal or 'somebody'} {one.action} {one.resource or '*'}"
    yield f"{_HEADS[one.verdict]:<8} {printable(asked)}"
    yield f"         AWS     {printable(one.aws) or 'no effect told'}"
    yield f"         idkeep  {one.ours}"
    if one.why:
        yield f"         {printable(one.why)}"
    if one.checks:
        yield f"\n  {'check':<24} {'AWS':<14} idkeep"
    for check in one.checks:
        yield from _check(check)
    for note in one.notes:
        yield f"\n  Note: {printable(note)}"


def _check(check: SaidCheck) -> Iterator[str]:
    both = f"{printable(check.check):<24} {printable(check.aws) or '-':<14} {check.ours or '-'}"
    yield f"  {both:<55} differs".rstrip() if check.differs else f"  {both}"
    if check.target:
        yield f"    {printable(check.target)}"
    for one in check.statements:
        words = [f"{printable(one.effect):<6}", printable(one.place or one.uri)]
        yield f"    {'  '.join([*words, *filter(None, (printable(one.sid), _mark(one)))])}"


def _mark(one: SaidStatement) -> str:
    """Who names it, where only one side does."""
    if one.aws == one.ours:
        return ""
    side = "(AWS alone)" if one.aws else "(idkeep alone)"
    return f"{side} differs" if one.differs else side
