"""What differs between two snapshots."""

from importlib import metadata
from pathlib import Path

from idkeep import access
from idkeep.api.snapshots import Found, find_snapshot
from idkeep.errors import OtherAccount
from idkeep.report import DiffReport, DiffSide, diff_report, diff_side


def diff(before: str, after: str, *, store: Path, any_account: bool = False) -> DiffReport:
    """Both as for `find_snapshot`.

    Raises `OtherAccount` where they are of two accounts and that was not asked for, else
    `IdkeepError` for one that can't be had.
    """
    old, new = find_snapshot(before, store=store), find_snapshot(after, store=store)
    sides = _side(old), _side(new)
    accounts = [(one.partition, one.account) for one in sides]
    if accounts[0] != accounts[1] and not any_account:
        raise OtherAccount(sides[0].account, sides[1].account)
    return diff_report(
        access.diff(old.snapshot, new.snapshot),
        before=sides[0],
        after=sides[1],
        version=metadata.version("idkeep"),
    )


def _side(found: Found) -> DiffSide:
    return diff_side(found.snapshot, ident=found.id, file=found.file)
