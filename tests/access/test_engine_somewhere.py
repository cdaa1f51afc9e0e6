"""Whether there is any resource on which a principal may do something."""

from msgspec.structs import replace

from idkeep.access.answer import Says
from idkeep.access.somewhere import may_somewhere, who_may_somewhere
from idkeep.checks.samples import ROOT, allow, deny, inline, managed, text
from idkeep.model import AttachedPolicy, Gap, Role, User
from idkeep.model.resources import Bucket, Resources

from .small_accounts import HOME, account, engine, organization, policy, role, trusts, user


def somewhere(who: User | Role, action: str, **around: object) -> tuple[Says, str]:
    found = may_somewhere(engine(account(who, **around)), who, action)
    return found.says, found.resource


def test_a_pattern_is_filled_in() -> None:
    ana = user(allow("s3:DeleteBucket", "arn:aws:s3:::team-*"))
    assert somewhere(ana, "s3:DeleteBucket") == (Says.YES, "arn:aws:s3:::team-x")


def test_the_accounts_own_things_come_first() -> None:
    ana = user(allow("iam:DeleteRole", "arn:aws:iam::*:role/dep*"))
    asked = engine(account(ana, role()))
    assert may_somewhere(asked, ana, "iam:DeleteRole").resource == role().arn


def test_variables_are_the_principals_own() -> None:
    ana = user(allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}"))
    assert somewhere(ana, "iam:CreateAccessKey") == (Says.YES, ana.arn)


def test_nothing_that_allows_is_a_proof() -> None:
    ana = user(allow("s3:Get*"))
    assert somewhere(ana, "s3:DeleteBucket", resources=Resources())[0] is Says.NO


def test_where_another_resources_policy_was_not_read_it_is_unknown() -> None:
    found = may_somewhere(engine(account(user())), user(), "s3:DeleteBucket")
    assert (found.says, found.why) == (Says.UNKNOWN, "not read: --facts resources")


def test_a_deny_of_all_that_is_allowed_is_a_proof() -> None:
    ana = user(allow("iam:Delete*", "arn:aws:iam::*:user/a*"), deny("*", "arn:aws:iam::*:user/*"))
    assert somewhere(ana, "iam:DeleteUser")[0] is Says.NO


def test_a_hole_in_a_deny_is_found() -> None:
    ana = user(
        allow("iam:DeleteUser"),
        {"Effect": "Deny", "Action": "*", "NotResource": f"arn:aws:iam::{HOME}:user/z9*"},
    )
    says, resource = somewhere(ana, "iam:DeleteUser")
    assert says is Says.YES
    assert resource.startswith(f"arn:aws:iam::{HOME}:user/z9")


def test_a_boundary_that_meets_no_allow_is_a_proof() -> None:
    limit = managed("limit", allow("*", f"arn:aws:iam::{HOME}:user/limited/*"))
    ana = user(allow("iam:DeleteUser", f"arn:aws:iam::{HOME}:user/open/*"), boundary=limit.arn)
    assert somewhere(ana, "iam:DeleteUser", policies=(limit,))[0] is Says.NO


def test_an_scp_that_denies_everywhere_is_a_proof() -> None:
    never = policy("Never", "r-root", deny("iam:DeleteUser"))
    ana = user(allow("iam:*"))
    assert somewhere(ana, "iam:DeleteUser", organization=organization(never))[0] is Says.NO


def test_conditions_are_carried() -> None:
    ana = user(allow("iam:DeleteUser", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    found = may_somewhere(engine(account(ana)), ana, "iam:DeleteUser")
    assert found.says is Says.DEPENDS
    assert found.answer
    assert found.answer.proviso == "if Bool aws:MultiFactorAuthPresent true"


def test_a_condition_that_the_principal_never_meets_is_a_proof() -> None:
    rule = allow("iam:DeleteUser", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})
    assert somewhere(user(rule), "iam:DeleteUser")[0] is Says.NO
    assert somewhere(user(rule, tags={"team": "red"}), "iam:DeleteUser")[0] is Says.YES


def test_a_resource_may_let_in_who_has_no_policy() -> None:
    ana = user()
    shared = Bucket(
        arn="arn:aws:s3:::b",
        account=HOME,
        region="eu-west-1",
        policy=text(allow("s3:GetObject", "arn:aws:s3:::b/*", Principal={"AWS": ana.arn})),
        public_access_block=None,
        object_ownership=None,
        abac_status="",
        acl=None,
    )
    bucket_wide = replace(
        shared, policy=text(allow("s3:ListBucket", "arn:aws:s3:::b", Principal={"AWS": ana.arn}))
    )
    assert somewhere(ana, "s3:ListBucket", resources=Resources(buckets=(bucket_wide,))) == (
        Says.YES,
        "arn:aws:s3:::b",
    )
    assert somewhere(ana, "s3:GetObject", resources=Resources(buckets=(shared,)))[0] is Says.YES


def test_a_role_that_may_be_assumed_is_one_that_is_there() -> None:
    ana = user(allow("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/*"))
    closed = role(trust=trusts({"Service": "ec2.amazonaws.com"}))
    assert somewhere(ana, "sts:AssumeRole")[0] is not Says.YES
    asked = engine(account(ana, closed, role(name="open")))
    assert may_somewhere(asked, ana, "sts:AssumeRole").resource == role(name="open").arn


def test_an_action_on_no_resource_in_particular() -> None:
    ana = user(allow("iam:CreateAccountAlias"))
    assert somewhere(ana, "iam:CreateAccountAlias") == (Says.YES, "*")


def test_unread_policies_are_unknown() -> None:
    ana = user(attached_policies=(AttachedPolicy("gone", "arn:aws:iam::1:policy/gone"),))
    assert somewhere(ana, "iam:DeleteUser")[0] is Says.UNKNOWN


def test_an_unread_scp_is_a_proviso() -> None:
    ana = user(allow("iam:DeleteUser"))
    refused = Gap("organizations:DescribeOrganization", "AccessDenied")
    found = may_somewhere(engine(account(ana, organization=refused)), ana, "iam:DeleteUser")
    assert found.says is Says.YES
    assert found.answer
    assert found.answer.guardrails == (refused,)


def test_everybody_who_may_is_told_with_root() -> None:
    ana, bob = user(allow("iam:DeleteUser")), user(name="bob")
    found = who_may_somewhere(engine(account(ana, bob)), "iam:DeleteUser")
    assert [holder.arn for holder, _ in found] == [ROOT.arn, ana.arn]


def test_the_same_policies_on_others_do_not_mix_people_up() -> None:
    own = inline(allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}"))
    people = [replace(user(name=name), inline_policies=(own,)) for name in ("ana", "bob")]
    asked = engine(account(*people))
    found = [may_somewhere(asked, one, "iam:CreateAccessKey").resource for one in people]
    assert found == [one.arn for one in people]
