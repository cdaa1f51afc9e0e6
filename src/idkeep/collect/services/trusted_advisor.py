"""Trusted Advisor: one call for all regions, two hundred recommendations to a page.

A support plan without the API is told by an access error, as a missing permission is. Where the
words are not IAM's, one call of the AWS Support API settles it: that names a missing plan by a
code of its own.
Source: https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_ListRecommendations.html
and https://docs.aws.amazon.com/awssupport/latest/APIReference/Welcome.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.services.refusals import by_service, offered
from idkeep.collect.times import maybe_utc
from idkeep.model import Gap
from idkeep.model.logging import NotOffered
from idkeep.model.services import NotSubscribed, Recommendation, TrustedAdvisor

_NO_PLAN = "SubscriptionRequiredException"


def _recommendations(pages: Pages) -> TrustedAdvisor:
    return TrustedAdvisor(
        recommendations=tuple(
            _recommendation(one) for page in pages for one in page["recommendationSummaries"]
        )
    )


def _recommendation(told: Answer) -> Recommendation:
    counts: Answer = told["resourcesAggregates"]
    return Recommendation(
        arn=told["arn"],
        name=told["name"],
        status=told["status"],
        type=told["type"],
        source=told["source"],
        check=told.get("checkArn", ""),
        pillars=tuple(told["pillars"]),
        services=tuple(told.get("awsServices", ())),
        lifecycle=told.get("lifecycleStage", ""),
        ok=counts["okCount"],
        warning=counts["warningCount"],
        error=counts["errorCount"],
        excluded=counts.get("excludedCount", 0),
        updated=maybe_utc(told.get("lastUpdatedAt")),
    )


RECOMMENDATIONS = Collector(
    service="trustedadvisor",
    operation="ListRecommendations",
    params={"maxResults": 200},
    build=_recommendations,
    regional=True,
)


def _has_plan(pages: Pages) -> bool:
    [answer] = pages
    return "checks" in answer


PLAN = Collector(
    service="support",
    operation="DescribeTrustedAdvisorChecks",
    params={"language": "en"},
    build=_has_plan,
    answers={_NO_PLAN: False},
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (RECOMMENDATIONS, PLAN)


def read(ask: Ask) -> TrustedAdvisor | NotSubscribed | NotOffered | Gap:
    region = ask.aws.main_region
    found = ask.sure(RECOMMENDATIONS, region=region)
    if isinstance(found, Gap) and by_service(found) and ask(PLAN, region=region) is False:
        return NotSubscribed(code=_NO_PLAN)
    return offered(ask, RECOMMENDATIONS.service, region, found)
