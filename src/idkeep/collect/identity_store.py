"""The users and groups of an Identity Center.

Source: https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html
"""

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.times import maybe_utc
from idkeep.model import (
    CenterGroup,
    CenterInstance,
    CenterUser,
    Gap,
    IdentityStore,
    StoreNetwork,
)

_SIZE = {"MaxResults": 100}


def _store(pages: Pages) -> IdentityStore:
    [answer] = pages
    return IdentityStore(
        arn=answer["IdentityStoreArn"], network=_network(answer.get("NetworkConfiguration"))
    )


def _network(told: Answer | None) -> StoreNetwork | None:
    if told is None:
        return None
    return StoreNetwork(
        vpc_endpoint_required=told["VpceAccessRequired"],
        vpcs=tuple(told.get("ApiRestrictSourceVpcs", ())),
        ips=tuple(told.get("ApiAllowSourceIps", ())),
        scim_ips=tuple(told.get("ScimAllowSourceIps", ())),
    )


STORE = Collector(
    service="identitystore", operation="DescribeIdentityStore", build=_store, regional=True
)


def _users(pages: Pages) -> tuple[CenterUser, ...]:
    return tuple(_user(one) for page in pages for one in page["Users"])


def _user(told: Answer) -> CenterUser:
    """Of what the directory knows of a person only what tells who it is."""
    return CenterUser(
        id=told["UserId"],
        name=told.get("UserName", ""),
        display_name=told.get("DisplayName", ""),
        email=_email(told),
        status=told.get("UserStatus", ""),
        issuers=_issuers(told),
        created=maybe_utc(told.get("CreatedAt")),
        created_by=told.get("CreatedBy"),
        updated=maybe_utc(told.get("UpdatedAt")),
        updated_by=told.get("UpdatedBy"),
        roles=tuple(one["Value"] for one in told.get("Roles", ()) if one.get("Value")),
    )


def _email(told: Answer) -> str | None:
    """The primary address, else the first."""
    emails: list[Answer] = sorted(
        told.get("Emails", ()), key=lambda one: not one.get("Primary", False)
    )
    return next((one["Value"] for one in emails if one.get("Value")), None)


def _issuers(told: Answer) -> tuple[str, ...]:
    return tuple(one["Issuer"] for one in told.get("ExternalIds", ()))


USERS = Collector(
    service="identitystore", operation="ListUsers", build=_users, params=_SIZE, regional=True
)


def _groups(pages: Pages) -> tuple[CenterGroup, ...]:
    return tuple(
        CenterGroup(
            id=one["GroupId"],
            name=one.get("DisplayName", ""),
            issuers=_issuers(one),
            created=maybe_utc(one.get("CreatedAt")),
            created_by=one.get("CreatedBy"),
        )
        for page in pages
        for one in page["Groups"]
    )


GROUPS = Collector(
    service="identitystore", operation="ListGroups", build=_groups, params=_SIZE, regional=True
)


def _members(pages: Pages) -> tuple[str, ...]:
    """Ids of users; AWS has no other kind of member, and one would not be understood."""
    return tuple(one["MemberId"]["UserId"] for page in pages for one in page["GroupMemberships"])


MEMBERSHIPS = Collector(
    service="identitystore",
    operation="ListGroupMemberships",
    build=_members,
    params=_SIZE,
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (STORE, USERS, GROUPS, MEMBERSHIPS)


@dataclass(frozen=True, slots=True)
class People:
    """The identity store of an instance."""

    store: IdentityStore | Gap
    users: tuple[CenterUser, ...] | Gap
    groups: tuple[CenterGroup, ...] | Gap


def read(ask: Ask, instance: CenterInstance) -> People:
    """A call for each group's members: AWS lists them for one group or one user at a time."""
    of: dict[str, Any] = {"region": instance.region, "IdentityStoreId": instance.identity_store}
    groups = ask.those(GROUPS, CenterGroup, **of)
    if not isinstance(groups, Gap):
        members = ask.each(groups, lambda one: ask.sure(MEMBERSHIPS, **of, GroupId=one.id))
        groups = tuple(
            replace(one, members=found) for one, found in zip(groups, members, strict=True)
        )
    users = ask.those(USERS, CenterUser, **of)
    return People(store=ask.sure(STORE, **of), users=users, groups=groups)
