"""Checks on who is told: an alarm for each family of events, and alarms that reach nobody."""

from collections.abc import Iterator
from textwrap import fill
from typing import Any

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.news import News, Sample, Stage, topics_of
from idkeep.access.told import alarm_reaches, news, stood_for
from idkeep.checks.declare import (
    AnyCheck,
    Example,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.logging.ruled import INSTEAD
from idkeep.checks.logging.ruled import examples as ruled_examples
from idkeep.checks.logging.samples import (
    ALARM,
    DENIED,
    GROUP,
    NO_TRAILS,
    THEIRS,
    TOPIC,
    TRAIL,
    logging,
    watching,
)
from idkeep.checks.logging.watched import WATCHED, Watched
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ORGANIZATION
from idkeep.model import Gap, NotApplicable, NotAsked, Organization, Problem, Severity, Unknown
from idkeep.model.facts import Family
from idkeep.model.logging import (
    CompositeAlarm,
    EventSelector,
    EventSelectors,
    Logging,
    NotOwned,
    RegionAlarms,
    Subscriptions,
)

_ORGANIZATION_S = "organization_changes"
# The benchmark asks in so many words for filter and alarm; of root's acts any news will do.
_ROOT_S = "root_use"
_AS_THE_BENCHMARK = (
    " The benchmark asks for a filter and an alarm, so where rules alone tell, this does not "
    "apply, and the verdict names them."
)
_WHY = {
    Stage.NO_TRAIL: "no trail of all regions logs them",
    Stage.NO_LOG_GROUP: "no trail that logs them has a log group",
    Stage.NO_FILTER: "no metric filter catches them",
}
_OURS = replace(ORGANIZATION, management_account="111122223333")
_MEMBER = "belongs to an organisation that account 999988887777 manages, whose own scan judges it"


def _nobody_told(watched: Watched, subject: Logging, estate: Estate) -> Iterator[Said]:
    if watched.name == _ORGANIZATION_S and (why := _not_managed(estate)):
        yield NotApplicable(why)
        return
    missing: dict[str, list[Sample]] = {}
    unknown: list[str] = []
    rules: list[str] = []
    for sample in watched.required:
        told = news(subject, sample, estate)
        if told.unknown:
            unknown.extend(told.unknown)
        elif told.stage is not Stage.TOLD:
            missing.setdefault(_reason(told), []).append(sample)
        elif told.by:
            rules.append(told.by)
    yield from (Unknown(why) for why in dict.fromkeys(unknown))
    if missing:
        several = (f"{_which(watched, of_these)}: {why}" for why, of_these in missing.items())
        yield Problem(f"tells nobody of {'; nor of '.join(several)}")
    elif rules and not unknown and watched.name != _ROOT_S:
        yield NotApplicable(INSTEAD.format(listed(tuple(dict.fromkeys(rules)))))


def _not_managed(estate: Estate) -> str:
    """Why changes of an organisation are not for this account to watch, "" where they are."""
    organization = known(estate.snapshot.organization)
    if not isinstance(organization, Organization):
        return "belongs to no organisation"
    manager = organization.management_account
    if manager == estate.snapshot.account.id:
        return ""
    return f"belongs to an organisation that account {manager} manages, whose own scan judges it"


def _reason(told: News) -> str:
    return told.why or _WHY.get(told.stage, "")


def _which(watched: Watched, of_these: list[Sample]) -> str:
    """The family where it is all of it, else the events; by whom, where others' are caught."""
    if len(of_these) == len(watched.required):
        return watched.words
    by_name: dict[str, list[Sample]] = {}
    for one in of_these:
        by_name.setdefault(one.name, []).append(one)
    if len(by_name) == len({one.name for one in watched.required}) and len(by_name) > 1:
        who = {_by(one) for one in of_these}
        if len(who) == 1:
            return f"{watched.words} by {who.pop()}"
    names: list[str] = []
    for name, some in by_name.items():
        whole = sum(one.name == name for one in watched.required)
        names.append(name if len(some) == whole else f"{name} by {_by(some[0])}")
    return listed(names)


def _by(sample: Sample) -> str:
    kind = sample.json["userIdentity"]["type"]
    return {"IAMUser": "a user", "AssumedRole": "a role"}.get(kind, "the root user")


def _check(watched: Watched) -> AnyCheck:
    def nobody(subject: Logging, estate: Estate) -> Iterator[Said]:
        yield from _nobody_told(watched, subject, estate)

    names = ", ".join(dict.fromkeys(one.name for one in watched.required))
    body = (
        f"{watched.why} What counts is the whole way: a trail of all regions that logs the event, "
        "a metric filter on its log group that catches it, an alarm on that metric that rings, "
        "and somebody who receives it. Filters are decided on events and not compared as text, so "
        f"any pattern that catches these will do: {names}. A rule of EventBridge that takes "
        "them and hands them to somebody does too, in each region where they occur: its event "
        f"pattern is decided as well.{_AS_THE_BENCHMARK if watched.name != _ROOT_S else ''}"
    )
    nobody.__name__ = f"nobody_told_of_{watched.name}"
    nobody.__doc__ = f"Nobody is told of {watched.words}.\n\n{fill(body, 88)}"
    return check(
        Logging,
        severity=watched.severity,
        controls=(f"alarm-on-{watched.name.replace('_', '-')}",),
        reads=(
            "trails.log_group",
            "log_groups.filters",
            "alarms.alarms",
            "rules.rules",
            "topics.subscriptions",
        ),
        remedy=Remedy(
            do="Make a filter and an alarm where the trail's log group is: `aws logs "
            "put-metric-filter --log-group-name LOG_GROUP --filter-name NAME --filter-pattern "
            f"'{watched.pattern}' --metric-transformations "
            "metricName=METRIC,metricNamespace=NAMESPACE,metricValue=1`, `aws cloudwatch "
            "put-metric-alarm --alarm-name NAME --metric-name METRIC --namespace NAMESPACE "
            "--statistic Sum --period 300 --evaluation-periods 1 --threshold 1 "
            "--comparison-operator GreaterThanOrEqualToThreshold --alarm-actions TOPIC_ARN`, and "
            "a subscription to that topic which somebody confirms: `aws sns subscribe --topic-arn "
            "TOPIC_ARN --protocol email --notification-endpoint MAILBOX`.",
            may_stop="Nothing stops: a filter counts, and an alarm tells.",
        ),
        examples=tuple(_examples(watched)),
    )(nobody)


def _examples(watched: Watched) -> Iterator[Example]:
    around: dict[str, Any] = {}
    if watched.name == _ORGANIZATION_S:
        around = {"organization": _OURS}
    pattern, words = watched.pattern, watched.words

    def fails_by(why: str, subject: Logging) -> Example:
        return fails(subject, f"tells nobody of {words}: {why}", **around)

    yield passes(watching(pattern), **around)
    yield passes(watching(f"{{({pattern[1:-1]})}}"), **around)
    yield fails_by("no trail of all regions logs them", logging())
    yield fails_by("no metric filter catches them", watching("{ $.eventName = Nothing }"))
    yield fails_by("filter caught has no alarm", watching(pattern, alarm=None))
    yield fails_by(
        "alarm watched tells a topic to which nobody subscribed (1 not confirmed)",
        watching(pattern, told=Subscriptions(pending=1)),
    )
    unread = Logging(trails=NO_TRAILS, event_data_stores=())
    yield cannot_tell(unread, str(NO_TRAILS), **around)
    yield cannot_tell(watching(pattern, trail=replace(TRAIL, status=DENIED)), str(DENIED), **around)
    if around:
        yield does_not_apply(watching(pattern), _MEMBER, organization=ORGANIZATION)
        yield does_not_apply(watching(pattern), "belongs to no organisation")
        yield cannot_tell(
            watching(pattern),
            "not read: --facts organization",
            organization=NotAsked(Family.ORGANIZATION),
        )
    yield from ruled_examples(watched, None if watched.name == _ROOT_S else INSTEAD, around)
    if watched.name == _ROOT_S:
        yield from _ways(watched)


def _ways(watched: Watched) -> Iterator[Example]:
    """Where the news of an event may get lost, once for all families."""
    pattern = watched.pattern

    def fails_by(why: str, subject: Logging) -> Example:
        return fails(subject, f"tells nobody of the root user's acts: {why}")

    yield fails_by(
        "no trail of all regions logs them",
        watching(pattern, trail=replace(TRAIL, multi_region=False)),
    )
    yield fails_by(
        "no trail that logs them has a log group",
        watching(pattern, trail=replace(TRAIL, log_group=None)),
    )
    yield fails(
        watching('{ $.userIdentity.type = "Root" && $.eventType = AwsApiCall }'),
        "tells nobody of ConsoleLogin: no metric filter catches them",
    )
    yield fails(
        watching(pattern, trail=replace(TRAIL, selectors=_WRITES)),
        "tells nobody of ListBuckets: no trail of all regions logs them",
    )
    for why, alarm in (
        ("the actions of alarm watched are switched off", replace(ALARM, actions_enabled=False)),
        ("alarm watched does nothing", replace(ALARM, actions=())),
        (
            "alarm watched has the threshold 5, and one event does not reach it",
            replace(ALARM, threshold=5.0),
        ),
        ("alarm watched rings after 3 periods with such events", replace(ALARM, periods=3)),
        (
            "alarm watched moves machines and tells nobody",
            replace(ALARM, actions=("arn:aws:automate:us-east-1:ec2:stop",)),
        ),
    ):
        yield fails_by(why, watching(pattern, alarm=alarm))
    yield fails_by("alarm watched tells a topic that is gone", watching(pattern, told=None))
    yield fails_by(
        "alarm watched never rings: filter caught adds 0 to its metric",
        watching(pattern, value="0"),
    )
    quiet = replace(ALARM, actions=())
    above = CompositeAlarm(
        arn=f"{ALARM.arn}-above",
        name="above",
        actions_enabled=True,
        actions=(TOPIC,),
        rule='ALARM("watched") OR ALARM(other)',
    )
    subject = watching(pattern, alarm=quiet)
    alarms = RegionAlarms(region="us-east-1", alarms=(quiet, above))
    yield passes(replace(subject, alarms=(alarms,)))
    muted = replace(above, suppressor="maintenance")
    yield cannot_tell(
        replace(subject, alarms=(RegionAlarms(region="us-east-1", alarms=(quiet, muted)),)),
        "alarm above rings only as other alarms let it",
    )
    yield passes(
        watching(pattern, alarm=replace(ALARM, actions=("arn:aws:lambda:us-east-1:1:function:x",)))
    )
    theirs = replace(THEIRS, log_group=GROUP.replace("111122223333", "999988887777"))
    yield cannot_tell(
        watching(pattern, trail=theirs),
        "log group and alarms are account 999988887777's, whose own scan tells",
    )
    yield cannot_tell(
        watching(pattern, told=NotOwned(account="999988887777")),
        "the topic is account 999988887777's, and its subscribers are told there",
    )
    yield cannot_tell(
        watching(pattern.replace('"Root"', "'Root'")),
        "whether filter caught catches it: what \"'Root') && ($.userId\" means is not known",
    )


_WRITES = EventSelectors(classic=(EventSelector(read_write="WriteOnly", management=True),))


def _before(pattern: str, **facts: Any) -> Logging:  # noqa: ANN401 -- as for `watching`
    """The rest of what the region's alarms stand in."""
    return replace(watching(pattern, **facts), alarms=())


_GAP = Gap("cloudwatch:DescribeAlarms", "AccessDenied")


@check(
    RegionAlarms,
    severity=Severity.MEDIUM,
    controls=("alarms-reach-somebody",),
    reads=("alarms",),
    remedy=Remedy(
        do="Give the alarm a topic that somebody reads (`aws sns subscribe --topic-arn "
        "TOPIC_ARN --protocol email --notification-endpoint MAILBOX`, then the link in "
        "the mail) and switch its actions on: `aws cloudwatch enable-alarm-actions "
        "--alarm-names ALARM`.",
        may_stop="Nothing stops: the alarm is heard, by mail.",
    ),
    examples=(
        fails(
            RegionAlarms(region="us-east-1", alarms=(replace(ALARM, actions_enabled=False),)),
            "the actions of alarm watched are switched off",
            logging=_before(""),
        ),
        fails(
            RegionAlarms(region="us-east-1", alarms=(ALARM,)),
            "alarm watched tells a topic to which nobody subscribed",
            logging=_before("", told=Subscriptions()),
        ),
        passes(RegionAlarms(region="us-east-1", alarms=(ALARM,)), logging=_before("")),
        passes(
            RegionAlarms(
                region="us-east-1",
                alarms=(
                    replace(ALARM, actions=()),
                    CompositeAlarm(
                        arn="arn:above",
                        name="above",
                        actions_enabled=True,
                        actions=(TOPIC,),
                        rule="ALARM(watched)",
                    ),
                ),
            ),
            logging=_before(""),
        ),
        cannot_tell(RegionAlarms(region="us-east-1", alarms=_GAP), str(_GAP), logging=_before("")),
        cannot_tell(
            RegionAlarms(region="us-east-1", alarms=(ALARM,)),
            "sns:ListSubscriptionsByTopic: AccessDenied",
            logging=_before("", told=Gap("sns:ListSubscriptionsByTopic", "AccessDenied")),
        ),
    ),
)
def alarm_reaches_nobody(region: RegionAlarms, estate: Estate) -> Iterator[Said]:
    """An alarm on the trails' events rings, and nobody hears it.

    Its actions are off, there are none, or they lead to a topic without a confirmed subscription.
    Whoever set it up believes that somebody is told. An alarm that another one above it stands
    for needs no action of its own.
    """
    alarms = known(region.alarms)
    topics = topics_of(known(estate.snapshot.logging))
    for one in alarms:
        said = alarm_reaches(one, topics)
        if said.stage is Stage.TOLD or (not one.actions and stood_for(one, alarms)):
            continue
        if said.unknown:
            yield from (Unknown(why) for why in said.unknown)
        else:
            yield Problem(said.why, at=one.name)


CHECKS: tuple[AnyCheck, ...] = (*(_check(one) for one in WATCHED), alarm_reaches_nobody)
