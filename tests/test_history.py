"""Findings from scan to scan: found, found again, resolved, returned, and not told."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from idkeep.api.findings import explain_finding
from idkeep.api.scan import keep_and_judge
from idkeep.api.snapshots import rejudge
from idkeep.checks.samples import (
    ACCOUNT,
    ANA,
    NO_REPORT,
    NO_VIRTUAL,
    NOW,
    key,
    password,
    snapshot_of,
)
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.model import Snapshot, User
from idkeep.model.finding import finding_id
from idkeep.model.history import Seen
from idkeep.store import SqliteStore

OLD = replace(ANA, access_keys=(key(age=400),))
MENDED = replace(ANA, access_keys=())
UNREAD = replace(ANA, access_keys=NO_REPORT)
DAY = timedelta(days=1)


def scanned(user: User, day: int) -> Snapshot:
    return replace(snapshot_of(user), taken=NOW + day * DAY)


def after(store: Path, *users: User) -> Seen:
    """What is told of the one old key after scans on as many days."""
    keeper = SqliteStore(store)
    told: tuple[Seen, ...] = ()
    for day, user in enumerate(users):
        report = keep_and_judge(scanned(user, day), keeper, Settings())
        told = tuple(one for one in report.history if one.check == "old-access-key") or told
    [one] = told
    return one


def days(one: Seen) -> dict[str, int]:
    def day(when: datetime) -> int:
        return (when - NOW).days

    told = {"first": one.first, "last": one.last}
    told |= {"resolved": one.resolved} if one.resolved else {}
    told |= {"returned": one.returned} if one.returned else {}
    return {name: day(when) for name, when in told.items()}


def test_a_finding_keeps_the_day_it_was_first_found(tmp_path: Path) -> None:
    assert days(after(tmp_path / "s.db", OLD, OLD, OLD)) == {"first": 0, "last": 2}


def test_one_that_is_gone_is_resolved_once(tmp_path: Path) -> None:
    told = after(tmp_path / "s.db", OLD, MENDED, MENDED)
    assert days(told) == {"first": 0, "last": 0, "resolved": 1}


def test_one_that_comes_back_has_returned(tmp_path: Path) -> None:
    told = after(tmp_path / "s.db", OLD, MENDED, OLD, OLD)
    assert days(told) == {"first": 0, "last": 3, "returned": 2}


def test_a_scan_that_could_not_tell_resolves_nothing(tmp_path: Path) -> None:
    assert days(after(tmp_path / "s.db", OLD, UNREAD)) == {"first": 0, "last": 0}
    assert days(after(tmp_path / "t.db", OLD, UNREAD, MENDED))["resolved"] == 2


def test_an_older_snapshot_teaches_nothing(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    after(store, MENDED, MENDED, OLD)
    first = min(SqliteStore(store).list(), key=lambda one: getattr(one, "taken", NOW))
    report = rejudge(first.id, store=store)
    assert not any(one.check == "old-access-key" for one in report.history)
    assert days(after(store, OLD))["first"] == 2


def test_a_finding_is_explained_by_its_id(tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    found = after(store, OLD, OLD)
    page = explain_finding(found.id, store=store)
    assert page.startswith("# old-access-key: ana\n")
    assert "**First seen** 2026-11-01 12:00 UTC, last 2026-11-02 12:00 UTC" in page
    assert "- `access_keys` by `iam:GetCredentialReport`" in page
    without = replace(OLD, password=password(), mfa_active=False, virtual_mfa=NO_VIRTUAL)
    keep_and_judge(scanned(without, 3), SqliteStore(store), Settings())
    ident = finding_id("console-user-without-mfa", ACCOUNT.id, OLD.id, "")
    said = "- `virtual_mfa` was not read: iam:ListVirtualMFADevices: AccessDenied"
    assert said in explain_finding(ident, store=store)
    laxer = Settings(max_access_key_age=10_000)
    assert "# old-access-key: ana\n" in explain_finding(found.id, store=store, settings=laxer)
    with pytest.raises(IdkeepError, match=r"no finding 0{16}"):
        explain_finding("0" * 16, store=store)
