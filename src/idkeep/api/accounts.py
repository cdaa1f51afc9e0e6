"""Which accounts of an organisation are read, and why the others are not."""

from collections.abc import Mapping

from msgspec import Struct

from idkeep.errors import IdkeepError
from idkeep.model import MemberAccount, Organization, OrganizationalUnit, OrganizationTags
from idkeep.model.run import RunAccount

_ACTIVE = "ACTIVE"


class Narrowed(Struct, frozen=True):
    """Only these accounts, units (an id, or names as `/Workloads/Production`), tags (`Key=Value`).

    Empty is all; of several kinds an account must be in each, of one kind in any.
    """

    accounts: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def chosen(organization: Organization, narrowed: Narrowed) -> tuple[RunAccount, ...]:
    """Every account that is listed, by id, each with why it is not read.

    Raises `IdkeepError` for an account or a unit that is not there, and where it can't be told
    whether an account is meant.
    """
    accounts = organization.accounts
    assert isinstance(accounts, tuple)
    if strange := set(narrowed.accounts) - {one.id for one in accounts}:
        raise IdkeepError(f"not in the organisation: {', '.join(sorted(strange))}")
    names = _names(organization)
    wanted = {_unit(one, names) for one in narrowed.units}
    return tuple(
        RunAccount(
            id=one.id,
            name=one.name,
            state=one.state,
            path=_shown(one, names),
            skipped=_skipped(one, narrowed, wanted),
        )
        for one in sorted(accounts, key=lambda one: one.id)
    )


def _skipped(account: MemberAccount, narrowed: Narrowed, units: set[str]) -> str:
    if account.state != _ACTIVE:
        return f"the account is {account.state}"
    if narrowed.accounts and account.id not in narrowed.accounts:
        return "not chosen by --account"
    if units:
        if not isinstance(account.path, tuple):
            raise IdkeepError(f"it is not known where {account.id} stands: {account.path}")
        if not units & set(account.path):
            return "not chosen by --ou"
    if narrowed.tags:
        if not isinstance(account.tags, OrganizationTags):
            raise IdkeepError(f"the accounts' tags can't be read: {account.tags}")
        own = {f"{key}={value}" for key, value in account.tags.entries.items()}
        if not own & set(narrowed.tags):
            return "not chosen by --tag"
    return ""


def _names(organization: Organization) -> Mapping[str, str]:
    """The name path (`/Workloads/Production`) of every root and unit, by id."""
    roots = organization.roots if isinstance(organization.roots, tuple) else ()
    units = organization.units if isinstance(organization.units, tuple) else ()
    known = {one.id: one.name for one in units if isinstance(one, OrganizationalUnit)}
    paths = {root.id: "/" for root in roots}
    for one in units:
        if isinstance(one, OrganizationalUnit):
            above = (known.get(part, part) for part in one.path[1:])
            paths[one.id] = "/" + "/".join((*above, one.name))
    return paths


def _unit(wanted: str, names: Mapping[str, str]) -> str:
    """The id of a root or unit that a person named."""
    if wanted in names:
        return wanted
    found = [ident for ident, path in names.items() if path == "/" + wanted.strip("/")]
    if len(found) != 1:
        raise IdkeepError(
            f"no unit of the organisation is called {wanted!r}",
            hint="name it by its id (ou-…), or by names from the root down (/Workloads/Production)",
        )
    return found[0]


def _shown(account: MemberAccount, names: Mapping[str, str]) -> str:
    if not isinstance(account.path, tuple) or not account.path:
        return ""
    return names.get(account.path[-1], "/".join(account.path))
