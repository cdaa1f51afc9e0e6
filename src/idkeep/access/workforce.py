"""Who of an Identity Center's people comes to something, by themselves or through which group."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from msgspec import Struct

from idkeep.model import (
    AccountAccess,
    AccountAssignment,
    CenterGroup,
    CenterInstance,
    CenterUser,
    Entitlement,
    Gap,
    IdentityCenter,
    NotAsked,
    PermissionSet,
    Snapshot,
    Unread,
)

T = TypeVar("T")

# Sixteen digits end it, and in a redacted snapshot what stands for them. Nobody but Identity Center
# makes roles of such names.
_RESERVED = re.compile(r"AWSReservedSSO_(.+)_[0-9a-z]+")

DISABLED = "DISABLED"
_MOST = 4


class Workforce:
    """The users and groups of one instance by id; `unread` is why some may be missing."""

    def __init__(self, instance: CenterInstance) -> None:
        users, groups = instance.users, instance.groups
        self.users: dict[str, CenterUser] = {one.id: one for one in _read(users)}
        self.groups: dict[str, CenterGroup] = {one.id: one for one in _read(groups)}
        self.unread = tuple(one for one in (users, groups) if isinstance(one, Gap | NotAsked))
        sets = instance.permission_sets
        self._sets = {one.arn: set_name(one) for one in (sets if isinstance(sets, tuple) else ())}

    def called(self, kind: str, principal: str) -> str:
        """A user's or group's name; its id where it was not read, or is no more."""
        found = (self.groups if kind == "GROUP" else self.users).get(principal)
        return found.name if found else principal

    def set_called(self, arn: str) -> str:
        """A permission set's name; its ARN where it was not read."""
        return self._sets.get(arn, arn)

    def who(self, kind: str, principal: str) -> str:
        """A user by name, a group with the people in it."""
        if kind != "GROUP":
            return self._person(principal)
        group = self.groups.get(principal)
        name = self.called(kind, principal)
        if group is None:
            return f"group {name}"
        if not isinstance(group.members, tuple):
            return f"group {name} (its members were not read)"
        people = [self._person(one) for one in group.members]
        shown = ", ".join(people[:_MOST]) or "nobody"
        more = f" and {len(people) - _MOST} more" if len(people) > _MOST else ""
        return f"group {name} ({shown}{more})"

    def groups_of(self, user: str) -> tuple[tuple[CenterGroup, ...], tuple[Unread, ...]]:
        """The groups that a user is in, and why others may be missing."""
        gaps = dict.fromkeys(
            one.members for one in self.groups.values() if not isinstance(one.members, tuple)
        )
        found = tuple(
            one
            for one in self.groups.values()
            if isinstance(one.members, tuple) and user in one.members
        )
        return found, (*self.unread, *gaps)

    def _person(self, user: str) -> str:
        found = self.users.get(user)
        if found is None:
            return user
        return f"{found.name} (disabled)" if found.status == DISABLED else found.name


def set_name(one: PermissionSet) -> str:
    """A permission set's name; its ARN where that was not read."""
    return one.name or one.arn


def set_behind(role: str) -> str:
    """The name of the permission set that a role was made from, by its name; "" for others."""
    found = _RESERVED.fullmatch(role)
    return found[1] if found else ""


def people_behind(role: str, account: str, centers: Iterable[Snapshot]) -> tuple[str, ...] | None:
    """Who has the permission set that a role of an account was made from, by the role's name.

    `centers` are snapshots that the instance may be in. None where none of them tells.
    """
    name = set_behind(role)
    if not name:
        return None
    for snapshot in centers:
        center = snapshot.center
        every = center.instances if isinstance(center, IdentityCenter) else ()
        for instance in every if isinstance(every, tuple) else ():
            sets = instance.permission_sets if isinstance(instance.permission_sets, tuple) else ()
            of = next((one.arn for one in sets if one.name == name), None)
            if of is not None and not unread_assignments(instance):
                people = Workforce(instance)
                return tuple(
                    people.who(one.kind, one.principal)
                    for one in given(instance, of)
                    if account in one.accounts
                )
    return None


class Given(Struct, frozen=True, kw_only=True):
    """Who has a permission set, or may have a role, and in which accounts.

    `kind` is USER or GROUP, `principal` an id of the identity store.
    """

    kind: str
    principal: str
    accounts: tuple[str, ...]


def given(instance: CenterInstance, permission_set: str) -> tuple[Given, ...]:
    """To whom a set is assigned, as far as that was read."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in assignments(instance):
        if one.permission_set == permission_set:
            found.setdefault((one.principal_type, one.principal), []).append(one.account)
    return tuple(
        Given(kind=kind, principal=principal, accounts=tuple(accounts))
        for (kind, principal), accounts in found.items()
    )


def assignments(instance: CenterInstance) -> Iterator[AccountAssignment]:
    """Those that were read."""
    every = instance.assignments if isinstance(instance.assignments, tuple) else ()
    yield from (one for one in every if isinstance(one, AccountAssignment))


def unread_assignments(instance: CenterInstance) -> tuple[Unread, ...]:
    """Why some assignments may be missing."""
    every = instance.assignments
    if isinstance(every, Gap | NotAsked):
        return (every,)
    found = every if isinstance(every, tuple) else ()
    return tuple(dict.fromkeys(one for one in found if isinstance(one, Gap)))


def entitlements(
    center: IdentityCenter, instance: str
) -> tuple[tuple[Entitlement, ...], tuple[Unread, ...]]:
    """Account access manager's for the people of an instance, and why some may be missing."""
    every = center.account_access
    if not isinstance(every, tuple):
        return (), (every,)
    gaps: list[Unread] = [one for one in every if isinstance(one, Gap)]
    found: list[Entitlement] = []
    for one in every:
        if not isinstance(one, AccountAccess):
            continue
        if isinstance(one.details, Gap | NotAsked):
            gaps.append(one.details)
        elif one.details.instance != instance:
            continue
        elif isinstance(one.entitlements, tuple):
            found += one.entitlements
        else:
            gaps.append(one.entitlements)
    return tuple(found), tuple(dict.fromkeys(gaps))


def _read(told: tuple[T, ...] | Unread) -> tuple[T, ...]:
    return told if isinstance(told, tuple) else ()
