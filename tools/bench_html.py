"""How long a browser takes to open a page of 200,000 results, and to search it.

`python -m tools.bench_html` makes a report of values, writes it as every format (or those that are
named) and opens the page in Chromium, where there is one: until its script has run, and from a word
in the search to the rows that match.
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from msgspec import Raw

from idkeep.model import Fact, Finding, Severity, Status, SubjectRef, Verdict
from idkeep.model.finding import finding_id
from idkeep.report.format import FORMATS, document
from idkeep.report.remedy import ReportedRemedy
from idkeep.report.scan import CheckResult, ScanReport, summary

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CHECKS, SUBJECTS = 100, 2_000
FAILING = 5  # every so manieth verdict
LIMIT = 3.0
# Milliseconds from a word to its rows on the screen, told by the page itself.
_SEARCH = """async () => {
  const begun = performance.now(), box = document.getElementById("text");
  const told = new Promise(done => new MutationObserver(done)
    .observe(document.getElementById("shown"), {childList: true}));
  box.value = "service-user-001337";
  box.dispatchEvent(new Event("input"));
  await told;
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  return performance.now() - begun;
}"""


def report(checks: int = CHECKS, subjects: int = SUBJECTS) -> ScanReport:
    """So many verdicts of each check, every fifth of them a finding, every seventh unknown."""
    people = [_subject(number) for number in range(subjects)]
    results = tuple(_check(number, people) for number in range(checks))
    return ScanReport(
        idkeep="0",
        account="111122223333",
        partition="aws",
        region="us-east-1",
        caller="arn:aws:sts::111122223333:assumed-role/idkeep-auditor/idkeep",
        taken=NOW,
        credential_report=NOW,
        snapshot="0123456789ab",
        seconds=1.0,
        complete=True,
        summary=summary(results),
        checks=results,
        gaps=(),
        calls=(),
    )


def _subject(number: int) -> SubjectRef:
    name = f"service-user-{number:06}"
    arn = f"arn:aws:iam::111122223333:user/teams/platform/{name}"
    return SubjectRef(kind="User", name=name, arn=arn, id=f"AIDA{number:016}", account="1" * 12)


def _check(number: int, people: list[SubjectRef]) -> CheckResult:
    ident = f"check-{number:03}"
    severity = list(Severity)[number % 4]
    return CheckResult(
        id=ident,
        area=f"Area {number % 9}",
        subject="User",
        title=f"Something of the kind {number} is wrong with a user.",
        severity=severity,
        why="Whoever finds it may use it.",
        remedy=ReportedRemedy(do="Take it away with `aws iam delete-something`."),
        controls=("least-privilege",),
        settings={},
        results=tuple(_verdict(ident, severity, one, n) for n, one in enumerate(people)),
    )


def _verdict(check: str, severity: Severity, subject: SubjectRef, number: int) -> Verdict:
    fact = Fact(
        name="access_keys",
        value=Raw(b'[{"slot":1,"active":true,"rotated":"2024-01-01T00:00:00Z"}]'),
        action="iam:GetCredentialReport",
        as_of=NOW,
    )
    if number % FAILING == 0:
        ident = finding_id(check, subject.account, subject.id, "")
        message = f"has a key {number % 900} days old, last used {number % 90} days ago by s3"
        found = (Finding(id=ident, severity=severity, message=message),)
        return Verdict(subject=subject, status=Status.FAIL, findings=found, evidence=(fact,))
    if number % 7 == 0:
        why = ("iam:GetCredentialReport: AccessDenied",)
        return Verdict(subject=subject, status=Status.UNKNOWN, unknown=why, evidence=(fact,))
    return Verdict(subject=subject, status=Status.PASS, evidence=(fact,))


def main() -> int:
    made = report()
    print(f"{CHECKS * SUBJECTS:,} results")
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or FORMATS:
            begun = perf_counter()
            text = document(name, made)
            took = perf_counter() - begun
            path = Path(folder, f"report.{name}")
            path.write_text(text, encoding="utf-8")
            print(f"{name:9} {took:6.2f} s  {len(text.encode()) / 1e6:7.1f} MB")
        chromium = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
        if chromium is None:
            print("no chromium or google-chrome on the PATH: the page was not opened")
            return 0
        return _open(Path(folder, "report.html"), chromium)


def _open(path: Path, chromium: str) -> int:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- a tool of developers

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        begun = perf_counter()
        page.goto(path.as_uri())
        page.locator("html.js").wait_for(state="attached")
        opened = perf_counter() - begun
        paint = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
        painted = page.evaluate(paint) / 1000
        searched = page.evaluate(_SEARCH) / 1000
        browser.close()
    print(f"opened in {opened:.2f} s, painted after {painted:.2f} s, searched in {searched:.2f} s")
    return int(opened > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
