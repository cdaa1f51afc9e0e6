"""Each result as one line of JSON; the last line of each account, and of all, says how it went."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from idkeep.model import Fact
from idkeep.report.format import Format, json_text
from idkeep.report.organization import OrganizationReport
from idkeep.report.results import Result, Whole, not_read, results
from idkeep.report.scan import ScanReport

RESULT = "idkeep.result/1"
END = "idkeep.end/1"


class Document(Format):
    def account(self, report: ScanReport) -> Iterator[str]:
        for one in results(report):
            yield f"{json_text(_told(one, report))}\n"
        yield f"{json_text(_end(report))}\n"

    def end(self, report: Whole) -> Iterator[str]:
        for one in not_read(report):
            yield f"{json_text(_told(one, None))}\n"
        if isinstance(report, OrganizationReport):
            yield f"{json_text(_organization_end(report))}\n"


def _told(one: Result, report: ScanReport | None) -> dict[str, Any]:
    told = {
        "schema": RESULT,
        "id": one.id,
        "status": one.status.value,
        "account": one.account,
        "check": one.rule,
        "severity": one.severity.value if one.severity else None,
        "message": one.message,
        "subject": msgspec.to_builtins(one.subject),
    }
    if report:
        told |= {"taken": report.taken.isoformat(), "snapshot": report.snapshot}
    if one.check:
        told |= {
            "title": one.check.title,
            "remedy": msgspec.to_builtins(one.check.remedy),
            "allowed": msgspec.to_builtins(one.check.allowed),
            "controls": list(one.check.controls),
        }
    if one.verdict:
        told["evidence"] = [_fact(fact) for fact in one.verdict.evidence]
    return told | _of_finding(one)


def _of_finding(one: Result) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if finding := one.finding:
        told |= {
            "at": finding.at,
            "because": finding.because,
            "statements": msgspec.to_builtins(finding.statements),
            "suppressed": msgspec.to_builtins(finding.suppressed),
        }
    if one.seen:
        told |= {
            name: msgspec.to_builtins(getattr(one.seen, name))
            for name in ("first", "last", "returned")
        }
    if one.is_new is not None:
        told["new"] = one.is_new
    return told


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "name": fact.name,
        "value": json.loads(bytes(fact.value)),
        "action": fact.action,
        "as_of": fact.as_of.isoformat(),
    }


def _end(report: ScanReport) -> dict[str, Any]:
    return {
        "schema": END,
        "account": report.account,
        "taken": report.taken.isoformat(),
        "snapshot": report.snapshot,
        "idkeep": report.idkeep,
        "complete": report.complete,
        "summary": msgspec.to_builtins(report.summary),
        "resolved": [one.id for one in report.history if one.resolved == report.taken],
        "gaps": msgspec.to_builtins(report.gaps),
    }


def _organization_end(report: OrganizationReport) -> dict[str, Any]:
    return {
        "schema": END,
        "organization": report.organization,
        "run": report.run,
        "idkeep": report.idkeep,
        "complete": report.complete,
        "coverage": msgspec.to_builtins(report.coverage),
        "summary": msgspec.to_builtins(report.summary),
    }
