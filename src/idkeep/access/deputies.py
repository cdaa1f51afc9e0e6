"""Which accounts may administer a service for the whole organisation."""

from collections.abc import Iterator

from msgspec import Struct

from idkeep.access.estate import Estate
from idkeep.model import Gap, NotAsked, Organization, Snapshot, Unread
from idkeep.model.organization import DelegatedAdministrator


def deputies(estate: Estate, service: str) -> tuple[str, ...] | Unread | None:
    """The delegated administrators of a service, by its principal; None outside an organisation.

    What only the management account is told is followed there, where it was scanned too.
    """
    organization = estate.snapshot.organization
    if isinstance(organization, Organization):
        told = delegated(organization, service)
        if isinstance(told, tuple):
            return told
        manager = estate.elsewhere(organization.management_account)
        if manager is not None and isinstance(manager.organization, Organization):
            return delegated(manager.organization, service)
        return told
    return organization


def delegated(organization: Organization, service: str) -> tuple[str, ...] | Unread:
    """As the organisation's own list tells."""
    every = organization.delegated_administrators
    if not isinstance(every, tuple):
        return every
    found: list[str] = []
    for one in every:
        does = _administers(one, service)
        if isinstance(does, Gap | NotAsked):
            return does
        if does:
            found.append(one.account)
    return tuple(found)


class Seat(Struct, frozen=True, kw_only=True):
    """An account that may administer a service, and its snapshot if it was scanned too."""

    account: str
    snapshot: Snapshot | None


def seats(estate: Estate, organization: Organization, known: tuple[str, ...]) -> Iterator[Seat]:
    """The management account and the deputies, but for the account in hand."""
    for account in dict.fromkeys((organization.management_account, *known)):
        if account != estate.snapshot.account.id:
            yield Seat(account=account, snapshot=estate.elsewhere(account))


def center_snapshots(estate: Estate) -> Iterator[Snapshot]:
    """Those that may tell who has a permission set: this account's, and its Center's managers'."""
    yield estate.snapshot
    organization = estate.snapshot.organization
    if isinstance(organization, Organization):
        known = deputies(estate, "sso.amazonaws.com")
        for seat in seats(estate, organization, known if isinstance(known, tuple) else ()):
            if seat.snapshot is not None:
                yield seat.snapshot


def _administers(one: DelegatedAdministrator, service: str) -> bool | Unread:
    if not isinstance(one.services, tuple):
        return one.services
    return any(each.principal == service for each in one.services)
