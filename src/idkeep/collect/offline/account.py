"""One account from a folder of saved answers: whose it is, when it was, and the snapshot."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from idkeep.collect.account import read
from idkeep.collect.ask import Ask
from idkeep.collect.authorization import AUTHORIZATION_DETAILS
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.families import ADDITIONS, FAMILIES, collectors
from idkeep.collect.offline.files import Files, load
from idkeep.collect.offline.folder import Listing, folder_of, listing
from idkeep.collect.offline.resource_policies import resource_policies
from idkeep.collect.offline.signs import Signs
from idkeep.errors import IdkeepError, Unreadable, WrongAccount
from idkeep.model import (
    DEFAULT_FAMILIES,
    AccountQuotas,
    Caller,
    Family,
    Gap,
    Snapshot,
    Unlisted,
)
from idkeep.model.other_resources import MoreResources


def _caller(pages: Pages) -> Caller:
    [answer] = pages
    return Caller(arn=answer["Arn"], user_id=answer["UserId"])


CALLER = Collector(service="sts", operation="GetCallerIdentity", build=_caller)
# What a list of the authorization details is called in IAM's own count.
_COUNTS = {"users": ("User", "Users"), "groups": ("Group", "Groups"), "roles": ("Role", "Roles")}
_COUNTS["policies"] = ("ManagedPolicy", "Policies")


@dataclass(frozen=True, slots=True)
class Taken:
    """When the files were made, as a person says: between two times, the same for a moment."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class Offline:
    """What came of a folder.

    `unused` files are named after no answer that is read; `doubt` is that of the snapshot's time.
    """

    snapshot: Snapshot
    unused: tuple[str, ...] = ()
    doubt: Gap | None = None

    def told(self) -> Iterator[str]:
        """What a person should know of the folder besides, in lines."""
        if self.doubt:
            yield f"{self.doubt.error}; say so with {self.doubt.action}"
        for one in self.unused:
            yield f"not used: {one}"


def collect_offline(
    path: Path,
    *,
    now: datetime,
    expected: str | None = None,
    taken: Taken | None = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    progress: Callable[[str], None] = lambda _: None,
) -> Offline:
    """The account whose answers are in a folder, or in a zip of one.

    `expected` is the account it must be. `taken` is when the files were made, for those that do
    not say so themselves; `now` bounds what can have been. What the folder lacks, and what can't
    be read of it, is a gap. Raises `WrongAccount`, or `Unreadable` where nothing in it is of use.
    """
    chosen = frozenset(families)
    with folder_of(path) as folder:
        listed = listing(folder, (*collectors(Family), CALLER))
        signs = Signs(until=now)
        files = load(listed, signs)
        _check_usable(path, listed, files)
        partition, account = signs.owner(str(path))
        if expected is not None and account != expected:
            raise WrongAccount(expected, account, whose=f"{path} holds the files of")
        when, doubt = _when(path, signs, taken, now)
        files.made(when)
        ask = Ask(files, Gap("", ""), account, lambda: when, progress, partition=partition)
        caller = ask.sure(CALLER)
        ask.caller = caller
        snapshot = _read(ask, chosen, listed, files)
    gaps = (*((doubt,) if doubt else ()), *snapshot.unread())
    return Offline(
        replace(snapshot, gaps=tuple(dict.fromkeys(gaps)), documents=ask.documents),
        unused=listed.unused,
        doubt=doubt,
    )


def _check_usable(path: Path, listed: Listing, files: Files) -> None:
    """Raises `Unreadable` for a folder without a single answer, and says what is wrong."""
    if not listed.entries:
        raise Unreadable(
            str(path),
            "holds no file named after an answer of AWS's, as account-summary.json",
            hint="docs/offline.md lists the files and the commands that make them",
        )
    faults = tuple(files.faults())
    if len(faults) == len(listed.entries):
        raise Unreadable(str(path), f"nothing in it can be read: {'; '.join(faults)}")


def _when(
    path: Path, signs: Signs, told: Taken | None, now: datetime
) -> tuple[datetime, Gap | None]:
    """The snapshot's time, and what is doubtful about it.

    AWS tells when it made the credential report. What happened later, by another file, makes all
    of it later: then the report is as old as it is.
    """
    newest = signs.newest
    if told is None:
        if newest is None:
            raise Unreadable(
                str(path), "no file tells when it was made", hint="say so with --taken DATE"
            )
        if signs.generated:
            return newest, None
        return newest, Gap(
            "--taken",
            f"no file tells when it was made; {newest:%Y-%m-%d %H:%M} UTC, the newest time in "
            "them, stands for it, and ages may be higher than they seem",
        )
    if newest is not None and newest > told.latest:
        raise IdkeepError(
            f"{path} holds what happened at {newest:%Y-%m-%d %H:%M} UTC, after --taken",
            hint="--taken is when the files were made, in UTC",
        )
    if newest is not None and newest >= told.earliest:
        return newest, None
    return min(told.latest, now), None


_OF_POLICIES = frozenset({Family.RESOURCES, Family.MORE_RESOURCES})


def _read(ask: Ask, chosen: frozenset[Family], listed: Listing, files: Files) -> Snapshot:
    """A family of which there is no file at all is one gap, not one for each of its facts."""
    there = {one for one in chosen if one is Family.IDENTITY or _is_there(one, files)}
    snapshot = read(ask, frozenset(there), lambda _, __: True, {})
    lacking: dict[str, Any] = {
        family.field: Gap(_first(family).action, f"not in the folder: anything of {family.value}")
        for family in (*FAMILIES, *ADDITIONS)
        if family in chosen - there and family not in ADDITIONS
    }
    if chosen & _OF_POLICIES and listed.resource_policies:
        told, more = resource_policies(ask, listed.resource_policies)
        if Family.RESOURCES in chosen:
            lacking[Family.RESOURCES.field] = told
        if Family.MORE_RESOURCES in chosen or (isinstance(more, MoreResources) and more.others):
            lacking[Family.MORE_RESOURCES.field] = more
    unlisted = () if Family.IDENTITY not in chosen else tuple(_unconfirmed(snapshot))
    return replace(snapshot, unlisted=(*snapshot.unlisted, *unlisted), **lacking)


def _is_there(family: Family, files: Files) -> bool:
    """Any file of an operation that belongs to no other family."""
    own = {(one.service, one.operation) for one in collectors((family,))}
    others = {
        (one.service, one.operation)
        for one in collectors(set(Family) - {family} - ADDITIONS.keys())
    }
    if family in ADDITIONS:
        return True
    return any(one in files.by_operation for one in own - others)


def _first(family: Family) -> AnyCollector:
    return next(one for one in collectors((family,)))


def _unconfirmed(snapshot: Snapshot) -> Iterator[Unlisted]:
    """An empty list may be a filtered one: IAM's own count of the kind has to agree."""
    quotas = snapshot.account.quotas
    for kind, (name, entry) in _COUNTS.items():
        if getattr(snapshot, kind) or any(one.kind == name for one in snapshot.unlisted):
            continue
        count = quotas.entries.get(entry) if isinstance(quotas, AccountQuotas) else None
        if count != 0:
            why = "no account-summary.json confirms it" if count is None else f"it has {count}"
            gap = Gap(AUTHORIZATION_DETAILS.action, f"lists no {kind} of the account; {why}")
            yield Unlisted(name, gap)
