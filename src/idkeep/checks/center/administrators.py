"""Checks on permission sets that make administrators, by what their policies do."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Power, Rule
from idkeep.access.permission_sets import PermissionSets, SetRole, accounts_of, instance_of
from idkeep.access.workforce import Workforce, given, unread_assignments
from idkeep.checks.center.samples import (
    ADA,
    ADMIN_TEXT,
    ADMINISTRATOR,
    DEVELOPER,
    HOUR,
    MANAGEMENT,
    NO_ACCOUNTS,
    NO_ASSIGNMENTS,
    NO_DETAILS,
    OTHER,
    PLATFORM,
    SHOP,
    center,
)
from idkeep.checks.center.samples import given as assigned
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
from idkeep.checks.policies.words import listed, with_proviso
from idkeep.checks.samples import ORGANIZATION, allow, text
from idkeep.model import (
    Gap,
    ManagedPolicy,
    NotApplicable,
    NotAsked,
    Organization,
    PermissionSet,
    PermissionSetBoundary,
    PermissionSetDetails,
    PolicyReference,
    Problem,
    SetPolicy,
    Severity,
    Unknown,
    Unread,
)

_POLICIES = ("inline_policy", "managed_policies", "customer_policies", "boundary")
_PROVISION = (
    "`aws sso-admin provision-permission-set --instance-arn INSTANCE_ARN --permission-set-arn "
    "SET_ARN --target-type ALL_PROVISIONED_ACCOUNTS`"
)


class _Found(Struct, frozen=True):
    """What a set makes of its people in one account."""

    account: str
    role: SetRole
    power: Power


def _found(one: PermissionSet, estate: Estate) -> tuple[list[_Found], list[Unread]]:
    """In each account where the set is, and what is not known; in the owner's if it is in none."""
    instance = instance_of(estate.snapshot, one)
    sets = estate.once(PermissionSets)
    found: list[_Found] = []
    gaps: dict[Unread, None] = {}
    for account in accounts_of(instance, one) or (instance.owner,):
        role = sets.of(instance, one, account)
        if role.unread:
            gaps[role.unread[0]] = None
        elif role.power is not None:  # else permission-set-names-no-policy tells of it
            found.append(_Found(account, role, role.power))
    return found, list(gaps)


def makes_administrators(one: PermissionSet, estate: Estate) -> bool:
    """Whether the check on that finds something, in some account."""
    if isinstance(one.provisioned, Gap | NotAsked):
        return False
    found, _ = _found(one, estate)
    return any(each.power.by_policy is not Rule.NO for each in found)


def _unknown(gaps: list[Unread]) -> Iterator[Said]:
    """One reason, and how often there is another like it: one for each account says no more."""
    if gaps:
        more = f" (and the like {len(gaps) - 1} times more)" if gaps[1:] else ""
        yield Unknown(f"{gaps[0]}{more}")


_ALL = replace(
    DEVELOPER, inline_policy=text({"Effect": "Allow", "NotAction": "sso:*", "Resource": "*"})
)
_READS = replace(DEVELOPER, inline_policy=text(allow("s3:Get*")))
_BOUND = replace(
    ADMINISTRATOR,
    boundary=PermissionSetBoundary(managed="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
)
_READS_TEXT = SetPolicy(
    arn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", document=text(allow("s3:Get*"))
)
_NO_TEXT = Gap("iam:GetPolicyVersion", "AccessDenied")
_OWN_POLICY = replace(
    DEVELOPER, customer_policies=(PolicyReference(name="Work"),), provisioned=(OTHER,)
)
_BY = "makes administrators by policy AdministratorAccess"
_TEAM = "group Platform (ada, bo (disabled))"


@check(
    PermissionSet,
    severity=Severity.MEDIUM,
    controls=("least-privilege-administrators", "identity-center"),
    reads=(*_POLICIES, "provisioned", "outdated"),
    remedy=Remedy(
        do="Give the people a set with what they use, and keep this one for few of them: `aws "
        "sso-admin delete-account-assignment --instance-arn INSTANCE_ARN --target-id ACCOUNT "
        "--target-type AWS_ACCOUNT --permission-set-arn SET_ARN --principal-type GROUP "
        "--principal-id GROUP_ID`. Or take from the set what makes it one (`aws sso-admin "
        "detach-managed-policy-from-permission-set --instance-arn INSTANCE_ARN "
        "--permission-set-arn SET_ARN --managed-policy-arn POLICY_ARN`) or bound it, then "
        f"{_PROVISION}. Suppress the finding for the set that is meant, with the reason.",
        may_stop="Whoever works with the set loses what nobody thought of, in sessions that run "
        "too: look first at what its role used (`idkeep scan --facts last-accessed`).",
    ),
    examples=(
        fails(
            ADMINISTRATOR,
            f"{_BY}: {_TEAM} in {SHOP}",
            center=center(ADMINISTRATOR, assignments=(assigned(ADMINISTRATOR, PLATFORM),)),
        ),
        fails(
            ADMINISTRATOR,
            f"{_BY}: ada in {MANAGEMENT}",
            center=center(ADMINISTRATOR, assignments=(assigned(ADMINISTRATOR, ADA, MANAGEMENT),)),
            organization=ORGANIZATION,
        ),
        fails(
            _ALL,
            f"makes administrators by inline policy AwsSSOInlinePolicy: {_TEAM} in {SHOP}",
            center=center(_ALL, assignments=(assigned(_ALL, PLATFORM),)),
        ),
        fails(ADMINISTRATOR, f"{_BY}: nobody yet", center=center(ADMINISTRATOR)),
        passes(_READS, center=center(_READS)),
        cannot_tell(ADMINISTRATOR, str(_NO_TEXT), center=center(ADMINISTRATOR, policies=_NO_TEXT)),
        cannot_tell(
            replace(_READS, inline_policy=NO_DETAILS),
            str(NO_DETAILS),
            center=center(replace(_READS, inline_policy=NO_DETAILS)),
        ),
        cannot_tell(
            _OWN_POLICY,
            f"{ManagedPolicy.LISTED_BY}: policy Work is told in account {OTHER} alone",
            center=center(_OWN_POLICY),
        ),
    ),
)
def permission_set_makes_administrators(one: PermissionSet, estate: Estate) -> Iterator[Said]:
    """A permission set makes administrators of those who have it.

    Counted is what its policies do together, under its boundary, whatever they are called: AWS's,
    its inline policy, and those that it names in each account. What the organisation's policies
    take away in an account is not counted, for the same people may be given it in another.
    """
    known(one.provisioned)
    found, gaps = _found(one, estate)
    own = [each for each in found if each.power.by_policy is not Rule.NO]
    yield from _problems(one, estate, [e for e in own if e.power.rule is not Rule.NO])
    limited = [each for each in own if each.power.rule is Rule.NO]
    if limited:
        role = limited[0].role
        yield Problem(
            f"would make administrators by {_grants(role)}, limited by {role.boundary}",
            at="limited",
            severity=Severity.LOW,
            because="its boundary leaves it less than an administrator",
        )
    yield from _unknown(gaps)


def _problems(one: PermissionSet, estate: Estate, own: list[_Found]) -> Iterator[Said]:
    if not own:
        return
    instance = instance_of(estate.snapshot, one)
    role = own[0].role
    accounts = {each.account for each in own}
    people = Workforce(instance)
    who = [
        f"{people.who(each.kind, each.principal)} in {listed(there)}"
        for each in given(instance, one.arn)
        if (there := [account for account in each.accounts if account in accounts])
    ]
    gaps = unread_assignments(instance)
    nobody = "whom is not known" if gaps else "nobody yet"
    words = with_proviso(f"makes administrators by {_grants(role)}", role.proviso)
    moved, because = _moved(estate, accounts, has_people=bool(who or gaps))
    yield Problem(
        f"{words}: {_each(who) or nobody}",
        severity=moved,
        because=because,
        statements=role.statements,
    )


def _each(who: list[str], most: int = 4) -> str:
    """Apart by semicolons, for there are commas in each."""
    more = f"; and {len(who) - most} more" if len(who) > most else ""
    return "; ".join(who[:most]) + more


def _moved(estate: Estate, accounts: set[str], *, has_people: bool) -> tuple[Severity | None, str]:
    if not has_people:
        return Severity.LOW, "it is assigned to nobody"
    organization = estate.snapshot.organization
    if isinstance(organization, Organization) and organization.management_account in accounts:
        return Severity.HIGH, "it is in the management account, which no SCP limits"
    return None, ""


def _grants(role: SetRole) -> str:
    return listed(role.grants) + (" together" if role.together else "")


_LONG = replace(
    ADMINISTRATOR, details=PermissionSetDetails(name="Administrator", session_seconds=12 * HOUR)
)
_NO_LENGTH = replace(ADMINISTRATOR, details=NO_DETAILS)


@check(
    PermissionSet,
    severity=Severity.MEDIUM,
    controls=("session-length", "identity-center"),
    reads=(*_POLICIES, "details"),
    settings=("max_administrator_session_hours",),
    remedy=Remedy(
        do="Shorten it and provision it: `aws sso-admin update-permission-set "
        "--instance-arn INSTANCE_ARN --permission-set-arn SET_ARN --session-duration "
        f"PT1H`, {_PROVISION}.",
        may_stop="People sign in again more often; work that runs longer than the session with "
        "its credentials breaks off.",
    ),
    examples=(
        fails(_LONG, "gives administrators sessions of 12 hours", center=center(_LONG)),
        passes(ADMINISTRATOR, center=center(ADMINISTRATOR)),
        does_not_apply(_READS, "makes no administrators", center=center(_READS)),
        does_not_apply(
            _BOUND,
            "makes no administrators",
            center=center(_BOUND, policies=(ADMIN_TEXT, _READS_TEXT)),
        ),
        cannot_tell(_NO_LENGTH, str(NO_DETAILS), center=center(_NO_LENGTH)),
        cannot_tell(_LONG, str(_NO_TEXT), center=center(_LONG, policies=_NO_TEXT)),
    ),
)
def administrator_session_too_long(one: PermissionSet, estate: Estate) -> Iterator[Said]:
    """Sessions of a permission set that makes administrators last longer than agreed.

    Credentials of a session that were stolen are good until it ends, and here they are the whole
    account's. Whoever needs longer signs in again.
    """
    found, gaps = _found(one, estate)
    if not any(each.power.rule is not Rule.NO for each in found):
        yield from _unknown(gaps)
        if not gaps:
            yield NotApplicable("makes no administrators")
        return
    seconds = known(one.details).session_seconds or HOUR
    if seconds > estate.settings.max_administrator_session_hours * HOUR:
        yield Problem(f"gives administrators sessions of {seconds / HOUR:g} hours")


_SHARED = replace(DEVELOPER, provisioned=(MANAGEMENT, SHOP))
_APART = replace(DEVELOPER, provisioned=(MANAGEMENT,))


@check(
    PermissionSet,
    severity=Severity.MEDIUM,
    controls=("identity-center", "least-privilege-administrators"),
    reads=("provisioned", "outdated"),
    remedy=Remedy(
        do="Make a set of its own for the management account (`aws sso-admin create-permission-set "
        "--instance-arn INSTANCE_ARN --name NAME`), assign it there (`aws sso-admin "
        "create-account-assignment --instance-arn INSTANCE_ARN --target-id ACCOUNT --target-type "
        "AWS_ACCOUNT --permission-set-arn NEW_SET_ARN --principal-type GROUP --principal-id "
        "GROUP_ID`), then take this one away there: `aws sso-admin delete-account-assignment "
        "--instance-arn INSTANCE_ARN --target-id ACCOUNT --target-type AWS_ACCOUNT "
        "--permission-set-arn SET_ARN --principal-type GROUP --principal-id GROUP_ID`.",
        may_stop="Nothing stops in this order; saved links and profiles name the old set.",
        by="Only the management account may change what is assigned in it.",
    ),
    examples=(
        fails(
            _SHARED,
            f"is in the management account and in {SHOP}",
            center=center(_SHARED),
            organization=ORGANIZATION,
        ),
        passes(_APART, center=center(_APART), organization=ORGANIZATION),
        does_not_apply(
            DEVELOPER,
            "is not in the management account",
            center=center(DEVELOPER),
            organization=ORGANIZATION,
        ),
        does_not_apply(_SHARED, "the account is in no organisation", center=center(_SHARED)),
        cannot_tell(
            replace(_SHARED, provisioned=NO_ACCOUNTS),
            str(NO_ACCOUNTS),
            center=center(replace(_SHARED, provisioned=NO_ACCOUNTS)),
            organization=ORGANIZATION,
        ),
        cannot_tell(
            _APART,
            str(NO_ASSIGNMENTS),
            center=center(_APART),
            organization=NO_ASSIGNMENTS,
        ),
    ),
)
def permission_set_shared_with_management(one: PermissionSet, estate: Estate) -> Iterator[Said]:
    """A permission set of members is in the management account too.

    No service control policy limits that account, so an edit that was meant for members counts
    double there; and a set that is in it can no longer be changed by a delegated administrator:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
    """
    organization = known(estate.snapshot.organization)
    if organization is None:
        yield NotApplicable("the account is in no organisation")
        return
    accounts = {*known(one.provisioned), *known(one.outdated)}
    if organization.management_account not in accounts:
        yield NotApplicable("is not in the management account")
    elif others := sorted(accounts - {organization.management_account}):
        yield Problem(f"is in the management account and in {listed(others)}")


CHECKS = (
    permission_set_makes_administrators,
    administrator_session_too_long,
    permission_set_shared_with_management,
)
