"""A trail and what hangs on it, as the worked examples change it: all is well until one does."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from idkeep.checks.samples import NOW
from idkeep.model import Gap, NotToldHere
from idkeep.model.logging import (
    AdvancedEventSelector,
    AlarmTopic,
    BucketAccess,
    BucketVersioning,
    EventSelector,
    EventSelectors,
    FieldSelector,
    Logging,
    Metric,
    MetricAlarm,
    MetricFilter,
    PublicAccessBlock,
    RegionAlarms,
    RegionStores,
    Subscriptions,
    Trail,
    TrailBucket,
    TrailLogGroup,
    TrailStatus,
)

HEAD = "us-east-1:111122223333"
GROUP = f"arn:aws:logs:{HEAD}:log-group:trail:*"
TOPIC = f"arn:aws:sns:{HEAD}:security"
DENIED = Gap("cloudtrail:GetTrailStatus", "AccessDenied")
NO_TRAILS = Gap("cloudtrail:DescribeTrails", "AccessDenied")
NO_SELECTORS = Gap("cloudtrail:GetEventSelectors", "AccessDenied")
NOT_HERE = NotToldHere(code="TrailNotFoundException")
METRIC = Metric(namespace="Security", name="Watched")
ALL_EVENTS = EventSelectors(classic=(EventSelector(read_write="All", management=True),))
STATUS = TrailStatus(
    logging=True,
    delivered=NOW - timedelta(minutes=10),
    logs_delivered=NOW - timedelta(minutes=10),
    digest_delivered=NOW - timedelta(minutes=40),
    started=NOW - timedelta(days=400),
)
TRAIL = Trail(
    arn=f"arn:aws:cloudtrail:{HEAD}:trail/main",
    name="main",
    home="us-east-1",
    multi_region=True,
    organization=False,
    global_events=True,
    validates_log_files=True,
    recursive_logging=True,
    kms_key=f"arn:aws:kms:{HEAD}:key/11112222-3333-4444-5555-666677778888",
    bucket="audit-logs",
    log_group=GROUP,
    status=STATUS,
    selectors=ALL_EVENTS,
    insights=(),
)
THEIRS = replace(
    TRAIL,
    arn="arn:aws:cloudtrail:us-east-1:999988887777:trail/organization",
    name="organization",
    organization=True,
)
ALARM = MetricAlarm(
    arn=f"arn:aws:cloudwatch:{HEAD}:alarm:watched",
    name="watched",
    actions_enabled=True,
    actions=(TOPIC,),
    metrics=(METRIC,),
    statistic="Sum",
    period=300,
    periods=1,
    comparison="GreaterThanOrEqualToThreshold",
    threshold=1.0,
)
BUCKET = TrailBucket(
    name="audit-logs",
    access=BucketAccess(
        policy=None,
        public_access_block=PublicAccessBlock(
            block_acls=True, ignore_acls=True, block_policy=True, restrict_buckets=True
        ),
        access_log="request-logs",
        versioning=BucketVersioning(status="Enabled", mfa_delete=True),
    ),
)
STORES = tuple(RegionStores(region=name, stores=()) for name in ("eu-west-1", "us-east-1"))


def logging(*trails: Trail, **facts: Any) -> Logging:  # noqa: ANN401 -- facts of any kind
    """The account's logging with these trails, in two regions."""
    told: dict[str, Any] = {
        "trails": trails,
        "event_data_stores": STORES,
        "rules": (),
        **facts,
    }
    return Logging(**told)


def watching(
    pattern: str,
    *,
    trail: Trail = TRAIL,
    alarm: MetricAlarm | None = ALARM,
    told: Any = Subscriptions(confirmed=("email",)),  # noqa: ANN401, B008 -- a frozen value
    **filter_facts: Any,  # noqa: ANN401
) -> Logging:
    """A trail whose log group has a filter, with an alarm on it that tells a topic."""
    one = MetricFilter(name="caught", pattern=pattern, metrics=(METRIC,), **filter_facts)
    return logging(
        trail,
        log_groups=(TrailLogGroup(arn=GROUP, filters=(one,)),),
        alarms=(RegionAlarms(region="us-east-1", alarms=() if alarm is None else (alarm,)),),
        topics=(AlarmTopic(arn=TOPIC, subscriptions=told),),
    )


def only(**wanted: str) -> EventSelectors:
    """One advanced selector: fields with `__` for a dot, each with one value."""
    return EventSelectors(
        advanced=(
            AdvancedEventSelector(
                fields=tuple(
                    FieldSelector(field=name.replace("__", "."), equals=(value,))
                    for name, value in wanted.items()
                )
            ),
        )
    )
