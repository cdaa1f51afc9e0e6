"""Checks on roles that identities from outside AWS become, and on their providers."""

from collections.abc import Iterator

from idkeep.access import Estate
from idkeep.access.answer import Says
from idkeep.access.fitting import STRANGER
from idkeep.access.issuers import (
    Shared,
    Taken,
    by_name_alone,
    looks_at,
    shared_issuer,
    strangers,
    subjects,
)
from idkeep.access.openings import limiting_keys
from idkeep.access.trust import Admitted, Kind, again
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.edits import TRUST
from idkeep.checks.policies.samples import EVERYTHING, HEAD, role
from idkeep.checks.policies.words import listed, reserved, statements
from idkeep.checks.samples import inline
from idkeep.checks.trust.samples import (
    EKS,
    GITHUB,
    LOST_TRUST,
    LOST_TRUST_WHY,
    from_github,
    trusting,
    trusts,
)
from idkeep.checks.trust.words import raised, read_trust, terms
from idkeep.model import NotApplicable, Problem, Role, Severity, Unknown

_READS = ("trust", "inline_policies", "attached_policies")
_NO_OIDC = "trusts no OIDC provider"
_AUDIENCE = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
_MAIN = {"StringEquals": {f"{GITHUB}:sub": "repo:larkfield/shop:ref:refs/heads/main"}}
_ORG = {"StringLike": {f"{GITHUB}:sub": "repo:larkfield/*"}}
_REPOSITORY = {"StringLike": {f"{GITHUB}:sub": "repo:larkfield/shop:*"}}
_WORKFLOW = {
    "StringLike": {f"{GITHUB}:job_workflow_ref": "larkfield/ci/.github/workflows/deploy.yml@*"}
}
_EKS = {"Federated": f"{HEAD}:oidc-provider/{EKS}"}
_COGNITO = {"Federated": "cognito-identity.amazonaws.com"}
_ADMIN = {"inline_policies": (inline(EVERYTHING),)}


@check(
    Role,
    severity=Severity.HIGH,
    controls=("workload-identities", "trust-policies"),
    reads=_READS,
    remedy=Remedy(
        do="Name in a condition who of the issuer's customers you are: for GitHub "
        "StringLike on `token.actions.githubusercontent.com:sub` with "
        f"`repo:your-organisation/your-repository:…`, and alike for the others: {TRUST}.",
        may_stop="Pipelines that you forget are turned away.",
    ),
    examples=(
        fails(
            trusting("ci", from_github(_AUDIENCE)),
            "lets anybody with a token of GitHub Actions become it",
        ),
        fails(
            trusting("ci", from_github({"StringLike": {f"{GITHUB}:sub": "repo:lark*"}}), **_ADMIN),
            "lets anybody with a token of GitHub Actions become it",
        ),
        fails(
            trusting("guest", trusts(_COGNITO)),
            "lets anybody with a token of Amazon Cognito identity pools become it",
        ),
        passes(trusting("ci", from_github(_MAIN))),
        passes(trusting("ci", from_github(_ORG))),
        passes(trusting("ci", from_github(_WORKFLOW))),
        passes(
            trusting("ci", from_github({"StringEquals": {f"{GITHUB}:repository_owner_id": "4242"}}))
        ),
        passes(
            trusting(
                "guest",
                trusts(_COGNITO, {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu:1"}}),
            )
        ),
        does_not_apply(
            trusting("pod", trusts(_EKS)), "trusts no issuer that serves more than its owner"
        ),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def role_open_to_an_issuer(role: Role, estate: Estate) -> Iterator[Said]:
    """Every customer of a public issuer may become a role.

    GitHub, GitLab, HCP Terraform, Cognito and others sign tokens for everybody; only a claim tells
    whose it is, and an audience does not. AWS refuses such trust policies today, and lets old ones
    be: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
    The engine is asked about tokens of a stranger, made to fit what the policy compares.
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    shared = [
        (one, issuer)
        for one in trust.of(Kind.OIDC)
        if (issuer := shared_issuer(estate.engine, one.name))
    ]
    if not shared:
        yield NotApplicable("trusts no issuer that serves more than its owner")
        return
    for one, issuer in shared:
        taken = strangers(estate.engine, role, one, issuer)
        if taken and taken.answer.why_unknown:
            yield Unknown(f"whether {one.name} gets in: {taken.answer.why_unknown}")
        elif taken:
            yield _taken(role, estate, one, issuer, taken)


def _taken(role: Role, estate: Estate, one: Admitted, issuer: Shared, taken: Taken) -> Problem:
    severity, because = raised(role, estate, Severity.CRITICAL)
    if limits := limiting_keys(taken.answer):
        severity, because = Severity.MEDIUM, f"a condition on {listed(limits)} narrows who"
    return Problem(
        f"lets anybody with a token of {issuer.title} become it{terms(taken.answer)}",
        at=one.name,
        severity=severity,
        because=because,
        statements=statements(estate, (taken.answer,)),
    )


@check(
    Role,
    severity=Severity.MEDIUM,
    controls=("workload-identities", "trust-policies"),
    reads=_READS,
    remedy=Remedy(
        do=f"Name the repository and the branch or environment, or the service account: {TRUST}.",
        may_stop="What runs elsewhere with this role is turned away.",
    ),
    examples=(
        fails(
            trusting("ci", from_github(_ORG)),
            f"takes every identity of {GITHUB} like repo:larkfield/*",
        ),
        fails(
            trusting("ci", from_github(_REPOSITORY)),
            f"takes every identity of {GITHUB} like repo:larkfield/shop:*",
        ),
        fails(
            trusting("pod", trusts(_EKS, {"StringEquals": {f"{EKS}:aud": "sts.amazonaws.com"}})),
            f"takes every identity of {EKS}",
        ),
        passes(trusting("ci", from_github(_MAIN))),
        passes(
            trusting(
                "ci",
                from_github({**_REPOSITORY, "StringEquals": {f"{GITHUB}:ref": "refs/heads/main"}}),
            )
        ),
        passes(
            trusting(
                "pod",
                trusts(_EKS, {"StringEquals": {f"{EKS}:sub": "system:serviceaccount:shop:orders"}}),
            )
        ),
        does_not_apply(trusting("ana", trusts({"AWS": "111122223333"})), _NO_OIDC),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def oidc_subject_too_wide(role: Role, estate: Estate) -> Iterator[Said]:
    """A role takes many identities of a provider where few are meant.

    Any repository of an organisation, any branch and any pull request, or any pod of a cluster
    then has what the role has. A condition on another claim, as GitHub's branch or environment,
    narrows it as well.
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    engine = estate.engine
    admitted = list(trust.of(Kind.OIDC))
    if not admitted:
        yield NotApplicable(_NO_OIDC)
        return
    for one in admitted:
        shared = shared_issuer(engine, one.name)
        if shared and (not _by_subject(shared) or _is_anybodys(role, estate, one, shared)):
            # Whose tokens are taken is the matter of another check.
            continue
        for taken in subjects(engine, role, one):
            if taken.answer.why_unknown:
                yield Unknown(taken.answer.why_unknown)
                continue
            severity, because = raised(role, estate, Severity.HIGH)
            if severity is None and _within_one(taken.pattern):
                severity, because = Severity.LOW, "they are of one repository or project"
            like = f" like {taken.pattern}" if taken.pattern else ""
            yield Problem(
                f"takes every identity of {one.name}{like}{terms(taken.answer)}",
                at=f"{one.name} {taken.pattern}".strip(),
                severity=severity,
                because=because,
                statements=statements(estate, (taken.answer,)),
            )


def _is_anybodys(role: Role, estate: Estate, one: Admitted, shared: Shared) -> bool:
    taken = strangers(estate.engine, role, one, shared)
    return taken is not None and not taken.answer.why_unknown


def _by_subject(shared: Shared) -> bool:
    """Whether its subjects say what runs; those of a user pool are people."""
    return any(key.endswith(":sub") for key in shared.keys)


def _within_one(pattern: str) -> bool:
    """`repo:larkfield/shop:*`: what is open comes after the name of what runs."""
    head = pattern.partition("*")[0].partition("?")[0]
    return "/" in head and head.count(":") > 1


@check(
    Role,
    severity=Severity.LOW,
    controls=("workload-identities", "trust-policies"),
    reads=("trust",),
    remedy=Remedy(
        do=f"Add the condition that the finding names: {TRUST}. Until then no change of the "
        "trust policy is accepted, and in an incident it can't be narrowed in part.",
        may_stop="Identities that don't meet the condition are turned away.",
    ),
    examples=(
        fails(
            trusting(
                "ci", from_github({"StringEquals": {f"{GITHUB}:repository_owner": "larkfield"}})
            ),
            f"has no condition on {GITHUB}:sub or {GITHUB}:job_workflow_ref, which IAM asks for "
            "of GitHub Actions today",
        ),
        passes(trusting("ci", from_github(_MAIN))),
        passes(trusting("ci", from_github(_WORKFLOW))),
        does_not_apply(trusting("ana", trusts({"AWS": "111122223333"})), _NO_OIDC),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def oidc_trust_aws_would_refuse(role: Role, estate: Estate) -> Iterator[Said]:
    """A trust policy is one that IAM would no longer accept.

    Since 2025 IAM refuses to create or change a trust policy for a public issuer without a
    condition on the claim that tells its customers apart. Older ones were not judged again:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    admitted = list(trust.of(Kind.OIDC))
    if not admitted:
        yield NotApplicable(_NO_OIDC)
        return
    for one in admitted:
        shared = shared_issuer(estate.engine, one.name)
        asked = {fact.issuer for fact in estate.engine.catalog.facts.shared_issuers}
        if shared and shared.issuer in asked and not looks_at(estate.engine, role, shared.keys):
            yield Problem(
                f"has no condition on {' or '.join(shared.keys)}, which IAM asks for of "
                f"{shared.title} today",
                at=one.name,
                statements=statements(estate, (one.answer,)),
            )


@check(
    Role,
    severity=Severity.LOW,
    controls=("workload-identities", "trust-policies"),
    reads=("trust",),
    remedy=Remedy(
        do="Add StringEquals on `token.actions.githubusercontent.com:repository_owner_id` "
        f"(or `repository_id`) with the number that GitHub gives: {TRUST}.",
        may_stop="A repository that moves to another owner is turned away.",
    ),
    examples=(
        fails(
            trusting("ci", from_github(_MAIN)),
            "believes in the name repo:larkfield/shop:ref:refs/heads/main, whoever has it by then",
        ),
        passes(
            trusting(
                "ci",
                from_github(
                    {
                        "StringEquals": {
                            f"{GITHUB}:sub": "repo:larkfield/shop:ref:refs/heads/main",
                            f"{GITHUB}:repository_owner_id": "4242",
                        }
                    }
                ),
            )
        ),
        passes(
            trusting(
                "ci",
                from_github(
                    {
                        "StringEquals": {
                            f"{GITHUB}:sub": "repo:larkfield@42/shop@7:ref:refs/heads/main"
                        }
                    }
                ),
            )
        ),
        does_not_apply(trusting("pod", trusts(_EKS)), "trusts no issuer that tells ids"),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def oidc_trust_by_names(role: Role, estate: Estate) -> Iterator[Said]:
    """A role believes in the name of a GitHub organisation, which somebody else may take over.

    When an organisation is renamed or deleted, its name is free. The numbers that GitHub gives to
    owners and repositories are not, and STS looks at them since 2026.
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    admitted = [one for one in trust.of(Kind.OIDC) if one.name.lower() == GITHUB]
    if not admitted:
        yield NotApplicable("trusts no issuer that tells ids")
        return
    for one in admitted:
        shared = shared_issuer(estate.engine, one.name)
        if shared and _is_anybodys(role, estate, one, shared):
            # Names that anybody may have are the matter of another check.
            continue
        taken = by_name_alone(estate.engine, role, one)
        if taken and taken.answer.why_unknown:
            yield Unknown(taken.answer.why_unknown)
        elif taken:
            yield Problem(
                f"believes in the name {taken.pattern}, whoever has it by then",
                at=one.name,
                statements=statements(estate, (taken.answer,)),
            )


_SAML = {"Federated": f"{HEAD}:saml-provider/Directory"}
_SAML_AUDIENCE = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}


@check(
    Role,
    severity=Severity.MEDIUM,
    controls=("trust-policies",),
    reads=_READS,
    remedy=Remedy(
        do="Add StringEquals on `SAML:aud` with https://signin.aws.amazon.com/saml, or the "
        f"regional address of sign-in: {TRUST}.",
        may_stop="Nothing stops for people who sign in to the console; an assertion made for "
        "another audience is refused.",
    ),
    examples=(
        fails(trusting("sso", trusts(_SAML)), "takes assertions for any audience from Directory"),
        passes(trusting("sso", trusts(_SAML, _SAML_AUDIENCE))),
        does_not_apply(trusting("ana", trusts({"AWS": "111122223333"})), "trusts no SAML provider"),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def saml_trust_without_audience(role: Role, estate: Estate) -> Iterator[Said]:
    """A role takes SAML assertions that were made for somebody else.

    `SAML:aud` says whom an assertion was made for; without a condition on it, one that was made
    for another application of the same provider may do:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_saml.html
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    admitted = list(trust.of(Kind.SAML))
    if not admitted or reserved(role):
        why = "is written by Identity Center alone" if admitted else "trusts no SAML provider"
        yield NotApplicable(why)
        return
    for one in admitted:
        answer = again(estate.engine, role, one, {"SAML:aud": f"https://{STRANGER}.example/saml"})
        if answer.says is Says.UNKNOWN:
            yield Unknown(answer.why_unknown)
        elif answer.says is not Says.NO:
            severity, because = raised(role, estate, Severity.HIGH)
            yield Problem(
                f"takes assertions for any audience from {one.name.rpartition('/')[2]}"
                f"{terms(answer)}",
                at=one.name,
                severity=severity,
                because=because,
                statements=statements(estate, (answer,)),
            )


CHECKS = (
    role_open_to_an_issuer,
    oidc_subject_too_wide,
    oidc_trust_aws_would_refuse,
    oidc_trust_by_names,
    saml_trust_without_audience,
)
