"""The sentence that a hurried reader goes by, and how grave it looks."""

from idkeep.report.organization import OrganizationReport
from idkeep.report.scan import ScanReport
from idkeep.report.words import many


def lead(report: ScanReport | OrganizationReport) -> tuple[str, str]:
    """The look, a class of the page's style, and the sentence."""
    if isinstance(report, OrganizationReport):
        return _of_organization(report)
    return _of_account(report)


def _of_account(report: ScanReport) -> tuple[str, str]:
    worst = report.worst()
    if worst is None:
        return _without_findings(report)
    findings = many(sum(report.summary.findings.values()), "finding")
    failing = f"{len(report.failing)} of {many(len(report.checks), 'check')} found something wrong"
    return worst, f"{findings}, the worst {worst}: {failing}. {_open(len(report.unclear))}".strip()


def _without_findings(report: ScanReport) -> tuple[str, str]:
    """Good only where something passed, nothing is open and everything was read."""
    total = report.summary
    checks = many(len(report.checks), "check")
    if total.unknown and not total.passed + total.not_applicable:
        return "unknown", (
            f"Nothing could be told: not one of {checks} could be decided. "
            "This is no clean bill; read what is missing and scan again."
        )
    if total.unknown:
        return "unknown", f"No findings, but this is not a pass. {_open(len(report.unclear))}"
    if not report.complete:
        return "unknown", "No findings in what could be read, but not everything could be read."
    if not total.passed:
        return "plain", "No check applied to anything here, so this report vouches for nothing."
    return "pass", f"Nothing wrong found: {checks} ran and all could be decided."


def _of_organization(report: OrganizationReport) -> tuple[str, str]:
    worst = report.worst()
    covered = report.coverage
    read = covered.scanned + covered.incomplete
    of = f"{read:,} of {covered.listed:,} listed accounts were read"
    if worst:
        found = f"{many(sum(report.summary.findings.values()), 'finding')}, the worst {worst}"
        where = many(sum(bool(one.open) for one in report.accounts), "account")
        open_ones = _open(sum(bool(one.unknown) for one in report.checks))
        return worst, f"{found}, in {where}; {of}. {open_ones}".strip()
    if not report.complete or report.summary.unknown:
        return "unknown", f"No findings, but this is not a pass: {of}, and not everything was told."
    if not report.summary.passed:
        return "plain", f"No check applied to anything here: {of}."
    return "pass", f"Nothing wrong found, and every check could be decided: {of}."


def _open(count: int) -> str:
    return f"{many(count, 'check')} could not be decided everywhere and may hide more." * (
        count > 0
    )
