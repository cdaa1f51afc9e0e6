"""The permissions that a scan needs, drawn from the collectors: exactly what they call."""

from collections.abc import Iterable
from typing import Any

from idkeep.collect.families import collectors
from idkeep.model import DEFAULT_FAMILIES, Family

IDENTITY = "sts:GetCallerIdentity"


def actions(families: Iterable[Family] = DEFAULT_FAMILIES) -> tuple[str, ...]:
    """Every IAM action that a scan for these families uses, in order."""
    used = (action for one in collectors(families) for action in one.actions)
    return tuple(sorted({IDENTITY, *used}))


def scanner_policy(families: Iterable[Family] = DEFAULT_FAMILIES) -> dict[str, Any]:
    """An identity policy for the scanning role.

    `Resource` is `*`: none of these actions can be limited to a resource that would leave a scan
    whole. Source: the Service Authorization Reference's pages of the services asked.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "IdkeepScan",
                "Effect": "Allow",
                "Action": list(actions(families)),
                "Resource": "*",
            }
        ],
    }
