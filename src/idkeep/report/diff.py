"""What differs between two snapshots, as one value: what is shown is drawn from it.

The document's version is in `schema`; it changes when a reader of the old one would go wrong.
"""

from datetime import datetime

from msgspec import Struct

from idkeep.access import Change, Diff, Difference, SubjectDifference
from idkeep.model import Snapshot

DIFF_SCHEMA = "idkeep.diff/1"


class DiffSide(Struct, frozen=True, kw_only=True):
    """One of the two. `snapshot` is its id; `file` where it was read from, "" for a kept one."""

    snapshot: str
    file: str = ""
    account: str
    partition: str
    taken: datetime


class Counts(Struct, frozen=True, kw_only=True):
    """How many subjects of a kind. `unknown` counts those of `known` too."""

    added: int
    removed: int
    changed: int
    unknown: int


class DiffReport(Struct, frozen=True, kw_only=True):
    """`differs` is false where nothing changed. `counts` are by kind, for those that differ."""

    schema: str = DIFF_SCHEMA
    idkeep: str
    before: DiffSide
    after: DiffSide
    differs: bool
    counts: dict[str, Counts]
    subjects: tuple[SubjectDifference, ...]
    gaps: tuple[Difference, ...]
    not_compared: tuple[str, ...]


def diff_side(snapshot: Snapshot, *, ident: str, file: str = "") -> DiffSide:
    return DiffSide(
        snapshot=ident,
        file=file,
        account=snapshot.account.id,
        partition=snapshot.account.partition,
        taken=snapshot.taken,
    )


def diff_report(found: Diff, *, before: DiffSide, after: DiffSide, version: str) -> DiffReport:
    kinds = dict.fromkeys(one.subject.kind for one in found.subjects)
    return DiffReport(
        idkeep=version,
        before=before,
        after=after,
        differs=not found.is_empty,
        counts={kind: _counts(found, kind) for kind in kinds},
        subjects=found.subjects,
        gaps=found.gaps,
        not_compared=found.not_compared,
    )


def _counts(found: Diff, kind: str) -> Counts:
    changes = [one.change for one in found.subjects if one.subject.kind == kind]
    return Counts(
        added=changes.count(Change.ADDED),
        removed=changes.count(Change.REMOVED),
        changed=changes.count(Change.CHANGED),
        unknown=changes.count(Change.UNKNOWN) + changes.count(Change.KNOWN),
    )
