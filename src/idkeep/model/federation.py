"""Identity providers that an account trusts, and its server certificates."""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from idkeep.model.facts import Family
from idkeep.model.gap import NotAsked, ReadBy, Unread


class SamlDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`metadata` is the SHA-256 in hex of the provider's metadata document.

    `encryption` is Required or Allowed where the account decrypts assertions, None where it does
    not; `decryption_keys` is by how many keys of its own.
    """

    metadata: str
    encryption: str | None = None
    decryption_keys: int = 0
    tags: dict[str, str] = {}


class SamlProvider(Struct, frozen=True, kw_only=True):
    """A SAML provider; `valid_until` is the end of its metadata.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSAMLProvider.html
    """

    arn: str
    created: datetime | None = None
    valid_until: datetime | None = None
    details: Annotated[SamlDetails | Unread, ReadBy("iam:GetSAMLProvider")]


class OidcDetails(Struct, frozen=True, kw_only=True, tag=True):
    """Whose tokens (`url`), for which audiences (`client_ids`)."""

    url: str
    client_ids: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    created: datetime | None = None
    tags: dict[str, str] = {}


class OidcProvider(Struct, frozen=True, kw_only=True):
    """An OpenID Connect provider.

    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html
    """

    arn: str
    details: Annotated[OidcDetails | Unread, ReadBy("iam:GetOpenIDConnectProvider")]


class Providers(Struct, frozen=True, kw_only=True):
    """Whose identities the account's roles may trust by federation."""

    saml: Annotated[tuple[SamlProvider, ...] | Unread, ReadBy("iam:ListSAMLProviders")] = NotAsked(
        Family.IDENTITY
    )
    oidc: Annotated[tuple[OidcProvider, ...] | Unread, ReadBy("iam:ListOpenIDConnectProviders")] = (
        NotAsked(Family.IDENTITY)
    )


class ServerCertificate(Struct, frozen=True, kw_only=True):
    """A certificate kept in IAM for a load balancer or distribution."""

    arn: str
    id: str
    name: str
    uploaded: datetime | None = None
    expires: datetime | None = None
