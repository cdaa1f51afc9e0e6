"""Who a statement names: their form, what they may do, and on whose behalf a service acts.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import re
from collections.abc import Iterator

from idkeep.policy.document import Effect, NotPrincipal, PolicyKind, Statement
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.linting.keys import positive
from idkeep.policy.linting.values import SERVICE_PRINCIPAL
from idkeep.policy.pattern import action_test
from idkeep.policy.principal import (
    AwsArn,
    AwsUniqueId,
    EveryAws,
    Everyone,
    Federated,
    NamedPrincipal,
    Service,
)
from idkeep.policy.requester import Requester, RequesterKind
from idkeep.policy.source import JsonValue, Path

_SAML = re.compile(r"arn:[a-z-]+:iam::\d{12}:saml-provider/.+", re.ASCII)
_OIDC = re.compile(r"arn:[a-z-]+:iam::\d{12}:oidc-provider/(.+)", re.ASCII)
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.ASCII | re.IGNORECASE)
_GITHUB = "token.actions.githubusercontent.com"
_SOURCES = frozenset(
    {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}
)
# What people write in their place.
_INSTEAD = frozenset(
    {
        *("aws:referer", "aws:useragent", "aws:principalorgid", "aws:principalarn"),
        *("aws:principalaccount", "sts:externalid", "aws:sourceowner", "kms:calleraccount"),
    }
)
# A service principal is in no organization and has neither tags nor an ARN:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_NOT_OF_SERVICES = ("aws:principalorgid", "aws:principalorgpaths", "aws:principaltag/")
_ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
_ROLES_ANYWHERE_NEEDS = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")
# A key that a session gets by a right of its own:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
_KEY_NEEDS = {
    "sts:sourceidentity": "sts:SetSourceIdentity",
    "sts:transitivetagkeys": "sts:TagSession",
    "iam:passedtoservice": "iam:PassRole",
}


def principals(subject: Subject) -> Iterator[Remark]:
    for statement in subject.statements:
        element = statement.principal
        if element is None:
            continue
        if isinstance(element, NotPrincipal) and statement.effect is Effect.DENY:
            message = "AWS advises against it: who has a boundary is always denied"
            at = path_of(statement, "NotPrincipal")
            yield Remark("DENY_WITH_NOT_PRINCIPAL", message, at, key=True)
        for named, at in _places(subject, statement):
            if "${" in str(named):
                message = f"a principal takes no variable: {named}"
                yield Remark("VARIABLE_UNSUPPORTED_IN_ELEMENT", message, at)
            else:
                yield from _one(named, at, subject.kind)
        yield from _source(statement, subject.kind)
        if subject.kind is PolicyKind.TRUST:
            yield from _trust(statement, subject)


def keys_and_actions(subject: Subject) -> Iterator[Remark]:
    """Keys that say nothing without an action that is not there."""
    for statement in subject.statements:
        fits = action_test(statement.action.patterns)
        for condition, at in subject.conditions(statement):
            needed = _KEY_NEEDS.get(condition.key.lower())
            if needed and type(statement.action).__name__ == "Action" and not fits(needed):
                message = f"{condition.key} is judged for {needed} alone, which is not listed"
                yield Remark("MISSING_ACTION_FOR_CONDITION_KEY", message, at, key=True)


def _places(subject: Subject, statement: Statement) -> Iterator[tuple[NamedPrincipal, Path]]:
    """Each principal and where it stands."""
    assert statement.principal is not None
    name = type(statement.principal).__name__
    written = subject.written[statement.index]
    given: JsonValue = written.get(name) if isinstance(written, dict) else None
    named = iter(statement.principal.named)
    if not isinstance(given, dict):
        for one in named:
            yield one, path_of(statement, name)
        return
    for kind, several in given.items():
        for n in range(len(several) if isinstance(several, list) else 1):
            if (who := next(named, None)) is not None:
                yield who, path_of(statement, name, kind, n)


def _one(named: NamedPrincipal, at: Path, kind: PolicyKind) -> Iterator[Remark]:
    match named:
        case AwsUniqueId(id=text) if text.startswith("AROA"):
            message = f"{text} is a role's id, as of one that was deleted; name its ARN"
            yield Remark("INVALID_ROLE_REFERENCE", message, at)
        case AwsUniqueId(id=text) if text.startswith("AIDA"):
            message = f"{text} is a user's id, as of one that was deleted; name its ARN"
            yield Remark("INVALID_USER_REFERENCE", message, at)
        case Service(name=text) if "*" not in text and not SERVICE_PRINCIPAL.fullmatch(text):
            message = f"{text!r} is not of the form service.amazonaws.com"
            yield Remark("INVALID_SERVICE_PRINCIPAL_FORMAT", message, at)
        case Federated(provider=text) if kind is not PolicyKind.TRUST:
            message = f"{text}: only a role's trust policy names an identity provider"
            yield Remark("FEDERATED_PRINCIPAL_NOT_SUPPORTED", message, at)
        case Federated(provider=text) if _provider(text) == "":
            message = f"{text!r} is neither a provider's domain nor the ARN of one"
            yield Remark("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", message, at)
        case AwsArn(arn=text) if "*" not in text and "?" not in text:
            yield from _asker(text, at)
        case Everyone() if kind is PolicyKind.TRUST:
            message = "a role's trust policy names those whom it trusts"
            yield Remark("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", message, at)
        case _:
            return


# Who asks by an ARN; an identity provider is named under `Federated`.
_ASKERS = frozenset(RequesterKind) - {RequesterKind.FEDERATED}


def _asker(arn: str, at: Path) -> Iterator[Remark]:
    """A group is none ("groups relate to permissions, not authentication"), nor is a policy.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    try:
        kind = Requester.parse(arn).kind
    except ValueError:
        kind = None
    if kind not in _ASKERS:
        message = f"{arn}: no account, user, role, session or federated user has such an ARN"
        yield Remark("INVALID_PRINCIPAL_FORMAT", message, at)


def _provider(text: str) -> str:
    """`saml`, or the issuer of an OIDC provider; "" for neither."""
    if _SAML.fullmatch(text):
        return "saml"
    if found := _OIDC.fullmatch(text):
        return found[1]
    return text if _DOMAIN.fullmatch(text) else ""


def _source(statement: Statement, kind: PolicyKind) -> Iterator[Remark]:
    """A service may act for anybody; whose behalf it is on is in the source keys.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    assert statement.principal is not None
    named = statement.principal.named
    services = [one.name for one in named if isinstance(one, Service)]
    if statement.effect is not Effect.ALLOW or isinstance(statement.principal, NotPrincipal):
        return
    there = {one.key.lower() for one in statement.conditions}
    at = path_of(statement, "Principal", "Service")
    if services and kind is not PolicyKind.RCP and there.isdisjoint(_SOURCES):
        instead = sorted(there & _INSTEAD)
        if kind is PolicyKind.TRUST:
            message = "without aws:SourceArn or aws:SourceAccount, where the service sends them"
            yield Remark("ROLE_TRUSTS_SERVICE_WITHOUT_SOURCE", message, at, key=True)
        elif instead:
            message = f"aws:SourceArn or aws:SourceAccount says for whom it acts, {instead[0]} not"
            yield Remark("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", message, at, key=True)
        else:
            message = (
                f"{services[0]} may act for any account; add aws:SourceArn or aws:SourceAccount"
            )
            yield Remark("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", message, at, key=True)
    if services and len(services) == len(named):
        for condition in statement.conditions:
            key = condition.key.lower()
            if key.startswith(_NOT_OF_SERVICES) and positive(condition):
                where = path_of(statement, "Condition", str(condition.operator), condition.key)
                message = f"a service principal never has {condition.key}"
                yield Remark(
                    "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", message, where, key=True
                )


def _trust(statement: Statement, subject: Subject) -> Iterator[Remark]:
    assert statement.principal is not None
    named = statement.principal.named
    allows = statement.effect is Effect.ALLOW
    if allows and not statement.conditions and (Everyone() in named or EveryAws() in named):
        message = "anybody with an AWS account may assume this role"
        yield Remark("ROLE_TRUSTS_ANYONE", message, path_of(statement, "Principal"))
    for n, pattern in enumerate(statement.action.patterns):
        if pattern.partition(":")[0].lower() != "sts" and pattern != "*":
            message = f"a role's trust policy is asked for actions of sts, not for {pattern}"
            at = path_of(statement, type(statement.action).__name__, n)
            yield Remark("UNSUPPORTED_ACTION_IN_POLICY", message, at)
    if allows:
        yield from _mismatched(statement)
        yield from _issuers(statement, subject)
    services = [one.name.lower() for one in named if isinstance(one, Service)]
    fits = action_test(statement.action.patterns)
    lacking = [one for one in _ROLES_ANYWHERE_NEEDS if not _granted(one, subject, _ROLES_ANYWHERE)]
    if allows and _ROLES_ANYWHERE in services and fits("sts:AssumeRole") and lacking:
        message = f"{_ROLES_ANYWHERE} needs {', '.join(lacking)} too"
        at = path_of(statement, "Action")
        yield Remark("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", message, at)
    yield from _sessions(statement)


def _granted(action: str, subject: Subject, service: str) -> bool:
    return any(
        one.effect is Effect.ALLOW
        and action_test(one.action.patterns)(action)
        and one.principal is not None
        and any(isinstance(p, Service) and p.name.lower() == service for p in one.principal.named)
        for one in subject.statements
    )


def _mismatched(statement: Statement) -> Iterator[Remark]:
    """`AssumeRoleWithSAML`, `…WithWebIdentity` are of their providers, `AssumeRole` of others."""
    assert statement.principal is not None
    federated = [
        _provider(p.provider) for p in statement.principal.named if isinstance(p, Federated)
    ]
    others = len(federated) < len(statement.principal.named)
    for n, pattern in enumerate(statement.action.patterns):
        match pattern.lower():
            case "sts:assumerolewithsaml":
                wrong, right = others or any(one != "saml" for one in federated), "a SAML provider"
            case "sts:assumerolewithwebidentity":
                wrong, right = others or "saml" in federated, "an OIDC provider"
            case "sts:assumerole":
                wrong, right = bool(federated), "a principal of AWS"
            case _:
                continue
        if wrong:
            message = f"{pattern} is for {right}"
            yield Remark(
                "MISMATCHED_ACTION_FOR_PRINCIPAL", message, path_of(statement, "Action", n)
            )


def _issuers(statement: Statement, subject: Subject) -> Iterator[Remark]:
    """Whose tokens an OIDC provider's trust takes."""
    assert statement.principal is not None
    there = {one.key.lower() for one in statement.conditions}
    at = path_of(statement, "Principal", "Federated")
    for named in statement.principal.named:
        issuer = _provider(named.provider) if isinstance(named, Federated) else ""
        if not issuer or issuer == "saml":
            continue
        own = {key for key in there if key.startswith(f"{issuer.lower()}:")}
        if issuer.lower() == _GITHUB:
            if f"{_GITHUB}:sub" not in there:
                message = f"any repository of GitHub's may assume the role; add {_GITHUB}:sub"
                yield Remark("MISSING_GITHUB_REPO_CONDITION_KEY", message, at, key=True)
            continue
        if not own:
            message = f"no condition looks at the tokens of {issuer}: add {issuer}:aud and :sub"
            yield Remark("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", message, at, key=True)
        for shared in subject.catalog.facts.shared_issuers:
            keys = {key.lower() for key in shared.keys}
            if shared.issuer.lower() == issuer.lower() and there.isdisjoint(keys):
                wanted = " or ".join(shared.keys)
                message = f"{shared.title} serves many tenants; IAM wants a condition on {wanted}"
                yield Remark("SHARED_ISSUER_WITHOUT_TENANT", message, at, key=True)


def _sessions(statement: Statement) -> Iterator[Remark]:
    """A session beside its role says nothing more."""
    assert statement.principal is not None
    arns = [one.arn for one in statement.principal.named if isinstance(one, AwsArn)]
    roles = {
        one.replace(":iam:", ":sts:", 1).replace(":role/", ":assumed-role/", 1) for one in arns
    }
    for arn in arns:
        parent = arn.rpartition("/")[0]
        if ":assumed-role/" in arn and parent in roles:
            message = f"{arn} is a session of a role that is named too"
            at = path_of(statement, "Principal", "AWS")
            yield Remark("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", message, at)
