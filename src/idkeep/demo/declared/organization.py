"""The declared organisation: units by path, policies and where they are attached, its accounts.

Ids of units and policies follow from their names (`idkeep.demo.identifiers`), so that they are
the same at every start. A path is `/Workloads/Production`; `/` is the root.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from idkeep.demo.declared.account import AccountId, Days, Said

UnitPath = Annotated[str, Meta(pattern=r"^(/|(/[^/]+)+)$")]
State = Literal["PENDING_ACTIVATION", "ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"]
RootFeature = Literal["RootCredentialsManagement", "RootSessions"]


class OrganizationPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy of any type; `attached` holds unit paths and account ids.

    AWS's own FullAWSAccess and RCPFullAWSAccess are there by themselves, on every target.
    """

    name: str
    type: Annotated[str, Meta(pattern=r"^[A-Z0-9_]+$")]
    content: str
    description: str = ""
    attached: tuple[str, ...] = ()


class Member(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account's place. `file`: where it is declared; without one nobody can enter it.

    `more`: further files, for roles, policies, things and made calls.
    """

    id: AccountId
    name: str
    email: str
    unit: UnitPath = "/"
    state: State = "ACTIVE"
    joined: Days = 1000
    invited: bool = False
    file: str | None = None
    more: tuple[str, ...] = ()
    tags: dict[str, str] = {}


class Delegation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A delegated administrator: which account, for which services, since when."""

    account: AccountId
    services: Annotated[tuple[str, ...], Meta(min_length=1)]
    since: Days = 300


class TrustedAccess(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    service: str
    since: Days = 300


class EffectivePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the declarative policies of a type come to for an account, and what is wrong in it."""

    account: AccountId
    type: str
    content: str
    updated: Days = 30
    errors: tuple[Said, ...] = ()


class Organization(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The organisation; `id` and `root` are AWS's ids of it and of its root.

    `disabled_types`: policy types that are switched off at the root; all others are on.
    """

    id: Annotated[str, Meta(pattern=r"^o-[a-z0-9]{10,32}$")]
    root: Annotated[str, Meta(pattern=r"^r-[0-9a-z]{4,32}$")]
    management: AccountId
    members: Annotated[tuple[Member, ...], Meta(min_length=1)]
    units: tuple[UnitPath, ...] = ()
    policies: tuple[OrganizationPolicy, ...] = ()
    disabled_types: tuple[str, ...] = ()
    delegated: tuple[Delegation, ...] = ()
    trusted_access: tuple[TrustedAccess, ...] = ()
    root_features: tuple[RootFeature, ...] = ()
    handshakes: tuple[Said, ...] = ()
    effective: tuple[EffectivePolicy, ...] = ()
    resource_policy: str | None = None
    unit_tags: dict[UnitPath, dict[str, str]] = {}
