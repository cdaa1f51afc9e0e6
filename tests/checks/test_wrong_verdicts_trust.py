"""Verdicts about trust and organisations that scanners got wrong, each by its number."""

from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.access.engine import Engine
from idkeep.access.escalation_ways import ACTIONS
from idkeep.access.trust import Kind, trust_of
from idkeep.checks import ALL
from idkeep.checks.organization.samples import (
    MANAGEMENT,
    SCP,
    SHOP,
    member,
    organization,
    policy,
)
from idkeep.checks.policies.resource_kinds import bucket
from idkeep.checks.policies.samples import EVERYTHING, HEAD, READ_ONLY, role, user
from idkeep.checks.samples import ORGANIZATION, ago, allow, deny, inline, snapshot_of, text
from idkeep.checks.trust.samples import (
    EXTERNAL_ID,
    GITHUB,
    MFA,
    PARTNER,
    TRUSTED,
    from_github,
    linked,
    trusting,
    trusts,
)
from idkeep.collect import actions
from idkeep.config import Settings, TrustedAccount
from idkeep.model import Family, Gap, PolicyType, Role, ServiceAccess, Severity, Status
from idkeep.model.resources import Resources

from .judging import CATALOG, judged, messages, status

ANA = f"{HEAD}:user/ana"
BUILD = {"Service": "codebuild.amazonaws.com"}
OPEN, UNKNOWN, ANY_SOURCE = (
    "role-open-to-anybody",
    "role-trusts-unknown-account",
    "service-acts-for-any-account",
)


def engine_of(*subjects: Any, **around: Any) -> Engine:
    return Engine(snapshot_of(*subjects, **around), CATALOG)


def test_wrong_verdict_29_every_action_of_the_ways_to_escalate_is_one_that_aws_has() -> None:
    assert [one for one in ACTIONS if CATALOG.action(one) is None] == []


@pytest.mark.parametrize(
    ("principal", "own", "says"),
    [
        ({"AWS": ANA}, (), "yes"),
        ({"AWS": f"{HEAD}:root"}, (), "no"),
        ({"AWS": f"{HEAD}:root"}, (allow("sts:AssumeRole"),), "yes"),
    ],
)
def test_wrong_verdict_43_a_principal_named_in_the_trust_needs_no_grant_of_its_own(
    principal: object, own: tuple[dict[str, object], ...], says: str
) -> None:
    target = trusting("target", trusts(principal))
    engine = engine_of(target, user("ana", *own))
    answer = engine.decide(ANA, "sts:AssumeRole", target.arn)
    assert answer.says == says


def test_wrong_verdict_44_an_assumption_across_accounts_takes_both_sides() -> None:
    elsewhere = "arn:aws:iam::444455556666:role/target"
    ana = user("ana", allow("sts:AssumeRole"))
    answer = engine_of(ana).decide(ANA, "sts:AssumeRole", elsewhere)
    assert answer.says == "unknown"
    assert "444455556666 was not scanned" in answer.why_unknown
    nobody = user("ana", READ_ONLY)
    assert engine_of(nobody).decide(ANA, "sts:AssumeRole", elsewhere).says == "no"


@pytest.mark.parametrize("services", [["codebuild.amazonaws.com"], "codebuild.amazonaws.com"])
def test_wrong_verdict_45_each_service_of_a_list_is_judged(services: object) -> None:
    one = trusting("build", trusts({"Service": services}))
    assert status(ANY_SOURCE, one) is Status.FAIL
    mixed = trusting("x", trusts({"Service": ["ec2.amazonaws.com", "codebuild.amazonaws.com"]}))
    assert messages(judged(ANY_SOURCE, mixed)) == (
        "lets codebuild.amazonaws.com use it for any account",
    )


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "ArnLike", "ArnEquals"])
@pytest.mark.parametrize(
    "source",
    [
        "arn:aws:codebuild:eu-north-1:111122223333:project/shop",
        "arn:aws:codebuild:*:111122223333:*",
    ],
)
def test_wrong_verdict_46_a_source_arn_counts_under_each_operator(
    operator: str, source: str
) -> None:
    if operator == "StringEquals" and "*" in source:
        pytest.skip("StringEquals has no wildcards")
    bound = trusting("build", trusts(BUILD, {operator: {"aws:SourceArn": source}}))
    assert status(ANY_SOURCE, bound) is Status.PASS


def test_wrong_verdict_47_a_service_linked_role_is_not_judged() -> None:
    assert status(ANY_SOURCE, linked(trusting("x", trusts(BUILD)))) is Status.NOT_APPLICABLE


@pytest.mark.parametrize("service", ["ec2", "cloudtrail"])
def test_wrong_verdict_48_a_service_that_sends_no_source_is_not_applicable(service: str) -> None:
    one = judged(ANY_SOURCE, trusting("x", trusts({"Service": f"{service}.amazonaws.com"})))
    assert one.status is Status.NOT_APPLICABLE
    assert "does not say for whom it acts" in one.not_applicable


def test_wrong_verdict_49_a_service_without_a_source_is_not_called_public() -> None:
    build = trusting("build", trusts(BUILD))
    assert status(OPEN, build) is Status.PASS
    assert status(UNKNOWN, build) is Status.PASS
    assert status(ANY_SOURCE, build) is Status.FAIL


@pytest.mark.parametrize(
    ("issuer", "audience"),
    [
        (GITHUB, "sts.amazonaws.com"),
        ("gitlab.com", "https://gitlab.com"),
        ("app.terraform.io", "aws.workload.identity"),
        ("agent.buildkite.com", "sts.amazonaws.com"),
        ("oidc.codefresh.io", "sts.amazonaws.com"),
    ],
)
def test_wrong_verdict_50_an_audience_alone_lets_every_tenant_in(
    issuer: str, audience: str
) -> None:
    provider = {"Federated": f"{HEAD}:oidc-provider/{issuer}"}
    only = trusting("ci", trusts(provider, {"StringEquals": {f"{issuer}:aud": audience}}))
    assert status("role-open-to-an-issuer", only) is Status.FAIL


def test_wrong_verdict_50_every_shared_issuer_of_the_catalog_is_judged() -> None:
    for shared in CATALOG.facts.shared_issuers:
        federated = (
            shared.issuer
            if shared.issuer.startswith("cognito-identity")
            else f"{HEAD}:oidc-provider/{shared.issuer}"
        )
        open_ = trusting("ci", trusts({"Federated": federated}))
        assert status("role-open-to-an-issuer", open_) is Status.FAIL, shared.issuer
        exact = {"StringEquals": {shared.keys[0]: "larkfield"}}
        closed = trusting("ci", trusts({"Federated": federated}, exact))
        assert status("role-open-to-an-issuer", closed) is Status.PASS, shared.issuer


@pytest.mark.parametrize(
    "subject",
    [
        "repo:larkfield/*",
        "repo:larkfield/shop:ref:refs/heads/main",
        "repo:larkfield@42/shop@77:ref:refs/heads/main",
        "repo:larkfield/shop:environment:production",
    ],
)
def test_wrong_verdict_52_a_subject_with_a_fixed_owner_is_nobody_elses(subject: str) -> None:
    named = trusting("ci", from_github({"StringLike": {f"{GITHUB}:sub": subject}}))
    assert status("role-open-to-an-issuer", named) is Status.PASS


@pytest.mark.parametrize(
    "subject",
    ["*", "repo:*", "repo:lark*", "repo:*/shop:*", "repo:larkfiel?/*", "repo:*:pull_request"],
)
def test_wrong_verdict_52_a_wildcard_in_the_owner_is_everybody_who_takes_such_a_name(
    subject: str,
) -> None:
    named = trusting("ci", from_github({"StringLike": {f"{GITHUB}:sub": subject}}))
    assert status("role-open-to-an-issuer", named) is Status.FAIL


def test_wrong_verdict_53_every_statement_of_a_trust_policy_is_read() -> None:
    several = trusting(
        "x", trusts(BUILD), trusts({"AWS": ANA}), trusts({"AWS": "*"}), trusts({"AWS": PARTNER})
    )
    assert status(OPEN, several) is Status.FAIL
    assert messages(judged(UNKNOWN, several)) == ("lets account 444455556666 become it",)


def test_wrong_verdict_54_everybody_of_the_organization_may_become_a_role() -> None:
    ours = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION.id}}
    wide = trusting("x", trusts({"AWS": "*"}, ours))
    for check in (OPEN, UNKNOWN):
        assert status(check, wide, organization=ORGANIZATION) is Status.PASS


def test_wrong_verdict_55_everybody_with_one_arn_is_one_principal() -> None:
    one = {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/importer"}}
    narrow = trusting("x", trusts({"AWS": "*"}, one))
    assert status(OPEN, narrow) is Status.PASS
    assert messages(judged(UNKNOWN, narrow)) == (
        "lets arn:aws:iam::444455556666:role/importer become it",
    )
    trusted = judged(UNKNOWN, narrow, TRUSTED)
    assert trusted.status is Status.PASS


def test_wrong_verdict_56_two_keys_under_one_operator_both_count_in_any_order() -> None:
    keys = {"aws:PrincipalOrgID": ORGANIZATION.id, "sts:ExternalId": "x"}
    for names in (list(keys), list(reversed(keys))):
        held = {"StringEquals": {name: keys[name] for name in names}}
        wide = trusting("x", trusts({"AWS": "*"}, held))
        assert status(OPEN, wide, organization=ORGANIZATION) is Status.PASS


@pytest.mark.parametrize(
    ("qualifier", "expected"),
    [("ForAnyValue", Status.PASS), ("ForAllValues", Status.FAIL)],
)
def test_wrong_verdict_57_for_all_values_holds_where_the_key_is_missing(
    qualifier: str, expected: Status
) -> None:
    public = text(
        allow(
            "s3:GetObject",
            "arn:aws:s3:::larkfield/*",
            Principal="*",
            Condition={f"{qualifier}:StringLike": {"aws:PrincipalOrgPaths": "o-exampleorg1/*"}},
        )
    )
    around = {
        "organization": ORGANIZATION,
        "resources": Resources(account_public_access_block=None),
    }
    assert status("bucket-open-to-anybody", bucket(public), **around) is expected


def test_wrong_verdict_59_a_denial_of_everybody_lets_nobody_in() -> None:
    closed = trusting(
        "x", trusts({"AWS": ANA}), deny("sts:AssumeRole", None, Principal={"AWS": "*"})
    )
    for check in (OPEN, UNKNOWN):
        assert status(check, closed) is Status.PASS
    assert list(trust_of(engine_of(closed), closed).admitted) == []


@pytest.mark.parametrize("name", ["111122223333", f"{HEAD}:root", ANA])
def test_wrong_verdict_60_the_own_account_is_not_foreign_however_written(name: str) -> None:
    for check in (UNKNOWN, "role-trusts-whole-account"):
        assert status(check, trusting("x", trusts({"AWS": name}))) is Status.PASS


def test_wrong_verdict_61_each_trusted_principal_is_looked_up_by_itself() -> None:
    trusted = Settings(
        trusted_accounts=tuple(
            TrustedAccount(id=one, name="Partner") for one in ("444455556666", "222233334444")
        )
    )
    one = trusting("x", trusts({"AWS": PARTNER}))
    assert judged(UNKNOWN, one, trusted).status is Status.PASS
    both = trusting("x", trusts({"AWS": [PARTNER, "333344445555"]}))
    assert messages(judged(UNKNOWN, both, trusted)) == ("lets account 333344445555 become it",)


@pytest.mark.parametrize("gone", ["AIDAQ3EGRJVXLARKGONE1", "AROAQ3EGRJVXLARKGONE2"])
def test_wrong_verdict_62_a_deleted_principal_is_an_orphan_and_no_stranger(gone: str) -> None:
    old = trusting("x", trusts({"AWS": gone}))
    for check in (OPEN, UNKNOWN, "role-trusts-whole-account"):
        assert status(check, old) is Status.PASS
    [finding] = judged("role-trusts-what-is-gone", old).findings
    assert gone in finding.message
    assert finding.severity is Severity.LOW


def test_wrong_verdict_63_a_role_of_the_same_account_is_not_across_accounts() -> None:
    within = trusting(
        "x", trusts({"AWS": f"{HEAD}:role/ci"}), inline_policies=(inline(EVERYTHING),)
    )
    for check in (UNKNOWN, "role-trusts-whole-account", "role-reads-all-for-another-account"):
        assert status(check, within) is Status.PASS


def test_wrong_verdict_64_a_trust_that_asks_for_mfa_is_kept_and_said() -> None:
    careful = trusting("x", trusts({"AWS": PARTNER}, MFA))
    assert messages(judged(UNKNOWN, careful)) == ("lets account 444455556666 become it with MFA",)
    both = {**MFA, **EXTERNAL_ID}
    assert messages(judged(UNKNOWN, trusting("x", trusts({"AWS": PARTNER}, both)))) == (
        "lets account 444455556666 become it with MFA and with an external id",
    )
    own = trusting("admin", trusts({"AWS": ANA}, MFA), inline_policies=(inline(EVERYTHING),))
    [admitted] = trust_of(engine_of(own, user("ana")), own).of(Kind.PRINCIPAL)
    assert "aws:MultiFactorAuthPresent" in admitted.proviso


def test_wrong_verdict_75_what_an_scp_denies_is_decided_whatever_else_it_allows() -> None:
    guard = policy(
        "Guard",
        allow("*"),
        deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-north-1"]}}),
    )
    listed = policy("Listed", {"Effect": "Deny", "Action": ["organizations:*"], "Resource": ["*"]})
    both = organization(guard, listed)
    assert status("account-without-guardrails", SHOP, organization=both) is Status.PASS
    assert status("member-may-leave", SHOP, organization=both) is Status.PASS
    harmless = organization(policy("Harmless", allow("*")))
    assert status("account-without-guardrails", SHOP, organization=harmless) is Status.FAIL


def test_wrong_verdict_76_what_only_the_management_account_reads_is_unknown_elsewhere() -> None:
    refused = Gap("organizations:ListDelegatedAdministrators", "AccessDeniedException")
    here = replace(ORGANIZATION, delegated_administrators=refused)
    one = judged("unknown-delegated-administrator", here)
    assert one.status is Status.UNKNOWN
    assert one.unknown == (str(refused),)


def test_wrong_verdict_78_the_last_use_decides_and_not_what_a_role_is_attached_to() -> None:
    bare = role("server", READ_ONLY, last_used=ago(3), instance_profiles=())
    assert status("dormant-role", bare) is Status.PASS
    idle = replace(bare, last_used=ago(200), instance_profiles=("server",))
    assert messages(judged("dormant-role", idle)) == (
        "was last used 200 days ago; it stands in instance profile server",
    )


@pytest.mark.parametrize("profiles", [("server",), ("server", "second")])
def test_wrong_verdict_79_a_role_that_an_instance_uses_by_its_profile_is_in_use(
    profiles: tuple[str, ...],
) -> None:
    working = role("server", READ_ONLY, last_used=ago(0.1), instance_profiles=profiles)
    unused = {
        one.id: status(one.id, working)
        for one in ALL
        if one.subject is Role and {"unused-roles", "unused-permissions"} & set(one.controls)
    }
    assert unused.pop("dormant-role") is Status.PASS
    assert Status.FAIL not in unused.values()


UNTOLD = (ServiceAccess(service="iam", last=ago(300)), ServiceAccess(service="s3", last=None))


def test_wrong_verdict_80_no_check_takes_missing_use_for_disuse() -> None:
    """Permissions to pass roles, and denials, leave no trace; no verdict is drawn from that."""
    passer: Role = role(
        "passer",
        allow("iam:PassRole"),
        deny("s3:*"),
        deny("bedrock:*"),
        last_used=ago(1),
        created=ago(900),
        last_accessed=UNTOLD,
    )
    unused = [
        one.id
        for one in ALL
        if one.subject is Role and {"unused-roles", "unused-permissions"} & set(one.controls)
    ]
    assert "dormant-role" in unused
    assert {status(one, passer) for one in unused} == {Status.PASS}
    unread = replace(passer, last_accessed=Gap("iam:GetServiceLastAccessedDetails", "AccessDenied"))
    assert status("role-access-to-bedrock-unused", unread) is Status.UNKNOWN


@pytest.mark.parametrize("says", ["yes", "no"])
def test_wrong_verdict_88_the_trust_policy_decides_who_becomes_a_role(says: str) -> None:
    """AWS's simulator leaves the trust policy out, so nothing here asks it."""
    trusted = {"AWS": ANA} if says == "yes" else {"Service": "lambda.amazonaws.com"}
    target = trusting("target", trusts(trusted))
    engine = engine_of(target, user("ana", allow("sts:AssumeRole")))
    assert engine.decide(ANA, "sts:AssumeRole", target.arn).says == says
    assert not [one for one in actions(set(Family)) if "Simulate" in one]


def test_a_member_that_stands_alone_is_judged_by_the_policies_on_its_way() -> None:
    other = member("333344445555", path=("r-lark", "ou-lark-other"))
    stay = policy("Stay", deny("organizations:*"))
    full = policy("Full", allow("*"), targets=("r-lark", "ou-lark-shop", "ou-lark-other"))
    own = policy("Own", allow("*"), targets=(SHOP.id, other.id))
    kind = PolicyType(name=SCP, status="ENABLED", policies=(full, own, stay))
    both = organization(accounts=(MANAGEMENT, SHOP, other), policy_types=(kind,))
    assert status("member-may-leave", SHOP, organization=both) is Status.PASS
    assert status("member-may-leave", other, organization=both) is Status.FAIL


def test_accounts_under_the_same_policies_are_told_apart_where_a_policy_tells_them_apart() -> None:
    sister = member("333344445555")
    spared = {"StringNotEquals": {"aws:PrincipalAccount": sister.id}}
    full = policy("Full", allow("*"), targets=("r-lark", "ou-lark-shop", SHOP.id, sister.id))
    for condition, expected in ((spared, Status.FAIL), ({}, Status.PASS)):
        stay = policy(
            "Stay", deny("organizations:*", **({"Condition": condition} if condition else {}))
        )
        kind = PolicyType(name=SCP, status="ENABLED", policies=(full, stay))
        both = organization(accounts=(MANAGEMENT, SHOP, sister), policy_types=(kind,))
        assert status("member-may-leave", SHOP, organization=both) is Status.PASS
        assert status("member-may-leave", sister, organization=both) is expected
