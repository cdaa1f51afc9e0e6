"""What the estate declares is what boto3 reads."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from idkeep.demo import DemoServer, running

from .conftest import Connect, clients

DAY = timedelta(days=1)
# The server's ages are those at its start, which may have been hours ago; in days.
LATER = 0.1


def report(iam: Any) -> dict[str, dict[str, str]]:
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    text = iam.get_credential_report()["Content"].decode()
    return {row["user"]: row for row in csv.DictReader(io.StringIO(text))}


def days(text: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(text)) / DAY


def everything(iam: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for page in iam.get_paginator("get_account_authorization_details").paginate():
        for name, value in page.items():
            if isinstance(value, list):
                found.setdefault(name, []).extend(value)
    return found


def test_ages_in_the_report_are_those_declared(demo: DemoServer, connect: Connect) -> None:
    rows = report(connect(demo, "iam"))
    deploy = rows["ci-deploy"]
    rotated, used = (
        days(deploy[f"access_key_1_{one}"]) for one in ("last_rotated", "last_used_date")
    )
    assert rotated == pytest.approx(398, abs=LATER)
    assert rotated - used == pytest.approx(398 - 0.04, abs=0.0001)
    assert deploy["access_key_1_last_used_service"] == "cloudformation"
    assert days(rows["ingrid.solberg"]["password_last_changed"]) == pytest.approx(610, abs=LATER)


def test_the_report_has_aws_words_for_what_is_not_there(demo: DemoServer, connect: Connect) -> None:
    rows = report(connect(demo, "iam"))
    assert len(rows["<root_account>"]) == 22
    root = rows["<root_account>"]
    assert (root["password_enabled"], root["password_last_changed"]) == ("not_supported",) * 2
    assert days(root["password_last_used"]) == pytest.approx(3, abs=LATER)
    assert root["mfa_active"] == "true"
    never = rows["crm-export"]
    assert (never["password_enabled"], never["password_last_used"]) == ("false", "N/A")
    assert never["access_key_1_active"] == "true"
    assert never["access_key_1_last_used_date"] == "N/A"
    assert rows["jonas.weber"]["password_last_used"] == "no_information"
    gone = rows["sofia.marchetti"]
    assert (gone["password_enabled"], gone["password_last_changed"]) == ("false", "N/A")
    assert days(gone["password_last_used"]) == pytest.approx(210, abs=LATER)


def test_a_new_member_account_has_no_root_credentials(
    crowded: DemoServer, connect: Connect
) -> None:
    iam = connect(crowded, "iam")
    root = report(iam)["<root_account>"]
    summary = iam.get_account_summary()["SummaryMap"]
    assert (root["password_enabled"], root["mfa_active"]) == ("false", "false")
    assert summary["AccountPasswordPresent"] == summary["AccountMFAEnabled"] == 0
    assert summary["AccountAccessKeysPresent"] == 0


def test_a_report_knows_nothing_younger_than_itself(crowded: DemoServer, connect: Connect) -> None:
    iam = connect(crowded, "iam")
    assert iam.generate_credential_report()["State"] == "COMPLETE"
    answer = iam.get_credential_report()
    row = report(iam)["newcomer"]
    made = answer["GeneratedTime"]
    assert timedelta(0) <= datetime.now(UTC) - made - timedelta(hours=1) < LATER * DAY
    assert datetime.fromisoformat(row["access_key_1_last_used_date"]) <= made
    assert row["access_key_2_active"] == "false"


def test_a_report_stays_as_it_was_when_the_account_changes(
    crowded: DemoServer, connect: Connect
) -> None:
    iam = connect(crowded, "iam")
    iam.create_user(UserName="after-the-report")
    try:
        assert "after-the-report" not in report(iam)
    finally:
        iam.delete_user(UserName="after-the-report")


def test_paging_loses_and_repeats_nothing(crowded: DemoServer, connect: Connect) -> None:
    crowded.forget()
    found = everything(connect(crowded, "iam"))
    users = [user["UserName"] for user in found["UserDetailList"]]
    assert len(users) == len(set(users)) == 250
    assert len(found["RoleDetailList"]) == 120
    assert crowded.requests() == ["iam:GetAccountAuthorizationDetails"] * 4


def test_pages_are_as_long_as_asked_for(crowded: DemoServer, connect: Connect) -> None:
    iam = connect(crowded, "iam")
    page = iam.get_account_authorization_details(Filter=["Role"], MaxItems=7)
    assert (len(page["RoleDetailList"]), page["UserDetailList"]) == (7, [])
    assert page["IsTruncated"]
    devices = iam.list_virtual_mfa_devices(AssignmentStatus="Assigned", MaxItems=1000)
    assert not devices["IsTruncated"]
    assert len(devices["VirtualMFADevices"]) == 125
    spare = iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"]
    assert [sorted(device) for device in spare] == [["SerialNumber"]]


def test_only_aws_policies_in_use_are_listed(demo: DemoServer, connect: Connect) -> None:
    policies = everything(connect(demo, "iam"))["Policies"]
    by_name = {policy["PolicyName"]: policy for policy in policies}
    assert by_name["AdministratorAccess"]["AttachmentCount"] == 4
    assert by_name["AdministratorAccess"]["Arn"] == "arn:aws:iam::aws:policy/AdministratorAccess"
    assert by_name["OldWarehouseAccess"]["AttachmentCount"] == 0
    assert by_name["EngineeringBoundary"]["PermissionsBoundaryUsageCount"] == 5
    assert by_name["DeployShop"]["DefaultVersionId"] == "v2"
    assert [v["VersionId"] for v in by_name["DeployShop"]["PolicyVersionList"]] == ["v2", "v1"]
    assert len(policies) == 17


def test_a_filter_leaves_the_other_lists_empty(demo: DemoServer, connect: Connect) -> None:
    iam = connect(demo, "iam")
    page = iam.get_account_authorization_details(Filter=["AWSManagedPolicy", "Group"])
    assert {policy["Arn"][:13] for policy in page["Policies"]} == {"arn:aws:iam::"}
    assert all("iam::aws:" in policy["Arn"] for policy in page["Policies"])
    assert (page["UserDetailList"], page["RoleDetailList"]) == ([], [])
    assert len(page["GroupDetailList"]) == 3


def test_users_and_roles_come_whole(demo: DemoServer, connect: Connect) -> None:
    found = everything(connect(demo, "iam"))
    users = {user["UserName"]: user for user in found["UserDetailList"]}
    roles = {role["RoleName"]: role for role in found["RoleDetailList"]}
    li = users["li.na"]
    assert li["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("/EngineeringBoundary")
    assert {"Key": "Owner", "Value": "李娜"} in li["Tags"]
    assert li["GroupList"] == ["Engineering"]
    assert "UserPolicyList" not in li
    statement = users["warehouse-scanner"]["UserPolicyList"][0]["PolicyDocument"]["Statement"]
    assert statement[0]["Sid"] == "PutScans"
    linked = roles["AWSServiceRoleForSupport"]
    assert linked["Path"] == "/aws-service-role/support.amazonaws.com/"
    assert linked["Arn"].endswith(":role" + linked["Path"] + "AWSServiceRoleForSupport")
    assert roles["shop-server"]["InstanceProfileList"][0]["Roles"][0]["RoleName"] == "shop-server"
    assert roles["shop-server"]["RoleLastUsed"]["Region"] == "eu-north-1"
    assert roles["vendor-monitoring"]["RoleLastUsed"] == {}


def test_summary_counts_what_is_there(demo: DemoServer, connect: Connect) -> None:
    summary = connect(demo, "iam").get_account_summary()["SummaryMap"]
    assert (summary["Users"], summary["Groups"], summary["Policies"]) == (12, 3, 6)
    assert (summary["AccountMFAEnabled"], summary["AccountAccessKeysPresent"]) == (1, 1)
    assert (summary["PolicyVersionsInUse"], summary["MFADevicesInUse"]) == (7, 6)
    assert len(summary) == 34


def test_root_s_virtual_device_names_root(demo: DemoServer, connect: Connect) -> None:
    devices = connect(demo, "iam").list_virtual_mfa_devices()["VirtualMFADevices"]
    owners = {device["SerialNumber"]: device["User"]["Arn"] for device in devices}
    root = "arn:aws:iam::111122223333:root"
    assert owners["arn:aws:iam::111122223333:mfa/root-account-mfa-device"] == root
    assert len(owners) == 3


def test_contacts_and_password_policy(
    demo: DemoServer, crowded: DemoServer, connect: Connect
) -> None:
    account = connect(demo, "account")
    contact = account.get_contact_information()["ContactInformation"]
    assert contact["FullName"] == "Ingrid Solberg"
    with pytest.raises(ClientError) as absent:
        account.get_alternate_contact(AlternateContactType="SECURITY")
    assert absent.value.response["Error"]["Code"] == "ResourceNotFoundException"
    policy = connect(demo, "iam").get_account_password_policy()["PasswordPolicy"]
    assert (policy["MinimumPasswordLength"], policy["PasswordReusePrevention"]) == (8, 5)
    assert "MaxPasswordAge" not in policy
    with pytest.raises(ClientError) as none:
        connect(crowded, "iam").get_account_password_policy()
    assert none.value.response["Error"]["Code"] == "NoSuchEntity"
    assert none.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize(
    ("principal", "arn"),
    [
        ("auditor", "arn:aws:sts::111122223333:assumed-role/idkeep-auditor/idkeep"),
        ("root", "arn:aws:iam::111122223333:root"),
        ("ci-deploy", "arn:aws:iam::111122223333:user/service/ci-deploy"),
    ],
)
def test_sts_knows_who_asks(demo: DemoServer, connect: Connect, principal: str, arn: str) -> None:
    answer = connect(demo, "sts", principal).get_caller_identity()
    assert (answer["Arn"], answer["Account"]) == (arn, demo.account)


def test_odd_but_legal_names_travel_unharmed(odd: DemoServer, connect: Connect) -> None:
    found = everything(connect(odd, "iam"))
    user = found["UserDetailList"][0]
    assert user["Path"] == "/<script>alert(1)</script>/"
    arn = "arn:aws-us-gov:iam::999999999999:user/<script>alert(1)</script>/=cmd+1@x.y,-_"
    assert user["Arn"] == arn
    assert {tag["Key"]: tag["Value"] for tag in user["Tags"]} == {
        "Ключ": "\u202ervalue\u200f",
        "empty": "",
    }
    assert user["UserPolicyList"][0]["PolicyName"] == "a=b"
    assert user["UserPolicyList"][0]["PolicyDocument"]["Id"] == "50%/é & <x>"
    assert found["Policies"][0]["Arn"] == "arn:aws-us-gov:iam::aws:policy/ReadOnlyAccess"
    assert found["Policies"][0]["AttachmentCount"] == 0
    contact = connect(odd, "account").get_contact_information()["ContactInformation"]
    assert contact["FullName"] == "\u202eIngrid & \u200fRón <b>"


def test_another_partition_has_its_own_region_and_arns(odd: DemoServer, connect: Connect) -> None:
    assert odd.region == "us-gov-west-1"
    root = connect(odd, "sts", "root").get_caller_identity()
    assert root["Arn"] == "arn:aws-us-gov:iam::999999999999:root"
    assert "=cmd" in report(connect(odd, "iam"))["=cmd+1@x.y,-_"]["arn"]


def test_two_servers_make_up_the_same_ids(demo: DemoServer, connect: Connect) -> None:
    with running() as other, clients() as connect_other:
        ids = [
            {
                item[word]
                for name, items in everything(iam).items()
                for item in items
                for word in ("UserId", "GroupId", "RoleId", "PolicyId")
                if word in item
            }
            for iam in (connect(demo, "iam"), connect_other(other, "iam"))
        ]
        keys = [
            [server.environment(name)["AWS_ACCESS_KEY_ID"] for name in server.principals]
            for server in (demo, other)
        ]
    assert ids[0] == ids[1]
    assert keys[0] == keys[1]
    assert {word[:4] for word in ids[0]} == {"AIDA", "AGPA", "AROA", "ANPA"}
    assert {len(word) for word in ids[0]} == {21}
