"""The levels of SCPs and RCPs over an account, as the engine wants them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.model import (
    Family,
    Gap,
    MemberAccount,
    NotAsked,
    NotEnabled,
    Organization,
    OrganizationPolicy,
    PolicyLevel,
    PolicyType,
    Unread,
    policy_levels,
)
from idkeep.policy import (
    Allowed,
    Denied,
    Level,
    Policies,
    PolicyKind,
    Request,
    Requester,
    evaluate,
    parse,
)

SCP = "SERVICE_CONTROL_POLICY"
ROOT, UPPER, LOWER, ASIDE = "r-ab12", "ou-ab12-11111111", "ou-ab12-22222222", "ou-ab12-33333333"
SHOP, OTHER = "222233334444", "333344445555"
ALLOW = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
DENY = '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}'
TEXTS = {"allow": ALLOW, "deny": DENY}
GAP = Gap("organizations:DescribePolicy", "AccessDeniedException")
NOT_ASKED = NotAsked(Family.ORGANIZATION)


def policy(name: str, *targets: str, document: str | Gap = "allow") -> OrganizationPolicy:
    return OrganizationPolicy(id=name, arn=name, name=name, document=document, targets=targets)


def account(number: str, *path: str) -> MemberAccount:
    return MemberAccount(id=number, arn=number, name="", email="", state="ACTIVE", path=path)


EVERYWHERE = policy("FullAWSAccess", ROOT, UPPER, LOWER, ASIDE, SHOP, OTHER)


def organization(*policies: OrganizationPolicy, status: str = "ENABLED") -> Organization:
    """The shop is two OUs deep, the other account stands aside."""
    return Organization(
        id="o-abcdefghij",
        arn="",
        feature_set="ALL",
        management_account="111122223333",
        accounts=(account(SHOP, ROOT, UPPER, LOWER), account(OTHER, ROOT, ASIDE)),
        policy_types=(
            PolicyType(name=SCP, status=status, policies=policies),
            PolicyType(name="RESOURCE_CONTROL_POLICY", policies=NotEnabled()),
        ),
    )


def engine_levels(found: tuple[PolicyLevel, ...] | Unread | None) -> tuple[Level, ...]:
    assert isinstance(found, tuple)
    return tuple(
        Level(
            target=one.target,
            policies=tuple(parse(TEXTS[text], PolicyKind.SCP) for text in one.documents),
        )
        for one in found
    )


def test_levels_go_from_the_root_down_to_the_account() -> None:
    denial = policy("NoS3", UPPER, ASIDE, document="deny")
    whole = organization(EVERYWHERE, denial)
    assert policy_levels(whole, SHOP, SCP) == (
        PolicyLevel(target=ROOT, documents=("allow",)),
        PolicyLevel(target=UPPER, documents=("allow", "deny")),
        PolicyLevel(target=LOWER, documents=("allow",)),
        PolicyLevel(target=SHOP, documents=("allow",)),
    )
    found = policy_levels(whole, OTHER, SCP)
    assert isinstance(found, tuple)
    assert [one.target for one in found] == [ROOT, ASIDE, OTHER]


@pytest.mark.parametrize(
    ("at", "decision"),
    [((UPPER,), Denied), ((SHOP,), Denied), ((ASIDE,), Allowed), ((), Allowed)],
)
def test_the_engine_denies_what_any_level_denies(at: tuple[str, ...], decision: type) -> None:
    levels = policy_levels(
        organization(EVERYWHERE, policy("NoS3", *at, document="deny")), SHOP, SCP
    )
    ana = Requester.parse(f"arn:aws:iam::{SHOP}:user/ana")
    request = Request(principal=ana, action="s3:GetObject", resource="arn:aws:s3:::logs/today")
    mine = parse(ALLOW, PolicyKind.IDENTITY)
    found = evaluate(request, Policies(identity=(mine,), scp=engine_levels(levels)))
    assert isinstance(found, decision)


def test_a_level_without_a_policy_is_there_and_empty() -> None:
    found = policy_levels(organization(policy("Some", ROOT, UPPER, SHOP)), SHOP, SCP)
    assert isinstance(found, tuple)
    assert found[2] == PolicyLevel(target=LOWER)


def test_a_type_that_is_not_on_is_no_layer() -> None:
    whole = organization(EVERYWHERE)
    assert policy_levels(whole, SHOP, "RESOURCE_CONTROL_POLICY") is None
    assert policy_levels(whole, SHOP, "TAG_POLICY") is None


@pytest.mark.parametrize("status", ["PENDING_ENABLE", "PENDING_DISABLE"])
def test_a_type_on_its_way_on_or_off_is_not_known(status: str) -> None:
    assert policy_levels(organization(EVERYWHERE, status=status), SHOP, SCP) == Gap(
        "organizations:ListRoots", f"{SCP} is {status}"
    )


def test_a_text_that_was_not_read_matters_only_on_the_way_to_the_account() -> None:
    assert policy_levels(organization(policy("NoS3", LOWER, document=GAP)), SHOP, SCP) == GAP
    aside = organization(EVERYWHERE, policy("NoS3", ASIDE, document=GAP))
    assert policy_levels(aside, SHOP, SCP) == policy_levels(organization(EVERYWHERE), SHOP, SCP)


def test_a_policy_that_may_be_attached_anywhere_makes_every_level_unknown() -> None:
    lost = replace(policy("NoS3"), targets=GAP)
    assert policy_levels(organization(EVERYWHERE, lost), SHOP, SCP) == GAP


@pytest.mark.parametrize("why", [GAP, NOT_ASKED])
def test_what_was_not_read_of_the_organisation_is_said(why: Unread) -> None:
    whole = organization(EVERYWHERE)
    assert policy_levels(replace(whole, policy_types=why), SHOP, SCP) == why
    assert policy_levels(replace(whole, accounts=why), SHOP, SCP) == why
    unlisted = (PolicyType(name=SCP, status="ENABLED", policies=why),)
    assert policy_levels(replace(whole, policy_types=unlisted), SHOP, SCP) == why
    nowhere = (replace(account(SHOP), path=why),)
    assert policy_levels(replace(whole, accounts=nowhere), SHOP, SCP) == why


def test_an_account_that_is_not_listed_has_no_known_levels() -> None:
    assert policy_levels(organization(EVERYWHERE), "999999999999", SCP) == Gap(
        "organizations:ListAccounts", "does not list 999999999999"
    )


IDS = st.integers(1, 8).map(lambda n: f"ou-ab12-{n:08}")
ATTACHED = st.lists(st.tuples(st.text("abc", min_size=1), st.frozensets(IDS)), max_size=6)


@given(path=st.lists(IDS, unique=True, max_size=5), attached=ATTACHED)
def test_a_document_is_at_a_level_if_and_only_if_it_is_attached_there(
    path: list[str], attached: list[tuple[str, frozenset[str]]]
) -> None:
    policies = tuple(policy(text, *sorted(at), document=text) for text, at in attached)
    whole = replace(organization(*policies), accounts=(account(SHOP, ROOT, *path),))
    found = policy_levels(whole, SHOP, SCP)
    assert isinstance(found, tuple)
    assert [one.target for one in found] == [ROOT, *path, SHOP]
    for level in found:
        assert list(level.documents) == [text for text, at in attached if level.target in at]
