"""The list of ways to more permissions: every name is AWS's, and every way can be found."""

import pytest

from idkeep.access import Estate
from idkeep.access.escalation import escalation
from idkeep.access.escalation_ways import (
    ACTIONS,
    PASSES,
    USES,
    WAYS,
    WRITES,
    Pass,
    Upon,
    Use,
    Write,
)
from idkeep.api.catalog import load_catalog
from idkeep.checks.policies.powers import POWERS
from idkeep.checks.policies.samples import EVERYTHING, attached, group, role, user
from idkeep.checks.samples import ago, allow, deny, managed, password, snapshot_of
from idkeep.config import Settings

CATALOG = load_catalog()


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_the_catalog_knows_every_action_of_every_way(action: str) -> None:
    found = CATALOG.action(action)
    assert found is not None
    assert not found.retired
    assert action == f"{action.partition(':')[0]}:{found.name}", "in AWS's own letters"


# Documented by AWS, and younger than the catalog's data.
NEWER = {"signin:CreateBearerToken", "secretsmanager:AssociateCrossAccountReplica"}


@pytest.mark.parametrize("power", POWERS, ids=lambda one: one.id)
def test_the_catalog_knows_every_action_of_every_power(power: object) -> None:
    for asked in power.asks:  # type: ignore[attr-defined]
        assert (CATALOG.action(asked.action) is None) == (asked.action in NEWER)


def test_no_two_ways_have_one_id() -> None:
    ids = [one.id for one in WAYS]
    assert len(set(ids)) == len(ids)


def found(subject: object, **around: object) -> set[str]:
    snapshot = snapshot_of(subject, **around)  # type: ignore[arg-type]
    engine = Estate(snapshot, Settings(), CATALOG).engine
    return {one.way for one in escalation(engine, subject).routes}  # type: ignore[arg-type]


@pytest.mark.parametrize("way", PASSES, ids=lambda one: one.id)
def test_a_role_that_may_be_passed_is_found_by_every_way_of_passing(way: Pass) -> None:
    taker = role("taker", EVERYTHING, trusts={"Service": way.service})
    ana = user("ana", allow(["iam:PassRole", *way.actions]))
    assert way.id in found(ana, roles=(taker,))
    for missing in ("iam:PassRole", *way.actions):
        rest = [one for one in ("iam:PassRole", *way.actions) if one != missing]
        assert way.id not in found(user("ana", allow(rest)), roles=(taker,))


@pytest.mark.parametrize("way", PASSES, ids=lambda one: one.id)
def test_a_role_that_another_service_takes_is_not_passed(way: Pass) -> None:
    other = role("taker", EVERYTHING, trusts={"Service": "polly.amazonaws.com"})
    named = allow("iam:PassRole", other.arn)
    assert found(user("ana", named, allow(list(way.actions))), roles=(other,)) == set()


@pytest.mark.parametrize("way", USES, ids=lambda one: one.id)
def test_what_runs_with_an_administrators_role_is_found(way: Use) -> None:
    taker = role("taker", EVERYTHING, trusts={"Service": way.service})
    assert way.id in found(user("ana", allow(list(way.actions))), roles=(taker,))
    weak = role("taker", trusts={"Service": way.service})
    assert found(user("ana", allow(list(way.actions))), roles=(weak,)) == set()


@pytest.mark.parametrize("way", WRITES, ids=lambda one: one.id)
def test_every_way_of_writing_is_found_where_its_target_is(way: Write) -> None:
    given = allow([*way.actions, "sts:AssumeRole"])
    mine = managed("Mine", given)
    weak = role("weak", attached_policies=attached(mine), trusts={"AWS": "111122223333"})
    boss = user("boss", EVERYTHING)
    around = {
        "policies": (mine,),
        "groups": (group("Mine"), group("Admins", EVERYTHING)),
        "roles": (weak, role("boss", EVERYTHING)),
        "users": (boss, user("chief", EVERYTHING, password=password())),
    }
    if way.upon is Upon.OWN_ROLE:
        builder = role("builder", given)
        assert way.id in found(builder, **around)
        return
    ana = user("ana", attached_policies=attached(mine), groups=("Mine",), created=ago(9))
    assert way.id in found(ana, **around)


def test_a_way_needs_the_administrators_policy_among_those_it_may_attach() -> None:
    only = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}
    assert found(user("ana", allow("iam:AttachUserPolicy", Condition=only))) == set()
    both = {"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}}
    assert found(user("ana", allow("iam:AttachUserPolicy", Condition=both))) == {
        "attach-user-policy"
    }


def test_a_condition_on_the_passed_service_is_held_against_each_service() -> None:
    taker = role("taker", EVERYTHING, trusts={"Service": "lambda.amazonaws.com"})
    only = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    starts = allow(["lambda:CreateFunction", "lambda:InvokeFunction"])
    ana = user("ana", allow("iam:PassRole", taker.arn, Condition=only), starts)
    assert found(ana, roles=(taker,)) == set()


NEW = [one for one in WRITES if one.upon in {Upon.NEW_ROLE, Upon.NEW_USER}]


@pytest.mark.parametrize("way", NEW, ids=lambda one: one.id)
def test_making_somebody_new_is_a_way_only_without_a_boundary(way: Write) -> None:
    limit = managed("Limit", allow("s3:*"))
    bound = {"StringEquals": {"iam:PermissionsBoundary": limit.arn}}
    held = user("ana", allow(list(way.actions), Condition=bound))
    assert found(held, policies=(limit,)) == set()
    within = user("ana", allow(list(way.actions), "arn:aws:iam::*:*/app/*"))
    assert way.id in found(within)
    for missing in way.actions:
        rest = [one for one in way.actions if one != missing]
        assert way.id not in found(user("ana", allow(rest)))


def test_who_may_become_no_role_gains_nothing_by_a_new_one() -> None:
    ana = user("ana", allow(["iam:CreateRole", "iam:PutRolePolicy"]), deny("sts:AssumeRole"))
    assert found(ana) == set()
