"""Checks on identity providers and on how people come in."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.trust import Kind, trust_of
from idkeep.checks.ages import how_long_ago
from idkeep.checks.declare import (
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.edits import NO_PASSWORD
from idkeep.checks.policies.samples import HEAD, user
from idkeep.checks.samples import ACCOUNT, NO_REPORT, ago, password
from idkeep.checks.trust.samples import GITHUB, from_github, trusting, trusts
from idkeep.model import (
    Account,
    Gap,
    NotApplicable,
    NotAsked,
    OidcDetails,
    OidcProvider,
    Problem,
    Providers,
    Role,
    SamlDetails,
    SamlProvider,
    Severity,
    Unknown,
    Unlisted,
    User,
)

_SOON = 30
"""Days before the end of a provider's metadata in which it is to be renewed."""
_REFUSED = Gap("iam:GetSAMLProvider", "AccessDenied")
_NO_OIDC = Gap("iam:GetOpenIDConnectProvider", "AccessDenied")
_ROLES = Gap("iam:GetAccountAuthorizationDetails", "AccessDenied")
_CENTERS_OWN = "is Identity Center's own, which renews it"
DIRECTORY = SamlProvider(
    arn=f"{HEAD}:saml-provider/Directory",
    created=ago(600),
    valid_until=ago(-400),
    details=SamlDetails(metadata="0" * 64, encryption="Required", decryption_keys=1),
)
_OWN = replace(DIRECTORY, arn=f"{HEAD}:saml-provider/AWSSSO_6508a1b2c3d4e5f6_DO_NOT_DELETE")
_GITHUB = OidcProvider(
    arn=f"{HEAD}:oidc-provider/{GITHUB}",
    details=OidcDetails(url=f"https://{GITHUB}", client_ids=("sts.amazonaws.com",)),
)


def _of_center(provider: SamlProvider) -> bool:
    return ":saml-provider/AWSSSO_" in provider.arn and provider.arn.endswith("_DO_NOT_DELETE")


@check(
    SamlProvider,
    severity=Severity.MEDIUM,
    controls=("certificate-expiry",),
    reads=("valid_until",),
    remedy=Remedy(
        do="Fetch the provider's metadata anew and upload it (`aws iam update-saml-provider "
        "--saml-provider-arn PROVIDER_ARN --saml-metadata-document "
        "file://metadata.xml`), or delete a provider that nobody signs in by: `aws iam "
        "delete-saml-provider --saml-provider-arn PROVIDER_ARN`.",
        may_stop="Nothing stops by new metadata with the certificate that the identity provider "
        "signs with; after a deletion nobody gets in through it.",
    ),
    examples=(
        fails(replace(DIRECTORY, valid_until=ago(10)), "ran out 10 days ago"),
        fails(replace(DIRECTORY, valid_until=ago(-5)), "runs out in 5 days"),
        passes(DIRECTORY),
        does_not_apply(_OWN, _CENTERS_OWN),
        cannot_tell(replace(DIRECTORY, valid_until=None), "iam:ListSAMLProviders: no end is told"),
    ),
)
def saml_provider_runs_out(provider: SamlProvider, estate: Estate) -> Iterator[Said]:
    """A SAML provider's metadata, with the certificate that signs, has ended or is about to.

    From that day assertions are refused, and people look for another way in:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml.html
    """
    if _of_center(provider):
        yield NotApplicable(_CENTERS_OWN)
        return
    if provider.valid_until is None:
        yield Unknown("iam:ListSAMLProviders: no end is told")
        return
    left = (provider.valid_until - estate.snapshot.taken).days
    if left < 0:
        yield Problem(f"ran out {how_long_ago(estate, provider.valid_until)}")
    elif left <= _SOON:
        yield Problem(
            f"runs out in {left} days" if left != 1 else "runs out in a day",
            severity=Severity.LOW,
            because="it still works today",
        )


@check(
    SamlProvider,
    severity=Severity.LOW,
    controls=("identity-providers",),
    reads=("details",),
    remedy=Remedy(
        do="Make a key for decryption, give its certificate to the identity provider, and "
        "then ask for encryption: `aws iam update-saml-provider --saml-provider-arn "
        "PROVIDER_ARN --assertion-encryption-mode Required --add-private-key "
        "file://key.pem`. Set Required last.",
        may_stop="An assertion in the clear is refused from then on: nobody signs in until the "
        "identity provider encrypts.",
    ),
    examples=(
        fails(
            replace(DIRECTORY, details=SamlDetails(metadata="0" * 64)),
            "takes assertions that are not encrypted",
        ),
        fails(
            replace(
                DIRECTORY,
                details=SamlDetails(metadata="0" * 64, encryption="Allowed", decryption_keys=1),
            ),
            "takes encrypted assertions and those in the clear",
        ),
        passes(DIRECTORY),
        does_not_apply(_OWN, _CENTERS_OWN),
        cannot_tell(replace(DIRECTORY, details=_REFUSED), str(_REFUSED)),
    ),
)
def saml_assertions_in_the_clear(provider: SamlProvider, _: Estate) -> Iterator[Said]:
    """A SAML provider's assertions pass the browser unencrypted.

    They tell who somebody is and which roles they have, and browsers keep what they saw. IAM
    decrypts them since 2025:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml.html
    """
    if _of_center(provider):
        yield NotApplicable(_CENTERS_OWN)
        return
    match known(provider.details).encryption:
        case "Required":
            return
        case "Allowed":
            yield Problem("takes encrypted assertions and those in the clear")
        case _:
            yield Problem("takes assertions that are not encrypted")


@check(
    SamlProvider,
    severity=Severity.LOW,
    controls=("identity-providers", "policy-hygiene"),
    reads=("arn",),
    remedy=Remedy(
        do="Delete it: `aws iam delete-saml-provider --saml-provider-arn PROVIDER_ARN`.",
        may_stop="Nothing stops: no role lets anybody in by it. A role made for it later needs it "
        "anew.",
    ),
    examples=(
        fails(DIRECTORY, "is trusted by no role"),
        passes(DIRECTORY, roles=(trusting("sso", trusts({"Federated": DIRECTORY.arn})),)),
        does_not_apply(_OWN, _CENTERS_OWN),
        cannot_tell(DIRECTORY, str(_ROLES), unlisted=(Unlisted("Role", _ROLES),)),
    ),
)
def saml_provider_without_roles(provider: SamlProvider, estate: Estate) -> Iterator[Said]:
    """A SAML provider is set up, and no role lets its people in.

    It is a door that waits for a role with a careless trust policy.
    """
    if _of_center(provider):
        yield NotApplicable(_CENTERS_OWN)
        return
    yield from _trusted_by_none(provider.arn, estate)


@check(
    OidcProvider,
    severity=Severity.LOW,
    controls=("identity-providers", "policy-hygiene"),
    reads=("arn",),
    remedy=Remedy(
        do="Delete it: `aws iam delete-open-id-connect-provider "
        "--open-id-connect-provider-arn PROVIDER_ARN`.",
        may_stop="Nothing stops: no role lets anybody in by it. A role made for it later needs it "
        "anew.",
    ),
    examples=(
        fails(_GITHUB, "is trusted by no role"),
        passes(_GITHUB, roles=(trusting("ci", from_github()),)),
        cannot_tell(_GITHUB, str(_ROLES), unlisted=(Unlisted("Role", _ROLES),)),
    ),
)
def oidc_provider_without_roles(provider: OidcProvider, estate: Estate) -> Iterator[Said]:
    """An OIDC provider is set up, and no role lets its identities in.

    It is a door that waits for a role with a careless trust policy.
    """
    yield from _trusted_by_none(provider.arn, estate)


@check(
    OidcProvider,
    severity=Severity.MEDIUM,
    controls=("identity-providers", "workload-identities"),
    reads=("details",),
    remedy=Remedy(
        do="Name the audiences that tokens for AWS are made for, sts.amazonaws.com for most "
        "issuers: `aws iam add-client-id-to-open-id-connect-provider "
        "--open-id-connect-provider-arn PROVIDER_ARN --client-id AUDIENCE`, `aws iam "
        "remove-client-id-from-open-id-connect-provider --open-id-connect-provider-arn "
        "PROVIDER_ARN --client-id AUDIENCE`.",
        may_stop="Tokens for an audience that is taken out are refused.",
    ),
    examples=(
        fails(
            replace(
                _GITHUB,
                details=OidcDetails(
                    url=f"https://{GITHUB}",
                    client_ids=("sts.amazonaws.com", "https://github.com/x"),
                ),
            ),
            "takes tokens for https://github.com/x, which were not made for AWS",
        ),
        passes(_GITHUB),
        cannot_tell(replace(_GITHUB, details=_NO_OIDC), str(_NO_OIDC)),
    ),
)
def oidc_provider_audiences(provider: OidcProvider, _: Estate) -> Iterator[Said]:
    """A public issuer's provider takes tokens that were made for something else.

    A service that a pipeline signs in to by such a token could use it to sign in to AWS as that
    pipeline. An audience of AWS's own keeps the two apart:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
    """
    details = known(provider.details)
    host = details.url.removeprefix("https://").partition("/")[0].lower()
    if host != GITHUB:
        return
    for one in details.client_ids:
        if "sts.amazonaws.com" not in one:
            yield Problem(f"takes tokens for {one}, which were not made for AWS", at=one)


def _trusted_by_none(arn: str, estate: Estate) -> Iterator[Said]:
    snapshot = estate.snapshot
    unsure: list[str] = [str(gap) for gap in snapshot.missing(Role)]
    for role in snapshot.roles:
        trust = trust_of(estate.engine, role)
        unsure += [str(gap) for gap in trust.unread]
        if any(one.provider.lower() == arn.lower() for one in trust.of(Kind.OIDC, Kind.SAML)):
            return
    if unsure:
        yield from (Unknown(one) for one in dict.fromkeys(unsure))
    else:
        yield Problem("is trusted by no role")


_ODD = Gap("iam:ListSAMLProviders", "the answer lacks Arn")
_PEOPLE = (user("ana", password=password()), user("bob", password=password()))


@check(
    Account,
    severity=Severity.LOW,
    controls=("federation",),
    reads=(),
    remedy=Remedy(
        do="Connect the account to Identity Center, or make a SAML provider for your "
        "directory (`aws iam create-saml-provider --name NAME --saml-metadata-document "
        "file://metadata.xml`), give its people roles, and then take their passwords: "
        f"{NO_PASSWORD}.",
        may_stop="Nothing stops in this order; whoever has no role yet when the password goes is "
        "locked out of the console.",
    ),
    examples=(
        fails(
            ACCOUNT,
            "has 2 people who sign in as IAM users, and no SAML provider that lets them in",
            users=_PEOPLE,
            providers=Providers(saml=(), oidc=()),
        ),
        passes(ACCOUNT, users=_PEOPLE, providers=Providers(saml=(DIRECTORY,), oidc=())),
        fails(
            ACCOUNT,
            "has 2 people who sign in as IAM users, and no SAML provider that lets them in",
            users=_PEOPLE,
            providers=Providers(saml=(replace(DIRECTORY, valid_until=ago(10)),), oidc=()),
        ),
        passes(ACCOUNT, providers=Providers(saml=(), oidc=())),
        cannot_tell(
            ACCOUNT,
            "iam:ListSAMLProviders: AccessDenied",
            users=_PEOPLE,
            providers=Providers(saml=Gap("iam:ListSAMLProviders", "AccessDenied"), oidc=()),
        ),
        cannot_tell(
            ACCOUNT,
            str(_ODD),
            users=_PEOPLE,
            providers=Providers(saml=(), oidc=()),
            unlisted=(Unlisted("SamlProvider", _ODD),),
        ),
        cannot_tell(
            ACCOUNT,
            str(NO_REPORT),
            users=(user("ana", password=NO_REPORT),),
            providers=Providers(saml=(), oidc=()),
        ),
    ),
)
def people_without_federation(_: Account, estate: Estate) -> Iterator[Said]:
    """People sign in with passwords of IAM, and the account has no identity provider for them.

    Who leaves the company keeps such a user until somebody thinks of it; a directory ends all at
    once. Identity Center works by a SAML provider in every account.
    """
    snapshot = estate.snapshot
    people = [one for one in snapshot.users if one.password is not None]
    unread = [one.password for one in people if isinstance(one.password, Gap | NotAsked)]
    gaps = [str(one) for one in (*unread, *snapshot.missing(User))]
    if not people and not gaps:
        return
    if any(
        one.valid_until is None or one.valid_until > snapshot.taken
        for one in known(snapshot.providers.saml)
    ):
        return
    sure = len(people) - len(unread)
    if lost := snapshot.missing(SamlProvider):
        yield from (Unknown(str(one)) for one in lost)
    elif sure:
        who = (
            "1 person who signs in as an IAM user"
            if sure == 1
            else (f"{sure} people who sign in as IAM users")
        )
        yield Problem(f"has {who}, and no SAML provider that lets them in")
    else:
        yield from (Unknown(one) for one in dict.fromkeys(gaps))


CHECKS = (
    saml_provider_runs_out,
    saml_assertions_in_the_clear,
    saml_provider_without_roles,
    oidc_provider_without_roles,
    oidc_provider_audiences,
    people_without_federation,
)
