"""A policy in a file, in fewer characters that mean the same."""

import sys
from pathlib import Path

from msgspec import Struct

from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_text
from idkeep.catalog import Facts, Quota
from idkeep.errors import Exit, IdkeepError, Unreadable
from idkeep.policy import Policy, PolicyError, PolicyKind, over_quota, parse, size
from idkeep.policy.linting import guess_kind
from idkeep.policy.minimise import (
    SPLIT_KINDS,
    CanNotSplit,
    Document,
    Shorter,
    minimise,
    shrink,
    split,
)
from idkeep.policy.sizes import quota_of
from idkeep.policy.source import NotJson, position_at, read

STDIN = Path("-")
# Whom a managed policy is attached to is not told; a user and a group take the fewest, 10.
_SLOTS = {
    PolicyKind.IDENTITY: ("managed", "attached to a user"),
    PolicyKind.SCP: ("scp", "attached to a target"),
    PolicyKind.RCP: ("rcp", "attached to a target"),
}
# RCPFullAWSAccess is attached everywhere; no page says that it does not count.
_TAKEN = {PolicyKind.RCP: 1}


class TooLong(IdkeepError):
    """The policy can't be made that short. Exits with 1: it was read, and there is an answer."""

    exit_code = Exit.FINDINGS


class Wanted(Struct, frozen=True, kw_only=True):
    """What is asked of `minimise_file`.

    `max_size` is in AWS's count for the kind, 0 for no limit; `attachments` 0 for the kind's quota.
    """

    by_catalog: bool = False
    without_sids: bool = False
    compact: bool = False
    max_size: int = 0
    share_out: bool = False
    attachments: int = 0


class MinimisedPolicy(Struct, frozen=True, kw_only=True):
    """`texts` are the documents, one but where it was shared out. Sizes are in `unit`."""

    kind: PolicyKind
    guessed: bool
    texts: tuple[str, ...]
    before: int
    after: tuple[int, ...]
    unit: str
    notes: tuple[str, ...]


def shrink_file(
    path: Path, *, kind: PolicyKind | None = None, by_catalog: bool = False, compact: bool = False
) -> MinimisedPolicy:
    """The document with fewer action patterns. Raises `IdkeepError`."""
    policy, guessed = _read(path, kind)
    held = load_catalog()
    found = shrink(policy, held if by_catalog else None)
    notes = _notes(found, held.date)
    if not by_catalog and _patterns(again := shrink(policy, held)) < _patterns(found):
        notes += (
            (
                f"by the catalog of {held.date}, {_patterns(again)} action patterns would do for"
                f" {_patterns(found)}: --by-catalog"
            ),
        )
    return _made(found, (found.document,), held.facts, guessed, notes, compact=compact)


def minimise_file(path: Path, wanted: Wanted, *, kind: PolicyKind | None = None) -> MinimisedPolicy:
    """The shortest equivalent document, or several. Raises `IdkeepError`, of them `TooLong`."""
    policy, guessed = _read(path, kind)
    if wanted.share_out and policy.kind not in SPLIT_KINDS:
        raise IdkeepError(
            f"several policies of the kind {policy.kind} are not in force as one",
            hint=f"shared out are {', '.join(sorted(SPLIT_KINDS))} policies",
        )
    held = load_catalog()
    catalog = held if wanted.by_catalog else None
    found = minimise(policy, catalog, without_sids=wanted.without_sids)
    notes = _notes(found, held.date)
    quota = quota_of(policy.kind, held.facts)
    limit = wanted.max_size or (quota.default if wanted.share_out and quota else 0)
    # Where white space counts, a document is as long as it is printed.
    compact = wanted.compact or bool(limit and not (quota and quota.white_space is False))
    documents: tuple[Document, ...] = (found.document,)
    if wanted.share_out:
        documents, apart = _shared_out(found.document, quota, limit, compact=compact)
        notes += apart
        _check_slots(policy.kind, len(documents), wanted.attachments, held.facts)
    elif limit and not _fits(found.document.text(_indent(compact)), quota, limit):
        _refuse(found, quota, limit, compact=compact)
    return _made(found, documents, held.facts, guessed, notes, compact=compact)


def _read(path: Path, kind: PolicyKind | None) -> tuple[Policy, bool]:
    text = sys.stdin.read() if path == STDIN else read_text(path)
    name = "<stdin>" if path == STDIN else str(path)
    try:
        return parse(text, kind or guess_kind(read(text))), kind is None
    except NotJson as error:
        at = position_at(text, error.offset)
        raise Unreadable(name, error.why, line=at.line, column=at.column) from error
    except PolicyError as error:
        why = error.problems[0].message
        raise Unreadable(name, why, line=error.line, column=error.column) from error


def _notes(found: Shorter, date: str) -> tuple[str, ...]:
    by_statement: dict[tuple[str, bool], list[str]] = {}
    for one in found.wider:
        by_statement.setdefault((one.statement, one.excluded), []).append(one.pattern)
    wider = (
        f"{statement}: {', '.join(patterns)} {'leaves out' if excluded else 'takes in'} what AWS"
        f" adds under it, which the catalog of {date} does not know"
        for (statement, excluded), patterns in by_statement.items()
    )
    left = (f"not done for want of a proof: {one}" for one in found.left)
    return (*found.done, *wider, *left)


def _patterns(found: Shorter) -> int:
    return sum(len(one.action.patterns) for one in found.document.statements)


def _indent(compact: bool) -> int | None:  # noqa: FBT001 -- one word
    return None if compact else 2


def _fits(text: str, quota: Quota | None, limit: int) -> bool:
    if quota is None:
        return len(text) <= limit
    return over_quota([text], quota, limit=limit) is False


def _size(text: str, quota: Quota | None) -> int:
    counted = size(text, quota) if quota else None
    return len(text) if counted is None else counted


def _shared_out(
    document: Document, quota: Quota | None, limit: int, *, compact: bool
) -> tuple[tuple[Document, ...], tuple[str, ...]]:
    try:
        found = split(document, lambda one: _fits(one.text(_indent(compact)), quota, limit))
    except CanNotSplit as error:
        raise TooLong(f"it can't be shared out over policies of {limit:,}: {error}") from error
    return found.documents, found.apart


def _check_slots(kind: PolicyKind, needed: int, most: int, facts: Facts) -> None:
    allowed = most or facts.quota(*_SLOTS[kind]).default - _TAKEN.get(kind, 0)
    if needed > allowed:
        raise TooLong(
            f"it takes {needed} policies, and {allowed} can be attached",
            hint="--attachments says how many there may be, where AWS raised the quota",
        )


def _refuse(found: Shorter, quota: Quota | None, limit: int, *, compact: bool) -> None:
    reached = _size(found.document.text(_indent(compact)), quota)
    ways = [
        "--split" if found.before.kind in SPLIT_KINDS else "",
        "--by-catalog" if not found.wider else "",
    ]
    raise TooLong(
        f"the shortest equivalent found has {reached:,} characters, more than {limit:,}",
        hint=f"it may become shorter with {' or '.join(filter(None, ways))}" if any(ways) else "",
    )


def _made(
    found: Shorter,
    documents: tuple[Document, ...],
    facts: Facts,
    guessed: bool,  # noqa: FBT001
    notes: tuple[str, ...],
    *,
    compact: bool,
) -> MinimisedPolicy:
    quota = quota_of(found.before.kind, facts)
    texts = tuple(one.text(_indent(compact)) for one in documents)
    return MinimisedPolicy(
        kind=found.before.kind,
        guessed=guessed,
        texts=texts,
        before=_size(found.before.text, quota),
        after=tuple(_size(one, quota) for one in texts),
        unit=quota.unit if quota else "characters",
        notes=notes,
    )
