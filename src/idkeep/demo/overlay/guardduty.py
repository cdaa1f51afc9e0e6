"""Detectors and what they found.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Operations.html; fifty to a page.
Kinds: detector (its id among its members), administrator, admin-account, member, finding,
organization-configuration.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from idkeep.demo.declared.account import Said
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table, listing, one

SIZE = 50
FOREIGN = Refused(
    "BadRequestException",
    "The request is rejected because the input detectorId is not owned by the current account.",
)
OWNED = one("detector", by={"DetectorId": "DetectorId"}, absent=FOREIGN)


def _wanted(asked: Asked) -> list[Said]:
    """The findings that fit the one criterion that is told apart here, service.archived."""
    OWNED(asked)
    criteria = (asked.params.get("FindingCriteria") or {}).get("Criterion") or {}
    said = criteria.get("service.archived") or {}
    archived = said.get("Eq") or said.get("Equals") or ()
    return [
        finding
        for finding in asked.things("finding")
        if not archived or str(finding["Service"]["Archived"]).lower() in archived
    ]


def _list(asked: Asked) -> Mapping[str, Any]:
    items, more = asked.page([finding["Id"] for finding in _wanted(asked)], SIZE)
    return {"FindingIds": items, **more}


def _statistics(asked: Asked) -> Mapping[str, Any]:
    """By severity: as the older question asks for it, or grouped; nothing else is counted here."""
    by_severity: dict[float, list[Said]] = defaultdict(list)
    for finding in _wanted(asked):
        by_severity[finding["Severity"]].append(finding)
    if not asked.params.get("GroupBy"):
        counts = {str(severity): len(found) for severity, found in by_severity.items()}
        return {"FindingStatistics": {"CountBySeverity": counts}}
    if asked.params["GroupBy"] != "SEVERITY":
        raise NotImplementedError
    grouped = [
        {"Severity": severity, "TotalFindings": len(found), "LastGeneratedAt": 0}
        for severity, found in sorted(by_severity.items(), reverse=True)
    ]
    return {"FindingStatistics": {"GroupedBySeverity": grouped}}


OPERATIONS: Table = {
    "DescribeOrganizationConfiguration": one("organization-configuration", absent=FOREIGN),
    "GetAdministratorAccount": one(
        "administrator", into="Administrator", absent={"Administrator": {}}
    ),
    "GetDetector": OWNED,
    "GetFindings": listing("finding", "Findings", where={"FindingIds": "Id"}, size=SIZE),
    "ListDetectors": listing("detector", "DetectorIds", each="DetectorId", size=SIZE),
    "GetFindingsStatistics": _statistics,
    "ListFindings": _list,
    "ListMembers": listing("member", "Members", size=SIZE),
    "ListOrganizationAdminAccounts": listing("admin-account", "AdminAccounts", size=SIZE),
}
