"""`idkeep why`."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from idkeep.api.files import read_text
from idkeep.api.why import Reasons, why
from idkeep.api.why_denied import explain_denied
from idkeep.cli import explanations, options
from idkeep.errors import Exit
from idkeep.policy.record_checks import SaidCheck, SaidStatement
from idkeep.policy.record_compare import Comparison
from idkeep.report import printable

_FILE = click.Path(path_type=Path, dir_okay=False)
_WORST = (Exit.OK, Exit.INCOMPLETE, Exit.FINDINGS)
_CODES = {"agree": Exit.OK, "differ": Exit.FINDINGS, "unknown": Exit.INCOMPLETE}
_HEADS = {"agree": "AGREE", "differ": "DIFFER", "unknown": "UNKNOWN"}


@click.command("why")
@click.argument("message", default="")
@click.option("--event", type=_FILE, help="A CloudTrail event, or a log of them, as JSON.")
@click.option("--resource", default="", help="What was asked for, where the message is silent.")
@click.option(
    "--snapshot",
    "snapshots",
    metavar="ID|FILE",
    multiple=True,
    help="The snapshot to tell it by; by default the newest kept one of the account.",
)
@click.option(
    "--account", metavar="ID", callback=options.account_id, help="The account that was asked."
)
@options.store
@click.option(
    "--record",
    "records",
    type=_FILE,
    multiple=True,
    help="What `aws iam-toolbox get-request-authorization-details --no-paginate` printed; one for"
    " each page.",
)
@click.option(
    "--policy", "policies", multiple=True, metavar="URI=FILE", help="A policy of the record."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, in the form of docs/why.md.")
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool, **asked: Any) -> None:  # noqa: ANN401
    """Tell why AWS denied a request, or allowed it.

    MESSAGE is the error's, or what sts:DecodeAuthorizationMessage decodes to; - reads it from
    stdin, and so does nothing at all. It is told by the newest snapshot of the account: which
    statement decides, and what would have to change. --record holds AWS's own record of a
    denied request beside idkeep's answer.

    Exits with 0 if AWS and idkeep agree, 1 if they differ, 3 if idkeep can't tell.
    """
    if asked["records"]:
        _check_alone(ctx)
        reasons = why(asked["records"], asked["policies"])
        # Whoever read the answer may have seen enough of it; the exit code stands.
        with suppress(BrokenPipeError):
            _tell(reasons, as_json=as_json)
        ctx.exit(_CODES[reasons.verdict])
    told = explain_denied(
        _text(asked["message"], asked["event"]),
        asked["snapshots"],
        resource=asked["resource"],
        account=asked["account"] or "",
        store=asked["store"],
        source=str(asked["event"] or "the message"),
    )
    with suppress(BrokenPipeError):
        explanations.tell(told, as_json=as_json)
    ctx.exit(max((_CODES[one.verdict] for one in told), key=_WORST.index))


def _check_alone(ctx: click.Context) -> None:
    if others := options.said(ctx, "message", "event", "resource", "snapshots", "account"):
        raise click.UsageError(f"--record stands alone, without {others[0]}")


def _text(message: str, event: Path | None) -> str:
    if event and message:
        raise click.UsageError("give a MESSAGE or --event, not both")
    if event:
        return read_text(event)
    if message and message != "-":
        return message
    if not message and sys.stdin.isatty():
        raise click.UsageError("give a MESSAGE, --event or --record")
    return sys.stdin.read()


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
