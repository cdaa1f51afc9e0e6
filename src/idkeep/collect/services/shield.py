"""Shield Advanced, for all regions at once: one call, four where the account is subscribed.

Source: https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_DescribeSubscription.html
"""

from collections.abc import Mapping
from typing import Any

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.times import maybe_utc
from idkeep.model import Gap
from idkeep.model.services import NotSubscribed, Protection, ResponseTeamAccess, Shield

_NOT_THERE = "ResourceNotFoundException"


def _subscription(pages: Pages) -> Mapping[str, Any] | NotSubscribed:
    """The subscription's own members of `Shield`."""
    [answer] = pages
    told: Answer = answer["Subscription"]
    return {
        "started": maybe_utc(told.get("StartTime")),
        "ends": maybe_utc(told.get("EndTime")),
        "auto_renew": told.get("AutoRenew", ""),
        "proactive_engagement": told.get("ProactiveEngagementStatus", ""),
    }


SUBSCRIPTION: Collector[Mapping[str, Any] | NotSubscribed] = Collector(
    service="shield",
    operation="DescribeSubscription",
    build=_subscription,
    answers={_NOT_THERE: NotSubscribed(code=_NOT_THERE)},
)


def _protections(pages: Pages) -> tuple[Protection, ...]:
    return tuple(
        Protection(id=one["Id"], name=one.get("Name", ""), resource=one["ResourceArn"])
        for page in pages
        for one in page["Protections"]
    )


PROTECTIONS = Collector(
    service="shield", operation="ListProtections", params={"MaxResults": 1000}, build=_protections
)


def _contacts(pages: Pages) -> int:
    [answer] = pages
    return len(answer.get("EmergencyContactList", ()))


CONTACTS = Collector(
    service="shield", operation="DescribeEmergencyContactSettings", build=_contacts
)


def _response_team(pages: Pages) -> ResponseTeamAccess:
    [answer] = pages
    return ResponseTeamAccess(
        role=answer.get("RoleArn"), buckets=tuple(answer.get("LogBucketList", ()))
    )


RESPONSE_TEAM = Collector(service="shield", operation="DescribeDRTAccess", build=_response_team)

COLLECTORS: tuple[AnyCollector, ...] = (SUBSCRIPTION, PROTECTIONS, CONTACTS, RESPONSE_TEAM)


def read(ask: Ask) -> Shield | NotSubscribed | Gap:
    subscription = ask.sure(SUBSCRIPTION)
    if isinstance(subscription, NotSubscribed | Gap):
        return subscription
    return Shield(
        **subscription,
        protections=ask.sure(PROTECTIONS),
        emergency_contacts=ask.sure(CONTACTS),
        response_team=ask.sure(RESPONSE_TEAM),
    )
