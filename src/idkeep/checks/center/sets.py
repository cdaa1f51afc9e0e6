"""Checks on permission sets: whether accounts have them as they are written, and for how long."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.permission_sets import (
    PermissionSets,
    accounts_of,
    instance_of,
    references,
)
from idkeep.access.workforce import Workforce, given, unread_assignments
from idkeep.checks.center.samples import (
    DEVELOPER,
    HOUR,
    NO_ACCOUNTS,
    NO_ASSIGNMENTS,
    NO_DETAILS,
    OFF,
    OTHER,
    PLATFORM,
    SHOP,
    center,
    of_instance,
)
from idkeep.checks.center.samples import given as assigned
from idkeep.checks.center.words import judged_elsewhere
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
from idkeep.checks.samples import allow, managed
from idkeep.config import Settings
from idkeep.model import (
    CenterInstance,
    FailedProvisioning,
    Gap,
    ManagedPolicy,
    NotApplicable,
    PermissionSet,
    PermissionSetBoundary,
    PermissionSetDetails,
    PermissionSetsOff,
    PolicyReference,
    Problem,
    Severity,
    Unknown,
)

_NO_STATUS = Gap("sso:ListPermissionSetProvisioningStatus", "AccessDeniedException")
_NO_BOUNDARY = Gap("sso:GetPermissionsBoundaryForPermissionSet", "AccessDeniedException")
_FAILED = FailedProvisioning(id="1", permission_set=DEVELOPER.arn, account=SHOP, reason="no role")


@check(
    PermissionSet,
    severity=Severity.MEDIUM,
    controls=("identity-center",),
    reads=("provisioned", "outdated"),
    remedy=Remedy(
        do="After a look at what the edit changes: `aws sso-admin provision-permission-set "
        "--instance-arn INSTANCE_ARN --permission-set-arn SET_ARN --target-type "
        "ALL_PROVISIONED_ACCOUNTS`.",
        may_stop="People lose what the edit took away, also in sessions that run: the role in the "
        "account changes.",
    ),
    examples=(
        fails(
            replace(DEVELOPER, outdated=(SHOP, OTHER)),
            f"is as it was before its last edit in {SHOP}, {OTHER}",
        ),
        passes(DEVELOPER),
        cannot_tell(replace(DEVELOPER, outdated=NO_ACCOUNTS), str(NO_ACCOUNTS)),
    ),
)
def permission_set_not_provisioned(one: PermissionSet, _: Estate) -> Iterator[Said]:
    """A permission set was edited, and accounts still have it as it was.

    What the editor took away is still given there, and nothing shows it but the provisioning:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/howtoviewandchangepermissionset.html
    """
    if old := known(one.outdated):
        yield Problem(f"is as it was before its last edit in {listed(old)}")


@check(
    PermissionSet,
    severity=Severity.LOW,
    controls=("session-length", "identity-center"),
    reads=("details",),
    settings=("max_session_hours",),
    remedy=Remedy(
        do="Shorten it and provision it: `aws sso-admin update-permission-set "
        "--instance-arn INSTANCE_ARN --permission-set-arn SET_ARN --session-duration "
        "PT4H`, `aws sso-admin provision-permission-set --instance-arn INSTANCE_ARN "
        "--permission-set-arn SET_ARN --target-type ALL_PROVISIONED_ACCOUNTS`.",
        may_stop="People sign in again more often; work that runs longer than the session with "
        "its credentials breaks off.",
    ),
    examples=(
        fails(
            replace(
                DEVELOPER, details=PermissionSetDetails(name="Admin", session_seconds=12 * HOUR)
            ),
            "gives sessions of 12 hours",
        ),
        passes(DEVELOPER),
        passes(replace(DEVELOPER, details=PermissionSetDetails(name="Developer"))),
        cannot_tell(replace(DEVELOPER, details=NO_DETAILS), str(NO_DETAILS)),
    ),
)
def permission_set_session_too_long(one: PermissionSet, estate: Estate) -> Iterator[Said]:
    """Sessions of a permission set last longer than agreed.

    A session that was stolen is good until it ends. One hour is the default:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
    """
    seconds = known(one.details).session_seconds or HOUR
    if seconds > estate.settings.max_session_hours * HOUR:
        yield Problem(f"gives sessions of {seconds / HOUR:g} hours")


@check(
    CenterInstance,
    severity=Severity.MEDIUM,
    controls=("identity-center",),
    reads=("failed_provisionings",),
    remedy=Remedy(
        do="Mend what the reason names (a policy that the account lacks, a quota), then "
        "`aws sso-admin provision-permission-set --instance-arn INSTANCE_ARN "
        "--permission-set-arn SET_ARN --target-type ALL_PROVISIONED_ACCOUNTS`.",
        may_stop="Nothing stops but what the set no longer gives: people get it as it is written "
        "now.",
    ),
    examples=(
        of_instance(
            fails,
            f"could not provision {DEVELOPER.arn} in {SHOP}: no role",
            failed_provisionings=(_FAILED,),
        ),
        of_instance(passes, failed_provisionings=()),
        of_instance(does_not_apply, OFF, failed_provisionings=PermissionSetsOff()),
        of_instance(cannot_tell, str(_NO_STATUS), failed_provisionings=_NO_STATUS),
        of_instance(cannot_tell, str(_NO_STATUS), failed_provisionings=(_NO_STATUS,)),
    ),
)
def permission_set_provisioning_failed(instance: CenterInstance, estate: Estate) -> Iterator[Said]:
    """Identity Center could not bring a permission set into an account.

    The account then has what the set said before, or nothing.
    """
    if why := judged_elsewhere(instance, estate):
        yield NotApplicable(why)
        return
    failed = instance.failed_provisionings
    if isinstance(failed, PermissionSetsOff):
        yield NotApplicable(OFF)
        return
    named = Workforce(instance)
    for one in known(failed):
        if isinstance(one, Gap):
            yield Unknown(str(one))
            continue
        name = named.set_called(one.permission_set) or "a permission set"
        where = f" in {one.account}" if one.account else ""
        why = f": {one.reason}" if one.reason else ""
        yield Problem(f"could not provision {name}{where}{why}", at=one.id)


@check(
    PermissionSet,
    severity=Severity.LOW,
    controls=("identity-center", "unused-policies"),
    reads=("provisioned",),
    remedy=Remedy(
        do="Delete it, if nobody is to have it: `aws sso-admin delete-permission-set "
        "--instance-arn INSTANCE_ARN --permission-set-arn SET_ARN`.",
        may_stop="Nothing stops: nobody has it. A pipeline that assigns it by name fails the next "
        "time.",
    ),
    examples=(
        fails(
            replace(DEVELOPER, provisioned=()),
            "is assigned to nobody",
            center=center(replace(DEVELOPER, provisioned=())),
        ),
        passes(DEVELOPER, center=center(DEVELOPER, assignments=(assigned(DEVELOPER, PLATFORM),))),
        cannot_tell(
            DEVELOPER, str(NO_ASSIGNMENTS), center=center(DEVELOPER, assignments=NO_ASSIGNMENTS)
        ),
        cannot_tell(
            DEVELOPER, str(NO_ASSIGNMENTS), center=center(DEVELOPER, assignments=(NO_ASSIGNMENTS,))
        ),
    ),
)
def permission_set_for_nobody(one: PermissionSet, estate: Estate) -> Iterator[Said]:
    """A permission set is assigned to nobody.

    It waits for somebody who may assign sets, and nobody looks at what is in it until then.
    """
    instance = instance_of(estate.snapshot, one)
    if given(instance, one.arn):
        return
    gaps = unread_assignments(instance)
    if gaps:
        yield from (Unknown(str(gap)) for gap in gaps)
    else:
        yield Problem("is assigned to nobody")


_REFERENCE = PolicyReference(name="Work")
_NAMES_ONE = replace(DEVELOPER, customer_policies=(_REFERENCE,))
_NAMES_LOST = replace(DEVELOPER, customer_policies=NO_DETAILS)
_ELSEWHERE = replace(_NAMES_ONE, provisioned=(OTHER,))


@check(
    PermissionSet,
    severity=Severity.MEDIUM,
    controls=("identity-center",),
    reads=("customer_policies", "boundary", "provisioned", "outdated"),
    remedy=Remedy(
        do="Make the policy in those accounts, with the same name and path in each (`aws iam "
        "create-policy --policy-name POLICY --path PATH --policy-document file://policy.json`), "
        "then `aws sso-admin provision-permission-set --instance-arn INSTANCE_ARN "
        "--permission-set-arn SET_ARN --target-type ALL_PROVISIONED_ACCOUNTS`.",
        may_stop="Nothing stops: people get there what the set says everywhere else.",
    ),
    examples=(
        fails(
            _NAMES_ONE,
            f"names policy Work, which account {SHOP} lacks",
            center=center(_NAMES_ONE),
        ),
        passes(_NAMES_ONE, center=center(_NAMES_ONE), policies=(managed("Work", allow("s3:*")),)),
        passes(DEVELOPER, center=center(DEVELOPER)),
        cannot_tell(
            _ELSEWHERE,
            f"{ManagedPolicy.LISTED_BY}: whether there is policy Work is told in account {OTHER} "
            "alone",
            center=center(_ELSEWHERE),
        ),
        cannot_tell(_NAMES_LOST, str(NO_DETAILS), center=center(_NAMES_LOST)),
    ),
)
def permission_set_names_no_policy(one: PermissionSet, estate: Estate) -> Iterator[Said]:
    """A permission set names a policy that an account it is in does not have.

    Identity Center cannot bring the set up to date there, so the account keeps what the set said
    before, or has nothing:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/howtocmp.html
    """
    known(one.customer_policies)
    known(one.boundary)
    if not references(one):
        return
    instance = instance_of(estate.snapshot, one)
    sets = estate.once(PermissionSets)
    lacking: dict[str, list[str]] = {}
    unread: dict[str, list[str]] = {}
    for account in accounts_of(instance, one):
        for reference, there in sets.named(instance, one, account):
            if there is not True:
                into = unread if there is None else lacking
                into.setdefault(reference.name, []).append(account)
    for name, accounts in lacking.items():
        yield Problem(f"names policy {name}, which account {listed(accounts)} lacks", at=name)
    for name, accounts in unread.items():
        why = f"whether there is policy {name} is told in account {listed(accounts)} alone"
        yield Unknown(str(Gap(ManagedPolicy.LISTED_BY, why)))
    known(one.provisioned)
    known(one.outdated)


_BOUNDED = Settings(bounded_permission_sets=("Dev*",))
_BOUNDARY = PermissionSetBoundary(managed="arn:aws:iam::aws:policy/PowerUserAccess")


@check(
    PermissionSet,
    severity=Severity.MEDIUM,
    controls=("permissions-boundaries", "identity-center"),
    reads=("details", "boundary"),
    settings=("bounded_permission_sets",),
    remedy=Remedy(
        do="Give it the boundary and provision it: `aws sso-admin "
        "put-permissions-boundary-to-permission-set --instance-arn INSTANCE_ARN "
        "--permission-set-arn SET_ARN --permissions-boundary "
        "CustomerManagedPolicyReference={Name=BOUNDARY,Path=/}` (a policy of each account's own; "
        "`ManagedPolicyArn=POLICY_ARN` for one of AWS's), `aws sso-admin provision-permission-set "
        "--instance-arn INSTANCE_ARN --permission-set-arn SET_ARN --target-type "
        "ALL_PROVISIONED_ACCOUNTS`.",
        may_stop="What the boundary does not allow is refused from then on, also in sessions that "
        "run; an account without a policy of that name cannot be provisioned.",
    ),
    examples=(
        fails(DEVELOPER, "has no permissions boundary", settings=_BOUNDED),
        passes(replace(DEVELOPER, boundary=_BOUNDARY), settings=_BOUNDED),
        does_not_apply(DEVELOPER, "the settings ask for no boundary on it"),
        cannot_tell(
            replace(DEVELOPER, boundary=_NO_BOUNDARY), str(_NO_BOUNDARY), settings=_BOUNDED
        ),
        cannot_tell(replace(DEVELOPER, details=NO_DETAILS), str(NO_DETAILS), settings=_BOUNDED),
    ),
)
def permission_set_without_boundary(one: PermissionSet, estate: Estate) -> Iterator[Said]:
    """A permission set that is to have a permissions boundary has none.

    The settings name such sets in `bounded_permission_sets`. Without the boundary whoever may edit
    the set, or a policy that it names, decides alone what its people may do.
    """
    asked = estate.settings.bounded_permission_sets
    if not asked or not any(fnmatchcase(known(one.details).name, name) for name in asked):
        yield NotApplicable("the settings ask for no boundary on it")
    elif known(one.boundary) is None:
        yield Problem("has no permissions boundary")


CHECKS = (
    permission_set_not_provisioned,
    permission_set_session_too_long,
    permission_set_provisioning_failed,
    permission_set_for_nobody,
    permission_set_names_no_policy,
    permission_set_without_boundary,
)
