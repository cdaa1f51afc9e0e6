"""Policies on single log groups, which moto mixes with those of the account; the rest is moto's.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html
Kinds: log-group-policy (with `resourceArn`), data-protection (with `logGroupName` and the
`dataProtectionStatus` that its listing tells).
"""

from collections.abc import Mapping
from typing import Any

from moto.logs.models import logs_backends

from idkeep.demo.overlay.tables import Asked, Table, listing

_OF_GROUP = listing(
    "log-group-policy", "resourcePolicies", size=50, where={"resourceArn": "resourceArn"}
)


def _policies(asked: Asked) -> Mapping[str, Any] | None:
    return _OF_GROUP(asked) if asked.params.get("policyScope") == "RESOURCE" else None


def _groups(asked: Asked) -> Mapping[str, Any] | None:
    """Moto's, each with the status of its data protection where one is declared."""
    protected = asked.things("data-protection")
    if not protected:
        return None
    states = {one["logGroupName"]: one["dataProtectionStatus"] for one in protected}
    backend = logs_backends[asked.state.account][asked.call.region]
    found = [one.to_describe_dict() for _, one in sorted(backend.groups.items())]
    told = [
        {**one, "dataProtectionStatus": states[one["logGroupName"]]}
        if one["logGroupName"] in states
        else one
        for one in found
    ]
    items, more = asked.page(told, 50)
    return {"logGroups": items, **more}


OPERATIONS: Table = {"DescribeLogGroups": _groups, "DescribeResourcePolicies": _policies}
