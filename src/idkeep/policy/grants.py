"""KMS grants, read as the resource policies that they amount to.

AWS's own authorization records report a grant as a resource-based policy.
Sources, under https://docs.aws.amazon.com/kms/latest/: developerguide/grants.html,
developerguide/create-grant-overview.html ("Grant constraints"),
APIReference/API_GrantConstraints.html.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from idkeep.policy.document import Policy, PolicyKind
from idkeep.policy.expression import Open, Truth, Undocumented
from idkeep.policy.parse import parse

# "all cryptographic operations with a symmetric KMS key"; others have no encryption context.
_WITH_ENCRYPTION_CONTEXT = frozenset(
    {
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    }
)


class GrantConstraints(Struct, frozen=True, kw_only=True, rename="pascal"):
    """What a request must carry for the grant to count."""

    encryption_context_subset: dict[str, str] | None = None
    encryption_context_equals: dict[str, str] | None = None
    source_arn: str = ""


class Grant(Struct, frozen=True, kw_only=True, rename="pascal"):
    """A grant, as `kms:ListGrants` tells it; decoding takes AWS's own names.

    `issuing_account` is an account's id or its root's ARN, "" where it is not told.
    """

    grantee_principal: str = ""
    grantee_service_principal: str = ""
    retiring_principal: str = ""
    retiring_service_principal: str = ""
    issuing_account: str = ""
    operations: tuple[str, ...] = ()
    constraints: GrantConstraints = GrantConstraints()


def documents(grant: Grant) -> tuple[Policy, ...]:
    """The policies that allow what it allows. Raises `PolicyError` for a strange principal."""
    statements = _statements(grant)
    return _documents(json.dumps(statements)) if statements else ()


@lru_cache(maxsize=1024)
def _documents(statements: str) -> tuple[Policy, ...]:
    text = f'{{"Version": "2012-10-17", "Statement": {statements}}}'
    return (parse(text, PolicyKind.RESOURCE),)


def issued_by(grant: Grant, account: str) -> Truth:
    """Whether that account issued the grant; open where it is not told."""
    if not grant.issuing_account:
        return Open(Undocumented("which account issued the grant is not told"))
    return account in grant.issuing_account.split(":")


def _statements(grant: Grant) -> list[dict[str, Any]]:
    conditions = _conditions(grant.constraints)
    source = {k: v for k, v in conditions.items() if k == "ArnEquals"}
    grantee = _principal(grant.grantee_principal, grant.grantee_service_principal)
    retiring = _principal(grant.retiring_principal, grant.retiring_service_principal)
    limited = [o for o in grant.operations if o in _WITH_ENCRYPTION_CONTEXT]
    free = [o for o in grant.operations if o not in _WITH_ENCRYPTION_CONTEXT]
    told = [
        (grantee, limited, conditions),
        (grantee, free, source),
        (retiring, ["RetireGrant"], source),
    ]
    return [
        {
            "Effect": "Allow",
            "Principal": principal,
            "Action": [f"kms:{operation}" for operation in operations],
            "Resource": "*",
            "Condition": condition,
        }
        for principal, operations, condition in told
        if principal and operations
    ]


def _principal(arn: str, service: str) -> dict[str, str]:
    """A service may stand in either field of an answer."""
    name = service or arn
    if not name:
        return {}
    return {"AWS" if name.startswith("arn:") else "Service": name}


def _conditions(constraints: GrantConstraints) -> dict[str, Mapping[str, object]]:
    """Keys of an encryption context have no case here, values do."""
    pairs = {
        **(constraints.encryption_context_subset or {}),
        **(constraints.encryption_context_equals or {}),
    }
    conditions: dict[str, Mapping[str, object]] = {}
    if pairs:
        conditions["StringEquals"] = {f"kms:EncryptionContext:{k}": v for k, v in pairs.items()}
    if constraints.encryption_context_equals is not None:
        keys = list(constraints.encryption_context_equals)
        conditions["ForAllValues:StringEqualsIgnoreCase"] = {"kms:EncryptionContextKeys": keys}
    if constraints.source_arn:
        conditions["ArnEquals"] = {"aws:SourceArn": constraints.source_arn}
    return conditions
