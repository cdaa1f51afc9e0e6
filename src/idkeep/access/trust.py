"""Whom a role's trust policy lets in: the engine is asked about each who might be meant.

What stands in the policy only says whom to ask about. Whether they get in, and under which
conditions, is decided.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.answer import SUREST, Answer, Says
from idkeep.access.asking import keys_of
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.fitting import STRANGER, Fit, beginning, filled_account, is_wild
from idkeep.model import Arn, Organization, Role, Unread
from idkeep.policy import (
    AwsAccount,
    AwsArn,
    AwsUniqueId,
    CanonicalUser,
    Context,
    Effect,
    Federated,
    NotPrincipal,
    Policy,
    PolicyKind,
    Service,
    Statement,
)
from idkeep.policy.context import Given
from idkeep.policy.requester import WEB_PROVIDERS, Requester

STRANGERS_ORGANIZATION = "o-idkeepstrangers"
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}", re.ASCII)
_PRINCIPAL = re.compile(r"root|(?:role|user)/[\w+=,.@/-]+", re.ASCII)
_NAME = re.compile(r"[a-z0-9-]+", re.ASCII)
_ASSUME = "sts:AssumeRole"
_TAGS = ":resourcetag/"
_TELL_USERS = frozenset({"aws:principaltype", "aws:username"})
_ANY_SERVICE = "lambda.amazonaws.com"
"""One of AWS's services, where a policy lets in all of them."""
# What only a service that acts for somebody sends.
_SOURCES: dict[str, Given] = dict.fromkeys(
    (
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
    ),
    (),
)


class Kind(StrEnum):
    """`ANYONE` has any AWS account; `ORGANIZATION` and `ACCOUNT` are all who are in one."""

    ANYONE = "anyone"
    ORGANIZATION = "organization"
    ACCOUNT = "account"
    PRINCIPAL = "principal"
    SERVICE = "service"
    SAML = "saml"
    OIDC = "oidc"


class Admitted(Struct, frozen=True, kw_only=True):
    """Somebody who gets in, or of whom it is not known.

    `name` is an ARN, an account's number, an organisation's id, a service, an issuer without its
    scheme, or "*". `account` is whose principal it is, "" for those of none. `provider` is what a
    trust policy calls an identity provider. `answer` is of one who stands for all of them.
    """

    kind: Kind
    name: str
    account: str = ""
    provider: str = ""
    answer: Answer

    @property
    def proviso(self) -> str:
        """Words that follow whom it lets in; "" where nothing is asked of them."""
        said = self.answer.proviso
        return f" {said}" if said else ""


class Trust(Struct, frozen=True, kw_only=True):
    """`deleted` are the unique ids of principals that are no more, with their statement's number.

    `unread` says why there may be more than `admitted`.
    """

    admitted: tuple[Admitted, ...] = ()
    deleted: tuple[tuple[str, int], ...] = ()
    unread: tuple[Unread, ...] = ()

    def of(self, *kinds: Kind) -> Iterator[Admitted]:
        return (one for one in self.admitted if one.kind in kinds)


class Probe(Struct, frozen=True, kw_only=True):
    """A request that somebody might make. `keys` are told of it; the rest of it stays open.

    `of_pattern`: one of the account whom a condition may mean; nothing new if all of it gets in.
    """

    kind: Kind
    name: str
    requester: str
    account: str = ""
    provider: str = ""
    keys: dict[str, Given] = {}
    of_pattern: bool = False

    @property
    def action(self) -> str:
        match self.kind:
            case Kind.SAML:
                return "sts:AssumeRoleWithSAML"
            case Kind.OIDC:
                return "sts:AssumeRoleWithWebIdentity"
            case _:
                return _ASSUME


class Trusts:
    """The trust of every role of an estate; roles of one text are asked about once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_text: dict[str, Trust] = {}

    def of(self, role: Role) -> Trust:
        site = self._engine.sites[role.arn]
        # A resource control policy may name the role it speaks of, a condition its tags.
        alone = site.target.rcp is not None or self._asks_for_tags(role.trust)
        key = f"{role.trust} {role.arn}" if alone else role.trust
        found = self._by_text.get(key)
        if found is None:
            found = self._by_text[key] = self._judged(role)
        return replace(
            found,
            admitted=tuple(
                replace(one, answer=replace(one.answer, resource=role.arn, site=site))
                for one in found.admitted
            ),
        )

    def _asks_for_tags(self, text: str) -> bool:
        read = self._engine.documents.policy(text, PolicyKind.TRUST)
        return isinstance(read, Policy) and any(_TAGS in key for key in keys_of(read))

    def _judged(self, role: Role) -> Trust:
        read = self._engine.documents.policy(role.trust, PolicyKind.TRUST)
        if not isinstance(read, Policy):
            return Trust(unread=(read,))
        admitted: dict[tuple[Kind, str], Admitted] = {}
        for probe in probes(self._engine, read):
            known = admitted.get((probe.kind, probe.name))
            whole = admitted.get((Kind.ACCOUNT, probe.account)) if probe.of_pattern else None
            if any(one and one.answer.says is Says.YES for one in (known, whole)):
                continue
            answer = ask(self._engine, role, probe)
            if answer.says is not Says.NO and (known is None or is_wider(answer, known.answer)):
                admitted[probe.kind, probe.name] = Admitted(
                    kind=probe.kind,
                    name=probe.name,
                    account=probe.account,
                    provider=probe.provider,
                    answer=answer,
                )
        return Trust(admitted=tuple(admitted.values()), deleted=tuple(_deleted(read)))


def is_wider(answer: Answer, than: Answer) -> bool:
    """Whether one of two answers about the same people is the one to tell: the surer one."""
    return SUREST.index(answer.says) < SUREST.index(than.says)


def trust_of(engine: Engine, role: Role) -> Trust:
    """Whom the role's trust policy lets in, of all whom it might mean."""
    return engine.once(Trusts).of(role)


def compared(engine: Engine, role: Role, key: str) -> tuple[str, ...]:
    """The values that the role's trust policy compares a condition key with, each once."""
    read = engine.documents.policy(role.trust, PolicyKind.TRUST)
    statements = read.statements if isinstance(read, Policy) else ()
    conditions = [c for one in statements for c in one.conditions if c.key.lower() == key.lower()]
    return tuple(dict.fromkeys(value for one in conditions for value in one.values))


def ask(
    engine: Engine, role: Role, probe: Probe, keys: Mapping[str, Given] | None = None
) -> Answer:
    """Whether the role lets that request in; `keys` are told besides."""
    own = {} if probe.kind is Kind.SERVICE else _SOURCES
    context = ANYTHING.told({**own, **probe.keys, **(keys or {})})
    return engine.outsider(probe.requester, probe.action, role.arn, context)


def again(engine: Engine, role: Role, one: Admitted, keys: Mapping[str, Given]) -> Answer:
    """The same question about somebody who gets in, with more told of the request."""
    answer = one.answer
    context: Context = answer.context.told(keys)
    return engine.outsider(answer.caller.name, answer.action, role.arn, context)


def probes(engine: Engine, trust: Policy) -> Iterator[Probe]:
    """Everybody whom a trust policy might mean, the widest first."""
    asked = _Asked(engine, trust)
    allows = [one for one in trust.statements if one.effect is Effect.ALLOW]
    named = [who for one in allows if one.principal for who in one.principal.named]
    if any(_means_everybody(one) for one in allows):
        yield from asked.anybody()
    accounts = [one.account for one in named if isinstance(one, AwsAccount)]
    for account in dict.fromkeys(accounts):
        yield from asked.account(account)
        yield from asked.named_in(account)
    for one in dict.fromkeys(one.arn for one in named if isinstance(one, AwsArn)):
        yield from asked.principal(one)
    for one in dict.fromkeys(one.id for one in named if isinstance(one, CanonicalUser)):
        yield from asked.canonical(one)
    for one in dict.fromkeys(one.name for one in named if isinstance(one, Service)):
        yield Probe(kind=Kind.SERVICE, name=one, requester=one)
    for one in dict.fromkeys(one.provider for one in named if isinstance(one, Federated)):
        yield from asked.provider(one)


def _means_everybody(statement: Statement) -> bool:
    """`*` in either form, or all but some."""
    if statement.principal is None:
        return False
    return isinstance(statement.principal, NotPrincipal) or any(
        str(one) in {"*", "AWS:*"} for one in statement.principal.named
    )


class _Asked:
    """Whom to ask about, as the conditions of one policy tell them apart."""

    def __init__(self, engine: Engine, trust: Policy) -> None:
        self._engine = engine
        self._partition = engine.snapshot.account.partition
        conditions = [c for one in trust.statements for c in one.conditions]
        values = [value for one in conditions for value in one.values]
        self._keys = keys_of(trust)
        self._wild = dict.fromkeys(value for value in values if is_wild(value))
        self._of_key: dict[str, tuple[str, ...]] = {}
        for one in conditions:
            key = one.key.lower()
            self._of_key[key] = (*self._of_key.get(key, ()), *one.values)
        self._accounts = sorted({found for value in values for found in _ACCOUNT.findall(value)})
        self._organizations = sorted(
            {found for value in values for found in _ORGANIZATION.findall(value)}
        )

    def anybody(self) -> Iterator[Probe]:
        stranger = strangers_account(self._engine, self._accounts)
        fits = tuple(self._fits(stranger))
        numbers = dict.fromkeys(filter(None, map(filled_account, self._wild)))
        for keys in strangers_keys():
            for requester in self._somebody(stranger):
                yield Probe(kind=Kind.ANYONE, name="*", requester=requester, keys=keys)
            for fit in fits:
                yield Probe(kind=Kind.ANYONE, name="*", requester=fit.value, keys=keys)
            for number in numbers:
                for requester in self._somebody(number):
                    yield Probe(kind=Kind.ANYONE, name="*", requester=requester, keys=keys)
        for organization in self._organizations:
            keys = within_organization(organization)
            for requester in self._somebody(stranger):
                yield Probe(
                    kind=Kind.ORGANIZATION, name=organization, requester=requester, keys=keys
                )
        for account in self._accounts:
            yield from self.account(account)
            yield from self.named_in(account)
        yield from self._services()
        yield from self._providers()

    def named_in(self, account: str) -> Iterator[Probe]:
        """Principals of an account whom a condition names."""
        for fit in self._fits(account):
            for keys in _organization_keys(self._engine, account, self._organizations):
                yield Probe(
                    kind=Kind.PRINCIPAL,
                    name=fit.pattern,
                    requester=fit.value,
                    account=account,
                    keys=keys,
                    of_pattern=is_wild(fit.pattern),
                )

    def account(self, account: str) -> Iterator[Probe]:
        """Anybody of an account; the policy may ask for one of the organisations it names."""
        for keys in _organization_keys(self._engine, account, self._organizations):
            for requester in self._somebody(account):
                yield Probe(
                    kind=Kind.ACCOUNT, name=account, requester=requester, account=account, keys=keys
                )

    def canonical(self, ident: str) -> Iterator[Probe]:
        """S3's own number of an account, which tells nobody whose it is."""
        account = strangers_account(self._engine, self._accounts)
        for requester in self._somebody(account):
            yield Probe(
                kind=Kind.ACCOUNT, name=f"canonical user {ident[:12]}…", requester=requester
            )

    def principal(self, arn: str) -> Iterator[Probe]:
        if not _is_requester(arn):
            return
        account = Arn.parse(arn).account
        for keys in _organization_keys(self._engine, account, self._organizations):
            yield Probe(kind=Kind.PRINCIPAL, name=arn, requester=arn, account=account, keys=keys)

    def _somebody(self, account: str) -> Iterator[str]:
        """A role of an account, and a user where the policy tells the two apart."""
        for kind in ("role", "user") if self._keys & _TELL_USERS else ("role",):
            yield f"arn:{self._partition}:iam::{account}:{kind}/{STRANGER}"

    def _fits(self, account: str) -> Iterator[Fit]:
        """Principals of an account who fit what a condition asks of their ARN."""
        found: dict[str, Fit] = {}
        for value in self._of_key.get("aws:principalarn", ()):
            for form in ("role/", "user/", "root"):
                for fit in beginning(f"arn:{self._partition}:iam::{account}:{form}", value):
                    name = fit.value.split(":", 5)[5]
                    if _PRINCIPAL.fullmatch(name) and name != f"role/{STRANGER}":
                        found.setdefault(fit.value, fit)
        return iter(found.values())

    def _services(self) -> Iterator[Probe]:
        """Services that conditions mean where a statement names nobody."""
        told = [one for one in self._of_key.get("aws:principalservicename", ()) if "*" not in one]
        arns = [one.split(":") for one in self._of_key.get("aws:sourcearn", ())]
        told += [f"{one[2]}.amazonaws.com" for one in arns if one[2:] and _NAME.fullmatch(one[2])]
        if "aws:principalisawsservice" in self._keys:
            told.append(_ANY_SERVICE)
        for name in dict.fromkeys(told):
            if "." in name:
                yield Probe(kind=Kind.SERVICE, name=name, requester=name)

    def _providers(self) -> Iterator[Probe]:
        """Providers of web identities that AWS has built in, and the account's own."""
        own = self._engine.snapshot.providers
        for kind in (own.oidc, own.saml):
            for one in kind if isinstance(kind, tuple) else ():
                yield from self.provider(one.arn)
        for name in sorted(WEB_PROVIDERS):
            yield from self.provider(name)

    def provider(self, provider: str) -> Iterator[Probe]:
        """Somebody whom a provider sends; what he shows has no claims of other issuers."""
        if not _is_requester(provider):
            return
        if not provider.startswith("arn:"):
            kind, name, account = Kind.OIDC, provider, ""
        else:
            arn = Arn.parse(provider)
            form, _, name = arn.resource.partition("/")
            kind, account = Kind.SAML if form == "saml-provider" else Kind.OIDC, arn.account
            name = provider if kind is Kind.SAML else name
        heads = (key.rpartition(":")[0] for key in self._keys)
        others = {head for head in heads if "." in head and head != name.lower()}
        keys = dict.fromkeys((one for one in self._keys if one.rpartition(":")[0] in others), ())
        yield Probe(
            kind=kind,
            name=name,
            requester=provider,
            account=account,
            provider=provider,
            keys={**keys},
        )


def strangers_keys() -> Iterator[dict[str, Given]]:
    """Of somebody in an organisation that no policy means, and of somebody in none."""
    yield outside_organization()
    yield NO_ORGANIZATION


def outside_organization() -> dict[str, Given]:
    """The keys of somebody in an organisation that no policy means."""
    path = f"{STRANGERS_ORGANIZATION}/r-{STRANGER}/"
    return {**within_organization(STRANGERS_ORGANIZATION), "aws:PrincipalOrgPaths": (path,)}


NO_ORGANIZATION: dict[str, Given] = {"aws:PrincipalOrgID": (), "aws:PrincipalOrgPaths": ()}
"""The keys of an account that stands alone: it has none, which `…IfExists` lets pass."""


def within_organization(organization: str) -> dict[str, Given]:
    return {"aws:PrincipalOrgID": organization}


def _organization_keys(
    engine: Engine, account: str, organizations: list[str]
) -> Iterator[dict[str, Given]]:
    """What is known of an account's organisation, then each that the policy might ask for."""
    own = engine.snapshot.organization
    if account == engine.snapshot.account.id or not isinstance(own, Organization):
        yield {}
        return
    accounts = own.accounts if isinstance(own.accounts, tuple) else ()
    for one in accounts:
        if one.id == account:
            path = "/".join((own.id, *one.path)) + "/" if isinstance(one.path, tuple) else ""
            paths: dict[str, Given] = {"aws:PrincipalOrgPaths": (path,)} if path else {}
            yield {**within_organization(own.id), **paths}
            return
    if account in engine.siblings:
        yield within_organization(own.id)
        return
    # The whole list names the management account; a part kept for one account may not.
    whole = bool(engine.siblings) or any(one.id == own.management_account for one in accounts)
    if account == own.management_account or not whole:
        yield {}
        return
    yield from strangers_keys()
    for organization in organizations:
        if organization != own.id:
            yield within_organization(organization)


def strangers_account(engine: Engine, mentioned: Iterable[str]) -> str:
    """A number that is nobody's in this policy."""
    taken = {*mentioned, engine.snapshot.account.id}
    return next(n for n in (f"{k:012d}" for k in range(len(taken) + 1)) if n not in taken)


def _is_requester(arn: str) -> bool:
    try:
        Requester.parse(arn)
    except ValueError:
        return False
    return True


def _deleted(trust: Policy) -> Iterator[tuple[str, int]]:
    for statement in trust.statements:
        if statement.effect is Effect.ALLOW and statement.principal:
            for one in statement.principal.named:
                if isinstance(one, AwsUniqueId):
                    yield one.id, statement.index
