"""One scan of many accounts: which there were, and what became of each."""

from datetime import datetime

from msgspec import Struct

from idkeep.model.facts import Family
from idkeep.model.gap import Gap
from idkeep.model.organization import Organization


class RunPlan(Struct, frozen=True, kw_only=True):
    """What makes two scans of an organisation the same one; all but who is asked how fast.

    `accounts`, `units` and `tags` (`Key=Value`) are what it was narrowed to.
    """

    organization: str
    caller_account: str
    partition: str
    region: str
    role: str
    families: tuple[Family, ...]
    accounts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    shards: int = 1


class RunAccount(Struct, frozen=True, kw_only=True):
    """An account that the organisation lists. `path` are its units' names from the root down.

    `skipped` is why it is not read, "" for one that is.
    """

    id: str
    name: str
    state: str
    path: str = ""
    skipped: str = ""


class Run(Struct, frozen=True, kw_only=True):
    """A scan as it begins. `documents` are the policy texts that `organization` names."""

    id: str
    begun: datetime
    caller: str
    plan: RunPlan
    accounts: tuple[RunAccount, ...]
    organization: Organization
    documents: dict[str, str] = {}


class RunResult(Struct, frozen=True, kw_only=True):
    """What became of an account: the digest of its snapshot, or why there is none.

    `gaps` are those of the snapshot. `refused` is how many calls a family of facts was not allowed
    to take, 0 where every one was read.
    """

    account: str
    snapshot: str = ""
    failed: Gap | None = None
    gaps: tuple[Gap, ...] = ()
    refused: int = 0
