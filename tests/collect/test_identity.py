"""What is read of an account's identities, from whom, and what a refusal leaves."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, run
from idkeep.collect import actions, collect
from idkeep.config import Settings
from idkeep.model import (
    AccessKey,
    Account,
    ConsoleAuthorization,
    Family,
    Gap,
    IdentifiedKey,
    MfaKind,
    NotAsked,
    NotToldHere,
    OidcDetails,
    OidcProvider,
    OutboundFederation,
    Password,
    PolicyTags,
    RoleTemplate,
    Root,
    RootFeatures,
    SamlDetails,
    SamlProvider,
    ServiceAccess,
    Snapshot,
    Status,
    User,
)

from .an_account import ANSWERS, SUMMARY, TRUST, USERS, arn
from .answers import NOW, Answers, Error, ago, aws_of

IDENTITY = {Family.IDENTITY}


def scanned(families: set[Family] = IDENTITY, **changed: Any) -> tuple[Snapshot, Answers]:
    answers = Answers({**ANSWERS, **{k.replace("__", ":"): v for k, v in changed.items()}})
    return collect(aws_of(answers), now=lambda: NOW, families=families), answers


def users_of(snapshot: Snapshot) -> Mapping[str, User]:
    return {user.name: user for user in snapshot.users}


@pytest.fixture(scope="module")
def account() -> tuple[Snapshot, Answers]:
    return scanned()


# Asked only where account:ListRegions is refused, and where the account has policies of its own.
NOT_OF_THE_FAMILY = {"sts:GetCallerIdentity", "ec2:DescribeRegions", "tag:GetResources"}


def test_a_whole_account_leaves_no_gap(account: tuple[Snapshot, Answers]) -> None:
    snapshot, answers = account
    assert snapshot.gaps == ()
    assert {action for action in answers.actions() if action != "sts:GetCallerIdentity"} == {
        action for action in actions(IDENTITY) if action not in NOT_OF_THE_FAMILY
    }


def test_devices_are_told_by_kind_and_asked_for_only_where_the_listing_lacks_them(
    account: tuple[Snapshot, Answers],
) -> None:
    snapshot, answers = account
    kinds = {
        name: [device.kind for device in user.mfa_devices]
        for name, user in users_of(snapshot).items()
        if isinstance(user.mfa_devices, tuple)
    }
    assert kinds == {
        "app": [MfaKind.VIRTUAL],
        "keyed": [MfaKind.FIDO],
        "token": [MfaKind.HARDWARE],
        "plain": [],
        "newcomer": [MfaKind.VIRTUAL],
    }
    asked = {params["UserName"] for params in answers.params("iam:ListMFADevices")}
    assert asked == {"keyed", "token", "newcomer"}


def test_a_user_younger_than_the_report_is_settled_by_asking_for_that_user(
    account: tuple[Snapshot, Answers],
) -> None:
    snapshot, answers = account
    user = users_of(snapshot)["newcomer"]
    assert user.password == Password(changed=ago(0.01), last_used=NOW)
    assert user.mfa_active is True
    assert user.access_keys == (
        AccessKey(slot=1, active=False, rotated=ago(0.01)),
        AccessKey(
            slot=2,
            active=True,
            rotated=ago(0.005),
            last_used=NOW,
            last_used_service="s3",
            last_used_region="eu-west-1",
        ),
    )
    for action in ("iam:GetLoginProfile", "iam:GetUser", "iam:ListAccessKeys"):
        assert answers.params(action) == [{"UserName": "newcomer"}]


def test_an_app_registered_since_the_report_counts() -> None:
    devices = ANSWERS["iam:ListVirtualMFADevices"]
    [app] = [one for one in devices["VirtualMFADevices"] if one["SerialNumber"].endswith("/app")]
    new = {**app, "SerialNumber": app["SerialNumber"].replace("/app", "/plain")}
    new["User"] = {**app["User"], "UserName": "plain", "Arn": arn("user", "plain")}
    snapshot, _ = scanned(iam__ListVirtualMFADevices={**devices, "VirtualMFADevices": [app, new]})
    assert users_of(snapshot)["plain"].mfa_active is True
    unread, _ = scanned(iam__ListVirtualMFADevices=Error("AccessDenied"))
    refused = users_of(unread)["plain"]
    assert isinstance(refused.mfa_active, Gap)
    assert refused.mfa_active == refused.virtual_mfa


def test_users_are_asked_one_by_one_where_aws_makes_no_new_report() -> None:
    old = {**ANSWERS["iam:GetCredentialReport"], "GeneratedTime": ago(2)}
    snapshot, answers = scanned(iam__GetCredentialReport=old)
    assert {one["UserName"] for one in answers.params("iam:ListAccessKeys")} == set(USERS)
    assert users_of(snapshot)["keyed"].mfa_active is True
    assert isinstance(users_of(snapshot)["plain"].password, Password)
    why = "which is not within the last four hours"
    assert why in str(snapshot.root.password_last_used)
    assert why in str(snapshot.gaps)


def test_a_newcomer_without_a_password_has_none() -> None:
    snapshot, answers = scanned(iam__GetLoginProfile=Error("NoSuchEntity"))
    assert users_of(snapshot)["newcomer"].password is None
    assert answers.params("iam:GetUser") == []


def test_what_a_user_holds_for_single_services_is_that_users(
    account: tuple[Snapshot, Answers],
) -> None:
    users = users_of(account[0])
    [key] = users["plain"].service_credentials  # type: ignore[misc]
    assert (key.service, key.status, key.expires) == ("bedrock.amazonaws.com", "Active", ago(-60))
    assert users["app"].service_credentials == ()


def test_providers_are_read_one_by_one(account: tuple[Snapshot, Answers]) -> None:
    snapshot, _ = account
    [saml] = snapshot.providers.saml  # type: ignore[misc]
    [oidc] = snapshot.providers.oidc  # type: ignore[misc]
    assert saml.valid_until == ago(-100)
    assert isinstance(saml.details, SamlDetails)
    assert (saml.details.encryption, saml.details.decryption_keys) == ("Required", 1)
    assert isinstance(oidc.details, OidcDetails)
    assert oidc.details.client_ids == ("sts.amazonaws.com",)


def test_a_provider_that_is_refused_is_a_gap_in_its_own_place() -> None:
    snapshot, _ = scanned(iam__GetSAMLProvider=Error("AccessDenied", ""))
    [saml] = snapshot.providers.saml  # type: ignore[misc]
    assert saml.arn == arn("saml-provider", "corp")
    assert saml.details == Gap("iam:GetSAMLProvider", "AccessDenied")
    assert snapshot.gaps == (Gap("iam:GetSAMLProvider", "AccessDenied"),)


def test_a_role_says_which_template_made_it(account: tuple[Snapshot, Answers]) -> None:
    roles = {one.name: one for one in account[0].roles}
    assert roles["byhand"].template is None
    assert roles["byhand"].max_session_seconds == 43200
    assert roles["byservice"].template == RoleTemplate(
        arn="arn:aws:iam::aws:role-template/LambdaBasic", minor_version=2
    )


def test_a_role_that_the_second_listing_lacks_is_a_gap_of_that_role_alone() -> None:
    listing = {**ANSWERS["iam:ListRoles"], "Roles": ANSWERS["iam:ListRoles"]["Roles"][:1]}
    snapshot, _ = scanned(iam__ListRoles=listing)
    assert [one.template for one in snapshot.roles] == [
        None,
        Gap("iam:ListRoles", "does not list byservice"),
    ]


def test_instance_profiles_are_read_with_and_without_a_role(
    account: tuple[Snapshot, Answers],
) -> None:
    assert profiles_of(account[0]) == {"web": (arn("role", "deploy"),), "left": ()}


def test_instance_profiles_that_aws_refuses_are_unknown_and_none_of_them_passes() -> None:
    snapshot, _ = scanned(iam__ListInstanceProfiles=Error("AccessDenied"))
    assert snapshot.instance_profiles == Gap("iam:ListInstanceProfiles", "AccessDenied", "no")
    assert outcome(snapshot, "instance-profile-without-role") == ([], True)


def test_fewer_instance_profiles_than_iam_counts_are_not_all() -> None:
    listing = ANSWERS["iam:ListInstanceProfiles"]
    snapshot, _ = scanned(
        iam__ListInstanceProfiles={**listing, "InstanceProfiles": listing["InstanceProfiles"] * 2},
        iam__GetAccountSummary={"SummaryMap": {**SUMMARY, "InstanceProfiles": 3}},
    )
    assert profiles_of(snapshot) == {"web": (arn("role", "deploy"),), "left": ()}
    assert outcome(snapshot, "instance-profile-without-role") == (
        ["left fail", "web pass"],
        True,
    )
    [short] = snapshot.unlisted
    assert short.gap == Gap(
        "iam:ListInstanceProfiles", "lists 2 of the account's 3 instance profiles"
    )


def of_a_policy(policy_arn: str) -> dict[str, Any]:
    version = {"VersionId": "v1", "Document": TRUST, "IsDefaultVersion": True, "CreateDate": ago(9)}
    return {
        "PolicyName": policy_arn.rpartition("/")[2],
        "PolicyId": f"ANPA{policy_arn[-16:]}",
        "Arn": policy_arn,
        "DefaultVersionId": "v1",
        "CreateDate": ago(9),
        "PolicyVersionList": [version],
    }


OWN, BARE = arn("policy", "own"), arn("policy", "bare")
BY_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
TAGGING = "resourcegroupstaggingapi:GetResources"


def tags_of(*policies: str, **changed: Any) -> tuple[dict[str, Any], Answers]:
    details = ANSWERS["iam:GetAccountAuthorizationDetails"]
    snapshot, answers = scanned(
        iam__GetAccountAuthorizationDetails={**details, "Policies": [*map(of_a_policy, policies)]},
        **changed,
    )
    return {one.arn: one.tags for one in snapshot.policies}, answers


def test_tags_of_policies_come_in_one_listing_and_what_it_lacks_is_open() -> None:
    listing = {
        "ResourceTagMappingList": [
            {"ResourceARN": OWN, "Tags": [{"Key": "team", "Value": "red"}]},
        ],
        "PaginationToken": "",
    }
    found, answers = tags_of(OWN, BARE, BY_AWS, resourcegroupstaggingapi__GetResources=listing)
    assert found == {
        OWN: PolicyTags(entries={"team": "red"}),
        BARE: None,
        BY_AWS: PolicyTags(),
    }
    [asked] = [one for one in answers.asked if one[0] == TAGGING]
    assert asked[1] == "us-east-1"
    assert asked[2]["ResourceTypeFilters"] == ["iam:policy"]


def test_tags_of_policies_that_aws_refuses_are_unread() -> None:
    refused = Error("AccessDeniedException")
    found, _ = tags_of(OWN, BY_AWS, resourcegroupstaggingapi__GetResources=refused)
    assert found == {
        OWN: Gap("tag:GetResources", "AccessDeniedException", "no", region="us-east-1"),
        BY_AWS: PolicyTags(),
    }


def test_nobody_asks_for_tags_of_policies_where_the_account_has_none_of_its_own() -> None:
    found, answers = tags_of(BY_AWS)
    assert found == {BY_AWS: PolicyTags()}
    assert TAGGING not in answers.actions()


def profiles_of(snapshot: Snapshot) -> Mapping[str, tuple[str, ...]]:
    assert isinstance(snapshot.instance_profiles, tuple)
    return {one.name: one.roles for one in snapshot.instance_profiles}


def outcome(snapshot: Snapshot, check: str) -> tuple[list[str], bool]:
    """Who is judged how, and whether there may be more."""
    [rule] = [one for one in ALL if one.id == check]
    [found] = run([rule], Estate(snapshot, Settings(), load_catalog()))
    told = [f"{one.subject.name} {one.status}" for one in found.verdicts]
    return sorted(told), bool(found.unlisted)


def test_the_accounts_own_settings(account: tuple[Snapshot, Answers]) -> None:
    snapshot, _ = account
    told = snapshot.account
    assert told.alias == "example-prod"
    assert told.quotas.entries["UsersQuota"] == 5000  # type: ignore[union-attr]
    assert told.properties.entries == {"RoleManager/Enabled": "true"}  # type: ignore[union-attr]
    assert told.contact.verification == "UNVERIFIED"  # type: ignore[union-attr]
    assert told.outbound_federation == OutboundFederation(enabled=False)
    assert told.root_features is None
    assert told.console_authorization == ConsoleAuthorization(enabled=False, scope="ACCOUNT")
    [request] = told.delegation_requests  # type: ignore[misc]
    assert snapshot.documents[request.permissions or ""] == TRUST
    [permit] = told.support_permits  # type: ignore[misc]
    assert (permit.actions, permit.resources) == ((), ("arn:aws:s3:::example",))
    assert permit.windows == ((None, ago(-2)),)
    [invitation] = told.received_handshakes  # type: ignore[misc]
    assert (invitation.action, invitation.state) == ("INVITE", "OPEN")
    assert invitation.arn.split(":")[4] == "777788889999"


def refusing_contacts(by: str, *roles: str) -> Account:
    """The account whose contacts a policy of that kind refused, with these roles besides."""
    details = ANSWERS["iam:GetAccountAuthorizationDetails"]
    one = details["RoleDetailList"][0]
    more = [
        {
            **one,
            "RoleName": name.rpartition("/")[2],
            "RoleId": f"AROA{name}",
            "Arn": arn("role", name),
        }
        for name in roles
    ]
    said = f"User: x is not authorized to perform: y with an explicit deny in {by}"
    refused = Error("AccessDeniedException", said)
    snapshot, _ = scanned(
        iam__GetAccountAuthorizationDetails={
            **details,
            "RoleDetailList": [*details["RoleDetailList"], *more],
        },
        account__GetContactInformation=refused,
        account__GetAlternateContact=refused,
    )
    return snapshot.account


def test_a_project_of_awss_new_experience_is_told_by_its_role_and_an_scps_refusal() -> None:
    keeper = "managed/AWSManagedAccountManagementAccessRole"
    scp = "a service control policy"
    project = refusing_contacts(scp, keeper)
    assert project.is_project
    assert project.billing_contact.elsewhere  # type: ignore[union-attr]
    assert not refusing_contacts(scp).is_project
    assert not refusing_contacts("an identity-based policy", keeper).is_project
    assert not refusing_contacts(scp, "AWSManagedAccountManagementAccessRole").is_project


def test_the_signin_policy_is_kept_in_the_grammar_of_policies(
    account: tuple[Snapshot, Answers],
) -> None:
    snapshot, answers = account
    assert isinstance(snapshot.account.signin_policy, str)
    text = snapshot.documents[snapshot.account.signin_policy]
    [statement] = json.loads(text)["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}
    [region] = {where for action, where, _ in answers.asked if action.startswith("signin:")}
    assert region == "us-east-1"


def test_an_account_without_a_signin_policy_has_none() -> None:
    absent = Error("ResourceNotFoundException")
    snapshot, _ = scanned(
        signin__GetResourcePolicy=absent, signin__GetConsoleAuthorizationConfiguration=absent
    )
    assert snapshot.account.signin_policy is None
    assert snapshot.account.console_authorization is None
    assert snapshot.gaps == ()


def test_central_root_access_is_told_only_where_aws_tells_it() -> None:
    enabled = {"OrganizationId": "o-exampleorg1", "EnabledFeatures": ["RootSessions"]}
    snapshot, _ = scanned(iam__ListOrganizationsFeatures=enabled)
    assert snapshot.account.root_features == RootFeatures(
        organization="o-exampleorg1", enabled=("RootSessions",)
    )
    code = "AccountNotManagementOrDelegatedAdministratorException"
    snapshot, _ = scanned(iam__ListOrganizationsFeatures=Error(code))
    assert snapshot.account.root_features == NotToldHere(code=code)
    assert snapshot.gaps == ()


@pytest.mark.parametrize(
    "action", [one for one in actions(IDENTITY) if one not in NOT_OF_THE_FAMILY]
)
def test_a_refused_call_is_a_gap_and_nothing_else_is_lost(action: str) -> None:
    # A report that somebody else had made would serve.
    also = {"iam:GetCredentialReport"} if action == "iam:GenerateCredentialReport" else set()
    refused = dict.fromkeys({action, *also}, Error("AccessDenied", ""))
    answers = Answers({**ANSWERS, **refused})
    snapshot = collect(aws_of(answers), now=lambda: NOW, families=IDENTITY)
    assert action in {gap.action for gap in snapshot.gaps}
    assert {gap.error for gap in snapshot.gaps} == {"AccessDenied"}
    if action != "iam:GetAccountAuthorizationDetails":
        assert set(users_of(snapshot)) == set(USERS)


def test_an_answer_of_another_shape_is_a_gap() -> None:
    snapshot, _ = scanned(iam__GetAccountProperties={})
    lacks = Gap("iam:GetAccountProperties", "the answer lacks Properties")
    assert snapshot.account.properties == lacks
    assert snapshot.gaps == (lacks,)


def test_nothing_is_asked_that_was_not_wanted() -> None:
    snapshot, answers = scanned(families=set())
    assert answers.actions() == ["sts:GetCallerIdentity"]
    assert snapshot.gaps == ()
    assert snapshot.root.has_mfa == NotAsked(Family.IDENTITY)
    outcomes = {one.check: one for one in run(ALL, Estate(snapshot, Settings(), load_catalog()))}
    [verdict] = outcomes["root-without-mfa"].verdicts
    assert verdict.status is Status.UNKNOWN
    assert verdict.unknown == ("not read: --facts identity",)
    assert outcomes["old-access-key"].unlisted == ("not read: --facts identity",)


def test_credentials_by_id_are_read_when_asked_for(account: tuple[Snapshot, Answers]) -> None:
    before = users_of(account[0])["keyed"]
    assert before.identified_keys == NotAsked(Family.CREDENTIALS)
    snapshot, answers = scanned({Family.CREDENTIALS})
    users = users_of(snapshot)
    assert [one.id[-1] for one in users["keyed"].identified_keys] == ["1", "2"]  # type: ignore[union-attr]
    assert users["keyed"].identified_keys[0] == IdentifiedKey(  # type: ignore[index]
        id="AKIAEXAMPLE000000001", status="Inactive", created=ago(0.01)
    )
    assert [one.id for one in users["plain"].ssh_keys] == ["APKAEXAMPLE000000001"]  # type: ignore[union-attr]
    assert len(users["keyed"].signing_certificates) == 1  # type: ignore[arg-type]
    assert snapshot.gaps == ()
    # Who has none by the report is not asked for; SSH keys are in no report.
    for action in ("iam:ListSigningCertificates", "iam:ListAccessKeys"):
        assert {one["UserName"] for one in answers.params(action)} == {"keyed", "newcomer"}
    assert len(answers.params("iam:ListSSHPublicKeys")) == len(USERS)
    assert "BEGIN CERTIFICATE" not in repr(snapshot)


def test_what_stands_beside_an_authenticator_app_is_read_with_the_credentials(
    account: tuple[Snapshot, Answers],
) -> None:
    before = users_of(account[0])["app"].mfa_devices
    assert [one.kind for one in before] == [MfaKind.VIRTUAL]  # type: ignore[union-attr]
    snapshot, answers = scanned({Family.CREDENTIALS})
    after = users_of(snapshot)["app"].mfa_devices
    assert [one.kind for one in after] == [MfaKind.VIRTUAL, MfaKind.FIDO]  # type: ignore[union-attr]
    assert [one["UserName"] for one in answers.params("iam:ListMFADevices")].count("app") == 1


def _accesses(status: str, *services: str) -> dict[str, Any]:
    return {
        "JobStatus": status,
        "JobCreationDate": NOW,
        "JobCompletionDate": NOW,
        "ServicesLastAccessed": [
            {"ServiceName": one.upper(), "ServiceNamespace": one, "LastAuthenticated": ago(9)}
            for one in services
        ],
        "IsTruncated": False,
    }


def test_last_accesses_wait_for_iams_job() -> None:
    turns: Counter[str] = Counter()

    def accesses(params: Mapping[str, Any]) -> dict[str, Any]:
        job = params["JobId"]
        turns[job] += 1
        if job.endswith("byhand"):
            return {
                **_accesses("FAILED"),
                "Error": {"Message": "no", "Code": "INTERNAL"},
            }
        return _accesses("COMPLETED", "s3") if turns[job] > 1 else _accesses("IN_PROGRESS")

    snapshot, _ = scanned(
        {Family.LAST_ACCESSED},
        iam__GenerateServiceLastAccessedDetails=lambda p: {
            "JobId": f"{p['Arn'].rpartition('/')[2]:x>36}"
        },
        iam__GetServiceLastAccessedDetails=accesses,
    )
    assert users_of(snapshot)["app"].last_accessed == (ServiceAccess(service="s3", last=ago(9)),)
    [failed, whole] = snapshot.roles
    assert failed.last_accessed == Gap(
        "iam:GetServiceLastAccessedDetails", "the job ended as FAILED"
    )
    assert whole.last_accessed == (ServiceAccess(service="s3", last=ago(9)),)


def test_root_is_told_apart_by_exclusion(account: tuple[Snapshot, Answers]) -> None:
    """Its MFA is on and no authenticator app is its own: so it is a key or a token."""
    root: Root = account[0].root
    assert root.has_mfa is True
    assert root.virtual_mfa == ()


def test_a_provider_that_is_not_understood_costs_itself() -> None:
    corp = {"Arn": arn("saml-provider", "corp"), "CreateDate": ago(300)}
    token = {"Arn": arn("oidc-provider", "token.example.com")}
    snapshot, _ = scanned(
        iam__ListSAMLProviders={"SAMLProviderList": [{"CreateDate": ago(3)}, corp]},
        iam__ListOpenIDConnectProviders={"OpenIDConnectProviderList": [token, {}]},
    )
    assert [one.arn for one in snapshot.of(SamlProvider)] == [corp["Arn"]]
    assert [one.arn for one in snapshot.of(OidcProvider)] == [token["Arn"]]
    odd = Gap("iam:ListSAMLProviders", "the answer lacks Arn")
    assert snapshot.missing(SamlProvider) == (odd,)
    assert snapshot.missing(OidcProvider) == (Gap("iam:ListOpenIDConnectProviders", odd.error),)
    assert odd in snapshot.gaps
    outcome = next(
        one
        for one in run(ALL, Estate(snapshot, Settings(), load_catalog()))
        if one.check == "saml-provider-runs-out"
    )
    assert outcome.unlisted == (str(odd),)


def test_where_no_provider_is_understood_the_list_is_a_gap() -> None:
    snapshot, _ = scanned(iam__ListSAMLProviders={"SAMLProviderList": [{"CreateDate": ago(3)}]})
    assert snapshot.providers.saml == Gap("iam:ListSAMLProviders", "the answer lacks Arn")
