"""Outcomes and answers as people and machines read them."""

from idkeep.report.docs import check_index, check_page
from idkeep.report.printable import printable
from idkeep.report.scan import CheckResult, ScanReport, scan_report
from idkeep.report.structured import as_json, json_schema

__all__ = [
    "CheckResult",
    "ScanReport",
    "as_json",
    "check_index",
    "check_page",
    "json_schema",
    "printable",
    "scan_report",
]
