"""Every resource with a policy, and the identities of workloads.

The list calls come first: for R regions about 22 R, more where there are many items to a page,
and 3 for each EKS cluster. They tell what the rest costs: `estimate`. For each item that is
at most: bucket 5, access point 2, KMS key 4, queue 1, topic 1, function 2 (and 1 for each alias
with a URL), secret 3 (and 1 for each further policy), repository 1, table 1, log group 1,
EKS access entry 2, pod identity 1, identity pool 2, agents' credential
provider 1, agent gateway 2, agent runtime 2.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector
from idkeep.collect.regions import COLLECTORS as REGION_COLLECTORS
from idkeep.collect.resources import (
    agentcore,
    apigateway,
    cognito,
    dynamodb,
    ecr,
    eks,
    events,
    kms,
    lambda_,
    logs,
    ram,
    roles_anywhere,
    s3,
    secrets,
    sns,
    sqs,
    ssm,
)
from idkeep.collect.resources.kind import AnyKind, Found, Place
from idkeep.model import Gap
from idkeep.model.gap import Unlisted
from idkeep.model.resources import Resources

_MODULES = (
    s3,
    kms,
    sqs,
    sns,
    lambda_,
    secrets,
    ecr,
    dynamodb,
    events,
    apigateway,
    logs,
    ram,
    roles_anywhere,
    eks,
    cognito,
    ssm,
    agentcore,
)
KINDS: tuple[AnyKind, ...] = tuple(kind for module in _MODULES for kind in module.KINDS)
COLLECTORS: tuple[AnyCollector, ...] = (
    *REGION_COLLECTORS,
    *(one for module in _MODULES for one in module.COLLECTORS),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is still to be asked: about `calls` more, made by `read`."""

    calls: int
    read: Callable[[], Resources]


def plan(ask: Ask) -> Plan:
    """Ask what there is, and say what reading it costs."""
    listed = ask.each(KINDS, lambda kind: kind.lists(ask))
    found = tuple(
        (kind, Found(gaps=(one,)) if isinstance(one, Gap) else one)
        for kind, one in zip(KINDS, listed, strict=True)
    )
    return Plan(estimate(found), partial(_read, ask, found))


def estimate(found: Iterable[tuple[AnyKind, Found[Any]]]) -> int:
    """How many calls reading these costs at most; further pages come on top."""
    return sum(kind.calls(item) for kind, listed in found for _, item in listed.items)


def _read(ask: Ask, found: tuple[tuple[AnyKind, Found[Any]], ...]) -> Resources:
    block = s3.account_block(ask)
    read = ask.each(found, lambda one: _kind(ask, *one))
    fields: dict[str, Any] = {}
    unlisted: list[Unlisted] = []
    for (kind, listed), one in zip(found, read, strict=True):
        items = (one,) if isinstance(one, Gap) else one
        fields[kind.field] = tuple(item for item in items if not isinstance(item, Gap))
        gaps = (*listed.gaps, *(item for item in items if isinstance(item, Gap)))
        unlisted += [Unlisted(kind.model.__name__, gap) for gap in dict.fromkeys(gaps)]
    return Resources(account_public_access_block=block, unlisted=tuple(unlisted), **fields)


def _kind(ask: Ask, kind: AnyKind, listed: Found[Any]) -> tuple[Any, ...]:
    def one(at: tuple[str, Any]) -> object:
        region, item = at
        return kind.read(ask, Place(ask.partition, region, ask.account), item)

    return ask.each(listed.items, one)
