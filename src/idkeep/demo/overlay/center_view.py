"""One declared Identity Center in AWS's ids and members; who may see it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from idkeep.demo.declared.center import (
    Assignment,
    Center,
    CenterGroup,
    CenterUser,
    Entitlement,
    PermissionSet,
)
from idkeep.demo.identifiers import guid, hexadecimal
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked


def absent(what: str) -> Refused:
    """AWS's refusal of an id that stands for nothing."""
    return Refused("ResourceNotFoundException", f"{what} not found")


class CenterView(Struct, frozen=True):
    """Questions about one instance; `now` is what its ages are counted back from."""

    declared: Center
    partition: str
    now: datetime

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:sso:::instance/{self.declared.instance}"

    @property
    def store_arn(self) -> str:
        center = self.declared
        return f"arn:{self.partition}:identitystore::{center.owner}:identitystore/{center.store}"

    @property
    def application(self) -> str:
        """Account access manager's own application."""
        center = self.declared
        name = hexadecimal(f"{center.instance}:account-access", 16)
        start = f"arn:{self.partition}:account-access:{center.region}:{center.owner}"
        return f"{start}:application/{name}"

    def ago(self, days: float) -> datetime:
        return (self.now - timedelta(days=days)).replace(microsecond=0)

    def set_arn(self, name: str) -> str:
        center = self.declared.instance
        number = hexadecimal(f"{center}:{name}", 16)
        return f"arn:{self.partition}:sso:::permissionSet/{center}/ps-{number}"

    def permission_set(self, arn: str) -> PermissionSet:
        """Raises AWS's ResourceNotFoundException."""
        for one in self.declared.permission_sets:
            if self.set_arn(one.name) == arn:
                return one
        raise absent("PermissionSet")

    def resource_id(self, kind: str, name: str) -> str:
        """Of a user, a group or a membership: the store's ten digits and a UUID."""
        store = self.declared.store
        return f"{store.removeprefix('d-')}-{guid(f'{store}:{kind}:{name}')}"

    def resource_arn(self, kind: str, name: str) -> str:
        return f"arn:{self.partition}:identitystore:::{kind}/{self.resource_id(kind, name)}"

    def user(self, given: str) -> CenterUser:
        """Raises AWS's ResourceNotFoundException."""
        for one in self.declared.users:
            if self.resource_id("user", one.name) == given:
                return one
        raise absent("USER")

    def group(self, given: str) -> CenterGroup:
        """Raises AWS's ResourceNotFoundException."""
        for one in self.declared.groups:
            if self.resource_id("group", one.name) == given:
                return one
        raise absent("GROUP")

    def assignments(self) -> Iterator[dict[str, str]]:
        """One for each account, as ListAccountAssignments lists them."""
        for one in self.declared.assignments:
            kind, principal = self.principal(one)
            for account in one.accounts:
                yield {
                    "AccountId": account,
                    "PermissionSetArn": self.set_arn(one.set),
                    "PrincipalType": kind,
                    "PrincipalId": principal,
                }

    def provisioned(self, name: str) -> tuple[str, ...]:
        """The accounts that have a role of this set."""
        given = (one.accounts for one in self.declared.assignments if one.set == name)
        return tuple(sorted({account for accounts in given for account in accounts}))

    def principal(self, one: Assignment | Entitlement) -> tuple[str, str]:
        """USER or GROUP, and the id."""
        if one.group is not None:
            return "GROUP", self.resource_id("group", one.group)
        return "USER", self.resource_id("user", one.user or "")

    def regions(self) -> list[dict[str, Any]]:
        center = self.declared
        first = {"RegionName": center.region, "Status": "ACTIVE", "IsPrimaryRegion": True}
        copies = [
            {"RegionName": name, "Status": "ACTIVE", "IsPrimaryRegion": False}
            for name in center.copies
        ]
        return [one | {"AddedDate": self.ago(center.created)} for one in (first, *copies)]


def views(asked: Asked) -> list[CenterView]:
    """The instances of the caller's account and organisation, in whatever region."""
    found = []
    for center in asked.world.estate.centers:
        is_own = center.owner == asked.state.account
        if is_own or (
            _is_organization_s(asked, center) and asked.world.member(asked.state.account)
        ):
            found.append(CenterView(center, asked.state.partition, asked.world.began))
    return found


def is_here(view: CenterView, region: str) -> bool:
    return region in {view.declared.region, *view.declared.copies}


def manages(asked: Asked, center: Center) -> bool:
    """The owner, and for the organisation's instance its delegated administrator."""
    organization = asked.world.estate.organization
    if center.owner == asked.state.account:
        return True
    return organization is not None and any(
        one.account == asked.state.account and "sso.amazonaws.com" in one.services
        for one in organization.delegated
        if _is_organization_s(asked, center)
    )


def _is_organization_s(asked: Asked, center: Center) -> bool:
    organization = asked.world.estate.organization
    return organization is not None and center.owner == organization.management
