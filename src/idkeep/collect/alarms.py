"""What watches the trails' log groups: metric filters, alarms, and whom the alarms tell.

For G log groups in R regions and S topics: G + R + S calls, the alarms a hundred to a page. One
listing of a region's alarms has those on expressions of several metrics too, which a listing by
metric leaves out.
Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from idkeep.collect import event_rules
from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.model import Arn, Gap
from idkeep.model.logging import (
    AlarmTopic,
    CompositeAlarm,
    LogAlarm,
    Metric,
    MetricAlarm,
    MetricFilter,
    NotOwned,
    RegionAlarms,
    RegionRules,
    Subscriptions,
    TrailLogGroup,
)

Alarm = MetricAlarm | CompositeAlarm | LogAlarm
_LOG_GROUP = "log-group:"
_EVERY_STREAM = ":*"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
_NAMED_IN_RULE = re.compile(r"\b(?:ALARM|OK|INSUFFICIENT_DATA)\(\s*(\"[^\"]*\"|[^)]*?)\s*\)")


def _filters(pages: Pages) -> tuple[MetricFilter, ...]:
    return tuple(
        MetricFilter(
            name=one["filterName"],
            pattern=one["filterPattern"],
            metrics=tuple(
                Metric(
                    namespace=to["metricNamespace"],
                    name=to["metricName"],
                    dimensions=tuple(
                        sorted(
                            (*to.get("dimensions", ()), *one.get("emitSystemFieldDimensions", ()))
                        )
                    ),
                )
                for to in one["metricTransformations"]
            ),
            # A filter has one transformation.
            value=one["metricTransformations"][0]["metricValue"],
            transformed=one.get("applyOnTransformedLogs", False),
            criteria=one.get("fieldSelectionCriteria", ""),
        )
        for page in pages
        for one in page["metricFilters"]
    )


METRIC_FILTERS = Collector(
    service="logs",
    operation="DescribeMetricFilters",
    build=_filters,
    absent=frozenset({"ResourceNotFoundException"}),
    regional=True,
)


def _alarms(pages: Pages) -> tuple[Alarm, ...]:
    """Alarms of every kind; a region without one of a kind may leave that member out."""
    every = (
        ("MetricAlarms", _metric_alarm),
        ("CompositeAlarms", _composite_alarm),
        ("LogAlarms", _log_alarm),
    )
    if any(not any(member in page for member, _ in every) for page in pages):
        raise KeyError("MetricAlarms")
    return tuple(
        build(one) for page in pages for member, build in every for one in page.get(member, ())
    )


def _metric_alarm(told: Answer) -> Alarm:
    return MetricAlarm(
        **_common(told),
        metrics=tuple(_metrics(told)),
        statistic=told.get("Statistic") or told.get("ExtendedStatistic", ""),
        period=told.get("Period"),
        periods=told.get("EvaluationPeriods"),
        datapoints=told.get("DatapointsToAlarm"),
        comparison=told.get("ComparisonOperator", ""),
        threshold=told.get("Threshold"),
        missing_data=told.get("TreatMissingData", ""),
    )


def _metrics(told: Answer) -> Iterator[Metric]:
    if "MetricName" in told:
        yield _metric(told)
    for query in told.get("Metrics", ()):
        if "MetricStat" in query:
            yield _metric(query["MetricStat"]["Metric"])


def _metric(told: Answer) -> Metric:
    names = sorted(one["Name"] for one in told.get("Dimensions", ()))
    return Metric(namespace=told["Namespace"], name=told["MetricName"], dimensions=tuple(names))


def _composite_alarm(told: Answer) -> Alarm:
    return CompositeAlarm(
        **_common(told), rule=told["AlarmRule"], suppressor=told.get("ActionsSuppressor", "")
    )


def _log_alarm(told: Answer) -> Alarm:
    query: Answer = told["ScheduledQueryConfiguration"]
    return LogAlarm(
        **_common(told),
        query=query["QueryString"],
        log_groups=tuple(query.get("LogGroupIdentifiers", ())),
    )


def _common(told: Answer) -> dict[str, Any]:
    return {
        "arn": told["AlarmArn"],
        "name": told["AlarmName"],
        "actions_enabled": told["ActionsEnabled"],
        "actions": tuple(told.get("AlarmActions", ())),
    }


ALARMS = Collector(
    service="cloudwatch",
    operation="DescribeAlarms",
    build=_alarms,
    params={"AlarmTypes": ["MetricAlarm", "CompositeAlarm", "LogAlarm"], "MaxRecords": 100},
    regional=True,
)


def _subscriptions(pages: Pages) -> Subscriptions:
    """A subscription has an ARN once it is confirmed; before and after that, a word."""
    every = [one for page in pages for one in page["Subscriptions"]]
    return Subscriptions(
        confirmed=tuple(
            one["Protocol"] for one in every if one["SubscriptionArn"].startswith("arn:")
        ),
        pending=sum(one["SubscriptionArn"] == "PendingConfirmation" for one in every),
    )


SUBSCRIPTIONS = Collector(
    service="sns",
    operation="ListSubscriptionsByTopic",
    build=_subscriptions,
    absent=frozenset({"NotFound"}),
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (METRIC_FILTERS, ALARMS, SUBSCRIPTIONS)


def log_groups(ask: Ask, arns: Iterable[str]) -> tuple[TrailLogGroup, ...]:
    def group(arn: str) -> TrailLogGroup:
        told = Arn.parse(arn)
        if told.account != ask.account:
            return TrailLogGroup(arn=arn, filters=NotOwned(account=told.account))
        found = ask(METRIC_FILTERS, region=told.region, logGroupName=_name(arn))
        return TrailLogGroup(arn=arn, filters=found)

    todo = tuple(dict.fromkeys(arns))
    return tuple(
        TrailLogGroup(arn=arn, filters=one) if isinstance(one, Gap) else one
        for arn, one in zip(todo, ask.each(todo, group), strict=True)
    )


def alarms(ask: Ask, groups: Iterable[TrailLogGroup]) -> tuple[RegionAlarms, ...]:
    """The alarms that hang on the groups, in each region that has one of the account's own."""
    by_region: dict[str, list[TrailLogGroup]] = {}
    for group in groups:
        if isinstance(group.filters, tuple | Gap):
            by_region.setdefault(Arn.parse(group.arn).region, []).append(group)

    def region(name: str) -> tuple[Alarm, ...] | Gap:
        watched = by_region[name]
        # Without the filters nobody can say which alarms are theirs.
        for group in watched:
            if isinstance(group.filters, Gap):
                return group.filters
        every = ask.sure(ALARMS, region=name)
        return every if isinstance(every, Gap) else _hanging_on(watched, every)

    return tuple(
        RegionAlarms(region=name, alarms=found)
        for name, found in zip(by_region, ask.each(by_region, region), strict=True)
    )


def topics(
    ask: Ask, found: Iterable[RegionAlarms], rules: Iterable[RegionRules]
) -> tuple[AlarmTopic, ...]:
    """The SNS topics that those alarms and rules tell.

    Another account's topic would refuse to answer.
    """
    actions = [
        action
        for one in found
        if isinstance(one.alarms, tuple)
        for alarm in one.alarms
        for action in alarm.actions
    ]
    actions += event_rules.handed_to(one.rules for one in rules)
    arns = [arn for arn in dict.fromkeys(actions) if arn.split(":")[2:3] == ["sns"]]

    def topic(arn: str) -> Subscriptions | NotOwned | Gap | None:
        told = Arn.parse(arn)
        if told.account != ask.account:
            return NotOwned(account=told.account)
        return ask(SUBSCRIPTIONS, region=told.region, TopicArn=arn)

    return tuple(
        AlarmTopic(arn=arn, subscriptions=one)
        for arn, one in zip(arns, ask.each(arns, topic), strict=True)
    )


def _name(arn: str) -> str:
    return Arn.parse(arn).resource.removeprefix(_LOG_GROUP).removesuffix(_EVERY_STREAM)


def _hanging_on(groups: Iterable[TrailLogGroup], every: Iterable[Alarm]) -> tuple[Alarm, ...]:
    metrics: set[Metric] = set()
    names: set[str] = set()
    for group in groups:
        names |= {_name(group.arn), group.arn, group.arn.removesuffix(_EVERY_STREAM)}
        if isinstance(group.filters, tuple):
            metrics |= {metric for one in group.filters for metric in one.metrics}
    kept = [
        one
        for one in every
        if (isinstance(one, MetricAlarm) and metrics & {*one.metrics})
        or (isinstance(one, LogAlarm) and names & {*one.log_groups})
    ]
    return (*kept, *_above(kept, every))


def _above(kept: Iterable[Alarm], every: Iterable[Alarm]) -> Iterator[CompositeAlarm]:
    """Composite alarms whose rules name one of those kept, or one above it."""
    left = {one.arn: one for one in every if isinstance(one, CompositeAlarm)}
    known = {word for one in kept for word in (one.name, one.arn)}
    while found := [one for one in left.values() if known & _named(one.rule)]:
        for one in found:
            known |= {one.name, one.arn}
            yield left.pop(one.arn)


def _named(rule: str) -> set[str]:
    return {name.strip('"') for name in _NAMED_IN_RULE.findall(rule)}
