"""The HTML report says all that a scan found, plainly, and nothing in it acts on its own."""

import json
import re
from base64 import b64encode
from collections import Counter
from datetime import date
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from msgspec.structs import replace

from idkeep.checks.samples import NOW
from idkeep.config import Settings, Suppression
from idkeep.model import Severity, Snapshot, Status, Unlisted
from idkeep.model.history import Seen
from idkeep.report.format import document
from idkeep.report.html import MOST_ROWS
from idkeep.report.printable import printable
from idkeep.report.results import results
from idkeep.report.scan import Baseline, ScanReport
from report.html_scans import (
    HOSTILE,
    NO_LIST,
    Scan,
    all_unknown,
    as_root,
    blind_crowd,
    clean,
    crowd,
    hostile,
    rich,
    snapshot,
)

TEN_MEGABYTES = 10_000_000
LOADS = {"src", "srcset", "poster", "data", "background", "action", "formaction", "ping"}


class Page(HTMLParser):
    """A page as a browser would read it: its words, its tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.text = ""
        self.source: list[str] = []
        self.data: list[str] = []
        self._code = ""
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        is_data = ("type", "application/json") in attrs
        self._code = "data" if is_data else tag if tag in {"style", "script"} else ""

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 -- named by the base class
        self._code = ""

    def handle_data(self, data: str) -> None:
        place = self.source if self._code else self.words
        (self.data if self._code == "data" else place).append(data)


def html(report: ScanReport) -> str:
    return document("html", report)


def after(scan: Scan, snap: Snapshot) -> Scan:
    """The same scan of another snapshot."""
    return Scan(snapshot=snap, settings=scan.settings, checks=scan.checks)


def page(scan: Scan) -> Page:
    return Page(html(scan.report()))


def words(scan: Scan) -> str:
    return page(scan).text


def lead(scan: Scan) -> tuple[str, str]:
    """The look and the words of the summary's sentence."""
    found = re.search(r'<p class="lead (\w+)">(.*?)</p>', html(scan.report()))
    assert found
    return found[1], unescape(found[2])


def part(scan: Scan, ident: str) -> str:
    """The words of one section."""
    text = html(scan.report())
    found = re.search(rf'<section id="{ident}".*?\n</section>', text, re.DOTALL)
    assert found
    return Page(found[0]).text


def findings(report: ScanReport) -> list[tuple[str, str, str, str]]:
    """Subject, ARN, message and id of every finding."""
    return [
        (verdict.subject.name, verdict.subject.arn, finding.message, finding.id)
        for check in report.checks
        for verdict in check.results
        for finding in verdict.findings
    ]


def test_every_finding_is_told_with_its_subject_and_its_proof() -> None:
    scan = rich()
    told = part(scan, "wrong")
    assert len(findings(scan.report())) > 15
    for fact in (fact for finding in findings(scan.report()) for fact in finding):
        assert fact in told


def test_every_failing_check_says_why_and_what_to_do() -> None:
    scan = rich()
    told = "".join(part(scan, "wrong").replace("`", "").split())
    for check in scan.report().failing:
        remedy = check.remedy
        for text in (check.id, check.title, check.why, remedy.do, remedy.may_stop, remedy.who):
            assert "".join(text.replace("`", "").split()) in told


def test_a_check_tells_the_limit_it_measured_against() -> None:
    assert "old-access-key · max_access_key_age 90 6 findings" in part(rich(), "wrong")


def test_the_worst_comes_first() -> None:
    text = html(rich().report())
    ranks = ["critical", "high", "medium", "low"]
    shown = [ranks.index(kind) for kind in re.findall(r'<article class="card (\w+)" id=', text)]
    assert len(shown) > 8
    assert all(one <= other for one, other in pairwise(shown))


def test_evidence_is_readable_json_with_its_action_and_its_time() -> None:
    text = html(rich().report())
    assert "iam:GetCredentialReport, as of 2026-11-01 09:50 UTC" in text
    assert "iam:GetAccountSummary, as of 2026-11-01 12:00 UTC" in text
    values = [json.loads(unescape(one)) for one in re.findall(r"<pre>(.*?)</pre>", text, re.DOTALL)]
    assert True in values
    assert any(isinstance(one, list) and one and one[0]["slot"] == 1 for one in values)


def test_the_head_says_which_account_when_and_by_whom() -> None:
    told = words(rich())
    for fact in (
        "account 111122223333",
        "2026-11-01 12:00 UTC",
        "2026-11-01T120000Z-4c1f",
        "arn:aws:sts::111122223333:assumed-role/idkeep-auditor/scan",
        "idkeep 0.1.0",
    ):
        assert fact in told
    assert "Partition" not in told
    assert "Partition aws-cn" in words(as_root())


def test_a_scan_as_root_is_said_before_all_else() -> None:
    told = words(as_root()).partition("Skip to what is wrong")[2]
    assert told.strip().startswith("Root credentials in use")
    assert "Root credentials in use" not in words(rich())


def test_an_unknown_names_the_subject_and_the_action() -> None:
    scan = rich()
    told = part(scan, "unclear")
    for check in scan.report().unclear:
        assert check.id in told
    assert "new-hire unknown: iam:GetCredentialReport: AccessDenied" in told
    assert "contractor-7 unknown: iam:ListVirtualMFADevices: AccessDenied" in told
    assert "users that could not be listed unknown: iam:GetAccountAuthorizationDetails" in told


def test_a_check_is_told_twice_where_it_fails_and_cannot_tell() -> None:
    scan = rich()
    assert "console-user-without-mfa" in part(scan, "wrong")
    assert "console-user-without-mfa" in part(scan, "unclear")
    assert "console-user-without-mfa" in part(scan, "settled")


def test_every_gap_is_told_and_whether_it_is_accepted() -> None:
    scan = rich()
    told = part(scan, "gaps")
    for gap in scan.report().gaps:
        assert gap.action in told
        assert gap.error in told
        assert gap.detail in told
    assert told.count("not accepted") == 2
    assert told.count("accepted in the settings") == 1


def test_calls_and_controls_are_listed() -> None:
    told = part(rich(), "gaps")
    assert "17 calls of 3 actions" in told
    assert "iam:GetAccountAuthorizationDetails 14 16" in told
    assert "human-mfa fail console-user-without-mfa" in told


def test_an_incomplete_scan_says_so_and_leads_to_the_gaps() -> None:
    text = html(rich().report())
    assert "Could not read everything" in text
    assert "2 reads failed" in text
    assert 'href="#gaps"' in text
    assert "Could not read everything" not in html(clean().report())


def test_what_passed_and_what_did_not_apply_names_its_subjects() -> None:
    told = part(rich(), "settled")
    assert "console-user-without-mfa 1 passed, 24 not applicable" in told
    assert "Not applicable: has no console password" in told
    assert "batch-19" in told


def test_nothing_wrong_is_said_as_such_only_where_everything_is_known() -> None:
    assert lead(clean()) == ("pass", "Nothing wrong found: 16 checks ran and all could be decided.")
    assert "No findings." in part(clean(), "wrong")
    assert "Every check could be decided" in part(clean(), "unclear")


def test_an_unread_account_does_not_look_like_a_good_one() -> None:
    scan = all_unknown()
    mood, sentence = lead(scan)
    assert mood == "unknown"
    assert sentence.startswith("Nothing could be told: not one of 15 checks")
    assert "which says little" in part(scan, "wrong")
    assert "all 3 IAM users" in part(scan, "unclear")
    assert "No check passed" in part(scan, "settled")
    assert 'class="pass"' not in html(scan.report())


def test_no_findings_beside_an_unknown_is_no_pass() -> None:
    good = clean()
    snap = replace(good.snapshot, unlisted=(Unlisted("User", NO_LIST),), gaps=(NO_LIST,))
    mood, sentence = lead(after(good, snap))
    assert mood == "unknown"
    assert sentence.startswith("No findings, but this is not a pass. 8 checks")


def test_no_findings_with_an_unread_part_is_no_pass() -> None:
    good = clean()
    mood, sentence = lead(after(good, replace(good.snapshot, gaps=(NO_LIST,))))
    assert mood == "unknown"
    assert "not everything could be read" in sentence


def test_users_who_could_not_be_listed_at_all_are_unknown() -> None:
    good = clean()
    snap = replace(good.snapshot, users=(), unlisted=(Unlisted("User", NO_LIST),), gaps=(NO_LIST,))
    scan = after(good, snap)
    assert "IAM users that could not be listed" in part(scan, "unclear")
    assert "old-access-key" not in part(scan, "settled")


def test_an_account_without_users_has_nothing_to_look_at() -> None:
    good = clean()
    told = part(after(good, replace(good.snapshot, users=())), "settled")
    assert "old-access-key nothing to look at" in told
    assert "The account has none of what this check looks at." in told


def test_a_scan_without_checks_vouches_for_nothing() -> None:
    scan = Scan(snapshot=snapshot(), checks=())
    assert lead(scan)[0] == "plain"
    assert "vouches for nothing" in lead(scan)[1]
    assert "No check was run." in part(scan, "unclear")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_text_and_nothing_else(name: str) -> None:
    text = html(hostile().report())
    read = Page(text)
    shown = printable(name)
    for place in ("fail", "open", "pass"):
        assert any(one.strip() == f"{place}/{shown}" for one in read.words)
    assert shown in read.text
    assert shown == name or name not in text


def test_hostile_names_add_no_tag_and_no_handler() -> None:
    def shape(scan: Scan) -> set[tuple[str, ...]]:
        return {(tag, *sorted(attrs)) for tag, attrs in page(scan).tags}

    assert shape(hostile()) <= shape(as_root())
    assert not any(name.startswith("on") for _, attrs in page(hostile()).tags for name in attrs)


@pytest.mark.parametrize("scan", [rich(), hostile()], ids=["rich", "hostile"])
def test_the_page_loads_nothing(scan: Scan) -> None:
    read = page(scan)
    assert not {tag for tag, _ in read.tags} & {"link", "img", "iframe", "object", "base", "form"}
    for tag, attrs in read.tags:
        assert not LOADS & set(attrs), tag
        assert attrs.get("href", "#").startswith("#")
    assert not any(re.search(r"url\(|@import|https?:", code) for code in read.source)


def test_the_policy_allows_this_style_and_this_script_alone() -> None:
    read = page(rich())
    meta = {attrs.get("http-equiv", attrs.get("name", "")): attrs for _, attrs in read.tags}
    style, script = (b64encode(sha256(one.encode()).digest()).decode() for one in read.source)
    assert meta["Content-Security-Policy"]["content"] == (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "base-uri 'none'; form-action 'none'"
    )
    assert meta["referrer"]["content"] == "no-referrer"
    assert not any("style" in attrs for _, attrs in read.tags)


def test_the_same_scan_gives_the_same_page() -> None:
    assert html(rich().report()) == html(rich().report())


def test_findings_beyond_the_first_are_folded_and_all_there() -> None:
    scan = crowd(120)
    text = html(scan.report())
    assert "90 more findings" in text
    assert all(ident in text for *_, ident in findings(scan.report()))


def test_very_many_findings_are_cut_and_the_page_says_so() -> None:
    report = crowd(2_000).report()
    text = html(report)
    assert len(findings(report)) > 10_000
    assert len(text.encode()) < TEN_MEGABYTES
    assert "1,900 more findings are not listed here." in text
    assert "Search shows all 2,000</button>" in text
    assert all(check.id in text for check in report.checks)
    assert 5 * MOST_ROWS <= text.count('<tr data-k="') < 10 * MOST_ROWS


def test_very_many_unknowns_are_counted_and_cut() -> None:
    text = html(blind_crowd(3_000).report())
    assert "all 3,000 IAM users" in text
    assert "2,900 names are left out here; the JSON report has all of them." in text
    assert len(text.encode()) < TEN_MEGABYTES


def test_every_result_is_packed_for_the_search() -> None:
    for scan in (rich(), hostile(), all_unknown(), crowd(3)):
        report = scan.report()
        packed = json.loads("".join(page(scan).data))
        kinds = Counter(packed["kinds"][row[0]] for row in packed["rows"])
        assert kinds == Counter(
            one.severity if one.status is Status.FAIL else one.status for one in results(report)
        )
        told = {
            (packed["subjects"][row[2]][0], packed["checks"][row[1]][0], packed["texts"][row[3]])
            for row in packed["rows"]
            if row[0] < len(Severity)
        }
        assert told == {
            (printable(one.subject.name), one.rule, printable(one.message))
            for one in results(report)
            if one.finding and not one.finding.because
        } | {one for one in told if one[2].endswith(")")}


def test_charts_tell_their_numbers_in_words() -> None:
    told = words(rich())
    assert "Severity by area" in told
    assert "Age of active access keys up to 30 days" in told
    assert "Second factor of people who sign in" in told
    assert "Change since the scan before" not in told


def test_what_changed_is_a_chart_where_there_was_a_scan_before() -> None:
    report = rich().report()
    [one, *_] = findings(report)
    first = NOW.replace(year=2025)
    old = Seen(id=one[3], check="x", subject="y", first=first, last=NOW)
    gone = Seen(id="0" * 16, check="x", subject="y", first=first, last=first, resolved=NOW)
    told = Page(html(replace(report, history=(old, gone)))).text
    assert "Change since the scan before still there 1 resolved 1" in told


def test_what_is_agreed_to_is_told_apart() -> None:
    line = Suppression(check="old-*", reason="until spring", owner="Sam", expires=date(2099, 1, 1))
    gone = Suppression(check="root-*", resource="x", reason="r", owner="o", expires=NOW.date())
    scan = Scan(snapshot=rich().snapshot, settings=Settings(suppressions=(line, gone)))
    assert "old-access-key" not in part(scan, "wrong")
    told = part(scan, "agreed")
    assert "until spring" in told
    assert "suppressed." in told
    assert "names no finding" in told


def test_a_finding_tells_since_when_and_what_is_new() -> None:
    report = rich().report()
    [one, *_] = findings(report)
    old = Seen(id=one[3], check="x", subject="y", first=NOW.replace(year=2025), last=NOW)
    beside = Baseline(snapshot="before", taken=NOW, new=(one[3],), gone=0)
    text = Page(html(replace(report, history=(old,), baseline=beside))).text
    assert f"{one[2]} new" in text
    assert f"{one[3]}, first seen 2025-11-01 12:00 UTC" in text
