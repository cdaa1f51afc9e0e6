"""An account in two regions that logs and watches: each service on in one, off in the other."""

from collections.abc import Mapping
from typing import Any

from .answers import ACCOUNT, REGION, Error, ago

ELSEWHERE = "af-south-1"
OTHER = "999988887777"
REGIONS = {
    "Regions": [
        {"RegionName": REGION, "RegionOptStatus": "ENABLED_BY_DEFAULT"},
        {"RegionName": ELSEWHERE, "RegionOptStatus": "ENABLED"},
        {"RegionName": "me-south-1", "RegionOptStatus": "DISABLED"},
    ]
}
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:trail/audit:*"
BUCKET_POLICY = '{"Version":"2012-10-17","Statement":[]}'


def trail_arn(name: str, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:cloudtrail:{region}:{account}:trail/{name}"


def trail(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "S3BucketName": "audit-logs",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "HomeRegion": REGION,
        "TrailARN": trail_arn(name),
        "LogFileValidationEnabled": True,
        "HasCustomEventSelectors": True,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": False,
        **changed,
    }


def listed(*trails: Mapping[str, Any]) -> dict[str, Any]:
    return {"Trails": [{k: one[k] for k in ("Name", "TrailARN", "HomeRegion")} for one in trails]}


MAIN = trail(
    "main",
    HasInsightSelectors=True,
    RecursiveLogging=False,
    KmsKeyId=f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000001",
    CloudWatchLogsLogGroupArn=LOG_GROUP,
)
LOCAL = trail(
    "local",
    IsMultiRegionTrail=False,
    HomeRegion=ELSEWHERE,
    TrailARN=trail_arn("local", ELSEWHERE),
)
THEIRS = trail(
    "organization",
    IsOrganizationTrail=True,
    TrailARN=trail_arn("organization", account=OTHER),
    S3BucketName="archive-of-another-account",
    CloudWatchLogsLogGroupArn=f"arn:aws:logs:{REGION}:{OTHER}:log-group:trail/all:*",
)


def _selectors(params: Mapping[str, Any]) -> Any:
    if params["TrailName"] == THEIRS["TrailARN"]:
        return Error("TrailNotFoundException")
    if params["TrailName"] == LOCAL["TrailARN"]:
        fields = [{"Field": "eventCategory", "Equals": ["Management"]}]
        return {"AdvancedEventSelectors": [{"Name": "all", "FieldSelectors": fields}]}
    return {
        "EventSelectors": [
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "ExcludeManagementEventSources": ["kms.amazonaws.com"],
                "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
            }
        ]
    }


def _owned(params: Mapping[str, Any]) -> Any:
    every = [{"Name": "audit-logs", "BucketRegion": ELSEWHERE}]
    return {"Buckets": [one for one in every if one["Name"].startswith(params["Prefix"])]}


def alarm(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "AlarmName": name,
        "AlarmArn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}",
        "ActionsEnabled": True,
        "AlarmActions": [],
        **changed,
    }


ALARMS = {
    "MetricAlarms": [
        alarm(
            "root-used",
            AlarmActions=[TOPIC],
            Namespace="Audit",
            MetricName="RootUsed",
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1.0,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
        ),
        alarm(
            "summed",
            Metrics=[
                {
                    "Id": "m1",
                    "MetricStat": {
                        "Metric": {"Namespace": "Audit", "MetricName": "RootUsed"},
                        "Period": 60,
                        "Stat": "Sum",
                    },
                },
                {"Id": "e1", "Expression": "m1 * 2"},
            ],
        ),
        alarm("cpu", Namespace="AWS/EC2", MetricName="CPUUtilization"),
    ],
    "CompositeAlarms": [
        alarm("outer", AlarmRule='ALARM("inner") AND NOT OK(cpu)'),
        alarm("inner", AlarmRule="ALARM(summed)", AlarmActions=[f"{TOPIC}-of-composites"]),
        alarm("unrelated", AlarmRule='ALARM("cpu")'),
    ],
    "LogAlarms": [
        alarm(
            "query",
            ScheduledQueryConfiguration={
                "QueryString": "filter userIdentity.type = 'Root'",
                "LogGroupIdentifiers": ["trail/audit"],
                "ScheduledQueryRoleARN": f"arn:aws:iam::{ACCOUNT}:role/queries",
                "ScheduleConfiguration": {
                    "ScheduleExpression": "rate(5 minutes)",
                    "StartTimeOffset": 300,
                },
                "AggregationExpression": "count(*)",
            },
        )
    ],
}


def _subscriptions(params: Mapping[str, Any]) -> Any:
    if params["TopicArn"] != TOPIC:
        return Error("NotFound")
    states = (
        ("email", f"{TOPIC}:11111111-1111-1111-1111-111111111111"),
        ("https", "PendingConfirmation"),
        ("lambda", "Deleted"),
    )
    return {
        "Subscriptions": [
            {"Protocol": protocol, "SubscriptionArn": state, "Endpoint": "https://x/?token=t0ken"}
            for protocol, state in states
        ]
    }


_BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/security"
_VIA_TRAIL = '{"detail-type": [{"suffix": "via CloudTrail"}]}'


def _rule(name: str, bus: str = "default", **changed: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}",
        "EventBusName": bus,
        "EventPattern": _VIA_TRAIL,
        "State": "ENABLED",
        **changed,
    }


def _rules(params: Mapping[str, Any]) -> Any:
    """A rule that feeds another bus, whose own tells the topic; the others hear of no call."""
    if params["EventBusName"] == _BUS:
        return {"Rules": [_rule("told", "security")]}
    nightly = _rule("nightly", ScheduleExpression="rate(1 day)")
    del nightly["EventPattern"]
    return {
        "Rules": [
            _rule("fed"),
            _rule("off", State="DISABLED"),
            _rule("machines", EventPattern='{"detail-type": ["EC2 Instance State-change"]}'),
            nightly,
        ]
    }


def _targets(params: Mapping[str, Any]) -> Any:
    arn = _BUS if params["Rule"] == "fed" else f"{TOPIC}-of-rules"
    return {"Targets": [{"Id": "1", "Arn": arn}]}


LOGGING: dict[str, Any] = {
    "events:ListRules": {"Rules": []},
    f"events:ListRules@{REGION}": _rules,
    "events:ListTargetsByRule": _targets,
    "account:ListRegions": REGIONS,
    "cloudtrail:ListTrails": listed(MAIN, LOCAL),
    f"cloudtrail:DescribeTrails@{REGION}": {"trailList": [MAIN, THEIRS]},
    f"cloudtrail:DescribeTrails@{ELSEWHERE}": {"trailList": [MAIN, LOCAL, THEIRS]},
    "cloudtrail:GetTrailStatus": {
        "IsLogging": True,
        "LatestDeliveryTime": ago(0.01),
        "LatestDigestDeliveryError": "AccessDenied",
        "StartLoggingTime": ago(100),
    },
    "cloudtrail:GetEventSelectors": _selectors,
    "cloudtrail:GetInsightSelectors": {"InsightSelectors": [{"InsightType": "ApiCallRateInsight"}]},
    "cloudtrail:ListEventDataStores": {"EventDataStores": []},
    f"cloudtrail:ListEventDataStores@{REGION}": {
        "EventDataStores": [
            {
                "EventDataStoreArn": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:eventdatastore/1",
                "Name": "lake",
                "Status": "ENABLED",
                "RetentionPeriod": 366,
            }
        ]
    },
    "s3:ListBuckets": _owned,
    "s3:GetBucketPolicy": {"Policy": BUCKET_POLICY},
    "s3:GetPublicAccessBlock": Error("NoSuchPublicAccessBlockConfiguration"),
    "s3:GetBucketLogging": {"LoggingEnabled": {"TargetBucket": "requests", "TargetPrefix": ""}},
    "s3:GetBucketVersioning": {"Status": "Enabled", "MFADelete": "Disabled"},
    "logs:DescribeMetricFilters": {
        "metricFilters": [
            {
                "filterName": "root",
                "filterPattern": '{ $.userIdentity.type = "Root" }',
                "metricTransformations": [
                    {"metricName": "RootUsed", "metricNamespace": "Audit", "metricValue": "1"}
                ],
            }
        ]
    },
    "cloudwatch:DescribeAlarms": ALARMS,
    "sns:ListSubscriptionsByTopic": _subscriptions,
}
