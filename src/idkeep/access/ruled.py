"""Whom the rules of EventBridge tell of an event, in every region where it may occur.

An event of CloudTrail comes to the default bus of its region, if a trail logs it there; a rule may
hand it to a bus of another region or account, whose rules then take it as it is.
Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html,
eb-service-event-cloudtrail-management.html and eb-cross-account.html beside it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from idkeep.access.estate import Estate
from idkeep.access.event_pattern import decide
from idkeep.access.filter_pattern import Undecided
from idkeep.access.logged import Whole
from idkeep.access.news import News, Sample, Stage, subscribed, topics_of
from idkeep.access.trail_events import enveloped, in_account, is_global
from idkeep.model import Arn, Gap, NotAsked
from idkeep.model.logging import AlarmTopic, EventRule, Logging
from idkeep.model.partitions import home

_TAKES_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
# Targets that reach people or their systems, and those that do something and tell nobody.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
_REACHES = frozenset({"lambda", "ssm-incidents", "states"})
_TELLS_NOBODY = {
    "logs": "writes it to a log group and tells nobody",
    **dict.fromkeys(
        ("autoscaling", "batch", "codebuild", "codepipeline", "ec2", "ecs", "glue", "sagemaker"),
        "moves machines and tells nobody",
    ),
}
_BUS, _DESTINATION = "event-bus/", "api-destination/"


class _Way(Struct, frozen=True):
    """An event on its way: as rules see it, with the facts of the account that it has come to."""

    sample: Sample
    event: Mapping[str, Any]
    estate: Estate
    logging: Logging
    account: str
    been: frozenset[str] = frozenset()

    @property
    def topics(self) -> Mapping[str, AlarmTopic]:
        return topics_of(self.logging)


def by_rules(
    logging: Logging, sample: Sample, trails: tuple[Whole, ...], estate: Estate
) -> Iterator[News]:
    """Nothing where no trail logs the event, or no rule takes it."""
    if not any(trail.logs(sample.seen) is not False for trail in trails):
        return
    if isinstance(logging.rules, Gap | NotAsked):
        yield News(stage=Stage.NO_TRAIL, unknown=(f"whether a rule tells of it: {logging.rules}",))
        return
    account = estate.snapshot.account
    main = home(account.partition)
    regions = [main] if is_global(sample.json) else [one.region for one in logging.rules]
    here = in_account(sample.json, account.id)
    said: dict[str, News] = {}
    for region in regions:
        event = enveloped(here, region)
        way = _Way(sample, event, estate, logging, account.id)
        bus = f"arn:{account.partition}:events:{region}:{account.id}:{_BUS}default"
        said[region] = _as_logged(_best(list(_on(bus, way))), trails, sample, region)
    yield from _everywhere(said)


def _everywhere(said: Mapping[str, News]) -> Iterator[News]:
    """An event may occur in any of the regions, so each of them must tell."""
    told = [region for region, one in said.items() if one.stage is Stage.TOLD]
    unknown = [why for one in said.values() if one.stage is not Stage.TOLD for why in one.unknown]
    open_ = [one for one in said.values() if one.stage is Stage.TOLD or one.unknown]
    if told and len(told) == len(said):
        names = dict.fromkeys(one.by for one in said.values())
        yield News(stage=Stage.TOLD, by=", ".join(names))
    elif said and len(open_) == len(said):
        yield News(stage=Stage.NO_FILTER, unknown=tuple(dict.fromkeys(unknown)))
    elif told:
        rest = sorted(region for region in said if region not in told)
        names = dict.fromkeys(said[region].by for region in told)
        yield News(
            stage=Stage.NOBODY,
            why=f"rule {', '.join(names)} tells of them in {_some(sorted(told))}, and not in "
            f"{_some(rest)}",
        )
    else:
        whys = dict.fromkeys(one.why for one in said.values() if one.why)
        if whys:
            yield News(stage=Stage.NOBODY, why="; ".join(whys))


def _some(regions: list[str]) -> str:
    first, *others = regions
    return f"{first} and {len(others)} more" if others else first


def _best(found: list[News]) -> News:
    best = max(found, key=lambda one: one.stage, default=News(stage=Stage.NO_FILTER))
    if best.stage is Stage.TOLD:
        return best
    return News(
        stage=best.stage,
        why=best.why,
        unknown=tuple(dict.fromkeys(why for one in found for why in one.unknown)),
    )


def _as_logged(heard: News, trails: tuple[Whole, ...], sample: Sample, region: str) -> News:
    """What no trail logs in the region comes to no rule."""
    said = [trail.logs(sample.seen) for trail in trails if trail.reaches(region)]
    if True in said:
        return heard
    unread = tuple(str(one) for one in said if isinstance(one, Gap | NotAsked))
    may = heard.stage is Stage.TOLD or bool(heard.unknown)
    return News(stage=Stage.NO_TRAIL, unknown=(*heard.unknown, *unread) if may and unread else ())


def _on(bus: str, way: _Way) -> Iterator[News]:
    """What the rules of a bus make of the event."""
    if bus in way.been or not isinstance(way.logging.rules, tuple):
        return
    region = Arn.parse(bus).region
    onward = _Way(way.sample, way.event, way.estate, way.logging, way.account, way.been | {bus})
    for one in way.logging.rules:
        if one.region != region:
            continue
        if isinstance(one.rules, Gap | NotAsked):
            yield News(stage=Stage.NO_FILTER, unknown=(str(one.rules),))
        for rule in one.rules if isinstance(one.rules, tuple) else ():
            if rule.bus == bus and (not way.sample.seen.read_only or rule.state == _TAKES_READS):
                yield from _by(rule, onward)


def _by(rule: EventRule, way: _Way) -> Iterator[News]:
    caught = decide(rule.pattern, way.event)
    if caught is False:
        return
    if isinstance(rule.targets, Gap | NotAsked):
        yield News(stage=Stage.NOBODY, unknown=(str(rule.targets),))
        return
    found = [one for target in rule.targets for one in _handed(target.arn, way)]
    best = _best(found)
    if caught is True and best.stage is Stage.TOLD:
        yield News(stage=Stage.TOLD, by=best.by or rule.name)
    elif caught is True:
        why = best.why or "has no target" if not rule.targets else best.why
        words = why if why.startswith("rule ") or not why else f"rule {rule.name} {why}"
        yield News(stage=Stage.NOBODY, why=words, unknown=best.unknown)
    elif best.stage is Stage.TOLD or best.unknown:
        why = f"whether rule {rule.name} takes it: {caught.why}"
        yield News(stage=Stage.NO_FILTER, unknown=(why,))


def _handed(target: str, way: _Way) -> Iterator[News]:
    try:
        arn = Arn.parse(target)
    except ValueError:
        yield News(stage=Stage.NOBODY, unknown=(f"who receives {target} is not known",))
        return
    if arn.service == "events" and arn.resource.startswith(_BUS):
        yield from _sent_on(target, way)
        return
    said = _receives(arn, target, way.topics)
    if said is True:
        yield News(stage=Stage.TOLD)
    elif isinstance(said, Undecided):
        yield News(stage=Stage.NOBODY, unknown=(said.why,))
    elif isinstance(said, str):
        yield News(stage=Stage.NOBODY, why=said)


def _sent_on(bus: str, way: _Way) -> Iterator[News]:
    owner = Arn.parse(bus).account
    if owner == way.account:
        yield from _on(bus, way)
        return
    snapshot = way.estate.elsewhere(owner)
    logging = snapshot.logging if snapshot else None
    known = isinstance(logging, Logging) and isinstance(logging.rules, tuple)
    if not known or not isinstance(logging, Logging) or not _has(logging, bus):
        why = f"the bus is account {owner}'s, whose own scan tells"
        yield News(stage=Stage.NOBODY, unknown=(why,))
        return
    yield from _on(bus, _Way(way.sample, way.event, way.estate, logging, owner, way.been))


def _has(logging: Logging, bus: str) -> bool:
    """Whether the rules of the bus were read: of others than the default one only if it is fed."""
    if bus.endswith("/default"):
        return True
    every = logging.rules if isinstance(logging.rules, tuple) else ()
    return any(
        rule.bus == bus for one in every if isinstance(one.rules, tuple) for rule in one.rules
    )


def _receives(arn: Arn, target: str, topics: Mapping[str, AlarmTopic]) -> bool | str | Undecided:
    """Whether somebody is there, or why nobody is."""
    if arn.service in _REACHES or arn.resource.startswith(_DESTINATION):
        return True
    if arn.service in _TELLS_NOBODY:
        return _TELLS_NOBODY[arn.service]
    if arn.service == "sns" and target in topics:
        return subscribed(topics[target].subscriptions)
    return Undecided(f"who receives {target} is not known")
