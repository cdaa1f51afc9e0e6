"""Whom the policy of a resource lets in from outside, and to do what.

The policy only says whom to ask about; the engine decides, with the resource control policies,
S3's block of public access and KMS grants. What is asked for are things that its own statements
name, with a word in the place of each wildcard.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.answer import SUREST, Answer, Says
from idkeep.access.asking import keys_of
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.fitting import STRANGER, filled
from idkeep.access.service_sources import foreign_sources, named_sources
from idkeep.access.targets import Site
from idkeep.access.trust import Kind, Probe, is_wider, probes
from idkeep.model import Arn
from idkeep.policy import (
    And,
    Context,
    Depends,
    Effect,
    Expression,
    Holds,
    Not,
    Or,
    RequesterKind,
    Resource,
    Unknown,
)
from idkeep.policy.compiled.lanes import chosen
from idkeep.policy.context import Given

_VARIABLE = re.compile(r"\$\{[^}]*\}")
_OWN_ACCOUNT = re.compile(r"\$\{aws:PrincipalAccount\}", re.IGNORECASE)
_OF_PRINCIPAL = "aws:principaltag/"
_WILD = re.compile(r"[*?]+")
_ARN_FIELDS = 6
# What a caller from outside decides about its own request, and what only AWS's services send.
CALLERS_OWN: dict[str, Given] = {
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:SourceArn": (),
    "aws:SourceAccount": (),
    "aws:SourceOrgID": (),
    "aws:SourceOrgPaths": (),
    "aws:CalledVia": (),
    "aws:PrincipalServiceName": (),
    "aws:PrincipalServiceNamesList": (),
}
# A caller may have a service ask for it, where the policies tell that apart.
_BY_SERVICE = frozenset(
    {"aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"}
)
_THROUGH_SERVICE: dict[str, Given] = {
    **{key: value for key, value in CALLERS_OWN.items() if key != "aws:CalledVia"},
    "aws:ViaAWSService": "true",
}

# Whoever does not sign in is in no account, so nothing of that is in the request:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_NOBODYS: dict[str, Given] = dict.fromkeys(
    (
        "aws:FederatedProvider",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:SourceIdentity",
        "aws:TokenIssueTime",
        "aws:username",
        "kms:CallerAccount",
    ),
    (),
)


class Opening(Struct, frozen=True, kw_only=True):
    """Somebody from outside who gets in, or of whom it is not known.

    `actions` are those of the resource's services. `account` is whose principal `name` is, "" for
    anybody's. `answer` is the surest, about one of the actions.
    """

    kind: Kind
    name: str
    account: str = ""
    actions: tuple[str, ...]
    answer: Answer

    @property
    def is_anonymous(self) -> bool:
        return self.answer.caller.requester.kind is RequesterKind.ANONYMOUS


def _every(_: str) -> bool:
    return True


def openings(
    engine: Engine, site: Site, services: tuple[str, ...], wanted: Callable[[str], bool] = _every
) -> tuple[Opening, ...]:
    """Everybody from outside whom the resource's policies let in; an organisation as a whole too.

    `services` are prefixes of the actions that its policies may speak of.
    `wanted` says which of the services' actions are asked for, by name; by default all are.
    Anybody without an account and anybody with one are told apart. A service of AWS is not judged
    here: it acts for somebody, as `service_openings` asks.
    """
    found: dict[tuple[Kind, str, bool], Opening] = {}
    for probe in _asked(engine, site):
        key = (probe.kind, probe.name, probe.requester == "*")
        whole = found.get((Kind.ACCOUNT, probe.account, False)) if probe.of_pattern else None
        if whole and whole.answer.says is Says.YES:
            continue
        for own in _ways(site, probe):
            known = found.get(key)
            told = ANYTHING.told({**own, **_keys(probe)})
            opening = _opening(engine, site, services, probe, told, wanted)
            if opening:
                found[key] = _both(known, opening) if known else opening
    return tuple(found.values())


def _both(known: Opening, found: Opening) -> Opening:
    """Two answers about the same people: what they may do together, and the surer one."""
    if found.answer.why_unknown:
        return known
    if known.answer.why_unknown:
        return found
    best = found if is_wider(found.answer, known.answer) else known
    return replace(best, actions=tuple(dict.fromkeys((*known.actions, *found.actions))))


def _ways(site: Site, probe: Probe) -> Iterator[dict[str, Given]]:
    """How somebody may come: straight, or through a service if the policies look at that."""
    yield CALLERS_OWN
    looked_at = set[str]().union(*map(keys_of, site.target.policies or ()))
    if probe.requester != "*" and looked_at & _BY_SERVICE:
        yield _THROUGH_SERVICE


def service_openings(engine: Engine, site: Site, services: tuple[str, ...]) -> Iterator[Opening]:
    """AWS services that the policies let in for somebody of another account, whoever it is.

    Where they let it in for some alone, `account` is each other account that they name, or
    organisation.
    """
    policies = site.target.policies or ()
    named = [one for policy in policies for one in probes(engine, policy)]
    for name in dict.fromkeys(one.name for one in named if one.kind is Kind.SERVICE):
        anybody = (("", keys) for keys in foreign_sources(engine, policies, name))
        found = tuple(_served(engine, site, services, name, anybody))
        yield from found or _served(
            engine, site, services, name, named_sources(engine, policies, name)
        )


def _served(
    engine: Engine,
    site: Site,
    services: tuple[str, ...],
    name: str,
    asked: Iterable[tuple[str, dict[str, Given]]],
) -> Iterator[Opening]:
    """For whom a service gets in, each once, of those with what it says there."""
    found: set[str] = set()
    for whom, keys in asked:
        if whom in found:
            continue
        told: dict[str, Given] = {"aws:SecureTransport": "true", "aws:SourceOwner": (), **keys}
        probe = Probe(kind=Kind.SERVICE, name=name, requester=name, account=whom, keys=told)
        opening = _opening(engine, site, services, probe, ANYTHING.told(told))
        if opening:
            found.add(whom)
            yield opening


def _asked(engine: Engine, site: Site) -> Iterator[Probe]:
    ours = engine.snapshot.account.id
    every = {Kind.ANYONE, Kind.ORGANIZATION, Kind.ACCOUNT, Kind.PRINCIPAL}
    for policy in site.target.policies or ():
        tags: dict[str, Given] = {
            key: () for key in keys_of(policy) if key.startswith(_OF_PRINCIPAL)
        }
        nobody = Probe(kind=Kind.ANYONE, name="*", requester="*", keys={**_NOBODYS, **tags})
        named = tuple(probes(engine, policy))
        if any(one.kind is Kind.ANYONE for one in named):
            yield nobody
        for one in named:
            if one.kind in every and one.account != ours:
                yield one
    for grant in site.target.grants:
        arn = grant.grantee_principal
        if arn.startswith("arn:") and Arn.parse(arn).account not in ("", ours):
            account = Arn.parse(arn).account
            yield Probe(kind=Kind.PRINCIPAL, name=arn, requester=arn, account=account)


def _opening(
    engine: Engine,
    site: Site,
    services: tuple[str, ...],
    probe: Probe,
    context: Context,
    wanted: Callable[[str], bool] = _every,
) -> Opening | None:
    """What one may do, asked of each thing that the policies speak of."""
    allowed: list[Answer] = []
    unsure: list[Answer] = []
    actions: dict[str, None] = {}
    for alike, resource in _requests(engine, site, services, probe, wanted):
        answer = engine.outsider_at(site, probe.requester, alike[0], resource, context)
        if answer.says in {Says.YES, Says.DEPENDS}:
            allowed.append(answer)
            actions |= dict.fromkeys(alike)
        elif isinstance(answer.decision, Unknown):
            # What was not read is told of the resource as a whole.
            unsure.append(answer)
    if not (allowed or unsure):
        return None
    best = min(allowed or unsure, key=lambda one: SUREST.index(one.says))
    return Opening(
        kind=probe.kind,
        name=probe.name,
        account=probe.account,
        actions=tuple(actions),
        answer=best,
    )


def _keys(probe: Probe) -> dict[str, Given]:
    """KMS and SNS tell the caller's account by keys of their own.

    SNS's default policy lets everybody in whose account, as `AWS:SourceOwner`, is the topic's:
    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
    """
    if not probe.requester.startswith("arn:"):
        return {**probe.keys, "aws:SourceOwner": ()}
    account = Arn.parse(probe.requester).account
    return {**probe.keys, "kms:CallerAccount": account, "aws:SourceOwner": account}


def _requests(
    engine: Engine,
    site: Site,
    services: tuple[str, ...],
    probe: Probe,
    wanted: Callable[[str], bool],
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Actions that no statement tells apart, with each thing that some statement names."""
    account = probe.requester.split(":")[4] if probe.requester.startswith("arn:") else STRANGER
    things = {site.arn: None}
    meant = 0
    words = engine.vocabulary
    for policy in site.target.policies or ():
        for one in policy.statements:
            if one.effect is Effect.ALLOW:
                meant |= words.meant(one.action)
                patterns = one.resource.patterns if isinstance(one.resource, Resource) else ()
                own = (_OWN_ACCOUNT.sub(account, pattern) for pattern in patterns)
                things |= dict.fromkeys(_things(own, site.arn))
    granted = [f"kms:{one}" for grant in site.target.grants for one in grant.operations]
    of_services = 0
    for service in services:
        of_services |= words.of_service(service)
    meant = (meant & of_services) | words.lanes(granted)
    actions = tuple(filter(wanted, chosen(words.names, meant)))
    for alike in _alike(engine, site, actions, frozenset(granted)):
        for thing in things:
            yield alike, thing


def _alike(
    engine: Engine, site: Site, actions: tuple[str, ...], granted: frozenset[str]
) -> Iterable[tuple[str, ...]]:
    """Those that the same statements and rules speak of; functions have rules for pairs."""
    words, reached = engine.vocabulary, engine.facts.rcps_reach
    levels = (level.policies for level in site.target.rcp or ())
    policies = (*(site.target.policies or ()), *chain(*levels))
    elements = [words.meant(one.action) for policy in policies for one in policy.statements]
    found: dict[object, list[str]] = {}
    for action in actions:
        lane = words.lane(action) or 0
        own = action if action.startswith("lambda:") else ""
        home = action.lower() in engine.facts.own_account_only
        spoken = tuple(element >> lane & 1 for element in elements)
        key = (spoken, action in reached, home, action if action in granted else "", own)
        found.setdefault(key, []).append(action)
    return map(tuple, found.values())


def _things(patterns: Iterable[str], arn: str) -> Iterator[str]:
    """What is in a resource that a pattern names."""
    for pattern in patterns:
        text = _VARIABLE.sub(STRANGER, pattern)
        fields = text.split(":", _ARN_FIELDS - 1)
        if len(fields) == _ARN_FIELDS:
            *head, last = fields
            own = arn.split(":", _ARN_FIELDS - 1) + [""] * _ARN_FIELDS
            whole = [
                mine if _WILD.fullmatch(field) else filled(field)
                for field, mine in zip(head, own, strict=False)
            ]
            yield ":".join((*whole, filled(last)))


def limiting_keys(answer: Answer) -> tuple[str, ...]:
    """The keys that an answer hangs on and that an outsider can't choose.

    A place is none of them if somebody anywhere passes: `0.0.0.0/0`, or all but a few addresses.
    """
    keys = [key for key in questioned_keys(answer) if key.lower().startswith(_NOT_CHOSEN)]
    places = [key for key in keys if key.lower() in _PLACES]
    decision = answer.decision
    if places and isinstance(decision, Depends):
        anywhere = (answer.context.told({**_PLACES, "aws:sourceip": one}) for one in _ADDRESSES)
        if all(decision.residual.evaluate(one) is not False for one in anywhere):
            keys = [key for key in keys if key not in places]
    return tuple(keys)


def has_choices(answer: Answer) -> bool:
    """Whether an answer hangs on one condition or another, and not on all of them."""
    return isinstance(answer.decision, Depends) and _branches(answer.decision.residual)


def _branches(expression: Expression) -> bool:
    match expression:
        case Or():
            return True
        case And(parts=parts):
            return any(map(_branches, parts))
        case Not(part=part):
            return not isinstance(part, Holds)
        case _:
            return False


def questioned_keys(answer: Answer) -> tuple[str, ...]:
    """The keys that an answer hangs on, none for one that hangs on nothing."""
    decision = answer.decision
    if not isinstance(decision, Depends):
        return ()
    return tuple(dict.fromkeys(one.condition.key for one in _questions(decision.residual)))


# Addresses far from each other, and a network of a stranger's own.
_ADDRESSES = ("5.44.7.9", "52.95.110.1", "99.83.21.4", "130.176.8.8", "187.12.3.4")
_PLACES: dict[str, Given] = {
    "aws:sourceip": (),
    "aws:sourcevpc": f"vpc-{STRANGER}",
    "aws:sourcevpce": f"vpce-{STRANGER}",
}
# Where a request comes from and who makes it; the rest is written by who sends it.
_NOT_CHOSEN = ("aws:source", "aws:vpce", "aws:principal", "aws:userid", "aws:username")


def _questions(expression: Expression) -> Iterator[Holds]:
    match expression:
        case Holds():
            yield expression
        case And(parts=parts) | Or(parts=parts):
            for one in parts:
                yield from _questions(one)
        case Not(part=part):
            yield from _questions(part)
        case _:
            return
