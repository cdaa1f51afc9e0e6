"""Checks on Shield Advanced, Firewall Manager and Trusted Advisor."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.checks.declare import (
    AnyCheck,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.policies.samples import EVERYTHING, READ_ONLY, role
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ago
from idkeep.checks.services.samples import services
from idkeep.model import Gap, NotApplicable, NotAsked, Problem, Severity, Unknown
from idkeep.model.logging import NotOffered
from idkeep.model.services import (
    AccountCompliance,
    FirewallManager,
    FirewallPolicy,
    NotSubscribed,
    Protection,
    Recommendation,
    RegionPolicies,
    ResponseTeamAccess,
    Services,
    Shield,
    TrustedAdvisor,
)

_SHIELD = Shield(
    started=ago(400),
    auto_renew="ENABLED",
    protections=(
        Protection(
            id="1", name="shop", resource="arn:aws:cloudfront::111122223333:distribution/E1"
        ),
    ),
    emergency_contacts=2,
    response_team=ResponseTeamAccess(),
)
_NO_SHIELD = "does not subscribe to Shield Advanced"
_SUBSCRIPTION = Gap("shield:DescribeSubscription", "AccessDenied")
_CONTACTS = Gap("shield:DescribeEmergencyContactSettings", "AccessDenied")
_RESPONSE = Gap("shield:DescribeDRTAccess", "AccessDenied")


def _shield(subject: Services) -> Shield | None:
    """None where there is no subscription. Ends the check where it was not read."""
    if isinstance(subject.shield, NotSubscribed):
        return None
    return known(subject.shield)


def _shielded(**facts: object) -> Services:
    return services(shield=replace(_SHIELD, **facts))


@check(
    Services,
    severity=Severity.LOW,
    controls=("denial-of-service-protection",),
    reads=("shield",),
    remedy=Remedy(
        do="Protect what the internet reaches (`aws shield create-protection --name NAME "
        "--resource-arn ARN`), and name who is called at night: `aws shield "
        "update-emergency-contact-settings --emergency-contact-list "
        "EmailAddress=MAILBOX,PhoneNumber=PHONE`.",
        may_stop="Nothing stops: traffic is watched, and the subscription is paid for anyway.",
    ),
    examples=(
        passes(_shielded()),
        fails(_shielded(protections=()), "pays for Shield Advanced and protects nothing with it"),
        fails(_shielded(emergency_contacts=0), "has told Shield nobody to call in an attack"),
        does_not_apply(services(), _NO_SHIELD),
        cannot_tell(_shielded(emergency_contacts=_CONTACTS), str(_CONTACTS)),
        cannot_tell(services(shield=_SUBSCRIPTION), str(_SUBSCRIPTION)),
    ),
)
def shield_protects_nothing(subject: Services, _: Estate) -> Iterator[Said]:
    """Shield Advanced is paid for, and protects nothing or knows nobody to call.

    The subscription alone protects no resource: each is named by itself. Which addresses, load
    balancers and distributions the internet reaches is not read here, so none of them is judged.
    """
    shield = _shield(subject)
    if shield is None:
        yield NotApplicable(_NO_SHIELD)
        return
    if not known(shield.protections):
        yield Problem("pays for Shield Advanced and protects nothing with it", at="protections")
    if not known(shield.emergency_contacts):
        yield Problem("has told Shield nobody to call in an attack", at="contacts")


_TEAM_ROLE = "arn:aws:iam::111122223333:role/response"
_LETS_IN = ResponseTeamAccess(role=_TEAM_ROLE)


@check(
    Services,
    severity=Severity.HIGH,
    controls=("least-privilege-administrators", "third-party-access"),
    reads=("shield",),
    remedy=Remedy(
        do="Give the response team a role with AWSShieldDRTAccessPolicy alone: `aws shield "
        "associate-drt-role --role-arn ROLE_ARN`.",
        may_stop="Nothing stops: the team needs nothing else to help in an attack.",
    ),
    examples=(
        passes(_shielded()),
        passes(_shielded(response_team=_LETS_IN), roles=(role("response", READ_ONLY),)),
        fails(
            _shielded(response_team=_LETS_IN),
            "lets AWS's response team act as role response, an administrator",
            roles=(role("response", EVERYTHING),),
        ),
        does_not_apply(services(), _NO_SHIELD),
        cannot_tell(_shielded(response_team=_RESPONSE), str(_RESPONSE)),
        cannot_tell(
            _shielded(response_team=_LETS_IN),
            f"iam:GetAccountAuthorizationDetails: {_TEAM_ROLE} is not in the snapshot",
        ),
        cannot_tell(services(shield=_SUBSCRIPTION), str(_SUBSCRIPTION)),
    ),
)
def shield_team_is_administrator(subject: Services, estate: Estate) -> Iterator[Said]:
    """AWS's Shield Response Team may act as an administrator of the account.

    It needs to read logs and to change web ACLs and protections, and no more.
    """
    shield = _shield(subject)
    if shield is None:
        yield NotApplicable(_NO_SHIELD)
        return
    arn = known(shield.response_team).role
    if arn is None:
        return
    power = powers(estate.engine).get(arn)
    if power is None:
        gap = Gap("iam:GetAccountAuthorizationDetails", f"{arn} is not in the snapshot")
        yield Unknown(str(gap))
    elif power.rule is not Rule.NO:
        name = arn.rpartition("/")[2]
        yield Problem(f"lets AWS's response team act as role {name}, an administrator")


_BROKEN = AccountCompliance(account="999988887777", compliant=False, violators=2)
_POLICY = FirewallPolicy(
    id="1",
    name="waf-everywhere",
    type="WAFV2",
    compliance=(AccountCompliance(account="999988887777", compliant=True),),
)
_COMPLIANCE = Gap("fms:ListComplianceStatus", "AccessDenied")
_ADMINISTRATOR = Gap("fms:GetAdminAccount", "AccessDenied")


def _managing(*policies: FirewallPolicy) -> Services:
    regions = (RegionPolicies(region="us-east-1", policies=policies),)
    return services(firewall_manager=FirewallManager(administrator="111122223333", regions=regions))


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("firewall-policies-kept",),
    reads=("firewall_manager",),
    remedy=Remedy(
        do="See which resources break it (`aws fms get-compliance-detail --policy-id "
        "POLICY_ID --member-account ACCOUNT`), mend them, or let the policy mend them by "
        "itself: `aws fms put-policy --policy file://policy.json` with "
        "RemediationEnabled.",
        may_stop="Remediation changes the resources: traffic that the policy doesn't allow is cut "
        "off. Look at the list first.",
    ),
    examples=(
        passes(_managing(_POLICY)),
        fails(
            _managing(replace(_POLICY, compliance=(_BROKEN,))),
            "policy waf-everywhere is broken in account 999988887777 by 2 resources",
        ),
        fails(
            _managing(
                replace(_POLICY, compliance=(_BROKEN, replace(_BROKEN, account="666677778888")))
            ),
            "policy waf-everywhere is broken in accounts 999988887777, 666677778888 by 4 resources",
        ),
        does_not_apply(services(), "has no Firewall Manager"),
        does_not_apply(
            services(firewall_manager=FirewallManager(administrator="999988887777")),
            "account 999988887777 administers Firewall Manager, whose own scan judges it",
        ),
        cannot_tell(_managing(replace(_POLICY, compliance=_COMPLIANCE)), str(_COMPLIANCE)),
        cannot_tell(services(firewall_manager=_ADMINISTRATOR), str(_ADMINISTRATOR)),
    ),
)
def firewall_policy_broken(subject: Services, _: Estate) -> Iterator[Said]:
    """A policy of Firewall Manager is not kept in some account.

    Somebody decided what every account must have; these resources have it not, and the policy
    does not mend them. Judged in the account of Firewall Manager's administrator.
    """
    manager = known(subject.firewall_manager)
    if manager is None:
        yield NotApplicable("has no Firewall Manager")
        return
    if manager.regions is None:
        yield NotApplicable(
            f"account {manager.administrator} administers Firewall Manager, whose own scan judges "
            "it"
        )
        return
    seen: set[str] = set()
    for region in known(manager.regions):
        if isinstance(region.policies, NotOffered):
            continue
        if isinstance(region.policies, Gap | NotAsked):
            yield Unknown(str(region.policies))
            continue
        for policy in region.policies:
            if policy.id not in seen:
                seen.add(policy.id)
                yield from _broken(policy)


def _broken(policy: FirewallPolicy) -> Iterator[Said]:
    if isinstance(policy.compliance, Gap | NotAsked):
        yield Unknown(str(policy.compliance))
        return
    broken = [one for one in policy.compliance if not one.compliant]
    if broken:
        several = "accounts" if len(broken) > 1 else "account"
        count = sum(one.violators for one in broken)
        resources = "1 resource" if count == 1 else f"{count} resources"
        names = listed([one.account for one in broken])
        yield Problem(
            f"policy {policy.name} is broken in {several} {names} by {resources}",
            at=policy.id,
        )


def _advice(status: str, **facts: object) -> Recommendation:
    made = Recommendation(
        arn="arn:aws:trustedadvisor::111122223333:recommendation/1",
        name="MFA on Root Account",
        status=status,
        type="standard",
        source="ta_check",
        pillars=("security",),
        error=1,
    )
    return replace(made, **facts)


def _advised(*recommendations: Recommendation) -> Services:
    return services(trusted_advisor=TrustedAdvisor(recommendations=recommendations))


_PLAN = "has no support plan with Trusted Advisor's checks: see no-premium-support"
_NOT_THERE = "AWS does not offer Trusted Advisor to this account"
_ADVISOR = Gap("trustedadvisor:ListRecommendations", "AccessDenied")
_OFFERED = NotOffered(code="no endpoint")


@check(
    Services,
    severity=Severity.LOW,
    controls=("advice-followed",),
    reads=("trusted_advisor",),
    remedy=Remedy(
        do="Open each in Trusted Advisor (`aws trustedadvisor list-recommendation-resources "
        "--recommendation-identifier RECOMMENDATION`), mend it, or exclude the resource "
        "with a reason: `aws trustedadvisor "
        "batch-update-recommendation-resource-exclusion "
        "--recommendation-resource-exclusions arn=ARN,isExcluded=true`. What it says of "
        "Security Hub's controls is better read there.",
        may_stop="Nothing stops by excluding; what mending stops depends on the recommendation.",
    ),
    examples=(
        passes(_advised(_advice("ok"))),
        passes(_advised(_advice("warning", pillars=("cost_optimizing",)))),
        passes(_advised(_advice("error", lifecycle="dismissed"))),
        fails(_advised(_advice("error")), "error: MFA on Root Account (1 resource)"),
        fails(
            _advised(_advice("warning", warning=3, error=0)),
            "warning: MFA on Root Account (3 resources)",
        ),
        does_not_apply(services(), _PLAN),
        does_not_apply(services(trusted_advisor=_OFFERED), _NOT_THERE),
        cannot_tell(services(trusted_advisor=_ADVISOR), str(_ADVISOR)),
    ),
)
def trusted_advisor_warns(subject: Services, _: Estate) -> Iterator[Said]:
    """Trusted Advisor warns of something in the pillar of security.

    AWS looks by itself, and somebody should look at what it says. A recommendation that was
    dismissed or resolved is none.
    """
    advisor = subject.trusted_advisor
    if isinstance(advisor, NotSubscribed):
        yield NotApplicable(_PLAN)
    elif isinstance(advisor, NotOffered):
        yield NotApplicable(_NOT_THERE)
    else:
        for one in known(advisor).recommendations:
            if one.status != "ok" and "security" in one.pillars and not _is_settled(one):
                count = one.warning + one.error
                resources = "1 resource" if count == 1 else f"{count} resources"
                yield Problem(
                    f"{one.status}: {one.name} ({resources})",
                    at=one.arn,
                    severity=Severity.MEDIUM if one.status == "error" else None,
                    because="Trusted Advisor calls it an error" if one.status == "error" else "",
                )


def _is_settled(one: Recommendation) -> bool:
    return one.lifecycle in {"dismissed", "resolved"}


@check(
    Services,
    severity=Severity.LOW,
    controls=("premium-support",),
    reads=("trusted_advisor",),
    remedy=Remedy(
        do="If nobody else answers at night, take a plan of Business support or above in "
        "the console (AWS Support, Support plans).",
        may_stop="Nothing stops: it costs a share of the bill.",
        by="In the console, the root user or whoever may change the support plan "
        "(`supportplans:StartSupportPlanUpdate`).",
    ),
    examples=(
        passes(_advised()),
        fails(services(), "has a support plan without answers in an emergency"),
        does_not_apply(services(trusted_advisor=_OFFERED), _NOT_THERE),
        cannot_tell(services(trusted_advisor=_ADVISOR), str(_ADVISOR)),
    ),
)
def no_premium_support(subject: Services, _: Estate) -> Iterator[Said]:
    """The account has a support plan that answers no emergency.

    With Basic or Developer support nobody at AWS is there at night, and Trusted Advisor shows a
    few of its checks.
    """
    advisor = subject.trusted_advisor
    if isinstance(advisor, NotSubscribed):
        yield Problem("has a support plan without answers in an emergency")
    elif isinstance(advisor, NotOffered):
        yield NotApplicable(_NOT_THERE)
    else:
        known(advisor)


CHECKS: tuple[AnyCheck, ...] = (
    shield_protects_nothing,
    shield_team_is_administrator,
    firewall_policy_broken,
    trusted_advisor_warns,
    no_premium_support,
)
