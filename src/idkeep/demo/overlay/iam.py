"""IAM's reads, answered as AWS answers them; what changes IAM is moto's."""

from collections.abc import Mapping
from typing import Any

from moto.iam.exceptions import NoSuchEntity

from idkeep.demo.overlay import credentials, last_accessed, personal
from idkeep.demo.overlay.authorization import (
    AuthorizationDetails,
    boundary_of,
    profile_said,
    role_head,
)
from idkeep.demo.overlay.personal import asked_about, named, root_head, user_head
from idkeep.demo.overlay.policies import aws_policy
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.summary import summary
from idkeep.demo.overlay.tables import Asked, Table, listing

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html, MaxItems; so are others
SIZE = 100


def _authorization_details(asked: Asked) -> Mapping[str, Any]:
    """Users, groups, roles and policies in this order, cut into pages.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    wanted = frozenset(asked.params.get("Filter") or ())
    details = AuthorizationDetails(asked.state, asked.world.faults, wanted)
    items, more = asked.page(details.items(), SIZE)
    return details.answer(items) | more


def _password_policy(asked: Asked) -> Mapping[str, Any]:
    """What is not set is left out: no MaxPasswordAge where passwords do not expire.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html
    """
    policy = asked.state.iam.account_password_policy
    if policy is None:
        raise NoSuchEntity(
            f"The Password Policy with domain name {asked.state.account} cannot be found."
        )
    said = {
        "MinimumPasswordLength": policy.minimum_password_length,
        "RequireSymbols": policy.require_symbols,
        "RequireNumbers": policy.require_numbers,
        "RequireUppercaseCharacters": policy.require_uppercase_characters,
        "RequireLowercaseCharacters": policy.require_lowercase_characters,
        "AllowUsersToChangePassword": policy.allow_users_to_change_password,
        "ExpirePasswords": policy.expire_passwords,
    }
    if policy.expire_passwords:
        said |= {"MaxPasswordAge": policy.max_password_age, "HardExpiry": policy.hard_expiry}
    if policy.password_reuse_prevention:
        said["PasswordReusePrevention"] = policy.password_reuse_prevention
    return {"PasswordPolicy": said}


def _virtual_mfa_devices(asked: Asked) -> Mapping[str, Any]:
    """Without seeds and tags; the root user among the owners, without a name or a path.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
    """
    wanted = asked.params.get("AssignmentStatus") or "Any"
    devices = [
        {"SerialNumber": device.serial_number} | _assignment(asked, device)
        for _, device in sorted(asked.state.iam.virtual_mfa_devices.items())
        if wanted == "Any" or (wanted == "Assigned") == bool(device.enable_date)
    ]
    items, more = asked.page(devices, SIZE)
    return {"VirtualMFADevices": items} | more


def _assignment(asked: Asked, device: Any) -> dict[str, Any]:  # noqa: ANN401 moto's device
    if not device.enable_date:
        return {}
    root = asked.state.root
    is_root_s = device.serial_number in root.devices
    owner = root_head(root) if is_root_s else user_head(device.user)
    return {"User": owner, "EnableDate": device.enable_date}


def _users(asked: Asked) -> Mapping[str, Any]:
    """Without tags and boundary, as the page of the operation says.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
    """
    items, more = asked.page(_under(asked, asked.state.iam.users.values()), SIZE)
    return {"Users": [user_head(user) for user in items]} | more


def _roles(asked: Asked) -> Mapping[str, Any]:
    """Without tags, boundary and last use, as the page of the operation says.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    """
    items, more = asked.page(_under(asked, asked.state.iam.roles.values()), SIZE)
    return {"Roles": [_role_said(role) for role in items]} | more


def _role(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html."""
    role = named(asked.state.iam.roles.values(), asked.params["RoleName"], "role")
    used = {"LastUsedDate": role.last_used, "Region": role.last_used_region}
    said = {
        **_role_said(role),
        **boundary_of(role.permissions_boundary_arn),
        **({"Tags": role.tags} if role.tags else {}),
        "RoleLastUsed": used if role.last_used else {},
    }
    return {"Role": said}


def _role_said(role: Any) -> dict[str, Any]:  # noqa: ANN401 moto's role
    head = role_head(role) | {"MaxSessionDuration": int(role.max_session_duration or 3600)}
    if (template := getattr(role, "template", None)) is not None:
        head["SourceRoleTemplate"] = {
            "TemplateArn": template.arn,
            "TemplateMinorVersion": template.minor_version,
        }
    return head | ({"Description": role.description} if role.description else {})


def _user(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html.

    The root user gets itself, without a name or a path.
    """
    user = asked_about(asked)
    if user is None:
        return {"User": root_head(asked.state.root)}
    boundary = boundary_of(asked.state.boundaries.get(user.id))
    tags = {"Tags": user.tags} if user.tags else {}
    return {"User": user_head(user) | boundary | tags}


def _account_properties(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountProperties.html."""
    return {"Properties": asked.state.declared.account.properties}


def _outbound_federation(asked: Asked) -> Mapping[str, Any]:
    """Where it is off, an error and not an answer.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOutboundWebIdentityFederationInfo.html
    """
    issuer = asked.state.declared.account.outbound_federation
    if issuer is None:
        raise Refused(
            "FeatureDisabledException", "Outbound web identity federation is not enabled."
        )
    return {"IssuerIdentifier": issuer, "JwtVendingEnabled": True}


def _organizations_features(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOrganizationsFeatures.html."""
    organization = asked.world.estate.organization
    if organization is None:
        raise Refused(
            "OrganizationNotFoundException", "The account is not a member of an organization."
        )
    deputies = {
        one.account for one in organization.delegated if "iam.amazonaws.com" in one.services
    }
    if asked.state.account not in {organization.management, *deputies}:
        raise Refused(
            "AccountNotManagementOrDelegatedAdministratorException",
            "The account is not the management account or a delegated administrator for IAM.",
        )
    if "iam.amazonaws.com" not in {one.service for one in organization.trusted_access}:
        raise Refused("ServiceAccessNotEnabledException", "Trusted access is not enabled for IAM.")
    return {
        "OrganizationId": organization.id,
        "EnabledFeatures": list(organization.root_features),
    }


def _saml_providers(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html."""
    return {
        "SAMLProviderList": [
            {"Arn": one.arn, "ValidUntil": one.valid_until, "CreateDate": one.create_date}
            for one in asked.state.iam.saml_providers.values()
        ]
    }


def _encryption(provider: Any) -> dict[str, Any]:  # noqa: ANN401 moto's provider
    mode = getattr(provider, "encryption", None)
    key = {"KeyId": "KAMKEXAMPLE", "Timestamp": provider.create_date}
    return {"AssertionEncryptionMode": mode, "PrivateKeyList": [key]} if mode else {}


def _saml_provider(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html."""
    for one in asked.state.iam.saml_providers.values():
        if one.arn == asked.params["SAMLProviderArn"]:
            return {
                "SAMLMetadataDocument": one.saml_metadata_document,
                "CreateDate": one.create_date,
                "ValidUntil": one.valid_until,
                "Tags": getattr(one, "tags", []),
                **_encryption(one),
            }
    raise NoSuchEntity("Manifest not found for arn " + asked.params["SAMLProviderArn"])


def _server_certificates(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServerCertificates.html."""
    prefix = asked.params.get("PathPrefix") or "/"
    found = [
        {
            "Path": one.path,
            "ServerCertificateName": one.cert_name,
            "ServerCertificateId": one.id,
            "Arn": one.arn,
            "UploadDate": one.upload_date,
            "Expiration": one.expiration,
        }
        for one in asked.state.iam.certificates.values()
        if one.path.startswith(prefix) and hasattr(one, "expiration")
    ]
    items, more = asked.page(found, SIZE)
    return {"ServerCertificateMetadataList": items} | more


def _instance_profiles(asked: Asked) -> Mapping[str, Any]:
    """Without tags, as the page of the operation says.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html
    """
    items, more = asked.page(_under(asked, asked.state.iam.instance_profiles.values()), SIZE)
    return {"InstanceProfiles": [profile_said(one, one.roles) for one in items]} | more


def _aliases(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html."""
    items, more = asked.page(asked.state.iam.account_aliases, SIZE)
    return {"AccountAliases": items} | more


def _under(asked: Asked, entities: Any) -> list[Any]:  # noqa: ANN401 moto's
    prefix = asked.params.get("PathPrefix") or "/"
    found = (entity for entity in entities if entity.path.startswith(prefix))
    return sorted(found, key=lambda entity: str(entity.name).lower())


def _aws_policy(asked: Asked) -> None:
    """Any of AWS's policies may be asked for; moto has those that the account's principals hold."""
    arn, iam = asked.params["PolicyArn"], asked.state.iam
    if arn not in iam.managed_policies:
        found = aws_policy(arn, asked.state.declared.account)
        if found is not None:
            iam.managed_policies[arn] = found


OPERATIONS: Table = {
    **personal.OPERATIONS,
    "GenerateCredentialReport": lambda asked: credentials.generate(asked.state),
    "GenerateServiceLastAccessedDetails": last_accessed.generate,
    "GetAccountAuthorizationDetails": _authorization_details,
    "GetAccountPasswordPolicy": _password_policy,
    "GetAccountProperties": _account_properties,
    "GetAccountSummary": lambda asked: {"SummaryMap": summary(asked.state)},
    "GetCredentialReport": lambda asked: credentials.report(asked.state),
    "GetOutboundWebIdentityFederationInfo": _outbound_federation,
    "GetPolicy": _aws_policy,
    "GetPolicyVersion": _aws_policy,
    "GetRole": _role,
    "GetSAMLProvider": _saml_provider,
    "GetServiceLastAccessedDetails": last_accessed.details,
    "GetUser": _user,
    "ListAccountAliases": _aliases,
    "ListDelegationRequests": listing("delegation-request", "DelegationRequests", size=SIZE),
    "ListInstanceProfiles": _instance_profiles,
    "ListOrganizationsFeatures": _organizations_features,
    "ListRoles": _roles,
    "ListSAMLProviders": _saml_providers,
    "ListServerCertificates": _server_certificates,
    "ListUsers": _users,
    "ListVirtualMFADevices": _virtual_mfa_devices,
}
