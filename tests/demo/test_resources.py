"""Resources that moto has no place for: shares, APIs, identity pools, tags that count."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from idkeep.demo import DemoServer

from .conftest import HOME, PRODUCTION, SANDBOX, SECURITY, Connect


def test_a_share_is_seen_by_whom_it_names_and_by_nobody_else(
    demo: DemoServer, connect: Connect
) -> None:
    def shares(account: str, owner: str, region: str = HOME) -> set[str]:
        ram = connect(demo, "ram", account=account, region=region)
        found = ram.get_resource_shares(resourceOwner=owner)["resourceShares"]
        return {share["name"] for share in found}

    assert shares(PRODUCTION, "SELF") == {"network", "agency"}
    assert shares(PRODUCTION, "OTHER-ACCOUNTS") == {"resolver-rules"}
    assert shares(SANDBOX, "OTHER-ACCOUNTS") == {"network", "resolver-rules"}
    assert shares(SECURITY, "OTHER-ACCOUNTS") == set()
    assert shares(PRODUCTION, "SELF", "us-east-1") == set()


def test_what_is_shared_and_with_whom(demo: DemoServer, connect: Connect) -> None:
    own = connect(demo, "ram", account=PRODUCTION, region=HOME)
    external = {
        one["id"]: one["external"]
        for one in own.list_principals(resourceOwner="SELF")["principals"]
    }
    assert external == {SANDBOX: False, "444455556666": True}
    (subnet,) = own.list_resources(resourceOwner="SELF", resourceType="ec2:Subnet")["resources"]
    assert f":{PRODUCTION}:subnet/" in subnet["arn"]
    other = connect(demo, "ram", account=SANDBOX, region=HOME)
    owners = other.list_principals(resourceOwner="OTHER-ACCOUNTS")["principals"]
    assert {one["id"] for one in owners} == {PRODUCTION, SECURITY}


def test_an_api_s_policy_comes_escaped_as_from_aws(demo: DemoServer, connect: Connect) -> None:
    client = connect(demo, "apigateway", account=PRODUCTION, region=HOME)
    apis = {api["name"]: api for api in client.get_rest_apis()["items"]}
    assert apis["warehouse"]["endpointConfiguration"]["types"] == ["PRIVATE"]
    assert apis["orders"]["policy"].startswith('{\\"Version\\"')
    assert json.loads(json.loads(f'"{apis["orders"]["policy"]}"'))["Statement"]
    page = client.get_rest_apis(limit=1)
    rest = client.get_rest_apis(limit=1, position=page["position"])
    assert {api["name"] for api in (*page["items"], *rest["items"])} == set(apis)


def test_tags_count_where_it_was_declared(demo: DemoServer, connect: Connect) -> None:
    s3 = connect(demo, "s3", account=PRODUCTION, region=HOME)

    def status(bucket: str) -> Any:
        return s3.get_bucket_abac(Bucket=bucket)["AbacStatus"]["Status"]

    assert (status("larkfield-invoices"), status("larkfield-scans")) == ("Enabled", "Disabled")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        status("larkfield-nowhere")


def test_a_log_group_s_policy_is_its_own(demo: DemoServer, connect: Connect) -> None:
    logs = connect(demo, "logs", account=PRODUCTION, region=HOME)
    group = f"arn:aws:logs:{HOME}:{PRODUCTION}:log-group:/shop/web"
    (own,) = logs.describe_resource_policies(policyScope="RESOURCE", resourceArn=group)[
        "resourcePolicies"
    ]
    assert (own["policyName"], own["resourceArn"]) == ("delivery", group)


@pytest.mark.parametrize(
    ("grouped_by", "member", "group"),
    [
        ("ACCOUNT", "GroupedByAccount", {"AccountId": PRODUCTION}),
        ("SEVERITY", "GroupedBySeverity", {"Severity": 8.0}),
        (
            "FINDING_TYPE",
            "GroupedByFindingType",
            {"FindingType": "UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.OutsideAWS"},
        ),
        ("RESOURCE", "GroupedByResource", {"ResourceType": "AccessKey"}),
        ("DATE", "GroupedByDate", {"Severity": 8.0}),
    ],
)
def test_findings_are_counted_by_each_of_aws_s_groups(
    demo: DemoServer, connect: Connect, grouped_by: str, member: str, group: dict[str, Any]
) -> None:
    client = connect(demo, "guardduty", account=SECURITY, region=HOME)
    (detector,) = client.list_detectors()["DetectorIds"]
    said = client.get_findings_statistics(DetectorId=detector, GroupBy=grouped_by)
    (counted,) = said["FindingStatistics"][member]
    assert counted["TotalFindings"] == 1
    assert group.items() <= counted.items()
