"""Trust policies that let in more, or fewer, than they seem to."""

from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.checks.policies.samples import LOST, LOST_WHY
from idkeep.checks.samples import ACCOUNT, ORGANIZATION, allow, deny, inline
from idkeep.checks.trust.providers import DIRECTORY
from idkeep.checks.trust.samples import EXTERNAL_ID, MFA, PARTNER, VENDOR, trusting, trusts
from idkeep.config import Settings, TrustedAccount
from idkeep.model import Providers, Role, Severity, Status

from .judging import judged, messages, status

OWN, PARTNERS, OTHERS = ACCOUNT.id, "444455556666", "777788889999"
OPEN, UNKNOWN = "role-open-to-anybody", "role-trusts-unknown-account"
WHOLE, SERVICE = "role-trusts-whole-account", "service-acts-for-any-account"
BUILD = {"Service": "codebuild.amazonaws.com"}


def everybody(*conditions: object) -> Role:
    return trusting("x", *(trusts("*", one) for one in conditions))


def asks(operator: str, key: str, *values: str) -> dict[str, object]:
    return {operator: {key: list(values)}}


@pytest.mark.parametrize(
    "condition",
    [
        asks("StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION.id),
        asks("ForAllValues:StringEquals", "aws:PrincipalOrgID", ORGANIZATION.id),
        asks("ForAllValues:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION.id}/r-root/*"),
        asks("Null", "aws:PrincipalOrgID", "true"),
    ],
)
def test_an_account_without_an_organisation_passes_what_asks_only_if_there_is_one(
    condition: object,
) -> None:
    one = judged(OPEN, everybody(condition), organization=ORGANIZATION)
    assert one.status is Status.FAIL
    assert [found.severity for found in one.findings] == [Severity.HIGH]


@pytest.mark.parametrize(
    "condition",
    [
        asks("StringEquals", "aws:PrincipalOrgID", ORGANIZATION.id),
        asks("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", f"{ORGANIZATION.id}/r-root/*"),
        asks("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}"),
        asks("StringEqualsIfExists", "aws:PrincipalAccount", OWN),
    ],
)
def test_what_an_account_without_an_organisation_does_not_pass(condition: object) -> None:
    assert status(OPEN, everybody(condition), organization=ORGANIZATION) is Status.PASS


def test_a_denial_of_other_organisations_reaches_an_account_in_none() -> None:
    others = asks("StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION.id)
    held = trusting("x", trusts("*"), deny("sts:AssumeRole", None, Principal="*", Condition=others))
    assert status(OPEN, held, organization=ORGANIZATION) is Status.PASS
    mild = asks("ForAnyValue:StringNotEquals", "aws:PrincipalOrgID", ORGANIZATION.id)
    held = trusting("x", trusts("*"), deny("sts:AssumeRole", None, Principal="*", Condition=mild))
    assert status(OPEN, held, organization=ORGANIZATION) is Status.FAIL


def test_what_aws_does_not_document_of_a_missing_key_is_unknown() -> None:
    odd = asks("ForAnyValue:StringEqualsIfExists", "aws:PrincipalOrgID", ORGANIZATION.id)
    one = judged(OPEN, everybody(odd), organization=ORGANIZATION)
    assert one.status is Status.UNKNOWN
    assert one.unknown[0].startswith("whether anybody gets in: ")


@pytest.mark.parametrize(
    "pattern",
    [
        "arn:aws:iam::*:role/deploy",
        "arn:*:role/deploy",
        "*:role/deploy",
        "arn:aws:iam::*role/deploy",
        "*deploy*",
        "arn:aws:iam::*:role/deploy-??",
        "arn:aws:iam::*:user/*",
        "arn:aws:iam::????????????:role/deploy",
    ],
)
def test_a_name_is_anybodys_to_choose_in_an_account_of_ones_own(pattern: str) -> None:
    assert status(OPEN, everybody(asks("StringLike", "aws:PrincipalArn", pattern))) is Status.FAIL


@pytest.mark.parametrize(
    "pattern",
    [
        f"arn:aws:iam::{OWN}:role/*",
        f"*:{OWN}:role/deploy",
        "arn:aws-cn:iam::*:role/deploy",
        "deploy",
    ],
)
def test_a_name_in_this_account_or_in_another_partition_is_not(pattern: str) -> None:
    assert status(OPEN, everybody(asks("StringLike", "aws:PrincipalArn", pattern))) is Status.PASS


def test_a_name_that_a_pattern_asks_of_another_accounts_principals_is_found() -> None:
    named = trusting(
        "x", trusts({"AWS": [PARTNER, OTHERS]}, asks("StringLike", "aws:PrincipalArn", "*:role/ci"))
    )
    assert messages(judged(UNKNOWN, named)) == (
        f"lets arn:aws:iam::{PARTNERS}:role/ci become it",
        f"lets arn:aws:iam::{OTHERS}:role/ci become it",
    )
    known = Settings(trusted_accounts=(TrustedAccount(id=PARTNERS, name="Partner"),))
    assert messages(judged(UNKNOWN, named, known)) == (
        f"lets arn:aws:iam::{OTHERS}:role/ci become it",
    )


def test_a_policy_that_is_for_users_alone_lets_users_in() -> None:
    users = asks("StringEquals", "aws:PrincipalType", "User")
    assert status(OPEN, everybody(users)) is Status.FAIL
    assert status(WHOLE, trusting("x", trusts({"AWS": PARTNER}, users))) is Status.FAIL


def test_in_another_partition_a_wildcard_means_that_partition() -> None:
    gov = replace(ACCOUNT, partition="aws-us-gov")
    named = asks("StringLike", "aws:PrincipalArn", "arn:*:iam::*:role/ci")
    role = replace(
        trusting("x", trusts({"AWS": f"arn:aws-us-gov:iam::{PARTNERS}:root"}, named)),
        arn=f"arn:aws-us-gov:iam::{OWN}:role/x",
    )
    assert messages(judged(UNKNOWN, role, account=gov)) == (
        f"lets arn:aws-us-gov:iam::{PARTNERS}:role/ci become it",
    )


def test_the_surest_of_several_ways_in_is_told() -> None:
    both = everybody(MFA, asks("StringLike", "aws:PrincipalArn", "arn:aws:iam::*:role/ci"))
    assert messages(judged(OPEN, both)) == ("lets anybody with an AWS account become it",)


def test_what_a_condition_asks_of_the_roles_own_tags_is_each_roles() -> None:
    tagged = asks("StringEquals", "aws:ResourceTag/open", "yes")
    open_ = replace(everybody(tagged), tags={"open": "yes"})
    closed = replace(open_, name="y", arn=open_.arn[:-1] + "y", id="AROAEXAMPLEY", tags={})
    for first, second in ((open_, closed), (closed, open_)):
        around: dict[str, Any] = {"roles": (first, second)}
        assert status(OPEN, open_, **around) is Status.FAIL
        assert status(OPEN, closed, **around) is Status.PASS


def test_only_a_service_says_for_whom_it_acts() -> None:
    for held in (
        asks("StringEquals", "aws:SourceAccount", OWN),
        asks("ArnLike", "aws:SourceArn", f"arn:aws:codebuild:*:{OWN}:*"),
    ):
        assert status(OPEN, everybody(held)) is Status.PASS
        assert status(UNKNOWN, trusting("x", trusts({"AWS": PARTNER}, held))) is Status.PASS
        assert status(SERVICE, everybody(held)) is not Status.FAIL


def test_a_service_that_only_a_condition_names_is_asked_about() -> None:
    any_build = asks("ArnLike", "aws:SourceArn", "arn:aws:codebuild:*:*:*")
    assert messages(judged(SERVICE, everybody(any_build))) == (
        "lets codebuild.amazonaws.com use it for any account",
    )
    by_name = asks("StringEquals", "aws:PrincipalServiceName", "codebuild.amazonaws.com")
    assert status(OPEN, everybody(by_name)) is Status.PASS
    assert status(SERVICE, everybody(by_name)) is Status.FAIL


@pytest.mark.parametrize(
    "condition",
    [
        asks("StringLike", "aws:SourceArn", "*:project/x"),
        asks("StringLike", "aws:SourceArn", "arn:aws:codebuild:*:1111*:project/x"),
        asks("ArnLike", "aws:SourceArn", "arn:aws:s3:::larkfield-??"),
        asks("StringLike", "aws:SourceAccount", "1111*"),
        asks("StringEqualsIfExists", "aws:SourceOrgID", ORGANIZATION.id),
        asks("ForAllValues:StringLike", "aws:SourceOrgPaths", f"{ORGANIZATION.id}/*"),
    ],
)
def test_a_source_that_somebody_elses_fits_too(condition: object) -> None:
    held = trusting("x", trusts(BUILD, condition))
    assert status(SERVICE, held, organization=ORGANIZATION) is Status.FAIL


@pytest.mark.parametrize(
    "condition",
    [
        asks("StringLike", "aws:SourceArn", f"*:{OWN}:*"),
        asks("StringLike", "aws:SourceArn", f"arn:aws:codebuild:*:{OWN}:project/*"),
        asks("StringEquals", "aws:SourceOrgID", ORGANIZATION.id),
        asks("ForAnyValue:StringLike", "aws:SourceOrgPaths", f"{ORGANIZATION.id}/*"),
    ],
)
def test_a_source_that_nobody_elses_fits(condition: object) -> None:
    held = trusting("x", trusts(BUILD, condition))
    assert status(SERVICE, held, organization=ORGANIZATION) is Status.PASS


def test_a_service_that_acts_for_a_strangers_account_is_graver_than_for_anybodys() -> None:
    """Somebody wrote the account there; unless the settings or the organisation know it."""
    theirs = trusting("x", trusts(BUILD, asks("StringEquals", "aws:SourceAccount", PARTNERS)))
    [found] = judged(SERVICE, theirs).findings
    assert (found.severity, found.because) == (
        Severity.MEDIUM,
        "nobody vouches for whom it works",
    )
    partner = Settings(trusted_accounts=(TrustedAccount(id=PARTNERS, name="Partner"),))
    assert judged(SERVICE, theirs, partner).status is Status.PASS
    sister = judged(SERVICE, theirs, organization=ORGANIZATION, siblings=frozenset({OWN, PARTNERS}))
    assert sister.status is Status.PASS


def test_a_policy_for_everybody_takes_tokens_of_what_aws_has_built_in() -> None:
    for principal in ("*", {"AWS": "*"}):
        wide = trusting("x", trusts(principal, action="sts:AssumeRoleWithWebIdentity"))
        assert "Amazon Cognito" in "".join(messages(judged("role-open-to-an-issuer", wide)))


def test_a_policy_for_everybody_takes_what_the_accounts_own_providers_say() -> None:
    wide = trusting("x", trusts("*", action="sts:AssumeRoleWithSAML"))
    have = Providers(saml=(DIRECTORY,), oidc=())
    assert status("saml-trust-without-audience", wide, providers=have) is Status.FAIL


@pytest.mark.parametrize(
    "name",
    ["cognito-identity-us-gov.amazonaws.com", "cognito-identity.cn-north-1.amazonaws.com.cn"],
)
def test_cognito_has_a_name_of_its_own_in_other_partitions(name: str) -> None:
    open_ = trusting("guest", trusts({"Federated": name}))
    assert status("role-open-to-an-issuer", open_) is Status.FAIL
    pool = {"StringEquals": {f"{name}:aud": "us-gov-west-1:1"}}
    closed = trusting("guest", trusts({"Federated": name}, pool))
    assert status("role-open-to-an-issuer", closed) is Status.PASS


VENDOR_ID = "vendor-without-external-id"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (asks("StringLike", "sts:ExternalId", "*"), "with any external id"),
        (asks("StringLike", "sts:ExternalId", "?*"), "with any external id"),
        (asks("Null", "sts:ExternalId", "false"), "with any external id"),
        (asks("StringLike", "sts:ExternalId", "lark-*"), "with any external id like lark-*"),
        (asks("StringEqualsIfExists", "sts:ExternalId", "x1"), "without an external id"),
        (asks("StringNotEquals", "sts:ExternalId", "x1"), "without an external id"),
    ],
)
def test_an_external_id_that_another_customers_fits_is_none(condition: object, words: str) -> None:
    vendor = trusting("v", trusts({"AWS": PARTNER}, condition))
    assert messages(judged(VENDOR_ID, vendor, VENDOR)) == (
        f"lets {PARTNERS} (Vendor) become it {words}",
    )


def test_an_external_id_of_ones_own_is_enough() -> None:
    for held in (EXTERNAL_ID, asks("StringEquals", "sts:ExternalId", "x1", "x2")):
        vendor = trusting("v", trusts({"AWS": PARTNER}, held))
        assert judged(VENDOR_ID, vendor, VENDOR).status is Status.PASS


def test_one_condition_or_another_is_not_both() -> None:
    either = trusting("x", trusts({"AWS": PARTNER}, MFA), trusts({"AWS": PARTNER}, EXTERNAL_ID))
    [words] = messages(judged(UNKNOWN, either))
    assert " or " in words.lower()
    together = trusting("x", trusts({"AWS": PARTNER}, {**MFA, **EXTERNAL_ID}))
    assert messages(judged(UNKNOWN, together)) == (
        f"lets account {PARTNERS} become it with MFA and with an external id",
    )


def test_another_organisation_is_another_though_the_accounts_of_ours_were_not_read() -> None:
    theirs = everybody(asks("StringEquals", "aws:PrincipalOrgID", "o-otherorg123"))
    one = judged(UNKNOWN, theirs, organization=ORGANIZATION)
    assert one.status is Status.FAIL
    assert one.unknown == ()


READS = "role-reads-all-for-another-account"


def test_a_whole_organisation_that_reads_all_is_told_as_its_accounts_are() -> None:
    reads = ["s3:Get*", "dynamodb:Scan", "sqs:Receive*", "logs:Get*", "ssm:Get*"]
    own = {"inline_policies": (inline(allow(reads)),)}
    theirs = asks("StringEquals", "aws:PrincipalOrgID", "o-otherorg123")
    look = trusting("look", trusts("*", theirs), **own)
    assert messages(judged(READS, look)) == (
        "lets the whole organisation o-otherorg123 read the data of the whole account",
    )
    odd = {"Bool": {"aws:PrincipalAccount": "${aws:username}"}}
    unsure = trusting("look", trusts({"AWS": PARTNER}, odd), **own)
    assert judged(READS, unsure).status is Status.UNKNOWN


def test_whether_a_role_reads_all_is_unknown_while_a_policy_of_its_own_is() -> None:
    look = trusting("look", trusts({"AWS": PARTNER}), attached_policies=(LOST,))
    one = judged(READS, look)
    assert (one.status, one.unknown) == (Status.UNKNOWN, (LOST_WHY,))
