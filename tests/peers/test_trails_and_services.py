"""Situations that the server can't be put into over the API, as snapshots: trails and services."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks import run
from idkeep.checks.logging.samples import (
    ALARM,
    BUCKET,
    STATUS,
    TRAIL,
    logging,
    only,
    watching,
)
from idkeep.checks.logging.watched import WATCHED
from idkeep.checks.organization.samples import FULL, SHOP, organization, policy
from idkeep.checks.samples import ACCOUNT, ago, deny, snapshot_of
from idkeep.checks.services.samples import (
    CONFIG,
    DETECTOR,
    EXTERNAL,
    HUB,
    region,
    services,
)
from idkeep.config import Settings
from idkeep.model import Region, Status, Subject
from idkeep.model.logging import EventSelector, EventSelectors, InsightSelector
from idkeep.model.services import DetectorDetails

from .conftest import BY_ID, CATALOG, WORST
from .test_bare_account import ROWS as BARE_ROWS
from .test_bare_account import STAND_INS
from .test_kept_account import ROWS as KEPT_ROWS

FAIL, PASS = Status.FAIL, Status.PASS
PATTERNS = {one.name: one.pattern for one in WATCHED}


def said(peer: str, *subjects: Subject, **around: Any) -> Status:
    estate = Estate(snapshot_of(*subjects, **around), Settings(), CATALOG)
    outcomes = run([BY_ID[ours] for ours in STAND_INS[peer]], estate)
    statuses = [one.status for outcome in outcomes for one in outcome.verdicts]
    return min(statuses, key=WORST.index)


def of_trail(**facts: Any) -> Subject:
    return logging(replace(TRAIL, **facts), buckets=(BUCKET,))


def objects(name: str) -> EventSelectors:
    return only(eventCategory="Data", **{"resources.type": "AWS::S3::Object", "readOnly": name})


WRITES_ALONE = EventSelectors(classic=(EventSelector(read_write="WriteOnly", management=True),))
TRAILS = [
    ("cloudtrail_multi_region_enabled", of_trail(), PASS),
    ("cloudtrail_multi_region_enabled", of_trail(multi_region=False), FAIL),
    ("cloudtrail_multi_region_enabled", of_trail(status=replace(STATUS, logging=False)), FAIL),
    ("cloudtrail_multi_region_enabled_logging_management_events", of_trail(), PASS),
    (
        "cloudtrail_multi_region_enabled_logging_management_events",
        of_trail(selectors=WRITES_ALONE),
        FAIL,
    ),
    ("cloudtrail_log_file_validation_enabled", of_trail(), PASS),
    ("cloudtrail_log_file_validation_enabled", of_trail(validates_log_files=False), FAIL),
    ("cloudtrail_kms_encryption_enabled", of_trail(), PASS),
    ("cloudtrail_kms_encryption_enabled", of_trail(kms_key=None), FAIL),
    ("cloudtrail_insights_exist", of_trail(), FAIL),
    (
        "cloudtrail_insights_exist",
        of_trail(insights=(InsightSelector(type="ApiCallRateInsight"),)),
        PASS,
    ),
    ("cloudtrail_cloudwatch_logging_enabled", of_trail(log_group=None), FAIL),
    ("cloudtrail_cloudwatch_logging_enabled", of_trail(), PASS),
    (
        "cloudtrail_cloudwatch_logging_enabled",
        of_trail(status=replace(STATUS, logs_delivered=ago(3))),
        FAIL,
    ),
    ("cloudtrail_s3_dataevents_read_enabled", of_trail(), FAIL),
    ("cloudtrail_s3_dataevents_read_enabled", of_trail(selectors=objects("true")), PASS),
    ("cloudtrail_s3_dataevents_read_enabled", of_trail(selectors=objects("false")), FAIL),
    ("cloudtrail_s3_dataevents_write_enabled", of_trail(selectors=objects("false")), PASS),
    ("cloudtrail_s3_dataevents_write_enabled", of_trail(selectors=objects("true")), FAIL),
    ("cloudtrail_logs_s3_bucket_access_logging_enabled", of_trail(), PASS),
    ("cloudtrail_bucket_requires_mfa_delete", of_trail(), PASS),
    ("cloudtrail_logs_s3_bucket_is_not_publicly_accessible", of_trail(), PASS),
]


@pytest.mark.parametrize(
    ("peer", "trail", "expected"), TRAILS, ids=[f"{n}-{one[0]}" for n, one in enumerate(TRAILS)]
)
def test_trails(peer: str, trail: Subject, expected: Status) -> None:
    assert said(peer, trail) is expected


ALARMS = {
    "cloudwatch_changes_to_network_acls_alarm_configured": "network_acl_changes",
    "cloudwatch_changes_to_network_gateways_alarm_configured": "gateway_changes",
    "cloudwatch_changes_to_network_route_tables_alarm_configured": "route_changes",
    "cloudwatch_changes_to_vpcs_alarm_configured": "vpc_changes",
    "cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled": (
        "config_changes"
    ),
    "cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled": (
        "trail_changes"
    ),
    "cloudwatch_log_metric_filter_authentication_failures": "failed_sign_ins",
    "cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk": "disabled_keys",
    "cloudwatch_log_metric_filter_for_s3_bucket_policy_changes": "bucket_policy_changes",
    "cloudwatch_log_metric_filter_policy_changes": "policy_changes",
    "cloudwatch_log_metric_filter_root_usage": "root_use",
    "cloudwatch_log_metric_filter_security_group_changes": "security_group_changes",
    "cloudwatch_log_metric_filter_sign_in_without_mfa": "sign_in_without_mfa",
    "cloudwatch_log_metric_filter_unauthorized_api_calls": "denied_calls",
}


@pytest.mark.parametrize("peer", ALARMS)
def test_a_filter_with_an_alarm_that_tells_somebody(peer: str) -> None:
    pattern = PATTERNS[ALARMS[peer]]
    assert said(peer, watching(pattern)) is PASS
    assert said(peer, watching(pattern, alarm=None)) is FAIL
    assert said(peer, watching("{ $.eventName = Nothing }")) is FAIL
    assert said(peer, logging()) is FAIL


@pytest.mark.parametrize(
    "peer",
    ["cloudwatch_alarm_actions_alarm_state_configured", "cloudwatch_alarm_actions_enabled"],
)
def test_an_alarm_without_a_live_action(peer: str) -> None:
    assert said(peer, watching(PATTERNS["root_use"])) is PASS
    for mute in (replace(ALARM, actions_enabled=False), replace(ALARM, actions=())):
        assert said(peer, watching(PATTERNS["root_use"], alarm=mute)) is FAIL


def without(name: str) -> Subject:
    """A detector that has this plan, or this part of a plan, switched off."""
    details = DETECTOR.details
    assert isinstance(details, DetectorDetails)
    assert isinstance(details.features, tuple)
    features = tuple(
        replace(
            one,
            enabled=one.enabled and one.name != name,
            parts=tuple(replace(part, enabled=part.name != name) for part in one.parts),
        )
        for one in details.features
    )
    return services(
        region(detectors=(replace(DETECTOR, details=replace(details, features=features)),))
    )


@pytest.mark.parametrize(
    ("peer", "feature"),
    [
        ("guardduty_s3_protection_enabled", "S3_DATA_EVENTS"),
        ("guardduty_eks_audit_log_enabled", "EKS_AUDIT_LOGS"),
        ("guardduty_ec2_malware_protection_enabled", "EBS_MALWARE_PROTECTION"),
        ("guardduty_rds_protection_enabled", "RDS_LOGIN_EVENTS"),
        ("guardduty_lambda_protection_enabled", "LAMBDA_NETWORK_LOGS"),
        ("guardduty_ai_protection_enabled", "AI_PROTECTION"),
        ("guardduty_runtime_monitoring_enabled", "RUNTIME_MONITORING"),
        ("guardduty_eks_runtime_monitoring_enabled", "EKS_ADDON_MANAGEMENT"),
    ],
)
def test_plans_of_guardduty(peer: str, feature: str) -> None:
    assert said(peer, services()) is PASS
    assert said(peer, without(feature)) is FAIL


def test_services() -> None:
    assert said("guardduty_is_enabled", services(region())) is PASS
    assert said("guardduty_is_enabled", services(region(detectors=()))) is FAIL
    assert said("accessanalyzer_enabled", services(region(analyzers=(EXTERNAL,)))) is PASS
    assert said("accessanalyzer_enabled", services(region(analyzers=()))) is FAIL
    off = replace(EXTERNAL, status="DISABLED")
    assert said("accessanalyzer_enabled", services(region(analyzers=(off,)))) is FAIL
    assert said("securityhub_enabled", services(region(security_hub=HUB))) is PASS
    assert said("config_recorder_all_regions_enabled", services(region(config=CONFIG))) is PASS
    bare = replace(CONFIG, recorders=())
    assert said("config_recorder_all_regions_enabled", services(region(config=bare))) is FAIL


REGIONS = deny(
    "*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-north-1", "us-east-1"]}}
)


def test_organizations() -> None:
    peer = "organizations_scp_check_deny_regions"
    names = ("eu-north-1", "us-east-1", "ap-south-2")
    account = replace(
        ACCOUNT, regions=tuple(Region(name=one, status="ENABLED_BY_DEFAULT") for one in names)
    )
    closed = organization(FULL, policy("Regions", REGIONS))
    assert said(peer, SHOP, organization=closed, account=account) is PASS
    assert said(peer, SHOP, organization=organization(FULL), account=account) is FAIL
    alone = "organizations_account_part_of_organizations"
    assert said(alone, ACCOUNT) is FAIL
    assert said(alone, ACCOUNT, organization=organization(FULL)) is PASS


# Situations of which the worked examples of our checks are the table already, both ways.
BY_EXAMPLES = {
    "accessanalyzer_enabled_without_findings",
    "cloudtrail_bedrock_logging_enabled",
    "cloudwatch_cross_account_sharing_disabled",
    "cloudwatch_log_group_agentcore_data_protection_policy_enabled",
    "cloudwatch_log_group_kms_encryption_enabled",
    "cloudwatch_log_group_not_publicly_accessible",
    "cloudwatch_log_group_retention_policy_specific_days_enabled",
    "cloudwatch_log_metric_filter_aws_organizations_changes",
    "config_delegated_admin_and_org_aggregator_all_regions",
    "config_recorder_using_aws_service_role",
    "fms_policy_compliant",
    "guardduty_centrally_managed",
    "guardduty_delegated_admin_enabled_all_regions",
    "guardduty_no_high_severity_findings",
    "iam_root_credentials_management_enabled",
    "organizations_delegated_administrators",
    "organizations_opt_out_ai_services_policy",
    "organizations_tags_policies_enabled_and_attached",
    "securityhub_delegated_admin_enabled_all_regions",
    "trustedadvisor_errors_and_warnings",
}


@pytest.mark.parametrize("peer", sorted(BY_EXAMPLES))
def test_worked_examples_show_both_ways(peer: str) -> None:
    for ours in STAND_INS[peer]:
        examples = BY_ID[ours].examples
        assert any(one.problems for one in examples), ours
        assert any(one.passes for one in examples), ours


def test_every_check_that_has_a_stand_in_is_in_a_table() -> None:
    tables = {
        *BY_EXAMPLES,
        *(one[0] for one in TRAILS),
        *ALARMS,
        *(one[0] for one in BARE_ROWS),
        *KEPT_ROWS,
    }
    text = Path(__file__).read_text(encoding="utf-8")
    lacking = {
        peer
        for peer, ours in STAND_INS.items()
        if isinstance(ours, list) and peer not in tables and f'"{peer}"' not in text
    }
    assert lacking == set()
