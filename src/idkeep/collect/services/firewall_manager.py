"""Firewall Manager: one call; in its administrator's account one a region and one a policy.

Source: https://docs.aws.amazon.com/fms/2018-01-01/APIReference/API_GetAdminAccount.html
"""

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.regions import COLLECTORS as REGION_COLLECTORS
from idkeep.collect.services.refusals import by_service, offered
from idkeep.collect.words import either
from idkeep.model import Family, Gap, NotAsked
from idkeep.model.logging import NotOffered
from idkeep.model.services import (
    AccountCompliance,
    FirewallManager,
    FirewallPolicy,
    RegionPolicies,
)


def _administrator(pages: Pages) -> FirewallManager:
    [answer] = pages
    return FirewallManager(
        administrator=answer["AdminAccount"], role_status=answer.get("RoleStatus", "")
    )


ADMINISTRATOR = Collector(
    service="fms",
    operation="GetAdminAccount",
    build=_administrator,
    absent=frozenset({"ResourceNotFoundException"}),
    regional=True,
)


def _policies(pages: Pages) -> tuple[FirewallPolicy, ...]:
    return tuple(
        FirewallPolicy(
            id=one["PolicyId"],
            name=one["PolicyName"],
            type=one["SecurityServiceType"],
            remediates=one.get("RemediationEnabled", False),
            status=one.get("PolicyStatus", ""),
            compliance=NotAsked(Family.SERVICES),
        )
        for page in pages
        for one in page["PolicyList"]
    )


POLICIES = Collector(service="fms", operation="ListPolicies", build=_policies, regional=True)


def _compliance(pages: Pages) -> tuple[AccountCompliance, ...]:
    return tuple(_account(one) for page in pages for one in page["PolicyComplianceStatusList"])


def _account(told: Answer) -> AccountCompliance:
    results = told["EvaluationResults"]
    return AccountCompliance(
        account=told["MemberAccount"],
        compliant=all(
            either(one["ComplianceStatus"], "COMPLIANT", "NON_COMPLIANT") for one in results
        ),
        violators=sum(one.get("ViolatorCount", 0) for one in results),
        limited=any(one.get("EvaluationLimitExceeded", False) for one in results),
    )


COMPLIANCE = Collector(
    service="fms", operation="ListComplianceStatus", build=_compliance, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (ADMINISTRATOR, *REGION_COLLECTORS, POLICIES, COMPLIANCE)


def read(ask: Ask) -> FirewallManager | Gap | None:
    """None where there is no administrator, which AWS also says by a refusal of its own."""
    found = _default_administrator(ask)
    if isinstance(found, Gap):
        return None if by_service(found) else found
    if found is None or found.administrator != ask.account:
        return found
    regions = ask.in_regions(lambda name: _in_region(ask, name))
    if isinstance(regions, Gap):
        return replace(found, regions=regions)
    return replace(
        found,
        regions=tuple(RegionPolicies(region=name, policies=one) for name, one in regions.items()),
    )


def _default_administrator(ask: Ask) -> FirewallManager | Gap | None:
    """Who it is for the organisation, another account of it may have been told already."""
    listed = ask.told.firewall_manager
    if listed is None:
        return ask(ADMINISTRATOR, region=ask.aws.main_region)
    ask.elsewhere(ADMINISTRATOR.action, ADMINISTRATOR.action, listed)
    return listed.value


def _in_region(ask: Ask, region: str) -> tuple[FirewallPolicy, ...] | NotOffered | Gap:
    listed = ask.sure(POLICIES, region=region)
    if isinstance(listed, Gap):
        return offered(ask, POLICIES.service, region, listed)
    compliance = ask.each(listed, lambda one: ask.sure(COMPLIANCE, region=region, PolicyId=one.id))
    return tuple(
        replace(one, compliance=told) for one, told in zip(listed, compliance, strict=True)
    )
