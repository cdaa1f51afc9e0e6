"""Outcomes and answers as people and machines read them."""

from idkeep.report.diff import DiffReport, DiffSide, diff_report, diff_side
from idkeep.report.docs import check_index, check_page
from idkeep.report.organization import (
    AccountResult,
    OrganizationReport,
    failed,
    not_reached,
    organization_report,
    scanned,
    skipped,
)
from idkeep.report.printable import printable
from idkeep.report.scan import CheckResult, ScanReport, Selection, scan_report
from idkeep.report.structured import as_json, json_pieces, json_schema

__all__ = [
    "AccountResult",
    "CheckResult",
    "DiffReport",
    "DiffSide",
    "OrganizationReport",
    "ScanReport",
    "Selection",
    "as_json",
    "check_index",
    "check_page",
    "diff_report",
    "diff_side",
    "failed",
    "json_pieces",
    "json_schema",
    "not_reached",
    "organization_report",
    "printable",
    "scan_report",
    "scanned",
    "skipped",
]
