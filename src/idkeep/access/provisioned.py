"""Roles that Identity Center made, beside the permission sets that they were made from.

Both are compared as they are: the policies that are attached, what the inline policy allows, the
boundary. The length of a session is the set's alone; Identity Center gives each role twelve hours:
https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
"""

from collections.abc import Iterator

from msgspec import Struct

from idkeep.access.deputies import center_snapshots
from idkeep.access.documents import Documents
from idkeep.access.estate import Estate
from idkeep.access.more import in_words
from idkeep.access.permission_sets import accounts_of, boundary_arn, reference_arn
from idkeep.access.targets import not_scanned
from idkeep.access.workforce import set_behind
from idkeep.model import (
    CenterInstance,
    Gap,
    IdentityCenter,
    NotAsked,
    PermissionSet,
    PermissionSetsOff,
    Role,
    Snapshot,
    Unread,
)
from idkeep.policy import Policy, PolicyKind
from idkeep.policy.symbolic import Undecided, Witness, exceeds

_STEPS = 50_000


class Drift(Struct, frozen=True, kw_only=True):
    """What a role has beyond its set, and what it lacks of it, in words; and what is not known.

    `is_given`: the account is, or may be, among those that the set is in.
    `is_outdated`: Identity Center says that the account has the set as it was before an edit.
    """

    name: str
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    is_given: bool = True
    is_outdated: bool = False


def drift_of(estate: Estate, role: Role) -> Drift | tuple[Unread, ...]:
    """Of a role that Identity Center made; why its set is not known, nothing if there is none."""
    name = set_behind(role.name)
    gaps: dict[str, list[Unread]] = {}
    found: list[Drift] = []
    is_told = False
    for snapshot in center_snapshots(estate):
        for instance, sets in _sets(snapshot, gaps):
            is_told = is_told or isinstance(instance.permission_sets, tuple)
            gaps.pop(instance.arn, None)
            found += [
                _compared(estate, role, snapshot, instance, one) for one in sets if one.name == name
            ]
            if lost := [one.details for one in sets if isinstance(one.details, Gap | NotAsked)]:
                gaps[instance.arn] = lost[:1]
    if found:
        return min(found, key=lambda one: (not one.is_given, len(one.more) + len(one.less)))
    if gaps or is_told:
        return tuple(dict.fromkeys(gap for some in gaps.values() for gap in some))
    return _untold(estate)


def _untold(estate: Estate) -> tuple[Unread, ...]:
    """Why nobody tells of the organisation's instance: AWS need not show it to a member."""
    organization = estate.snapshot.organization
    if isinstance(organization, Gap | NotAsked):
        return (organization,)
    if organization is None:
        return ()
    manager = organization.management_account
    if manager == estate.snapshot.account.id or estate.elsewhere(manager) is not None:
        return ()
    return (not_scanned(manager, "sso:ListPermissionSets"),)


def _sets(
    snapshot: Snapshot, gaps: dict[str, list[Unread]]
) -> Iterator[tuple[CenterInstance, tuple[PermissionSet, ...]]]:
    """Each instance whose sets were read; `gaps` takes why others may be missing, by instance."""
    center = snapshot.center
    every = center.instances if isinstance(center, IdentityCenter) else center
    if not isinstance(every, tuple):
        gaps.setdefault(snapshot.account.id, []).append(every)
        return
    for one in every:
        sets = one.permission_sets
        if isinstance(sets, tuple | PermissionSetsOff):
            yield one, sets if isinstance(sets, tuple) else ()
        else:
            gaps.setdefault(one.arn, []).append(sets)


def _compared(
    estate: Estate, role: Role, snapshot: Snapshot, instance: CenterInstance, one: PermissionSet
) -> Drift:
    account = estate.snapshot.account.id
    parts = (
        _attached(role, one, f"arn:{estate.snapshot.account.partition}:iam::{account}"),
        _inline(estate, role, snapshot, one),
    )
    is_given = account in accounts_of(instance, one)
    told = (one.provisioned, one.outdated)
    lost = [str(some) for some in told if isinstance(some, Gap | NotAsked) and not is_given]
    return Drift(
        name=one.name,
        more=tuple(words for part in parts for words in part.more),
        less=tuple(words for part in parts for words in part.less),
        unknown=tuple(dict.fromkeys([*lost, *(why for part in parts for why in part.unknown)])),
        is_given=is_given or bool(lost),
        is_outdated=isinstance(one.outdated, tuple) and account in one.outdated,
    )


class _Part(Struct, frozen=True):
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def _attached(role: Role, one: PermissionSet, head: str) -> _Part:
    """The policies that are attached, and the boundary."""
    managed, customer = one.managed_policies, one.customer_policies
    lost = [str(some) for some in (managed, customer) if isinstance(some, Gap | NotAsked)]
    more: list[str] = []
    less: list[str] = []
    if isinstance(managed, tuple) and isinstance(customer, tuple):
        said = {each.arn: each.name for each in managed}
        said |= {reference_arn(each, head): each.name for each in customer}
        has = {each.arn: each.name for each in role.attached_policies}
        more += [f"it has policy {name}" for arn, name in has.items() if arn not in said]
        less += [f"it lacks policy {name}" for arn, name in said.items() if arn not in has]
    if isinstance(one.boundary, Gap | NotAsked):
        lost.append(str(one.boundary))
    elif (wanted := boundary_arn(one, head)) != role.boundary:
        if wanted is None:
            less.append(f"it has boundary {_named(role.boundary)}")
        elif role.boundary is None:
            more.append(f"it lacks boundary {_named(wanted)}")
        else:
            more.append(f"its boundary is {_named(role.boundary)}, not {_named(wanted)}")
    return _Part(tuple(more), tuple(less), tuple(dict.fromkeys(lost)))


def _named(arn: str | None) -> str:
    return (arn or "").rpartition("/")[2]


def _inline(estate: Estate, role: Role, snapshot: Snapshot, one: PermissionSet) -> _Part:
    """What the inline policies allow; how they are written is no difference."""
    wanted = one.inline_policy
    if isinstance(wanted, Gap | NotAsked):
        return _Part(unknown=(str(wanted),))
    names = [each.name for each in role.inline_policies]
    if wanted is None:
        return _Part(more=tuple(f"it has inline policy {name}" for name in names))
    if not names:
        return _Part(less=("it lacks the inline policy",))
    own = [
        estate.engine.documents.policy(each.document, PolicyKind.IDENTITY)
        for each in role.inline_policies
    ]
    said = Documents(snapshot.documents).policy(wanted, PolicyKind.IDENTITY)
    lost = [str(each) for each in (*own, said) if not isinstance(each, Policy)]
    has = tuple(each for each in own if isinstance(each, Policy))
    if lost or not isinstance(said, Policy):
        return _Part(unknown=tuple(dict.fromkeys(lost)))
    if [each.statements for each in has] == [said.statements]:
        return _Part()
    more, beyond = _beyond(estate, has, (said,), "more")
    less, short = _beyond(estate, (said,), has, "less")
    return _Part(more, less, (*beyond, *short))


def _beyond(
    estate: Estate, some: tuple[Policy, ...], others: tuple[Policy, ...], how: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What some policies allow and others do not, in words; and what is not known of it."""
    found = exceeds(some, others, steps=_STEPS)
    if isinstance(found, Undecided):
        return (), (f"whether the inline policies are alike: {found.why}",)
    if not isinstance(found, Witness):
        return (), ()
    what = in_words(estate.engine, found.request)
    where = f": {what}" if what else ""
    return (f"its inline policy allows {how} than the set's{where}",), ()
