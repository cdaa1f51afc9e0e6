"""Questions of permission about the principals of a snapshot."""

import pytest
from msgspec.structs import replace

from idkeep.access.answer import Says
from idkeep.access.engine import Engine
from idkeep.access.places import place, places
from idkeep.checks.samples import ROOT, allow, deny, inline, managed, text
from idkeep.model import (
    AttachedPolicy,
    Family,
    Gap,
    Group,
    NotAsked,
    OidcDetails,
    OidcProvider,
    PolicyTags,
    Providers,
)
from idkeep.model.organization import PolicyType
from idkeep.model.resources import (
    AccessPoint,
    AwsManaged,
    Bucket,
    FunctionUrl,
    KeyDetails,
    KmsGrant,
    KmsKey,
    LambdaFunction,
    LogGroup,
    LogPolicy,
    Resources,
    Secret,
    SecretPolicy,
    SecretReplication,
)
from idkeep.policy import Context

from .small_accounts import (
    AWAY,
    EVERYTHING,
    HOME,
    account,
    engine,
    organization,
    policy,
    role,
    trusts,
    user,
)

REFUSED = Gap("iam:GetPolicyVersion", "AccessDenied")
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1"


def kms_key(**more: object) -> KmsKey:
    base = KmsKey(
        arn=KEY,
        account=HOME,
        region="eu-west-1",
        details=KeyDetails(manager="CUSTOMER", state="Enabled"),
        policy=text(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{HOME}:root"})),
        ram_policy=None,
        grants=(),
    )
    return replace(base, **more)


def bucket(**more: object) -> Bucket:
    base = Bucket(
        arn="arn:aws:s3:::b",
        account=HOME,
        region="eu-west-1",
        policy=None,
        public_access_block=None,
        object_ownership=None,
        abac_status="",
        acl=None,
    )
    return replace(base, **more)


def test_a_group_grants_to_its_members_and_is_named() -> None:
    ops = Group(
        arn=f"arn:aws:iam::{HOME}:group/ops",
        id="AGPAOPS",
        name="ops",
        created=user().created,
        inline_policies=(inline(allow("ec2:Stop*"), name="stop"),),
    )
    asked = engine(account(user(groups=("ops",)), groups=(ops,)))
    answer = asked.decide("arn:aws:iam::111122223333:user/ana", "ec2:StopInstances")
    assert answer.says is Says.YES
    [at] = places(asked, answer)
    assert (at.policy, at.statement, at.line) == ("inline policy stop of group ops", 0, 1)


def test_a_boundary_limits_and_is_named_where_it_denies() -> None:
    limit = managed("limit", allow("s3:*"), deny("s3:DeleteBucket"))
    ana = user(EVERYTHING, boundary=limit.arn)
    asked = engine(account(ana, policies=(limit,)))
    assert asked.decide(ana, "ec2:StopInstances").says is Says.NO
    denied = asked.decide(ana, "s3:DeleteBucket")
    [matched] = denied.by
    assert place(asked, denied, matched).policy == "permissions boundary limit"
    assert place(asked, denied, matched).arn == limit.arn


def test_an_unread_policy_leaves_only_a_denial_sure() -> None:
    ana = user(
        deny("iam:*"), attached_policies=(AttachedPolicy("gone", "arn:aws:iam::1:policy/gone"),)
    )
    asked = engine(account(ana))
    assert asked.decide(ana, "iam:CreateUser").says is Says.NO
    unknown = asked.decide(ana, "s3:ListAllMyBuckets")
    assert unknown.says is Says.UNKNOWN
    assert "policy gone is not in the snapshot" in unknown.why_unknown
    assert [one.caller.name for one in asked.who_can("s3:ListAllMyBuckets")] == [ROOT.arn, ana.arn]


def test_an_unread_boundary_can_only_limit() -> None:
    ana = user(allow("s3:*"), boundary="arn:aws:iam::111122223333:policy/gone")
    asked = engine(account(ana))
    assert asked.decide(ana, "s3:ListAllMyBuckets").says is Says.UNKNOWN
    assert asked.decide(ana, "ec2:StopInstances").says is Says.NO


def test_an_scp_is_named_with_its_id_and_where_it_stands() -> None:
    leave = policy("DenyLeave", "ou-work", deny("organizations:LeaveOrganization", Sid="Stay"))
    ana = user(EVERYTHING)
    asked = engine(account(ana, organization=organization(leave)))
    answer = asked.decide(ana, "organizations:LeaveOrganization")
    [at] = places(asked, answer)
    assert at.policy == "SCP DenyLeave (p-12345678) on OU Workloads"
    assert (at.sid, at.statement, at.arn) == ("Stay", 0, leave.arn)


def test_root_is_limited_by_scps_too() -> None:
    leave = policy("DenyLeave", HOME, deny("organizations:LeaveOrganization"))
    asked = engine(account(user(), organization=organization(leave)))
    assert asked.decide(ROOT, "organizations:LeaveOrganization").says is Says.NO
    assert asked.decide(ROOT, "iam:CreateUser").says is Says.YES


def test_a_level_without_an_allow_denies_everything() -> None:
    narrow = PolicyType(
        name="SERVICE_CONTROL_POLICY",
        status="ENABLED",
        policies=(policy("OnlyS3", "r-root", allow("s3:*")),),
    )
    ana = user(EVERYTHING)
    asked = engine(account(ana, organization=replace(organization(), policy_types=(narrow,))))
    assert asked.decide(ana, "ec2:StopInstances").says is Says.NO


def test_the_management_account_is_beyond_scps_and_rcps() -> None:
    never = policy("Never", "r-root", deny("*"))
    ana = user(EVERYTHING)
    home = replace(organization(never, rcps=(never,)), management_account=HOME)
    asked = engine(account(ana, organization=home, resources=Resources(buckets=(bucket(),))))
    assert asked.decide(ana, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.YES


def test_a_service_linked_role_is_beyond_scps_and_what_was_not_read_of_them() -> None:
    linked = role(EVERYTHING, name="AWSServiceRoleForX", path="/aws-service-role/x.amazonaws.com/")
    never = policy("Never", "r-root", deny("*"))
    asked = engine(account(linked, organization=organization(never)))
    assert asked.decide(linked, "ec2:StopInstances").says is Says.YES
    refused = Gap("organizations:DescribeOrganization", "AccessDenied")
    unread = engine(account(linked, organization=refused)).decide(linked, "ec2:StopInstances")
    assert unread.guardrails == ()


@pytest.mark.parametrize(
    "unread",
    [NotAsked(Family.ORGANIZATION), Gap("organizations:DescribeOrganization", "AccessDenied")],
)
def test_unread_organisation_policies_could_only_take_away(unread: Gap | NotAsked) -> None:
    ana = user(allow("s3:*"))
    asked = engine(account(ana, organization=unread))
    allowed = asked.decide(ana, "s3:ListAllMyBuckets")
    assert allowed.says is Says.YES
    assert allowed.guardrails == (unread,)
    assert "not read" in allowed.proviso
    assert asked.decide(ana, "ec2:StopInstances").proviso == ""


def test_an_rcp_denies_whoever_asks() -> None:
    tls = policy("OnlyTls", "r-root", deny("s3:*", Principal="*"))
    ana = user(allow("s3:*"))
    facts = {"organization": organization(rcps=(tls,)), "resources": Resources(buckets=(bucket(),))}
    asked = engine(account(ana, **facts))
    answer = asked.decide(ana, "s3:GetObject", "arn:aws:s3:::b/k")
    assert answer.says is Says.NO
    assert places(asked, answer)[0].policy == "RCP OnlyTls (p-12345678) on the root"
    # No RCP reaches IAM.
    assert asked.decide(ROOT, "iam:CreateUser").says is Says.YES


def test_a_bucket_policy_speaks_of_its_objects() -> None:
    closed = bucket(policy=text(deny("s3:*", "arn:aws:s3:::b/secret/*", Principal="*")))
    ana = user(allow("s3:*"))
    asked = engine(account(ana, resources=Resources(buckets=(closed,))))
    assert asked.decide(ana, "s3:GetObject", "arn:aws:s3:::b/open").says is Says.YES
    denied = asked.decide(ana, "s3:GetObject", "arn:aws:s3:::b/secret/k")
    assert places(asked, denied)[0].policy == "policy of arn:aws:s3:::b"


def test_an_unread_bucket_policy_is_unknown_unless_nothing_could_help() -> None:
    ana, bob = user(allow("s3:*")), user(deny("s3:*"), name="bob")
    shut = bucket(policy=Gap("s3:GetBucketPolicy", "AccessDenied"))
    asked = engine(account(ana, bob, resources=Resources(buckets=(shut,))))
    assert asked.decide(ana, "s3:GetObject", "arn:aws:s3:::b/k").why_unknown == (
        "s3:GetBucketPolicy: AccessDenied"
    )
    assert asked.decide(bob, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.NO


def test_a_bucket_that_is_not_the_accounts_is_unknown() -> None:
    ana, bob = user(allow("s3:*")), user(name="bob")
    asked = engine(account(ana, bob, resources=Resources(buckets=(bucket(),))))
    assert asked.decide(ana, "s3:GetObject", "arn:aws:s3:::other/k").says is Says.UNKNOWN
    assert asked.decide(bob, "s3:GetObject", "arn:aws:s3:::other/k").says is Says.NO


def test_whose_an_unknown_bucket_is_stays_open() -> None:
    ours = {"StringEquals": {"aws:ResourceAccount": HOME}}
    ana = user(allow("s3:*"), deny("s3:*", Condition=ours))
    asked = engine(account(ana, resources=Resources(buckets=(bucket(),))))
    assert asked.decide(ana, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.NO
    assert asked.decide(ana, "s3:GetObject", "arn:aws:s3:::other/k").says is Says.UNKNOWN


def test_resources_that_nobody_asked_for_leave_their_policies_unread() -> None:
    ana = user(allow("s3:*"))
    answer = engine(account(ana)).decide(ana, "s3:GetObject", "arn:aws:s3:::b/k")
    assert answer.why_unknown == "not read: --facts resources"


def test_a_key_policy_has_to_pass_permission_on() -> None:
    ana = user(allow("kms:*"))
    own = kms_key(policy=text(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{HOME}:user/bob"})))
    asked = engine(account(ana, resources=Resources(keys=(own,))))
    assert asked.decide(ana, "kms:Decrypt", KEY).says is Says.NO
    passing = engine(account(ana, resources=Resources(keys=(kms_key(),))))
    assert passing.decide(ana, "kms:Decrypt", KEY).says is Says.YES


def test_a_grant_allows_and_is_named() -> None:
    ana = user()
    grant = KmsGrant(
        grant_id="g-1", grantee_principal=ana.arn, operations=("Decrypt",), issuing_account=HOME
    )
    asked = engine(account(ana, resources=Resources(keys=(kms_key(grants=(grant,)),))))
    answer = asked.decide(ana, "kms:Decrypt", KEY)
    assert answer.says is Says.YES
    assert places(asked, answer)[-1].policy == f"grant g-1 of {KEY}"


def test_unread_grants_count_only_where_they_could_change_the_answer() -> None:
    gap = Gap("kms:ListGrants", "AccessDenied")
    ana, bob = user(allow("kms:*")), user(name="bob")
    asked = engine(account(ana, bob, resources=Resources(keys=(kms_key(grants=gap),))))
    assert asked.decide(ana, "kms:Decrypt", KEY).says is Says.YES
    assert asked.decide(bob, "kms:Decrypt", KEY).why_unknown == "kms:ListGrants: AccessDenied"
    denied = user(deny("kms:*"), name="eve")
    assert (
        engine(account(denied, resources=Resources(keys=(kms_key(grants=gap),))))
        .decide(denied, "kms:Decrypt", KEY)
        .says
        is Says.NO
    )


def test_a_key_that_aws_manages_has_a_policy_that_nobody_reads() -> None:
    theirs = kms_key(policy=AwsManaged(), ram_policy=AwsManaged(), grants=AwsManaged())
    ana = user(allow("kms:*"))
    answer = engine(account(ana, resources=Resources(keys=(theirs,)))).decide(
        ana, "kms:Decrypt", KEY
    )
    assert answer.says is Says.UNKNOWN


def test_a_functions_alias_has_a_policy_of_its_own() -> None:
    arn = f"arn:aws:lambda:eu-west-1:{HOME}:function:f"
    url = FunctionUrl(
        function=f"{arn}:live",
        auth_type="NONE",
        policy=text(allow("lambda:InvokeFunction", Principal="*")),
    )
    function = LambdaFunction(
        arn=arn, account=HOME, region="eu-west-1", role="", policy=None, urls=(url,)
    )
    asked = engine(account(user(), resources=Resources(functions=(function,))))
    assert asked.outsider("*", "lambda:InvokeFunction", arn).says is Says.NO
    assert asked.outsider("*", "lambda:InvokeFunction", f"{arn}:live").says is Says.YES
    assert asked.outsider("*", "lambda:InvokeFunction", f"{arn}:old").says is Says.UNKNOWN


def test_every_policy_of_a_secret_counts() -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:s-AbCdEf"
    made = Secret(
        arn=arn,
        account=HOME,
        region="eu-west-1",
        policies=(
            SecretPolicy(name="default", policy=text(allow("secretsmanager:*", Principal="*"))),
            SecretPolicy(name="more", policy=text(deny("secretsmanager:Delete*", Principal="*"))),
        ),
        replication=SecretReplication(),
    )
    asked = engine(account(user(), resources=Resources(secrets=(made,))))
    assert asked.outsider("*", "secretsmanager:GetSecretValue", arn).says is Says.YES
    denied = asked.outsider("*", "secretsmanager:DeleteSecret", arn)
    assert places(asked, denied)[0].policy == f"policy more of {arn}"


def test_a_policy_of_cloudwatch_logs_speaks_of_the_groups_that_it_names() -> None:
    group = f"arn:aws:logs:eu-west-1:{HOME}:log-group:/app"
    resources = Resources(
        log_groups=(LogGroup(arn=group, account=HOME, region="eu-west-1", policy=None),),
        log_policies=(
            LogPolicy(
                account=HOME,
                region="eu-west-1",
                name="dns",
                policy=text(
                    allow(
                        "logs:PutLogEvents",
                        f"{group}:*",
                        Principal={"Service": "route53.amazonaws.com"},
                    )
                ),
            ),
        ),
    )
    asked = engine(account(user(), resources=resources))
    stream = f"{group}:log-stream:x"
    answer = asked.outsider("route53.amazonaws.com", "logs:PutLogEvents", stream)
    assert answer.says is Says.YES
    assert places(asked, answer)[0].policy == "policy dns"
    elsewhere = stream.replace("eu-west-1", "us-east-1")
    assert asked.outsider("route53.amazonaws.com", "logs:PutLogEvents", elsewhere).says is Says.NO


def test_a_role_is_open_to_whom_its_trust_policy_names() -> None:
    foreign = f"arn:aws:iam::{AWAY}:root"
    open_role = role(trust=trusts({"AWS": foreign}))
    asked = engine(account(open_role))
    answer = asked.outsider(foreign.replace("root", "user/x"), "sts:AssumeRole", open_role.arn)
    assert answer.says is Says.YES
    assert places(asked, answer)[0].policy == f"trust policy of {open_role.arn}"
    assert asked.outsider("ec2.amazonaws.com", "sts:AssumeRole", open_role.arn).says is Says.NO


def test_an_assumption_is_asked_without_tags_unless_a_policy_looks_at_them() -> None:
    ana = user(allow("sts:AssumeRole"))
    asked = engine(account(ana, role()))
    assert asked.decide(ana, "sts:AssumeRole", role().arn).says is Says.YES
    tagged = role(
        trust=trusts(
            {"AWS": f"arn:aws:iam::{HOME}:root"},
            ["sts:AssumeRole"],
            Condition={"StringEquals": {"aws:RequestTag/team": "red"}},
        )
    )
    assert (
        engine(account(ana, tagged)).decide(ana, "sts:AssumeRole", tagged.arn).says is not Says.YES
    )


def test_a_role_of_an_account_that_was_not_scanned_is_unknown() -> None:
    ana, bob = user(allow("sts:AssumeRole")), user(name="bob")
    asked = engine(account(ana, bob))
    away = f"arn:aws:iam::{AWAY}:role/x"
    assert "444455556666 was not scanned" in asked.decide(ana, "sts:AssumeRole", away).why_unknown
    assert asked.decide(bob, "sts:AssumeRole", away).says is Says.NO


def test_a_users_tags_are_known_and_so_are_those_it_lacks() -> None:
    team = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    rule = allow("s3:ListAllMyBuckets", Condition=team)
    red, none = user(rule, tags={"team": "red"}), user(rule, name="bob")
    asked = engine(account(red, none))
    assert asked.decide(red, "s3:ListAllMyBuckets").says is Says.YES
    assert asked.decide(none, "s3:ListAllMyBuckets").says is Says.NO


def test_a_roles_tags_are_its_own_unless_sessions_may_bring_some() -> None:
    team = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    rule = allow("s3:ListAllMyBuckets", Condition=team)
    fixed = role(rule, tags={"team": "blue"})
    both = trusts({"AWS": f"arn:aws:iam::{HOME}:root"}, ["sts:AssumeRole", "sts:TagSession"])
    open_ = role(rule, name="open", tags={"team": "blue"}, trust=both)
    asked = engine(account(fixed, open_))
    assert asked.decide(fixed, "s3:ListAllMyBuckets").says is Says.NO
    assert asked.decide(open_, "s3:ListAllMyBuckets").says is Says.DEPENDS


def test_the_organisation_of_both_sides_is_told() -> None:
    same = deny("s3:*", Condition={"StringNotEquals": {"aws:ResourceOrgID": "o-exampleorg1"}})
    own = allow("s3:*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}})
    under = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/r-root/ou-work/*"}}
    ana = user(same, own, allow("ec2:*", Condition=under))
    around = {"resources": Resources(buckets=(bucket(),))}
    asked = engine(account(ana, organization=organization(), **around))
    assert asked.decide(ana, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.YES
    assert asked.decide(ana, "ec2:StopInstances").says is Says.YES
    alone = engine(account(ana, organization=None, **around))
    assert alone.decide(ana, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.NO


def test_a_roles_tags_are_told_as_the_resources() -> None:
    tagged = {"StringEquals": {"aws:ResourceTag/team": "red"}}
    ana = user(allow("sts:AssumeRole", Condition=tagged))
    red, blue = role(tags={"team": "red"}), role(name="blue")
    asked = engine(account(ana, red, blue))
    assert asked.decide(ana, "sts:AssumeRole", red.arn).says is Says.YES
    assert asked.decide(ana, "sts:AssumeRole", blue.arn).says is Says.NO


@pytest.mark.parametrize("unread", [None, Gap("tag:GetResources", "AccessDenied")])
def test_a_policys_tags_decide_where_they_were_read_and_stay_open_where_not(
    unread: Gap | None,
) -> None:
    tagged = {"StringEquals": {"iam:ResourceTag/team": "red"}}
    guarded = {"Null": {"aws:ResourceTag/guarded": "false"}}
    write = "iam:CreatePolicyVersion"
    ana = user(allow(write, Condition=tagged), deny(write, Condition=guarded))
    read = {
        "red": PolicyTags(entries={"team": "red"}),
        "blue": PolicyTags(entries={"team": "blue"}),
        "none": PolicyTags(),
        "guarded": PolicyTags(entries={"team": "red", "guarded": "yes"}),
        "open": unread,
    }
    some = [replace(managed(name, EVERYTHING), tags=tags) for name, tags in read.items()]
    asked = engine(account(ana, policies=tuple(some)))
    says = {one.name: asked.decide(ana, write, one.arn).says for one in some}
    no, yes, depends = Says.NO, Says.YES, Says.DEPENDS
    assert says == {"red": yes, "blue": no, "none": no, "guarded": no, "open": depends}


def test_an_identity_providers_tags_decide() -> None:
    tagged = {"StringEquals": {"aws:ResourceTag/team": "red"}}
    ana = user(allow("iam:DeleteOpenIDConnectProvider", Condition=tagged))
    details = OidcDetails(url="token.example.com", tags={"team": "red"})
    red = OidcProvider(arn=f"arn:aws:iam::{HOME}:oidc-provider/token.example.com", details=details)
    blue = OidcProvider(arn=f"{red.arn}/blue", details=replace(details, tags={}))
    asked = engine(account(ana, providers=Providers(saml=(), oidc=(red, blue))))
    says = [asked.decide(ana, "iam:DeleteOpenIDConnectProvider", o.arn).says for o in (red, blue)]
    assert says == [Says.YES, Says.NO]


def test_a_session_has_its_roles_permissions_and_its_own_name() -> None:
    path = "/aws-reserved/sso.amazonaws.com/eu-west-1/"
    sso = role(EVERYTHING, name="AWSReservedSSO_Admin_0123456789abcdef", path=path)
    guard = policy(
        "Guard",
        "r-root",
        deny("ec2:*", Condition={"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role{path}*"}}),
    )
    asked = engine(account(sso, organization=organization(guard)))
    session = f"arn:aws:sts::{HOME}:assumed-role/{sso.name}/ana"
    assert asked.decide(session, "ec2:StopInstances").says is Says.NO
    assert asked.decide(session, "s3:ListAllMyBuckets").says is Says.YES
    with pytest.raises(KeyError):
        asked.decide(f"arn:aws:sts::{HOME}:assumed-role/none/ana", "s3:ListAllMyBuckets")


def test_wrong_verdict_85_many_sessions_are_one_role() -> None:
    deploy = role(allow("s3:ListAllMyBuckets"), name="deploy")
    asked = engine(account(deploy, role(EVERYTHING, name="other")))
    session = f"arn:aws:sts::{HOME}:assumed-role/deploy/"
    for name in ("ana", "ben", "1730000000000000000", "i-0123456789abcdef0"):
        for action, says in (("s3:ListAllMyBuckets", Says.YES), ("ec2:StopInstances", Says.NO)):
            of_session, of_role = (asked.decide(one, action) for one in (session + name, deploy))
            assert of_session.says is of_role.says is says
            assert of_session.decision == of_role.decision


def test_a_unique_id_in_a_policy_is_somebody_who_is_gone() -> None:
    gone = bucket(policy=text(allow("s3:*", "*", Principal={"AWS": "AROAABCDEFGHIJ1234567"})))
    here, other = role(name="here"), user()
    asked = engine(account(other, here, resources=Resources(buckets=(gone,))))
    assert asked.decide(here, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.NO
    assert asked.decide(other, "s3:GetObject", "arn:aws:s3:::b/k").says is Says.NO


def test_what_is_told_of_the_request_settles_conditions() -> None:
    mfa = allow("iam:CreateUser", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})
    ana = user(mfa)
    asked = engine(account(ana))
    assert asked.decide(ana, "iam:CreateUser").proviso == "if Bool aws:MultiFactorAuthPresent true"
    told = Context({"aws:MultiFactorAuthPresent": "true"}, unknown="*")
    assert asked.decide(ana, "iam:CreateUser", context=told).says is Says.YES


def test_root_of_an_account_may_do_what_nothing_denies() -> None:
    asked = engine(account(user()))
    assert asked.decide(ROOT, "iam:CreateUser").says is Says.YES
    assert "iam:CreateUser" in asked.actions_of(ROOT)
    assert "iam:CreateUser" not in asked.actions_of(user())


def test_what_is_made_of_an_engine_is_made_once() -> None:
    asked = engine(account(user()))
    assert asked.once(_list) is asked.once(_list)


def _list(_: object) -> list[int]:
    return []


def access_point(**more: object) -> AccessPoint:
    base = AccessPoint(
        arn=f"arn:aws:s3:eu-west-1:{HOME}:accesspoint/ap",
        account=HOME,
        region="eu-west-1",
        bucket="b",
        bucket_account=HOME,
        network_origin="Internet",
        policy=None,
        public_access_block=None,
    )
    return replace(base, **more)


def test_an_access_point_takes_its_buckets_leave_too() -> None:
    ana = user(allow("s3:*"))
    key = f"{access_point().arn}/object/k"

    def asked(point: AccessPoint, behind: Bucket) -> Engine:
        return engine(account(ana, resources=Resources(buckets=(behind,), access_points=(point,))))

    assert asked(access_point(), bucket()).decide(ana, "s3:GetObject", key).says is Says.YES
    closed = bucket(policy=text(deny("s3:*", "arn:aws:s3:::b/*", Principal="*")))
    denying = asked(access_point(), closed)
    denied = denying.decide(ana, "s3:GetObject", key)
    assert denied.says is Says.NO
    assert [one.policy for one in places(denying, denied)] == ["policy of arn:aws:s3:::b"]
    unread = bucket(policy=Gap("s3:GetBucketPolicy", "AccessDenied"))
    unknown = asked(access_point(), unread).decide(ana, "s3:GetObject", key)
    assert unknown.why_unknown == "s3:GetBucketPolicy: AccessDenied"


def test_an_outsider_needs_the_access_point_and_the_bucket() -> None:
    foreign = f"arn:aws:iam::{AWAY}:role/x"
    key = f"{access_point().arn}/object/k"
    opened = access_point(policy=text(allow("s3:GetObject", key, Principal={"AWS": foreign})))
    through = {"StringEquals": {"s3:DataAccessPointAccount": HOME}}
    delegating = bucket(
        policy=text(allow("s3:*", "arn:aws:s3:::b/*", Principal="*", Condition=through))
    )
    for behind, says in ((bucket(), Says.NO), (delegating, Says.YES)):
        resources = Resources(buckets=(behind,), access_points=(opened,))
        asked = engine(account(user(), resources=resources))
        assert asked.outsider(foreign, "s3:GetObject", key).says is says
