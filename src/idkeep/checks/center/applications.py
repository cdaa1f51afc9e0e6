"""Checks on applications of Identity Center: for whom they are, and in whose name they act."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.workforce import Workforce
from idkeep.checks.center.samples import PLATFORM, center
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
from idkeep.checks.policies.words import listed
from idkeep.config import Settings
from idkeep.model import (
    ApplicationAssignment,
    ApplicationScope,
    CenterApplication,
    Gap,
    IdentityCenter,
    NotApplicable,
    Problem,
    Severity,
    TrustedTokenIssuer,
    TrustedTokenIssuerDetails,
)

_CREDENTIALS = "sso:account:access"
_NO_CONFIGURATION = Gap("sso:GetApplicationAssignmentConfiguration", "AccessDeniedException")
_NO_SCOPES = Gap("sso:ListApplicationAccessScopes", "AccessDeniedException")
_NO_SESSIONS = Gap("sso:GetApplicationSessionConfiguration", "AccessDeniedException")
_NO_ISSUER = Gap("sso:DescribeTrustedTokenIssuer", "AccessDeniedException")
_APP = CenterApplication(
    arn="arn:aws:sso::999988887777:application/ssoins-example/apl-1",
    name="rota",
    provider="arn:aws:sso::aws:applicationProvider/custom",
    account="999988887777",
    status="ENABLED",
    scopes=(ApplicationScope(name="openid"),),
    assignment_required=True,
    assigned=(ApplicationAssignment(principal_type="GROUP", principal="g-1"),),
    background_sessions="DISABLED",
)
_OPEN = replace(_APP, assignment_required=False)
_FETCHES = (ApplicationScope(name=_CREDENTIALS),)


@check(
    CenterApplication,
    severity=Severity.LOW,
    controls=("identity-center", "least-privilege"),
    reads=("assignment_required", "status"),
    remedy=Remedy(
        do="Assign it to the groups that work with it (`aws sso-admin "
        "create-application-assignment --application-arn APPLICATION_ARN --principal-type GROUP "
        "--principal-id GROUP_ID`), then ask for assignments: `aws sso-admin "
        "put-application-assignment-configuration --application-arn APPLICATION_ARN "
        "--assignment-required`.",
        may_stop="Whoever is in none of the groups is turned away by the application.",
    ),
    examples=(
        fails(_OPEN, "is open to every user of the directory"),
        passes(_APP),
        does_not_apply(replace(_OPEN, status="DISABLED"), "is switched off"),
        cannot_tell(replace(_APP, assignment_required=_NO_CONFIGURATION), str(_NO_CONFIGURATION)),
    ),
)
def application_for_everybody(one: CenterApplication, _: Estate) -> Iterator[Said]:
    """An application asks for no assignment: every user of the directory may use it.

    Guests and people of other companies among them, from the day they are made:
    https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_PutApplicationAssignmentConfiguration.html
    """
    if one.status == "DISABLED":
        yield NotApplicable("is switched off")
    elif not known(one.assignment_required):
        yield Problem("is open to every user of the directory")


@check(
    CenterApplication,
    severity=Severity.MEDIUM,
    controls=("identity-center", "least-privilege"),
    reads=("scopes", "status"),
    remedy=Remedy(
        do="If it need not fetch credentials, take the scope away: `aws sso-admin "
        "delete-application-access-scope --application-arn APPLICATION_ARN --scope "
        f"{_CREDENTIALS}`. Else assign it to the group that needs it, and ask for assignments: "
        "`aws sso-admin put-application-assignment-configuration --application-arn "
        "APPLICATION_ARN --assignment-required`.",
        may_stop="Without the scope the application gets no credentials of AWS for its users any "
        "more.",
    ),
    examples=(
        fails(
            replace(_APP, scopes=_FETCHES),
            "may fetch AWS credentials of its users: group Platform (ada, bo (disabled))",
            center=center(applications=(replace(_APP, scopes=_FETCHES),), groups=(PLATFORM,)),
        ),
        fails(
            replace(_OPEN, scopes=_FETCHES),
            "may fetch AWS credentials of its users: every user of the directory",
            center=center(applications=(replace(_OPEN, scopes=_FETCHES),)),
        ),
        passes(_APP),
        does_not_apply(replace(_APP, scopes=None), "is not the customer's own"),
        does_not_apply(replace(_APP, status="DISABLED", scopes=_FETCHES), "is switched off"),
        cannot_tell(replace(_APP, scopes=_NO_SCOPES), str(_NO_SCOPES)),
    ),
)
def application_takes_credentials(one: CenterApplication, estate: Estate) -> Iterator[Said]:
    """An application may fetch credentials of AWS accounts in its users' names.

    Whoever controls it has, while a user is signed in to it, each role that the user has:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-account-access-customer-managed-apps.html
    """
    if one.status == "DISABLED":
        yield NotApplicable("is switched off")
        return
    scopes = known(one.scopes)
    if scopes is None:
        yield NotApplicable("is not the customer's own")
    elif any(scope.name == _CREDENTIALS for scope in scopes):
        everybody = one.assignment_required is False
        yield Problem(
            f"may fetch AWS credentials of its users: {_users(one, estate)}",
            severity=Severity.HIGH if everybody else None,
            because="it asks for no assignment" if everybody else "",
        )


def _users(one: CenterApplication, estate: Estate) -> str:
    if one.assignment_required is False:
        return "every user of the directory"
    if not isinstance(one.assigned, tuple):
        return "who they are was not read"
    center_ = estate.snapshot.center
    every = center_.instances if isinstance(center_, IdentityCenter) else ()
    for instance in every if isinstance(every, tuple) else ():
        if isinstance(instance.applications, tuple) and one in instance.applications:
            people = Workforce(instance)
            who = [people.who(each.principal_type, each.principal) for each in one.assigned]
            return listed(who) or "nobody yet"
    return "nobody yet"


@check(
    CenterApplication,
    severity=Severity.LOW,
    controls=("identity-center", "session-length"),
    reads=("background_sessions",),
    remedy=Remedy(
        do="If its jobs need not outlive the people's sessions: `aws sso-admin "
        "put-application-session-configuration --application-arn APPLICATION_ARN "
        "--user-background-session-application-status DISABLED`. Else keep the length of such "
        "sessions short, which the console of Identity Center sets for the instance.",
        may_stop="New jobs end with the session of the user who started them.",
    ),
    examples=(
        fails(
            replace(_APP, background_sessions="ENABLED"),
            "runs jobs on for users who have signed out",
        ),
        passes(_APP),
        passes(replace(_APP, background_sessions=None)),
        cannot_tell(replace(_APP, background_sessions=_NO_SESSIONS), str(_NO_SESSIONS)),
    ),
)
def application_works_without_its_user(one: CenterApplication, _: Estate) -> Iterator[Said]:
    """An application works on in users' names after they signed out.

    Such user background sessions last days, by default seven, while a person's access may be gone
    by then: https://docs.aws.amazon.com/singlesignon/latest/userguide/user-background-sessions.html
    """
    if known(one.background_sessions) == "ENABLED":
        yield Problem("runs jobs on for users who have signed out")


# What OpenID Connect Core, section 5.7, keeps no promise about, and Entra ID's like: a person may
# change it, or get what was another's. https://openid.net/specs/openid-connect-core-1_0.html
_CHANGEABLE = frozenset(
    {
        "email", "family_name", "given_name", "middle_name", "name", "nickname", "phone_number",
        "preferred_username", "profile", "unique_name", "upn", "website",
    }
)  # fmt: skip
_ISSUER = TrustedTokenIssuer(
    arn="arn:aws:sso::999988887777:trustedTokenIssuer/ssoins-example/tti-1",
    name="login",
    type="OIDC_JWT",
    details=TrustedTokenIssuerDetails(
        url="https://login.example", claim="sub", attribute="externalIds.id"
    ),
)
_BY_MAIL = replace(
    _ISSUER,
    details=TrustedTokenIssuerDetails(
        url="https://login.example", claim="email", attribute="emails.value"
    ),
)


@check(
    TrustedTokenIssuer,
    severity=Severity.MEDIUM,
    controls=("identity-center", "third-party-access"),
    reads=("details",),
    remedy=Remedy(
        do="Match by a claim that the issuer never gives to another person, as `sub`, and the "
        "attribute of the directory that holds it: `aws sso-admin update-trusted-token-issuer "
        "--trusted-token-issuer-arn ISSUER_ARN --trusted-token-issuer-configuration "
        "OidcJwtConfiguration={ClaimAttributePath=CLAIM,IdentityStoreAttributePath=ATTRIBUTE}`.",
        may_stop="Users whose attribute does not hold the claim's value are not found, and the "
        "applications that bring such tokens get none of Identity Center's.",
    ),
    examples=(
        fails(_BY_MAIL, "takes a token's email for a user's emails.value"),
        passes(_ISSUER),
        does_not_apply(replace(_ISSUER, details=None), "issues no OpenID Connect tokens"),
        cannot_tell(replace(_ISSUER, details=_NO_ISSUER), str(_NO_ISSUER)),
    ),
)
def token_issuer_by_changeable_claim(one: TrustedTokenIssuer, _: Estate) -> Iterator[Said]:
    """Tokens of a trusted issuer stand for a user by a claim that people may be able to change.

    OpenID Connect promises of `sub` alone that it stays one person's. Where the issuer lets people
    set their mail address or name, they become the user who has it here.
    """
    told = known(one.details)
    if told is None:
        yield NotApplicable("issues no OpenID Connect tokens")
    elif told.claim in _CHANGEABLE:
        yield Problem(f"takes a token's {told.claim} for a user's {told.attribute}")


_AGREED = Settings(token_issuers=("https://login.example",))


@check(
    TrustedTokenIssuer,
    severity=Severity.HIGH,
    controls=("identity-center", "third-party-access"),
    reads=("details",),
    settings=("token_issuers",),
    remedy=Remedy(
        do="Ask who made it and for which application. If nobody needs it: `aws sso-admin "
        "delete-trusted-token-issuer --trusted-token-issuer-arn ISSUER_ARN`. If it is agreed to, "
        "name it in the settings' `token_issuers`.",
        may_stop="Applications that bring its tokens get none of Identity Center's any more.",
    ),
    examples=(
        fails(
            replace(
                _ISSUER,
                details=TrustedTokenIssuerDetails(
                    url="https://other.example", claim="sub", attribute="externalIds.id"
                ),
            ),
            "trusts tokens of https://other.example, which nobody agreed to",
            settings=_AGREED,
        ),
        passes(_ISSUER, settings=_AGREED),
        does_not_apply(_ISSUER, "the settings name no token issuers"),
        does_not_apply(
            replace(_ISSUER, details=None), "issues no OpenID Connect tokens", settings=_AGREED
        ),
        cannot_tell(replace(_ISSUER, details=_NO_ISSUER), str(_NO_ISSUER), settings=_AGREED),
    ),
)
def unknown_token_issuer(one: TrustedTokenIssuer, estate: Estate) -> Iterator[Said]:
    """Identity Center takes tokens of an issuer that nobody agreed to.

    Whoever runs the issuer can be any user of the directory, in each application that takes its
    tokens:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/using-apps-with-trusted-token-issuer.html
    """
    agreed = {url.rstrip("/") for url in estate.settings.token_issuers}
    if not agreed:
        yield NotApplicable("the settings name no token issuers")
        return
    told = known(one.details)
    if told is None:
        yield NotApplicable("issues no OpenID Connect tokens")
    elif told.url.rstrip("/") not in agreed:
        yield Problem(f"trusts tokens of {told.url}, which nobody agreed to")


CHECKS = (
    application_for_everybody,
    application_takes_credentials,
    application_works_without_its_user,
    token_issuer_by_changeable_claim,
    unknown_token_issuer,
)
