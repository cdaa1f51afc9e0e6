"""AWS's service reference in its v1.4 shape: one service that the catalog knows, one it does not.

https://docs.aws.amazon.com/service-authorization/latest/reference/service-reference.html
"""

import json
from pathlib import Path
from typing import Any

INDEX = [
    {"service": "sqs", "url": "https://servicereference.us-east-1.amazonaws.com/v1/sqs/sqs.json"},
    {
        "service": "moon",
        "url": "https://servicereference.us-east-1.amazonaws.com/v1/moon/moon.json",
    },
]


def action(name: str, *resources: str, keys: tuple[str, ...] = (), **flags: bool) -> dict[str, Any]:
    properties = {"IsList": False, "IsPermissionManagement": False}
    return {
        "Name": name,
        "ActionConditionKeys": list(keys),
        "Annotations": {
            "Properties": {**properties, "IsTaggingOnly": False, "IsWrite": False, **flags}
        },
        "Resources": [{"Name": one} for one in resources],
        "SupportedBy": {
            "IAM Access Analyzer Policy Generation": True,
            "IAM Action Last Accessed": False,
        },
    }


SQS = {
    "Name": "sqs",
    "Actions": [
        action("AddPermission", "queue", IsPermissionManagement=True, IsWrite=True),
        action("SendMessage", "queue", IsWrite=True),
        action("ListQueues", IsList=True),
        action("TagQueue", "queue", keys=("aws:TagKeys",), IsTaggingOnly=True, IsWrite=True),
        action("PeekMessage", "queue", keys=("sqs:PeekDepth",)),
    ],
    "ConditionKeys": [
        {"Name": "aws:ResourceTag/${TagKey}", "Types": ["String"]},
        {"Name": "aws:TagKeys", "Types": ["ArrayOfString"]},
    ],
    "Operations": [
        {
            "Name": "SendMessage",
            "AuthorizedActions": [{"Name": "SendMessage", "Service": "sqs"}],
            "SDK": [{"Name": "sqs", "Method": "send_message", "Package": "Boto3"}],
        }
    ],
    "Resources": [
        {
            "Name": "queue",
            "ARNFormats": ["arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"],
            "ConditionKeys": ["aws:ResourceTag/${TagKey}"],
        }
    ],
    "Version": "v1.4",
}

MOON = {
    "Name": "moon",
    "Actions": [action("LandProbe", "crater", keys=("moon:Phase",), IsWrite=True)],
    "ConditionKeys": [{"Name": "moon:Phase", "Types": ["Numeric"]}],
    "Operations": [],
    "Resources": [
        {"Name": "crater", "ARNFormats": ["arn:${Partition}:moon::${Account}:crater/${Id}"]}
    ],
    "Version": "v1.4",
}


def fetched(directory: Path) -> Path:
    """A directory as `curl` would leave it: the index beside the services."""
    for name, document in (("service-list", INDEX), ("sqs", SQS), ("moon", MOON)):
        (directory / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return directory
