"""Credentials of a user or of the root user. None of these values holds a secret.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from idkeep.model.gap import Gap


class Password(Struct, frozen=True, kw_only=True, tag=True):
    """A console password. `last_used` is None where AWS has no use on record since October 2014.

    `changed` is when it was set, a gap where the report leaves that out.
    """

    last_used: datetime | None = None
    changed: datetime | Gap


class AccessKey(Struct, frozen=True, kw_only=True):
    """An access key by its place in the credential report, which does not tell key ids.

    `slot` is 1 or 2. `rotated` is when the key was made or last changed. `last_used` is None
    for a key never used.
    """

    slot: int
    active: bool
    rotated: datetime
    last_used: datetime | None = None
    last_used_service: str | None = None
    last_used_region: str | None = None


class CertificateSlot(Struct, frozen=True, kw_only=True):
    """An X.509 signing certificate by its place (1 or 2) in the credential report."""

    slot: int
    active: bool
    rotated: datetime | None = None


class VirtualMfa(Struct, frozen=True, kw_only=True):
    """An assigned authenticator app, by its serial (an ARN)."""

    serial: str
    enabled: datetime | None = None


class MfaKind(StrEnum):
    """`FIDO` is a passkey or a security key, `HARDWARE` a token that shows codes.

    `OTHER` is an ARN of a type that IAM's page of identifiers does not name.
    """

    VIRTUAL = "virtual"
    FIDO = "fido"
    HARDWARE = "hardware"
    SMS = "sms"
    OTHER = "other"


class MfaDevice(Struct, frozen=True, kw_only=True):
    """A device that AWS names by its serial: an ARN, or what is printed on a hardware token."""

    serial: str
    kind: MfaKind
    enabled: datetime | None = None


class ServiceCredential(Struct, frozen=True, kw_only=True):
    """A password or API key for one service, such as CodeCommit, Keyspaces or Bedrock.

    `status` is Active, Inactive or Expired. `expires` is None for one that never does.
    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ServiceSpecificCredentialMetadata.html
    """

    id: str
    service: str
    status: str
    created: datetime
    expires: datetime | None = None
    alias: str | None = None


class IdentifiedKey(Struct, frozen=True, kw_only=True):
    """An access key by its id. `status` is Active, Inactive or Expired.

    `last_used` is None for a key never used since April 2015.
    """

    id: str
    status: str
    created: datetime
    last_used: datetime | None = None
    last_used_service: str | None = None
    last_used_region: str | None = None


class SshKey(Struct, frozen=True, kw_only=True):
    """A public SSH key for CodeCommit, by its id."""

    id: str
    status: str
    uploaded: datetime


class SigningCertificate(Struct, frozen=True, kw_only=True):
    """An X.509 certificate that signs requests of old, by its id."""

    id: str
    status: str
    uploaded: datetime | None = None


class ServiceAccess(Struct, frozen=True, kw_only=True):
    """A service that a principal's policies allow, and when it was last used.

    `last` is None where IAM has no attempt on record in its tracking period of 400 days.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
    """

    service: str
    last: datetime | None = None
    region: str | None = None
