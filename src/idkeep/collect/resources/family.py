"""Every resource with a policy, and the identities of workloads.

The list calls come first: for R regions about 22 R, more where there are many items to a page,
and 3 for each EKS cluster. They tell what the rest costs: `estimate`. For each item that is
at most: bucket 5, access point 2, KMS key 4, queue 1, topic 1, function 2 (and 1 for each alias
with a URL), secret 3 (and 1 for each further policy), repository 1, table 1, log group 1,
EKS access entry 2, pod identity 1, identity pool 2, agents' credential
provider 1, agent gateway 2, agent runtime 2.
"""

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
from idkeep.collect.resources.kind import AnyKind
from idkeep.collect.resources.plan import Listed, Plan, estimate, listed, read_each
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


def plan(ask: Ask) -> Plan[Resources]:
    """Ask what there is, and say what reading it costs."""
    found = listed(ask, KINDS)
    return Plan(estimate(found), partial(_read, ask, found))


def _read(ask: Ask, found: Listed) -> Resources:
    block = s3.account_block(ask)
    read = read_each(ask, found)
    fields: dict[str, Any] = {kind.field: one.items for kind, one in zip(KINDS, read, strict=True)}
    return Resources(
        account_public_access_block=block,
        unlisted=tuple(gap for one in read for gap in one.unlisted),
        **fields,
    )
