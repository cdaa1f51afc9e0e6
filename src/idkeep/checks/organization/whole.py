"""Checks on the organisation as a whole: its features, and to whom it hands them."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.openings import openings
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
from idkeep.checks.organization.samples import REFUSED, SHOP, organization
from idkeep.checks.organization.words import NOT_HERE, whole
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ORGANIZATION, allow, text
from idkeep.config import Settings
from idkeep.model import (
    DelegatedAdministrator,
    DelegatedService,
    NotApplicable,
    Organization,
    Problem,
    Severity,
    TrustedAccess,
    Unknown,
)

_ELSEWHERE = replace(ORGANIZATION, accounts=(SHOP,), policy_types=())
_NOT_HERE = NOT_HERE.format(ORGANIZATION.management_account)
_GUARD_DUTY = "guardduty.amazonaws.com"


def _delegated(*services: str, account: str = SHOP.id) -> tuple[DelegatedAdministrator, ...]:
    return (
        DelegatedAdministrator(
            account=account,
            services=tuple(DelegatedService(principal=one) for one in services),
        ),
    )


def _trusting(*services: str) -> tuple[TrustedAccess, ...]:
    return tuple(TrustedAccess(principal=one) for one in services)


@check(
    Organization,
    severity=Severity.HIGH,
    controls=("organization-features",),
    reads=("feature_set",),
    remedy=Remedy(
        do="Turn all features on: `aws organizations enable-all-features`; invited members "
        "have to agree. There is no way back.",
        may_stop="Nothing stops: policies bind nobody before one is attached.",
    ),
    examples=(
        fails(
            replace(ORGANIZATION, feature_set="CONSOLIDATED_BILLING"),
            "is for billing alone",
        ),
        passes(ORGANIZATION),
    ),
)
def organization_for_billing_alone(organization: Organization, _: Estate) -> Iterator[Said]:
    """The organisation shares a bill and nothing else.

    Without all features there are no service control policies, no trusted access and no central
    root access:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html
    """
    if organization.feature_set != "ALL":
        yield Problem("is for billing alone")


# Who administers one of these can give itself anything in every account, or change who owns it.
_POWERFUL = {
    "iam.amazonaws.com": "who has it acts as root of any member",
    "sso.amazonaws.com": "who has it gives people any permission in any member",
    "account.amazonaws.com": "who has it changes contacts and root's mail of any member",
    "member.org.stacksets.cloudformation.amazonaws.com": "who has it makes roles in any member",
    "account-access.amazonaws.com": "who has it gives people roles of any member",
}


@check(
    Organization,
    severity=Severity.MEDIUM,
    controls=("delegated-administration",),
    reads=("delegated_administrators", "accounts"),
    settings=("delegated_administrators",),
    remedy=Remedy(
        do="Ask who asked for it. An account that is meant to goes into "
        "`delegated_administrators` of the settings; take it from any other: `aws "
        "organizations deregister-delegated-administrator --account-id ACCOUNT "
        "--service-principal SERVICE`.",
        may_stop="The account no longer administers the service; for some services what it set up "
        "there is deleted: read the service's guide first.",
    ),
    examples=(
        fails(
            organization(delegated_administrators=_delegated(_GUARD_DUTY)),
            "lets account 222233334444 administer guardduty.amazonaws.com",
        ),
        fails(
            organization(delegated_administrators=_delegated("iam.amazonaws.com", _GUARD_DUTY)),
            "lets account 222233334444 administer iam.amazonaws.com, guardduty.amazonaws.com",
        ),
        fails(
            organization(
                delegated_administrators=_delegated(_GUARD_DUTY),
                accounts=(replace(SHOP, state="SUSPENDED"),),
            ),
            "lets account 222233334444, which is suspended, administer guardduty.amazonaws.com",
            settings=Settings(delegated_administrators=(SHOP.id,)),
        ),
        passes(
            organization(delegated_administrators=_delegated(_GUARD_DUTY)),
            settings=Settings(delegated_administrators=(SHOP.id,)),
        ),
        passes(organization()),
        does_not_apply(_ELSEWHERE, _NOT_HERE),
        cannot_tell(organization(delegated_administrators=REFUSED), str(REFUSED)),
        cannot_tell(
            organization(delegated_administrators=_delegated(_GUARD_DUTY), accounts=REFUSED),
            f"whether 222233334444 is active: {REFUSED}",
            settings=Settings(delegated_administrators=(SHOP.id,)),
        ),
    ),
)
def unknown_delegated_administrator(organization: Organization, estate: Estate) -> Iterator[Said]:
    """An account administers services for the whole organisation, and nobody wrote that down.

    Its administrators act in every account by that service. The settings name the accounts that
    are meant to.
    """
    if not (yield from whole(organization, estate)):
        return
    agreed = estate.settings.delegated_administrators
    accounts = organization.accounts if isinstance(organization.accounts, tuple) else ()
    ended = {one.id: one.state.lower() for one in accounts if one.state != "ACTIVE"}
    for one in known(organization.delegated_administrators):
        if one.account in agreed and one.account not in ended:
            if not isinstance(organization.accounts, tuple):
                yield Unknown(f"whether {one.account} is active: {organization.accounts}")
            continue
        services = [each.principal for each in known(one.services)]
        state = f", which is {ended[one.account]}," if one.account in ended else ""
        reasons = [_POWERFUL[name] for name in services if name in _POWERFUL]
        yield Problem(
            f"lets account {one.account}{state} administer {listed(services) or 'services'}",
            at=one.account,
            severity=Severity.HIGH if reasons else None,
            because=reasons[0] if reasons else "",
        )


@check(
    Organization,
    severity=Severity.MEDIUM,
    controls=("trusted-access",),
    reads=("trusted_access",),
    settings=("trusted_services",),
    remedy=Remedy(
        do="Ask who uses the service for the organisation. One that is meant to goes into "
        "`trusted_services` of the settings; switch any other off in the service's own "
        "console first, then here: `aws organizations disable-aws-service-access "
        "--service-principal SERVICE`.",
        may_stop="The service loses its access to members: what it does for the organisation ends.",
    ),
    examples=(
        fails(
            organization(trusted_access=_trusting("sso.amazonaws.com", _GUARD_DUTY)),
            "lets sso.amazonaws.com act in every account",
            settings=Settings(trusted_services=(_GUARD_DUTY,)),
        ),
        passes(
            organization(trusted_access=_trusting(_GUARD_DUTY)),
            settings=Settings(trusted_services=(_GUARD_DUTY,)),
        ),
        does_not_apply(
            organization(trusted_access=_trusting(_GUARD_DUTY)),
            "the settings name no services of the organisation",
        ),
        cannot_tell(
            organization(trusted_access=REFUSED),
            str(REFUSED),
            settings=Settings(trusted_services=(_GUARD_DUTY,)),
        ),
    ),
)
def unknown_trusted_service(organization: Organization, estate: Estate) -> Iterator[Said]:
    """A service that nobody agreed to may act in every account of the organisation.

    Trusted access lets it make its roles in each member, today's and tomorrow's. The settings name
    the services that are meant to:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html
    """
    if not (yield from whole(organization, estate)):
        return
    agreed = estate.settings.trusted_services
    if not agreed:
        yield NotApplicable("the settings name no services of the organisation")
        return
    for one in known(organization.trusted_access):
        if one.principal not in agreed:
            yield Problem(f"lets {one.principal} act in every account", at=one.principal)


# Services that may be administered from a member:
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
_DELEGABLE = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        "access-analyzer", "account", "auditmanager", "backup", "cloudtrail", "compute-optimizer",
        "config", "config-multiaccountsetup", "detective", "devops-guru", "guardduty", "health",
        "iam", "inspector2", "ipam", "license-manager", "macie", "malware-protection.guardduty",
        "member.org.stacksets.cloudformation", "networkmanager", "notifications",
        "reachabilityanalyzer", "resource-explorer-2", "securityhub", "securitylake", "ssm", "sso",
        "storage-lens.s3",
    )
)  # fmt: skip


@check(
    Organization,
    severity=Severity.LOW,
    controls=("delegated-service-admin",),
    reads=("trusted_access", "delegated_administrators"),
    remedy=Remedy(
        do="Name an account for security as administrator, and work there: `aws "
        "organizations register-delegated-administrator --account-id ACCOUNT "
        "--service-principal SERVICE` (some services have a command of their own).",
        may_stop="Nothing stops: the management account can still do all of it.",
    ),
    examples=(
        fails(
            organization(trusted_access=_trusting(_GUARD_DUTY)),
            "administers guardduty.amazonaws.com from the management account",
        ),
        passes(
            organization(
                trusted_access=_trusting(_GUARD_DUTY),
                delegated_administrators=_delegated(_GUARD_DUTY),
            )
        ),
        passes(organization(trusted_access=_trusting("wellarchitected.amazonaws.com"))),
        does_not_apply(_ELSEWHERE, _NOT_HERE),
        cannot_tell(organization(trusted_access=REFUSED), str(REFUSED)),
    ),
)
def services_run_from_management(organization: Organization, estate: Estate) -> Iterator[Said]:
    """Services of the organisation are administered from its management account.

    Whoever works with them then signs in where no guardrail holds. Most can be handed to a member:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html
    """
    if not (yield from whole(organization, estate)):
        return
    held: set[str] = set()
    for one in known(organization.delegated_administrators):
        held.update(each.principal for each in known(one.services))
    trusted = {one.principal for one in known(organization.trusted_access)}
    if left := sorted((trusted & _DELEGABLE) - held):
        yield Problem(f"administers {listed(left)} from the management account")


_CHANGES = "organizations:UpdatePolicy"
_HANDED = text(
    allow(
        ["organizations:UpdatePolicy", "organizations:AttachPolicy"],
        "*",
        Principal={"AWS": f"arn:aws:iam::{SHOP.id}:root"},
    )
)
_READING = text(
    allow("organizations:Describe*", "*", Principal={"AWS": f"arn:aws:iam::{SHOP.id}:root"})
)


@check(
    Organization,
    severity=Severity.LOW,
    controls=("delegated-policy-admin",),
    reads=("resource_policy",),
    remedy=Remedy(
        do="Let an account for security write the organisation's policies by its delegation "
        "policy, each action it needs and no more: `aws organizations "
        "put-resource-policy --content file://delegation.json`.",
        may_stop="Nothing stops: the management account can still do all of it.",
    ),
    examples=(
        fails(organization(), "has its policies written in the management account alone"),
        fails(
            organization(resource_policy=_READING),
            "has its policies written in the management account alone",
        ),
        passes(organization(resource_policy=_HANDED)),
        does_not_apply(_ELSEWHERE, _NOT_HERE),
        cannot_tell(organization(resource_policy=REFUSED), str(REFUSED)),
    ),
)
def policies_run_from_management(organization: Organization, estate: Estate) -> Iterator[Said]:
    """Only the management account writes the organisation's policies.

    Every change of a guardrail takes somebody who signs in where none holds. Whether another
    account may change a policy is decided by the delegation policy:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
    """
    if not (yield from whole(organization, estate)):
        return
    known(organization.resource_policy)
    site = estate.engine.site(organization)
    if site.unread:
        yield from (Unknown(str(gap)) for gap in site.unread)
        return
    found = openings(estate.engine, site, ("organizations",))
    able = [one for one in found if _CHANGES in one.actions]
    if not able:
        if unsure := [one.answer.why_unknown for one in found if one.answer.why_unknown]:
            yield Unknown(unsure[0])
            return
        yield Problem("has its policies written in the management account alone")


CHECKS = (
    organization_for_billing_alone,
    unknown_delegated_administrator,
    unknown_trusted_service,
    services_run_from_management,
    policies_run_from_management,
)
