"""What is read of an organisation, in how many calls, and what a member account is told of it."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import boto3
import pytest

from idkeep.collect import actions, collectors
from idkeep.collect.declare import AnyCollector
from idkeep.collect.organization import read
from idkeep.model import (
    DelegatedService,
    EffectivePolicy,
    Family,
    Gap,
    HandshakePart,
    NotEnabled,
    Organization,
    OrganizationalUnit,
    OrganizationPolicy,
    OrganizationTags,
    PolicyType,
    Unread,
)
from idkeep.model.approval import Approver, MultiPartyApproval, TeamDetails
from idkeep.model.logging import NotOffered

from . import an_organization as org
from .answers import ACCOUNT, Answers, Error, ask_of

RECORDED = Path(__file__).parent.parent / "data" / "organizations.json"
MEMBER = {
    **dict.fromkeys(org.MANAGERS_ONLY, org.REFUSED),
    "organizations:DescribeOrganization": org.managed_by("999988887777"),
}
NOT_HERE = Gap(
    "organizations:ListRoots",
    "AccessDeniedException (not from a member account)",
    org.REFUSED.message,
    elsewhere=True,
)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def asked(changed: Mapping[str, Any] | None = None) -> tuple[Organization, Answers]:
    ask, answers = ask_of({**org.ANSWERS, **(changed or {})})
    found = read(ask)
    assert isinstance(found, Organization)
    return found, answers


def types_of(found: Organization) -> dict[str, PolicyType]:
    assert isinstance(found.policy_types, tuple)
    return {one.name: one for one in found.policy_types}


def policies_of(found: Organization, kind: str) -> dict[str, OrganizationPolicy]:
    policies = types_of(found)[kind].policies
    assert isinstance(policies, tuple)
    return {one.name: one for one in policies}


def own_policies(found: Organization) -> dict[str, EffectivePolicy | Unread | None]:
    assert isinstance(found.effective_policies, tuple)
    return {one.type: one.policy for one in found.effective_policies}


def gaps(value: object) -> Counter[str]:
    """Every gap in it, by its action."""
    if isinstance(value, Gap):
        return Counter([value.action])
    names = getattr(value, "__struct_fields__", ())
    parts = value if isinstance(value, tuple) else (getattr(value, name) for name in names)
    return sum((gaps(one) for one in parts), Counter())


@pytest.fixture(scope="module")
def whole() -> tuple[Organization, Answers]:
    return asked()


def test_a_whole_organisation_leaves_no_gap_and_asks_what_is_declared(
    whole: tuple[Organization, Answers],
) -> None:
    found, answers = whole
    assert not gaps(found)
    once = {one.replace("resourcegroupstaggingapi", "tag") for one in answers.actions()}
    needed = set(actions({Family.ORGANIZATION})) - {"sts:GetCallerIdentity"}
    assert needed - once == {"organizations:ListAccountsForParent"}
    assert once <= needed


def test_answers_that_aws_gave_are_understood() -> None:
    told = json.loads(RECORDED.read_text(encoding="utf-8"))
    for one in told["organizations.ListAccounts"]["Accounts"]:
        one["JoinedTimestamp"] = datetime.fromisoformat(one["JoinedTimestamp"])
    given = {name.replace(".", ":"): told[name] for name in told if "." in name}
    # The answer is older than Paths.
    given["organizations:ListAccountsForParent"] = {"Accounts": []}
    found, _ = asked(given)
    assert (found.id, found.feature_set) == ("o-vjtynx2e3h", "ALL")
    assert isinstance(found.accounts, tuple)
    [one] = found.accounts
    assert (one.name, one.state, one.joined) == (
        "Sandbox",
        "ACTIVE",
        datetime(2021, 8, 10, 13, 24, 25, tzinfo=UTC),
    )


def test_the_tree_is_walked_from_the_root_down(whole: tuple[Organization, Answers]) -> None:
    found, answers = whole
    assert isinstance(found.units, tuple)
    assert {one.name: one.path for one in found.units if isinstance(one, OrganizationalUnit)} == {
        "Workloads": (org.ROOT,),
        "Empty": (org.ROOT,),
        "Production": (org.ROOT, org.WORKLOADS),
    }
    assert len(answers.params("organizations:ListOrganizationalUnitsForParent")) == 4


def test_every_account_has_its_place_state_and_tags(whole: tuple[Organization, Answers]) -> None:
    found, _ = whole
    assert isinstance(found.accounts, tuple)
    assert {one.id: (one.path, one.state, one.tags) for one in found.accounts} == {
        ACCOUNT: ((org.ROOT,), "ACTIVE", OrganizationTags()),
        org.SHOP: (
            (org.ROOT, org.WORKLOADS, org.PRODUCTION),
            "ACTIVE",
            OrganizationTags(entries={"owner": "shop"}),
        ),
        org.CLOSED: ((org.ROOT, org.EMPTY), "CLOSED", OrganizationTags()),
    }


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"State": "PENDING_CLOSURE", "Status": "SUSPENDED"}, "PENDING_CLOSURE"),
        ({"Status": "SUSPENDED"}, "SUSPENDED"),
    ],
)
def test_an_accounts_state_comes_before_its_status(told: Mapping[str, str], state: str) -> None:
    plain = {k: v for k, v in org.account(org.SHOP, org.ROOT).items() if k != "State"}
    found, _ = asked({"organizations:ListAccounts": {"Accounts": [{**plain, **told}]}})
    assert isinstance(found.accounts, tuple)
    assert [one.state for one in found.accounts] == [state]


@pytest.mark.parametrize(
    "paths",
    [[f"{org.ORGANIZATION}/{org.ROOT}/{org.WORKLOADS}/"], None],
    ids=["without its own id", "none"],
)
def test_an_account_is_placed_by_aws_or_by_the_walk(paths: list[str] | None) -> None:
    told = {k: v for k, v in org.account(org.SHOP).items() if k != "Paths"}
    if paths:
        told["Paths"] = paths
    found, answers = asked(
        {
            "organizations:ListAccounts": {"Accounts": [told]},
            "organizations:ListAccountsForParent": lambda p: {
                "Accounts": [told] if p["ParentId"] == org.WORKLOADS else []
            },
        }
    )
    assert isinstance(found.accounts, tuple)
    assert found.accounts[0].path == (org.ROOT, org.WORKLOADS)
    assert len(answers.params("organizations:ListAccountsForParent")) == (0 if paths else 4)


def test_an_account_that_no_parent_lists_has_no_known_place() -> None:
    told = {k: v for k, v in org.account(org.SHOP).items() if k != "Paths"}
    nowhere = {
        "organizations:ListAccounts": {"Accounts": [told]},
        "organizations:ListAccountsForParent": {"Accounts": []},
    }
    found, _ = asked(nowhere)
    assert isinstance(found.accounts, tuple)
    assert found.accounts[0].path == Gap(
        "organizations:ListAccountsForParent", f"does not list {org.SHOP}"
    )
    found, _ = asked({**nowhere, "organizations:ListAccountsForParent": Error("ServiceException")})
    assert isinstance(found.accounts, tuple)
    assert found.accounts[0].path == Gap("organizations:ListAccountsForParent", "ServiceException")


@pytest.mark.parametrize(
    "paths",
    [[f"{org.ORGANIZATION}/{org.ROOT}/"] * 2, [f"{org.ORGANIZATION}/"], ["elsewhere"]],
)
def test_a_path_that_is_not_understood_is_that_accounts_gap(paths: list[str]) -> None:
    odd = org.account(org.SHOP, Paths=paths)
    plain = org.account(ACCOUNT, org.ROOT)
    found, _ = asked({"organizations:ListAccounts": {"Accounts": [odd, plain]}})
    assert isinstance(found.accounts, tuple)
    assert isinstance(found.accounts[0].path, Gap)
    assert found.accounts[1].path == (org.ROOT,)


def test_the_units_below_one_parent_may_be_unread_while_the_others_stay() -> None:
    def units(params: Mapping[str, Any]) -> Any:
        if params["ParentId"] == org.WORKLOADS:
            return Error("ServiceException")
        return {"OrganizationalUnits": org.UNITS.get(params["ParentId"], [])}

    found, _ = asked({"organizations:ListOrganizationalUnitsForParent": units})
    assert isinstance(found.units, tuple)
    assert [one if isinstance(one, Gap) else one.name for one in found.units] == [
        "Workloads",
        "Empty",
        Gap("organizations:ListOrganizationalUnitsForParent", "ServiceException"),
    ]


def test_a_tree_that_bites_its_own_tail_comes_to_an_end() -> None:
    tail = {"OrganizationalUnits": [org.unit("Workloads", org.WORKLOADS)]}
    found, answers = asked({"organizations:ListOrganizationalUnitsForParent": tail})
    assert isinstance(found.units, tuple)
    assert found.units[1] == Gap(
        "organizations:ListOrganizationalUnitsForParent", f"lists {org.WORKLOADS} twice"
    )
    assert len(answers.params("organizations:ListOrganizationalUnitsForParent")) == 2


def test_every_type_of_policy_is_there_the_unknown_too_and_those_not_on_are_not_asked_for(
    whole: tuple[Organization, Answers],
) -> None:
    found, answers = whole
    known = boto3.Session().client("organizations", region_name="us-east-1").meta.service_model
    every = types_of(found)
    assert set(every) == {*known.shape_for("PolicyType").enum, "QUANTUM_POLICY"}
    assert every["QUANTUM_POLICY"].policies == ()
    assert every["TAG_POLICY"].policies == NotEnabled()
    assert every["TAG_POLICY"].status == ""
    listed = {params["Filter"] for params in answers.params("organizations:ListPolicies")}
    assert listed == set(org.TYPES)


def test_policies_have_their_texts_and_where_they_are_attached(
    whole: tuple[Organization, Answers],
) -> None:
    found, _ = whole
    scps = policies_of(found, "SERVICE_CONTROL_POLICY")
    assert {name: one.targets for name, one in scps.items()} == {
        "FullAWSAccess": org.EVERYWHERE,
        "NoUsers": (org.WORKLOADS,),
    }
    assert scps["FullAWSAccess"].aws_managed
    assert scps["NoUsers"].document == digest(org.DENY)
    assert found.resource_policy == digest(org.DELEGATION)


def test_texts_are_kept_once_and_as_aws_wrote_them() -> None:
    ask, _ = ask_of(org.ANSWERS)
    read(ask)
    assert set(ask.documents.values()) == {org.ALLOW, org.DENY, org.BACKUP, org.DELEGATION}


def test_targets_come_from_every_page() -> None:
    pages = {
        None: org.targets(org.ROOT, NextToken="more"),
        "more": org.targets(org.WORKLOADS),
    }
    found, _ = asked({"organizations:ListTargetsForPolicy": lambda p: pages[p.get("NextToken")]})
    assert policies_of(found, "BACKUP_POLICY")["Nightly"].targets == (org.ROOT, org.WORKLOADS)


def test_one_policy_that_cannot_be_read_costs_only_its_own_text() -> None:
    def text(params: Mapping[str, Any]) -> Any:
        if params["PolicyId"] == "p-nousers01":
            return Error("PolicyNotFoundException")
        return {"Policy": {"Content": org.TEXTS[params["PolicyId"]]}}

    found, _ = asked({"organizations:DescribePolicy": text})
    scps = policies_of(found, "SERVICE_CONTROL_POLICY")
    assert scps["NoUsers"].document == Gap(
        "organizations:DescribePolicy", "PolicyNotFoundException"
    )
    assert scps["NoUsers"].targets == (org.WORKLOADS,)
    assert scps["FullAWSAccess"].document == digest(org.ALLOW)


def test_effective_policies_and_what_is_wrong_in_them(whole: tuple[Organization, Answers]) -> None:
    found, _ = whole
    own = own_policies(found)
    assert set(own) == {"BACKUP_POLICY", "QUANTUM_POLICY"}
    assert isinstance(own["BACKUP_POLICY"], EffectivePolicy)
    assert own["BACKUP_POLICY"].document == digest(org.BACKUP)
    assert own["QUANTUM_POLICY"] is None
    every = types_of(found)
    assert every["SERVICE_CONTROL_POLICY"].invalid is None
    assert every["QUANTUM_POLICY"].invalid == ()
    invalid = every["BACKUP_POLICY"].invalid
    assert isinstance(invalid, tuple)
    [one] = invalid
    assert one.account == org.SHOP
    assert isinstance(one.errors, tuple)
    assert [(e.code, e.at, e.policies) for e in one.errors] == [
        ("ELEMENTS_TOO_MANY", "plans", ("p-backup01",))
    ]


def test_who_administers_what_and_which_services_are_trusted(
    whole: tuple[Organization, Answers],
) -> None:
    found, _ = whole
    assert isinstance(found.delegated_administrators, tuple)
    [deputy] = found.delegated_administrators
    assert deputy.account == org.SHOP
    assert isinstance(deputy.services, tuple)
    assert isinstance(deputy.services[0], DelegatedService)
    assert deputy.services[0].principal == "guardduty.amazonaws.com"
    assert isinstance(found.trusted_access, tuple)
    assert [one.principal for one in found.trusted_access] == ["sso.amazonaws.com"]


def test_a_handshake_tells_its_parties_and_all_it_is_about(
    whole: tuple[Organization, Answers],
) -> None:
    found, _ = whole
    assert isinstance(found.sent_handshakes, tuple)
    [one] = found.sent_handshakes
    assert HandshakePart(type="EMAIL", value="new@example.com") in one.parties
    assert [part.type for part in one.resources] == ["ORGANIZATION", "MASTER_NAME"]


def test_a_member_is_told_that_it_is_one_and_keeps_what_it_may_read() -> None:
    found, answers = asked(MEMBER)
    assert (found.id, found.management_account) == (org.ORGANIZATION, "999988887777")
    for name in ("roots", "units", "accounts", "policy_types", "delegated_administrators"):
        assert getattr(found, name) == NOT_HERE
    for name in ("trusted_access", "sent_handshakes", "resource_policy"):
        assert getattr(found, name) == NOT_HERE
    own = own_policies(found)
    assert len(own) == 13
    assert isinstance(own.pop("BACKUP_POLICY"), EffectivePolicy)
    assert set(own.values()) == {None}
    assert len(answers.asked) == 2 + 13


def test_a_delegated_administrator_is_told_all_but_tags_and_approval() -> None:
    changed = {"organizations:DescribeOrganization": org.managed_by("999988887777")}
    found, answers = asked(changed)
    assert isinstance(found.accounts, tuple)
    assert {one.tags for one in found.accounts if isinstance(one.tags, Gap)} == {
        Gap("tag:GetResources", "only the management account is told", elsewhere=True)
    }
    assert gaps(found) == {"tag:GetResources": 3, "mpa:ListApprovalTeams": 1}
    assert "resourcegroupstaggingapi:GetResources" not in answers.actions()


def test_tags_are_asked_for_where_the_partition_keeps_its_organisations(
    whole: tuple[Organization, Answers],
) -> None:
    _, answers = whole
    assert {region for name, region, _ in answers.asked if name.endswith("GetResources")} == {
        "us-east-1"
    }


def test_an_account_in_no_organisation_has_none() -> None:
    ask, answers = ask_of(
        {"organizations:DescribeOrganization": Error("AWSOrganizationsNotInUseException")}
    )
    assert read(ask) is None
    assert answers.actions() == ["organizations:DescribeOrganization"]


@pytest.mark.parametrize("collector", collectors({Family.ORGANIZATION}), ids=lambda c: c.action)
def test_each_refusal_in_the_management_account_leaves_its_own_gap(
    collector: AnyCollector,
) -> None:
    name = f"{collector.service}:{collector.operation}"
    lacking = {"Accounts": [{k: v for k, v in org.account(org.SHOP).items() if k != "Paths"}]}
    changed: dict[str, Any] = {name: org.REFUSED}
    if collector.service == "mpa":
        # In other words than IAM's it would mean that approval is off.
        changed[name] = Error("AccessDeniedException", "is not authorized to perform: anything")
    if collector.operation == "ListAccountsForParent":
        changed["organizations:ListAccounts"] = lacking
    ask, _ = ask_of({**org.ANSWERS, **changed})
    found = read(ask)
    if collector.operation == "DescribeOrganization":
        assert found == Gap(name, "AccessDeniedException", org.REFUSED.message)
    else:
        assert isinstance(found, Organization)
        assert set(gaps(found)) == {collector.action}


def test_calls_grow_with_pages_units_and_policies_and_not_with_accounts() -> None:
    accounts = [org.account(f"{n:012}", org.ROOT, org.WORKLOADS) for n in range(1, 301)]

    def paged(items: list[Any], into: str, params: Mapping[str, Any]) -> dict[str, Any]:
        start, size = int(params.get("NextToken", 0)), params["MaxResults"]
        end = start + size
        more = {"NextToken": str(end)} if end < len(items) else {}
        return {into: items[start:end], **more}

    everywhere = [{"TargetId": one["Id"]} for one in accounts]
    found, answers = asked(
        {
            "organizations:ListAccounts": lambda p: paged(accounts, "Accounts", p),
            "organizations:ListTargetsForPolicy": lambda p: (
                paged(everywhere, "Targets", p)
                if p["PolicyId"] == "p-FullAWSAccess"
                else org.targets()
            ),
        }
    )
    assert isinstance(found.accounts, tuple)
    assert len(found.accounts) == 300
    units, types, policies, deputies, invalid = 3, 3, 3, 1, 1
    most = 11 + 1 + 3 * types + units + 300 // 20 + 2 * policies + 300 // 20 + deputies + invalid
    assert len(answers.asked) <= most


def test_the_management_account_that_may_not_list_the_root_is_told_the_rest() -> None:
    found, _ = asked({"organizations:ListRoots": org.REFUSED})
    gap = Gap("organizations:ListRoots", "AccessDeniedException", org.REFUSED.message)
    assert (found.roots, found.units, found.policy_types) == (gap, gap, gap)
    assert len(own_policies(found)) == 13
    assert isinstance(found.accounts, tuple)
    assert isinstance(found.trusted_access, tuple)


def test_what_several_must_agree_to_is_read_with_who_they_are() -> None:
    found, answers = asked()
    approval = found.approval
    assert isinstance(approval, MultiPartyApproval)
    [team] = approval.teams
    assert (team.name, team.needed, team.members) == ("vault", 2, 3)
    assert team.details == TeamDetails(
        approvers=(
            Approver(id="a1", identity="ana", status="ACCEPTED", mfa=("EMAIL_OTP",)),
            Approver(id="a2", status="ACCEPTED", mfa=("EMAIL_OTP",), out_of_step=("EMAIL_OTP",)),
            Approver(id="a3", mfa=()),
            Approver(id="a4", mfa=None),
        ),
        policies=("arn:aws:mpa::aws:policy/backup",),
        is_changing=True,
    )
    assert isinstance(approval.sources, tuple)
    assert [(one.reason, one.center) for one in approval.sources] == [
        ("IDC_INSTANCE_NOT_FOUND", "arn:aws:sso")
    ]
    assert {region for name, region, _ in answers.asked if name.startswith("mpa:")} == {"us-east-1"}


def test_an_organisation_without_approval_is_no_gap_and_a_missing_permission_is() -> None:
    off = Error("AccessDeniedException", "Multi-party approval is not enabled")
    assert asked({"mpa:ListApprovalTeams": off})[0].approval == NotOffered(
        code="AccessDeniedException"
    )
    no = Error("AccessDeniedException", "ana is not authorized to perform: mpa:ListApprovalTeams")
    assert isinstance(asked({"mpa:ListApprovalTeams": no})[0].approval, Gap)
