"""Identity providers: a listing each, then each one by itself.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSAMLProviders.html
"""

from hashlib import sha256

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.times import maybe_utc
from idkeep.model import (
    Family,
    Gap,
    NotAsked,
    OidcDetails,
    OidcProvider,
    Providers,
    SamlDetails,
    SamlProvider,
    Unread,
)


def _saml_list(pages: Pages) -> tuple[SamlProvider, ...]:
    """Without what only a provider's own answer tells."""
    [answer] = pages
    return tuple(
        SamlProvider(
            arn=one["Arn"],
            created=maybe_utc(one.get("CreateDate")),
            valid_until=maybe_utc(one.get("ValidUntil")),
            details=NotAsked(Family.IDENTITY),
        )
        for one in answer["SAMLProviderList"]
    )


SAML_PROVIDERS = Collector(service="iam", operation="ListSAMLProviders", build=_saml_list)


def _saml(pages: Pages) -> SamlDetails:
    [answer] = pages
    return SamlDetails(
        metadata=sha256(answer["SAMLMetadataDocument"].encode()).hexdigest(),
        encryption=answer.get("AssertionEncryptionMode"),
        decryption_keys=len(answer.get("PrivateKeyList", ())),
        tags=_tags(answer),
    )


SAML_PROVIDER = Collector(service="iam", operation="GetSAMLProvider", build=_saml)


def _oidc_list(pages: Pages) -> tuple[str, ...]:
    [answer] = pages
    return tuple(one["Arn"] for one in answer["OpenIDConnectProviderList"])


OIDC_PROVIDERS = Collector(service="iam", operation="ListOpenIDConnectProviders", build=_oidc_list)


def _oidc(pages: Pages) -> OidcDetails:
    [answer] = pages
    return OidcDetails(
        url=answer["Url"],
        client_ids=tuple(answer.get("ClientIDList", ())),
        thumbprints=tuple(answer.get("ThumbprintList", ())),
        created=maybe_utc(answer.get("CreateDate")),
        tags=_tags(answer),
    )


OIDC_PROVIDER = Collector(service="iam", operation="GetOpenIDConnectProvider", build=_oidc)

COLLECTORS: tuple[AnyCollector, ...] = (
    SAML_PROVIDERS,
    SAML_PROVIDER,
    OIDC_PROVIDERS,
    OIDC_PROVIDER,
)


def read(ask: Ask) -> Providers:
    return Providers(saml=_saml_providers(ask), oidc=_oidc_providers(ask))


def _saml_providers(ask: Ask) -> tuple[SamlProvider, ...] | Unread:
    listed = ask.those(SAML_PROVIDERS, SamlProvider)
    if isinstance(listed, Gap):
        return listed
    details = ask.each(listed, lambda one: ask.sure(SAML_PROVIDER, SAMLProviderArn=one.arn))
    return tuple(replace(one, details=found) for one, found in zip(listed, details, strict=True))


def _oidc_providers(ask: Ask) -> tuple[OidcProvider, ...] | Unread:
    listed = ask.those(OIDC_PROVIDERS, OidcProvider)
    if isinstance(listed, Gap):
        return listed
    details = ask.each(listed, lambda arn: ask.sure(OIDC_PROVIDER, OpenIDConnectProviderArn=arn))
    return tuple(
        OidcProvider(arn=arn, details=found) for arn, found in zip(listed, details, strict=True)
    )


def _tags(answer: Answer) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in answer.get("Tags", ())}
