"""Policies that take another network for the one they mean, and those that do not."""

from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.checks.policies.resource_kinds import bucket
from idkeep.checks.policies.samples import role
from idkeep.checks.samples import ACCOUNT, allow, deny, managed, text
from idkeep.model import Severity, Status, Verdict
from idkeep.model.resources import Resources

from .judging import judged, messages

CHECK = "network-told-by-less-than-it-takes"
VPC, OTHER = "vpc-0a1b2c3d", "vpc-99887766"


def asked(*statements: dict[str, Any], **around: Any) -> Verdict:
    policies = (managed("Net", *statements),)
    return judged(CHECK, ACCOUNT, **{"policies": policies, "resources": Resources(), **around})


def when(*conditions: tuple[str, str, str]) -> dict[str, object]:
    found: dict[str, dict[str, str]] = {}
    for operator, key, value in conditions:
        found.setdefault(operator, {})[key] = value
    return {"Condition": found}


IN_VPC = ("StringEquals", "aws:SourceVpc", VPC)
NOT_IN_VPC = ("StringNotEqualsIfExists", "aws:SourceVpc", VPC)


@pytest.mark.parametrize(
    "more",
    [
        ("StringEquals", "aws:RequestedRegion", "eu-west-1"),
        ("StringEquals", "aws:SourceVpce", "vpce-0a1b2c3d"),
        ("StringEquals", "aws:VpceAccount", ACCOUNT.id),
        ("StringEquals", "aws:VpceOrgID", "o-exampleorg1"),
        ("ForAnyValue:StringLike", "aws:VpceOrgPaths", "o-exampleorg1/*"),
        ("ArnLike", "aws:SourceVpcArn", f"arn:aws:ec2:eu-west-1:*:vpc/{VPC}"),
    ],
)
def test_a_key_that_tells_networks_apart_is_enough(more: tuple[str, str, str]) -> None:
    assert asked(allow("s3:GetObject", **when(IN_VPC))).status is Status.FAIL
    assert asked(allow("s3:GetObject", **when(IN_VPC, more))).status is Status.PASS


def test_an_arn_of_the_partition_that_leaves_the_region_open_is_not_enough() -> None:
    china = replace(ACCOUNT, partition="aws-cn")
    for account, partition in ((ACCOUNT, "aws"), (china, "aws-cn")):
        wide = ("ArnLike", "aws:SourceVpcArn", f"arn:{partition}:ec2:*:*:vpc/{VPC}")
        policies = (managed("Net", allow("s3:GetObject", **when(IN_VPC, wide))),)
        found = judged(CHECK, account, policies=policies, resources=Resources())
        assert found.status is Status.FAIL


def test_a_denial_of_other_regions_beside_it_is_enough() -> None:
    """The two statements of AWS's own perimeters: one by id, one by the Region of that id."""
    by_id = deny("*", **when(NOT_IN_VPC))
    assert asked(by_id).status is Status.FAIL
    region = deny(
        "*", **when(IN_VPC, ("StringNotEqualsIfExists", "aws:RequestedRegion", "eu-west-1"))
    )
    assert asked(by_id, region).status is Status.PASS


def test_each_vpc_without_its_region_is_told() -> None:
    region = ("StringNotEqualsIfExists", "aws:RequestedRegion", "eu-west-1")
    both = {"StringNotEqualsIfExists": {"aws:SourceVpc": [VPC, OTHER]}}
    held = (deny("*", Condition=both), deny("*", **when(IN_VPC, region)))
    [one] = messages(asked(*held))
    assert OTHER in one
    assert VPC not in one


def test_private_addresses_are_anybodys_unless_their_vpc_is_asked_for() -> None:
    inside = ("IpAddress", "aws:VpcSourceIp", "10.0.0.0/16")
    [alone] = asked(allow("s3:GetObject", **when(inside))).findings
    assert alone.severity is Severity.MEDIUM
    in_arn = ("ArnEquals", "aws:SourceVpcArn", f"arn:aws:ec2:eu-west-1:*:vpc/{VPC}")
    assert asked(allow("s3:GetObject", **when(inside, in_arn))).status is Status.PASS
    [by_id] = messages(asked(allow("s3:GetObject", **when(inside, IN_VPC))))
    assert f"the id {VPC}" in by_id


def test_any_id_and_any_address_ask_for_some_endpoint_alone() -> None:
    for condition in (
        ("StringLike", "aws:SourceVpc", "vpc-*"),
        ("IpAddress", "aws:VpcSourceIp", "0.0.0.0/0"),
    ):
        [found] = asked(allow("s3:GetObject", **when(condition))).findings
        assert found.severity is Severity.MEDIUM
    closed = deny("*", **when(("StringNotLikeIfExists", "aws:SourceVpc", "vpc-*")))
    assert asked(closed).status is Status.FAIL


def test_odd_values_stop_nothing() -> None:
    for value in ("fd00::/8", "not an address", "${aws:PrincipalTag/net}"):
        said = asked(allow("s3:GetObject", **when(("IpAddress", "aws:VpcSourceIp", value))))
        assert said.status in {Status.FAIL, Status.PASS}


def test_a_statement_that_adds_nothing_is_no_finding() -> None:
    """Everybody gets in anyway, or nobody does."""
    every = allow("s3:GetObject")
    assert asked(every, allow("s3:GetObject", **when(IN_VPC))).status is Status.PASS
    assert asked(allow("s3:GetObject", **when(IN_VPC)), deny("s3:*")).status is Status.PASS


def test_trust_policies_and_resources_are_asked_too() -> None:
    trusting = {**allow("sts:AssumeRole", None, Principal={"AWS": ACCOUNT.id}), **when(IN_VPC)}
    held = role("net", trusts={"AWS": "*"})
    [one] = messages(asked(roles=(_with_trust(held, trusting),), policies=()))
    assert one.startswith("trust policy of")
    closed = deny("s3:*", Principal="*", **when(NOT_IN_VPC))
    stored = Resources(buckets=(bucket(text(closed)),), account_public_access_block=None)
    assert asked(policies=(), resources=stored).status is Status.FAIL


def _with_trust(held: Any, statement: dict[str, Any]) -> Any:
    return replace(held, trust=text(statement))
