"""Verdicts about permissions that scanners are known to have got wrong, each by its number."""

from collections.abc import Iterable
from datetime import date

import pytest
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.engine import Engine
from idkeep.checks import ALL, run
from idkeep.checks.policies.resource_kinds import bucket, function, kms_key
from idkeep.checks.policies.samples import (
    EVERYTHING,
    HEAD,
    READ_ONLY,
    attached,
    group,
    role,
    user,
)
from idkeep.checks.samples import (
    ACCOUNT,
    NOW,
    ORGANIZATION,
    allow,
    deny,
    inline,
    managed,
    password,
    snapshot_of,
    text,
)
from idkeep.checks.settle import settle
from idkeep.config import Settings, Suppression, TrustedAccount
from idkeep.model import (
    Gap,
    InlinePolicy,
    MemberAccount,
    Organization,
    OrganizationPolicy,
    PolicyType,
    Severity,
    Status,
    Subject,
)
from idkeep.model.resources import Resources

from .judging import BY_ID, CATALOG, judged, messages, status

INDEXER = role("indexer", EVERYTHING, trusts={"Service": "lambda.amazonaws.com"})
SERVER = role("server", EVERYTHING)
ADMIN = managed("AdministratorAccess", EVERYTHING, by_aws=True)
OPEN_ACCOUNT = Resources(account_public_access_block=None)


def but(action: str, resource: str = "*") -> dict[str, object]:
    return {"Effect": "Allow", "NotAction": action, "Resource": resource}


def test_wrong_verdict_21_not_action_with_a_name_that_is_no_action_is_everything() -> None:
    assert status("user-is-administrator", user("ana", but("s3:NoSuchAction"))) is Status.FAIL


def test_wrong_verdict_22_a_list_says_the_same_as_a_string() -> None:
    said = [
        messages(judged("user-is-administrator", user("ana", allow(action, resource))))
        for action in ("*", ["*"])
        for resource in ("*", ["*"])
    ]
    assert said == [("is an administrator by inline policy own",)] * 4


@pytest.mark.parametrize("action", ["s3:*", "es:*", "cloudtrail:*", "kms:*"])
def test_wrong_verdict_23_a_wildcard_stays_in_its_service(action: str) -> None:
    assert status("user-is-administrator", user("ana", allow(action))) is Status.PASS
    for service in {"cloudtrail", "kms"} - {action.partition(":")[0]}:
        check = f"full-access-to-{service}-in-user-policy"
        assert status(check, user("ana", allow(action))) is Status.PASS


def test_wrong_verdict_24_one_statement_is_a_list_of_one_and_nonsense_is_unknown() -> None:
    whole = inline(allow("*")).document
    snapshot = snapshot_of(user("ana", inline_policies=(InlinePolicy("own", whole),)))
    single = snapshot.documents[whole].replace("[{", "{").replace("}]", "}")
    texts = {**snapshot.documents, whole: single}
    ana = user("ana", inline_policies=(InlinePolicy("own", whole),))
    assert status("user-is-administrator", ana, documents=texts) is Status.FAIL
    broken = judged("user-is-administrator", ana, documents={**texts, whole: '{"Statement": null}'})
    assert broken.status is Status.UNKNOWN
    assert "can't read" in broken.unknown[0]


def test_wrong_verdict_25_inline_policies_of_groups_and_roles_are_read() -> None:
    held = group("Admins", EVERYTHING)
    assert status("group-makes-administrators", held) is Status.FAIL
    assert status("role-is-administrator", role("deploy", EVERYTHING)) is Status.FAIL
    ana = judged("user-is-administrator", user("ana", groups=("Admins",)), groups=(held,))
    assert messages(ana) == ("is an administrator by inline policy own of group Admins",)


def test_wrong_verdict_26_pass_role_and_run_instances_in_two_policies_of_one_role() -> None:
    pass_role, start = managed("A", allow("iam:PassRole")), managed("B", allow("ec2:RunInstances"))
    builder = role("builder", attached_policies=attached(pass_role, start))
    one = judged("role-may-escalate", builder, policies=(pass_role, start), roles=(SERVER,))
    [message] = messages(one)
    assert message.startswith("may take a role and pass it to a new EC2 instance")
    assert message.endswith("and so becomes the role server, an administrator")


@pytest.mark.parametrize("action", ["iam:AttachRolePolicy", "iam:PutRolePolicy"])
def test_wrong_verdict_27_writing_its_own_role_is_enough(action: str) -> None:
    assert status("role-may-escalate", role("builder", allow(action))) is Status.FAIL


def test_wrong_verdict_28_a_stack_without_pass_role_is_no_escalation() -> None:
    deployer = user("ana", allow(["cloudformation:CreateStack", "cloudformation:Describe*"]))
    taker = role("stack", READ_ONLY, trusts={"Service": "cloudformation.amazonaws.com"})
    assert status("user-may-escalate", deployer, roles=(taker,)) is Status.PASS


def test_wrong_verdict_30_keys_of_its_own_are_no_escalation() -> None:
    own = allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")
    boss = user("boss", EVERYTHING)
    assert status("user-may-escalate", user("ana", own), users=(boss,)) is Status.PASS
    anybodys = user("ana", allow("iam:CreateAccessKey"))
    assert status("user-may-escalate", anybodys, users=(boss,)) is Status.FAIL


@pytest.mark.parametrize("action", ["iam:PassRole", "glue:GetDevEndpoint"])
def test_wrong_verdict_31_half_a_way_is_none(action: str) -> None:
    taker = role("glue", EVERYTHING, trusts={"Service": "glue.amazonaws.com"})
    assert status("user-may-escalate", user("ana", allow(action)), roles=(taker,)) is Status.PASS


HARMLESS = allow("s3:ListAllMyBuckets")
RISKY = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])


@pytest.mark.parametrize(
    "statements",
    [
        (RISKY,),
        (RISKY, HARMLESS),
        (HARMLESS, RISKY),
        (allow("iam:PassRole"), HARMLESS, allow("lambda:*")),
        (allow(["lambda:InvokeFunction", "iam:PassRole"]), allow("lambda:CreateFunction")),
    ],
)
def test_wrong_verdict_32_a_harmless_statement_changes_nothing(
    statements: Iterable[dict[str, object]],
) -> None:
    ana = user("ana", *statements)
    one = judged("user-may-escalate", ana, roles=(INDEXER,))
    assert one.status is Status.FAIL
    assert "becomes the role indexer, an administrator" in messages(one)[0]


def test_wrong_verdict_33_what_is_denied_to_old_sessions_is_said() -> None:
    cut = deny("*", Condition={"DateLessThan": {"aws:TokenIssueTime": "2026-10-01T00:00:00Z"}})
    one = judged("role-is-administrator", role("deploy", EVERYTHING, cut))
    assert one.status is Status.FAIL
    assert "aws:TokenIssueTime 2026-10-01T00:00:00Z" in messages(one)[0]


def test_wrong_verdict_34_a_star_without_a_colon_is_every_action() -> None:
    assert status("role-is-administrator", role("deploy", allow("*"))) is Status.FAIL


def test_wrong_verdict_35_a_prefix_with_a_star_is_expanded() -> None:
    ana = user("ana", allow("iam:Create*"))
    one = judged("user-may-escalate", ana, users=(user("boss", EVERYTHING),))
    assert "make an access key for another user" in messages(one)[0]


def test_wrong_verdict_36_letter_case_does_not_hide_an_action() -> None:
    ana = user("ana", allow(["IAM:passrole", "CloudFormation:updatestack"]))
    taker = role("stack", EVERYTHING, trusts={"Service": "cloudformation.amazonaws.com"})
    assert status("user-may-escalate", ana, roles=(taker,)) is Status.FAIL


def test_wrong_verdict_37_a_groups_denial_holds_for_its_members() -> None:
    guard = group("Guarded", deny("iam:*"))
    ana = user("ana", allow("iam:PutUserPolicy"), groups=("Guarded",))
    assert status("user-may-escalate", ana, groups=(guard,)) is Status.PASS


def test_wrong_verdict_38_a_boundary_grants_nothing() -> None:
    wide = managed("Wide", EVERYTHING)
    ana = user("ana", READ_ONLY, boundary=wide.arn)
    assert status("user-is-administrator", ana, policies=(wide,)) is Status.PASS


def engine_of(*subjects: Subject, **around: object) -> Engine:
    return Engine(snapshot_of(*subjects, **around), CATALOG)


def under(*statements: dict[str, object]) -> Organization:
    """The organisation with the account under a service control policy of these statements."""
    account = MemberAccount(
        id=ACCOUNT.id,
        arn="arn:aws:organizations::999988887777:account/o-exampleorg1/111122223333",
        name="shop",
        email="aws@larkfield.example",
        state="ACTIVE",
        path=("r-root",),
    )
    kind = PolicyType(
        name="SERVICE_CONTROL_POLICY",
        status="ENABLED",
        policies=(
            scp("FullAWSAccess", ("r-root", ACCOUNT.id), EVERYTHING),
            scp("Limit", ("r-root",), *statements),
        ),
    )
    return replace(ORGANIZATION, accounts=(account,), policy_types=(kind,))


def scp(name: str, targets: tuple[str, ...], *statements: dict[str, object]) -> OrganizationPolicy:
    return OrganizationPolicy(
        id=f"p-{name.lower()}",
        arn=f"arn:aws:organizations::999988887777:policy/o-exampleorg1/scp/p-{name.lower()}",
        name=name,
        targets=targets,
        document=text(*statements),
    )


def test_wrong_verdict_39_an_administrator_whom_an_scp_limits_is_said_to_be_limited() -> None:
    deploy = role("deploy", EVERYTHING)
    one = judged("role-is-administrator", deploy, organization=under(deny("iam:*")))
    [message] = messages(one)
    assert message.endswith("limited by the organisation's service control policies")
    assert [finding.severity for finding in one.findings] == [Severity.LOW]
    whole = judged("role-is-administrator", deploy, organization=under(deny("iam:DeleteUser")))
    assert messages(whole) == ("is an administrator by inline policy own",)
    here = replace(under(deny("iam:*")), management_account=ACCOUNT.id)
    exempt = judged("role-is-administrator", deploy, organization=here)
    assert messages(exempt) == ("is an administrator by inline policy own",)
    linked = replace(deploy, arn=f"{HEAD}:role/aws-service-role/x.amazonaws.com/deploy")
    limited = engine_of(linked, organization=under(deny("*"))).decide(
        linked.arn, "iam:CreateUser", f"{HEAD}:user/new"
    )
    assert limited.says == "yes", "an SCP does not reach a service-linked role"


def test_wrong_verdict_40_a_service_linked_role_leads_nowhere() -> None:
    arn = f"{HEAD}:role/aws-service-role/lambda.amazonaws.com/AWSServiceRoleForLambda"
    linked = replace(INDEXER, arn=arn, name="AWSServiceRoleForLambda")
    ana = user("ana", allow(["iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"]))
    assert status("user-may-escalate", ana, roles=(linked,)) is Status.PASS
    own = judged("role-may-escalate", linked)
    assert own.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    "statement", [allow("*", "arn:aws:s3:::one/*"), allow("*", f"{HEAD}:role/one")]
)
def test_wrong_verdict_41_everything_on_one_narrow_thing_is_no_administrator(
    statement: dict[str, object],
) -> None:
    assert status("user-is-administrator", user("ana", statement)) is Status.PASS


def test_wrong_verdict_42_not_action_on_a_narrow_thing_is_no_administrator() -> None:
    narrow = user("ana", but("iam:DeleteUser", "arn:aws:s3:::one/*"))
    assert status("user-is-administrator", narrow) is Status.PASS


def public(action: str, resource: str = "*", **more: object) -> str:
    return text(allow(action, resource, Principal="*", **more))


def test_wrong_verdict_54_everybody_of_the_organization_is_not_everybody() -> None:
    ours = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION.id}}
    key = kms_key(public("kms:Decrypt", Condition=ours))
    assert status("kms-key-open-to-anybody", key, organization=ORGANIZATION) is Status.PASS
    assert status("kms-key-open-to-unknown-accounts", key, organization=ORGANIZATION) is Status.PASS


def test_wrong_verdict_55_everybody_with_one_arn_is_one_principal() -> None:
    one = {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/importer"}}
    key = kms_key(public("kms:Decrypt", Condition=one))
    assert status("kms-key-open-to-anybody", key) is Status.PASS
    assert messages(judged("kms-key-open-to-unknown-accounts", key)) == (
        "lets arn:aws:iam::444455556666:role/importer do kms:Decrypt",
    )


def test_wrong_verdict_56_two_keys_under_one_operator_both_count_in_any_order() -> None:
    keys = {"aws:PrincipalOrgID": ORGANIZATION.id, "aws:SourceVpce": "vpce-1"}
    for names in (list(keys), list(reversed(keys))):
        held = {"StringEquals": {name: keys[name] for name in names}}
        key = kms_key(public("kms:Decrypt", Condition=held))
        assert status("kms-key-open-to-anybody", key, organization=ORGANIZATION) is Status.PASS
    alone = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
    half = kms_key(public("kms:Decrypt", Condition=alone))
    assert status("kms-key-open-to-anybody", half, organization=ORGANIZATION) is Status.FAIL


def test_wrong_verdict_58_kms_caller_account_is_a_limit() -> None:
    held = {
        "StringEquals": {
            "kms:CallerAccount": ACCOUNT.id,
            "kms:ViaService": "s3.us-east-1.amazonaws.com",
        }
    }
    assert (
        status("kms-key-open-to-anybody", kms_key(public("kms:*", Condition=held))) is Status.PASS
    )


def test_wrong_verdict_59_a_denial_of_everybody_grants_nothing() -> None:
    closed = text(
        deny("s3:*", "arn:aws:s3:::larkfield/*", Principal="*"),
        allow("s3:GetObject", "arn:aws:s3:::larkfield/*", Principal={"AWS": ACCOUNT.id}),
    )
    assert status("bucket-open-to-anybody", bucket(closed), resources=OPEN_ACCOUNT) is Status.PASS


@pytest.mark.parametrize("name", [ACCOUNT.id, f"{HEAD}:root", f"{HEAD}:role/deploy"])
def test_wrong_verdict_60_the_own_account_is_not_foreign_however_written(name: str) -> None:
    key = kms_key(text(allow("kms:*", "*", Principal={"AWS": name})))
    assert status("kms-key-open-to-unknown-accounts", key) is Status.PASS


def test_wrong_verdict_61_each_principal_must_be_trusted_and_not_all_trusted_must_appear() -> None:
    trusted = Settings(
        trusted_accounts=tuple(
            TrustedAccount(id=one, name="Partner") for one in ("444455556666", "222233334444")
        )
    )
    one = kms_key(text(allow("kms:Decrypt", "*", Principal={"AWS": "444455556666"})))
    assert judged("kms-key-open-to-unknown-accounts", one, trusted).status is Status.PASS
    both = ["444455556666", "333344445555"]
    mixed = kms_key(text(allow("kms:Decrypt", "*", Principal={"AWS": both})))
    assert messages(judged("kms-key-open-to-unknown-accounts", mixed, trusted)) == (
        "lets account 333344445555 do kms:Decrypt",
    )


def test_wrong_verdict_65_a_star_in_a_keys_policy_is_that_key() -> None:
    own = kms_key(text(allow("kms:*", "*", Principal={"AWS": f"{HEAD}:root"})))
    assert status("kms-key-open-to-anybody", own) is Status.PASS


def test_wrong_verdict_66_a_wildcard_where_no_resource_can_be_named_is_no_fault() -> None:
    lister = user("ana", allow(["s3:ListAllMyBuckets", "iam:ListUsers", "kms:ListKeys"]))
    failing = [
        one.id
        for one in ALL
        if one.id.endswith("-in-user-policy") and status(one.id, lister) is Status.FAIL
    ]
    assert failing == []


def test_wrong_verdict_74_an_empty_list_is_no_support_role() -> None:
    assert status("nobody-may-ask-for-support", ACCOUNT) is Status.FAIL
    support = managed("AWSSupportAccess", allow("support:*"), by_aws=True)
    team = group("Support", attached_policies=attached(support))
    assert status("nobody-may-ask-for-support", ACCOUNT, groups=(team,), policies=(support,)) is (
        Status.FAIL
    ), "a group that nobody is in"
    ana = user("ana", groups=("Support",))
    held = {"groups": (team,), "policies": (support,), "users": (ana,)}
    assert status("nobody-may-ask-for-support", ACCOUNT, **held) is Status.PASS


def test_wrong_verdict_89_the_grant_of_a_privileged_role_is_shown() -> None:
    deploy = role("deploy", attached_policies=attached(ADMIN))
    one = judged("role-is-administrator", deploy, policies=(ADMIN,))
    assert messages(one) == ("is an administrator by policy AdministratorAccess",)
    [place] = {(p.policy, p.arn, p.statement) for p in one.findings[0].statements}
    assert place == ("policy AdministratorAccess", ADMIN.arn, 0)


def test_wrong_verdict_89_what_is_agreed_to_is_marked_and_its_grant_still_shown() -> None:
    agreed = Suppression(
        check="role-is-administrator",
        resource="*:role/deploy",
        reason="break-glass",
        owner="Security",
        expires=date(2099, 1, 1),
    )
    deploy = role("deploy", attached_policies=attached(ADMIN))
    settings = Settings(suppressions=(agreed,))
    estate = Estate(snapshot_of(deploy, policies=(ADMIN,)), settings, CATALOG)
    [outcome] = settle(run([BY_ID["role-is-administrator"]], estate), settings, NOW.date())
    [verdict] = outcome.verdicts
    [finding] = verdict.findings
    assert verdict.status is Status.SUPPRESSED
    assert finding.suppressed is not None
    assert finding.message == "is an administrator by policy AdministratorAccess"
    assert [one.arn for one in finding.statements] == [ADMIN.arn]


def test_wrong_verdict_90_administrators_without_mfa_are_users_however_they_became_it() -> None:
    admins = group("Admins", EVERYTHING)
    weak = {"password": password(), "mfa_active": False}
    for ana in (user("ana", EVERYTHING, **weak), user("ana", groups=("Admins",), **weak)):
        assert status("administrator-without-mfa", ana, groups=(admins,)) is Status.FAIL


def test_a_refused_policy_of_a_bucket_is_unknown_and_never_a_pass() -> None:
    refused = bucket(Gap("s3:GetBucketPolicy", "AccessDenied"))
    one = judged("bucket-open-to-anybody", refused, resources=OPEN_ACCOUNT)
    assert one.status is Status.UNKNOWN


def test_a_condition_on_where_from_narrows_the_severity_and_is_said() -> None:
    near = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    open_function = function(public("lambda:InvokeFunction", Condition=near))
    [finding] = judged("function-open-to-anybody", open_function).findings
    assert finding.severity is Severity.MEDIUM
    assert "aws:SourceIp 192.0.2.0/24" in finding.message
    assert finding.because
