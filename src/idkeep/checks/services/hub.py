"""Checks on Security Hub, of both generations."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import (
    AnyCheck,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    passes,
)
from idkeep.checks.policies.words import listed
from idkeep.checks.services.regions import told, unknown, where
from idkeep.checks.services.samples import (
    CSPM,
    HUB,
    NO_REGIONS,
    STANDARD,
    UNREAD,
    V2,
    region,
    services,
)
from idkeep.model import Gap, NotApplicable, NotAsked, Problem, Severity, Unread
from idkeep.model.services import (
    HubOrganization,
    SecurityHub,
    SecurityHubCspm,
    SecurityHubV2,
    Services,
)

_DENIED = Gap("securityhub:DescribeHub", "AccessDenied")
_STANDARDS = Gap("securityhub:GetEnabledStandards", "AccessDenied")
_OFF = SecurityHub(cspm=None, v2=None)
_OTHER_CLOUDS = frozenset({"AZURE", "GCP"})


def _hubs(subject: Services) -> tuple[dict[str, SecurityHub], dict[str, Unread]]:
    return told(subject, lambda one: one.security_hub)


def _cspm(subject: Services) -> tuple[dict[str, SecurityHubCspm], dict[str, Unread]]:
    facts, unread = _hubs(subject)
    unread |= {
        name: one.cspm for name, one in facts.items() if isinstance(one.cspm, Gap | NotAsked)
    }
    on = {name: one.cspm for name, one in facts.items() if isinstance(one.cspm, SecurityHubCspm)}
    return on, unread


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("security-hub-on",),
    reads=("regions.security_hub",),
    remedy=Remedy(
        do="Switch it on in each region in use: `aws securityhub enable-security-hub` "
        "(CSPM, which runs the standards) or `aws securityhub enable-security-hub-v2`. "
        "An organisation's administrator does it by a configuration policy.",
        may_stop="Nothing stops: it only looks. Its checks are paid for.",
    ),
    examples=(
        passes(services()),
        passes(services(region(security_hub=SecurityHub(cspm=None, v2=V2)))),
        fails(services(region(security_hub=_OFF)), "has no Security Hub in us-east-1"),
        fails(
            services(region("eu-west-1", security_hub=_OFF), region(security_hub=_OFF)),
            "has no Security Hub in any region",
        ),
        cannot_tell(
            services(region(security_hub=replace(_OFF, v2=_DENIED))),
            "securityhub:DescribeHub: AccessDenied in us-east-1",
        ),
        cannot_tell(
            services(region(security_hub=_DENIED)),
            "securityhub:DescribeHub: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def security_hub_off(subject: Services, _: Estate) -> Iterator[Said]:
    """Security Hub is off in a region of the account, in both its generations.

    It gathers what the other services find, and its standards look at settings each day. Either
    generation counts here; the CIS benchmark means the first, CSPM.
    """
    facts, unread = _hubs(subject)
    off: list[str] = []
    for name, one in facts.items():
        if isinstance(one.cspm, SecurityHubCspm) or isinstance(one.v2, SecurityHubV2):
            continue
        gaps = [fact for fact in (one.cspm, one.v2) if isinstance(fact, Gap | NotAsked)]
        if gaps:
            unread[name] = gaps[0]
        else:
            off.append(name)
    if off:
        yield Problem(f"has no Security Hub {where(off, facts)}")
    yield from unknown(unread)


@check(
    Services,
    severity=Severity.LOW,
    controls=("security-hub-standards",),
    reads=("regions.security_hub.cspm.standards",),
    remedy=Remedy(
        do="Switch a standard on, AWS Foundational Security Best Practices or the CIS "
        "benchmark: `aws securityhub batch-enable-standards "
        "--standards-subscription-requests StandardsArn=STANDARD_ARN`. It needs AWS "
        "Config's recorder.",
        may_stop="Nothing stops: it only looks. Each check is paid for.",
    ),
    examples=(
        passes(services()),
        fails(
            services(region(security_hub=replace(HUB, cspm=replace(CSPM, standards=())))),
            "checks no standard in us-east-1",
        ),
        fails(
            services(
                region(
                    security_hub=replace(
                        HUB, cspm=replace(CSPM, standards=(replace(STANDARD, provider="AZURE"),))
                    )
                )
            ),
            "checks no standard in us-east-1",
        ),
        fails(
            services(
                region(
                    security_hub=replace(
                        HUB,
                        cspm=replace(
                            CSPM,
                            standards=(
                                replace(
                                    STANDARD,
                                    status="INCOMPLETE",
                                    reason="NO_AVAILABLE_CONFIGURATION_RECORDER",
                                ),
                            ),
                        ),
                    )
                )
            ),
            "standard aws-foundational-security-best-practices does not work in us-east-1: "
            "NO_AVAILABLE_CONFIGURATION_RECORDER",
        ),
        does_not_apply(services(region(security_hub=_OFF)), "has CSPM on in no region"),
        cannot_tell(
            services(region(security_hub=replace(HUB, cspm=replace(CSPM, standards=_STANDARDS)))),
            "securityhub:GetEnabledStandards: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def security_hub_without_standards(subject: Services, _: Estate) -> Iterator[Said]:
    """Security Hub CSPM is on and checks nothing.

    No standard is switched on there, or one can't run: most often for want of a recorder of AWS
    Config. Standards for other clouds don't count.
    """
    on, unread = _cspm(subject)
    bare: list[str] = []
    broken: dict[tuple[str, str], list[str]] = {}
    for name, one in on.items():
        if not isinstance(one.standards, tuple):
            unread[name] = one.standards
            continue
        own = [each for each in one.standards if each.provider not in _OTHER_CLOUDS]
        if not own:
            bare.append(name)
        for each in own:
            if each.status in {"FAILED", "INCOMPLETE"}:
                title = each.arn.partition("/")[2].partition("/")[0]
                broken.setdefault((title, each.reason or each.status), []).append(name)
    if bare:
        yield Problem(f"checks no standard {where(bare, on)}", at="none")
    for (title, reason), regions in broken.items():
        words = f"standard {title} does not work in {listed(regions)}: {reason}"
        yield Problem(words, at=title)
    yield from unknown(unread)
    if not on and not unread:
        yield NotApplicable("has CSPM on in no region")


_LEADS = replace(CSPM, administrator=None, organization=HubOrganization(auto_enable=True))
_ORGANIZATION = Gap("securityhub:DescribeOrganizationConfiguration", "AccessDenied")


def _leading(organization: object) -> Services:
    hub = replace(HUB, cspm=replace(_LEADS, organization=organization))
    return services(region(security_hub=hub))


@check(
    Services,
    severity=Severity.LOW,
    controls=("security-hub-central",),
    reads=("regions.security_hub.cspm.organization",),
    remedy=Remedy(
        do="Take new accounts in by themselves: `aws securityhub "
        "update-organization-configuration --auto-enable`, or better the central "
        "configuration with a policy for all units.",
        may_stop="Nothing stops in the accounts: Security Hub only looks, and is paid for.",
    ),
    examples=(
        passes(_leading(HubOrganization(auto_enable=True))),
        passes(_leading(HubOrganization(configuration="CENTRAL"))),
        fails(
            _leading(HubOrganization(configuration="LOCAL")),
            "takes no new account in by itself in us-east-1",
        ),
        does_not_apply(services(), "administers Security Hub for no organisation"),
        cannot_tell(
            _leading(_ORGANIZATION),
            "securityhub:DescribeOrganizationConfiguration: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def security_hub_leaves_accounts_out(subject: Services, _: Estate) -> Iterator[Said]:
    """The administrator of Security Hub takes new accounts of the organisation in by hand.

    Until somebody thinks of it, nothing that is found there reaches the administrator.
    """
    on, unread = _cspm(subject)
    unread |= {
        name: one.organization
        for name, one in on.items()
        if isinstance(one.organization, Gap | NotAsked)
    }
    leads = {
        name: one.organization
        for name, one in on.items()
        if isinstance(one.organization, HubOrganization)
    }
    by_hand = [
        name
        for name, one in leads.items()
        if one.configuration != "CENTRAL" and not one.auto_enable
    ]
    if by_hand:
        yield Problem(f"takes no new account in by itself {where(by_hand, leads)}")
    yield from unknown(unread)
    if not leads and not unread:
        yield NotApplicable("administers Security Hub for no organisation")


CHECKS: tuple[AnyCheck, ...] = (
    security_hub_off,
    security_hub_without_standards,
    security_hub_leaves_accounts_out,
)
