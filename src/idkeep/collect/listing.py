"""The organisation as a scan of it begins: which accounts there are, and what binds each."""

from typing import TypeGuard

from msgspec.structs import replace

from idkeep.collect import organization as family
from idkeep.collect import organization_tags as tags
from idkeep.collect import organization_tree as tree
from idkeep.collect.ask import Ask
from idkeep.errors import IdkeepError
from idkeep.model import (
    Gap,
    MemberAccount,
    Organization,
    OrganizationalUnit,
    PolicyType,
    Unread,
)

_FROM = "ask from the management account or a delegated administrator's"


def organization_id(ask: Ask) -> str:
    """Of the organisation that the account is in. Raises `IdkeepError`."""
    found = ask(family.ORGANIZATION)
    if isinstance(found, Gap):
        raise IdkeepError(f"the organisation can't be read: {found}", hint=_FROM)
    return _there(found, ask).id


def list_organization(ask: Ask, *, whole: bool) -> Organization:
    """The organisation with its accounts; with all its facts where `whole`.

    Raises `IdkeepError` where not every account could be listed: a scan that silently lacks one
    would be worse than none.
    """
    found = family.read(ask) if whole else _accounts(ask)
    if isinstance(found, Gap):
        raise IdkeepError(f"the organisation can't be read: {found}", hint=_FROM)
    there = _there(found, ask)
    if not isinstance(there.accounts, tuple):
        raise IdkeepError(
            f"the organisation's accounts can't be listed: {there.accounts}", hint=_FROM
        )
    return there


def _there(found: Organization | None, ask: Ask) -> Organization:
    if found is None:
        raise IdkeepError(
            f"account {ask.account} is in no organisation", hint="scan it without --org"
        )
    return found


def _accounts(ask: Ask) -> Organization | Gap | None:
    known = ask(family.ORGANIZATION)
    if not isinstance(known, Organization):
        return known
    found = ask.sure(family.ROOTS)
    roots = found if isinstance(found, Gap) else found.roots
    units = tree.units(ask, roots)
    accounts = tags.tagged(ask, known, tree.accounts(ask, roots, units))
    return replace(known, roots=roots, units=units, accounts=accounts)


def as_it_concerns(organization: Organization, account: str) -> Organization:
    """What of it bears on one account: its way down from the root, and the policies on that way.

    Who administers what is kept whole: the account itself may, and may then do more. The rest stays
    with the organisation's own facts; what AWS tells that account alone is not asked.
    """
    accounts = organization.accounts
    own = tuple(one for one in accounts if one.id == account) if _is_read(accounts) else accounts
    way = _way(own, account)
    return Organization(
        id=organization.id,
        arn=organization.arn,
        feature_set=organization.feature_set,
        management_account=organization.management_account,
        management_email=organization.management_email,
        concerns=account,
        roots=organization.roots,
        units=_on_the_way(organization.units, way),
        accounts=own,
        policy_types=_bearing(organization.policy_types, way, account),
        delegated_administrators=organization.delegated_administrators,
    )


def documents_of(organization: Organization) -> frozenset[str]:
    """The digests of the policy texts that it names."""
    types = organization.policy_types
    policies = (
        policy
        for kind in (types if isinstance(types, tuple) else ())
        if isinstance(kind.policies, tuple)
        for policy in kind.policies
    )
    return frozenset(one.document for one in policies if isinstance(one.document, str))


def _is_read(found: object) -> TypeGuard[tuple[MemberAccount, ...]]:
    return isinstance(found, tuple)


def _way(own: tuple[MemberAccount, ...] | Unread, account: str) -> frozenset[str] | None:
    """The ids of all that policies over the account may be attached to; None if not known."""
    if isinstance(own, tuple) and len(own) == 1 and isinstance(own[0].path, tuple):
        return frozenset({*own[0].path, account})
    return None


def _on_the_way(
    units: tuple[OrganizationalUnit | Gap, ...] | Unread, way: frozenset[str] | None
) -> tuple[OrganizationalUnit | Gap, ...] | Unread:
    if way is None or not isinstance(units, tuple):
        return units
    return tuple(one for one in units if isinstance(one, OrganizationalUnit) and one.id in way)


def _bearing(
    types: tuple[PolicyType, ...] | Unread, way: frozenset[str] | None, account: str
) -> tuple[PolicyType, ...] | Unread:
    """The policies that are attached on the way, or may be, for where they are is not known."""
    if way is None or not isinstance(types, tuple):
        return types
    return tuple(
        replace(
            kind,
            policies=kind.policies
            if not isinstance(kind.policies, tuple)
            else tuple(
                one
                for one in kind.policies
                if not isinstance(one.targets, tuple) or way & set(one.targets)
            ),
            invalid=kind.invalid
            if not isinstance(kind.invalid, tuple)
            else tuple(one for one in kind.invalid if one.account == account),
        )
        for kind in types
    )
