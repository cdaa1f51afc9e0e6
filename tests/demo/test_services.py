"""Services on here and off there, with AWS's own words where there is nothing."""

import inspect
import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from botocore.exceptions import ClientError

from idkeep.demo import DemoServer
from idkeep.demo.estate_file import load
from idkeep.demo.overlay.answer import MODULES
from idkeep.demo.process import ESTATE
from idkeep.model.other_types import OTHER_TYPES

from .conftest import HOME, MANAGEMENT, PRODUCTION, SANDBOX, SECURITY, Connect

DAY = timedelta(days=1)


def refusal(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**given)
    return str(refused.value.response["Error"]["Code"])


def age(when: datetime) -> float:
    return (datetime.now(UTC) - when) / DAY


def test_every_declared_kind_is_one_that_its_service_answers_with() -> None:
    told = {(one.client, one.name.partition(":")[2]) for one in OTHER_TYPES.values()}
    for account in load(ESTATE).accounts.values():
        for service, things in account.things.items():
            if service not in MODULES:
                assert {(service, one.kind) for one in things} <= told
                continue
            source = inspect.getsource(import_module(f"idkeep.demo.overlay.{MODULES[service]}"))
            for thing in things:
                assert f'"{thing.kind}"' in source, (service, thing.kind)


def test_the_organisation_s_trail_is_seen_in_every_account_and_region(
    demo: DemoServer, connect: Connect
) -> None:
    for account in (MANAGEMENT, PRODUCTION):
        for region in (HOME, "us-east-1"):
            client = connect(demo, "cloudtrail", account=account, region=region)
            every = {one["Name"]: one for one in client.describe_trails()["trailList"]}
            trail = every["organization"]
            assert trail["IsOrganizationTrail"] is True
            assert set(every) == {"organization", *(["data"] if account == PRODUCTION else [])}
            status = client.get_trail_status(Name=trail["TrailARN"])
            assert status["IsLogging"] is True
    member = connect(demo, "cloudtrail", account=PRODUCTION, region=HOME)
    (own,) = member.describe_trails(includeShadowTrails=False)["trailList"]
    assert own["Name"] == "data"
    assert refusal(member.get_trail_status, Name="organization") == "TrailNotFoundException"
    lab = connect(demo, "cloudtrail", account=SANDBOX)
    names = {trail["Name"] for trail in lab.describe_trails()["trailList"]}
    assert names == {"lab", "organization"}
    stopped = lab.get_trail_status(Name="lab")
    assert stopped["IsLogging"] is False
    assert age(stopped["StopLoggingTime"]) == pytest.approx(210, abs=0.1)
    away = connect(demo, "cloudtrail", account=SANDBOX, region=HOME)
    assert {trail["Name"] for trail in away.describe_trails()["trailList"]} == {"organization"}


def test_config_tells_the_customer_s_recorder_from_a_service_s(
    demo: DemoServer, connect: Connect
) -> None:
    client = connect(demo, "config", account=SECURITY, region=HOME)
    own = client.describe_configuration_recorders()["ConfigurationRecorders"]
    assert [one["name"] for one in own] == ["default"]
    states = client.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert [(one["name"], one["recording"]) for one in states] == [("default", True)]
    theirs = client.describe_configuration_recorders(
        ServicePrincipal="observabilityadmin.amazonaws.com"
    )["ConfigurationRecorders"]
    assert [one["recordingScope"] for one in theirs] == ["INTERNAL"]
    off = connect(demo, "config", account=SANDBOX, region=HOME)
    assert off.describe_configuration_recorders()["ConfigurationRecorders"] == []
    named = {"ConfigurationRecorderNames": ["default"]}
    assert (
        refusal(off.describe_configuration_recorders, **named)
        == "NoSuchConfigurationRecorderException"
    )
    rules = connect(demo, "config", account=PRODUCTION, region=HOME).describe_config_rules()
    assert [rule.get("CreatedBy") for rule in rules["ConfigRules"]] == [
        None,
        "securityhub.amazonaws.com",
    ]


def test_guardduty_is_on_off_or_not_there(demo: DemoServer, connect: Connect) -> None:
    on = connect(demo, "guardduty", account=SECURITY, region=HOME)
    (detector,) = on.list_detectors()["DetectorIds"]
    said = on.get_detector(DetectorId=detector)
    assert said["Status"] == "ENABLED"
    assert age(datetime.fromisoformat(said["CreatedAt"])) == pytest.approx(700, abs=0.1)
    (finding,) = on.list_findings(DetectorId=detector)["FindingIds"]
    (whole,) = on.get_findings(DetectorId=detector, FindingIds=[finding])["Findings"]
    assert whole["Severity"] == 8.0
    off = connect(demo, "guardduty", account=SANDBOX)
    (stopped,) = off.list_detectors()["DetectorIds"]
    assert off.get_detector(DetectorId=stopped)["Status"] == "DISABLED"
    assert refusal(off.get_detector, DetectorId=detector) == "BadRequestException"
    nowhere = connect(demo, "guardduty", account=MANAGEMENT, region=HOME)
    assert nowhere.list_detectors()["DetectorIds"] == []
    member = connect(demo, "guardduty", account=PRODUCTION, region=HOME)
    (own,) = member.list_detectors()["DetectorIds"]
    assert member.get_administrator_account(DetectorId=own)["Administrator"]["AccountId"] == (
        SECURITY
    )
    assert on.get_administrator_account(DetectorId=detector)["Administrator"] == {}


def test_security_hub_of_both_generations(demo: DemoServer, connect: Connect) -> None:
    on = connect(demo, "securityhub", account=SECURITY, region=HOME)
    assert on.describe_hub()["AutoEnableControls"] is True
    assert on.describe_security_hub_v2()["HubV2Arn"]
    off = connect(demo, "securityhub", account=SANDBOX, region=HOME)
    for call in (off.describe_hub, off.get_findings, off.get_enabled_standards):
        assert refusal(call) == "InvalidAccessException"
    assert refusal(off.describe_security_hub_v2) == "ResourceNotFoundException"
    member = connect(demo, "securityhub", account=PRODUCTION, region=HOME)
    assert [one["GeneratorId"] for one in member.get_findings()["Findings"]] == [
        "security-control/IAM.4"
    ]


def test_analyzers_of_the_customer_and_of_aws(demo: DemoServer, connect: Connect) -> None:
    client = connect(demo, "accessanalyzer", account=SECURITY, region=HOME)
    found = {one["name"]: one for one in client.list_analyzers()["analyzers"]}
    assert found.keys() == {"inside", "organization", "unused"}
    external = client.list_findings(analyzerArn=found["organization"]["arn"])["findings"]
    assert [one["principal"] for one in external] == [{"AWS": "444455556666"}]
    assert client.list_findings(analyzerArn=found["unused"]["arn"])["findings"] == []
    unknown = f"arn:aws:access-analyzer:{HOME}:{SECURITY}:analyzer/none"
    assert refusal(client.list_findings_v2, analyzerArn=unknown) == "ResourceNotFoundException"
    (linked,) = connect(demo, "accessanalyzer", account=SANDBOX).list_analyzers()["analyzers"]
    assert linked["managedBy"] == "iam.amazonaws.com"


def test_what_is_not_subscribed_to_says_so(demo: DemoServer, connect: Connect) -> None:
    shield = connect(demo, "shield", account=PRODUCTION)
    assert shield.get_subscription_state()["SubscriptionState"] == "ACTIVE"
    assert [one["Name"] for one in shield.list_protections()["Protections"]] == ["shop"]
    without = connect(demo, "shield", account=SANDBOX)
    assert without.get_subscription_state()["SubscriptionState"] == "INACTIVE"
    assert refusal(without.describe_subscription) == "ResourceNotFoundException"
    assert refusal(without.list_protections) == "ResourceNotFoundException"
    fms = connect(demo, "fms", account=SANDBOX)
    # Firewall Manager's default administrator is the organisation's, whoever asks.
    assert fms.get_admin_account()["AdminAccount"] == SECURITY
    support = connect(demo, "support", account=PRODUCTION)
    assert (
        refusal(support.describe_trusted_advisor_checks, language="en")
        == "SubscriptionRequiredException"
    )
    advisor = connect(demo, "trustedadvisor", account=PRODUCTION)
    assert refusal(advisor.list_recommendations) == "AccessDeniedException"


def test_identity_facts_that_only_iam_s_newer_calls_tell(
    demo: DemoServer, connect: Connect
) -> None:
    sandbox = connect(demo, "iam", account=SANDBOX)
    kept = sandbox.list_service_specific_credentials(AllUsers=True)["ServiceSpecificCredentials"]
    by_name = {one.get("ServiceCredentialAlias", one["UserName"]): one for one in kept}
    assert {name: one["Status"] for name, one in by_name.items()} == {
        "notebook": "Expired",
        "forever": "Active",
        "month": "Active",
        "git-01": "Active",
        "cassandra": "Inactive",
    }
    assert "ExpirationDate" not in by_name["forever"]
    mine = sandbox.list_service_specific_credentials(UserName="data-01")
    assert len(mine["ServiceSpecificCredentials"]) == 1
    keys = sandbox.list_ssh_public_keys(UserName="git-01")["SSHPublicKeys"]
    assert [one["Status"] for one in keys] == ["Active", "Inactive"]
    (certificate,) = sandbox.list_signing_certificates(UserName="git-02")["Certificates"]
    assert age(certificate["UploadDate"]) == pytest.approx(450, abs=0.1)
    role = sandbox.get_role(RoleName="LambdaLogger")["Role"]
    assert role["SourceRoleTemplate"]["TemplateMinorVersion"] == 2
    assert refusal(sandbox.get_account_password_policy) == "NoSuchEntity"
    asked = sandbox.list_delegation_requests()["DelegationRequests"]
    assert {one["State"] for one in asked} == {"PENDING_APPROVAL", "ACCEPTED"}
    off = connect(demo, "iam", account=PRODUCTION)
    assert refusal(off.get_outbound_web_identity_federation_info) == "FeatureDisabled"


def test_service_last_accessed_is_a_job(demo: DemoServer, connect: Connect) -> None:
    iam = connect(demo, "iam", account=SANDBOX)
    arn = f"arn:aws:iam::{SANDBOX}:user/service/bot-terraform"
    job = iam.generate_service_last_accessed_details(Arn=arn)["JobId"]
    found = iam.get_service_last_accessed_details(JobId=job)["ServicesLastAccessed"]
    used = {one["ServiceNamespace"]: one.get("LastAuthenticated") for one in found}
    assert used["lambda"] is None
    assert age(used["ec2"]) == pytest.approx(30, abs=0.1)
    nobody = f"arn:aws:iam::{SANDBOX}:user/nobody"
    assert refusal(iam.generate_service_last_accessed_details, Arn=nobody) == "NoSuchEntity"


def test_root_users_good_and_bad(demo: DemoServer, connect: Connect) -> None:
    def root(account: str) -> tuple[int, int, int, int]:
        said = connect(demo, "iam", account=account).get_account_summary()["SummaryMap"]
        return (
            said["AccountPasswordPresent"],
            said["AccountAccessKeysPresent"],
            said["AccountSigningCertificatesPresent"],
            said["AccountMFAEnabled"],
        )

    assert root(MANAGEMENT) == (1, 1, 1, 0)
    assert root(SECURITY) == (0, 0, 0, 0)
    assert root(PRODUCTION) == (1, 1, 0, 1)
    assert root(SANDBOX) == (1, 0, 0, 1)


def test_metric_filters_alarms_and_who_hears_them(demo: DemoServer, connect: Connect) -> None:
    where = {"account": MANAGEMENT, "region": HOME}
    (found,) = connect(demo, "logs", **where).describe_metric_filters()["metricFilters"]
    assert (found["filterName"], found["logGroupName"]) == ("root-used", "organization-trail")
    (alarm,) = connect(demo, "cloudwatch", **where).describe_alarms()["MetricAlarms"]
    (topic,) = alarm["AlarmActions"]
    sns = connect(demo, "sns", **where)
    (listener,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert listener["Endpoint"] == "security@larkfield.example"


def test_resource_policies_come_back_letter_by_letter(demo: DemoServer, connect: Connect) -> None:
    where = {"account": PRODUCTION, "region": HOME}
    declared = {
        (made.call, made.given.get("Bucket") or made.given.get("SecretId")): made.given
        for made in load(ESTATE).accounts[PRODUCTION].made
    }
    s3 = connect(demo, "s3", **where)
    bucket = "larkfield-partner-drop"
    assert (
        s3.get_bucket_policy(Bucket=bucket)["Policy"]
        == declared["s3:PutBucketPolicy", bucket]["Policy"]
    )
    secrets = connect(demo, "secretsmanager", **where)
    which = {"SecretId": "shop/payment"}
    assert (
        secrets.get_resource_policy(**which)["ResourcePolicy"]
        == declared["secretsmanager:PutResourcePolicy", "shop/payment"]["ResourcePolicy"]
    )
    names = secrets.list_resource_policies(**which)["ResourcePolicies"]
    assert [one["PolicyName"] for one in names] == ["default", "partner"]
    kms = connect(demo, "kms", **where)
    (key,) = kms.list_keys()["Keys"]
    to_partner, to_service = kms.list_grants(KeyId=key["KeyId"])["Grants"]
    assert to_partner["GranteePrincipal"] == "arn:aws:iam::444455556666:role/importer"
    assert to_service["GranteeServicePrincipal"] == "backup.amazonaws.com"
    assert json.loads(kms.get_key_policy(KeyId=key["KeyId"])["Policy"])["Statement"]
    sqs = connect(demo, "sqs", **where)
    (queue,) = sqs.list_queues()["QueueUrls"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])["Attributes"]
    assert "sns.amazonaws.com" in attributes["Policy"]
    functions = connect(demo, "lambda", **where)
    policy = functions.get_policy(FunctionName="search-indexer")["Policy"]
    assert json.loads(policy)["Statement"][0]["Principal"] == "*"
    (url,) = functions.list_function_url_configs(FunctionName="search-indexer")[
        "FunctionUrlConfigs"
    ]
    assert url["AuthType"] == "NONE"
    ecr = connect(demo, "ecr", **where).get_repository_policy(repositoryName="shop")
    assert SANDBOX in ecr["policyText"]
    table = f"arn:aws:dynamodb:{HOME}:{PRODUCTION}:table/carts"
    dynamodb = connect(demo, "dynamodb", **where).get_resource_policy(ResourceArn=table)
    assert SECURITY in dynamodb["Policy"]
    buses = connect(demo, "events", **where).list_event_buses()["EventBuses"]
    assert {bus["Name"]: "Policy" in bus for bus in buses} == {"default": False, "shop": True}
    logs = connect(demo, "logs", **where).describe_resource_policies()["resourcePolicies"]
    assert [one["policyName"] for one in logs] == ["es", "dns"]
    control = connect(demo, "s3control", **where)
    points = control.list_access_points(AccountId=PRODUCTION)["AccessPointList"]
    assert [point["Name"] for point in points] == ["scans-partner", "scans-internal"]
    which = {"AccountId": PRODUCTION, "Name": "scans-partner"}
    assert "444455556666" in control.get_access_point_policy(**which)["Policy"]
    closed = {"AccountId": PRODUCTION, "Name": "scans-internal"}
    assert refusal(control.get_access_point_policy, **closed) == "NoSuchAccessPointPolicy"
    assert (
        refusal(control.get_public_access_block, AccountId=PRODUCTION)
        == "NoSuchPublicAccessBlockConfiguration"
    )
