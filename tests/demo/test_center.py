"""The declared Identity Center comes back: people, groups, permission sets, who has them where."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from idkeep.demo import DemoServer
from idkeep.demo.declared.center import Center
from idkeep.demo.estate_file import load
from idkeep.demo.process import ESTATE

from .conftest import HOME, MANAGEMENT, PRODUCTION, SANDBOX, Connect

NOT_PROVISIONED = {"ProvisioningStatus": "LATEST_PERMISSION_SET_NOT_PROVISIONED"}


@pytest.fixture(scope="module")
def declared() -> Center:
    return load(ESTATE).centers[0]


@pytest.fixture
def sso(demo: DemoServer, connect: Connect) -> Any:
    return connect(demo, "sso-admin", account=MANAGEMENT, region=HOME)


@pytest.fixture
def store(demo: DemoServer, connect: Connect) -> Any:
    return connect(demo, "identitystore", account=MANAGEMENT, region=HOME)


@pytest.fixture
def instance(sso: Any) -> dict[str, str]:
    return {"InstanceArn": sso.list_instances()["Instances"][0]["InstanceArn"]}


def sets(sso: Any, instance: dict[str, str]) -> dict[str, dict[str, str]]:
    """By name, what further questions about one need."""
    found = {}
    for arn in sso.list_permission_sets(**instance)["PermissionSets"]:
        given = {**instance, "PermissionSetArn": arn}
        found[sso.describe_permission_set(**given)["PermissionSet"]["Name"]] = given
    return found


def test_one_instance_is_seen_in_its_regions_and_by_all_regions(
    demo: DemoServer, connect: Connect, sso: Any, instance: dict[str, str]
) -> None:
    copy = connect(demo, "sso-admin", account=MANAGEMENT, region="eu-west-1")
    elsewhere = connect(demo, "sso-admin", account=MANAGEMENT)
    assert copy.list_instances()["Instances"][0]["InstanceArn"] == instance["InstanceArn"]
    assert elsewhere.list_instances()["Instances"] == []
    everywhere = elsewhere.list_instances(RegionScope="ALL_REGIONS")["Instances"]
    assert [one["PrimaryRegion"] for one in everywhere] == [HOME]
    said = sso.describe_instance(**instance)
    assert said["PermissionSetsEnabled"] is True
    assert [one["RegionName"] for one in said["Regions"]] == [HOME, "eu-west-1"]


def test_a_member_sees_the_instance_and_may_not_ask_about_it(
    demo: DemoServer, connect: Connect, instance: dict[str, str]
) -> None:
    member = connect(demo, "sso-admin", account=PRODUCTION, region=HOME)
    assert [one["InstanceArn"] for one in member.list_instances()["Instances"]] == [
        instance["InstanceArn"]
    ]
    with pytest.raises(ClientError, match="AccessDeniedException"):
        member.list_permission_sets(**instance)


def test_every_permission_set_comes_back(
    sso: Any, instance: dict[str, str], declared: Center
) -> None:
    found = sets(sso, instance)
    assert found.keys() == {one.name for one in declared.permission_sets}
    for one in declared.permission_sets:
        given = found[one.name]
        said = sso.describe_permission_set(**given)["PermissionSet"]
        assert said["SessionDuration"] == one.session
        assert said.get("RelayState") == one.relay_state
        assert sso.get_inline_policy_for_permission_set(**given)["InlinePolicy"] == one.inline
        managed = sso.list_managed_policies_in_permission_set(**given)["AttachedManagedPolicies"]
        start = "arn:aws:iam::aws:policy/"
        assert [policy["Arn"].removeprefix(start) for policy in managed] == list(one.managed)
        tags = sso.list_tags_for_resource(**instance, ResourceArn=given["PermissionSetArn"])
        assert {tag["Key"]: tag["Value"] for tag in tags["Tags"]} == one.tags


def test_one_set_was_edited_and_not_provisioned_again(sso: Any, instance: dict[str, str]) -> None:
    stale = {
        name: sso.list_accounts_for_provisioned_permission_set(**given, **NOT_PROVISIONED)[
            "AccountIds"
        ]
        for name, given in sets(sso, instance).items()
    }
    assert {name: accounts for name, accounts in stale.items() if accounts} == {
        "Developer": [SANDBOX]
    }


def test_a_set_without_a_boundary_has_none_by_an_error(sso: Any, instance: dict[str, str]) -> None:
    found = sets(sso, instance)
    call = sso.get_permissions_boundary_for_permission_set
    own = call(**found["Developer"])["PermissionsBoundary"]
    assert own["CustomerManagedPolicyReference"]["Name"] == "EngineeringBoundary"
    assert call(**found["Auditor"])["PermissionsBoundary"]["ManagedPolicyArn"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        call(**found["Billing"])


def test_people_groups_and_assignments_come_back(
    sso: Any, store: Any, instance: dict[str, str], declared: Center
) -> None:
    which = {"IdentityStoreId": declared.store}
    people = {one["UserId"]: one for one in store.list_users(**which)["Users"]}
    assert {one["UserName"] for one in people.values()} == {user.name for user in declared.users}
    disabled = {one["UserName"] for one in people.values() if one["UserStatus"] == "DISABLED"}
    assert disabled == {"karl.berg"}
    by_hand = {one["UserName"] for one in people.values() if "ExternalIds" not in one}
    assert by_hand == {"ingrid.solberg", "contractor.one"}
    groups = {one["GroupId"]: one["DisplayName"] for one in store.list_groups(**which)["Groups"]}
    for group in declared.groups:
        (key,) = (one for one, name in groups.items() if name == group.name)
        inside = store.list_group_memberships(**which, GroupId=key)["GroupMemberships"]
        names = [people[one["MemberId"]["UserId"]]["UserName"] for one in inside]
        assert names == list(group.members)
    everybody = groups | {key: one["UserName"] for key, one in people.items()}
    found = set()
    for name, given in sets(sso, instance).items():
        for account in sso.list_accounts_for_provisioned_permission_set(**given)["AccountIds"]:
            answer = sso.list_account_assignments(**given, AccountId=account)
            found |= {
                (name, account, everybody[one["PrincipalId"]])
                for one in answer["AccountAssignments"]
            }
    assert found == {
        (one.set, account, one.group or one.user)
        for one in declared.assignments
        for account in one.accounts
    }


def test_a_user_s_assignments_are_those_of_the_groups_too(
    sso: Any, store: Any, instance: dict[str, str], declared: Center
) -> None:
    people = store.list_users(IdentityStoreId=declared.store)["Users"]
    (amara,) = (one["UserId"] for one in people if one["UserName"] == "amara.okafor")
    answer = sso.list_account_assignments_for_principal(
        **instance, PrincipalId=amara, PrincipalType="USER", Filter={"AccountId": PRODUCTION}
    )
    assert len(answer["AccountAssignments"]) == 2
    assert {one["PrincipalType"] for one in answer["AccountAssignments"]} == {"GROUP"}


def test_entitlements_of_account_access_come_back(
    demo: DemoServer, connect: Connect, declared: Center
) -> None:
    client = connect(demo, "account-access", account=MANAGEMENT, region=HOME)
    (application,) = client.list_applications()["applications"]
    which = {"applicationArn": application["applicationArn"]}
    found = client.list_entitlements(**which, filter={"principalRole": {"account": SANDBOX}})
    roles = [one["entitlement"]["principalRole"]["roleArn"] for one in found["entitlements"]]
    assert roles == [one.role for one in declared.entitlements]
    none = client.list_entitlements(**which, filter={"principalRole": {"account": PRODUCTION}})
    assert none["entitlements"] == []


def test_pages_are_cut_as_asked(sso: Any, instance: dict[str, str]) -> None:
    page = sso.list_permission_sets(**instance, MaxResults=2)
    rest = sso.list_permission_sets(**instance, MaxResults=100, NextToken=page["NextToken"])
    assert (len(page["PermissionSets"]), len(rest["PermissionSets"])) == (2, 3)
    assert "NextToken" not in rest
