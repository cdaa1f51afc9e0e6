"""Questions that cross accounts."""

import pytest
from msgspec.structs import replace

from idkeep.access.answer import Says
from idkeep.access.organization_engine import OrganizationEngine
from idkeep.access.places import places
from idkeep.checks.samples import ACCOUNT, ROOT, allow, deny, text
from idkeep.model import Organization, Role, Snapshot, User
from idkeep.model.resources import Bucket, Resources
from idkeep.policy import Context

from .small_accounts import (
    AWAY,
    EVERYTHING,
    HOME,
    account,
    catalog,
    organization,
    policy,
    role,
    trusts,
    user,
)

ANA = user(allow("sts:AssumeRole"), allow("s3:*"))


def away(*roles: Role, **around: object) -> Snapshot:
    made = account(*roles, **around)
    return replace(
        made,
        account=replace(ACCOUNT, id=AWAY),
        root=replace(ROOT, arn=f"arn:aws:iam::{AWAY}:root"),
    )


def index(home: Snapshot, there: Snapshot | None = None) -> OrganizationEngine:
    kept = {HOME: home} | ({AWAY: there} if there else {})
    return OrganizationEngine(kept, kept.__getitem__, catalog())


def assume(
    role_there: Role,
    *,
    ana: User = ANA,
    here: Organization | None = None,
    there: Organization | None = None,
) -> Says:
    asked = index(account(ana, organization=here), away(role_there, organization=there))
    return asked.decide(ana.arn, "sts:AssumeRole", role_there.arn).says


def test_wrong_verdict_44_it_takes_both_sides_to_enter_another_account() -> None:
    opened = role(account=AWAY, trust=trusts({"AWS": f"arn:aws:iam::{HOME}:root"}))
    closed = role(account=AWAY)
    assert assume(opened) is Says.YES
    assert assume(closed) is Says.NO
    assert assume(opened, ana=user()) is Says.NO


def test_scps_are_the_callers_and_rcps_the_roles() -> None:
    opened = role(account=AWAY, trust=trusts({"AWS": f"arn:aws:iam::{HOME}:root"}))
    scp = policy("Stay", "ou-work", deny("sts:*"))
    rcp = policy("Ours", "ou-work", deny("sts:*", Principal="*"))
    assert assume(opened, here=organization(scp)) is Says.NO
    assert assume(opened, there=organization(scp)) is Says.YES
    assert assume(opened, there=organization(rcps=(rcp,))) is Says.NO
    assert assume(opened, here=organization(rcps=(rcp,))) is Says.YES


def test_each_side_is_named_by_its_own_account() -> None:
    opened = role(account=AWAY, trust=trusts({"AWS": f"arn:aws:iam::{HOME}:root"}))
    asked = index(account(ANA), away(opened))
    answer = asked.decide(ANA.arn, "sts:AssumeRole", opened.arn)
    engine = asked.engine(HOME)
    assert engine
    assert [one.policy for one in places(engine, answer)] == [
        f"trust policy of {opened.arn}",
        "inline policy own",
    ]


def test_an_external_id_is_a_condition_until_it_is_told() -> None:
    wants = trusts(
        {"AWS": f"arn:aws:iam::{HOME}:root"}, Condition={"StringEquals": {"sts:ExternalId": "1"}}
    )
    asked = index(account(ANA), away(role(account=AWAY, trust=wants)))
    arn = role(account=AWAY).arn
    assert asked.decide(ANA.arn, "sts:AssumeRole", arn).says is Says.DEPENDS
    told = Context({"sts:ExternalId": "1"}, unknown="*")
    assert asked.decide(ANA.arn, "sts:AssumeRole", arn, told).says is Says.YES


def test_a_bucket_is_found_in_the_account_that_has_it() -> None:
    bucket = Bucket(
        arn="arn:aws:s3:::b",
        account=AWAY,
        region="eu-west-1",
        policy=text(allow("s3:GetObject", "arn:aws:s3:::b/*", Principal={"AWS": ANA.arn})),
        public_access_block=None,
        object_ownership=None,
        abac_status="",
        acl=None,
    )
    home = account(ANA, resources=Resources())
    asked = index(home, away(resources=Resources(buckets=(bucket,))))
    assert asked.engine(AWAY)
    assert asked.decide(ANA.arn, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.YES
    assert asked.decide(ANA.arn, "s3:PutObject", "arn:aws:s3:::b/k").says is Says.NO
    alone = index(home)
    assert alone.decide(ANA.arn, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.UNKNOWN


def test_documents_are_parsed_once_for_all_accounts() -> None:
    asked = index(account(user(EVERYTHING)), away(role(EVERYTHING, account=AWAY)))
    first, second = asked.engine(HOME), asked.engine(AWAY)
    assert first
    assert second
    assert first.documents is second.documents
    assert asked.engine("1" * 12) is None


def test_who_is_in_no_account_here_is_not_found() -> None:
    asked = index(account(ANA))
    with pytest.raises(KeyError):
        asked.decide(f"arn:aws:iam::{AWAY}:user/x", "s3:ListAllMyBuckets")
