"""Where in the organisation each account stands.

Source of the answers' shapes: https://docs.aws.amazon.com/organizations/latest/APIReference/
"""

from collections.abc import Mapping

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.times import maybe_utc
from idkeep.model import Gap, MemberAccount, OrganizationalUnit, OrganizationRoot

_SIZE = {"MaxResults": 20}
_LACKS = Gap("organizations:ListAccounts", "the answer lacks Paths")


def _units(pages: Pages) -> tuple[OrganizationalUnit, ...]:
    return tuple(
        OrganizationalUnit(id=one["Id"], arn=one["Arn"], name=one["Name"])
        for page in pages
        for one in page["OrganizationalUnits"]
    )


UNITS = Collector(
    service="organizations",
    operation="ListOrganizationalUnitsForParent",
    build=_units,
    params=_SIZE,
)


def _accounts(pages: Pages) -> tuple[MemberAccount, ...]:
    return tuple(_account(one) for page in pages for one in page["Accounts"])


def _account(told: Answer) -> MemberAccount:
    """AWS announced that `State` takes the place of `Status`."""
    return MemberAccount(
        id=told["Id"],
        arn=told["Arn"],
        name=told.get("Name", ""),
        email=told.get("Email", ""),
        state=told.get("State") or told["Status"],
        joined_method=told.get("JoinedMethod", ""),
        joined=maybe_utc(told.get("JoinedTimestamp")),
        path=_path(told),
    )


def _path(told: Answer) -> tuple[str, ...] | Gap:
    """The ids below the organisation's, as `o-…/r-…/ou-…/`; the account's own may end them."""
    paths: list[str] = told.get("Paths") or []
    if not paths:
        return _LACKS
    if len(paths) > 1:
        return Gap(_LACKS.action, f"the account is in {len(paths)} places")
    ids = [one for one in paths[0].split("/") if one and one != told["Id"]][1:]
    if not ids or not ids[0].startswith("r-"):
        return Gap(_LACKS.action, "Paths is not understood")
    return tuple(ids)


ACCOUNTS = Collector(
    service="organizations", operation="ListAccounts", build=_accounts, params=_SIZE
)


def _ids(pages: Pages) -> tuple[str, ...]:
    return tuple(one["Id"] for page in pages for one in page["Accounts"])


ACCOUNTS_OF_PARENT = Collector(
    service="organizations", operation="ListAccountsForParent", build=_ids, params=_SIZE
)

COLLECTORS: tuple[AnyCollector, ...] = (UNITS, ACCOUNTS, ACCOUNTS_OF_PARENT)

Units = tuple[OrganizationalUnit | Gap, ...] | Gap


def units(ask: Ask, roots: tuple[OrganizationRoot, ...] | Gap) -> Units:
    """Every OU, level by level from the root down: a call for each root and OU."""
    if isinstance(roots, Gap):
        return roots
    found: list[OrganizationalUnit | Gap] = []
    seen: set[str] = set()
    level: list[tuple[str, ...]] = [(root.id,) for root in roots]
    while level:
        listed = ask.each(level, lambda path: ask.sure(UNITS, ParentId=path[-1]))
        below: list[tuple[str, ...]] = []
        for path, children in zip(level, listed, strict=True):
            if isinstance(children, Gap):
                found.append(children)
                continue
            for child in children:
                if child.id in seen:
                    found.append(Gap(UNITS.action, f"lists {child.id} twice"))
                    continue
                seen.add(child.id)
                found.append(replace(child, path=path))
                below.append((*path, child.id))
        level = below
    return tuple(found)


def accounts(
    ask: Ask, roots: tuple[OrganizationRoot, ...] | Gap, known: Units
) -> tuple[MemberAccount, ...] | Gap:
    """Every account and its place; where AWS does not tell it, each root and OU is asked."""
    listed = ask.sure(ACCOUNTS)
    if isinstance(listed, Gap) or all(one.path != _LACKS for one in listed):
        return listed
    if isinstance(roots, Gap) or isinstance(known, Gap):
        return listed
    paths: list[tuple[str, ...]] = [(root.id,) for root in roots]
    paths += [(*one.path, one.id) for one in known if isinstance(one, OrganizationalUnit)]
    held = ask.each(paths, lambda path: ask.sure(ACCOUNTS_OF_PARENT, ParentId=path[-1]))
    places: dict[str, tuple[str, ...]] = {}
    missing = next((one for one in (*held, *known) if isinstance(one, Gap)), None)
    for path, ids in zip(paths, held, strict=True):
        if not isinstance(ids, Gap):
            places |= dict.fromkeys(ids, path)
    return tuple(_placed(one, places, missing) for one in listed)


def _placed(
    account: MemberAccount, places: Mapping[str, tuple[str, ...]], missing: Gap | None
) -> MemberAccount:
    if account.path != _LACKS:
        return account
    nowhere = missing or Gap(ACCOUNTS_OF_PARENT.action, f"does not list {account.id}")
    return replace(account, path=places.get(account.id, nowhere))
