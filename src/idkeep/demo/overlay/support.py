"""Trusted Advisor through AWS Support, for support plans that have it (kind plan).

https://docs.aws.amazon.com/awssupport/latest/APIReference/API_Operations.html. Kinds: plan, check,
result (with `checkId`), summary, case, severity.
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Answering, Asked, Table, listing, one


def _planned(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/awssupport/latest/user/about-support-api.html."""
    if not asked.things("plan"):
        raise Refused(
            "SubscriptionRequiredException",
            "Amazon Web Services Premium Support Subscription is required to use this service.",
        )
    return {}


def _for_subscribers(operation: Answering) -> Answering:
    def answer(asked: Asked) -> Mapping[str, Any]:
        _planned(asked)
        return operation(asked)

    return answer


OPERATIONS: Table = {
    "DescribeCases": listing("case", "cases", size=10, needs=_planned),
    "DescribeSeverityLevels": listing("severity", "severityLevels", needs=_planned),
    "DescribeTrustedAdvisorCheckResult": _for_subscribers(
        one(
            "result",
            by={"checkId": "checkId"},
            into="result",
            absent=Refused("InvalidParameterValueException", "Invalid checkId"),
        )
    ),
    "DescribeTrustedAdvisorCheckSummaries": listing(
        "summary", "summaries", where={"checkIds": "checkId"}, needs=_planned
    ),
    "DescribeTrustedAdvisorChecks": listing("check", "checks", size=1000, needs=_planned),
}
