"""One check on one subject, as a test asks it."""

from typing import Any

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, run
from idkeep.checks.samples import snapshot_of
from idkeep.config import Settings
from idkeep.model import Status, Subject, Verdict, reference

CATALOG = load_catalog()
BY_ID = {one.id: one for one in ALL}


def judged(
    check: str,
    subject: Subject,
    settings: Settings | None = None,
    *,
    siblings: frozenset[str] = frozenset(),
    **around: Any,
) -> Verdict:
    snapshot = snapshot_of(subject, **around)
    estate = Estate(snapshot, settings or Settings(), CATALOG, siblings)
    [outcome] = run([BY_ID[check]], estate)
    own = reference(subject, snapshot.account.id).id
    [one] = [one for one in outcome.verdicts if one.subject.id == own]
    return one


def status(check: str, subject: Subject, **around: Any) -> Status:
    return judged(check, subject, **around).status


def messages(verdict: Verdict) -> tuple[str, ...]:
    return tuple(one.message for one in verdict.findings)
