"""The declared Identity Center: its people, what they may become, and where."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from idkeep.demo.declared.account import AccountId, Days, Said

# https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PermissionSet.html
SetName = Annotated[str, Meta(pattern=r"^[\w+=,.@-]{1,32}$")]
Duration = Annotated[str, Meta(pattern=r"^PT(\d+H)?(\d+M)?$")]


class CenterUser(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person in the identity store; `external` where an identity provider made them."""

    name: str
    display: str
    email: str
    enabled: bool = True
    created: Days = 300
    updated: Days = 30
    external: str | None = None


class CenterGroup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    members: tuple[str, ...] = ()
    description: str = ""
    created: Days = 300
    external: str | None = None


class PermissionSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A permission set. `stale`: accounts where an edit of it was not provisioned yet.

    `boundary`: a managed policy's ARN, or the name of a customer's policy in each account.
    """

    name: SetName
    created: Days = 300
    description: str = ""
    session: Duration = "PT1H"
    managed: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    inline: str = ""
    boundary: str | None = None
    relay_state: str | None = None
    stale: tuple[AccountId, ...] = ()
    tags: dict[str, str] = {}


class Assignment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A set given to a group or a user, by name, in some accounts."""

    set: SetName
    accounts: Annotated[tuple[AccountId, ...], Meta(min_length=1)]
    group: str | None = None
    user: str | None = None


class Entitlement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Account access manager: a user or a group may become this role."""

    role: str
    group: str | None = None
    user: str | None = None
    created: Days = 60


class Center(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instance of Identity Center, in one region and perhaps copied to others.

    `owner`: the management account, or a member for an account instance.
    """

    instance: Annotated[str, Meta(pattern=r"^ssoins-[0-9a-f]{16}$")]
    store: Annotated[str, Meta(pattern=r"^d-[0-9a-f]{10}$")]
    owner: AccountId
    region: str
    name: str = ""
    created: Days = 700
    status: Literal["CREATE_IN_PROGRESS", "CREATE_FAILED", "DELETE_IN_PROGRESS", "ACTIVE"] = (
        "ACTIVE"
    )
    copies: tuple[str, ...] = ()
    permission_sets_enabled: bool = True
    key: str | None = None
    key_status: Literal["UPDATING", "ENABLED", "UPDATE_FAILED"] = "ENABLED"
    network: Said | None = None
    store_network: Said | None = None
    users: tuple[CenterUser, ...] = ()
    groups: tuple[CenterGroup, ...] = ()
    permission_sets: tuple[PermissionSet, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    token_issuers: tuple[Said, ...] = ()
    applications: tuple[Said, ...] = ()
    attributes: Said | None = None
