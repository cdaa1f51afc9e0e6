"""What the catalog answers: names in any case, IAM's wildcards, patterns of keys, dated facts."""

import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep import catalog
from idkeep.catalog import (
    AccessLevel,
    Catalog,
    ConditionKey,
    GlobalKey,
    KeyCategory,
    KeyType,
    pack,
)

HELD = Catalog.open(resources.files(catalog).joinpath("catalog.bin").read_bytes())


def test_an_action_is_found_in_any_case() -> None:
    action = HELD.action("S3:putOBJECT")
    assert action is not None
    assert action.name == "PutObject"
    assert action.level is AccessLevel.WRITE
    assert "object" in {row.name for row in action.resources or ()}
    assert "s3:x-amz-acl" in action.all_keys


@pytest.mark.parametrize("name", ["s3:FlyToTheMoon", "moon:PutObject", "PutObject", "s3", ""])
def test_what_is_no_action_is_none(name: str) -> None:
    assert HELD.action(name) is None


def test_an_action_that_writes_and_shares_is_permissions_management() -> None:
    action = HELD.action("s3:PutBucketPolicy")
    assert action is not None
    assert action.level in {AccessLevel.WRITE, AccessLevel.PERMISSIONS}
    attach = HELD.action("iam:AttachRolePolicy")
    assert attach is not None
    assert attach.level is AccessLevel.PERMISSIONS


@pytest.mark.parametrize("name", ["ecs:RunTask", "lambda:CreateFunction"])
def test_dependent_actions_are_kept_from_the_last_source_that_told_them(name: str) -> None:
    action = HELD.action(name)
    assert action is not None
    assert "iam:PassRole" in action.all_dependent
    assert HELD.dependent_as_of < HELD.date


@pytest.mark.parametrize(
    ("pattern", "inside", "outside"),
    [
        ("s3:Get*", "s3:GetObject", "s3:PutObject"),
        ("S3:gET*", "s3:GetObject", "s3:PutObject"),
        ("s3:GetObjec?", "s3:GetObject", "s3:GetObjectAcl"),
        ("*:GetObject", "s3:GetObject", "s3:GetObjectAcl"),
        ("s?:GetObject", "s3:GetObject", "s3:GetBucketPolicy"),
        ("s3:*Obj*Acl", "s3:PutObjectAcl", "s3:PutObject"),
        ("iam:***", "iam:PassRole", "s3:GetObject"),
        ("*", "iam:PassRole", "aws-mcp:InvokeMcp"),
        ("*:*", "iam:PassRole", "aws-mcp:InvokeMcp"),
    ],
)
def test_iams_wildcards(pattern: str, inside: str, outside: str) -> None:
    found = HELD.expand(pattern)
    assert inside in found
    assert outside not in found


@pytest.mark.parametrize(
    "pattern", ["", "s3", "s3*", "Get*", "s3:", "moon:*", "s3:Get[A-Z]*", "s3:GetObject.*", "?"]
)
def test_a_pattern_that_means_nothing_means_no_action(pattern: str) -> None:
    assert HELD.expand(pattern) == ()


def test_the_services_of_a_pattern() -> None:
    assert HELD.touched("S3:Get*") == ("s3",)
    assert HELD.touched("moon:*") == ()
    assert HELD.touched("s3") == ()
    assert {"s3", "s3express", "s3vectors"} <= set(HELD.touched("s3*:Get*"))
    assert HELD.touched("*") == HELD.services


@given(st.sampled_from(HELD.expand("*")), st.data())
def test_a_name_with_a_hole_in_it_still_means_the_name(name: str, data: st.DataObject) -> None:
    prefix, _, rest = name.partition(":")
    start = data.draw(st.integers(0, len(rest)))
    end = data.draw(st.integers(start, len(rest)))
    assert name in HELD.expand(f"{prefix}:{rest[:start]}*{rest[end:]}")
    assert name in HELD.expand(f"{prefix}:{rest[:start]}{'?' * (end - start)}{rest[end:]}".upper())


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("AWS:principalorgid", "aws:PrincipalOrgID"),
        ("aws:ResourceTag/team", "aws:ResourceTag/${TagKey}"),
        ("s3:RequestObjectTag/cost", "s3:RequestObjectTag/<key>"),
        ("kms:EncryptionContext:tenant", "kms:EncryptionContext:${EncryptionContextKey}"),
        ("token.actions.githubusercontent.com:ref", "token.actions.githubusercontent.com:ref"),
        ("saml:aud", "saml:aud"),
        ("lambda:SourceFunctionArn", "lambda:SourceFunctionArn"),
    ],
)
def test_a_key_is_found_by_what_a_policy_says(asked: str, name: str) -> None:
    key = HELD.key(asked)
    assert key is not None
    assert key.name == name


@pytest.mark.parametrize("name", ["aws:Moon", "moon:Phase", "aws:ResourceTag/", "sub", ""])
def test_what_is_no_key_is_none(name: str) -> None:
    assert HELD.key(name) is None


def test_a_key_says_its_type_and_whether_it_has_many_values() -> None:
    tags, vpc, own = (
        HELD.key("aws:TagKeys"),
        HELD.key("aws:SourceVpcArn"),
        HELD.key("sts:TaskPolicyArn"),
    )
    assert isinstance(tags, GlobalKey)
    assert (tags.type, tags.multivalued) == (KeyType.STRING, True)
    assert isinstance(vpc, GlobalKey)
    assert (vpc.type, vpc.category) == (KeyType.ARN, KeyCategory.NETWORK)
    assert isinstance(own, ConditionKey)


@pytest.mark.parametrize(
    ("key", "action", "supplied"),
    [
        ("aws:VpceOrgID", "sqs:SendMessage", True),
        ("aws:VpceAccount", "sqs:SendMessage", False),
        ("aws:VpceOrgPaths", "s3:GetObject", True),
        ("aws:SourceVpcArn", "dynamodb:GetItem", False),
        ("aws:VpceAccount", "dynamodb:GetItem", True),
        ("aws:VpceAccount", "iam:GetUser", True),
        ("aws:VpceAccount", "IAM:passrole", False),
        ("aws:SourceVpce", "s3:GetObject", None),
    ],
)
def test_which_service_supplies_a_network_key(
    key: str, action: str, *, supplied: bool | None
) -> None:
    found = HELD.key(key)
    assert isinstance(found, GlobalKey)
    assert found.supplied_by(action) is supplied


@pytest.mark.parametrize(
    ("action", "reached"),
    [
        ("s3:GetObject", True),
        ("STS:AssumeRole", True),
        ("kms:RetireGrant", False),
        ("kms:Decrypt", True),
        ("sns:Publish", False),
        ("ec2:RunInstances", False),
    ],
)
def test_what_resource_control_policies_reach(action: str, *, reached: bool) -> None:
    assert HELD.covered_by_rcps(action) is reached


def test_the_lists_of_services_name_services_that_there_are() -> None:
    facts = HELD.facts
    named = {one for key in facts.global_keys for one in key.services or ()}
    assert named | set(facts.rcps.services) <= set(HELD.services)
    assert len(facts.rcps.services) == 62


@pytest.mark.parametrize(
    ("of", "unit", "default", "maximum"),
    [
        ("scp", "characters", 10_240, 10_240),
        ("scp", "attached to a target", 10, 10),
        ("rcp", "characters", 5_120, 5_120),
        ("rcp", "attached to a target", 5, 5),
        ("managed", "characters", 6_144, 6_144),
        ("managed", "attached to a role", 20, 25),
        ("user-inline", "characters", 2_048, 2_048),
        ("group-inline", "characters", 5_120, 5_120),
        ("role-inline", "characters", 10_240, 10_240),
        ("trust", "characters", 2_048, 8_192),
        ("session", "characters", 2_048, 2_048),
    ],
)
def test_quotas(of: str, unit: str, default: int, maximum: int) -> None:
    quota = HELD.facts.quota(of, unit)
    assert (quota.default, quota.maximum) == (default, maximum)


def test_every_fact_has_its_page_and_day() -> None:
    facts = HELD.facts
    pages = [
        facts.rcps.page,
        *(one.page for one in facts.global_keys),
        *(one.page for one in facts.quotas),
        *(one.page for one in facts.root_tasks),
        *(one.page for one in facts.shared_issuers),
        *(one.page for one in facts.own_account_only),
    ]
    assert all(one.url.startswith("https://docs.aws.amazon.com/") for one in pages)
    assert all(one.read >= "2026-01-01" for one in pages)


def test_actions_of_ones_own_account_are_actions_that_there_are() -> None:
    told = HELD.facts.denied_across_accounts()
    assert {"kms:schedulekeydeletion", "sqs:deletequeue", "s3:putbucketpolicy"} <= told
    assert all(HELD.action(one) for one in told)
    assert "kms:decrypt" not in told


def test_root_tasks_name_actions_that_there_are() -> None:
    tasks = {one.arn.rpartition("/")[2]: json.loads(one.document) for one in HELD.facts.root_tasks}
    assert len(tasks) == 5
    for document in tasks.values():
        allowed = document["Statement"][0]["NotAction"]
        assert all(HELD.action(one) for one in allowed)
    delete = tasks["IAMDeleteRootUserCredentials"]["Statement"][0]["NotAction"]
    assert "iam:DeactivateMFADevice" in delete
    assert "iam:DeleteVirtualMFADevice" not in delete


def test_a_shared_issuer_names_the_keys_of_which_one_must_be_looked_at() -> None:
    issuers = {one.issuer: one.keys for one in HELD.facts.shared_issuers}
    github = "token.actions.githubusercontent.com"
    assert issuers[github] == (f"{github}:sub", f"{github}:job_workflow_ref")
    assert issuers["cognito-identity.amazonaws.com"] == ("cognito-identity.amazonaws.com:aud",)


def test_packing_what_was_opened_gives_the_same_answers() -> None:
    again = Catalog.open(pack(HELD.contents(), level=1))
    assert again.contents() == HELD.contents()
    assert (again.summary, again.dangling) == (HELD.summary, HELD.dangling)
    assert pack(again.contents(), level=1) == pack(HELD.contents(), level=1)
