"""Shield Advanced: whether it is subscribed to, and what it protects.

https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_Operations.html. Kinds: subscription,
protection, emergency-contact, drt-access.
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "The subscription does not exist.")
SUBSCRIBED = one("subscription", into="Subscription", absent=ABSENT)


def _state(asked: Asked) -> Mapping[str, Any]:
    return {"SubscriptionState": "ACTIVE" if asked.things("subscription") else "INACTIVE"}


def _subscribed(asked: Asked) -> Mapping[str, Any]:
    if not asked.things("subscription"):
        raise ABSENT
    return {}


OPERATIONS: Table = {
    "DescribeDRTAccess": one("drt-access", absent={}),
    "DescribeEmergencyContactSettings": listing("emergency-contact", "EmergencyContactList"),
    "DescribeSubscription": SUBSCRIBED,
    "GetSubscriptionState": _state,
    "ListProtections": listing("protection", "Protections", needs=_subscribed),
}
