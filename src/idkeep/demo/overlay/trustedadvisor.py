"""Trusted Advisor's own API, for support plans that have it (kind plan).

https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_Operations.html. Kinds: plan,
check, recommendation, resource (with `recommendationIdentifier`).
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "The requested resource was not found.")


def _planned(asked: Asked) -> Mapping[str, Any]:
    if not asked.things("plan"):
        raise Refused(
            "AccessDeniedException",
            "Your account does not have an AWS Support plan that includes this operation.",
        )
    return {}


OPERATIONS: Table = {
    "GetRecommendation": one(
        "recommendation",
        by={"recommendationIdentifier": "arn"},
        into="recommendation",
        absent=ABSENT,
    ),
    "ListChecks": listing("check", "checkSummaries", size=200, needs=_planned),
    "ListRecommendationResources": listing(
        "resource",
        "recommendationResourceSummaries",
        where={"recommendationIdentifier": "recommendationArn", "status": "status"},
        needs=_planned,
    ),
    "ListRecommendations": listing(
        "recommendation",
        "recommendationSummaries",
        where={"status": "status", "type": "type"},
        size=200,
        needs=_planned,
    ),
}
