"""Checks on how access is assigned: to whom, and who still has it."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.workforce import (
    DISABLED,
    Workforce,
    assignments,
    entitlements,
    unread_assignments,
)
from idkeep.checks.center.samples import (
    ADA,
    BO,
    DEVELOPER,
    NO_ASSIGNMENTS,
    NO_GROUPS,
    NO_MEMBERS,
    OFF,
    PLATFORM,
    SHOP,
    center,
    given,
    of_instance,
)
from idkeep.checks.center.words import home, judged_elsewhere
from idkeep.checks.declare import (
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.policies.words import listed
from idkeep.model import (
    ApplicationAssignment,
    CenterApplication,
    CenterGroup,
    CenterInstance,
    CenterUser,
    Gap,
    NotApplicable,
    PermissionSetsOff,
    Problem,
    Severity,
    Unknown,
    Unread,
)

_GIVEN, _TO_ADA = given(DEVELOPER, PLATFORM), given(DEVELOPER, ADA)


@check(
    CenterInstance,
    severity=Severity.LOW,
    controls=("identity-center",),
    reads=("assignments",),
    remedy=Remedy(
        do="Assign the set to a group of the directory (`aws sso-admin "
        "create-account-assignment --instance-arn INSTANCE_ARN --target-id ACCOUNT "
        "--target-type AWS_ACCOUNT --permission-set-arn SET_ARN --principal-type GROUP "
        "--principal-id GROUP_ID`), then take the person's own away: `aws sso-admin "
        "delete-account-assignment --instance-arn INSTANCE_ARN --target-id ACCOUNT "
        "--target-type AWS_ACCOUNT --permission-set-arn SET_ARN --principal-type USER "
        "--principal-id USER_ID`.",
        may_stop="Nothing stops in this order, if the person is in the group.",
    ),
    examples=(
        of_instance(
            fails,
            f"assigns Developer in {SHOP} to ada directly",
            permission_sets=(DEVELOPER,),
            assignments=(_GIVEN, _TO_ADA),
            users=(ADA,),
        ),
        of_instance(passes, assignments=(_GIVEN,)),
        of_instance(does_not_apply, OFF, assignments=PermissionSetsOff()),
        of_instance(cannot_tell, str(NO_ASSIGNMENTS), assignments=NO_ASSIGNMENTS),
        of_instance(cannot_tell, str(NO_ASSIGNMENTS), assignments=(_GIVEN, NO_ASSIGNMENTS)),
    ),
)
def assignments_to_persons(instance: CenterInstance, estate: Estate) -> Iterator[Said]:
    """A person has access by an assignment of their own, whatever groups give besides.

    Groups follow the directory: who moves on loses what the group gives. What was given to one
    person stays until somebody remembers it.
    """
    if why := judged_elsewhere(instance, estate):
        yield NotApplicable(why)
        return
    assignments = instance.assignments
    if isinstance(assignments, PermissionSetsOff):
        yield NotApplicable(OFF)
        return
    people = Workforce(instance)
    for one in known(assignments):
        if isinstance(one, Gap):
            yield Unknown(str(one))
        elif one.principal_type == "USER":
            name = people.set_called(one.permission_set)
            who = people.called("USER", one.principal)
            yield Problem(
                f"assigns {name} in {one.account} to {who} directly",
                at=f"{one.permission_set} {one.account} {one.principal}",
            )


class _Access:
    """What a user has, in words, and why there may be more."""

    def __init__(self, user: CenterUser, estate: Estate) -> None:
        instance = home(user, estate)
        people = Workforce(instance)
        groups, gaps = people.groups_of(user.id)
        self.found: list[str] = [f"group {one.name}" for one in groups]
        lost = (*estate.snapshot.missing(CenterGroup), *estate.snapshot.missing(CenterApplication))
        self.gaps: list[Unread] = [*gaps, *lost, *unread_assignments(instance)]
        self.found += [
            f"{people.set_called(one.permission_set)} in {one.account}"
            for one in assignments(instance)
            if one.principal_type == "USER" and one.principal == user.id
        ]
        entitled, more = entitlements(known(estate.snapshot.center), instance.arn)
        self.gaps += more
        self.found += [
            one.role for one in entitled if (one.principal_type, one.principal) == ("USER", user.id)
        ]
        self._applications(user, instance)
        self.gaps = list(dict.fromkeys(self.gaps))

    def _applications(self, user: CenterUser, instance: CenterInstance) -> None:
        if not isinstance(instance.applications, tuple):
            self.gaps.append(instance.applications)
            return
        for one in instance.applications:
            if not isinstance(one.assigned, tuple):
                self.gaps.append(one.assigned)
            elif any((e.principal_type, e.principal) == ("USER", user.id) for e in one.assigned):
                self.found.append(f"application {one.name}")


_LONER = replace(ADA, id="u-3", name="eve")
_EX = replace(BO, id="u-4", name="max")
_NO_STATUS = replace(ADA, status="")
_PEOPLE = (ADA, BO, _LONER, _EX)
_APP = CenterApplication(
    arn="arn:aws:sso::999988887777:application/ssoins-example/apl-1",
    name="rota",
    provider="arn:aws:sso::aws:applicationProvider/custom",
    account="999988887777",
    status="ENABLED",
    assigned=(ApplicationAssignment(principal_type="USER", principal="u-3"),),
)


@check(
    CenterUser,
    severity=Severity.MEDIUM,
    controls=("identity-center", "leavers"),
    reads=("status",),
    remedy=Remedy(
        do="Take the user out of its groups, in the directory where it comes from there, else by "
        "`aws identitystore delete-group-membership --identity-store-id STORE_ID --membership-id "
        "MEMBERSHIP_ID` (`aws identitystore list-group-memberships-for-member "
        "--identity-store-id STORE_ID --member-id UserId=USER_ID` tells the ids), and end its "
        "own assignments: `aws sso-admin delete-account-assignment --instance-arn INSTANCE_ARN "
        "--target-id ACCOUNT --target-type AWS_ACCOUNT --permission-set-arn SET_ARN "
        "--principal-type USER --principal-id USER_ID`.",
        may_stop="Nothing stops: nobody signs in as a disabled user.",
    ),
    examples=(
        fails(BO, "is disabled, and keeps group Platform", center=center(applications=())),
        fails(
            _EX,
            f"is disabled, and keeps Developer in {SHOP}",
            center=center(
                DEVELOPER, assignments=(given(DEVELOPER, _EX),), users=_PEOPLE, applications=()
            ),
        ),
        passes(ADA, center=center(applications=())),
        passes(_EX, center=center(users=_PEOPLE, applications=())),
        cannot_tell(
            _EX, str(NO_GROUPS), center=center(users=_PEOPLE, groups=NO_GROUPS, applications=())
        ),
        cannot_tell(
            _NO_STATUS,
            "identitystore:ListUsers: whether the user is disabled was not told",
            center=center(users=(_NO_STATUS,), applications=()),
        ),
    ),
)
def disabled_user_keeps_access(user: CenterUser, estate: Estate) -> Iterator[Said]:
    """A user of Identity Center is disabled and still holds what it was given.

    Whoever enables it again, by mistake or because a directory says so, gives everything back at
    once, and lists of who has access count somebody who left.
    """
    if not user.status:
        yield Unknown("identitystore:ListUsers: whether the user is disabled was not told")
    if user.status != DISABLED:
        return
    access = _Access(user, estate)
    if access.found:
        yield Problem(f"is disabled, and keeps {listed(access.found)}")
    else:
        yield from (Unknown(str(gap)) for gap in access.gaps)


@check(
    CenterUser,
    severity=Severity.LOW,
    controls=("identity-center", "user-lifecycle"),
    reads=("status",),
    remedy=Remedy(
        do="Ask whether the person is still to come in. If not, end it in the directory; delete "
        "one that was made here: `aws identitystore delete-user --identity-store-id STORE_ID "
        "--user-id USER_ID`.",
        may_stop="The person can no longer sign in to applications that are open to the whole "
        "directory.",
    ),
    examples=(
        fails(
            _LONER,
            "is in no group and was given nothing",
            center=center(users=_PEOPLE, applications=()),
        ),
        passes(ADA, center=center(applications=())),
        passes(_LONER, center=center(users=_PEOPLE, applications=(_APP,))),
        does_not_apply(_EX, "is disabled", center=center(users=_PEOPLE, applications=())),
        cannot_tell(
            _LONER,
            str(NO_MEMBERS),
            center=center(
                users=_PEOPLE, groups=(replace(PLATFORM, members=NO_MEMBERS),), applications=()
            ),
        ),
    ),
)
def center_user_without_access(user: CenterUser, estate: Estate) -> Iterator[Said]:
    """A user of Identity Center can sign in and was given nothing.

    AWS tells of nobody when they last signed in here, so this is what shows that a user may have
    been forgotten: it signs in to every application that asks for no assignment.
    """
    if user.status == DISABLED:
        yield NotApplicable("is disabled")
        return
    access = _Access(user, estate)
    if not access.found:
        yield from (Unknown(str(gap)) for gap in access.gaps)
        if not access.gaps:
            yield Problem("is in no group and was given nothing")


CHECKS = (assignments_to_persons, disabled_user_keeps_access, center_user_without_access)
