"""IAM Access Analyzer. One call a region; one for each analyzer, and up to ten for its findings.

Only external access has findings read one by one, of an analyzer that has active ones. AWS
documents nothing to sort them by: of more than ten pages, the newest of the first ten are kept.
Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListAnalyzers.html and
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ListFindings.html
"""

from collections import Counter

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.times import maybe_utc, utc
from idkeep.model import Family, Gap, NotAsked
from idkeep.model.services import (
    AnalyzedResources,
    Analyzer,
    AnalyzerStatistics,
    ExternalFinding,
)

_EXTERNAL = frozenset({"ACCOUNT", "ORGANIZATION"})
_NEWEST = 100
_PUBLIC, _CROSS_ACCOUNT, _ERRORS = "public", "cross-account", "errors"


def _analyzers(pages: Pages) -> tuple[Analyzer, ...]:
    """Without what is counted and found."""
    return tuple(_analyzer(one) for page in pages for one in page["analyzers"])


def _analyzer(told: Answer) -> Analyzer:
    configuration: Answer = told.get("configuration", {})
    unused: Answer = configuration.get("unusedAccess", {})
    internal: Answer = configuration.get("internalAccess", {})
    exclusions: tuple[Answer, ...] = tuple(unused.get("analysisRule", {}).get("exclusions", ()))
    return Analyzer(
        arn=told["arn"],
        name=told["name"],
        type=told["type"],
        status=told["status"],
        status_reason=told.get("statusReason", {}).get("code", ""),
        managed_by=told.get("managedBy"),
        unused_age=unused.get("unusedAccessAge"),
        exclusions=len(exclusions),
        excluded_accounts=tuple(name for one in exclusions for name in one.get("accountIds", ())),
        excluded_tags=tuple(
            dict(tags) for one in exclusions for tags in one.get("resourceTags", ())
        ),
        inclusions=tuple(
            AnalyzedResources(
                accounts=tuple(one.get("accountIds", ())),
                types=tuple(one.get("resourceTypes", ())),
                arns=tuple(one.get("resourceArns", ())),
            )
            for one in internal.get("analysisRule", {}).get("inclusions", ())
        ),
        statistics=NotAsked(Family.SERVICES),
    )


ANALYZERS = Collector(
    service="accessanalyzer",
    operation="ListAnalyzers",
    action="access-analyzer:ListAnalyzers",
    build=_analyzers,
    regional=True,
)


def _statistics(pages: Pages) -> AnalyzerStatistics:
    [answer] = pages
    states: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for one in answer["findingsStatistics"]:
        # A union: each has one member, named for what the analyzer looks for.
        [(looks_for, told)] = one.items()
        for state in ("Active", "Archived", "Resolved"):
            states[state] += told.get(f"total{state}Findings", 0)
        kinds.update(_KINDS[looks_for](told))
    return AnalyzerStatistics(
        active=states["Active"],
        archived=states["Archived"],
        resolved=states["Resolved"],
        by_kind={kind: count for kind, count in kinds.items() if count},
        updated=maybe_utc(answer.get("lastUpdatedAt")),
    )


def _external(told: Answer) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for one in told.get("resourceTypeStatistics", {}).values():
        kinds[_PUBLIC] += one.get("totalActivePublic", 0)
        kinds[_CROSS_ACCOUNT] += one.get("totalActiveCrossAccount", 0)
        kinds[_ERRORS] += one.get("totalActiveErrors", 0)
    return kinds


def _unused(told: Answer) -> Counter[str]:
    found = told.get("unusedAccessTypeStatistics", ())
    return Counter({one["unusedAccessType"]: one["total"] for one in found})


def _internal(told: Answer) -> Counter[str]:
    found = told.get("resourceTypeStatistics", {}).items()
    return Counter({name: one.get("totalActiveFindings", 0) for name, one in found})


_KINDS = {
    "externalAccessFindingsStatistics": _external,
    "unusedAccessFindingsStatistics": _unused,
    "internalAccessFindingsStatistics": _internal,
}
STATISTICS = Collector(
    service="accessanalyzer",
    operation="GetFindingsStatistics",
    action="access-analyzer:GetFindingsStatistics",
    build=_statistics,
    absent=frozenset({"ResourceNotFoundException"}),
    regional=True,
)


def _findings(pages: Pages) -> tuple[ExternalFinding, ...]:
    found = (_finding(one) for page in pages for one in page["findings"])
    return tuple(sorted(found, key=lambda one: one.updated, reverse=True)[:_NEWEST])


def _finding(told: Answer) -> ExternalFinding:
    return ExternalFinding(
        id=told["id"],
        resource=told.get("resource", ""),
        resource_type=told["resourceType"],
        account=told["resourceOwnerAccount"],
        updated=utc(told["updatedAt"]),
        is_public=told.get("isPublic", False),
        principal=dict(told.get("principal", {})),
        actions=tuple(told.get("action", ())),
        condition=dict(told.get("condition", {})),
        error=told.get("error", ""),
        rcp=told.get("resourceControlPolicyRestriction", ""),
    )


FINDINGS = Collector(
    service="accessanalyzer",
    operation="ListFindings",
    action="access-analyzer:ListFindings",
    params={"filter": {"status": {"eq": ["ACTIVE"]}}},
    most_pages=10,
    build=_findings,
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (ANALYZERS, STATISTICS, FINDINGS)


def in_region(ask: Ask, region: str) -> tuple[Analyzer, ...] | Gap:
    listed = ask.sure(ANALYZERS, region=region)
    return listed if isinstance(listed, Gap) else tuple(_whole(ask, region, one) for one in listed)


def _whole(ask: Ask, region: str, analyzer: Analyzer) -> Analyzer:
    statistics = ask(STATISTICS, region=region, analyzerArn=analyzer.arn)
    findings: tuple[ExternalFinding, ...] | Gap | None = None
    if analyzer.type in _EXTERNAL:
        has_none = isinstance(statistics, AnalyzerStatistics) and not statistics.active
        findings = () if has_none else ask.sure(FINDINGS, region=region, analyzerArn=analyzer.arn)
    return replace(analyzer, statistics=statistics, findings=findings)
