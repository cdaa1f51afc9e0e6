"""The declared organisation, as its management account, its deputies and its members see it."""

from time import sleep
from typing import Any

import pytest
from botocore.exceptions import ClientError

from idkeep.demo import DemoServer
from idkeep.demo.declared.estate import Estate
from idkeep.demo.declared.organization import Organization
from idkeep.demo.estate_file import load
from idkeep.demo.process import ESTATE

from .conftest import MANAGEMENT, PRODUCTION, SANDBOX, SECURITY, SUSPENDED, Connect


@pytest.fixture(scope="module")
def declared() -> Organization:
    estate = load(ESTATE)
    assert isinstance(estate, Estate)
    assert estate.organization is not None
    return estate.organization


@pytest.fixture
def manager(demo: DemoServer, connect: Connect) -> Any:
    return connect(demo, "organizations", account=MANAGEMENT)


def every(client: Any, operation: str, into: str, **given: Any) -> list[dict[str, Any]]:
    """All pages, two to a page."""
    found: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = getattr(client, operation)(**given, MaxResults=2, **token)
        found += page[into]
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def code_of(call: Any, **given: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**given)
    return str(refused.value.response["Error"]["Code"])


def units(client: Any, parent: str, path: str = "") -> dict[str, str]:
    """Path to id, from the root down."""
    found = {path or "/": parent}
    for unit in every(
        client, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent
    ):
        found |= units(client, unit["Id"], f"{path}/{unit['Name']}")
    return found


def test_every_account_and_unit_comes_back_where_it_was_declared(
    manager: Any, declared: Organization
) -> None:
    accounts = {one["Id"]: one for one in every(manager, "list_accounts", "Accounts")}
    assert accounts.keys() == {member.id for member in declared.members}
    assert accounts[SUSPENDED]["State"] == "SUSPENDED"
    ids = units(manager, declared.root)
    assert ids.keys() == {"/", *declared.units}
    for member in declared.members:
        one = accounts[member.id]
        assert (one["Name"], one["Email"]) == (member.name, member.email)
        assert one["Paths"][0].endswith(f"{ids[member.unit]}/{member.id}/")
        there = every(manager, "list_accounts_for_parent", "Accounts", ParentId=ids[member.unit])
        assert member.id in {account["Id"] for account in there}


def test_policies_of_every_type_come_back_with_their_targets(
    manager: Any, declared: Organization
) -> None:
    model = manager.meta.service_model.shape_for("PolicyType")
    ids = units(manager, declared.root)
    found = {}
    for kind in model.enum:
        for policy in every(manager, "list_policies", "Policies", Filter=kind):
            content = manager.describe_policy(PolicyId=policy["Id"])["Policy"]["Content"]
            targets = every(manager, "list_targets_for_policy", "Targets", PolicyId=policy["Id"])
            found[policy["Name"]] = (content, {one["TargetId"] for one in targets})
    for said in declared.policies:
        where = {ids.get(target, target) for target in said.attached}
        assert found[said.name] == (said.content, where)
    everywhere = {*ids.values(), *(member.id for member in declared.members)}
    assert found["FullAWSAccess"][1] == found["RCPFullAWSAccess"][1] == everywhere
    assert {policy.type for policy in declared.policies} <= set(model.enum)


def test_an_account_s_policies_are_those_attached_to_it_alone(manager: Any) -> None:
    def names(target: str, kind: str) -> set[str]:
        given = {"TargetId": target, "Filter": kind}
        found = every(manager, "list_policies_for_target", "Policies", **given)
        return {policy["Name"] for policy in found}

    assert names(PRODUCTION, "BACKUP_POLICY") == {"NightlyBackups"}
    assert names(PRODUCTION, "SERVICE_CONTROL_POLICY") == {"FullAWSAccess"}
    assert names("r-lark", "SERVICE_CONTROL_POLICY") == {"FullAWSAccess", "KeepTheTrail"}


def test_deputies_trusted_services_and_handshakes_come_back(
    manager: Any, declared: Organization
) -> None:
    deputies = every(manager, "list_delegated_administrators", "DelegatedAdministrators")
    assert [one["Id"] for one in deputies] == [SECURITY]
    services = every(
        manager, "list_delegated_services_for_account", "DelegatedServices", AccountId=SECURITY
    )
    assert {one["ServicePrincipal"] for one in services} == set(declared.delegated[0].services)
    trusted = every(manager, "list_aws_service_access_for_organization", "EnabledServicePrincipals")
    assert {one["ServicePrincipal"] for one in trusted} == {
        one.service for one in declared.trusted_access
    }
    assert [one["State"] for one in manager.list_handshakes_for_organization()["Handshakes"]] == [
        "OPEN"
    ]
    assert manager.describe_resource_policy()["ResourcePolicy"]["Content"] == (
        declared.resource_policy
    )
    assert (
        code_of(manager.list_delegated_services_for_account, AccountId=PRODUCTION)
        == "AccountNotRegisteredException"
    )


def test_an_effective_policy_that_is_wrong_names_its_account(manager: Any) -> None:
    kind = {"PolicyType": "TAG_POLICY"}
    wrong = every(manager, "list_accounts_with_invalid_effective_policy", "Accounts", **kind)
    assert [one["Id"] for one in wrong] == [SANDBOX]
    errors = manager.list_effective_policy_validation_errors(AccountId=SANDBOX, **kind)
    assert [one["ErrorCode"] for one in errors["EffectivePolicyValidationErrors"]] == [
        "ELEMENTS_TOO_MANY"
    ]
    absent = code_of(
        manager.describe_effective_policy, PolicyType="CHATBOT_POLICY", TargetId=PRODUCTION
    )
    assert absent == "EffectivePolicyNotFoundException"


def test_members_are_refused_and_deputies_are_not(demo: DemoServer, connect: Connect) -> None:
    member = connect(demo, "organizations", account=PRODUCTION)
    assert code_of(member.list_accounts) == "AccessDeniedException"
    assert code_of(member.list_policies, Filter="TAG_POLICY") == "AccessDeniedException"
    assert member.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT
    assert member.describe_effective_policy(PolicyType="TAG_POLICY")["EffectivePolicy"]
    deputy = connect(demo, "organizations", account=SECURITY)
    assert len(deputy.list_accounts()["Accounts"]) == 5


def test_a_lone_account_is_in_no_organisation(odd: DemoServer, connect: Connect) -> None:
    client = connect(odd, "organizations")
    assert code_of(client.describe_organization) == "AWSOrganizationsNotInUseException"
    assert code_of(client.list_accounts) == "AWSOrganizationsNotInUseException"


def test_who_may_see_root_access_features(demo: DemoServer, connect: Connect) -> None:
    manager = connect(demo, "iam", account=MANAGEMENT)
    assert manager.list_organizations_features()["EnabledFeatures"] == ["RootCredentialsManagement"]
    member = connect(demo, "iam", account=PRODUCTION)
    assert (
        code_of(member.list_organizations_features)
        == "AccountNotManagementOrDelegatedAdministratorException"
    )


def test_a_manager_reads_the_contacts_of_members_but_not_its_own_by_id(
    demo: DemoServer, connect: Connect
) -> None:
    manager = connect(demo, "account", account=MANAGEMENT)
    assert manager.get_primary_email(AccountId=SECURITY)["PrimaryEmail"] == (
        "aws+security@larkfield.example"
    )
    said = manager.get_contact_information(AccountId=SECURITY)
    assert said["ContactInformation"]["FullName"] == "Noor Haddad"
    assert said["VerificationStatus"] == "UNVERIFIED"
    assert code_of(manager.get_contact_information, AccountId=MANAGEMENT) == "AccessDeniedException"
    member = connect(demo, "account", account=PRODUCTION)
    assert code_of(member.get_primary_email, AccountId=SECURITY) == "AccessDeniedException"


def test_a_list_may_begin_with_an_empty_page(demo: DemoServer, manager: Any) -> None:
    demo.faults(empty_pages=["organizations:ListAccounts"])
    first = manager.list_accounts()
    assert first["Accounts"] == []
    assert len(manager.list_accounts(NextToken=first["NextToken"])["Accounts"]) == 5


def test_tags_of_accounts_come_in_one_call(demo: DemoServer, connect: Connect) -> None:
    tagging = connect(demo, "resourcegroupstaggingapi", account=MANAGEMENT)
    found = tagging.get_resources(ResourceTypeFilters=["organizations:account"])
    tags = {
        one["ResourceARN"].rpartition("/")[2]: {tag["Key"]: tag["Value"] for tag in one["Tags"]}
        for one in found["ResourceTagMappingList"]
    }
    assert tags[PRODUCTION] == {"Owner": "Platform", "Data": "customers"}
    assert MANAGEMENT not in tags


def test_who_asks_twice_is_told_the_same_times(manager: Any) -> None:
    def joined() -> list[Any]:
        return [one["JoinedTimestamp"] for one in every(manager, "list_accounts", "Accounts")]

    before = joined()
    sleep(1.1)
    assert joined() == before


def test_policies_with_tags_are_listed_in_iams_home_region(
    demo: DemoServer, connect: Connect
) -> None:
    def listed(account: str, region: str, kind: str) -> list[list[str]]:
        tagging = connect(demo, "resourcegroupstaggingapi", account=account, region=region)
        pages = tagging.get_paginator("get_resources").paginate(
            ResourceTypeFilters=[kind], ResourcesPerPage=2
        )
        return [[one["ResourceARN"] for one in page["ResourceTagMappingList"]] for page in pages]

    policy = f"arn:aws:iam::{PRODUCTION}:policy/DeployShop"
    assert listed(PRODUCTION, "us-east-1", "iam:policy") == [[policy]]
    assert listed(PRODUCTION, "eu-north-1", "iam:policy") == [[]]
    pages = listed(MANAGEMENT, "us-east-1", "organizations:account")
    assert len(pages) > 1
    assert {len(page) for page in pages[:-1]} == {2}
