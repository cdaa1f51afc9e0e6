"""The first sentence of a report is about the whole scan, whatever is shown of it."""

import pytest
from msgspec.structs import replace

from idkeep.model import Severity, Status
from idkeep.report import Selection
from idkeep.report.lead import lead, narrowed
from idkeep.report.scan import Baseline, ScanReport
from idkeep.report.shown import shown
from report.html_scans import clean, rich

REPORT = rich().report()


@pytest.mark.parametrize("status", list(Status))
def test_findings_that_are_not_shown_are_told_all_the_same(status: Status) -> None:
    mood, sentence = lead(shown(REPORT, (status,)))
    whole, first = lead(REPORT)
    assert mood == whole == REPORT.worst()
    assert sentence.split(",")[0] == first.split(",")[0]
    assert f"{REPORT.summary.unknown} verdicts could not be decided" in sentence


def test_what_is_not_new_is_still_wrong() -> None:
    beside: ScanReport = replace(
        REPORT, baseline=Baseline(snapshot="0123456789ab", taken=None, new=(), gone=0)
    )
    assert beside.worst() is None
    mood, sentence = lead(beside)
    assert mood == REPORT.worst()
    assert "0 new or worse beside 0123456789ab" in sentence


def test_a_clean_bill_says_what_it_is_of() -> None:
    report = clean().report()
    assert lead(report) == ("pass", "Nothing wrong found: 16 checks ran and all could be decided.")
    some = replace(report, selection=Selection(least=Severity.HIGH))
    assert lead(some)[1] == "Nothing of severity high or above found; all could be decided."


def test_what_a_report_was_narrowed_to_is_told() -> None:
    assert narrowed(Selection()) == ""
    told = narrowed(
        Selection(
            checks=("root-*",), skipped=("*-mfa",), least=Severity.HIGH, status=(Status.FAIL,)
        )
    )
    for part in ("checks root-*", "without checks *-mfa", "severity high and above", "status fail"):
        assert part in told
