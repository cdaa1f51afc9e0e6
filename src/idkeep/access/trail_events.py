"""What CloudTrail writes, as EventBridge gets it: in which envelope, and in which regions.

Sources: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
(the envelope), https://repost.aws/knowledge-center/root-user-account-eventbridge-rule (the words of
a sign-in's), https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
(global services) and
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
(sign-ins).
"""

import json
from collections.abc import Mapping
from typing import Any

_BY_TYPE = {
    "AwsApiCall": "AWS API Call via CloudTrail",
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
    "AwsConsoleAction": "AWS Console Action via CloudTrail",
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
}
DETAIL_TYPES = tuple(_BY_TYPE.values())
# Services whose events occur there alone, whatever region was worked in.
_GLOBAL = frozenset({"iam.amazonaws.com", "organizations.amazonaws.com"})
_SIGN_IN = "signin.amazonaws.com"


def in_account(event: Mapping[str, Any], account: str) -> Mapping[str, Any]:
    """The same event as it would be in another account."""
    text = json.dumps(event).replace(event["recipientAccountId"], account)
    found: Mapping[str, Any] = json.loads(text)
    return found


def enveloped(event: Mapping[str, Any], region: str) -> Mapping[str, Any]:
    """The event as a rule of the region sees it."""
    return {
        "version": "0",
        "id": "00000000-0000-4000-8000-000000000003",
        "detail-type": _BY_TYPE.get(event["eventType"], ""),
        "source": f"aws.{event['eventSource'].partition('.')[0]}",
        "account": event["recipientAccountId"],
        "time": event["eventTime"],
        "region": region,
        "resources": [],
        "detail": {**event, "awsRegion": region},
    }


def is_global(event: Mapping[str, Any]) -> bool:
    """Whether it occurs in the partition's home region alone.

    Root signs in by the global endpoint; a user's sign-in is where their console was.
    """
    source = event["eventSource"]
    return source in _GLOBAL or (source == _SIGN_IN and event["userIdentity"]["type"] == "Root")
