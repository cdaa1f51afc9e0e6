"""Who can make the change that a finding asks for, by the engine's answers."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.changers import Allowed, Changers, allowed, changers
from idkeep.access.deputies import center_snapshots, deputies
from idkeep.access.engine import Engine
from idkeep.access.whereabouts import owner_of, parsed
from idkeep.checks.commands import Elsewhere, made_in
from idkeep.checks.declare import Remedy
from idkeep.model import Gap, NotAsked, Organization


class Change(Struct, frozen=True, kw_only=True):
    """Actions that the same principals of the same account may do on the same thing.

    `account` is "" where it is not known; `who` is None where the account was not scanned here,
    and `why` says so. `why` may stand beside `who`, for accounts that might do it besides.
    """

    actions: tuple[str, ...]
    account: str
    who: Changers | None = None
    why: str = ""


def changes(
    remedy: Remedy, things: Iterable[str], policies: Iterable[str], estate: Estate
) -> tuple[Change, ...]:
    """For each action that the remedy needs; `things` and `policies` are ARNs.

    The finding is about the things, and rests on the policies, which the account may change.
    """
    told = _Told(estate)
    about = tuple(dict.fromkeys(one for one in things if parsed(one)))
    own = tuple(dict.fromkeys((*about, *(one for one in policies if parsed(one)))))
    found: dict[tuple[str, Changers | None, str], list[str]] = {}
    for action in remedy.needs:
        for one in told.of(action, about if made_in(action) else own):
            found.setdefault((one.account, one.who, one.why), []).append(action)
    return tuple(
        Change(actions=tuple(actions), account=account, who=who, why=why)
        for (account, who, why), actions in found.items()
    )


def allowed_by(remedy: Remedy, estate: Estate) -> tuple[Allowed, ...]:
    """Who may do what the remedy needs on anything of the kind, in the account of the finding.

    Actions that the same principals may do stand together; what another account alone can do is
    left out.
    """
    asked = estate.once(_Asked)
    found: dict[Allowed, list[str]] = {}
    for action in remedy.needs:
        if made_in(action) is None:
            found.setdefault(replace(asked.allowed(action), actions=()), []).append(action)
    return tuple(replace(one, actions=tuple(actions)) for one, actions in found.items())


class _Asked:
    """Each action is asked once for all checks."""

    def __init__(self, estate: Estate) -> None:
        self._engine = estate.engine
        self._kept: dict[str, Allowed] = {}

    def allowed(self, action: str) -> Allowed:
        if action not in self._kept:
            self._kept[action] = allowed(self._engine, action)
        return self._kept[action]


class _Told:
    """Each account's engine is made once, for all the actions."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._own = estate.snapshot.account.id
        self._centers = tuple(center_snapshots(estate))
        self._engines: dict[str, Engine | None] = {self._own: estate.engine}

    def of(self, action: str, things: tuple[str, ...]) -> Iterator[Change]:
        where = made_in(action)
        if where is None:
            yield self._in(self._owner(things), action, things)
            return
        accounts, why = self._seats(where)
        for account in accounts:
            yield self._in(account, action, things, why)
        if not accounts:
            yield Change(actions=(action,), account="", why=why or f"made in {where.words}")

    def _owner(self, things: tuple[str, ...]) -> str:
        """A trail may be the organisation's own, and another account's to change."""
        first = parsed(things[0]) if things else None
        return (owner_of(first) if first else "") or self._own

    def _in(self, account: str, action: str, things: tuple[str, ...], why: str = "") -> Change:
        engine = self._engine(account)
        if engine is None:
            not_here = f"account {account} was not scanned here: its own scan tells"
            return Change(actions=(action,), account=account, why=not_here)
        who = changers(engine, action, things, self._centers)
        return Change(actions=(action,), account=account, who=who, why=why)

    def _engine(self, account: str) -> Engine | None:
        if account not in self._engines:
            found = self._estate.elsewhere(account)
            catalog = self._estate.engine.catalog
            siblings = self._estate.siblings
            made = Engine(found, catalog, siblings=siblings) if found else None
            self._engines[account] = made
        return self._engines[account]

    def _seats(self, where: Elsewhere) -> tuple[tuple[str, ...], str]:
        """The accounts that can make it, and why there may be more, or none."""
        organization = self._estate.snapshot.organization
        if isinstance(organization, Gap | NotAsked):
            return (), f"made in {where.words}; which account that is was not told: {organization}"
        if not isinstance(organization, Organization):
            return (), f"made in {where.words}, and the account belongs to no organisation"
        found = [organization.management_account] if where.management else []
        why = ""
        if where.service:
            told = deputies(self._estate, where.service)
            if isinstance(told, tuple):
                found += told
            elif told is not None:
                why = f"who administers it besides was not told: {told}"
        if not found and not why:
            why = f"made in {where.words}, and there is none"
        return tuple(dict.fromkeys(found)), why
