"""Which events a trail writes down, by its selectors.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html and
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from idkeep.access.estate import Estate
from idkeep.model import Arn, Gap, NotToldHere, Unread, read_by
from idkeep.model.logging import (
    AdvancedEventSelector,
    EventSelector,
    EventSelectors,
    FieldSelector,
    InsightSelector,
    Logging,
    Trail,
    TrailStatus,
)

MANAGEMENT, DATA, NETWORK = "Management", "Data", "NetworkActivity"
_READ_WRITE = {"ReadOnly": (True,), "WriteOnly": (False,), "All": (True, False)}


class Happened(Struct, frozen=True, kw_only=True):
    """An event as selectors see it. Of a data event, `type` and `arn` are the resource's."""

    category: str = MANAGEMENT
    source: str
    name: str
    read_only: bool
    type: str = ""
    arn: str = ""

    def fields(self) -> dict[str, str]:
        told = {
            "eventCategory": self.category,
            "eventSource": self.source,
            "eventName": self.name,
            "readOnly": str(self.read_only).lower(),
            "resources.type": self.type,
            "resources.ARN": self.arn,
        }
        return {name: value for name, value in told.items() if value}


class Whole(Struct, frozen=True, kw_only=True):
    """A trail with what only its own account is told, as far as that account was scanned too."""

    trail: Trail
    status: TrailStatus | Unread
    selectors: EventSelectors | Unread
    insights: tuple[InsightSelector, ...] | Unread

    @property
    def is_on(self) -> bool | Unread:
        return self.status.logging if isinstance(self.status, TrailStatus) else self.status

    def reaches(self, region: str) -> bool:
        return self.trail.multi_region or self.trail.home == region

    def logs(self, event: Happened) -> bool | Unread:
        """Whether it writes the event down, where it reaches; what part of them is not is False."""
        if self.is_on is False:
            return False
        if not isinstance(self.selectors, EventSelectors):
            return self.selectors
        if not selects(self.selectors, event):
            return False
        return self.is_on


def whole_trails(logging: Logging, estate: Estate) -> tuple[Whole, ...] | Unread:
    """Every trail that the account sees."""
    if not isinstance(logging.trails, tuple):
        return logging.trails
    return tuple(_whole(one, estate) for one in logging.trails)


def trails_owner(trail: Trail) -> str:
    return Arn.parse(trail.arn).account


def _whole(trail: Trail, estate: Estate) -> Whole:
    own = trail
    if any(isinstance(one, NotToldHere) for one in (trail.status, trail.selectors, trail.insights)):
        own = next(_at_home(trail, estate), trail)
    told: dict[str, Any] = {
        "status": own.status,
        "selectors": own.selectors,
        "insights": own.insights,
    }
    elsewhere = f"told in account {trails_owner(trail)} alone"
    for name, value in told.items():
        if isinstance(value, NotToldHere):
            told[name] = Gap(read_by(Trail, name), elsewhere, elsewhere=True)
    return Whole(trail=trail, **told)


def _at_home(trail: Trail, estate: Estate) -> Iterator[Trail]:
    snapshot = estate.elsewhere(trails_owner(trail))
    logging = snapshot.logging if snapshot else None
    if isinstance(logging, Logging) and isinstance(logging.trails, tuple):
        yield from (one for one in logging.trails if one.arn == trail.arn)


def selects(selectors: EventSelectors, event: Happened) -> bool:
    """Whether every such event is written down.

    A selector that asks for a field which the event leaves open (a principal) takes some only.
    """
    return any(_classic(one, event) for one in selectors.classic) or any(
        all(_field(field, event.fields()) for field in one.fields) for one in selectors.advanced
    )


def named(selectors: EventSelectors, field: str) -> frozenset[str]:
    """The values of a field that selectors speak of."""
    told = {
        value
        for one in selectors.advanced
        for each in one.fields
        if each.field == field
        for value in (*each.equals, *each.not_equals)
    }
    if field == "eventSource":
        told |= {name for one in selectors.classic for name in one.excluded_sources}
    return frozenset(told)


def of_category(selectors: EventSelectors, category: str) -> tuple[AdvancedEventSelector, ...]:
    """The advanced selectors for events of a category."""
    return tuple(
        one
        for one in selectors.advanced
        if any(each.field == "eventCategory" and category in each.equals for each in one.fields)
    )


def _classic(one: EventSelector, event: Happened) -> bool:
    if event.read_only not in _READ_WRITE.get(one.read_write, ()):
        return False
    if event.category == MANAGEMENT:
        return one.management and event.source not in one.excluded_sources
    return event.category == DATA and any(
        each.type == event.type and any(event.arn.startswith(value) for value in each.values)
        for each in one.data
    )


def _field(one: FieldSelector, fields: dict[str, str]) -> bool:
    value = fields.get(one.field)
    if value is None:
        return False
    wanted = (
        (one.equals, str.__eq__),
        (one.starts_with, str.startswith),
        (one.ends_with, str.endswith),
    )
    unwanted = (
        (one.not_equals, str.__eq__),
        (one.not_starts_with, str.startswith),
        (one.not_ends_with, str.endswith),
    )
    if any(fits(value, each) for several, fits in unwanted for each in several):
        return False
    return all(any(fits(value, each) for each in several) for several, fits in wanted if several)
