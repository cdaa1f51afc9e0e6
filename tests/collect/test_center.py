"""What is read of Identity Center, how it is asked, and what who may not look is told."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest

from idkeep.collect import actions, collectors
from idkeep.collect.account_access import ENTITLEMENTS
from idkeep.collect.center import read
from idkeep.collect.declare import AnyCollector, Reading, built
from idkeep.collect.identity_store import GROUPS, USERS
from idkeep.collect.permission_sets import INLINE_POLICY
from idkeep.model import (
    AccessAttribute,
    AccountAccess,
    AccountAccessDetails,
    AccountAssignment,
    ApplicationAssignment,
    ApplicationScope,
    AttachedPolicy,
    CenterEncryption,
    CenterGroup,
    CenterInstance,
    CenterNetwork,
    CenterUser,
    FailedProvisioning,
    Family,
    Gap,
    IdentityCenter,
    IdentityStore,
    InstanceDetails,
    PermissionSet,
    PermissionSetBoundary,
    PermissionSetDetails,
    PermissionSetsOff,
    PolicyReference,
    SetPolicy,
    StoreNetwork,
    TrustedTokenIssuerDetails,
)

from .a_center import (
    ADMIN,
    ANA,
    ANSWERS,
    APPLICATION,
    BILLING,
    BO,
    COPY,
    HAVE,
    HOME,
    INLINE,
    INSTANCE,
    LISTED,
    MANAGER,
    PEOPLE,
    READER,
    REFUSED,
    REQUEST,
    ROLE,
    SHOP,
    STORE,
    accounts_of,
    of_principal,
    user,
)
from .answers import ACCOUNT, Answers, Error, ago, ask_of
from .test_organization import gaps


def asked(changed: Mapping[str, Any] | None = None) -> tuple[IdentityCenter, Answers]:
    ask, answers = ask_of({**ANSWERS, **(changed or {})})
    return read(ask), answers


def instance_of(center: IdentityCenter) -> CenterInstance:
    assert isinstance(center.instances, tuple)
    [one] = center.instances
    return one


def sets_of(instance: CenterInstance) -> dict[str, PermissionSet]:
    assert isinstance(instance.permission_sets, tuple)
    return {one.arn: one for one in instance.permission_sets}


def have(instance: CenterInstance) -> set[tuple[str, str, str, str]]:
    assert isinstance(instance.assignments, tuple)
    return {
        (one.account, one.permission_set, one.principal_type, one.principal)
        for one in instance.assignments
        if isinstance(one, AccountAssignment)
    }


@pytest.fixture(scope="module")
def whole() -> tuple[IdentityCenter, Answers]:
    return asked()


def test_a_whole_center_leaves_no_gap_and_asks_what_is_declared(
    whole: tuple[IdentityCenter, Answers],
) -> None:
    center, answers = whole
    assert not gaps(center)
    once = {one.replace("sso-admin", "sso") for one in answers.actions()}
    needed = set(actions({Family.CENTER})) - {"sts:GetCallerIdentity"}
    assert needed - once == {"sso:ListAccountAssignments"}
    assert once <= needed


def test_an_instance_is_one_in_however_many_regions(
    whole: tuple[IdentityCenter, Answers],
) -> None:
    center, answers = whole
    one = instance_of(center)
    assert (one.owner, one.region) == (ACCOUNT, HOME)
    assert [(region.name, region.status) for region in one.regions] == [
        (HOME, "ACTIVE"),
        (COPY, "ADDING"),
    ]
    assert answers.params("sso-admin:ListInstances") == [
        {"MaxResults": 100, "RegionScope": "ALL_REGIONS"}
    ]
    where = {
        region
        for name, region, _ in answers.asked
        if name.startswith(("sso-admin:", "identitystore:")) and not name.endswith("ListInstances")
    }
    assert where == {HOME}


def test_key_network_and_issuers_are_read(whole: tuple[IdentityCenter, Answers]) -> None:
    center, _ = whole
    one = instance_of(center)
    assert one.details == InstanceDetails(
        permission_sets_enabled=True,
        encryption=CenterEncryption(
            key_type="CUSTOMER_MANAGED_KEY",
            key=f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1",
            status="ENABLED",
        ),
        network=CenterNetwork(vpc_endpoint_required=True, ips=("203.0.113.0/24",)),
    )
    assert one.store == IdentityStore(
        arn=f"arn:aws:identitystore::{ACCOUNT}:identitystore/{STORE}",
        network=StoreNetwork(vpc_endpoint_required=False, scim_ips=("0.0.0.0/0",)),
    )
    assert isinstance(one.token_issuers, tuple)
    assert one.token_issuers[0].details == TrustedTokenIssuerDetails(
        url="https://idp.example.com", claim="email", attribute="emails.value"
    )
    assert isinstance(one.applications, tuple)
    own, awss = one.applications
    assert own.scopes == (
        ApplicationScope(name="sso:account:access", targets=(f"{APPLICATION}0",)),
    )
    assert (awss.name, awss.scopes) == ("awss", None)
    assert (own.assignment_required, awss.assignment_required) == (True, False)
    assert own.assigned == (ApplicationAssignment(principal_type="GROUP", principal=PEOPLE),)
    assert (own.background_sessions, awss.background_sessions) == (None, "ENABLED")
    assert one.access_attributes == (
        AccessAttribute(key="team", sources=("${path:enterprise.department}",)),
    )


def test_a_permission_set_is_read_whole() -> None:
    ask, _ = ask_of(ANSWERS)
    sets = sets_of(instance_of(read(ask)))
    digest = sha256(INLINE.encode()).hexdigest()
    assert sets[ADMIN] == PermissionSet(
        arn=ADMIN,
        details=PermissionSetDetails(name="Admin", created=ago(200), session_seconds=5400),
        inline_policy=digest,
        managed_policies=(AttachedPolicy(name="Billing", arn="arn:aws:iam::aws:policy/Billing"),),
        customer_policies=(PolicyReference(name="Mine", path="/ours/"),),
        boundary=PermissionSetBoundary(customer=PolicyReference(name="Limit")),
        provisioned=(ACCOUNT, SHOP),
        outdated=(),
    )
    billing = sha256(BILLING.encode()).hexdigest()
    assert ask.documents == {digest: INLINE, billing: BILLING}
    assert (sets[READER].inline_policy, sets[READER].boundary) == (None, None)


def test_an_empty_inline_policy_is_none() -> None:
    # So AWS answers, though its model says that the text has a character at least.
    assert built(INLINE_POLICY, ({"InlinePolicy": ""},)) is None


def test_accounts_that_have_an_older_version_of_a_set_are_told_apart(
    whole: tuple[IdentityCenter, Answers],
) -> None:
    center, _ = whole
    sets = sets_of(instance_of(center))
    assert (sets[READER].provisioned, sets[READER].outdated) == ((ACCOUNT,), (SHOP,))
    assert instance_of(center).failed_provisionings == (
        FailedProvisioning(
            id=REQUEST, permission_set=READER, account=SHOP, reason="the policy Mine is not there"
        ),
    )


@pytest.mark.parametrize(
    ("duration", "seconds"), [("PT12H", 43200), ("PT45M", 2700), ("PT900S", 900), (None, None)]
)
def test_a_sessions_length_is_told_in_seconds(duration: str | None, seconds: int | None) -> None:
    told = {"Name": "Admin"} | ({"SessionDuration": duration} if duration else {})
    center, _ = asked({"sso-admin:DescribePermissionSet": {"PermissionSet": told}})
    details = sets_of(instance_of(center))[ADMIN].details
    assert isinstance(details, PermissionSetDetails)
    assert details.session_seconds == seconds


@pytest.mark.parametrize("duration", ["P1D", "PT", "an hour"])
def test_a_length_of_another_form_is_a_gap(duration: str) -> None:
    told = {"Name": "Admin", "SessionDuration": duration}
    center, _ = asked({"sso-admin:DescribePermissionSet": {"PermissionSet": told}})
    assert isinstance(sets_of(instance_of(center))[ADMIN].details, Gap)


def test_users_have_their_status_and_groups_their_members(
    whole: tuple[IdentityCenter, Answers],
) -> None:
    center, _ = whole
    one = instance_of(center)
    assert isinstance(one.users, tuple)
    ana, bo = one.users
    assert (ana.email, ana.status, ana.issuers, ana.created_by) == (
        "ana@example.com",
        "ENABLED",
        ("https://idp.example.com",),
        "scim",
    )
    assert (ana.updated_by, ana.roles, bo.roles) == ("portal", ("shift lead",), ())
    assert (bo.email, bo.status) == (None, "DISABLED")
    assert isinstance(one.groups, tuple)
    assert one.groups[0].members == (ANA, BO)


def test_few_principals_are_asked_for_what_they_have(
    whole: tuple[IdentityCenter, Answers],
) -> None:
    center, answers = whole
    one = instance_of(center)
    assert have(one) == set(HAVE)
    assert isinstance(one.assignments, tuple)
    assert len(one.assignments) == len(HAVE)
    principals = answers.params("sso-admin:ListAccountAssignmentsForPrincipal")
    assert {params["PrincipalId"] for params in principals} == {PEOPLE, ANA, BO}


def test_many_principals_are_not_asked_and_pairs_tell_the_same() -> None:
    crowd = [user(f"u{n}", f"9067000001-{n:08}-0000-0000-0000-000000000000") for n in range(9)]
    center, answers = asked({"identitystore:ListUsers": {"Users": crowd}})
    assert have(instance_of(center)) == set(HAVE)
    assert len(answers.params("sso-admin:ListAccountAssignments")) == 4
    assert not answers.params("sso-admin:ListAccountAssignmentsForPrincipal")


def test_a_delegated_administrator_asks_by_pairs_for_aws_tells_principals_to_the_owner() -> None:
    theirs = {"Instances": [{**LISTED, "OwnerAccountId": SHOP}]}
    center, answers = asked({"sso-admin:ListInstances": theirs})
    assert have(instance_of(center)) == set(HAVE)
    assert not answers.params("sso-admin:ListAccountAssignmentsForPrincipal")


def test_a_set_whose_accounts_are_unread_leaves_no_assignment_out_unsaid() -> None:
    def accounts(params: Mapping[str, Any]) -> Any:
        return REFUSED if params["PermissionSetArn"] == READER else accounts_of(params)

    refused = {"sso-admin:ListAccountsForProvisionedPermissionSet": accounts}
    center, _ = asked(refused)
    assert have(instance_of(center)) == set(HAVE)
    center, _ = asked({**refused, "identitystore:ListUsers": REFUSED})
    one = instance_of(center)
    assert have(one) == set(HAVE[:2])
    assert isinstance(one.assignments, tuple)
    assert [gap.action for gap in one.assignments if isinstance(gap, Gap)] == [
        "sso:ListAccountsForProvisionedPermissionSet"
    ]


def test_a_policy_of_aws_s_that_sets_name_is_read_once_as_it_is_in_force() -> None:
    center, answers = asked()
    digest = sha256(BILLING.encode()).hexdigest()
    arn = "arn:aws:iam::aws:policy/Billing"
    assert instance_of(center).policies == (SetPolicy(arn=arn, document=digest),)
    assert answers.params("iam:GetPolicyVersion") == [{"PolicyArn": arn, "VersionId": "v7"}]


def test_one_principal_that_cannot_be_asked_costs_only_its_own() -> None:
    def principal(params: Mapping[str, Any]) -> Any:
        return REFUSED if params["PrincipalId"] == BO else of_principal(params)

    center, _ = asked({"sso-admin:ListAccountAssignmentsForPrincipal": principal})
    one = instance_of(center)
    assert have(one) == set(HAVE[:2])
    assert gaps(one) == {"sso:ListAccountAssignmentsForPrincipal": 1}


def test_users_come_from_every_page() -> None:
    pages = {
        None: {"Users": [user("ana", ANA)], "NextToken": "more"},
        "more": {"Users": [user("bo", BO)]},
    }
    center, _ = asked({"identitystore:ListUsers": lambda p: pages[p.get("NextToken")]})
    users = instance_of(center).users
    assert isinstance(users, tuple)
    assert [one.name for one in users] == ["ana", "bo"]


def test_an_instance_without_permission_sets_says_so_and_is_not_asked_for_them() -> None:
    center, answers = asked({"sso-admin:DescribeInstance": {"PermissionSetsEnabled": False}})
    one = instance_of(center)
    assert (one.permission_sets, one.assignments, one.failed_provisionings) == (
        PermissionSetsOff(),
        PermissionSetsOff(),
        PermissionSetsOff(),
    )
    assert isinstance(one.users, tuple)
    assert "sso-admin:ListPermissionSets" not in answers.actions()


def test_attributes_for_access_control_may_be_off() -> None:
    name = "sso-admin:DescribeInstanceAccessControlAttributeConfiguration"
    center, _ = asked({name: Error("ResourceNotFoundException")})
    assert instance_of(center).access_attributes is None


def test_entitlements_are_found_once_in_all_regions_of_the_instance(
    whole: tuple[IdentityCenter, Answers],
) -> None:
    center, answers = whole
    assert isinstance(center.account_access, tuple)
    [one] = center.account_access
    assert isinstance(one, AccountAccess)
    assert (one.arn, one.region) == (MANAGER, HOME)
    assert one.details == AccountAccessDetails(instance=INSTANCE, status="ACTIVE")
    assert isinstance(one.entitlements, tuple)
    assert [(e.principal_type, e.principal, e.role) for e in one.entitlements] == [
        ("GROUP", PEOPLE, ROLE),
        ("USER", ANA, ROLE),
    ]
    asked_in = [r for name, r, _ in answers.asked if name == "account-access:ListApplications"]
    assert sorted(asked_in) == [HOME, COPY]


def test_a_member_sees_that_there_is_an_instance_and_is_told_that_it_is_a_member() -> None:
    theirs = {"Instances": [{**LISTED, "OwnerAccountId": SHOP}]}
    center, answers = asked(
        {
            **dict.fromkeys(ANSWERS, REFUSED),
            "sso-admin:ListInstances": theirs,
            "account-access:ListApplications": {"applications": []},
        }
    )
    one = instance_of(center)
    assert (one.arn, one.owner) == (INSTANCE, SHOP)
    gap = Gap(
        "sso:DescribeInstance",
        "AccessDeniedException (not from a member account)",
        REFUSED.message,
        HOME,
        elsewhere=True,
    )
    assert {one.details, one.permission_sets, one.assignments, one.users, one.groups} == {gap}
    assert center.account_access == ()
    assert len(answers.asked) == 4


def test_no_instance_is_no_gap() -> None:
    center, answers = asked({"sso-admin:ListInstances": {"Instances": []}})
    assert center == IdentityCenter(instances=(), account_access=())
    assert len(answers.asked) == 1


def test_an_instance_without_a_known_region_is_asked_where_the_scan_is() -> None:
    plain = {k: v for k, v in LISTED.items() if k not in {"PrimaryRegion", "Regions"}}
    center, _ = asked({"sso-admin:ListInstances": {"Instances": [plain]}})
    assert instance_of(center).region == "eu-west-1"


@pytest.mark.parametrize("collector", collectors({Family.CENTER}), ids=lambda one: one.action)
def test_each_refusal_to_the_owner_leaves_its_own_gap(collector: AnyCollector) -> None:
    changed: dict[str, Any] = {f"{collector.service}:{collector.operation}": REFUSED}
    if collector.operation == "ListAccountAssignments":
        crowd = [user(f"u{n}", f"9067000001-{n:08}-0000-0000-0000-000000000000") for n in range(9)]
        changed["identitystore:ListUsers"] = {"Users": crowd}
    center, _ = asked(changed)
    assert set(gaps(center)) == {collector.action}


def test_an_entitlement_of_a_kind_not_known_stands_beside_the_others() -> None:
    told = ANSWERS["account-access:ListEntitlements"]["entitlements"][0]
    role = told["entitlement"]["principalRole"]
    new = {"identityCenter": {"SDK_UNKNOWN_MEMBER": {"name": "robotId"}}}
    odd = {**told, "entitlement": {"principalRole": {**role, "principal": new}}}
    found = built(ENTITLEMENTS, ({"entitlements": [told, odd]},))
    assert not isinstance(found, Gap)
    assert [(one.principal_type, bool(one.principal)) for one in found] == [
        (found[0].principal_type, True),
        ("robotId", False),
    ]


def test_calls_grow_with_sets_groups_and_the_fewer_of_pairs_and_principals() -> None:
    _, answers = asked()
    sets, pairs, groups, users, issuers, failures, applications, regions = 2, 4, 1, 2, 1, 1, 1, 2
    listed, own, named = 2, 1, 1
    instance = (
        10
        + 3 * listed
        + own
        + 7 * sets
        + 2 * named
        + groups
        + issuers
        + failures
        + min(pairs, groups + users)
    )
    assert len(answers.asked) == instance + regions + 2 * applications


def test_a_person_or_group_that_is_not_understood_costs_itself() -> None:
    ask, _ = ask_of(ANSWERS)
    for collector, member, kind in ((USERS, "Users", CenterUser), (GROUPS, "Groups", CenterGroup)):
        there = {"UserId": ANA, "GroupId": PEOPLE, "IdentityStoreId": STORE}
        page = {member: [there, {"IdentityStoreId": STORE}, there]}
        found = ask.stand_alone(Reading(collector, (page,)), collector, kind)
        assert isinstance(found, tuple)
        assert len(found) == 2
    assert [(one.kind, one.gap.error) for one in ask.unlisted()] == [  # type: ignore[union-attr]
        ("CenterGroup", "the answer lacks GroupId"),
        ("CenterUser", "the answer lacks UserId"),
    ]
