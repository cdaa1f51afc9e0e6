"""The sentence that a hurried reader goes by, and how grave it looks.

It is about the whole scan, also where only some results are shown, or only what is new counts.
"""

from idkeep.model import Severity
from idkeep.report.organization import OrganizationReport
from idkeep.report.scan import ScanReport, Selection, Summary
from idkeep.report.words import many


def lead(report: ScanReport | OrganizationReport) -> tuple[str, str]:
    """The look, a class of the page's style, and the sentence."""
    if isinstance(report, OrganizationReport):
        return _of_organization(report)
    return _of_account(report)


def narrowed(selection: Selection) -> str:
    """What a report leaves out, "" where it leaves out nothing."""
    parts = (
        f"checks {', '.join(selection.checks)}" if selection.checks else "",
        f"without checks {', '.join(selection.skipped)}" if selection.skipped else "",
        f"severity {selection.least} and above" if selection.least else "",
        f"status {', '.join(selection.status)}" if selection.status else "",
    )
    told = "; ".join(one for one in parts if one)
    return f"Narrowed, so this does not tell of all: {told}." if told else ""


def _of_account(report: ScanReport) -> tuple[str, str]:
    worst = _worst(report.summary)
    if worst is None:
        return _without_findings(report)
    told = f"{many(sum(report.summary.findings.values()), 'finding')}, the worst {worst}"
    if not report.selection.status:
        checks = many(len(report.checks), "check")
        told += f": {len(report.failing)} of {checks} found something wrong"
    if report.baseline:
        told += f"; {len(report.baseline.new):,} new or worse beside {report.baseline.snapshot}"
    return worst, f"{told}. {_open(report)}".strip()


def _without_findings(report: ScanReport) -> tuple[str, str]:
    """Good only where something passed, nothing is open and everything was read."""
    total = report.summary
    if total.unknown and not total.passed + total.not_applicable:
        one = "check" if report.selection.status else f"of {many(len(report.checks), 'check')}"
        return "unknown", (
            f"Nothing could be told: not one {one} could be decided. "
            "This is no clean bill; read what is missing and scan again."
        )
    if total.unknown:
        return "unknown", f"No findings, but this is not a pass. {_open(report)}"
    if not report.complete:
        return "unknown", "No findings in what could be read, but not everything could be read."
    if not total.passed:
        return "plain", "No check applied to anything here, so this report vouches for nothing."
    if least := report.selection.least:
        return "pass", f"Nothing of severity {least} or above found; all could be decided."
    ran = "" if report.selection.status else f"{many(len(report.checks), 'check')} ran and "
    return "pass", f"Nothing wrong found: {ran}all could be decided."


def _of_organization(report: OrganizationReport) -> tuple[str, str]:
    worst = _worst(report.summary)
    covered = report.coverage
    read = covered.scanned + covered.incomplete
    of = f"{read:,} of {covered.listed:,} listed accounts were read"
    if worst:
        found = f"{many(sum(report.summary.findings.values()), 'finding')}, the worst {worst}"
        some = sum(any(one.summary.findings.values()) for one in report.accounts)
        where = many(some, "account")
        open_ones = _may_hide(sum(bool(one.unknown) for one in report.checks), "check")
        return worst, f"{found}, in {where}; {of}. {open_ones}".strip()
    if not report.complete or report.summary.unknown:
        return "unknown", f"No findings, but this is not a pass: {of}, and not everything was told."
    if not report.summary.passed:
        return "plain", f"No check applied to anything here: {of}."
    if least := report.selection.least:
        return "pass", f"Nothing of severity {least} or above found: {of}."
    return "pass", f"Nothing wrong found, and every check could be decided: {of}."


def _worst(total: Summary) -> Severity | None:
    return max((one for one, count in total.findings.items() if count), default=None, key=_rank)


def _rank(severity: Severity) -> int:
    return severity.rank


def _open(report: ScanReport) -> str:
    """Of the checks that are shown, or of all verdicts where some are not."""
    if report.selection.status:
        return _may_hide(report.summary.unknown, "verdict")
    return _may_hide(len(report.unclear), "check")


def _may_hide(count: int, thing: str) -> str:
    if not count:
        return ""
    where = " everywhere" if thing == "check" else ""
    return f"{many(count, thing)} could not be decided{where} and may hide more."
