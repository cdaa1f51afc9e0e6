"""CloudWatch Logs: the account's policies, and those of log groups.

A policy on one log group is told only to who names the group.
Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions, kept
from idkeep.model.resources import LogGroup, LogPolicy


def _policies(pages: Pages) -> tuple[tuple[str, str], ...]:
    """Name and text."""
    return tuple(
        (one["policyName"], one["policyDocument"])
        for page in pages
        for one in page["resourcePolicies"]
    )


ACCOUNT_POLICIES = Collector(
    service="logs",
    operation="DescribeResourcePolicies",
    params={"limit": 50},
    build=_policies,
    regional=True,
)


def _groups(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["logGroups"])


LOG_GROUPS = Collector(
    service="logs",
    operation="DescribeLogGroups",
    params={"limit": 50},
    build=_groups,
    regional=True,
)


def _policy(pages: Pages) -> str:
    """The text, empty where the group has none; it can have one."""
    found = [one["policyDocument"] for page in pages for one in page["resourcePolicies"]]
    if len(found) > 1:
        raise ValueError("a log group has several policies")
    return found[0] if found else ""


LOG_GROUP_POLICY = Collector(
    service="logs",
    operation="DescribeResourcePolicies",
    params={"policyScope": "RESOURCE"},
    build=_policy,
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (ACCOUNT_POLICIES, LOG_GROUPS, LOG_GROUP_POLICY)


def _log_policy(ask: Ask, place: Place, told: tuple[str, str]) -> LogPolicy:
    name, text = told
    return LogPolicy(account=place.account, region=place.region, name=name, policy=ask.keep(text))


def _log_group(ask: Ask, place: Place, told: Answer) -> LogGroup:
    arn: str = told["logGroupArn"]
    policy = ask.sure(LOG_GROUP_POLICY, region=place.region, resourceArn=arn)
    return LogGroup(
        **place.here(arn),
        policy=kept(ask, policy),
        retention=told.get("retentionInDays"),
        kms_key=told.get("kmsKeyId"),
        data_protection=told.get("dataProtectionStatus", ""),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="log_policies",
        model=LogPolicy,
        lists=lambda ask: in_regions(ask, ACCOUNT_POLICIES),
        calls=costing(0),
        read=_log_policy,
    ),
    Kind(
        field="log_groups",
        model=LogGroup,
        lists=lambda ask: in_regions(ask, LOG_GROUPS),
        calls=costing(1),
        read=_log_group,
    ),
)
