"""Snapshots opened for questions to the engine, and the principals that people name in them."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from idkeep.access.engine import Engine
from idkeep.access.holder import Holder
from idkeep.access.names import is_service_name, near_names, principals_named, qualified
from idkeep.access.organization_engine import OrganizationEngine
from idkeep.api.catalog import load_catalog
from idkeep.api.snapshots import find_snapshot
from idkeep.errors import IdkeepError
from idkeep.model import Arn, Snapshot
from idkeep.policy.requester import Requester, RequesterKind
from idkeep.store import Kept, SqliteStore

_NAMED_KINDS = frozenset({"user", "role", "group", "policy"})


class OpenEstate(Struct, frozen=True, eq=False):
    """`engine` is the account's that is asked about; `accounts` are those that may answer."""

    engine: Engine
    accounts: OrganizationEngine

    def holder(self, name: str) -> Holder:
        """Of a principal by ARN, a role's session by ARN, or a name in the account asked about.

        Raises `IdkeepError` for one that is not there, and for a name of several.
        """
        if name.startswith("arn:"):
            return self._by_arn(name)
        snapshot = self.engine.snapshot
        found = principals_named(snapshot, name)
        if not found:
            near = ", ".join(near_names(snapshot, name))
            hint = f"near it: {near}" if near else "an ARN names one too"
            raise IdkeepError(f"account {self.engine.account} has no principal {name!r}", hint=hint)
        if len(found) > 1:
            several = ", ".join(map(qualified, found))
            raise IdkeepError(f"{name!r} is the name of several: {several}", hint="say which")
        return self.engine.holder(found[0])

    def resource(self, name: str) -> str:
        """The ARN behind `role/deployer`, `user/ana`, `group/…`, `policy/…`; others as they are.

        Raises `IdkeepError` for what is neither an ARN nor such a name.
        """
        if name == "*" or name.startswith("arn:"):
            return name
        kind, _, rest = name.partition("/")
        snapshot = self.engine.snapshot
        if kind in _NAMED_KINDS and rest:
            arns = [*self.engine.holders, *(one.arn for one in snapshot.groups)]
            arns += [one.arn for one in snapshot.policies]
            of_kind = [arn for arn in arns if arn.split(":", 5)[5].startswith(f"{kind}/")]
            found = [arn for arn in of_kind if arn.endswith(f":{name}")]
            found = found or [arn for arn in of_kind if arn.endswith(f"/{rest}")]
            if len(found) == 1:
                return found[0]
        raise IdkeepError(
            f"{name!r} is no resource of account {self.engine.account}",
            hint="a resource is an ARN, * for none in particular, or a name as role/deployer",
        )

    def _by_arn(self, arn: str) -> Holder:
        try:
            return self.accounts.holder(arn)
        except KeyError:
            pass
        account = Arn.parse(arn).account
        if account in self.accounts.accounts:
            raise IdkeepError(f"the snapshot of account {account} has no principal {arn}")
        raise IdkeepError(
            f"there is no snapshot of account {account}, which {arn} is of",
            hint="scan it, or name its snapshot too: --snapshot FILE --snapshot FILE",
        )

    def is_outside(self, name: str) -> bool:
        """Whether it is somebody of no account here: a service, `*`, another account's."""
        try:
            who = Requester.parse(name)
        except ValueError:
            return False
        if who.kind is RequesterKind.SERVICE and not is_service_name(name):
            return False
        if who.kind in {RequesterKind.FEDERATED, RequesterKind.FEDERATED_USER}:
            return True
        return who.account not in self.accounts.accounts


def open_estate(wanted: Sequence[str] = (), *, account: str = "", store: Path) -> OpenEstate:
    """Snapshots by name, as for `find_snapshot`; the first is the account's that is asked about.

    Without names: the newest kept ones of every account; asked about is `account`, or that of
    the newest of all. Raises `IdkeepError`.
    """
    catalog = load_catalog()
    if wanted:
        given: dict[str, Snapshot] = {}
        for name in wanted:
            snapshot = find_snapshot(name, store=store).snapshot
            if snapshot.account.id in given:
                raise IdkeepError(f"two of the snapshots are of account {snapshot.account.id}")
            given[snapshot.account.id] = snapshot
        first = account or next(iter(given))
        if first not in given:
            raise IdkeepError(f"none of the snapshots is of account {account}")
        return _opened(OrganizationEngine(given, given.__getitem__, catalog), first)
    keeper = SqliteStore(store)
    kept = {one.account: one.sha256 for one in keeper.list() if isinstance(one, Kept)}
    first = account or (keeper.find("latest").account if kept else "")
    if first not in kept:
        whose = f" of account {account}" if account else ""
        raise IdkeepError(
            f"no snapshot{whose} is kept",
            hint="`idkeep scan` makes one; --snapshot FILE names another",
        )
    index = OrganizationEngine(kept, lambda one: keeper.get(kept[one]), catalog)
    return _opened(index, first)


def _opened(index: OrganizationEngine, account: str) -> OpenEstate:
    engine = index.engine(account)
    if engine is None:
        raise IdkeepError(f"there is no snapshot of account {account}")
    return OpenEstate(engine, index)
