"""What IAM keeps beside users, groups, roles and policies: providers, certificates, other keys."""

from datetime import datetime, timedelta
from typing import Any

from moto.iam.models import (
    Certificate,
    OpenIDConnectProvider,
    SAMLProvider,
    SigningCertificate,
    SshPublicKey,
)

from idkeep.demo.declared.account import Account, AccountEstate, User
from idkeep.demo.identifiers import guid, unique_id

# Nobody's certificate: what AWS gives back of a real one is as public and as long.
BODY = "-----BEGIN CERTIFICATE-----\nZGVtbw==\n-----END CERTIFICATE-----"

# AWS wants a thousand characters at least.
METADATA = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="demo">'
    f"<X509Certificate>{'A' * 1000}</X509Certificate></EntityDescriptor>"
)


def seed(iam: Any, estate: AccountEstate, now: datetime) -> None:  # noqa: ANN401 moto's backend
    """Identity providers and server certificates, put into moto's backend."""
    account = estate.account
    for oidc in estate.oidc_providers:
        made = OpenIDConnectProvider(
            account.id,
            account.region,
            f"https://{oidc.url}",
            list(oidc.thumbprints),
            list(oidc.clients),
            {key: {"Key": key, "Value": value} for key, value in oidc.tags.items()},
        )
        made.create_date = _ago(now, oidc.created)
        iam.open_id_providers[made.arn] = made
    for saml in estate.saml_providers:
        made = SAMLProvider(account.id, account.region, saml.name, saml.metadata or METADATA)
        made.create_date, made.valid_until = _ago(now, saml.created), _ago(now, -saml.expires)
        made.tags = [{"Key": key, "Value": value} for key, value in saml.tags.items()]
        made.encryption = saml.encryption
        iam.saml_providers[saml.name] = made
    for number, tls in enumerate(estate.server_certificates):
        made = Certificate(account.id, account.region, tls.name, BODY, "", None, tls.path)
        made.id = unique_id("ASCA", account.id, tls.name)
        made.upload_date, made.expiration = _ago(now, tls.uploaded), _ago(now, -tls.expires)
        iam.certificates[str(number)] = made


def credentials(made: Any, user: User, account: str, now: datetime) -> None:  # noqa: ANN401
    """SSH keys and signing certificates, put into moto's user."""
    for number, ssh in enumerate(user.ssh_keys):
        key = SshPublicKey(user.name, "ssh-rsa demo")
        key.ssh_public_key_id = unique_id("APKA", account, f"{user.name}:{number}")
        key.status, key.upload_date = _status(active=ssh.active), _ago(now, ssh.uploaded)
        made.ssh_public_keys.append(key)
    for number, signing in enumerate(user.certificates):
        # A certificate's id is 32 capitals, https://docs.aws.amazon.com/IAM/latest/APIReference/
        # API_SigningCertificate.html
        name = guid(f"{account}:{user.name}:certificate:{number}").replace("-", "").upper()
        certificate = SigningCertificate(name, user.name, BODY)
        certificate.status = _status(active=signing.active)
        certificate.upload_date = _ago(now, signing.uploaded)
        made.signing_certificates[name] = certificate


def service_credentials(user: User, account: Account, now: datetime) -> list[dict[str, Any]]:
    """What ListServiceSpecificCredentials says of this user.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceSpecificCredentialMetadata.html
    """
    found = []
    for number, one in enumerate(user.service_credentials):
        ends = None if one.expires is None else _ago(now, -one.expires)
        own = f"{user.name}-at-{account.id}"
        said = {
            "UserName": user.name,
            "Status": "Expired" if ends and ends <= now else _status(active=one.active),
            "ServiceUserName": None if one.alias else own,
            "ServiceCredentialAlias": one.alias,
            "CreateDate": _ago(now, one.created),
            "ExpirationDate": ends,
            "ServiceSpecificCredentialId": unique_id("ACCA", account.id, f"{user.name}:{number}"),
            "ServiceName": one.service,
        }
        found.append({name: value for name, value in said.items() if value is not None})
    return found


def _ago(now: datetime, days: float) -> datetime:
    return (now - timedelta(days=days)).replace(microsecond=0)


def _status(*, active: bool) -> str:
    return "Active" if active else "Inactive"
