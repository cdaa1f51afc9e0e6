"""What is read of an account's logging: the trails, where they go, whom the alarms tell."""

from typing import Any

import msgspec
import pytest

from idkeep.collect import actions, collect, logging
from idkeep.model import Family, Gap, NotToldHere
from idkeep.model.logging import (
    AdvancedEventSelector,
    BucketAccess,
    BucketVersioning,
    CompositeAlarm,
    DataResources,
    EventSelector,
    EventSelectors,
    FieldSelector,
    InsightSelector,
    LogAlarm,
    Logging,
    Metric,
    MetricAlarm,
    NotOffered,
    NotOwned,
    Subscriptions,
    Trail,
)

from .a_watched_account import (
    BUCKET_POLICY,
    ELSEWHERE,
    LOCAL,
    LOG_GROUP,
    LOGGING,
    MAIN,
    OTHER,
    REGIONS,
    THEIRS,
    TOPIC,
    listed,
    trail,
    trail_arn,
)
from .answers import ACCOUNT, CALLER, NOW, REGION, Answers, Error, ago, ask_of, aws_of

NO_TRAILS = {
    "account:ListRegions": REGIONS,
    "cloudtrail:ListTrails": {"Trails": []},
    "cloudtrail:DescribeTrails": {"trailList": []},
    "cloudtrail:ListEventDataStores": {"EventDataStores": []},
}


def read(**changed: Any) -> tuple[Logging, Answers]:
    named = {name.replace("__", ":").replace("_at_", "@"): v for name, v in changed.items()}
    ask, answers = ask_of({**LOGGING, **named})
    return logging.read(ask), answers


def trails_of(found: Logging) -> dict[str, Trail]:
    assert isinstance(found.trails, tuple)
    return {one.name: one for one in found.trails}


@pytest.fixture(scope="module")
def account() -> tuple[Logging, Answers]:
    return read()


def test_trails_of_every_region_are_found_in_the_fewest_calls(
    account: tuple[Logging, Answers],
) -> None:
    found, answers = account
    assert set(trails_of(found)) == {"main", "local", "organization"}
    described = [where for action, where, _ in answers.asked if action.endswith("DescribeTrails")]
    assert described == [REGION, ELSEWHERE]
    assert answers.actions().count("cloudtrail:ListTrails") == 1


def test_a_single_multi_region_trail_is_described_once() -> None:
    _, answers = read(
        cloudtrail__ListTrails=listed(MAIN),
        **{f"cloudtrail__DescribeTrails_at_{REGION}": {"trailList": [MAIN]}},
    )
    assert answers.actions().count("cloudtrail:DescribeTrails") == 1


def test_a_trail_says_what_it_is(account: tuple[Logging, Answers]) -> None:
    found, answers = account
    main = trails_of(found)["main"]
    assert (main.home, main.multi_region, main.organization) == (REGION, True, False)
    assert main.recursive_logging is False
    assert main.kms_key == MAIN["KmsKeyId"]
    assert main.log_group == LOG_GROUP
    assert main.status.logging is True  # type: ignore[union-attr]
    assert main.status.digest_delivery_error == "AccessDenied"  # type: ignore[union-attr]
    assert main.status.started == ago(100)  # type: ignore[union-attr]
    assert main.insights == (InsightSelector(type="ApiCallRateInsight"),)
    where = {p["Name"]: w for a, w, p in answers.asked if a == "cloudtrail:GetTrailStatus"}
    assert where == {
        MAIN["TrailARN"]: REGION,
        LOCAL["TrailARN"]: ELSEWHERE,
        THEIRS["TrailARN"]: REGION,
    }


def test_selectors_of_both_kinds_are_typed(account: tuple[Logging, Answers]) -> None:
    found = trails_of(account[0])
    assert found["main"].selectors == EventSelectors(
        classic=(
            EventSelector(
                read_write="All",
                management=True,
                excluded_sources=("kms.amazonaws.com",),
                data=(DataResources(type="AWS::S3::Object", values=("arn:aws:s3",)),),
            ),
        )
    )
    assert found["local"].selectors == EventSelectors(
        advanced=(
            AdvancedEventSelector(
                name="all", fields=(FieldSelector(field="eventCategory", equals=("Management",)),)
            ),
        )
    )


def test_only_trails_with_insights_are_asked_for_them(account: tuple[Logging, Answers]) -> None:
    found, answers = account
    assert answers.params("cloudtrail:GetInsightSelectors") == [{"TrailName": MAIN["TrailARN"]}]
    assert trails_of(found)["local"].insights == ()


def test_what_the_organisation_keeps_to_itself_is_no_gap(
    account: tuple[Logging, Answers],
) -> None:
    theirs = trails_of(account[0])["organization"]
    assert theirs.organization
    assert theirs.selectors == NotToldHere(code="TrailNotFoundException")


def test_an_own_trail_that_is_gone_since_is_a_gap() -> None:
    found, _ = read(cloudtrail__GetEventSelectors=Error("TrailNotFoundException"))
    assert trails_of(found)["main"].selectors == Gap(
        "cloudtrail:GetEventSelectors", "TrailNotFoundException", region=REGION
    )


def test_a_bucket_of_the_accounts_own_shows_its_policy() -> None:
    ask, answers = ask_of(LOGGING)
    found = logging.read(ask)
    access = {one.name: one.access for one in found.buckets}
    own = access["audit-logs"]
    assert isinstance(own, BucketAccess)
    assert ask.documents[str(own.policy)] == BUCKET_POLICY
    assert own.public_access_block is None
    assert own.access_log == "requests"
    assert own.versioning == BucketVersioning(status="Enabled")
    [(where, params)] = [(w, p) for a, w, p in answers.asked if a == "s3:GetBucketPolicy"]
    assert where == ELSEWHERE
    assert params == {"Bucket": "audit-logs", "ExpectedBucketOwner": ACCOUNT}


def test_another_accounts_bucket_is_said_to_be_and_not_asked_about(
    account: tuple[Logging, Answers],
) -> None:
    found, answers = account
    access = {one.name: one.access for one in found.buckets}
    assert access["archive-of-another-account"] == NotOwned()
    assert answers.actions().count("s3:GetBucketPolicy") == 1


def test_filters_of_the_accounts_own_log_groups_are_read(
    account: tuple[Logging, Answers],
) -> None:
    found, answers = account
    own, theirs = found.log_groups
    assert own.filters[0].metrics == (Metric(namespace="Audit", name="RootUsed"),)  # type: ignore[index]
    assert theirs.filters == NotOwned(account=OTHER)
    assert answers.params("logs:DescribeMetricFilters") == [{"logGroupName": "trail/audit"}]


def test_alarms_are_those_that_hang_on_the_log_groups(account: tuple[Logging, Answers]) -> None:
    found, answers = account
    [region] = found.alarms
    assert isinstance(region.alarms, tuple)
    by_name = {one.name: one for one in region.alarms}
    assert set(by_name) == {"root-used", "summed", "inner", "outer", "query"}
    root = by_name["root-used"]
    assert isinstance(root, MetricAlarm)
    assert (root.statistic, root.period, root.threshold, root.actions) == (
        "Sum",
        300,
        1.0,
        (TOPIC,),
    )
    assert isinstance(by_name["outer"], CompositeAlarm)
    assert isinstance(by_name["query"], LogAlarm)
    assert answers.actions().count("cloudwatch:DescribeAlarms") == 1


def test_a_topic_counts_its_live_receivers_and_keeps_no_address(
    account: tuple[Logging, Answers],
) -> None:
    found = account[0]
    assert {one.arn: one.subscriptions for one in found.topics} == {
        TOPIC: Subscriptions(confirmed=("email",), pending=1),
        f"{TOPIC}-of-composites": None,
        f"{TOPIC}-of-rules": None,
    }
    assert b"t0ken" not in msgspec.json.encode(found)


def test_rules_that_hear_of_calls_are_read_with_the_buses_they_feed(
    account: tuple[Logging, Answers],
) -> None:
    found, answers = account
    assert isinstance(found.rules, tuple)
    rules = {one.region: one.rules for one in found.rules}
    assert rules[ELSEWHERE] == ()
    here = rules[REGION]
    assert isinstance(here, tuple)
    assert [(one.name, one.bus.partition("/")[2], one.state) for one in here] == [
        ("fed", "default", "ENABLED"),
        ("told", "security", "ENABLED"),
    ]
    assert [target.arn for target in here[1].targets] == [f"{TOPIC}-of-rules"]  # type: ignore[union-attr]
    assert [one["Rule"] for one in answers.params("events:ListTargetsByRule")] == ["fed", "told"]


def test_another_accounts_topic_is_not_asked() -> None:
    topic = TOPIC.replace(ACCOUNT, OTHER)
    only = {"MetricAlarms": [{**LOGGING["cloudwatch:DescribeAlarms"]["MetricAlarms"][0]}]}
    only["MetricAlarms"][0]["AlarmActions"] = [topic]
    found, answers = read(cloudwatch__DescribeAlarms=only)
    assert {one.arn: one.subscriptions for one in found.topics}[topic] == NotOwned(account=OTHER)
    asked = [one["TopicArn"] for one in answers.params("sns:ListSubscriptionsByTopic")]
    assert topic not in asked


def test_event_data_stores_are_told_by_region() -> None:
    found, _ = read(
        **{
            f"cloudtrail__ListEventDataStores_at_{ELSEWHERE}": Error(
                "UnsupportedOperationException"
            )
        }
    )
    assert isinstance(found.event_data_stores, tuple)
    stores = {one.region: one.stores for one in found.event_data_stores}
    assert [one.name for one in stores[REGION]] == ["lake"]  # type: ignore[union-attr]
    assert stores[ELSEWHERE] == NotOffered(code="UnsupportedOperationException")


def test_an_account_without_trails_costs_two_calls_and_one_a_region() -> None:
    ask, answers = ask_of(NO_TRAILS)
    found = logging.read(ask)
    assert found.trails == ()
    assert (found.buckets, found.log_groups, found.alarms, found.topics, found.rules) == ((),) * 5
    assert sorted(answers.actions()) == [
        "account:ListRegions",
        "cloudtrail:DescribeTrails",
        *["cloudtrail:ListEventDataStores"] * 2,
        "cloudtrail:ListTrails",
    ]


def test_without_the_listing_of_trails_the_trails_are_unknown() -> None:
    found, _ = read(cloudtrail__ListTrails=Error("AccessDeniedException", ""))
    assert found.trails == Gap("cloudtrail:ListTrails", "AccessDeniedException", region=REGION)


def test_a_trail_that_no_region_describes_is_known_to_be_missing() -> None:
    gone = trail("gone", TrailARN=trail_arn("gone"))
    found, _ = read(cloudtrail__ListTrails=listed(MAIN, LOCAL, gone))
    assert "gone" not in trails_of(found)
    [gap] = found.unlisted_trails
    assert gap == Gap("cloudtrail:DescribeTrails", f"does not tell of {trail_arn('gone')}")


def test_a_closed_home_region_loses_only_its_own_trail() -> None:
    refused = Error("AccessDeniedException", "with an explicit deny in a service control policy")
    found, _ = read(**{f"cloudtrail__DescribeTrails_at_{ELSEWHERE}": refused})
    assert set(trails_of(found)) == {"main", "organization"}
    [gap] = found.unlisted_trails
    assert (gap.action, gap.region) == (  # type: ignore[union-attr]
        "cloudtrail:DescribeTrails",
        ELSEWHERE,
    )


def test_alarms_are_unknown_where_the_filters_are() -> None:
    found, answers = read(logs__DescribeMetricFilters=Error("AccessDeniedException", ""))
    gap = Gap("logs:DescribeMetricFilters", "AccessDeniedException", region=REGION)
    assert [one.alarms for one in found.alarms] == [gap]
    assert "cloudwatch:DescribeAlarms" not in answers.actions()


def test_alarms_come_in_pages() -> None:
    every = LOGGING["cloudwatch:DescribeAlarms"]
    pages = (
        {"MetricAlarms": every["MetricAlarms"], "CompositeAlarms": [], "NextToken": "more"},
        {"MetricAlarms": [], "CompositeAlarms": every["CompositeAlarms"]},
    )
    found, answers = read(cloudwatch__DescribeAlarms=pages)
    [region] = found.alarms
    assert {one.name for one in region.alarms} == {  # type: ignore[union-attr]
        "root-used",
        "summed",
        "inner",
        "outer",
    }
    assert [p.get("NextToken") for p in answers.params("cloudwatch:DescribeAlarms")] == [
        None,
        "more",
    ]


# The second is asked only where account:ListRegions is refused.
_OTHERS = {"sts:GetCallerIdentity", "ec2:DescribeRegions"}
ASKED = [one for one in actions({Family.LOGGING}) if one not in _OTHERS]
OPERATIONS = {one.action: f"{one.service}:{one.operation}" for one in logging.COLLECTORS}


@pytest.mark.parametrize("action", ASKED)
def test_a_refused_call_is_a_gap_of_the_snapshot(action: str) -> None:
    operation = OPERATIONS[action]
    table = {name: v for name, v in LOGGING.items() if not name.startswith(f"{operation}@")}
    table["sts:GetCallerIdentity"] = {
        "Account": ACCOUNT,
        "Arn": CALLER.arn,
        "UserId": CALLER.user_id,
    }
    answers = Answers({**table, operation: Error("AccessDenied", "")})
    snapshot = collect(aws_of(answers), now=lambda: NOW, families={Family.LOGGING})
    assert {gap.action for gap in snapshot.gaps} == {action}
    assert {gap.error for gap in snapshot.gaps} == {"AccessDenied"}


def test_logging_is_read_back_as_it_was_written() -> None:
    sts = {"Account": ACCOUNT, "Arn": CALLER.arn, "UserId": CALLER.user_id}
    answers = Answers({**LOGGING, "sts:GetCallerIdentity": sts})
    snapshot = collect(aws_of(answers), now=lambda: NOW, families={Family.LOGGING})
    assert snapshot.gaps == ()
    assert (
        msgspec.json.decode(msgspec.json.encode(snapshot.logging), type=Logging) == snapshot.logging
    )
