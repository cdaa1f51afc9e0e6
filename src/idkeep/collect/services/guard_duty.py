"""GuardDuty. One call a region; for a detector three to seven more.

Its settings, administrator and counts of findings always; two for findings about identities where
there are findings at all; its members where nobody administers it; what the organisation's
accounts get where it has members.
Source: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Operations.html
"""

from datetime import datetime

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.times import utc
from idkeep.collect.words import is_enabled
from idkeep.model import Gap, NotToldHere
from idkeep.model.services import (
    Detector,
    DetectorDetails,
    DetectorFeature,
    DetectorFinding,
    DetectorOrganization,
    Member,
    SeverityCounts,
)

_UNARCHIVED = {"service.archived": {"Equals": ["false"]}}
# https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html: these findings
# "always have a Resource Type of AccessKey".
_IDENTITY = {"resource.resourceType": {"Equals": ["AccessKey", "AttackSequence"]}}
_NEWEST = 50
_NOT_ADMINISTRATOR = "BadRequestException"


def _ids(pages: Pages) -> tuple[str, ...]:
    return tuple(one for page in pages for one in page["DetectorIds"])


DETECTORS = Collector(service="guardduty", operation="ListDetectors", build=_ids, regional=True)


def _details(pages: Pages) -> DetectorDetails:
    [answer] = pages
    return DetectorDetails(
        enabled=is_enabled(answer["Status"]),
        frequency=answer.get("FindingPublishingFrequency", ""),
        features=tuple(map(_feature, answer.get("Features", ()))),
    )


def _feature(told: Answer) -> DetectorFeature:
    return DetectorFeature(
        name=told["Name"],
        enabled=is_enabled(told["Status"]),
        managed_by=told.get("ManagedBy"),
        parts=tuple(map(_feature, told.get("AdditionalConfiguration", ()))),
    )


DETECTOR = Collector(service="guardduty", operation="GetDetector", build=_details, regional=True)


def _administrator(pages: Pages) -> str | None:
    """An administrator or an account on its own gets an answer without content."""
    [answer] = pages
    told: Answer = answer.get("Administrator") or {}
    return told.get("AccountId") or None


ADMINISTRATOR = Collector(
    service="guardduty",
    operation="GetAdministratorAccount",
    build=_administrator,
    regional=True,
)


def _counts(pages: Pages) -> SeverityCounts:
    [answer] = pages
    if answer.get("NextToken"):
        raise ValueError("more severities than one answer holds")
    found = answer["FindingStatistics"].get("GroupedBySeverity", ())
    return SeverityCounts(counts={str(one["Severity"]): one["TotalFindings"] for one in found})


STATISTICS = Collector(
    service="guardduty",
    operation="GetFindingsStatistics",
    params={
        "GroupBy": "SEVERITY",
        "MaxResults": 100,
        "FindingCriteria": {"Criterion": _UNARCHIVED},
    },
    build=_counts,
    regional=True,
)


def _finding_ids(pages: Pages) -> tuple[str, ...]:
    return tuple(one for page in pages for one in page["FindingIds"])


NEWEST = Collector(
    service="guardduty",
    operation="ListFindings",
    params={
        "FindingCriteria": {"Criterion": {**_UNARCHIVED, **_IDENTITY}},
        "SortCriteria": {"AttributeName": "updatedAt", "OrderBy": "DESC"},
        "MaxResults": _NEWEST,
    },
    most_pages=1,
    build=_finding_ids,
    regional=True,
)


def _findings(pages: Pages) -> tuple[DetectorFinding, ...]:
    [answer] = pages
    found = map(_finding, answer["Findings"])
    return tuple(sorted(found, key=lambda one: one.updated, reverse=True))


def _finding(told: Answer) -> DetectorFinding:
    resource: Answer = told["Resource"]
    key: Answer = resource.get("AccessKeyDetails", {})
    return DetectorFinding(
        id=told["Id"],
        account=told["AccountId"],
        type=told["Type"],
        title=told.get("Title", ""),
        severity=told["Severity"],
        updated=utc(datetime.fromisoformat(told["UpdatedAt"])),
        resource=resource.get("ResourceType", ""),
        principal=key.get("UserName", ""),
        principal_type=key.get("UserType", ""),
        access_key=key.get("AccessKeyId", ""),
        count=told.get("Service", {}).get("Count"),
    )


FINDINGS = Collector(service="guardduty", operation="GetFindings", build=_findings, regional=True)


def _members(pages: Pages) -> tuple[Member, ...]:
    return tuple(
        Member(
            account=one["AccountId"],
            status=one["RelationshipStatus"],
            detector=one.get("DetectorId", ""),
        )
        for page in pages
        for one in page["Members"]
    )


MEMBERS = Collector(
    service="guardduty",
    operation="ListMembers",
    # Those who left or were never taken in are the ones not covered.
    params={"OnlyAssociated": "false"},
    build=_members,
    regional=True,
)


def _organization(pages: Pages) -> DetectorOrganization | NotToldHere:
    first = pages[0]
    return DetectorOrganization(
        auto_enable=first.get("AutoEnableOrganizationMembers", ""),
        limit_reached=first["MemberAccountLimitReached"],
        features={
            one["Name"]: one["AutoEnable"] for page in pages for one in page.get("Features", ())
        },
    )


ORGANIZATION: Collector[DetectorOrganization | NotToldHere] = Collector(
    service="guardduty",
    operation="DescribeOrganizationConfiguration",
    build=_organization,
    # Members may have come by invitation, to an account that is no delegated administrator.
    answers={_NOT_ADMINISTRATOR: NotToldHere(code=_NOT_ADMINISTRATOR)},
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (
    DETECTORS,
    DETECTOR,
    ADMINISTRATOR,
    STATISTICS,
    NEWEST,
    FINDINGS,
    MEMBERS,
    ORGANIZATION,
)


def in_region(ask: Ask, region: str) -> tuple[Detector, ...] | Gap:
    """What the administrator's listing of its members tells is not asked for."""
    listed = ask.told.detectors.get(region)
    if listed is not None:
        details = ask.sure(DETECTOR, region=region, DetectorId=listed.value)
        # Where it can't be read, by whatever reason, the account itself is asked from the start.
        if not isinstance(details, Gap):
            for instead_of in (DETECTORS, ADMINISTRATOR):
                ask.elsewhere(instead_of.action, MEMBERS.action, listed)
            return (_detector(ask, region, listed.value, details, listed.account),)
    ids = ask.sure(DETECTORS, region=region)
    if isinstance(ids, Gap):
        return ids
    return tuple(_asked(ask, region, one) for one in ids)


def _asked(ask: Ask, region: str, ident: str) -> Detector:
    details = ask.sure(DETECTOR, region=region, DetectorId=ident)
    administrator = ask(ADMINISTRATOR, region=region, DetectorId=ident)
    return _detector(ask, region, ident, details, administrator)


def _detector(
    ask: Ask,
    region: str,
    ident: str,
    details: DetectorDetails | Gap,
    administrator: str | Gap | None,
) -> Detector:
    findings = ask.sure(STATISTICS, region=region, DetectorId=ident)
    alone = administrator is None
    members = ask.sure(MEMBERS, region=region, DetectorId=ident) if alone else ()
    return Detector(
        id=ident,
        details=details,
        administrator=administrator,
        findings=findings,
        identity_findings=_newest(ask, region, ident, findings),
        members=members,
        organization=ask.sure(ORGANIZATION, region=region, DetectorId=ident) if members else None,
    )


def _newest(
    ask: Ask, region: str, ident: str, counted: SeverityCounts | Gap
) -> tuple[DetectorFinding, ...] | Gap:
    if isinstance(counted, SeverityCounts) and not any(counted.counts.values()):
        return ()
    ids = ask.sure(NEWEST, region=region, DetectorId=ident)
    if isinstance(ids, Gap) or not ids:
        return ids if isinstance(ids, Gap) else ()
    return ask.sure(FINDINGS, region=region, DetectorId=ident, FindingIds=list(ids))
