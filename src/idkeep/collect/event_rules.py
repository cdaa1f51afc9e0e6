"""The rules of EventBridge that take events of CloudTrail, and what they hand them to.

For R regions with T such rules and B further buses of the account that these feed: R + B + T calls.
Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html and
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from idkeep.access.event_pattern import may_take
from idkeep.access.trail_events import DETAIL_TYPES
from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.services.refusals import offered
from idkeep.model import Arn, Family, Gap, NotAsked
from idkeep.model.logging import EventRule, NotOffered, RegionRules, RuleTarget

_NO_TARGETS = NotAsked(Family.LOGGING)
_DEFAULT = "default"
# A bus that is fed from one that is fed: AWS sends an event on once or twice at most.
_ROUNDS = 3
Rules = tuple[EventRule, ...]


def _rules(pages: Pages) -> Rules:
    """Those that are on and may take what CloudTrail sends; targets are asked for after."""
    return tuple(
        EventRule(
            arn=one["Arn"],
            name=one["Name"],
            bus=one.get("EventBusName", _DEFAULT),
            pattern=one["EventPattern"],
            state=one["State"],
            managed_by=one.get("ManagedBy", ""),
            targets=_NO_TARGETS,
        )
        for page in pages
        for one in page["Rules"]
        if one["State"] != "DISABLED"
        and "EventPattern" in one
        and may_take(one["EventPattern"], "detail-type", DETAIL_TYPES)
    )


RULES = Collector(
    service="events",
    operation="ListRules",
    build=_rules,
    params={"Limit": 100},
    absent=frozenset({"ResourceNotFoundException"}),
    regional=True,
)


def _targets(pages: Pages) -> tuple[RuleTarget, ...]:
    return tuple(
        RuleTarget(id=one["Id"], arn=one["Arn"]) for page in pages for one in page["Targets"]
    )


TARGETS = Collector(
    service="events",
    operation="ListTargetsByRule",
    build=_targets,
    params={"Limit": 100},
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (RULES, TARGETS)


def rules(ask: Ask) -> tuple[RegionRules, ...] | Gap:
    """By region, those of the default bus and of the buses that these feed."""
    found = ask.in_regions(lambda name: _on(ask, name, _DEFAULT))
    if isinstance(found, Gap):
        return found
    seen: set[str] = set()
    for _ in range(_ROUNDS):
        todo = {arn for arn in _fed(found.values()) if Arn.parse(arn).account == ask.account} - seen
        todo = {arn for arn in todo if not arn.endswith(f"/{_DEFAULT}")}
        if not todo:
            break
        seen |= todo
        for arn, more in zip(todo, ask.each(todo, lambda arn: _of_bus(ask, arn)), strict=True):
            region = Arn.parse(arn).region
            found[region] = _joined(found.get(region, ()), more)
    return tuple(RegionRules(region=name, rules=one) for name, one in found.items())


def _of_bus(ask: Ask, arn: str) -> Rules | NotOffered | Gap:
    return _on(ask, Arn.parse(arn).region, arn)


def _on(ask: Ask, region: str, bus: str) -> Rules | NotOffered | Gap:
    """The default bus is asked for by its name, which is in no ARN of a rule on it."""
    told = offered(ask, RULES.service, region, ask(RULES, region=region, EventBusName=bus))
    if told is None:
        return ()
    if not isinstance(told, tuple):
        return told
    targets = ask.each(
        told, lambda one: ask.sure(TARGETS, region=region, Rule=one.name, EventBusName=bus)
    )
    arn = bus
    if bus == _DEFAULT:
        arn = f"arn:{ask.partition}:events:{region}:{ask.account}:event-bus/{_DEFAULT}"
    return tuple(
        replace(one, bus=arn, targets=each) for one, each in zip(told, targets, strict=True)
    )


def _joined(
    one: Rules | NotOffered | Gap, other: Rules | NotOffered | Gap
) -> Rules | NotOffered | Gap:
    if isinstance(one, tuple) and isinstance(other, tuple):
        return (*one, *other)
    return one if isinstance(one, Gap) or isinstance(other, tuple | NotOffered) else other


def _fed(several: Iterable[Rules | NotOffered | Gap]) -> Iterator[str]:
    for arn in handed_to(several):
        if ":event-bus/" in arn:
            yield arn


def handed_to(several: Iterable[object]) -> Iterator[str]:
    """The ARNs that rules hand their events to."""
    for rules in several:
        for rule in rules if isinstance(rules, tuple) else ():
            if isinstance(rule.targets, tuple):
                yield from (one.arn for one in rule.targets)
