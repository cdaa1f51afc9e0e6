"""EventBridge: the listing of event buses has their policies.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions
from idkeep.model.resources import EventBus


def _buses(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["EventBuses"])


EVENT_BUSES = Collector(service="events", operation="ListEventBuses", build=_buses, regional=True)

COLLECTORS: tuple[AnyCollector, ...] = (EVENT_BUSES,)


def _bus(ask: Ask, place: Place, told: Answer) -> EventBus:
    policy = told.get("Policy")
    return EventBus(
        **place.here(told["Arn"]),
        managed_by=told.get("ManagedBy", ""),
        policy=ask.keep(policy) if policy else None,
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="event_buses",
        model=EventBus,
        lists=lambda ask: in_regions(ask, EVENT_BUSES),
        calls=costing(0),
        read=_bus,
    ),
)
