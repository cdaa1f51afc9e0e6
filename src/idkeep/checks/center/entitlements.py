"""Checks on account access manager: who of Identity Center may become which existing role."""

from collections.abc import Iterator
from typing import TypeVar

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.access.engine import Engine
from idkeep.access.workforce import DISABLED, Workforce
from idkeep.checks.center.samples import NO_MEMBERS, OTHER, PLATFORM, SHOP, instance
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.policies.samples import EVERYTHING, READ_ONLY, role
from idkeep.model import (
    AccountAccess,
    AccountAccessDetails,
    CenterGroup,
    CenterInstance,
    CenterUser,
    Entitlement,
    Gap,
    IdentityCenter,
    NotApplicable,
    NotAsked,
    Problem,
    Role,
    Severity,
    Snapshot,
    Unknown,
    Unread,
)
from idkeep.model.facts import Family

T = TypeVar("T")

_CONSOLE, _READER = role("console", EVERYTHING), role("reader", READ_ONLY)
_FORM = Entitlement(
    id="ent-1", role=_CONSOLE.arn, account=SHOP, principal_type="GROUP", principal="g-1"
)
_READS = replace(_FORM, role=_READER.arn)
_TO_ADA = replace(_FORM, principal_type="USER", principal="u-1")
_TO_BO = replace(_TO_ADA, principal="u-2")
_AWAY = replace(_FORM, role=f"arn:aws:iam::{OTHER}:role/x", account=OTHER)
_ROLES = (_CONSOLE, _READER)


def _center(one: Entitlement, of: CenterInstance | None = None) -> IdentityCenter:
    home = of or instance()
    access = AccountAccess(
        arn="arn:aws:account-access:us-east-1:999988887777:application/1",
        region="us-east-1",
        details=AccountAccessDetails(instance=home.arn, status="ACTIVE"),
        entitlements=(one,),
    )
    return IdentityCenter(instances=(home,), account_access=(access,))


_END = (
    "`aws account-access delete-entitlement --application-arn APPLICATION_ARN --entitlement-id "
    "ENTITLEMENT_ID`"
)
_GIVE = (
    "`aws account-access create-entitlement --application-arn APPLICATION_ARN --entitlement "
    '\'{"principalRole": {"principal": {"identityCenter": {"groupId": "GROUP_ID"}}, "roleArn": '
    '"ROLE_ARN"}}\'`'
)


@check(
    Entitlement,
    severity=Severity.LOW,
    controls=("identity-center",),
    reads=("principal_type", "principal"),
    remedy=Remedy(
        do=f"Entitle a group of the directory ({_GIVE}), then take the person's own away: {_END}.",
        may_stop="Nothing stops in this order, if the person is in the group.",
    ),
    examples=(
        fails(_TO_ADA, f"lets ada become {_CONSOLE.arn}, and no group", center=_center(_TO_ADA)),
        passes(_FORM, center=_center(_FORM)),
        cannot_tell(
            replace(_FORM, principal_type="TEAM", principal=""),
            "account-access:ListEntitlements: a principal of a kind that is not known, TEAM",
            center=_center(replace(_FORM, principal_type="TEAM", principal="")),
        ),
    ),
)
def entitlement_to_person(one: Entitlement, estate: Estate) -> Iterator[Said]:
    """A person may become a role by an entitlement of their own.

    Entitlements have no end. Groups follow the directory; what was given to one person stays until
    somebody remembers it.
    """
    if one.principal_type not in {"USER", "GROUP"}:
        yield _strange(one)
    elif one.principal_type == "USER":
        who = _people(one, estate)
        name = who.called("USER", one.principal) if who else one.principal
        yield Problem(f"lets {name} become {one.role}, and no group")


def _strange(one: Entitlement) -> Unknown:
    why = f"a principal of a kind that is not known, {one.principal_type}"
    return Unknown(f"account-access:ListEntitlements: {why}")


@check(
    Entitlement,
    severity=Severity.MEDIUM,
    controls=("least-privilege-administrators", "identity-center"),
    reads=("role", "account", "principal"),
    remedy=Remedy(
        do=f"Entitle them to a role with what they use ({_GIVE}), and end this one: {_END}.",
        may_stop="Whoever works with the role loses what nobody thought of.",
    ),
    examples=(
        fails(
            _FORM,
            "makes administrators of group Platform (ada, bo (disabled)) by role console in "
            f"{SHOP}",
            center=_center(_FORM),
            roles=_ROLES,
        ),
        passes(_READS, center=_center(_READS), roles=_ROLES),
        does_not_apply(_FORM, f"account {SHOP} has no role console", center=_center(_FORM)),
        cannot_tell(
            _AWAY,
            f"{Role.LISTED_BY}: what role x may do is told in account {OTHER} alone",
            center=_center(_AWAY),
        ),
    ),
)
def entitlement_makes_administrators(one: Entitlement, estate: Estate) -> Iterator[Said]:
    """An entitlement makes administrators of people, by a role of an account.

    No permission set shows it: the role is the account's, and who may become it stands in account
    access manager:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager.html
    """
    name = one.role.rpartition("/")[2]
    there = _account(one.account, estate)
    if there is None:
        yield Unknown(_told_there(f"what role {name} may do", one.account))
        return
    found = next((each for each in there.roles if each.arn == one.role), None)
    if found is None:
        yield from _lost(there, f"account {one.account} has no role {name}")
        return
    engine = _alone(there, found, estate)
    holder = engine.holders[found.arn]
    if gaps := (*holder.unread, *holder.unread_boundary):
        yield from (Unknown(str(gap)) for gap in dict.fromkeys(gaps))
    elif powers(engine)[found.arn].rule is not Rule.NO:
        people = _people(one, estate)
        who = people.who(one.principal_type, one.principal) if people else one.principal
        yield Problem(f"makes administrators of {who} by role {name} in {one.account}")


def _lost(there: Snapshot, words: str) -> Iterator[Said]:
    gaps = there.missing(Role)
    yield from (Unknown(str(gap)) for gap in gaps)
    if not gaps:
        yield NotApplicable(words)


def _alone(there: Snapshot, found: Role, estate: Estate) -> Engine:
    """An engine over the account with this role alone."""
    if there is estate.snapshot:
        return estate.engine
    bare = replace(there, users=(), groups=(), roles=(found,), resources=NotAsked(Family.RESOURCES))
    return Engine(bare, estate.engine.catalog, siblings=estate.siblings)


def _account(account: str, estate: Estate) -> Snapshot | None:
    own = estate.snapshot.account.id == account
    return estate.snapshot if own else estate.elsewhere(account)


def _told_there(what: str, account: str) -> str:
    return str(Gap(Role.LISTED_BY, f"{what} is told in account {account} alone"))


def _access(one: Entitlement, estate: Estate) -> AccountAccess | None:
    center = estate.snapshot.center
    every = center.account_access if isinstance(center, IdentityCenter) else ()
    for each in every if isinstance(every, tuple) else ():
        told = each.entitlements if isinstance(each, AccountAccess) else ()
        if isinstance(each, AccountAccess) and isinstance(told, tuple) and one in told:
            return each
    return None


def _people(one: Entitlement, estate: Estate) -> Workforce | None:
    """Those of the instance that the entitlement's application is of; None where that is unread."""
    center, access = estate.snapshot.center, _access(one, estate)
    if access is None or not isinstance(access.details, AccountAccessDetails):
        return None
    every = center.instances if isinstance(center, IdentityCenter) else ()
    for instance_ in every if isinstance(every, tuple) else ():
        if instance_.arn == access.details.instance:
            return Workforce(instance_)
    return None


_UNREAD_MEMBERS = instance(groups=(replace(PLATFORM, members=NO_MEMBERS),))


@check(
    Entitlement,
    severity=Severity.LOW,
    controls=("identity-center", "unused-roles"),
    reads=("role", "account", "principal", "principal_type"),
    remedy=Remedy(
        do=f"End it: {_END}.",
        may_stop="Nothing stops: nobody gets in by it.",
    ),
    examples=(
        fails(_TO_BO, "is for bo, who is disabled", center=_center(_TO_BO), roles=_ROLES),
        fails(
            replace(_FORM, principal="g-9"),
            "is for a group that is no more",
            center=_center(replace(_FORM, principal="g-9")),
            roles=_ROLES,
        ),
        fails(
            _FORM,
            "is for group Platform, in which nobody is",
            center=_center(_FORM, instance(groups=(replace(PLATFORM, members=()),))),
            roles=_ROLES,
        ),
        fails(_FORM, f"is for role console, which account {SHOP} lacks", center=_center(_FORM)),
        passes(_FORM, center=_center(_FORM), roles=_ROLES),
        cannot_tell(_FORM, str(NO_MEMBERS), center=_center(_FORM, _UNREAD_MEMBERS), roles=_ROLES),
        cannot_tell(
            _AWAY,
            f"{Role.LISTED_BY}: whether there is role x is told in account {OTHER} alone",
            center=_center(_AWAY),
        ),
    ),
)
def entitlement_for_nobody(one: Entitlement, estate: Estate) -> Iterator[Said]:
    """An entitlement lets nobody in: whom it names is gone, or the role is.

    A role that is made again under the same name, or a user who is enabled again, has it at once.
    """
    if one.principal_type not in {"USER", "GROUP"}:
        yield _strange(one)
        return
    people = _people(one, estate)
    if people is None:
        yield Unknown(str(Gap("account-access:GetApplication", "whose people it is for")))
    else:
        yield from _nobody(one, people, estate)
    name = one.role.rpartition("/")[2]
    there = _account(one.account, estate)
    if there is None:
        yield Unknown(_told_there(f"whether there is role {name}", one.account))
    elif all(each.arn != one.role for each in there.roles):
        gaps = there.missing(Role)
        yield from (Unknown(str(gap)) for gap in gaps)
        if not gaps:
            yield Problem(f"is for role {name}, which account {one.account} lacks", at="role")


def _nobody(one: Entitlement, people: Workforce, estate: Estate) -> Iterator[Said]:
    if one.principal_type == "USER":
        user = people.users.get(one.principal)
        if user is None:
            yield from _gone("a user", estate.snapshot.missing(CenterUser))
        elif user.status == DISABLED:
            yield Problem(f"is for {user.name}, who is disabled")
        return
    group = people.groups.get(one.principal)
    if group is None:
        yield from _gone("a group", estate.snapshot.missing(CenterGroup))
    elif not isinstance(group.members, tuple):
        yield Unknown(str(group.members))
    elif not group.members:
        yield Problem(f"is for group {group.name}, in which nobody is")


def _gone(what: str, lost: tuple[Unread, ...]) -> Iterator[Said]:
    yield from (Unknown(str(gap)) for gap in lost)
    if not lost:
        yield Problem(f"is for {what} that is no more")


CHECKS = (entitlement_to_person, entitlement_makes_administrators, entitlement_for_nobody)
