"""AWS Config. Two calls a region; five more where the customer has a recorder (rules: 25 a page).

Without a recorder of the customer's nothing is delivered and no rule is evaluated, so there the
rest is not asked for. An aggregator needs no recorder; in a scan of an organisation the accounts
that can have none of the whole organisation are not asked for it.
Source: https://docs.aws.amazon.com/config/latest/APIReference/API_ListConfigurationRecorders.html
"""

from collections.abc import Mapping
from typing import TypeVar

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.model import Gap
from idkeep.model.services import (
    Aggregator,
    Config,
    ConfigRule,
    DeliveryChannel,
    Recorder,
    RecorderStatus,
    RecordingGroup,
)

T = TypeVar("T")
_NOT_HERE = Gap(
    "config:DescribeConfigurationAggregators",
    "not asked: another account gathers for the organisation",
    elsewhere=True,
)
_OF_SERVICES = ":config-rule/aws-service-rule/"


def _recorders(pages: Pages) -> tuple[Recorder, ...]:
    return tuple(
        Recorder(
            name=one["name"],
            service=one.get("servicePrincipal"),
            provider=one.get("provider"),
            scope=one["recordingScope"],
        )
        for page in pages
        for one in page["ConfigurationRecorderSummaries"]
    )


RECORDERS = Collector(
    service="config", operation="ListConfigurationRecorders", build=_recorders, regional=True
)


def _groups(pages: Pages) -> Mapping[str, tuple[str | None, RecordingGroup]]:
    """The role of each, and what it records."""
    [answer] = pages
    return {
        one["name"]: (one.get("roleARN"), _group(one.get("recordingGroup", {})))
        for one in answer["ConfigurationRecorders"]
    }


def _group(told: Answer) -> RecordingGroup:
    return RecordingGroup(
        strategy=told.get("recordingStrategy", {}).get("useOnly", ""),
        all_supported=told.get("allSupported", False),
        global_types=told.get("includeGlobalResourceTypes", False),
        types=tuple(told.get("resourceTypes", ())),
        excluded=tuple(told.get("exclusionByResourceTypes", {}).get("resourceTypes", ())),
    )


# Asked for none by name, it describes the customer's own.
RECORDING_GROUPS = Collector(
    service="config", operation="DescribeConfigurationRecorders", build=_groups, regional=True
)


def _statuses(pages: Pages) -> Mapping[str, RecorderStatus]:
    [answer] = pages
    return {
        one["name"]: RecorderStatus(
            recording=one["recording"],
            last=one.get("lastStatus", ""),
            error=one.get("lastErrorCode", ""),
        )
        for one in answer["ConfigurationRecordersStatus"]
    }


RECORDER_STATUSES = Collector(
    service="config",
    operation="DescribeConfigurationRecorderStatus",
    build=_statuses,
    regional=True,
)


def _channels(pages: Pages) -> tuple[DeliveryChannel, ...]:
    [answer] = pages
    return tuple(
        DeliveryChannel(name=one["name"], bucket=one["s3BucketName"], topic=one.get("snsTopicARN"))
        for one in answer["DeliveryChannels"]
    )


CHANNELS = Collector(
    service="config", operation="DescribeDeliveryChannels", build=_channels, regional=True
)


def _rules(pages: Pages) -> tuple[tuple[ConfigRule, ...], int]:
    """The customer's own rules, and how many are other services'."""
    every = [one for page in pages for one in page["ConfigRules"]]
    own = [one for one in every if not one.get("CreatedBy") and not _is_of_service(one)]
    return tuple(map(_rule, own)), len(every) - len(own)


def _is_of_service(told: Answer) -> bool:
    # https://docs.aws.amazon.com/config/latest/developerguide/service-linked-awsconfig-rules.html
    return _OF_SERVICES in told.get("ConfigRuleArn", "")


def _rule(told: Answer) -> ConfigRule:
    source: Answer = told["Source"]
    return ConfigRule(
        name=told["ConfigRuleName"],
        owner=source["Owner"],
        source=source.get("SourceIdentifier", ""),
        state=told.get("ConfigRuleState", ""),
    )


RULES = Collector(service="config", operation="DescribeConfigRules", build=_rules, regional=True)


def _packs(pages: Pages) -> tuple[str, ...]:
    return tuple(
        one["ConformancePackName"] for page in pages for one in page["ConformancePackDetails"]
    )


PACKS = Collector(
    service="config", operation="DescribeConformancePacks", build=_packs, regional=True
)


def _aggregators(pages: Pages) -> tuple[Aggregator, ...]:
    return tuple(_aggregator(one) for page in pages for one in page["ConfigurationAggregators"])


def _aggregator(told: Answer) -> Aggregator:
    whole: Answer = told.get("OrganizationAggregationSource", {})
    sources: tuple[Answer, ...] = (
        (whole,) if whole else tuple(told.get("AccountAggregationSources", ()))
    )
    return Aggregator(
        name=told["ConfigurationAggregatorName"],
        organization=bool(whole),
        all_regions=any(one.get("AllAwsRegions", False) for one in sources),
        regions=tuple(sorted({name for one in sources for name in one.get("AwsRegions", ())})),
    )


AGGREGATORS = Collector(
    service="config",
    operation="DescribeConfigurationAggregators",
    build=_aggregators,
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (
    AGGREGATORS,
    RECORDERS,
    RECORDING_GROUPS,
    RECORDER_STATUSES,
    CHANNELS,
    RULES,
    PACKS,
)


def in_region(ask: Ask, region: str) -> Config | Gap:
    recorders = ask.sure(RECORDERS, region=region)
    if isinstance(recorders, Gap):
        return recorders
    aggregators = ask.sure(AGGREGATORS, region=region) if ask.told.aggregates else _NOT_HERE
    if not any(_is_own(one) for one in recorders):
        return Config(recorders=recorders, aggregators=aggregators)
    groups = ask.sure(RECORDING_GROUPS, region=region)
    statuses = ask.sure(RECORDER_STATUSES, region=region)
    rules = ask.sure(RULES, region=region)
    own, of_services = (rules, None) if isinstance(rules, Gap) else rules

    def whole(one: Recorder) -> Recorder:
        status = _of(statuses, one.name, RECORDER_STATUSES, region)
        told = _of(groups, one.name, RECORDING_GROUPS, region)
        role, group = (told, told) if isinstance(told, Gap) else told
        return replace(one, role=role, group=group, status=status)

    return Config(
        recorders=tuple(whole(one) if _is_own(one) else one for one in recorders),
        aggregators=aggregators,
        channels=ask.sure(CHANNELS, region=region),
        rules=own,
        service_rules=of_services,
        packs=ask.sure(PACKS, region=region),
    )


def _is_own(recorder: Recorder) -> bool:
    return recorder.service is None and recorder.provider is None


def _of(known: Mapping[str, T] | Gap, name: str, by: AnyCollector, region: str) -> T | Gap:
    if isinstance(known, Gap):
        return known
    return known.get(name) or Gap(by.action, f"does not tell of {name}", region=region)
