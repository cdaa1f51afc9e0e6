"""Who counts as one of ours, for checks on what others reach."""

from msgspec import Struct

from idkeep.access import Estate
from idkeep.model import Gap, NotAsked, Organization, Unread


class Known(Struct, frozen=True, kw_only=True):
    """The accounts of the organisation and those the settings trust; `unread` may hide some."""

    accounts: frozenset[str]
    organization: str = ""
    unread: Unread | None = None

    def vouches(self, name: str) -> bool | Unread:
        """Whether an account, by its number, or an organisation, by its id, is one of ours."""
        if name in self.accounts or name == self.organization:
            return True
        is_told = self.unread is None or (self.organization and not name.isdigit())
        return False if is_told or self.unread is None else self.unread


def for_whom(name: str) -> str:
    """For whom a service acts, by an account's number or an organisation's id, "" for anybody."""
    if not name:
        return "any account"
    return f"account {name}" if name.isdigit() else f"the whole organisation {name}"


def known_accounts(estate: Estate) -> Known:
    """An agreement that has ended trusts nobody."""
    return estate.once(_known)


def _known(estate: Estate) -> Known:
    snapshot = estate.snapshot
    today = snapshot.taken.date()
    trusted = {
        one.id
        for one in estate.settings.trusted_accounts
        if one.expires is None or today <= one.expires
    }
    found = {snapshot.account.id, *trusted}
    organization = snapshot.organization
    if isinstance(organization, Gap | NotAsked):
        return Known(accounts=frozenset(found), unread=organization)
    if not isinstance(organization, Organization):
        return Known(accounts=frozenset(found))
    found.add(organization.management_account)
    if estate.siblings:
        return Known(accounts=frozenset(found | estate.siblings), organization=organization.id)
    members = organization.accounts
    if not isinstance(members, tuple):
        return Known(accounts=frozenset(found), organization=organization.id, unread=members)
    ids = {one.id for one in members}
    # The whole list names the management account; a part of it, kept for one account, may not.
    whole = organization.management_account in ids
    gap = None if whole else Gap("organizations:ListAccounts", "only a part of them is here")
    return Known(accounts=frozenset(found | ids), organization=organization.id, unread=gap)
