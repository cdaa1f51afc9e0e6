"""Whom an account's alarms and rules tell of an event: from the trail to somebody who hears it.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from idkeep.access.estate import Estate
from idkeep.access.filter_pattern import Undecided, decide
from idkeep.access.logged import Whole, whole_trails
from idkeep.access.news import News, Sample, Stage, subscribed, topics_of
from idkeep.access.ruled import by_rules
from idkeep.model import Arn
from idkeep.model.logging import (
    AlarmTopic,
    CompositeAlarm,
    LogAlarm,
    Logging,
    Metric,
    MetricAlarm,
    MetricFilter,
    NotOwned,
    RegionAlarms,
    TrailLogGroup,
)

Alarm = MetricAlarm | CompositeAlarm | LogAlarm
# What an alarm may set off that reaches people, or their systems, and what only moves machines.
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
_REACHES = frozenset({"lambda", "ssm", "ssm-incidents", "aiops"})
_MOVES_MACHINES = frozenset({"automate", "autoscaling", "ec2", "swf"})
_RISING = frozenset({"GreaterThanOrEqualToThreshold", "GreaterThanThreshold"})
_FALLING = frozenset({"LessThanOrEqualToThreshold", "LessThanThreshold"})
_COUNTING = frozenset({"Sum", "Maximum", "SampleCount"})
_ANY_OF = re.compile(r"\s*ALARM\([^()]*\)(?:\s+OR\s+ALARM\([^()]*\))*\s*")
_NAME = re.compile(r"ALARM\(\s*\"?([^()\"]*?)\"?\s*\)")


def news(logging: Logging, sample: Sample, estate: Estate) -> News:
    """How far the best way leads from the event to somebody."""
    trails = whole_trails(logging, estate)
    if not isinstance(trails, tuple):
        return News(stage=Stage.NO_TRAIL, unknown=(str(trails),))
    found = [
        one for trail in trails if trail.trail.multi_region for one in _by(trail, sample, estate)
    ]
    found += [News(stage=Stage.NO_TRAIL, unknown=(str(gap),)) for gap in logging.unlisted_trails]
    if not any(one.stage is Stage.TOLD for one in found):
        found += by_rules(logging, sample, trails, estate)
    best = max(found, key=lambda one: one.stage, default=News(stage=Stage.NO_TRAIL))
    if best.stage is Stage.TOLD:
        return best
    unknown = tuple(dict.fromkeys(why for one in found for why in one.unknown))
    whys = dict.fromkeys(one.why for one in found if one.stage is best.stage and one.why)
    return News(stage=best.stage, why="; ".join(whys), unknown=unknown)


def alarm_reaches(alarm: Alarm, topics: Mapping[str, AlarmTopic]) -> News:
    """Whether an alarm's own actions lead to somebody."""
    if not alarm.actions:
        return News(stage=Stage.NOBODY, why=f"alarm {alarm.name} does nothing")
    if not alarm.actions_enabled:
        return News(stage=Stage.NOBODY, why=f"the actions of alarm {alarm.name} are switched off")
    said = [_receives(action, topics) for action in alarm.actions]
    if True in said:
        return News(stage=Stage.TOLD)
    unknown = tuple(dict.fromkeys(one.why for one in said if isinstance(one, Undecided)))
    whys = ", ".join(dict.fromkeys(one for one in said if isinstance(one, str)))
    return News(stage=Stage.NOBODY, why=f"alarm {alarm.name} {whys}", unknown=unknown)


def stood_for(alarm: Alarm, others: Iterable[Alarm]) -> bool:
    """Whether another alarm rings whenever this one does."""
    names = {alarm.name, alarm.arn}
    return any(
        isinstance(one, CompositeAlarm)
        and not one.suppressor
        and _ANY_OF.fullmatch(one.rule)
        and names & set(_NAME.findall(one.rule))
        for one in others
    )


def _by(trail: Whole, sample: Sample, estate: Estate) -> Iterator[News]:
    """By one trail: what each filter of its log group makes of the event."""
    logs = trail.logs(sample.seen)
    if logs is False:
        yield News(stage=Stage.NO_TRAIL)
        return
    if logs is not True:
        yield News(stage=Stage.NO_TRAIL, unknown=(str(logs),))
        return
    arn = trail.trail.log_group
    if arn is None:
        yield News(stage=Stage.NO_LOG_GROUP)
        return
    logging, group = _group(arn, estate)
    if group is None or isinstance(group.filters, NotOwned):
        owner = Arn.parse(arn).account
        why = f"log group and alarms are account {owner}'s, whose own scan tells"
        yield News(stage=Stage.NO_FILTER, unknown=(why,))
    elif group.filters is None:
        yield News(stage=Stage.NO_LOG_GROUP, why="the trail's log group is gone")
    elif not isinstance(group.filters, tuple):
        yield News(stage=Stage.NO_FILTER, unknown=(str(group.filters),))
    else:
        yield News(stage=Stage.NO_FILTER)
        for one in group.filters:
            yield from _by_filter(one, sample, group, logging)
        yield from _by_queries(group, logging)


def _group(arn: str, estate: Estate) -> tuple[Logging, TrailLogGroup | None]:
    """The log group as the account sees it that owns it, with that account's alarms."""
    owner = Arn.parse(arn).account
    own = owner == estate.snapshot.account.id
    snapshot = estate.snapshot if own else estate.elsewhere(owner)
    if snapshot is None or not isinstance(snapshot.logging, Logging):
        return _NOTHING, None
    found = (one for one in snapshot.logging.log_groups if one.arn == arn)
    return snapshot.logging, next(found, None)


_NOTHING = Logging(trails=(), event_data_stores=())


def _by_filter(
    one: MetricFilter, sample: Sample, group: TrailLogGroup, logging: Logging
) -> Iterator[News]:
    caught = _counts(one, sample)
    if caught is False:
        return
    onward = _by_metric(one, sample, group, logging)
    if caught is True:
        yield News(stage=Stage.NO_ALARM, why=f"filter {one.name} has no alarm")
        yield from onward
    elif _may_reach(onward):
        why = f"whether filter {one.name} catches it: {caught.why}"
        yield News(stage=Stage.NO_FILTER, unknown=(why,))


def _may_reach(onward: Iterable[News]) -> bool:
    """What nobody hears of need not be decided."""
    return any(one.stage is Stage.TOLD or one.unknown for one in onward)


def _by_metric(
    one: MetricFilter, sample: Sample, group: TrailLogGroup, logging: Logging
) -> Iterator[News]:
    region = Arn.parse(group.arn).region
    for alarms in logging.alarms:
        if alarms.region != region:
            continue
        if not isinstance(alarms.alarms, tuple):
            yield News(stage=Stage.NO_ALARM, unknown=(str(alarms.alarms),))
            continue
        for alarm in alarms.alarms:
            if isinstance(alarm, MetricAlarm) and _watches(alarm, one):
                yield from _by_alarm(alarm, one, sample, alarms, logging)


def _counts(one: MetricFilter, sample: Sample) -> bool | Undecided:
    if one.criteria:
        return Undecided(f"it takes events of some log groups alone ({one.criteria})")
    if one.transformed:
        return Undecided("it looks at events as a transformer leaves them")
    return decide(one.pattern, sample.json)


def _watches(alarm: MetricAlarm, one: MetricFilter) -> bool:
    return any((m.namespace, m.name) in _names(alarm.metrics) for m in one.metrics)


def _names(metrics: tuple[Metric, ...]) -> set[tuple[str, str]]:
    return {(one.namespace, one.name) for one in metrics}


def _by_alarm(
    alarm: MetricAlarm, one: MetricFilter, sample: Sample, alarms: RegionAlarms, logging: Logging
) -> Iterator[News]:
    rings = _rings(alarm, one, several=sample.several)
    topics = topics_of(logging)
    onward = [alarm_reaches(alarm, topics), *_by_composites(alarm, alarms, topics)]
    if isinstance(rings, Undecided) and _may_reach(onward):
        yield News(stage=Stage.NOBODY, unknown=(f"alarm {alarm.name}: {rings.why}",))
    elif isinstance(rings, str) and rings:
        yield News(stage=Stage.NOBODY, why=f"alarm {alarm.name} {rings}")
    else:
        yield from onward


def _rings(alarm: MetricAlarm, one: MetricFilter, *, several: bool) -> str | Undecided:
    """Why the alarm does not ring at the event, "" where it does."""
    if len(alarm.metrics) != 1 or alarm.period is None:
        return Undecided("what an expression of several metrics rings at is not known")
    if alarm.metrics[0] not in one.metrics:
        return "watches other dimensions of the metric than the filter writes"
    if alarm.metrics[0].dimensions:
        return Undecided("it rings for one value of a dimension")
    if alarm.comparison in _FALLING:
        return "rings when there are few such events, not many"
    return _rises(alarm, one, several=several)


def _rises(alarm: MetricAlarm, one: MetricFilter, *, several: bool) -> str | Undecided:
    if alarm.comparison not in _RISING or alarm.threshold is None:
        return Undecided(f"what {alarm.comparison or 'no comparison'} rings at is not known")
    if alarm.statistic not in _COUNTING:
        return Undecided(f"when the {alarm.statistic} reaches the threshold is not known")
    try:
        value = 1.0 if alarm.statistic == "SampleCount" else float(one.value)
    except ValueError:
        return Undecided(f"filter {one.name} counts by the value of a field")
    if value <= 0:
        return f"never rings: filter {one.name} adds {one.value} to its metric"
    return "" if several else _at_once(alarm, alarm.threshold, value)


def _at_once(alarm: MetricAlarm, threshold: float, value: float) -> str:
    reached = value >= threshold if "OrEqual" in alarm.comparison else value > threshold
    if not reached:
        return f"has the threshold {threshold:g}, and one event does not reach it"
    periods = alarm.datapoints or alarm.periods or 1
    return f"rings after {periods} periods with such events" if periods > 1 else ""


def _by_composites(
    alarm: MetricAlarm, alarms: RegionAlarms, topics: Mapping[str, AlarmTopic]
) -> Iterator[News]:
    """By the alarms that ring when it does; one above another is followed too."""
    every = alarms.alarms if isinstance(alarms.alarms, tuple) else ()
    ringing = {alarm.name, alarm.arn}
    left = [one for one in every if isinstance(one, CompositeAlarm)]
    while above := [one for one in left if ringing & set(_NAME.findall(one.rule))]:
        left = [one for one in left if one not in above]
        for one in above:
            if one.suppressor or not _ANY_OF.fullmatch(one.rule):
                why = f"alarm {one.name} rings only as other alarms let it"
                yield News(stage=Stage.NOBODY, unknown=(why,))
            else:
                ringing |= {one.name, one.arn}
                yield alarm_reaches(one, topics)


def _by_queries(group: TrailLogGroup, logging: Logging) -> Iterator[News]:
    name = Arn.parse(group.arn).resource.removeprefix("log-group:").removesuffix(":*")
    mine = {name, group.arn, group.arn.removesuffix(":*")}
    for alarms in logging.alarms:
        for one in alarms.alarms if isinstance(alarms.alarms, tuple) else ():
            if not isinstance(one, LogAlarm) or not mine & {*one.log_groups}:
                continue
            if _may_reach([alarm_reaches(one, topics_of(logging))]):
                why = f"what the query of alarm {one.name} finds is not known"
                yield News(stage=Stage.NO_FILTER, unknown=(why,))


def _receives(action: str, topics: Mapping[str, AlarmTopic]) -> bool | str | Undecided:
    """Whether somebody is there, or why nobody is."""
    service = action.split(":")[2] if action.count(":") > 1 else ""
    if service in _REACHES:
        return True
    if service in _MOVES_MACHINES:
        return "moves machines and tells nobody"
    if service != "sns" or action not in topics:
        return Undecided(f"who receives {action} is not known")
    return subscribed(topics[action].subscriptions)
