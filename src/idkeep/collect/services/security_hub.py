"""Security Hub, both generations. Two calls a region; one to four more where the first is on.

Source: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeHub.html and
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_DescribeSecurityHubV2.html
"""

from collections.abc import Mapping
from typing import Any

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.services.refusals import closes_service
from idkeep.collect.words import is_enabled
from idkeep.model import Gap, NotToldHere
from idkeep.model.services import (
    HubOrganization,
    Member,
    SecurityHub,
    SecurityHubCspm,
    SecurityHubV2,
    Standard,
)

_NO_HUB = "ResourceNotFoundException"
# "Either Security Hub CSPM is not enabled, or the account may not do this": every account may
# ask about its own hub, and only an administrator about the organisation.
_INVALID_ACCESS = "InvalidAccessException"


def _hub(pages: Pages) -> Mapping[str, Any]:
    """The hub's own members of `SecurityHubCspm`."""
    [answer] = pages
    return {
        "arn": answer["HubArn"],
        "auto_enable_controls": answer.get("AutoEnableControls", False),
        "finding_generator": answer.get("ControlFindingGenerator", ""),
    }


HUB = Collector(
    service="securityhub",
    operation="DescribeHub",
    build=_hub,
    absent=frozenset({_INVALID_ACCESS, _NO_HUB}),
    regional=True,
)


def _standards(pages: Pages) -> tuple[Standard, ...]:
    return tuple(
        Standard(
            arn=one["StandardsArn"],
            status=one["StandardsStatus"],
            reason=one.get("StandardsStatusReason", {}).get("StatusReasonCode", ""),
            provider=one.get("Provider", ""),
        )
        for page in pages
        for one in page["StandardsSubscriptions"]
    )


STANDARDS = Collector(
    service="securityhub", operation="GetEnabledStandards", build=_standards, regional=True
)


def _administrator(pages: Pages) -> str | None:
    [answer] = pages
    told: Answer = answer.get("Administrator") or {}
    return told.get("AccountId") or None


ADMINISTRATOR = Collector(
    service="securityhub",
    operation="GetAdministratorAccount",
    build=_administrator,
    absent=frozenset({_NO_HUB}),
    regional=True,
)


def _members(pages: Pages) -> tuple[Member, ...]:
    return tuple(
        Member(account=one["AccountId"], status=one.get("MemberStatus", ""))
        for page in pages
        for one in page["Members"]
    )


MEMBERS = Collector(
    service="securityhub",
    operation="ListMembers",
    # Those who left or were never taken in are the ones not covered.
    params={"OnlyAssociated": False, "MaxResults": 50},
    build=_members,
    regional=True,
)


def _organization(pages: Pages) -> HubOrganization | NotToldHere:
    [answer] = pages
    configuration: Answer = answer.get("OrganizationConfiguration", {})
    return HubOrganization(
        configuration=configuration.get("ConfigurationType", ""),
        status=configuration.get("Status", ""),
        auto_enable=answer["AutoEnable"],
        auto_standards=answer.get("AutoEnableStandards", ""),
        limit_reached=answer.get("MemberAccountLimitReached", False),
    )


ORGANIZATION: Collector[HubOrganization | NotToldHere] = Collector(
    service="securityhub",
    operation="DescribeOrganizationConfiguration",
    build=_organization,
    answers={_INVALID_ACCESS: NotToldHere(code=_INVALID_ACCESS)},
    regional=True,
)


def _v2(pages: Pages) -> SecurityHubV2:
    [answer] = pages
    features: Mapping[str, Answer] = answer.get("Features", {})
    return SecurityHubV2(
        arn=answer["HubV2Arn"],
        features=tuple(
            sorted(name for name, one in features.items() if is_enabled(one["FeatureStatus"]))
        ),
    )


HUB_V2 = Collector(
    service="securityhub",
    operation="DescribeSecurityHubV2",
    build=_v2,
    absent=frozenset({_NO_HUB}),
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (
    HUB,
    STANDARDS,
    ADMINISTRATOR,
    MEMBERS,
    ORGANIZATION,
    HUB_V2,
)


def in_region(ask: Ask, region: str) -> SecurityHub | Gap:
    hub = ask(HUB, region=region)
    if isinstance(hub, Gap) and closes_service(hub):
        return hub
    cspm = _cspm(ask, region, hub) if isinstance(hub, Mapping) else hub
    return SecurityHub(cspm=cspm, v2=ask(HUB_V2, region=region))


def _cspm(ask: Ask, region: str, hub: Mapping[str, Any]) -> SecurityHubCspm:
    administrator = _administers(ask, region)
    alone = administrator is None
    return SecurityHubCspm(
        **hub,
        standards=ask.sure(STANDARDS, region=region),
        administrator=administrator,
        members=ask.sure(MEMBERS, region=region) if alone else (),
        organization=ask.sure(ORGANIZATION, region=region) if alone else None,
    )


def _administers(ask: Ask, region: str) -> str | Gap | None:
    """What the administrator's listing of its members tells is not asked for."""
    listed = ask.told.hubs.get(region)
    if listed is None:
        return ask(ADMINISTRATOR, region=region)
    ask.elsewhere(ADMINISTRATOR.action, MEMBERS.action, listed)
    return listed.account
