"""Whose tokens get in: laws that hold for every subject a trust policy may compare with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.access.issuers import shared_issuer
from idkeep.checks.policies.samples import HEAD
from idkeep.checks.samples import deny
from idkeep.checks.trust.samples import GITHUB, from_github, trusting, trusts
from idkeep.model import Role, Status

from .judging import CATALOG, judged, messages, status

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,12}[a-z0-9]", fullmatch=True)
TAILS = st.sampled_from(
    ["*", "shop:*", "shop:ref:refs/heads/*", "shop:environment:production", "shop@7:pull_request"]
)
OPERATORS = st.sampled_from(["StringLike", "ForAnyValue:StringLike", "StringEqualsIgnoreCase"])
OPEN = "role-open-to-an-issuer"


def like(*subjects: str, operator: str = "StringLike") -> Status:
    held = {operator: {f"{GITHUB}:sub": list(subjects)}}
    return status(OPEN, trusting("ci", from_github(held)))


@given(NAMES, TAILS, OPERATORS)
def test_a_whole_owner_is_nobody_elses(owner: str, tail: str, operator: str) -> None:
    assert like(f"repo:{owner}/{tail}", operator=operator) is Status.PASS
    assert like(f"repo:{owner}@42/{tail}", operator=operator) is Status.PASS


@given(NAMES, TAILS, st.sampled_from(["*", "?", "*?"]), st.integers(0, 14))
def test_a_wildcard_within_the_owner_lets_others_in(
    owner: str, tail: str, wildcard: str, at: int
) -> None:
    open_ = f"{owner[:at]}{wildcard}{owner[at:]}"
    assert like(f"repo:{open_}/{tail}") is Status.FAIL
    assert like("repo:larkfield/shop:*", f"repo:{open_}/{tail}") is Status.FAIL


@given(NAMES, TAILS)
def test_another_claim_that_names_the_owner_closes_what_the_subject_leaves(
    owner: str, tail: str
) -> None:
    for claim in ("repository_owner", "repository_owner_id"):
        held = {
            "StringLike": {f"{GITHUB}:sub": f"repo:*/{tail}"},
            "StringEquals": {f"{GITHUB}:{claim}": owner},
        }
        assert status(OPEN, trusting("ci", from_github(held))) is Status.PASS


@pytest.mark.parametrize("title", ["accounts.google.com", "www.amazon.com", "graph.facebook.com"])
def test_an_application_of_a_social_login_is_its_tenant(title: str) -> None:
    key = f"{title}:{'aud' if title.startswith('accounts') else 'app_id'}"
    open_ = trusting("app", trusts({"Federated": title}))
    assert status(OPEN, open_) is Status.FAIL
    named = trusting("app", trusts({"Federated": title}, {"StringEquals": {key: "123"}}))
    assert status(OPEN, named) is Status.PASS


def test_what_is_denied_besides_still_lets_strangers_in() -> None:
    but = {"StringNotLike": {f"{GITHUB}:sub": "repo:evil/*"}}
    assert status(OPEN, trusting("ci", from_github(but))) is Status.FAIL


def test_an_issuer_of_ones_own_is_not_shared() -> None:
    for own in ("gitlab.larkfield.example", "oidc.circleci.com/org/1", f"{GITHUB}/larkfield"):
        one = trusting("ci", trusts({"Federated": f"{HEAD}:oidc-provider/{own}"}))
        assert status(OPEN, one) is Status.NOT_APPLICABLE


def test_every_shared_issuer_of_the_catalog_is_found_whatever_the_case() -> None:
    class Asked:
        catalog = CATALOG

    for one in CATALOG.facts.shared_issuers:
        found = shared_issuer(Asked(), one.issuer.upper())  # type: ignore[arg-type]
        assert found is not None
        assert set(one.keys) <= set(found.claims)


def github(subject: object, operator: str = "StringLike", **more: object) -> Role:
    return trusting("ci", from_github({operator: {f"{GITHUB}:sub": subject}, **more}))


@pytest.mark.parametrize(
    "subject",
    [
        "*:environment:production",
        "*larkfield/shop*",
        "*:larkfield/shop:*",
        "*/shop:ref:refs/heads/main",
        "repository_owner:*",
        "repository_owner:lark*:ref:refs/heads/main",
        "job_workflow_ref:*/.github/workflows/deploy.yml@*",
        "environment:production",
        "environment:production:ref:refs/heads/main",
        "ref:*",
    ],
)
def test_a_subject_that_names_no_owner_is_anybodys(subject: str) -> None:
    assert status(OPEN, github(subject)) is Status.FAIL


@pytest.mark.parametrize(
    "subject",
    [
        "*repo:larkfield/shop:*",
        "repository_owner:larkfield:*",
        "environment:production:repository_owner:larkfield",
        "job_workflow_ref:larkfield/ci/.github/workflows/deploy.yml@*",
        "repository_id:42:*",
        "larkfield/shop",
    ],
)
def test_a_subject_that_names_an_owner_in_another_form_is_not(subject: str) -> None:
    assert status(OPEN, github(subject)) is Status.PASS


@pytest.mark.parametrize(
    ("issuer", "open_", "closed"),
    [
        ("gitlab.com", "*larkfield/shop*", "project_path:larkfield/shop:*"),
        ("gitlab.com", "*:ref_type:branch:ref:main", "project_path:larkfield/*:ref:main"),
        ("app.terraform.io", "*:workspace:prod:*", "organization:larkfield:*:workspace:prod:*"),
        ("agent.buildkite.com", "*:pipeline:shop:*", "organization:larkfield:pipeline:shop:*"),
        ("scalr.io", "*:environment:x", "account:larkfield:environment:*"),
    ],
)
def test_a_wildcard_before_the_tenant_lets_all_of_them_in(
    issuer: str, open_: str, closed: str
) -> None:
    def verdict(subject: str) -> Status:
        held = {"StringLike": {f"{issuer}:sub": subject}}
        provider = {"Federated": f"{HEAD}:oidc-provider/{issuer}"}
        return status(OPEN, trusting("ci", trusts(provider, held)))

    assert verdict(open_) is Status.FAIL
    assert verdict(closed) is Status.PASS


def test_a_claim_that_not_every_token_has_does_not_keep_out_the_rest() -> None:
    held = {"StringEqualsIfExists": {f"{GITHUB}:enterprise": "larkfield"}}
    assert status(OPEN, trusting("ci", from_github(held))) is Status.FAIL
    held = {"StringEquals": {f"{GITHUB}:enterprise": "larkfield"}}
    assert status(OPEN, trusting("ci", from_github(held))) is Status.PASS


def unless(subject: str) -> Role:
    held = {"StringNotLike": {f"{GITHUB}:sub": subject}}
    denied = deny("sts:AssumeRoleWithWebIdentity", None, Principal="*", Condition=held)
    return trusting("ci", from_github(), denied)


def test_a_denial_of_other_subjects_is_read_for_what_it_leaves() -> None:
    assert status(OPEN, unless("repo:*/shop:*")) is Status.FAIL
    assert status(OPEN, unless("repo:larkfield/*")) is Status.PASS
    assert status("oidc-subject-too-wide", unless("repo:larkfield/*")) is Status.FAIL
    exact = "repo:larkfield/shop:ref:refs/heads/main"
    assert status("oidc-subject-too-wide", unless(exact)) is Status.PASS
    # What IAM asks for is a condition of the statement that allows.
    assert status("oidc-trust-aws-would-refuse", unless(exact)) is Status.FAIL


@pytest.mark.parametrize("audience", ["sts.amazonaws.com", "https://larkfield.example"])
def test_each_audience_that_a_policy_takes_is_tried(audience: str) -> None:
    def takes(aud: str, subject: str) -> dict[str, object]:
        return {"StringLike": {f"{GITHUB}:aud": aud, f"{GITHUB}:sub": subject}}

    other = "https://larkfield.example" if audience.startswith("sts") else "sts.amazonaws.com"
    closed, wide = takes(other, "repo:larkfield/shop:ref:x"), takes(audience, "repo:larkfield/*")
    for several in ((closed, wide), (wide, closed)):
        role = trusting("ci", *map(from_github, several))
        assert messages(judged("oidc-subject-too-wide", role)) == (
            f"takes every identity of {GITHUB} like repo:larkfield/*",
        )
    anybodys = takes(audience, "repo:*")
    assert status(OPEN, trusting("ci", from_github(closed), from_github(anybodys))) is Status.FAIL


BY_NAMES = "oidc-trust-by-names"


@pytest.mark.parametrize(
    "held",
    [
        {f"{GITHUB}:repository_owner": "larkfield"},
        {f"{GITHUB}:repository": "larkfield/shop"},
        {f"{GITHUB}:sub": "repo:larkfield@*/shop@*:*"},
    ],
)
def test_a_name_is_believed_in_by_whatever_claim(held: object) -> None:
    assert status(BY_NAMES, trusting("ci", from_github({"StringLike": held}))) is Status.FAIL


@pytest.mark.parametrize(
    "held",
    [
        {f"{GITHUB}:repository_owner": "larkfield", f"{GITHUB}:repository_owner_id": "42"},
        {f"{GITHUB}:repository_owner": "larkfield", f"{GITHUB}:sub": "repo:larkfield@42/*"},
        {f"{GITHUB}:repository": "larkfield/shop", f"{GITHUB}:repository_id": "7"},
        {f"{GITHUB}:sub": "repo:larkfield@42/*"},
        # Whom anybody's tokens pass is told by the check on that.
        {f"{GITHUB}:sub": "repo:*/shop:*"},
    ],
)
def test_an_id_outlives_a_name(held: object) -> None:
    assert status(BY_NAMES, trusting("ci", from_github({"StringLike": held}))) is Status.PASS


def test_a_condition_that_aws_does_not_document_is_unknown() -> None:
    odd = trusting("ci", from_github({"Bool": {f"{GITHUB}:sub": "${aws:username}"}}))
    for check in (OPEN, "oidc-subject-too-wide", BY_NAMES):
        assert status(check, odd) is Status.UNKNOWN


def test_a_token_has_no_claims_of_another_issuer() -> None:
    held = {"StringEquals": {f"{GITHUB}:repository_owner_id": "42"}}
    both = {"Federated": [f"{HEAD}:oidc-provider/{GITHUB}", f"{HEAD}:oidc-provider/gitlab.com"]}
    assert status(OPEN, trusting("ci", trusts(both, held))) is Status.PASS
