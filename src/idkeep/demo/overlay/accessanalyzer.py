"""Analyzers and what they found.

https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Operations.html. Kinds:
analyzer, finding (with `analyzerArn`), finding-v2 (the same), archive-rule (with `analyzerName`).
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Answering, Asked, Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "Resource not found")
KNOWN = one("analyzer", by={"analyzerArn": "arn"}, into=None, absent=ABSENT)
NAMED = one("analyzer", by={"analyzerName": "name"}, into="analyzer", absent=ABSENT)


def _findings(kind: str) -> Answering:
    """An analyzer's findings; of the filters, `eq` of one of their own members."""

    def answer(asked: Asked) -> Mapping[str, Any]:
        KNOWN(asked)
        wanted = {
            name: said["eq"]
            for name, said in (asked.params.get("filter") or {}).items()
            if said.get("eq")
        }
        shape = asked.model.output_shape.members["findings"].member
        found = [
            {name: value for name, value in finding.items() if name in shape.members}
            for finding in asked.things(kind)
            if finding["analyzerArn"] == asked.params["analyzerArn"]
            and all(str(finding.get(name)) in values for name, values in wanted.items())
        ]
        items, more = asked.page(found, 100)
        return {"findings": items, **more}

    return answer


def _statistics(asked: Asked) -> Mapping[str, Any]:
    """Counts by state, under the word for the analyzer's kind of finding."""
    KNOWN(asked)
    arn = asked.params["analyzerArn"]
    (kind,) = (one["type"] for one in asked.things("analyzer") if one["arn"] == arn)
    is_unused = kind.endswith("UNUSED_ACCESS")
    states = Counter(
        finding["status"]
        for finding in asked.things("finding-v2" if is_unused else "finding")
        if finding["analyzerArn"] == arn
    )
    counts = {
        "totalActiveFindings": states["ACTIVE"],
        "totalArchivedFindings": states["ARCHIVED"],
        "totalResolvedFindings": states["RESOLVED"],
    }
    internal = "internalAccess" if kind.endswith("INTERNAL_ACCESS") else "externalAccess"
    word = "unusedAccess" if is_unused else internal
    return {"findingsStatistics": [{f"{word}FindingsStatistics": counts}], "lastUpdatedAt": 0}


OPERATIONS: Table = {
    "GetAnalyzer": NAMED,
    "GetFindingV2": one("finding-v2", by={"analyzerArn": "analyzerArn", "id": "id"}, absent=ABSENT),
    "ListAnalyzers": listing("analyzer", "analyzers", where={"type": "type"}),
    "ListArchiveRules": listing(
        "archive-rule", "archiveRules", where={"analyzerName": "analyzerName"}
    ),
    "GetFindingsStatistics": _statistics,
    "ListFindings": _findings("finding"),
    "ListFindingsV2": _findings("finding-v2"),
}
