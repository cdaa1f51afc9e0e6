"""How `idkeep why` shows what it makes of a message or an event."""

from collections.abc import Iterable, Iterator

import click
from msgspec import Struct, json

from idkeep.api.why_denied import Explanation
from idkeep.cli import rulings
from idkeep.report import printable
from idkeep.report.printable import escaped_json

_HEADS = {"agree": "AGREE", "differ": "DIFFER", "unknown": "UNKNOWN"}


class SaidExplanation(Struct, frozen=True, kw_only=True):
    """One request, as JSON; `answer` is null where no snapshot was asked."""

    verdict: str
    principal: str
    action: str
    resource: str
    aws: str
    why: str
    answer: rulings.OfSnapshot | None
    notes: tuple[str, ...]


class SaidExplanations(Struct, frozen=True, kw_only=True):
    format: str
    requests: tuple[SaidExplanation, ...]


def tell(told: Iterable[Explanation], *, as_json: bool) -> None:
    if as_json:
        made = SaidExplanations(format="idkeep.why-denied/1", requests=tuple(map(_said, told)))
        click.echo(escaped_json(json.format(json.encode(made), indent=2)))
        return
    for n, one in enumerate(told):
        if n:
            click.echo()
        for line in _lines(one):
            click.echo(line)


def _said(one: Explanation) -> SaidExplanation:
    return SaidExplanation(
        verdict=one.verdict,
        principal=one.asked.principal,
        action=one.asked.action,
        resource=one.asked.resource,
        aws=one.aws,
        why=one.why,
        answer=rulings.of_snapshot(one.ruling) if one.ruling else None,
        notes=one.notes,
    )


def _lines(one: Explanation) -> Iterator[str]:
    asked = one.asked
    head = f"{asked.principal or 'somebody'} {asked.action or '?'} {asked.resource or '*'}"
    yield f"{_HEADS[one.verdict]:<8} {printable(head)}"
    yield f"         AWS     {printable(one.aws)}"
    if one.why:
        yield f"         {printable(one.why)}"
    for note in one.notes:
        yield f"         Note: {printable(note)}"
    if one.ruling:
        yield "\n  By the snapshot:"
        yield from (f"  {line}".rstrip() for line in _indented(rulings.told(one.ruling)))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield from line.split("\n")
