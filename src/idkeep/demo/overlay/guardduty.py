"""Detectors and what they found.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Operations.html; fifty to a page.
Kinds: detector (its id among its members), administrator, admin-account, member, finding,
organization-configuration.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from idkeep.demo.declared.account import Said
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table, listing, one

SIZE = 50
MOST_GROUPS = 25
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
    """By severity as the older question asks for it, or grouped: 25 groups unless told.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetFindingsStatistics.html
    """
    grouped_by = asked.params.get("GroupBy")
    if not grouped_by:
        severities = Counter(str(finding["Severity"]) for finding in _wanted(asked))
        return {"FindingStatistics": {"CountBySeverity": dict(severities)}}
    member, tells = GROUPS[grouped_by]
    groups: dict[tuple[tuple[str, Any], ...], list[Said]] = defaultdict(list)
    for finding in _wanted(asked):
        groups[tuple(tells(finding).items())].append(finding)
    counted = [
        {**dict(group), "TotalFindings": len(found), "LastGeneratedAt": _newest(found)}
        for group, found in groups.items()
    ]
    is_rising = asked.params.get("OrderBy") == "ASC"
    counted.sort(key=lambda one: one["TotalFindings"], reverse=not is_rising)
    most = asked.params.get("MaxResults") or MOST_GROUPS
    return {"FindingStatistics": {member: counted[:most]}}


def _date(finding: Said) -> dict[str, Any]:
    return {"Date": float(int(_age(finding))), "Severity": finding["Severity"]}


def _resource(finding: Said) -> dict[str, Any]:
    """Of the kinds of resource only an access key has its id where it is looked for here."""
    resource = finding["Resource"]
    key = resource.get("AccessKeyDetails", {}).get("AccessKeyId", "")
    return {
        "AccountId": finding["AccountId"],
        "ResourceType": resource["ResourceType"],
        "ResourceId": key,
    }


GROUPS: Mapping[str, tuple[str, Callable[[Said], dict[str, Any]]]] = {
    "ACCOUNT": ("GroupedByAccount", lambda finding: {"AccountId": finding["AccountId"]}),
    "DATE": ("GroupedByDate", _date),
    "FINDING_TYPE": ("GroupedByFindingType", lambda finding: {"FindingType": finding["Type"]}),
    "RESOURCE": ("GroupedByResource", _resource),
    "SEVERITY": ("GroupedBySeverity", lambda finding: {"Severity": finding["Severity"]}),
}


def _age(finding: Said) -> float:
    """In days, as `ages` reads it: `@2` is two days ago."""
    return float(finding["UpdatedAt"].removeprefix("@"))


def _newest(found: Iterable[Said]) -> float:
    return min(map(_age, found))


def _members(asked: Asked) -> Mapping[str, Any]:
    """Those who left or were never taken in too, where that is asked for."""
    OWNED(asked)
    every = str(asked.params.get("OnlyAssociated") or "true").lower() == "false"
    members = asked.things("member")
    found = [one for one in members if every or one["RelationshipStatus"] == "Enabled"]
    items, more = asked.page(found, SIZE)
    return {"Members": items, **more}


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
    "ListMembers": _members,
    "ListOrganizationAdminAccounts": listing("admin-account", "AdminAccounts", size=SIZE),
}
