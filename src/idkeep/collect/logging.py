"""What the account logs, where that goes, and who is told of it."""

from idkeep.collect import alarms, event_rules, trails
from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector
from idkeep.model import Gap
from idkeep.model.logging import Logging

COLLECTORS: tuple[AnyCollector, ...] = (
    *trails.COLLECTORS,
    *alarms.COLLECTORS,
    *event_rules.COLLECTORS,
)


def read(ask: Ask) -> Logging:
    """From the trails to whatever they lead to; the event data stores beside them."""
    found, unlisted = trails.trails(ask)
    stores = trails.stores(ask)
    if isinstance(found, Gap):
        return Logging(trails=found, unlisted_trails=unlisted, event_data_stores=stores)
    groups = alarms.log_groups(ask, (one.log_group for one in found if one.log_group))
    watching = alarms.alarms(ask, groups)
    rules = event_rules.rules(ask) if found else ()
    return Logging(
        trails=found,
        unlisted_trails=unlisted,
        buckets=trails.buckets(ask, found),
        log_groups=groups,
        alarms=watching,
        topics=alarms.topics(ask, watching, () if isinstance(rules, Gap) else rules),
        rules=rules,
        event_data_stores=stores,
    )
