"""Identity Center: sets as the roles they make in each account, and who stands behind a role."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.can_snapshot import SnapshotQuestion, can_on_snapshot
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, run
from idkeep.checks.center.samples import (
    ADMINISTRATOR,
    DEVELOPER,
    MANAGEMENT,
    OTHER,
    PLATFORM,
    SHOP,
    center,
    given,
)
from idkeep.checks.policies.samples import EVERYTHING, role
from idkeep.checks.samples import (
    ACCOUNT,
    INSTANCE,
    ORGANIZATION,
    allow,
    inline,
    managed,
    snapshot_of,
    text,
)
from idkeep.config import Settings
from idkeep.model import (
    CenterUser,
    Gap,
    IdentityCenter,
    PermissionSetBoundary,
    PolicyReference,
    Role,
    Snapshot,
    Status,
    Unlisted,
    Verdict,
)
from idkeep.store import SqliteStore

CATALOG = load_catalog()
ADMINS = "permission-set-makes-administrators"
WORK = replace(DEVELOPER, customer_policies=(PolicyReference(name="Work"),))
HIDDEN = Gap("sso:DescribeInstance", "AccessDeniedException (not from a member account)")


def verdicts(check: str, snapshot: Snapshot, others: Mapping[str, Snapshot] = {}) -> list[Verdict]:
    [found] = [one for one in ALL if one.id == check]
    [outcome] = run([found], Estate(snapshot, Settings(), CATALOG, elsewhere=others.get))
    assert outcome.unlisted == ()
    return list(outcome.verdicts)


def told(verdict: Verdict) -> list[str]:
    return [one.message for one in verdict.findings]


def account(number: str, **facts: Any) -> Snapshot:
    return snapshot_of(replace(ACCOUNT, id=number), organization=ORGANIZATION, **facts)


def has_work(number: str, *statements: dict[str, object]) -> Snapshot:
    """An account with a policy Work of its own."""
    policy = replace(managed("Work", *statements), arn=f"arn:aws:iam::{number}:policy/Work")
    return account(number, policies=(policy,))


def test_a_set_that_names_a_policy_is_another_role_in_each_account() -> None:
    one = replace(WORK, provisioned=(SHOP, OTHER, MANAGEMENT))
    assigned = tuple(given(one, PLATFORM, number) for number in (SHOP, OTHER, MANAGEMENT))
    snapshot = account(MANAGEMENT, center=center(one, assignments=assigned))
    others = {SHOP: has_work(SHOP, EVERYTHING), OTHER: has_work(OTHER, allow("s3:Get*"))}
    [verdict] = verdicts(ADMINS, snapshot, others)
    group = "group Platform (ada, bo (disabled))"
    assert told(verdict) == [f"makes administrators by policy Work: {group} in {SHOP}"]
    [verdict] = verdicts("permission-set-names-no-policy", snapshot, others)
    assert told(verdict) == [f"names policy Work, which account {MANAGEMENT} lacks"]


def test_an_account_that_was_not_scanned_leaves_the_set_unknown_and_says_where_to_look() -> None:
    one = replace(WORK, provisioned=(SHOP, OTHER))
    [verdict] = verdicts(
        ADMINS, account(MANAGEMENT, center=center(one)), {SHOP: has_work(SHOP, allow("s3:Get*"))}
    )
    assert verdict.status is Status.UNKNOWN
    [why] = verdict.unknown
    assert why.endswith(f"policy Work is told in account {OTHER} alone")


def test_a_boundary_that_each_account_has_of_its_own_limits_the_set_there() -> None:
    bound = PermissionSetBoundary(customer=PolicyReference(name="Work"))
    one = replace(ADMINISTRATOR, boundary=bound, provisioned=(SHOP, OTHER))
    assigned = tuple(given(one, PLATFORM, number) for number in (SHOP, OTHER))
    snapshot = account(MANAGEMENT, center=center(one, assignments=assigned))
    others = {SHOP: has_work(SHOP, EVERYTHING), OTHER: has_work(OTHER, allow("s3:Get*"))}
    [verdict] = verdicts(ADMINS, snapshot, others)
    assert [(one.at, one.severity) for one in verdict.findings] == [
        ("", "medium"),
        ("limited", "low"),
    ]
    assert told(verdict)[1].endswith("limited by permissions boundary Work")


def test_a_text_that_names_an_account_is_asked_about_in_each() -> None:
    others: dict[str, object] = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    one = replace(
        DEVELOPER,
        inline_policy=text(others, allow("iam:*", f"arn:aws:iam::{SHOP}:*")),
        provisioned=(OTHER, SHOP),
    )
    assigned = tuple(given(one, PLATFORM, number) for number in (OTHER, SHOP))
    snapshot = account(MANAGEMENT, center=center(one, assignments=assigned))
    [verdict] = verdicts(ADMINS, snapshot)
    [message] = told(verdict)
    assert message.endswith(f"group Platform (ada, bo (disabled)) in {SHOP}")


def test_how_the_inline_policy_is_written_does_not_count() -> None:
    halves = (
        allow(["iam:*", "s3:*", "ec2:*", "lambda:*", "kms:*", "secretsmanager:*", "dynamodb:*"]),
        allow(["rds:*", "cloudtrail:*", "logs:*", "cloudformation:*", "sts:*"]),
    )
    one = replace(DEVELOPER, inline_policy=text(*halves))
    snapshot = account(SHOP, center=center(one))
    [verdict] = verdicts(ADMINS, snapshot)
    assert told(verdict) == ["makes administrators by inline policy AwsSSOInlinePolicy: nobody yet"]


def test_a_member_leaves_the_judgement_to_the_owner_that_was_read_too() -> None:
    hidden = replace(HIDDEN, elsewhere=True)
    seen = replace(
        INSTANCE,
        details=hidden,
        permission_sets=hidden,
        assignments=hidden,
        users=hidden,
        groups=hidden,
    )
    member = account(SHOP, center=IdentityCenter(instances=(seen,), account_access=()))
    owner = account(MANAGEMENT, center=center(ADMINISTRATOR))
    assert verdicts(ADMINS, member, {MANAGEMENT: owner}) == []
    [verdict] = verdicts("assignments-to-persons", member, {MANAGEMENT: owner})
    assert verdict.not_applicable == f"is judged in account {MANAGEMENT}, whose it is"
    [found] = [one for one in ALL if one.id == ADMINS]
    [outcome] = run([found], Estate(member, Settings(), CATALOG))
    assert outcome.unlisted == (str(hidden),)


def test_a_group_that_was_not_understood_may_be_a_disabled_user_s() -> None:
    left = CenterUser(id="u-9", name="left", status="DISABLED")
    odd = Gap("identitystore:ListGroups", "the answer lacks GroupId")
    snapshot = account(
        MANAGEMENT,
        center=center(users=(left,), groups=(), applications=()),
        unlisted=(Unlisted("CenterGroup", odd),),
    )
    [verdict] = verdicts("disabled-user-keeps-access", snapshot)
    assert verdict.unknown == (str(odd),)


RESERVED = replace(
    role("AWSReservedSSO_Administrator_0123456789abcdef", EVERYTHING),
    arn=f"arn:aws:iam::{SHOP}:role/aws-reserved/sso.amazonaws.com/"
    "AWSReservedSSO_Administrator_0123456789abcdef",
)
OWNER = center(ADMINISTRATOR, assignments=(given(ADMINISTRATOR, PLATFORM),))


def test_the_people_behind_a_role_of_a_permission_set_are_named() -> None:
    member, owner = account(SHOP, roles=(RESERVED,)), account(MANAGEMENT, center=OWNER)
    [verdict] = verdicts("role-is-administrator", member, {MANAGEMENT: owner})
    assert told(verdict) == [
        (
            "is an administrator by inline policy own (by a permission set of Identity Center: "
            "group Platform (ada, bo (disabled)))"
        )
    ]
    elsewhere = center(ADMINISTRATOR, assignments=(given(ADMINISTRATOR, PLATFORM, OTHER),))
    [verdict] = verdicts(
        "role-is-administrator", member, {MANAGEMENT: account(MANAGEMENT, center=elsewhere)}
    )
    assert "which is assigned to nobody here" in told(verdict)[0]
    [verdict] = verdicts("role-is-administrator", member)
    assert told(verdict)[0].endswith("(by a permission set of Identity Center)")


def test_can_names_the_people_behind_such_a_role(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "s.db")
    store.put(account(MANAGEMENT, center=OWNER))
    store.put(account(SHOP, roles=(RESERVED,)))
    asked = SnapshotQuestion(principal=RESERVED.name, action="s3:ListAllMyBuckets")
    answer = can_on_snapshot(asked, account=SHOP, store=store.path)
    note = f"Identity Center gives {RESERVED.name} to: group Platform (ada, bo (disabled))"
    assert note in answer.ruling.notes


DIFFERS = "role-differs-from-permission-set"
MADE = "AWSReservedSSO_Developer_0123456789abcdef"


def of_center(number: str, **facts: Any) -> Role:
    path = "role/aws-reserved/sso.amazonaws.com"
    made = replace(role(MADE), arn=f"arn:aws:iam::{number}:{path}/{MADE}")
    return replace(made, **facts)


def test_a_members_role_is_held_against_the_set_in_the_account_that_tells_of_it() -> None:
    more = of_center(SHOP, inline_policies=(inline(allow("s3:*"), name="AwsSSOInlinePolicy"),))
    seen = replace(INSTANCE, details=HIDDEN, permission_sets=HIDDEN)
    member = account(
        SHOP, roles=(more,), center=IdentityCenter(instances=(seen,), account_access=())
    )
    [alone] = verdicts(DIFFERS, member)
    assert (alone.status, alone.unknown) == (Status.UNKNOWN, (str(HIDDEN),))
    manager = account(MANAGEMENT, center=center(DEVELOPER))
    [one] = verdicts(DIFFERS, member, {MANAGEMENT: manager})
    assert told(one) == [
        "differs from permission set Developer: it has inline policy AwsSSOInlinePolicy"
    ]
    [same] = verdicts(DIFFERS, replace(member, roles=(of_center(SHOP),)), {MANAGEMENT: manager})
    assert same.status is Status.PASS


def test_how_an_inline_policy_is_written_makes_no_drift() -> None:
    one = allow(["s3:GetObject", "s3:PutObject"])
    apart = (allow("s3:PutObject"), allow("s3:GetObject"))
    held = of_center(SHOP, inline_policies=(inline(*apart, name="AwsSSOInlinePolicy"),))
    bound = replace(DEVELOPER, inline_policy=text(one))
    [same] = verdicts(DIFFERS, account(SHOP, roles=(held,), center=center(bound)))
    assert same.status is Status.PASS


def test_what_could_not_be_read_of_a_set_leaves_a_role_no_pass() -> None:
    for fact in ("inline_policy", "managed_policies", "customer_policies", "boundary"):
        lost = replace(DEVELOPER, **{fact: HIDDEN})
        held = account(SHOP, roles=(of_center(SHOP),), center=center(lost))
        [one] = verdicts(DIFFERS, held)
        assert (one.status, one.unknown) == (Status.UNKNOWN, (str(HIDDEN),))
