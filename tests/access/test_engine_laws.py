"""What holds for every account: one answer and all answers agree, and unread is never no."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.access.answer import Says
from idkeep.access.somewhere import may_somewhere
from idkeep.checks.samples import allow, deny, managed
from idkeep.model import AttachedPolicy, Gap, User
from laws_profile import examples

from .small_accounts import HOME, account, engine, organization, policy, role, user

ACTIONS = ("iam:CreateUser", "iam:DeleteUser", "iam:GetUser", "sts:AssumeRole")
RESOURCES = (f"arn:aws:iam::{HOME}:user/ana", f"arn:aws:iam::{HOME}:role/deployer")
CONDITIONS: tuple[dict[str, object], ...] = (
    {},
    {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
    {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}},
)

statements = st.builds(
    lambda make, action, resource, condition: make(action, resource, **condition),
    st.sampled_from((allow, deny)),
    st.sampled_from(("*", "iam:*", "iam:Delete*", *ACTIONS)),
    st.sampled_from(("*", "arn:aws:iam::*:user/*", "arn:aws:iam::*:user/a*", *RESOURCES)),
    st.sampled_from(CONDITIONS),
)
users = st.builds(
    lambda name, said, team, bound: user(
        *said, name=name, tags={"team": team} if team else {}, boundary=bound
    ),
    st.just("ana"),
    st.lists(statements, max_size=4),
    st.sampled_from(("", "red", "blue")),
    st.sampled_from((None, f"arn:aws:iam::{HOME}:policy/limit")),
)
LIMIT = managed("limit", allow("iam:*"), deny("iam:CreateUser", RESOURCES[0]))
GUARD = policy("Guard", "ou-work", deny("iam:DeleteUser", RESOURCES[1]))


@examples(25)
@given(users, st.booleans())
def test_one_answer_and_all_answers_agree(ana: User, organized: bool) -> None:  # noqa: FBT001
    around = {"organization": organization(GUARD)} if organized else {}
    asked = engine(account(ana, user(allow("*"), name="bob"), role(), policies=(LIMIT,), **around))
    for action in ACTIONS:
        for resource in (*RESOURCES, "*"):
            found = {one.caller.name: one.says for one in asked.who_can(action, resource)}
            for arn in asked.holders:
                answer = asked.decide(arn, action, resource)
                assert found.get(arn, Says.NO) is answer.says


@examples(25)
@given(users)
def test_what_may_be_done_to_one_thing_may_be_done_somewhere(ana: User) -> None:
    asked = engine(account(ana, role(), policies=(LIMIT,), organization=organization(GUARD)))
    for action in ACTIONS:
        somewhere = may_somewhere(asked, ana, action)
        # No request of AWS's asks a user's action of a role, or the other way round.
        kind = ":role/" if action == "sts:AssumeRole" else ":user/"
        things = [one for one in RESOURCES if kind in one]
        here = {asked.decide(ana, action, resource).says for resource in things}
        if Says.YES in here:
            assert somewhere.says is Says.YES
        if Says.DEPENDS in here:
            assert somewhere.says is not Says.NO
        if somewhere.says is Says.YES and somewhere.answer:
            assert somewhere.answer.says is Says.YES


@examples(25)
@given(users, st.lists(statements, max_size=3))
def test_an_answer_given_without_a_policy_holds_whatever_it_says(
    ana: User, said: list[dict[str, object]]
) -> None:
    arn = LIMIT.arn
    attached = replace(ana, boundary=None, attached_policies=(AttachedPolicy("limit", arn),))
    text = managed("limit", *(said or [allow("iam:GetUser")]))
    without = engine(account(attached))
    whole = engine(account(attached, policies=(text,)))
    for action in ACTIONS:
        for resource in RESOURCES:
            sure = without.decide(ana.arn, action, resource)
            if sure.says is not Says.UNKNOWN:
                assert whole.decide(ana.arn, action, resource).says is sure.says


@examples(25)
@given(users)
def test_an_unread_organisation_changes_no_denial(ana: User) -> None:
    refused = Gap("organizations:DescribeOrganization", "AccessDenied")
    alone = engine(account(ana, policies=(LIMIT,)))
    unread = engine(account(ana, policies=(LIMIT,), organization=refused))
    for action in ACTIONS:
        known, told = (one.decide(ana.arn, action, RESOURCES[0]) for one in (alone, unread))
        assert (known.says is Says.NO) <= (told.says is Says.NO)
        assert bool(told.guardrails)
