"""Questions of permission across the accounts that were scanned together."""

from collections.abc import Callable, Iterable

from idkeep.access.answer import Answer
from idkeep.access.documents import Documents
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.holder import Holder
from idkeep.access.targets import Site
from idkeep.access.whereabouts import owner_of, parsed
from idkeep.catalog import Catalog
from idkeep.model import Snapshot
from idkeep.policy import Context
from idkeep.policy.requester import Requester


class OrganizationEngine:
    """The engines of several accounts, each made when it is first asked for.

    `load` reads the snapshot of one of `accounts`. A request that crosses accounts is decided by
    the principal's own policies and SCPs, in its account, and by the resource's policy and RCPs,
    in the resource's. What lies in an account that is not here is unread.
    """

    def __init__(
        self, accounts: Iterable[str], load: Callable[[str], Snapshot], catalog: Catalog
    ) -> None:
        self.accounts = tuple(accounts)
        self._load = load
        self._catalog = catalog
        self._documents = Documents()
        self._engines: dict[str, Engine] = {}

    def engine(self, account: str) -> Engine | None:
        """None for an account that is not here."""
        if account not in self.accounts:
            return None
        if account not in self._engines:
            snapshot = self._load(account)
            self._engines[account] = Engine(snapshot, self._catalog, self._documents)
        return self._engines[account]

    def holder(self, arn: str) -> Holder:
        """Of a principal of any account here. Raises `KeyError` for one that is not here."""
        try:
            engine = self.engine(Requester.parse(arn).account)
        except ValueError:
            engine = None
        if engine is None:
            raise KeyError(arn)
        return engine.holder(arn)

    def site(self, resource: str, asking: str) -> Site:
        """What stands on an ARN, by the account that owns it; else as account `asking` sees it.

        A bucket's ARN names no account: it is looked for in every account that is open already.
        """
        arn = parsed(resource)
        owner = owner_of(arn) if arn else ""
        if owner and owner != asking and (engine := self.engine(owner)):
            return engine.about(resource)
        own = self.engine(asking)
        if own is None:
            raise KeyError(asking)
        found = own.about(resource)
        if arn and found.resource is None and found.owner_unknown:
            elsewhere = (one.about(resource) for one in self._engines.values())
            found = next((one for one in elsewhere if one.resource is not None), found)
        return found

    def decide(
        self, who: Holder | str, action: str, resource: str = "*", context: Context = ANYTHING
    ) -> Answer:
        """Whether a principal may do it; `who` may be its ARN, or a session's.

        Raises `KeyError` for a principal of no account here.
        """
        holder = self.holder(who) if isinstance(who, str) else who
        account = holder.caller.requester.account
        engine = self.engine(account)
        if engine is None:
            raise KeyError(holder.arn)
        site = self.site(resource, account)
        return engine.decide_at(holder, site, action, resource, context)
