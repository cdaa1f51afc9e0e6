"""One finding told whole: what matched, on which evidence, since when, and what to do."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import ValidationError, json

from idkeep.checks.changing import Change
from idkeep.model import Fact, Finding, Gap, NotAsked, PolicyPlace, Unread, Verdict
from idkeep.model.history import Seen
from idkeep.report.changing import changers_told
from idkeep.report.printable import escaped_json, printable
from idkeep.report.remedy import about, remedy_sections
from idkeep.report.scan import CheckResult, ScanReport
from idkeep.report.words import noun

_LONGEST_FACT = 2000


def finding_page(
    report: ScanReport,
    check: CheckResult,
    verdict: Verdict,
    finding: Finding,
    documents: Mapping[str, str],
    changes: Sequence[Change] = (),
) -> str:
    """As Markdown; `documents` are the snapshot's policy texts by digest.

    `changes` are who can do what the remedy needs.
    """
    lines = (
        *_page(report, check, verdict, finding, documents),
        *changers_told(changes, verdict.subject.account),
    )
    return "\n".join(lines).strip() + "\n"


def _page(
    report: ScanReport,
    check: CheckResult,
    verdict: Verdict,
    finding: Finding,
    documents: Mapping[str, str],
) -> Iterator[str]:
    subject = verdict.subject
    yield f"# {check.id}: {printable(subject.name)}\n"
    yield f"The {noun(subject.kind)} {printable(subject.name)} {printable(finding.message)}.\n"
    because = f" ({printable(finding.because)})" if finding.because else ""
    yield f"- **Severity** {finding.severity}{because}"
    yield f"- **Account** {subject.account}, {subject.region}"
    if subject.arn:
        yield f"- **Resource** {printable(subject.arn)}"
    if finding.at:
        yield f"- **Part** {printable(finding.at)}"
    yield f"- **Finding** {finding.id}"
    yield from _since(next((one for one in report.history if one.id == finding.id), None))
    yield from _agreed(finding)
    yield f"\n## Why it matters\n\n{check.why}\n"
    for place in finding.statements:
        yield from _statement(place, documents)
    yield "## What was read\n"
    yield from (_fact(one) for one in verdict.evidence)
    for why in verdict.unknown:
        yield f"- not told: {printable(why)}"
    yield ""
    yield from remedy_sections(about(check.remedy, subject))


def _since(seen: Seen | None) -> Iterator[str]:
    if seen is None:
        return
    yield f"- **First seen** {seen.first:%Y-%m-%d %H:%M} UTC, last {seen.last:%Y-%m-%d %H:%M} UTC"
    if seen.returned:
        yield f"- **Returned** {seen.returned:%Y-%m-%d %H:%M} UTC, after it had been resolved"


def _agreed(finding: Finding) -> Iterator[str]:
    if agreed := finding.suppressed:
        reason, owner = printable(agreed.reason), printable(agreed.owner)
        yield f"- **Suppressed** until {agreed.expires} by {owner}: {reason}"
    else:
        yield "- **Suppressed** no: no line of the settings that is in force names it"


def _statement(place: PolicyPlace, documents: Mapping[str, str]) -> Iterator[str]:
    sid = f" ({printable(place.sid)})" if place.sid else ""
    where = f", line {place.line}" if place.line else ""
    yield f"## Statement {place.statement}{sid} of {printable(place.policy)}{where}\n"
    if place.arn:
        yield f"{printable(place.arn)}\n"
    lines = documents.get(place.digest, "").splitlines()
    if len(lines) > 1 and place.line:
        shown = lines[place.line - 1 : place.line + 14]
        yield "```json\n" + "\n".join(printable(one) for one in shown) + "\n```\n"
    elif lines:
        yield f"```json\n{_only(lines[0], place.statement)}\n```\n"


def _only(text: str, number: int) -> str:
    """The one statement of a text that stands on one line."""
    try:
        told = json.decode(text)
        some = told["Statement"]
        one = some[number] if isinstance(some, list) else some
    except (ValueError, KeyError, IndexError, TypeError):
        return printable(text[:_LONGEST_FACT])
    return escaped_json(json.format(json.encode(one))).decode()


def _unread(fact: Fact) -> Unread | None:
    """Why there is no value, where a gap stands in its place."""
    try:
        return json.decode(fact.value, type=Gap | NotAsked)
    except ValidationError:
        return None


def _fact(fact: Fact) -> str:
    if unread := _unread(fact):
        return f"- `{fact.name}` was not read: {printable(str(unread))}"
    value = bytes(fact.value).decode()
    short = value if len(value) <= _LONGEST_FACT else f"{value[:_LONGEST_FACT]} …"
    when = f"{fact.as_of:%Y-%m-%d %H:%M} UTC"
    return f"- `{fact.name}` by `{fact.action}`, {when}: `{printable(short)}`"
