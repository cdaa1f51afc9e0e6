"""IAM's settings of an account, and its bulk reads of what the authorization details lack.

Source of the answers' shapes: https://docs.aws.amazon.com/IAM/latest/APIReference/
"""

from collections.abc import Mapping
from dataclasses import dataclass

from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.collect.paging import MOST_ITEMS
from idkeep.collect.times import maybe_utc, utc
from idkeep.model import (
    AccountProperties,
    Gap,
    InstanceProfile,
    NotToldHere,
    OutboundFederation,
    PasswordPolicy,
    RoleTemplate,
    RootFeatures,
    ServerCertificate,
    ServiceCredential,
)


def _summary(pages: Pages) -> Mapping[str, int]:
    [answer] = pages
    return dict(answer["SummaryMap"])


ACCOUNT_SUMMARY = Collector(service="iam", operation="GetAccountSummary", build=_summary)


def _password_policy(pages: Pages) -> PasswordPolicy:
    [answer] = pages
    told: Answer = answer["PasswordPolicy"]
    return PasswordPolicy(
        min_length=told["MinimumPasswordLength"],
        requires_symbols=told.get("RequireSymbols", False),
        requires_numbers=told.get("RequireNumbers", False),
        requires_uppercase=told.get("RequireUppercaseCharacters", False),
        requires_lowercase=told.get("RequireLowercaseCharacters", False),
        users_may_change=told.get("AllowUsersToChangePassword", False),
        max_age_days=told.get("MaxPasswordAge") or None,
        remembered=told.get("PasswordReusePrevention") or None,
        hard_expiry=told.get("HardExpiry", False),
    )


PASSWORD_POLICY = Collector(
    service="iam",
    operation="GetAccountPasswordPolicy",
    build=_password_policy,
    absent=frozenset({"NoSuchEntity", "NoSuchEntityException"}),
)


def _alias(pages: Pages) -> tuple[str, ...]:
    """An account has one or none."""
    return tuple(alias for page in pages for alias in page["AccountAliases"])


ACCOUNT_ALIASES = Collector(service="iam", operation="ListAccountAliases", build=_alias)


def _properties(pages: Pages) -> AccountProperties:
    [answer] = pages
    return AccountProperties(entries=dict(answer["Properties"]))


ACCOUNT_PROPERTIES = Collector(service="iam", operation="GetAccountProperties", build=_properties)


def _outbound(pages: Pages) -> OutboundFederation:
    [answer] = pages
    return OutboundFederation(
        enabled=answer["JwtVendingEnabled"], issuer=answer.get("IssuerIdentifier")
    )


# The code of an account that never had it on, as its error's shape and as its wire form name it.
OUTBOUND_FEDERATION = Collector(
    service="iam",
    operation="GetOutboundWebIdentityFederationInfo",
    build=_outbound,
    answers={
        code: OutboundFederation(enabled=False)
        for code in ("FeatureDisabled", "FeatureDisabledException")
    },
)


def _root_features(pages: Pages) -> RootFeatures | NotToldHere:
    [answer] = pages
    return RootFeatures(
        organization=answer["OrganizationId"], enabled=tuple(answer["EnabledFeatures"])
    )


# Only the management account and the delegated administrator are told.
ROOT_FEATURES: Collector[RootFeatures | NotToldHere] = Collector(
    service="iam",
    operation="ListOrganizationsFeatures",
    build=_root_features,
    absent=frozenset({"OrganizationNotFoundException"}),
    answers={
        code: NotToldHere(code=code)
        for code in (
            "AccountNotManagementOrDelegatedAdministratorException",
            "OrganizationNotInAllFeaturesModeException",
            "ServiceAccessNotEnabledException",
        )
    },
)


def _service_credentials(pages: Pages) -> Mapping[str, tuple[ServiceCredential, ...]]:
    """By user name."""
    owned: dict[str, list[ServiceCredential]] = {}
    for page in pages:
        for one in page["ServiceSpecificCredentials"]:
            owned.setdefault(one["UserName"], []).append(
                ServiceCredential(
                    id=one["ServiceSpecificCredentialId"],
                    service=one["ServiceName"],
                    status=one["Status"],
                    created=utc(one["CreateDate"]),
                    expires=maybe_utc(one.get("ExpirationDate")),
                    alias=one.get("ServiceCredentialAlias"),
                )
            )
    return {user: tuple(credentials) for user, credentials in owned.items()}


SERVICE_CREDENTIALS = Collector(
    service="iam",
    operation="ListServiceSpecificCredentials",
    build=_service_credentials,
    params={"AllUsers": True, **MOST_ITEMS},
)


def _server_certificates(pages: Pages) -> tuple[ServerCertificate, ...]:
    return tuple(
        ServerCertificate(
            arn=one["Arn"],
            id=one["ServerCertificateId"],
            name=one["ServerCertificateName"],
            uploaded=maybe_utc(one.get("UploadDate")),
            expires=maybe_utc(one.get("Expiration")),
        )
        for page in pages
        for one in page["ServerCertificateMetadataList"]
    )


SERVER_CERTIFICATES = Collector(
    service="iam", operation="ListServerCertificates", build=_server_certificates
)


def _instance_profiles(pages: Pages) -> tuple[InstanceProfile, ...]:
    return tuple(
        InstanceProfile(
            arn=one["Arn"],
            id=one["InstanceProfileId"],
            name=one["InstanceProfileName"],
            created=utc(one["CreateDate"]),
            roles=tuple(role["Arn"] for role in one["Roles"]),
        )
        for page in pages
        for one in page["InstanceProfiles"]
    )


# The authorization details tell only those that have a role.
INSTANCE_PROFILES = Collector(
    service="iam", operation="ListInstanceProfiles", params=MOST_ITEMS, build=_instance_profiles
)


@dataclass(frozen=True, slots=True)
class RoleExtras:
    """What the authorization details do not tell of a role."""

    template: RoleTemplate | None
    max_session_seconds: int | Gap


def _role_extras(pages: Pages) -> Mapping[str, RoleExtras]:
    """By the role's unique id. The listing leaves out boundary, last use and tags, but not these.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    """
    return {
        one["RoleId"]: RoleExtras(_template(one), _max_session(one))
        for page in pages
        for one in page["Roles"]
    }


def _max_session(role: Answer) -> int | Gap:
    seconds: int | None = role.get("MaxSessionDuration")
    return (
        Gap("iam:ListRoles", "the answer lacks MaxSessionDuration") if seconds is None else seconds
    )


def _template(role: Answer) -> RoleTemplate | None:
    told: Answer | None = role.get("SourceRoleTemplate")
    if told is None:
        return None
    return RoleTemplate(arn=told["TemplateArn"], minor_version=told["TemplateMinorVersion"])


ROLE_EXTRAS = Collector(service="iam", operation="ListRoles", params=MOST_ITEMS, build=_role_extras)
