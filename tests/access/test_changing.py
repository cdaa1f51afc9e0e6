"""Who can make the change that a finding asks for: by every policy, in the right account."""

from collections.abc import Callable
from csv import DictReader
from functools import cache
from io import StringIO
from pathlib import Path

import pytest
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.findings import explain_finding
from idkeep.api.scan import keep_and_judge
from idkeep.checks import ALL, AnyCheck
from idkeep.checks.changing import Change, allowed_by, changes
from idkeep.checks.declare import Remedy
from idkeep.checks.samples import ANA, INSTANCE, ROOT, allow, deny, inline, key, snapshot_of
from idkeep.checks.services.samples import DEPUTY, deputy
from idkeep.config import Settings
from idkeep.model import (
    AccountAssignment,
    AttachedPolicy,
    Gap,
    Group,
    IdentityCenter,
    PermissionSet,
    Role,
    Snapshot,
    Unlisted,
    User,
)
from idkeep.model.center import CenterGroup, CenterUser, PermissionSetDetails
from idkeep.report.changing import changers_told
from idkeep.report.format import document
from idkeep.report.remedy import allowed_told
from idkeep.store import SqliteStore

from .small_accounts import (
    HOME,
    MANAGEMENT,
    account,
    catalog,
    organization,
    policy,
    role,
    user,
)

ANAS = f"arn:aws:iam::{HOME}:user/ana"
KEYS = Remedy(
    do="Then `aws iam delete-access-key --access-key-id KEY_ID --user-name USER`.",
    may_stop="What signs with it.",
)
SCP = Remedy(
    do="`aws organizations update-policy --policy-id POLICY_ID --content file://scp.json`",
    may_stop="What it denies.",
)
GUARD = Remedy(
    do="`aws guardduty update-organization-configuration --detector-id DETECTOR_ID`",
    may_stop="Nothing stops: it looks.",
)
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def told(
    remedy: Remedy,
    snapshot: Snapshot,
    *things: str,
    elsewhere: Callable[[str], Snapshot | None] = lambda _: None,
) -> tuple[Change, ...]:
    estate = Estate(snapshot, Settings(), catalog(), elsewhere=elsewhere)
    return changes(remedy, things, (), estate)


def names(change: Change) -> list[str]:
    assert change.who is not None
    return [one.name for one in change.who.may]


def group(name: str, *statements: dict[str, object]) -> Group:
    return Group(
        arn=f"arn:aws:iam::{HOME}:group/{name}",
        id=f"AGPAEXAMPLE{name.upper()}",
        name=name,
        created=ANA.created,
        inline_policies=(inline(*statements),),
    )


def test_whoever_may_do_it_to_the_subject_is_named_with_the_policy_that_allows_it() -> None:
    own = allow("iam:DeleteAccessKey", f"arn:aws:iam::{HOME}:user/bo")
    members = user(name="ines", groups=("Admins",))
    admins = group("Admins", allow("iam:*"))
    snapshot = account(user(own, name="bo"), members, role(allow("iam:*AccessKey")))
    (change,) = told(KEYS, replace(snapshot, groups=(admins,)), ANAS)
    assert change.actions == ("iam:DeleteAccessKey",)
    assert names(change) == ["user ines", "role deployer", "the root user"]
    assert change.who is not None
    assert change.who.on == ANAS
    assert [one.by for one in change.who.may] == [
        ("inline policy own of group Admins",),
        ("inline policy own",),
        (),
    ]


def test_what_the_organisation_denies_nobody_of_the_account_can_change() -> None:
    stops = policy("NoKeys", HOME, deny("iam:DeleteAccessKey"))
    snapshot = account(user(allow("*")), organization=organization(stops))
    (change,) = told(KEYS, snapshot, ANAS)
    assert names(change) == []
    assert "- nobody of the account" in list(changers_told((change,), HOME))


def test_a_condition_that_is_open_is_told_with_the_name() -> None:
    snapshot = account(user(allow("iam:DeleteAccessKey", Condition=MFA)))
    (change,) = told(KEYS, snapshot, ANAS)
    assert change.who is not None
    assert [(one.name, one.proviso) for one in change.who.perhaps] == [
        ("user ana", "if Bool aws:MultiFactorAuthPresent true")
    ]
    assert names(change) == ["the root user"]


def test_of_whom_it_is_not_known_it_says_so() -> None:
    gone = AttachedPolicy(name="Lost", arn=f"arn:aws:iam::{HOME}:policy/Lost")
    snapshot = account(user(name="bo", attached_policies=(gone,)))
    (change,) = told(KEYS, snapshot, ANAS)
    assert change.who is not None
    (why,) = change.who.unknown
    assert why.startswith("user bo (")
    assert "policy Lost is not in the snapshot" in why


def test_users_that_could_not_be_listed_may_be_missing() -> None:
    refused = Gap("iam:GetAccountAuthorizationDetails", "AccessDenied")
    snapshot = replace(
        snapshot_of(), users=(), unlisted=(Unlisted("User", refused), Unlisted("Role", refused))
    )
    (change,) = told(KEYS, snapshot, ANAS)
    lines = list(changers_told((change,), HOME))
    assert "- some may be missing: iam:GetAccountAuthorizationDetails: AccessDenied" in lines


def test_roles_that_services_keep_for_themselves_change_nothing_for_people() -> None:
    linked = role(allow("*"), name="AWSServiceRoleForX", path="/aws-service-role/x.amazonaws.com/")
    (change,) = told(KEYS, account(linked), ANAS)
    assert names(change) == ["the root user"]


def test_an_action_on_something_else_is_asked_about_any_thing_of_its_kind() -> None:
    joins = Remedy(
        do="`aws iam add-user-to-group --group-name GROUP --user-name USER`", may_stop="-"
    )
    narrow = allow("iam:AddUserToGroup", f"arn:aws:iam::{HOME}:group/Readers")
    (change,) = told(joins, account(user(narrow)), ANAS)
    assert change.who is not None
    assert change.who.on == ""
    assert names(change) == ["user ana", "the root user"]
    assert "`iam:AddUserToGroup` on some resource:\n" in list(changers_told((change,), HOME))


def test_what_aws_owns_is_not_asked_about() -> None:
    writes = Remedy(
        do="`aws iam create-policy-version --policy-arn ARN --policy-document file://p.json`",
        may_stop="-",
    )
    owned, own = "arn:aws:iam::aws:policy/ReadOnlyAccess", f"arn:aws:iam::{HOME}:policy/Own"
    estate = Estate(account(user(allow("iam:*"))), Settings(), catalog())
    (change,) = changes(writes, (ANAS,), (owned, own), estate)
    assert change.who is not None
    assert change.who.on == own


def test_people_of_identity_center_are_named_where_its_assignments_were_read() -> None:
    name = "AWSReservedSSO_Admin_0123456789abcdef"
    path = "/aws-reserved/sso.amazonaws.com/"
    snapshot = replace(account(role(allow("*"), name=name, path=path)), center=center())
    (change,) = told(KEYS, snapshot, ANAS)
    assert names(change)[0] == "permission set Admin of Identity Center"
    assert change.who is not None
    assert change.who.may[0].people == ("group Platform (ada)",)
    lines = list(changers_told((change,), HOME))
    assert (
        "- **permission set Admin of Identity Center** (group Platform (ada)), by inline policy own"
        in lines
    )


def center() -> IdentityCenter:
    refused = Gap("sso:Get", "AccessDenied")
    made = PermissionSet(
        arn="arn:aws:sso:::permissionSet/ssoins-1/ps-1",
        details=PermissionSetDetails(name="Admin"),
        inline_policy=refused,
        managed_policies=refused,
        customer_policies=refused,
        boundary=refused,
        provisioned=refused,
        outdated=refused,
    )
    given = AccountAssignment(
        account=HOME, permission_set=made.arn, principal_type="GROUP", principal="g-1"
    )
    away = replace(given, account="444455556666", principal="g-2")
    one = replace(
        INSTANCE,
        permission_sets=(made,),
        assignments=(given, away),
        users=(CenterUser(id="u-1", name="ada"),),
        groups=(
            CenterGroup(id="g-1", name="Platform", members=("u-1",)),
            CenterGroup(id="g-2", name="Other", members=()),
        ),
    )
    return IdentityCenter(instances=(one,), account_access=())


def managing(*principals: User | Role) -> Snapshot:
    made = account(*principals, organization=organization(account=MANAGEMENT))
    whole = replace(made.account, id=MANAGEMENT)
    root = replace(ROOT, arn=f"arn:aws:iam::{MANAGEMENT}:root")
    return replace(made, account=whole, root=root)


def test_what_the_management_account_alone_can_do_is_asked_there() -> None:
    member = account(user(allow("*")), organization=organization())
    writer = replace(
        user(allow("organizations:*"), name="olga"), arn=f"arn:aws:iam::{MANAGEMENT}:user/olga"
    )
    seen = {MANAGEMENT: managing(writer)}
    (change,) = told(SCP, member, elsewhere=seen.get)
    assert change.account == MANAGEMENT
    assert names(change) == ["user olga", "the root user"]


def test_where_it_was_not_scanned_its_own_scan_tells() -> None:
    member = account(user(allow("*")), organization=organization())
    (change,) = told(SCP, member)
    assert change.who is None
    (line,) = changers_told((change,), HOME)
    assert line.startswith(f"`organizations:UpdatePolicy`: account {MANAGEMENT} was not scanned")


def test_without_an_organisation_there_is_nobody_to_ask() -> None:
    (change,) = told(SCP, account(user(allow("*"))))
    assert change.who is None
    assert "the account belongs to no organisation" in change.why
    refused = Gap("organizations:DescribeOrganization", "AccessDenied")
    (unread,) = told(SCP, account(user(allow("*")), organization=refused))
    assert "which account that is was not told: organizations:DescribeOrganization" in unread.why


def test_a_service_of_the_organisation_is_changed_where_its_deputy_is() -> None:
    lead = replace(organization(), delegated_administrators=(deputy("guardduty.amazonaws.com"),))
    (change,) = told(GUARD, account(user(allow("*")), organization=lead))
    assert change.account == DEPUTY
    nobody = replace(lead, delegated_administrators=())
    (none,) = told(GUARD, account(user(allow("*")), organization=nobody))
    assert (
        none.why == "made in the account of GuardDuty's delegated administrator, and there is none"
    )
    refused = Gap("organizations:ListDelegatedAdministrators", "AccessDenied")
    unread = replace(lead, delegated_administrators=refused)
    (unknown,) = told(GUARD, account(user(allow("*")), organization=unread))
    assert "was not told: organizations:ListDelegatedAdministrators" in unknown.why


def test_a_finding_that_is_explained_names_who_can_change_it(tmp_path: Path) -> None:
    old = user(allow("iam:*"), access_keys=(key(age=400),))
    store = tmp_path / "s.db"
    report = keep_and_judge(snapshot_of(old), SqliteStore(store), Settings())
    (wanted,) = [
        finding.id
        for check in report.checks
        for verdict in check.results
        for finding in verdict.findings
        if check.id == "old-access-key"
    ]
    page = explain_finding(wanted, store=store)
    assert "`aws iam delete-access-key --user-name ana --access-key-id KEY_ID`" in page
    assert "## What may stop working\n\nWhat still signs with the old key stops" in page
    assert "## Who can change it\n\nWhoever is allowed `iam:CreateAccessKey`" in page
    assert f"on arn:aws:iam::{HOME}:user/ana:\n\n- **user ana**, by inline policy own\n" in page


def test_once_for_all_findings_it_is_told_who_may_on_anything_of_the_kind() -> None:
    one = user(allow("iam:DeleteAccessKey", ANAS), name="bo")
    every = user(allow("iam:*"), name="cy")
    with_mfa = user(allow("iam:*", Condition=MFA), name="di")
    gone = AttachedPolicy(name="Lost", arn=f"arn:aws:iam::{HOME}:policy/Lost")
    unread = user(name="el", attached_policies=(gone,))
    estate = Estate(account(one, every, with_mfa, unread), Settings(), catalog())
    (found,) = allowed_by(KEYS, estate)
    assert found.actions == ("iam:DeleteAccessKey",)
    assert found.names == ("user cy", "the root user")
    assert (found.more, found.perhaps, found.unknown) == (0, ("user di",), 1)
    assert allowed_told(found) == (
        "`iam:DeleteAccessKey`: user cy, the root user; under conditions user di; of 1 it is not "
        "known"
    )


def test_of_many_the_first_are_named_and_the_others_counted() -> None:
    many = [user(allow("iam:*"), name=f"u{n}") for n in range(9)]
    (found,) = allowed_by(KEYS, Estate(account(*many), Settings(), catalog()))
    assert found.names == ("user u0", "user u1", "user u2", "user u3", "user u4")
    assert found.more == 5


def test_what_another_account_alone_can_do_is_told_of_nobody_here() -> None:
    estate = Estate(account(user(allow("*")), organization=organization()), Settings(), catalog())
    assert allowed_by(SCP, estate) == ()


def test_a_policy_of_the_organisation_that_was_not_read_may_make_it_otherwise() -> None:
    refused = Gap("organizations:ListPolicies", "AccessDenied")
    lead = replace(organization(), policy_types=refused)
    estate = Estate(account(user(allow("iam:*")), organization=lead), Settings(), catalog())
    (found,) = allowed_by(KEYS, estate)
    assert found.names == ("user ana", "the root user")
    assert any("organizations:ListPolicies" in one for one in found.guardrails)
    assert allowed_told(found).endswith(
        "; unless a policy of the organisation, which was not read, denies it"
    )


def test_reports_name_who_may_beside_what_was_found(tmp_path: Path) -> None:
    old = user(allow("iam:*"), access_keys=(key(age=400),))
    report = keep_and_judge(snapshot_of(old), SqliteStore(tmp_path / "s.db"), Settings())
    told = {one.id: one.allowed for one in report.checks}
    assert [one.names for one in told["old-access-key"]] == [("user ana", "the root user")]
    assert not any(told[one.id] for one in report.checks if one.worst < 0)
    page = document("html", report).replace("<code>", "").replace("</code>", "")
    assert "iam:UpdateAccessKey, iam:DeleteAccessKey: user ana, the root user" in page
    (row, *_) = [
        one
        for one in DictReader(StringIO(document("csv", report)))
        if one["check"] == "old-access-key"
    ]
    assert row["allowed"].endswith("iam:DeleteAccessKey: user ana, the root user")
    assert row["needs"].split()[0] == "iam:CreateAccessKey"


def test_a_thing_of_a_region_is_changed_in_that_region() -> None:
    home = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    snapshot = account(user(allow("cloudtrail:*", Condition=home)))
    stops = Remedy(do="`aws cloudtrail delete-trail --name TRAIL`", may_stop="-")
    for region, known in (
        ("eu-west-1", ["user ana", "the root user"]),
        ("us-east-1", ["the root user"]),
    ):
        (change,) = told(stops, snapshot, f"arn:aws:cloudtrail:{region}:{HOME}:trail/lab")
        assert names(change) == known


@cache
def mixed() -> Estate:
    """An organisation's member with people of every sort, and little of the organisation read."""
    people = (
        user(allow("*")),
        user(allow(["iam:*", "s3:*", "kms:*"], Condition=MFA), name="bo"),
        user(name="cy", attached_policies=(AttachedPolicy(name="Lost", arn="arn:aws:iam::1:p/L"),)),
        role(allow("s3:PutBucketPolicy", "arn:aws:s3:::one")),
    )
    return Estate(account(*people, organization=organization()), Settings(), catalog())


@pytest.mark.parametrize("check", ALL, ids=[one.id for one in ALL])
def test_of_every_check_it_is_told_who_can_change_what_it_finds(check: AnyCheck) -> None:
    remedy = check.remedy
    here = [action for one in allowed_by(remedy, mixed()) for action in one.actions]
    away = [action for actions in remedy.elsewhere.values() for action in actions]
    assert sorted(here + away) == sorted(remedy.needs)
    for one in allowed_by(remedy, mixed()):
        assert {"user ana", "the root user"} <= set(one.names)
        assert one.unknown == 1
    things = {getattr(example.subject, "arn", "") for example in check.examples}
    for thing in things:
        found = changes(remedy, (thing,), (), mixed())
        assert {action for one in found for action in one.actions} == set(remedy.needs)
        assert not remedy.needs or list(changers_told(found, HOME))
