"""What an estate file says that cannot be: names twice, references to nothing, broken JSON."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from idkeep.demo.declared.account import AccountEstate, Group, Role, User
from idkeep.demo.declared.center import Assignment, Center, Entitlement
from idkeep.demo.declared.estate import Estate
from idkeep.demo.declared.organization import Organization


def in_account(estate: AccountEstate) -> Iterator[str]:
    """Of one account, each in a sentence with its place."""
    yield from _twice(estate)
    yield from _dangling(estate)
    yield from _not_json(_documents(estate))


def in_organization(estate: Estate) -> Iterator[str]:
    """Of the organisation and its Identity Centers."""
    organization = estate.organization
    if organization is None:
        return
    ids = {member.id for member in organization.members}
    if estate.first not in estate.accounts:
        yield f"first: no account {estate.first} is declared in a file"
    if organization.management not in ids:
        yield f"management: {organization.management} is not among the members"
    yield from _units(organization)
    yield from _policies(organization, ids)
    for delegation in organization.delegated:
        if delegation.account not in ids:
            yield f"delegated: {delegation.account} is not among the members"
    for center in estate.centers:
        yield from _center(center, ids)


def attachments(estate: AccountEstate) -> Iterator[tuple[str, str]]:
    """Every reference to a managed policy, with its place, boundaries among them."""
    for kind, entities in (("users", estate.users), ("roles", estate.roles)):
        for entity in entities:
            if entity.boundary:
                yield f"{kind} {entity.name}: boundary", entity.boundary
    for kind, holders in _holders(estate):
        for holder in holders:
            for reference in holder.attached:
                yield f"{kind} {holder.name}: attached", reference


def _holders(estate: AccountEstate) -> Iterator[tuple[str, Iterable[User | Group | Role]]]:
    yield "users", estate.users
    yield "groups", estate.groups
    yield "roles", estate.roles


def _twice(estate: AccountEstate) -> Iterator[str]:
    with_role = (one.name for one in estate.roles if one.instance_profile)
    named = {kind: [one.name for one in holders] for kind, holders in _holders(estate)}
    named["policies"] = [one.name for one in estate.policies]
    named["instance profiles"] = [*(one.name for one in estate.instance_profiles), *with_role]
    for kind, names in named.items():
        for name, times in Counter(name.lower() for name in names).items():
            if times > 1:
                yield f"{kind}: {name} is declared {times} times (names ignore case)"


def _dangling(estate: AccountEstate) -> Iterator[str]:
    groups = {group.name for group in estate.groups}
    for user in estate.users:
        for group in user.groups:
            if group not in groups:
                yield f"users {user.name}: no group is named {group}"
    policies = {policy.name for policy in estate.policies}
    for place, reference in attachments(estate):
        if not reference.startswith("aws:") and reference not in policies:
            yield f"{place}: no policy is named {reference} (AWS's own begin with aws:)"


def _documents(estate: AccountEstate) -> Iterator[tuple[str, str]]:
    for kind, holders in _holders(estate):
        for holder in holders:
            for name, document in holder.inline.items():
                yield f"{kind} {holder.name}: inline {name}", document
    for role in estate.roles:
        yield f"roles {role.name}: trust", role.trust
    for policy in estate.policies:
        for number, version in enumerate(policy.versions, start=1):
            yield f"policies {policy.name}: version v{number}", version.document


def _not_json(documents: Iterable[tuple[str, str]]) -> Iterator[str]:
    for place, document in documents:
        try:
            json.loads(document)
        except ValueError as error:
            yield f"{place}: not JSON: {error}"


def _units(organization: Organization) -> Iterator[str]:
    there = {"/", *organization.units}
    for unit in organization.units:
        parent = unit.rpartition("/")[0] or "/"
        if parent not in there:
            yield f"units: {unit} lies in {parent}, which is not there"
    for member in organization.members:
        if member.unit not in there:
            yield f"members {member.id}: no unit {member.unit}"


def _policies(organization: Organization, ids: set[str]) -> Iterator[str]:
    there = {"/", *organization.units, *ids}
    for policy in organization.policies:
        for target in policy.attached:
            if target not in there:
                yield f"policies {policy.name}: attached to {target}, which is not there"
    yield from _not_json((f"policies {p.name}", p.content) for p in organization.policies)
    if organization.resource_policy is not None:
        yield from _not_json([("resource_policy", organization.resource_policy)])


def _center(center: Center, ids: set[str]) -> Iterator[str]:
    users = {user.name for user in center.users}
    groups = {group.name for group in center.groups}
    sets = {one.name for one in center.permission_sets}
    for group in center.groups:
        for member in group.members:
            if member not in users:
                yield f"centers {center.instance}: {group.name} has no {member}"
    for assignment in center.assignments:
        if assignment.set not in sets:
            yield f"centers {center.instance}: no permission set {assignment.set}"
        for account in assignment.accounts:
            if account not in ids:
                yield f"centers {center.instance}: {account} is not among the members"
    yield from _given_to_nobody(center, {*groups, None}, {*users, None})


def _given_to_nobody(
    center: Center, groups: set[str | None], users: set[str | None]
) -> Iterator[str]:
    every: tuple[Assignment | Entitlement, ...] = (*center.assignments, *center.entitlements)
    for given in every:
        if (given.group is None) == (given.user is None):
            yield f"centers {center.instance}: either a group or a user, and not both: {given}"
        elif given.group not in groups or given.user not in users:
            yield f"centers {center.instance}: nobody is {given.group or given.user}"
