"""OCSF events of class Compliance Finding, one a line.

Source: https://schema.ocsf.io/1.5.0/classes/compliance_finding

An event's `finding_info.uid` is the finding's id in every run, and `activity_id` says whether it
is new, still there or resolved.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from idkeep.model import Fact, Severity, Status
from idkeep.model.history import Seen
from idkeep.report.format import Format, json_text
from idkeep.report.organization import OrganizationReport
from idkeep.report.results import Result, Whole, not_read, results
from idkeep.report.scan import CheckResult, ScanReport

OCSF = "1.5.0"
_FINDINGS = 2
_COMPLIANCE_FINDING = 2003
_CREATE, _UPDATE, _CLOSE = (1, "Create"), (2, "Update"), (3, "Close")
_SEVERITIES = {
    Severity.LOW: (2, "Low"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.HIGH: (4, "High"),
    Severity.CRITICAL: (5, "Critical"),
}
_UNKNOWN, _INFORMATIONAL = (0, "Unknown"), (1, "Informational")
# What became of the check, and of the finding.
_COMPLIANCE = {
    Status.FAIL: (3, "Fail"),
    Status.SUPPRESSED: (3, "Fail"),
    Status.UNKNOWN: (2, "Warning"),
    Status.PASS: (1, "Pass"),
    Status.NOT_APPLICABLE: (99, "Not applicable"),
}
_STATES = {
    Status.FAIL: (1, "New"),
    Status.SUPPRESSED: (3, "Suppressed"),
    Status.UNKNOWN: _UNKNOWN,
    Status.PASS: (4, "Resolved"),
    Status.NOT_APPLICABLE: (99, "Not applicable"),
}
_STANDING = (2, "In Progress")
_RESOLVED = (4, "Resolved")
_OF_AN_AWS_ACCOUNT = {"type_id": 10, "type": "AWS Account"}


class Document(Format):
    def account(self, report: ScanReport) -> Iterator[str]:
        common = _common(report.idkeep, report.taken, report.account, report.account_name)
        common["cloud"]["region"] = report.region or None
        for one in results(report):
            yield _line(_event(one, common, report.partition))
        checks = {one.id: one for one in report.checks}
        for seen in report.history:
            if seen.resolved == report.taken and (check := checks.get(seen.check)):
                yield _line(_resolved(seen, check, common))

    def end(self, report: Whole) -> Iterator[str]:
        if isinstance(report, OrganizationReport):
            names = {one.id: one.name for one in report.accounts}
            for one in not_read(report):
                name = names.get(one.account, "")
                common = _common(report.idkeep, report.begun, one.account, name)
                yield _line(_event(one, common, report.partition))


def _line(event: dict[str, Any]) -> str:
    return f"{json_text(_without_none(event))}\n"


def _common(version: str, taken: datetime, account: str, name: str) -> dict[str, Any]:
    return {
        "category_uid": _FINDINGS,
        "category_name": "Findings",
        "class_uid": _COMPLIANCE_FINDING,
        "class_name": "Compliance Finding",
        "time": _milliseconds(taken),
        "time_dt": taken.isoformat(),
        "cloud": {
            "provider": "AWS",
            "account": {"uid": account, "name": name or account, **_OF_AN_AWS_ACCOUNT},
        },
        "metadata": {
            "version": OCSF,
            "profiles": ["cloud", "datetime"],
            "product": {"name": "idkeep", "vendor_name": "idkeep", "version": version},
            "tenant_uid": account,
        },
    }


def _event(one: Result, common: dict[str, Any], partition: str) -> dict[str, Any]:
    state = _STATES[one.status]
    activity = _CREATE
    if one.seen and one.seen.first < one.seen.last:
        activity = _UPDATE
        state = state if one.status is Status.SUPPRESSED else _STANDING
    severity = _SEVERITIES[one.severity] if one.severity else _INFORMATIONAL
    if one.status is Status.UNKNOWN and one.check is None:
        severity = _UNKNOWN
    subject = one.subject
    return {
        **common,
        **_numbered("activity", activity, name="activity_name"),
        **_numbered("severity", severity),
        **_numbered("status", state),
        **_type(activity),
        "metadata": {**common["metadata"], "event_code": one.rule},
        "message": f"{subject.name} {one.message}".strip(),
        "status_code": one.status.value,
        "status_detail": _detail(one),
        "finding_info": _info(one, common),
        "compliance": _compliance(one.check, _COMPLIANCE[one.status]),
        "remediation": _remediation(one.check),
        "resources": [
            {
                "uid": subject.arn or subject.id or subject.name,
                "name": subject.name,
                "type": subject.kind,
                "region": subject.region,
                "cloud_partition": partition,
            }
        ],
        "evidences": [_evidence(fact) for fact in one.verdict.evidence] if one.verdict else None,
        "unmapped": _unmapped(one),
    }


def _resolved(seen: Seen, check: CheckResult, common: dict[str, Any]) -> dict[str, Any]:
    """Of one that is gone, its subject may be gone too: only its id is known then."""
    return {
        **common,
        **_numbered("activity", _CLOSE, name="activity_name"),
        **_numbered("severity", _SEVERITIES[check.severity]),
        **_numbered("status", _RESOLVED),
        **_type(_CLOSE),
        "metadata": {**common["metadata"], "event_code": check.id},
        "message": f"resolved: {check.title}",
        "status_code": "resolved",
        "finding_info": {
            "uid": seen.id,
            "title": check.title,
            "first_seen_time": _milliseconds(seen.first),
            "last_seen_time": _milliseconds(seen.last),
            "modified_time": common["time"],
        },
        "compliance": _compliance(check, _COMPLIANCE[Status.PASS]),
        "resources": [{"uid": seen.subject}],
    }


def _numbered(what: str, value: tuple[int, str], *, name: str = "") -> dict[str, Any]:
    return {f"{what}_id": value[0], name or what: value[1]}


def _type(activity: tuple[int, str]) -> dict[str, Any]:
    return {
        "type_uid": _COMPLIANCE_FINDING * 100 + activity[0],
        "type_name": f"Compliance Finding: {activity[1]}",
    }


def _info(one: Result, common: dict[str, Any]) -> dict[str, Any]:
    seen = one.seen
    return {
        "uid": one.id,
        "title": one.check.title if one.check else "Something could not be read.",
        "desc": " ".join(one.check.why.split()) if one.check else None,
        "types": list(one.check.controls) if one.check else None,
        "created_time": _milliseconds(seen.first) if seen else common["time"],
        "first_seen_time": _milliseconds(seen.first) if seen else None,
        "last_seen_time": _milliseconds(seen.last) if seen else None,
        "data_sources": sorted({f.action for f in one.verdict.evidence if f.action}) or None
        if one.verdict
        else None,
    }


def _compliance(check: CheckResult | None, status: tuple[int, str]) -> dict[str, Any]:
    return {
        "control": check.id if check else "not-read",
        "standards": ["idkeep control objectives"],
        "requirements": list(check.controls) if check else None,
        **_numbered("status", status),
    }


def _remediation(check: CheckResult | None) -> dict[str, Any] | None:
    return {"desc": check.remedy.plain} if check else None


def _evidence(fact: Fact) -> dict[str, Any]:
    value = json.loads(bytes(fact.value))
    told = {"name": fact.name, "value": value, "as_of": fact.as_of.isoformat()}
    return {"data": told | ({"action": fact.action} if fact.action else {})}


def _detail(one: Result) -> str | None:
    if one.finding and (agreed := one.finding.suppressed):
        return f"suppressed until {agreed.expires} by {agreed.owner}: {agreed.reason}"
    return one.message if one.status in (Status.UNKNOWN, Status.NOT_APPLICABLE) else None


def _unmapped(one: Result) -> dict[str, Any] | None:
    told: dict[str, Any] = {}
    if finding := one.finding:
        told = {
            "part": finding.at or None,
            "because": finding.because or None,
            "statements": msgspec.to_builtins(finding.statements) or None,
            "returned": one.seen.returned.isoformat() if one.seen and one.seen.returned else None,
            "new": one.is_new,
        }
    return {name: value for name, value in told.items() if value is not None} or None


def _milliseconds(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def _without_none(value: dict[str, Any]) -> dict[str, Any]:
    """What is not known is left out, except within what AWS said."""
    return {
        name: _without_none(one) if isinstance(one, dict) and name != "unmapped" else one
        for name, one in value.items()
        if one is not None
    }
