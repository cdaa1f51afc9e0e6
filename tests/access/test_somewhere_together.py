"""What may be done on one resource though the first that comes to mind is another."""

import pytest
from msgspec.structs import replace

from checks.judging import judged, status
from idkeep.access.answer import Says
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.somewhere import may_somewhere
from idkeep.api.catalog import load_catalog
from idkeep.checks.policies.resource_kinds import bucket
from idkeep.checks.policies.samples import EVERYTHING, HEAD, user
from idkeep.checks.samples import allow, inline, snapshot_of, text
from idkeep.checks.trust.samples import MFA, trusting, trusts
from idkeep.model import Status

CATALOG = load_catalog()
APP, SHOP = f"{HEAD}:role/app-*", f"{HEAD}:role/shop-*"
ANA = {"AWS": f"{HEAD}:user/ana"}


@pytest.mark.parametrize("made", ["*", [APP, SHOP], [SHOP, APP], SHOP])
def test_what_it_makes_and_what_it_gives_policies_to_meet_somewhere(made: object) -> None:
    may = (
        allow("iam:CreateRole", made),
        allow("iam:AttachRolePolicy", SHOP),
        allow("sts:AssumeRole", "*"),
    )
    assert status("user-may-escalate", user("ana", *may)) is Status.FAIL


def test_what_it_makes_and_what_it_gives_policies_to_never_meet() -> None:
    may = (
        allow("iam:CreateRole", APP),
        allow("iam:AttachRolePolicy", SHOP),
        allow("sts:AssumeRole", "*"),
    )
    assert status("user-may-escalate", user("ana", *may)) is Status.PASS


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_what_one_resource_turns_away_another_may_take(order: tuple[str, ...]) -> None:
    asked = {"a": {"Condition": MFA}, "b": {}}
    buckets = tuple(
        replace(
            bucket(
                text(allow("s3:GetObject", f"arn:aws:s3:::{name}/*", Principal=ANA, **asked[name]))
            ),
            arn=f"arn:aws:s3:::{name}",
        )
        for name in order
    )
    engine = Engine(snapshot_of(user("ana"), *buckets), CATALOG)
    without = ANYTHING.told({"aws:MultiFactorAuthPresent": ()})
    assert may_somewhere(engine, f"{HEAD}:user/ana", "s3:GetObject", without).says is Says.YES


def test_what_gets_no_policies_is_not_made_without_a_boundary() -> None:
    unbounded = "user-makes-principals-without-boundary"
    apart = (allow("iam:CreateRole", APP), allow("iam:PutRolePolicy", SHOP))
    assert status(unbounded, user("ana", *apart)) is Status.PASS
    meet = (allow("iam:CreateRole", [APP, SHOP]), allow("iam:PutRolePolicy", SHOP))
    assert status(unbounded, user("ana", *meet)) is Status.FAIL


@pytest.mark.parametrize("name", ["ec2.amazonaws.com.cn", "ec2.cn-north-1.amazonaws.com.cn"])
def test_a_service_is_the_same_under_its_name_in_another_partition(name: str) -> None:
    strong = trusting("strong", trusts({"Service": name}), inline_policies=(inline(EVERYTHING),))
    told = {"StringEquals": {"iam:PassedToService": name}}
    may = (allow("iam:PassRole", "*", Condition=told), allow("ec2:RunInstances", "*"))
    [found] = judged("user-may-escalate", user("ana", *may), roles=(strong,)).findings
    assert "becomes the role strong, an administrator" in found.message
