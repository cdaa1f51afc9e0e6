"""What another scanner's checks call a failure or a pass, on an account with each slip.

Each row is a situation by that check's own description, and what our checks that stand in for it
say. Where they differ by design, docs/coming-from.md tells.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import idkeep.catalog
from idkeep.model import Status

from .conftest import BARE, WORST, Found, allow, document, made, trust

STAND_INS = tomllib.loads(
    (Path(idkeep.catalog.__file__).parent / "peer_checks.toml").read_text(encoding="utf-8")
)
FAIL, PASS, NONE = Status.FAIL, Status.PASS, Status.NOT_APPLICABLE
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"
STRANGER = "arn:aws:iam::444455556666:root"


def slips(client: Any) -> None:
    iam = client("iam")
    policies = {
        "all-star": allow("*"),
        "all-star-unattached": allow("*"),
        "one-bucket": allow("s3:GetObject", "arn:aws:s3:::one/*"),
        "trail-star": allow("cloudtrail:*"),
        "trail-reads": allow("cloudtrail:Get*"),
        "keys-star": allow("kms:*"),
        "any-role": allow("sts:AssumeRole"),
        "one-role": allow("sts:AssumeRole", f"arn:aws:iam::{BARE}:role/one"),
        "any-product": allow("aws-marketplace:Subscribe"),
        "pass-and-run": allow(["iam:PassRole", "ec2:RunInstances"]),
        "agent-tokens": allow("bedrock-agentcore:GetWorkloadAccessToken*"),
        "agent-roles": allow("iam:PassRole"),
    }
    arns = {
        name: iam.create_policy(PolicyName=name, PolicyDocument=document(statement))["Policy"][
            "Arn"
        ]
        for name, statement in policies.items()
    }
    for name, statement in {
        "own-admin": allow("*"),
        "own-trail": allow("cloudtrail:*"),
        "own-keys": allow("kms:*"),
        "own-product": allow("aws-marketplace:Subscribe"),
        "own-escalation": allow(["iam:AttachUserPolicy"]),
        "own-reads": allow("s3:GetObject", "arn:aws:s3:::one/*"),
    }.items():
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(statement))
    iam.create_user(UserName="by-group")
    iam.add_user_to_group(GroupName="admins", UserName="no-mfa")
    iam.add_user_to_group(GroupName="readers", UserName="by-group")
    roles = {
        "role-admin": (trust({"AWS": f"arn:aws:iam::{BARE}:root"}), ADMIN),
        "role-reader": (trust({"AWS": f"arn:aws:iam::{BARE}:root"}), READ),
        "role-partner": (trust({"AWS": STRANGER}), READ),
        "role-build": (trust({"Service": "codebuild.amazonaws.com"}), READ),
        "role-build-bound": (
            trust(
                {"Service": "codebuild.amazonaws.com"},
                Condition={"StringEquals": {"aws:SourceAccount": BARE}},
            ),
            READ,
        ),
    }
    for name, (trusted, attached) in roles.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trusted))
        iam.attach_role_policy(RoleName=name, PolicyArn=attached)
    for name, arn in arns.items():
        if name != "all-star-unattached":
            iam.attach_role_policy(RoleName="role-reader", PolicyArn=arn)


@pytest.fixture(scope="module")
def bare() -> Iterator[Found]:
    yield from made("bare.toml", BARE, slips)


def said(found: Found, peer: str, subject: str) -> Status:
    """The worst that the stand-ins say of the subject; "" is the account and all that is in it."""
    statuses = [
        status
        for ours in STAND_INS[peer]
        for name, status in found[ours].items()
        if subject in ("", name)
    ]
    assert statuses, "nobody is judged"
    return min(statuses, key=WORST.index)


ROWS = [
    ("iam_no_root_access_key", "", FAIL),
    ("iam_root_mfa_enabled", "", FAIL),
    ("iam_root_hardware_mfa_enabled", "", FAIL),
    ("iam_avoid_root_usage", "", FAIL),
    ("iam_user_mfa_enabled_console_access", "no-mfa", FAIL),
    ("iam_user_mfa_enabled_console_access", "app-mfa", PASS),
    ("iam_user_mfa_enabled_console_access", "passkey-mfa", PASS),
    ("iam_user_mfa_enabled_console_access", "no-console", NONE),
    ("iam_user_hardware_mfa_enabled", "no-mfa", FAIL),
    ("iam_user_hardware_mfa_enabled", "app-mfa", FAIL),
    ("iam_user_hardware_mfa_enabled", "passkey-mfa", PASS),
    ("iam_user_hardware_mfa_enabled", "no-console", NONE),
    ("iam_user_console_access_unused", "idle-console", FAIL),
    ("iam_user_console_access_unused", "app-mfa", PASS),
    ("iam_user_console_access_unused", "once-console", NONE),
    ("iam_user_accesskey_unused", "idle-key", FAIL),
    ("iam_user_accesskey_unused", "old-key", PASS),
    ("iam_user_accesskey_unused", "off-key", PASS),
    ("iam_user_accesskey_unused", "no-console", PASS),
    ("iam_rotate_access_key_90_days", "old-key", FAIL),
    ("iam_rotate_access_key_90_days", "fresh-key", PASS),
    ("iam_rotate_access_key_90_days", "off-key", PASS),
    ("iam_user_two_active_access_key", "two-keys", FAIL),
    ("iam_user_two_active_access_key", "fresh-key", PASS),
    ("iam_user_no_setup_initial_access_key", "set-up-with-key", FAIL),
    ("iam_user_no_setup_initial_access_key", "no-console", NONE),
    ("iam_administrator_access_with_mfa", "no-mfa", FAIL),
    ("iam_administrator_access_with_mfa", "app-mfa", NONE),
    ("iam_user_administrator_access_policy", "attached-admin", FAIL),
    ("iam_user_administrator_access_policy", "by-group", PASS),
    ("iam_group_administrator_access_policy", "admins", FAIL),
    ("iam_group_administrator_access_policy", "readers", PASS),
    ("iam_role_administratoraccess_policy", "role-admin", FAIL),
    ("iam_role_administratoraccess_policy", "role-partner", PASS),
    ("iam_aws_attached_policy_no_administrative_privileges", "AdministratorAccess", FAIL),
    ("iam_aws_attached_policy_no_administrative_privileges", "ReadOnlyAccess", PASS),
    ("iam_customer_attached_policy_no_administrative_privileges", "all-star", FAIL),
    ("iam_customer_attached_policy_no_administrative_privileges", "one-bucket", PASS),
    ("iam_customer_unattached_policy_no_administrative_privileges", "all-star-unattached", FAIL),
    ("iam_customer_unattached_policy_no_administrative_privileges", "one-bucket", PASS),
    ("iam_inline_policy_no_administrative_privileges", "own-admin", FAIL),
    ("iam_inline_policy_no_administrative_privileges", "own-reads", PASS),
    ("iam_inline_policy_no_full_access_to_cloudtrail", "own-trail", FAIL),
    ("iam_inline_policy_no_full_access_to_cloudtrail", "own-reads", PASS),
    ("iam_inline_policy_no_full_access_to_kms", "own-keys", FAIL),
    ("iam_inline_policy_no_full_access_to_kms", "own-reads", PASS),
    ("iam_inline_policy_no_wildcard_marketplace_subscribe", "own-product", FAIL),
    ("iam_inline_policy_no_wildcard_marketplace_subscribe", "own-reads", PASS),
    ("iam_inline_policy_allows_privilege_escalation", "own-escalation", FAIL),
    ("iam_inline_policy_allows_privilege_escalation", "own-reads", PASS),
    ("iam_policy_no_full_access_to_cloudtrail", "trail-star", FAIL),
    ("iam_policy_no_full_access_to_cloudtrail", "trail-reads", PASS),
    ("iam_policy_no_full_access_to_kms", "keys-star", FAIL),
    ("iam_policy_no_full_access_to_kms", "trail-star", PASS),
    ("iam_policy_no_wildcard_marketplace_subscribe", "any-product", FAIL),
    ("iam_policy_no_wildcard_marketplace_subscribe", "one-bucket", PASS),
    ("iam_no_custom_policy_permissive_role_assumption", "any-role", FAIL),
    ("iam_no_custom_policy_permissive_role_assumption", "one-role", PASS),
    ("iam_policy_allows_privilege_escalation", "pass-and-run", FAIL),
    ("iam_policy_allows_privilege_escalation", "one-bucket", PASS),
    ("iam_policy_no_agentcore_workload_access_token_wildcard", "agent-tokens", FAIL),
    ("iam_policy_no_agentcore_workload_access_token_wildcard", "one-bucket", PASS),
    ("iam_policy_passrole_to_bedrock_agentcore_restricted", "agent-roles", FAIL),
    ("iam_policy_passrole_to_bedrock_agentcore_restricted", "one-bucket", PASS),
    ("iam_policy_cloudshell_admin_not_attached", "AWSCloudShellFullAccess", FAIL),
    ("iam_policy_cloudshell_admin_not_attached", "one-bucket", PASS),
    ("iam_policy_attached_only_to_group_or_roles", "attached-admin", FAIL),
    ("iam_policy_attached_only_to_group_or_roles", "own-reads", FAIL),
    ("iam_policy_attached_only_to_group_or_roles", "by-group", PASS),
    ("iam_role_cross_account_readonlyaccess_policy", "role-partner", FAIL),
    ("iam_role_cross_account_readonlyaccess_policy", "role-reader", PASS),
    ("iam_role_cross_service_confused_deputy_prevention", "role-build", FAIL),
    ("iam_role_cross_service_confused_deputy_prevention", "role-build-bound", PASS),
    ("iam_role_service_trust_restricts_source_to_account", "role-build", FAIL),
    ("iam_role_service_trust_restricts_source_to_account", "role-build-bound", PASS),
    ("iam_no_expired_server_certificates_stored", "over", FAIL),
    ("iam_no_expired_server_certificates_stored", "good", PASS),
    ("iam_user_access_not_stale_to_bedrock", "models-left", FAIL),
    ("iam_user_access_not_stale_to_bedrock", "models-used", PASS),
    ("iam_user_access_not_stale_to_sagemaker", "models-left", FAIL),
    ("iam_user_access_not_stale_to_sagemaker", "models-used", PASS),
    ("iam_role_access_not_stale_to_bedrock", "role-models-left", FAIL),
    ("iam_role_access_not_stale_to_bedrock", "role-models-used", PASS),
    ("iam_user_with_temporary_credentials", "old-key", FAIL),
    ("iam_user_with_temporary_credentials", "passkey-mfa", PASS),
    # The scanner's own role may audit, whatever it is called.
    ("iam_securityaudit_role_created", "", PASS),
    ("iam_check_saml_providers_sts", "", FAIL),
    ("iam_support_role_created", "", FAIL),
    ("iam_password_policy_minimum_length_14", "", FAIL),
    ("iam_password_policy_reuse_24", "", FAIL),
    ("iam_password_policy_lowercase", "", FAIL),
    ("iam_password_policy_uppercase", "", FAIL),
    ("iam_password_policy_number", "", FAIL),
    ("iam_password_policy_symbol", "", FAIL),
    ("iam_password_policy_expires_passwords_within_90_days_or_less", "", FAIL),
    ("account_security_contact_information_is_registered", "", FAIL),
    ("account_maintain_current_contact_details", "", FAIL),
    (
        "account_maintain_different_contact_details_to_security_billing_and_operations",
        "",
        FAIL,
    ),
    ("accessanalyzer_enabled", "", FAIL),
    ("cloudtrail_multi_region_enabled", "", FAIL),
    ("cloudtrail_multi_region_enabled_logging_management_events", "", FAIL),
    ("cloudtrail_s3_dataevents_read_enabled", "", FAIL),
    ("cloudtrail_s3_dataevents_write_enabled", "", FAIL),
    ("cloudwatch_log_metric_filter_root_usage", "", FAIL),
    ("cloudwatch_log_metric_filter_sign_in_without_mfa", "", FAIL),
    ("cloudwatch_log_metric_filter_policy_changes", "", FAIL),
    ("cloudwatch_log_metric_filter_authentication_failures", "", FAIL),
    ("cloudwatch_log_metric_filter_unauthorized_api_calls", "", FAIL),
    ("cloudwatch_log_metric_filter_security_group_changes", "", FAIL),
    ("cloudwatch_log_metric_filter_for_s3_bucket_policy_changes", "", FAIL),
    ("cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk", "", FAIL),
    (
        "cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled",
        "",
        FAIL,
    ),
    (
        "cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled",
        "",
        FAIL,
    ),
    ("cloudwatch_changes_to_network_acls_alarm_configured", "", FAIL),
    ("cloudwatch_changes_to_network_gateways_alarm_configured", "", FAIL),
    ("cloudwatch_changes_to_network_route_tables_alarm_configured", "", FAIL),
    ("cloudwatch_changes_to_vpcs_alarm_configured", "", FAIL),
    ("config_recorder_all_regions_enabled", "", FAIL),
    ("guardduty_is_enabled", "", FAIL),
    ("securityhub_enabled", "", FAIL),
    ("organizations_account_part_of_organizations", "", FAIL),
    ("trustedadvisor_premium_support_plan_subscribed", "", FAIL),
]


@pytest.mark.parametrize(
    ("peer", "subject", "expected"), ROWS, ids=[f"{peer}-{who}" for peer, who, _ in ROWS]
)
def test_the_stand_ins_say_of_a_situation_what_it_is(
    bare: Found, peer: str, subject: str, expected: Status
) -> None:
    assert said(bare, peer, subject) is expected
