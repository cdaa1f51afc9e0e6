"""What an account writes down of itself: trails, where they go, who is told of what they say.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-user-guide.html
"""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from idkeep.model.account import NotToldHere
from idkeep.model.facts import Family
from idkeep.model.gap import NotAsked, ReadBy, Unread

_NOT_ASKED = NotAsked(Family.LOGGING)


class NotOwned(Struct, frozen=True, kw_only=True, tag=True):
    """A bucket, log group or topic that is not this account's: it is another's, or gone.

    `account` is whose it is, "" where its name does not tell. That account's own scan reads it.
    """

    account: str = ""


class NotOffered(Struct, frozen=True, kw_only=True, tag=True):
    """AWS does not offer this to the account, or not in that region. Nothing of it can be there.

    `code` is AWS's word for it (OptInRequired, SubscriptionRequiredException), or `no endpoint`.
    """

    code: str


class TrailStatus(Struct, frozen=True, kw_only=True, tag=True):
    """Whether a trail logs now, and how its last deliveries went.

    An error is AWS's text of the last attempt that failed, "" where the last went well.
    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
    """

    logging: bool
    delivered: datetime | None = None
    delivery_error: str = ""
    logs_delivered: datetime | None = None
    logs_delivery_error: str = ""
    digest_delivered: datetime | None = None
    digest_delivery_error: str = ""
    started: datetime | None = None
    stopped: datetime | None = None


class DataResources(Struct, frozen=True, kw_only=True):
    """A type of resource, and the ARNs (or their beginnings) whose data events are logged."""

    type: str
    values: tuple[str, ...] = ()


class EventSelector(Struct, frozen=True, kw_only=True):
    """A selector of the first kind. `read_write` is ReadOnly, WriteOnly or All.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
    """

    read_write: str
    management: bool
    excluded_sources: tuple[str, ...] = ()
    data: tuple[DataResources, ...] = ()


class FieldSelector(Struct, frozen=True, kw_only=True):
    """What a field of an event must be and must not be; an empty tuple asks nothing.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
    """

    field: str
    equals: tuple[str, ...] = ()
    starts_with: tuple[str, ...] = ()
    ends_with: tuple[str, ...] = ()
    not_equals: tuple[str, ...] = ()
    not_starts_with: tuple[str, ...] = ()
    not_ends_with: tuple[str, ...] = ()


class AdvancedEventSelector(Struct, frozen=True, kw_only=True):
    """Events that fit every one of its fields are logged."""

    name: str = ""
    fields: tuple[FieldSelector, ...]


class EventSelectors(Struct, frozen=True, kw_only=True, tag=True):
    """What a trail logs; it has selectors of one kind."""

    classic: tuple[EventSelector, ...] = ()
    advanced: tuple[AdvancedEventSelector, ...] = ()


class InsightSelector(Struct, frozen=True, kw_only=True):
    """A type of Insights events, and the categories it watches; none named: management events."""

    type: str
    categories: tuple[str, ...] = ()


class Trail(Struct, frozen=True, kw_only=True):
    """A trail that this account sees: its own, or the organisation's (`organization`).

    `home` is the region that it is kept in. `kms_key`, `log_group` and `topic` are ARNs, None
    where the trail has none. `recursive_logging` is whether it logs CloudTrail's own deliveries,
    None where AWS does not tell. The selectors of another account's trail are told there alone.
    `insights` is empty where the trail has none.
    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Trail.html
    """

    arn: str
    name: str
    home: str
    multi_region: bool
    organization: bool
    global_events: bool
    validates_log_files: bool
    recursive_logging: bool | None = None
    kms_key: str | None = None
    bucket: str
    prefix: str = ""
    log_group: str | None = None
    log_role: str | None = None
    topic: str | None = None
    status: Annotated[TrailStatus | NotToldHere | Unread, ReadBy("cloudtrail:GetTrailStatus")]
    selectors: Annotated[
        EventSelectors | NotToldHere | Unread, ReadBy("cloudtrail:GetEventSelectors")
    ]
    insights: Annotated[
        tuple[InsightSelector, ...] | NotToldHere | Unread,
        ReadBy("cloudtrail:GetInsightSelectors"),
    ]


class PublicAccessBlock(Struct, frozen=True, kw_only=True, tag=True):
    """A bucket's own settings against public access.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
    """

    block_acls: bool
    ignore_acls: bool
    block_policy: bool
    restrict_buckets: bool


class BucketVersioning(Struct, frozen=True, kw_only=True, tag=True):
    """`status` is Enabled or Suspended, "" where it never was on.

    `mfa_delete`: root's MFA is needed to delete a version.
    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html
    """

    status: str = ""
    mfa_delete: bool = False


class BucketAccess(Struct, frozen=True, kw_only=True, tag=True):
    """`policy` is the digest of a text in `Snapshot.documents`; None where there is none.

    `access_log` is the bucket that S3 writes this one's requests to, None where it writes none.
    """

    policy: Annotated[str | Unread | None, ReadBy("s3:GetBucketPolicy")]
    public_access_block: Annotated[
        PublicAccessBlock | Unread | None, ReadBy("s3:GetBucketPublicAccessBlock")
    ]
    access_log: Annotated[str | Unread | None, ReadBy("s3:GetBucketLogging")] = _NOT_ASKED
    versioning: Annotated[BucketVersioning | Unread, ReadBy("s3:GetBucketVersioning")] = _NOT_ASKED


class TrailBucket(Struct, frozen=True, kw_only=True):
    """A bucket that trails deliver to, and who may reach it."""

    name: str
    access: Annotated[BucketAccess | NotOwned | Unread, ReadBy("s3:ListAllMyBuckets")]


class Metric(Struct, frozen=True, kw_only=True):
    """`dimensions` are their names, in order; with others it is another metric."""

    namespace: str
    name: str
    dimensions: tuple[str, ...] = ()


class MetricFilter(Struct, frozen=True, kw_only=True):
    """A pattern over the events of a log group, and the metrics that count what fits it.

    `criteria` limits which log groups' events count, in AWS's own language; "" where nothing does.
    `value` is what each event adds to the metric: a number, or a selector of the event's field.
    `transformed`: it looks at events as the log group's transformer leaves them.
    Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricFilter.html
    """

    name: str
    pattern: str
    metrics: tuple[Metric, ...]
    value: str = "1"
    transformed: bool = False
    criteria: str = ""


class TrailLogGroup(Struct, frozen=True, kw_only=True):
    """A log group that trails deliver to. `filters` is None where the group is gone."""

    arn: str
    filters: Annotated[
        tuple[MetricFilter, ...] | NotOwned | Unread | None, ReadBy("logs:DescribeMetricFilters")
    ]


class MetricAlarm(Struct, frozen=True, kw_only=True, tag=True):
    """An alarm on a metric of a filter, or on an expression of several.

    `actions` are ARNs of what happens in state ALARM, if `actions_enabled`. `period` is in
    seconds, None where it is the expression's. `datapoints` of the last `periods` must breach.
    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
    """

    arn: str
    name: str
    actions_enabled: bool
    actions: tuple[str, ...]
    metrics: tuple[Metric, ...]
    statistic: str = ""
    period: int | None = None
    periods: int | None = None
    datapoints: int | None = None
    comparison: str = ""
    threshold: float | None = None
    missing_data: str = ""


class CompositeAlarm(Struct, frozen=True, kw_only=True, tag=True):
    """An alarm on the states of others; `suppressor` is the alarm that silences its actions.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_CompositeAlarm.html
    """

    arn: str
    name: str
    actions_enabled: bool
    actions: tuple[str, ...]
    rule: str
    suppressor: str = ""


class LogAlarm(Struct, frozen=True, kw_only=True, tag=True):
    """An alarm on a scheduled query over log groups, with no metric between.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_LogAlarm.html
    """

    arn: str
    name: str
    actions_enabled: bool
    actions: tuple[str, ...]
    query: str
    log_groups: tuple[str, ...] = ()


class RegionAlarms(Struct, frozen=True, kw_only=True):
    """The alarms of a region that hang on the trails' log groups.

    That is on metrics of their filters, on queries over them, and composite alarms above those.
    """

    region: str
    alarms: Annotated[
        tuple[MetricAlarm | CompositeAlarm | LogAlarm, ...] | Unread,
        ReadBy("cloudwatch:DescribeAlarms"),
    ]


class Subscriptions(Struct, frozen=True, kw_only=True, tag=True):
    """`confirmed` are the protocols (email, https, lambda, …) of live receivers, one each.

    Endpoints stay with AWS: an address is a person's, a URL may hold a token.
    """

    confirmed: tuple[str, ...] = ()
    pending: int = 0


class AlarmTopic(Struct, frozen=True, kw_only=True):
    """A topic of SNS that an alarm or a rule tells. `subscriptions`: None where it is gone."""

    arn: str
    subscriptions: Annotated[
        Subscriptions | NotOwned | Unread | None, ReadBy("sns:ListSubscriptionsByTopic")
    ]


class RuleTarget(Struct, frozen=True, kw_only=True):
    """What a rule hands events to, by ARN."""

    id: str
    arn: str


class EventRule(Struct, frozen=True, kw_only=True):
    """A rule of EventBridge that is on and may take events of CloudTrail. `bus` is its bus's ARN.

    `state` is ENABLED, or ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS where it takes calls that
    only read too. `managed_by` is the service that made it, "" for the user's.
    Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Rule.html
    """

    arn: str
    name: str
    bus: str
    pattern: str
    state: str
    managed_by: str = ""
    targets: Annotated[tuple[RuleTarget, ...] | Unread, ReadBy("events:ListTargetsByRule")]


class RegionRules(Struct, frozen=True, kw_only=True):
    """The rules on a region's default bus, and on those of the account's buses that they feed."""

    region: str
    rules: Annotated[tuple[EventRule, ...] | NotOffered | Unread, ReadBy("events:ListRules")]


class EventDataStore(Struct, frozen=True, kw_only=True):
    """A store of CloudTrail Lake. `retention` is in days.

    Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListEventDataStores.html
    """

    arn: str
    name: str
    status: str | None = None
    multi_region: bool = False
    organization: bool = False
    termination_protected: bool = False
    retention: int | None = None
    selectors: tuple[AdvancedEventSelector, ...] = ()


class RegionStores(Struct, frozen=True, kw_only=True):
    region: str
    stores: Annotated[
        tuple[EventDataStore, ...] | NotOffered | Unread, ReadBy("cloudtrail:ListEventDataStores")
    ]


class Logging(Struct, frozen=True, kw_only=True, tag=True):
    """What the account logs, where that is kept, and whom its alarms tell.

    Buckets, log groups, alarms and topics are those that the trails lead to; they are empty where
    the trails are not known. A trail whose settings could not be read is missing from `trails`,
    and `unlisted_trails` says which and why. `rules` are EventBridge's, of each region that is on.
    """

    trails: Annotated[tuple[Trail, ...] | Unread, ReadBy("cloudtrail:DescribeTrails")]
    unlisted_trails: tuple[Unread, ...] = ()
    buckets: Annotated[tuple[TrailBucket, ...], ReadBy("s3:ListAllMyBuckets")] = ()
    log_groups: Annotated[tuple[TrailLogGroup, ...], ReadBy("logs:DescribeMetricFilters")] = ()
    alarms: Annotated[tuple[RegionAlarms, ...], ReadBy("cloudwatch:DescribeAlarms")] = ()
    topics: Annotated[tuple[AlarmTopic, ...], ReadBy("sns:ListSubscriptionsByTopic")] = ()
    rules: Annotated[tuple[RegionRules, ...] | Unread, ReadBy("events:ListRules")] = _NOT_ASKED
    event_data_stores: Annotated[
        tuple[RegionStores, ...] | Unread, ReadBy("cloudtrail:ListEventDataStores")
    ]
