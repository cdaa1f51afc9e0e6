"""CloudTrail's trails and event data stores, and the buckets they deliver to.

A listing of the account names the trails of every region; one region describes all that are
multi-region, so only a single-region trail elsewhere costs a second description. What a trail
does is asked in its home region. For T trails and B buckets: 2 calls, and one for each further
home region of single-region trails; 2 T, and one more for each trail with Insights; 5 B; and one
for the event data stores of each region.
Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html and
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html
"""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.regions import COLLECTORS as REGION_COLLECTORS
from idkeep.collect.times import maybe_utc
from idkeep.collect.words import either
from idkeep.model import Arn, Family, Gap, NotAsked, NotToldHere
from idkeep.model.logging import (
    AdvancedEventSelector,
    BucketAccess,
    BucketVersioning,
    DataResources,
    EventDataStore,
    EventSelector,
    EventSelectors,
    FieldSelector,
    InsightSelector,
    NotOffered,
    NotOwned,
    PublicAccessBlock,
    RegionStores,
    Trail,
    TrailBucket,
    TrailStatus,
)

_UNASKED = NotAsked(Family.LOGGING)
# By these AWS refuses to tell a member account of the organisation's trail.
_ELSEWHERE = {
    code: NotToldHere(code=code)
    for code in ("TrailNotFoundException", "CloudTrailARNInvalidException")
}


def _homes(pages: Pages) -> Mapping[str, str]:
    """The home region of each trail, by ARN."""
    return {one["TrailARN"]: one["HomeRegion"] for page in pages for one in page["Trails"]}


TRAILS = Collector(service="cloudtrail", operation="ListTrails", build=_homes, regional=True)


def _described(pages: Pages) -> tuple[tuple[Trail, bool], ...]:
    """Trails without what only their own answers tell, and whether each has Insights."""
    [answer] = pages
    return tuple(
        (_trail(one), one.get("HasInsightSelectors", False)) for one in answer["trailList"]
    )


def _trail(told: Answer) -> Trail:
    return Trail(
        arn=told["TrailARN"],
        name=told["Name"],
        home=told["HomeRegion"],
        multi_region=told["IsMultiRegionTrail"],
        organization=told.get("IsOrganizationTrail", False),
        global_events=told["IncludeGlobalServiceEvents"],
        validates_log_files=told["LogFileValidationEnabled"],
        recursive_logging=told.get("RecursiveLogging"),
        kms_key=told.get("KmsKeyId"),
        bucket=told["S3BucketName"],
        prefix=told.get("S3KeyPrefix", ""),
        log_group=told.get("CloudWatchLogsLogGroupArn"),
        log_role=told.get("CloudWatchLogsRoleArn"),
        topic=told.get("SnsTopicARN"),
        status=_UNASKED,
        selectors=_UNASKED,
        insights=_UNASKED,
    )


DESCRIBED_TRAILS = Collector(
    service="cloudtrail", operation="DescribeTrails", build=_described, regional=True
)


def _status(pages: Pages) -> TrailStatus | NotToldHere:
    [answer] = pages
    return TrailStatus(
        logging=answer["IsLogging"],
        delivered=_when(answer, "LatestDeliveryTime"),
        delivery_error=answer.get("LatestDeliveryError", ""),
        logs_delivered=_when(answer, "LatestCloudWatchLogsDeliveryTime"),
        logs_delivery_error=answer.get("LatestCloudWatchLogsDeliveryError", ""),
        digest_delivered=_when(answer, "LatestDigestDeliveryTime"),
        digest_delivery_error=answer.get("LatestDigestDeliveryError", ""),
        started=_when(answer, "StartLoggingTime"),
        stopped=_when(answer, "StopLoggingTime"),
    )


TRAIL_STATUS: Collector[TrailStatus | NotToldHere] = Collector(
    service="cloudtrail",
    operation="GetTrailStatus",
    build=_status,
    answers=_ELSEWHERE,
    regional=True,
)


def _selectors(pages: Pages) -> EventSelectors | NotToldHere:
    [answer] = pages
    if "EventSelectors" not in answer and "AdvancedEventSelectors" not in answer:
        raise ValueError("it has selectors of neither kind")
    return EventSelectors(
        classic=tuple(map(_classic, answer.get("EventSelectors", ()))),
        advanced=tuple(map(_advanced, answer.get("AdvancedEventSelectors", ()))),
    )


def _classic(told: Answer) -> EventSelector:
    return EventSelector(
        read_write=told["ReadWriteType"],
        management=told["IncludeManagementEvents"],
        excluded_sources=tuple(told.get("ExcludeManagementEventSources", ())),
        data=tuple(
            DataResources(type=one["Type"], values=tuple(one.get("Values", ())))
            for one in told.get("DataResources", ())
        ),
    )


def _advanced(told: Answer) -> AdvancedEventSelector:
    return AdvancedEventSelector(
        name=told.get("Name", ""), fields=tuple(map(_field, told["FieldSelectors"]))
    )


def _field(told: Answer) -> FieldSelector:
    return FieldSelector(
        field=told["Field"],
        equals=tuple(told.get("Equals", ())),
        starts_with=tuple(told.get("StartsWith", ())),
        ends_with=tuple(told.get("EndsWith", ())),
        not_equals=tuple(told.get("NotEquals", ())),
        not_starts_with=tuple(told.get("NotStartsWith", ())),
        not_ends_with=tuple(told.get("NotEndsWith", ())),
    )


EVENT_SELECTORS: Collector[EventSelectors | NotToldHere] = Collector(
    service="cloudtrail",
    operation="GetEventSelectors",
    build=_selectors,
    answers=_ELSEWHERE,
    regional=True,
)


def _insights(pages: Pages) -> tuple[InsightSelector, ...] | NotToldHere:
    [answer] = pages
    return tuple(
        InsightSelector(type=one["InsightType"], categories=tuple(one.get("EventCategories", ())))
        for one in answer["InsightSelectors"]
    )


INSIGHT_SELECTORS = Collector(
    service="cloudtrail",
    operation="GetInsightSelectors",
    build=_insights,
    answers={**_ELSEWHERE, "InsightNotEnabledException": ()},
    regional=True,
)


def _stores(pages: Pages) -> tuple[EventDataStore, ...] | NotOffered:
    return tuple(
        EventDataStore(
            arn=one["EventDataStoreArn"],
            name=one["Name"],
            status=one.get("Status"),
            multi_region=one.get("MultiRegionEnabled", False),
            organization=one.get("OrganizationEnabled", False),
            termination_protected=one.get("TerminationProtectionEnabled", False),
            retention=one.get("RetentionPeriod"),
            selectors=tuple(map(_advanced, one.get("AdvancedEventSelectors", ()))),
        )
        for page in pages
        for one in page["EventDataStores"]
    )


EVENT_DATA_STORES: Collector[tuple[EventDataStore, ...] | NotOffered] = Collector(
    service="cloudtrail",
    operation="ListEventDataStores",
    build=_stores,
    answers={
        "UnsupportedOperationException": NotOffered(code="UnsupportedOperationException"),
    },
    regional=True,
)


def _buckets(pages: Pages) -> Mapping[str, str]:
    """The region of each of the account's buckets, "" where AWS does not tell."""
    return {one["Name"]: one.get("BucketRegion", "") for page in pages for one in page["Buckets"]}


BUCKETS = Collector(
    service="s3", operation="ListBuckets", action="s3:ListAllMyBuckets", build=_buckets
)


def _policy(pages: Pages) -> str:
    [answer] = pages
    policy: str = answer["Policy"]
    return policy


# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
BUCKET_POLICY = Collector(
    service="s3",
    operation="GetBucketPolicy",
    build=_policy,
    absent=frozenset({"NoSuchBucketPolicy"}),
    regional=True,
)


def _block(pages: Pages) -> PublicAccessBlock:
    [answer] = pages
    told: Answer = answer["PublicAccessBlockConfiguration"]
    return PublicAccessBlock(
        block_acls=told["BlockPublicAcls"],
        ignore_acls=told["IgnorePublicAcls"],
        block_policy=told["BlockPublicPolicy"],
        restrict_buckets=told["RestrictPublicBuckets"],
    )


BUCKET_BLOCK = Collector(
    service="s3",
    operation="GetPublicAccessBlock",
    action="s3:GetBucketPublicAccessBlock",
    build=_block,
    absent=frozenset({"NoSuchPublicAccessBlockConfiguration"}),
    regional=True,
)


def _access_log(pages: Pages) -> str:
    """The target bucket, "" where requests are not written down."""
    [answer] = pages
    target: str = answer.get("LoggingEnabled", {}).get("TargetBucket", "")
    return target


BUCKET_LOGGING = Collector(
    service="s3", operation="GetBucketLogging", build=_access_log, regional=True
)


def _versioning(pages: Pages) -> BucketVersioning:
    [answer] = pages
    return BucketVersioning(
        status=answer.get("Status", ""),
        mfa_delete=either(answer.get("MFADelete", "Disabled"), "Enabled", "Disabled"),
    )


BUCKET_VERSIONING = Collector(
    service="s3", operation="GetBucketVersioning", build=_versioning, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (
    TRAILS,
    DESCRIBED_TRAILS,
    TRAIL_STATUS,
    EVENT_SELECTORS,
    INSIGHT_SELECTORS,
    *REGION_COLLECTORS,
    EVENT_DATA_STORES,
    BUCKETS,
    BUCKET_POLICY,
    BUCKET_BLOCK,
    BUCKET_LOGGING,
    BUCKET_VERSIONING,
)


def trails(ask: Ask) -> tuple[tuple[Trail, ...] | Gap, tuple[Gap, ...]]:
    """Every trail that the account sees, and why some may be missing."""
    homes = ask.sure(TRAILS, region=ask.region)
    if isinstance(homes, Gap):
        return homes, ()
    [(first, _)] = Counter(homes.values()).most_common(1) or [(ask.region, 0)]
    found: dict[str, tuple[Trail, bool]] = {}
    gaps = _describe(ask, first, found)
    others = {homes[arn] for arn in homes if arn not in found} - {first}
    for region in sorted(others):
        gaps += _describe(ask, region, found)
    silent = DESCRIBED_TRAILS.action
    if not gaps:
        gaps = tuple(Gap(silent, f"does not tell of {arn}") for arn in homes if arn not in found)
    if gaps and not found:
        return gaps[0], gaps[1:]
    whole = ask.each(found.values(), lambda one: _whole(ask, *one))
    kept = tuple(one for one in whole if isinstance(one, Trail))
    return kept, (*gaps, *(one for one in whole if isinstance(one, Gap)))


def buckets(ask: Ask, known: tuple[Trail, ...]) -> tuple[TrailBucket, ...]:
    """Where the trails deliver to. One of another account's is not asked about: it would refuse."""
    homes = {trail.bucket: trail.home for trail in known}
    access = ask.each(homes, lambda name: _access(ask, name, homes[name]))
    return tuple(
        TrailBucket(name=name, access=one) for name, one in zip(homes, access, strict=True)
    )


def stores(ask: Ask) -> tuple[RegionStores, ...] | Gap:
    found = ask.in_regions(lambda name: ask.sure(EVENT_DATA_STORES, region=name))
    if isinstance(found, Gap):
        return found
    return tuple(RegionStores(region=name, stores=one) for name, one in found.items())


def _describe(ask: Ask, region: str, found: dict[str, tuple[Trail, bool]]) -> tuple[Gap, ...]:
    told = ask.sure(DESCRIBED_TRAILS, region=region)
    if isinstance(told, Gap):
        return (told,)
    for trail, insights in told:
        found.setdefault(trail.arn, (trail, insights))
    return ()


def _whole(ask: Ask, trail: Trail, has_insights: bool) -> Trail:  # noqa: FBT001 -- a pair of AWS's
    own = Arn.parse(trail.arn).account == ask.account

    def of(collector: AnyCollector, **name: str) -> object:
        told = ask.sure(collector, region=trail.home, **name)
        if own and isinstance(told, NotToldHere):  # deleted since it was described
            return Gap(collector.action, told.code, region=trail.home)
        return told

    facts = {
        "status": of(TRAIL_STATUS, Name=trail.arn),
        "selectors": of(EVENT_SELECTORS, TrailName=trail.arn),
        "insights": of(INSIGHT_SELECTORS, TrailName=trail.arn) if has_insights else (),
    }
    return replace(trail, **facts)


def _access(ask: Ask, name: str, home: str) -> BucketAccess | NotOwned | Gap:
    own = ask.sure(BUCKETS, Prefix=name)
    if isinstance(own, Gap):
        return own
    if name not in own:
        return NotOwned()
    # A bucket's name may go to another account between two calls.
    whose = {"Bucket": name, "ExpectedBucketOwner": ask.account}
    region = own[name] or home
    policy = ask(BUCKET_POLICY, region=region, **whose)
    access_log = ask.sure(BUCKET_LOGGING, region=region, **whose)
    return BucketAccess(
        policy=ask.keep(policy) if isinstance(policy, str) else policy,
        public_access_block=ask(BUCKET_BLOCK, region=region, **whose),
        access_log=access_log or None,
        versioning=ask.sure(BUCKET_VERSIONING, region=region, **whose),
    )


def _when(told: Answer, member: str) -> datetime | None:
    return maybe_utc(told.get(member))
