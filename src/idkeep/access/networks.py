"""Policies that take another network for the one they mean.

A VPC's id is told from others in its Region alone, a private address in its VPC alone. Whether a
policy asks for more is proven: does it allow, from a stranger's VPC in another Region that has the
same id or address, what it does not allow from one that has not? What tells them apart is
`aws:SourceVpcArn`, `aws:SourceVpce`, `aws:VpceAccount`, `aws:VpceOrgID`, `aws:VpceOrgPaths`, or the
Region of the request.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-network-properties
"""

from collections.abc import Iterable, Iterator
from functools import partial
from ipaddress import ip_address, ip_network

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.engine import EVERYTHING, OPEN_TO_ALL, Engine
from idkeep.access.fitting import STRANGER, filled, is_wild
from idkeep.access.holder import default_document
from idkeep.access.more import in_words
from idkeep.access.trust import STRANGERS_ORGANIZATION
from idkeep.model import (
    Arn,
    Gap,
    Group,
    ManagedPolicy,
    NotAsked,
    Organization,
    Role,
    Snapshot,
    Unread,
    User,
)
from idkeep.model.other_resources import MoreResources
from idkeep.policy import Context, Policy, PolicyKind, Statement, parse
from idkeep.policy.condition import holds
from idkeep.policy.symbolic import Undecided, Witness, exceeds

_STEPS = 20_000
_VPC, _ADDRESS = "aws:sourcevpc", "aws:vpcsourceip"
_ELSEWHERE = "xx-elsewhere-9"
# Ranges for documentation, of which no network of anybody's is made (RFC 5737).
_NO_ONES = ("192.0.2.77", "198.51.100.77", "203.0.113.77")
_TO_ASSUME = parse(
    '{"Version": "2012-10-17", "Statement":'
    ' {"Effect": "Allow", "Principal": "*", "Action": "sts:*"}}',
    PolicyKind.TRUST,
)
# What is added to a policy so that its denials show; those of an organisation have it anyway.
_ALL = {
    PolicyKind.IDENTITY: EVERYTHING,
    PolicyKind.RESOURCE: OPEN_TO_ALL,
    PolicyKind.TRUST: _TO_ASSUME,
}


class Document(Struct, frozen=True, kw_only=True):
    """A policy and where it stands: `name` in words, `arn` of what it stands on or is."""

    name: str
    arn: str = ""
    digest: str
    policy: Policy


class Mistaken(Struct, frozen=True, kw_only=True):
    """All that a document asks of some network is that `key` has that `value`.

    `statement` is the first that asks so. `what` is a request that shows it, "" where AWS has no
    such action; `why_unknown` says why it could not be decided.
    """

    key: str
    value: str
    statement: int
    what: str = ""
    why_unknown: str = ""


def documents(engine: Engine) -> Iterator[Document | Unread]:
    """Every policy that the account wrote, and why some are missing.

    In the account that manages the organisation its SCPs and RCPs too.
    """
    yield from _of_identities(engine)
    for site in engine.sites.values():
        yield from site.unread
        for named, policy in zip(site.policies, site.target.policies or (), strict=True):
            yield Document(name=str(named), arn=site.arn, digest=named.digest, policy=policy)
    yield from _missing(engine.snapshot)
    yield from _of_organization(engine)


def _missing(snapshot: Snapshot) -> Iterator[Unread]:
    """Why there may be more. Resources of other types count where somebody asked for them."""
    for kind in (ManagedPolicy, User, Group, Role):
        yield from snapshot.missing(kind)
    resources, others = snapshot.resources, snapshot.more_resources
    if isinstance(resources, Gap | NotAsked):
        yield resources
    else:
        yield from (one.gap for one in resources.unlisted)
    if isinstance(others, Gap):
        yield others
    elif isinstance(others, MoreResources):
        yield from (one.gap for one in others.unlisted)


def _of_identities(engine: Engine) -> Iterator[Document | Unread]:
    snapshot = engine.snapshot
    for policy in snapshot.policies:
        if ":iam::aws:" in policy.arn:
            continue
        digest, name = default_document(policy), f"policy {policy.name}"
        if digest is None:
            yield Gap(
                ManagedPolicy.LISTED_BY, f"the text in force of {name} is not in the snapshot"
            )
        else:
            yield _read(engine, name, digest, PolicyKind.IDENTITY, policy.arn)
    for kind, holders in (
        ("user", snapshot.users),
        ("group", snapshot.groups),
        ("role", snapshot.roles),
    ):
        for one in holders:
            for each in one.inline_policies:
                name = f"inline policy {each.name} of {kind} {one.name}"
                yield _read(engine, name, each.document, PolicyKind.IDENTITY, one.arn)


def _of_organization(engine: Engine) -> Iterator[Document | Unread]:
    own = engine.snapshot.organization
    if not isinstance(own, Organization) or own.management_account != engine.account:
        return
    if not isinstance(own.policy_types, tuple):
        yield own.policy_types
        return
    for one in own.policy_types:
        kind = _GUARDRAILS.get(one.name)
        if kind is None:
            continue
        if isinstance(one.policies, Gap | NotAsked):
            yield one.policies
        for policy in one.policies if isinstance(one.policies, tuple) else ():
            if isinstance(policy.document, str):
                name = f"{kind.value.upper()} {policy.name}"
                yield _read(engine, name, policy.document, kind, policy.arn)
            else:
                yield policy.document


_GUARDRAILS = {
    "SERVICE_CONTROL_POLICY": PolicyKind.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyKind.RCP,
}


def _read(engine: Engine, name: str, digest: str, kind: PolicyKind, arn: str) -> Document | Unread:
    read = engine.documents.policy(digest, kind)
    if not isinstance(read, Policy):
        return read
    return Document(name=name, arn=arn, digest=digest, policy=read)


def mistaken(engine: Engine, policy: Policy) -> Iterator[Mistaken]:
    """By which VPC's id, and by which private addresses, a policy takes another network for its."""
    asked: dict[str, dict[str, int]] = {_VPC: {}, _ADDRESS: {}}
    for one in policy.statements:
        for condition in one.conditions:
            if condition.key.lower() in asked:
                for value in condition.values:
                    asked[condition.key.lower()].setdefault(value, one.index)
    vpcs, addresses = asked[_VPC], asked[_ADDRESS]
    inside = next(filter(None, map(_within, addresses)), _NO_ONES[0])
    outside = (own for own in _NO_ONES if not any(_holds(each, own) for each in addresses))
    apart = next(outside, "")
    # Where every address fits, some endpoint is all that is asked for.
    network = partial(_network, engine.snapshot.account.partition)
    other = network(_OTHER, apart) if apart else _INTERNET
    found = [
        # Where any id will do, the other is that of nobody's endpoint.
        (
            _VPC,
            value,
            number,
            network(filled(value), inside),
            _INTERNET if is_wild(value) else network(_OTHER, inside),
        )
        for value, number in vpcs.items()
    ]
    found += [
        (_ADDRESS, value, number, network(_OTHER, own), other)
        for value, number in addresses.items()
        if (own := _within(value))
    ]
    for key, value, number, same, other in found:
        told = _told_apart(policy, same, other)
        if isinstance(told, Witness):
            what = in_words(engine, told.request)
            yield Mistaken(key=key, value=value, statement=number, what=what)
        elif isinstance(told, Undecided):
            yield Mistaken(key=key, value=value, statement=number, why_unknown=told.why)


_OTHER = f"vpc-{STRANGER}"


def _network(partition: str, vpc: str, address: str) -> Context:
    """A stranger's VPC in another Region, through an endpoint there."""
    arn = str(Arn(partition, "ec2", _ELSEWHERE, "000000000000", f"vpc/{vpc}"))
    return Context(
        {
            _VPC: vpc,
            "aws:SourceVpcArn": arn,
            "aws:SourceVpce": f"vpce-{STRANGER}",
            _ADDRESS: address,
            "aws:SourceIp": (),
            "aws:VpceAccount": "000000000000",
            "aws:VpceOrgID": STRANGERS_ORGANIZATION,
            "aws:VpceOrgPaths": (f"{STRANGERS_ORGANIZATION}/r-{STRANGER}/",),
            "aws:RequestedRegion": _ELSEWHERE,
        },
        unknown="*",
    )


# A request that comes through no endpoint, from an address that nobody means.
_INTERNET = _network("", "", "").told(
    {
        **dict.fromkeys((_VPC, "aws:SourceVpcArn", "aws:SourceVpce", _ADDRESS), ()),
        **dict.fromkeys(("aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths"), ()),
        "aws:SourceIp": _NO_ONES[0],
    }
)
_KEYS = frozenset(
    {
        *(_VPC, "aws:sourcevpcarn", "aws:sourcevpce", _ADDRESS, "aws:sourceip"),
        *("aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths", "aws:requestedregion"),
    }
)


def _told_apart(policy: Policy, same: Context, other: Context) -> Witness | Undecided | None:
    """A request that is allowed from the one network and not from the other; None for none."""
    here, there = _seen(policy, same), _seen(policy, other)
    if here == there:
        return None
    every = _ALL.get(policy.kind)
    for more in [()] if every is None else [(), (every,)]:
        found = exceeds((here, *more), (there, *more), steps=_STEPS)
        if isinstance(found, Witness | Undecided):
            return found
    return None


def _seen(policy: Policy, network: Context) -> Policy:
    """What a policy says to requests of that network: its conditions on networks are decided."""
    return replace(policy, statements=tuple(_left(policy.statements, network)))


def _left(statements: Iterable[Statement], network: Context) -> Iterator[Statement]:
    for one in statements:
        told = {
            condition: holds(condition, one.version, network)
            for condition in one.conditions
            if condition.key.lower() in _KEYS
        }
        if False not in told.values():
            left = tuple(each for each in one.conditions if told.get(each) is not True)
            yield replace(one, conditions=left)


def _within(block: str) -> str:
    """An address of a block; "" for what is none."""
    try:
        return str(ip_network(block, strict=False).network_address)
    except ValueError:
        return ""


def _holds(block: str, address: str) -> bool:
    try:
        return ip_address(address) in ip_network(block, strict=False)
    except ValueError:
        return False
