"""Checks on roles and policies that belong to a service: sharing, and what AWS took back."""

from collections.abc import Iterator

from idkeep.access import Estate
from idkeep.checks.declare import AnyCheck, Remedy, Said, cannot_tell, check, fails, passes
from idkeep.checks.edits import TRUST
from idkeep.checks.policies.samples import READ_ONLY, role
from idkeep.checks.samples import ACCOUNT, managed
from idkeep.model import Account, Gap, ManagedPolicy, Problem, Role, Severity, Unknown, Unlisted

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Cross-Account-Cross-Region.html
_SHARING = "CloudWatch-CrossAccountSharingRole"
_PARTNER = {"AWS": "arn:aws:iam::999988887777:root"}
_DENIED = Gap("iam:GetAccountAuthorizationDetails", "AccessDenied")


@check(
    Account,
    severity=Severity.LOW,
    controls=("known-accounts-only",),
    reads=(),
    remedy=Remedy(
        do="If no account should watch this one, delete the role: `aws iam delete-role "
        "--role-name CloudWatch-CrossAccountSharingRole`, after its policies; else let "
        f"it trust the monitoring account alone: {TRUST}.",
        may_stop="Dashboards in the other account no longer show this account's metrics and "
        "traces.",
    ),
    examples=(
        fails(
            ACCOUNT,
            f"shares metrics, dashboards and traces by role {_SHARING}",
            roles=(role(_SHARING, READ_ONLY, trusts=_PARTNER),),
        ),
        passes(ACCOUNT, roles=(role("deploy", READ_ONLY),)),
        cannot_tell(ACCOUNT, str(_DENIED), unlisted=(Unlisted("Role", _DENIED),)),
    ),
)
def cloudwatch_shared(_: Account, estate: Estate) -> Iterator[Said]:
    """Another account sees the account's metrics, dashboards and traces in CloudWatch.

    The console makes a role for it, which stays when nobody looks any more. Whom it trusts is
    judged with all other roles.
    """
    if any(one.name == _SHARING for one in estate.snapshot.roles):
        yield Problem(f"shares metrics, dashboards and traces by role {_SHARING}")
        return
    for gap in estate.snapshot.missing(Role):
        yield Unknown(str(gap))


# Policies of AWS's that it no longer keeps up to date, and what takes their place.
# https://docs.aws.amazon.com/guardduty/latest/ug/security-iam-awsmanpol.html and
# https://docs.aws.amazon.com/systems-manager/latest/userguide/security-iam-awsmanpol.html
_SUCCESSORS = {
    "AmazonGuardDutyFullAccess": "AmazonGuardDutyFullAccess_v2",
    "AmazonEC2RoleforSSM": "AmazonSSMManagedInstanceCore",
}


@check(
    ManagedPolicy,
    severity=Severity.LOW,
    controls=("policy-hygiene",),
    reads=("attachments",),
    remedy=Remedy(
        do="Compare the two with `idkeep compare`, attach the successor, then take it away: "
        "`aws iam attach-role-policy --role-name ROLE --policy-arn SUCCESSOR_ARN`, `aws "
        "iam detach-role-policy --role-name ROLE --policy-arn POLICY_ARN` (for a user or "
        "a group `aws iam detach-user-policy --user-name USER --policy-arn POLICY_ARN`, "
        "`aws iam detach-group-policy --group-name GROUP --policy-arn POLICY_ARN`).",
        may_stop="Holders lose what the successor leaves out; detached from all, the old policy "
        "can't be attached again.",
    ),
    examples=(
        fails(
            managed("AmazonGuardDutyFullAccess", READ_ONLY, by_aws=True),
            "is attached, and AWS no longer keeps it: AmazonGuardDutyFullAccess_v2 took its place",
        ),
        passes(managed("AmazonGuardDutyFullAccess", READ_ONLY, by_aws=True, attachments=0)),
        passes(managed("AmazonGuardDutyFullAccess_v2", READ_ONLY, by_aws=True)),
        passes(managed("AmazonGuardDutyFullAccess", READ_ONLY)),
    ),
)
def deprecated_policy_attached(policy: ManagedPolicy, _: Estate) -> Iterator[Said]:
    """A policy of AWS's is attached that AWS has replaced by another.

    It gets no new actions any more, and stays as wide as it was. It can't be attached anew.
    """
    successor = _SUCCESSORS.get(policy.name) if ":iam::aws:" in policy.arn else None
    if successor and policy.attachments:
        yield Problem(f"is attached, and AWS no longer keeps it: {successor} took its place")


CHECKS: tuple[AnyCheck, ...] = (cloudwatch_shared, deprecated_policy_attached)
