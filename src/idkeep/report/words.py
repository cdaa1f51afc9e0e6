"""What people call the kinds of subjects."""

import re

_NOUNS = {
    "Account": ("account", "accounts"),
    "Root": ("root user", "root users"),
    "User": ("IAM user", "IAM users"),
    "Group": ("IAM group", "IAM groups"),
    "Role": ("IAM role", "IAM roles"),
    "ManagedPolicy": ("managed policy", "managed policies"),
    "SamlProvider": ("SAML provider", "SAML providers"),
    "OidcProvider": ("OIDC provider", "OIDC providers"),
    "KmsKey": ("KMS key", "KMS keys"),
    "EksCluster": ("EKS cluster", "EKS clusters"),
    "RestApi": ("REST API", "REST APIs"),
    "EventBus": ("event bus", "event buses"),
    "LambdaFunction": ("Lambda function", "Lambda functions"),
    "RolesAnywhereProfile": ("Roles Anywhere profile", "Roles Anywhere profiles"),
    "CenterInstance": ("Identity Center instance", "Identity Center instances"),
    "CenterUser": ("Identity Center user", "Identity Center users"),
    "CenterGroup": ("Identity Center group", "Identity Center groups"),
    "CenterApplication": ("Identity Center application", "Identity Center applications"),
    "Logging": ("account's logging", "accounts' logging"),
    "Trail": ("trail", "trails"),
    "TrailBucket": ("bucket of a trail", "buckets of trails"),
    "RegionAlarms": ("region's alarms", "regions' alarms"),
    "OtherResource": ("resource of another type", "resources of other types"),
    "LogGroup": ("log group", "log groups"),
    "Services": ("account's security services", "accounts' security services"),
    "OrganizationPolicy": ("policy of the organisation", "policies of the organisation"),
    "Organization": ("organisation", "organisations"),
    "Resources": ("account's resources", "accounts' resources"),
}


def noun(kind: str) -> str:
    """One of a kind; `kind` is a class name of the model, or a field of the snapshot."""
    return _words(kind)[0]


def nouns(kind: str) -> str:
    """Several of a kind."""
    return _words(kind)[1]


def many(count: int, thing: str, plural: str = "") -> str:
    """So many of a thing, whose plural has an s if it is not given."""
    return f"{count:,} {thing if count == 1 else plural or thing + 's'}"


def _words(kind: str) -> tuple[str, str]:
    """A kind that has no words of its own is called as the model calls it."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", kind).lower()
    return _NOUNS.get(kind, (plain, _several(plain) if kind[:1].isupper() else plain))


def _several(one: str) -> str:
    """Of the last word: an activation, an identity, the resources."""
    if one.endswith("s"):
        return one
    return f"{one[:-1]}ies" if re.search(r"[^aeiou]y$", one) else f"{one}s"
