"""The permissions that a scan needs, drawn from the collectors: exactly what they call."""

from typing import Any

from idkeep.collect.account import COLLECTORS

IDENTITY = "sts:GetCallerIdentity"


def actions() -> tuple[str, ...]:
    """Every IAM action a scan uses, in order."""
    return tuple(sorted({IDENTITY, *(a for one in COLLECTORS for a in one.actions)}))


def scanner_policy() -> dict[str, Any]:
    """An identity policy for the scanning role.

    `Resource` is `*`: none of these actions can be limited to a resource that would leave a scan
    whole. Source: the Service Authorization Reference's pages of IAM, STS and Account Management.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "IdkeepScan",
                "Effect": "Allow",
                "Action": list(actions()),
                "Resource": "*",
            }
        ],
    }
