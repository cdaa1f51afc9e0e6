"""The HTML report in a real browser: at a desk, on a phone, by keyboard, without its script."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from idkeep.report.format import document
from idkeep.report.scan import ScanReport
from report.html_scans import all_unknown, as_root, clean, crowd, hostile, rich

CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
        if (found := shutil.which(name))
    ),
    None,
)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on the PATH"
)
DESK = {"width": 1280, "height": 900}
expect.set_options(timeout=60_000)
PHONE = {"width": 390, "height": 844}
SCANS = {
    "all-unknown": all_unknown,
    "as-root": as_root,
    "clean": clean,
    "hostile": hostile,
    "rich": rich,
}
STATIC_ROWS = "#wrong tr[data-k]:visible"
VISIBLE_ROWS = "#results tr[data-k]:visible"
# The words of each element beside its ground, where the two are too near each other for AA.
LOW_CONTRAST = """() => {
  const rgb = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => rgb(c).slice(0, 3).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if ((rgb(c)[3] ?? 1) > 0) return c;
    }
  };
  const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  return [...document.body.querySelectorAll("*")].filter(e => own(e) && e.checkVisibility())
    .map(e => [light(getComputedStyle(e).color), light(ground(e)), e.outerHTML.slice(0, 80)])
    .map(([a, b, what]) => [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), what])
    .filter(([ratio]) => ratio < 4.5);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        yield found
        found.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each scan's report, written to a file, by its address."""
    folder = tmp_path_factory.mktemp("html")
    return {
        name: _written(folder / f"{name}.html", html(scan().report()))
        for name, scan in SCANS.items()
    }


def html(report: ScanReport) -> str:
    return document("html", report)


def _written(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


@contextmanager
def opened(browser: Browser, address: str, **how: object) -> Iterator[Page]:
    """A page that complained of nothing and asked for nothing but itself, until it is closed."""
    context: BrowserContext = browser.new_context(**{"viewport": DESK, **how})
    context.set_default_timeout(120_000)
    page = context.new_page()
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address)
    yield page
    context.close()
    assert complaints == []
    assert requests == [address]


@pytest.mark.parametrize("name", SCANS)
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_runs_over_the_edge(
    browser: Browser, files: dict[str, str], name: str, viewport: dict[str, int]
) -> None:
    with opened(browser, files[name], viewport=viewport) as page:
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


@pytest.mark.parametrize("name", SCANS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_can_be_told_from_their_ground(
    browser: Browser, files: dict[str, str], name: str, scheme: str
) -> None:
    with opened(browser, files[name], color_scheme=scheme) as page:
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        page.click("#filter button[value=high]")
        page.click("#filter button[value=high]")
        assert page.evaluate(LOW_CONTRAST) == []


def test_hostile_names_do_not_act(browser: Browser, files: dict[str, str]) -> None:
    with opened(browser, files["hostile"]) as page:
        page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
        page.hover("#wrong tbody tr:last-child bdi >> nth=0")
        page.fill("#text", "onmouseover")
        expect(page.locator(VISIBLE_ROWS).first).to_be_visible()
        assert page.evaluate("window.pwned") is None


def test_the_search_shows_what_matches_in_the_place_of_the_rest(
    browser: Browser, files: dict[str, str]
) -> None:
    with opened(browser, files["rich"]) as page:
        everything = page.locator(STATIC_ROWS).count()
        page.fill("#text", "DMITRI volkov")
        expect(page.locator("#wrong")).to_be_hidden()
        rows = page.locator(VISIBLE_ROWS)
        assert rows.count() > 0
        assert all("dmitri" in text for text in rows.all_inner_texts())
        assert page.locator("#wrong").is_hidden()
        page.fill("#text", "no such thing at all")
        expect(page.locator("#shown")).to_contain_text(re.compile(r"(^|\D)0 of "))
        expect(rows).to_have_count(0)
        page.fill("#text", "")
        expect(page.locator(STATIC_ROWS)).to_have_count(everything)
        expect(page.locator("#shown")).to_be_empty()


def test_the_search_knows_a_check_by_its_id_and_a_reason_by_its_action(
    browser: Browser, files: dict[str, str]
) -> None:
    with opened(browser, files["rich"]) as page:
        page.fill("#text", "two-active-access-keys")
        page.click("#filter button[value=low]")
        expect(page.locator(VISIBLE_ROWS)).to_have_count(2)
        page.click("#filter button[value=low]")
        page.click("#filter button[value=unknown]")
        page.fill("#text", "iam:ListVirtualMFADevices contractor-7")
        expect(page.locator(VISIBLE_ROWS)).to_have_count(1)
        expect(page.locator(VISIBLE_ROWS)).to_contain_text("contractor-7")


def test_chips_narrow_by_severity_and_status(browser: Browser, files: dict[str, str]) -> None:
    with opened(browser, files["rich"]) as page:
        page.click("#filter button[value=critical]")
        expect(page.locator(VISIBLE_ROWS)).to_have_count(2)
        expect(page.locator("#filter button[value=critical]")).to_have_attribute(
            "aria-pressed", "true"
        )
        assert page.locator("#unclear").is_hidden()
        page.click("#filter button[value=high]")
        expect(page.locator(VISIBLE_ROWS)).to_have_count(5)
        page.click("#filter button[value=critical]")
        page.click("#filter button[value=high]")
        expect(page.locator("#wrong")).to_be_visible()
        expect(page.locator(VISIBLE_ROWS)).to_have_count(0)


def test_many_results_come_page_by_page(browser: Browser, tmp_path: Path) -> None:
    address = _written(tmp_path / "crowd.html", html(crowd(120).report()))
    with opened(browser, address) as page:
        page.click("#check-old-password .all")
        expect(page.locator(VISIBLE_ROWS)).to_have_count(50)
        expect(page.locator("#page")).to_have_text("page 1 of 3")
        expect(page.locator("#shown")).to_contain_text("120 of ")
        page.click("#after")
        page.click("#after")
        expect(page.locator(VISIBLE_ROWS)).to_have_count(20)
        expect(page.locator("#after")).to_be_disabled()
        page.locator(VISIBLE_ROWS).last.locator("summary").click()
        expect(page.locator(VISIBLE_ROWS).last.locator(".proof dl")).to_be_visible()


def test_evidence_opens_by_keyboard(browser: Browser, files: dict[str, str]) -> None:
    with opened(browser, files["rich"]) as page:
        summary = page.locator("#wrong .proof summary").first
        proof = page.locator("#wrong .proof dl").first
        assert proof.is_hidden()
        summary.focus()
        page.keyboard.press("Enter")
        expect(proof).to_be_visible()
        page.keyboard.press("Space")
        expect(proof).to_be_hidden()


def test_the_keyboard_reaches_the_filter_and_its_chips(
    browser: Browser, files: dict[str, str]
) -> None:
    with opened(browser, files["clean"]) as page:
        reached = []
        for _ in range(20):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate("document.activeElement.id || document.activeElement.value")
            )
        assert reached.index("text") < reached.index("critical") < reached.index("not_applicable")


def test_without_script_everything_is_there(browser: Browser, files: dict[str, str]) -> None:
    with opened(browser, files["rich"], java_script_enabled=False) as page:
        assert page.locator("#filter").is_hidden()
        assert page.locator(STATIC_ROWS).count() == page.locator("#wrong tr[data-k]").count() > 15
        # What is far from the window is laid out when it comes near.
        unknown = page.locator("#unclear .names li", has_text="new-hire").first
        unknown.scroll_into_view_if_needed()
        expect(unknown).to_be_visible()
        page.locator("#wrong .proof summary").first.click()
        expect(page.locator("#wrong .proof dl").first).to_be_visible()


def test_a_printed_report_holds_what_is_folded(browser: Browser, tmp_path: Path) -> None:
    address = _written(tmp_path / "crowd.html", html(crowd(60).report()))
    with opened(browser, address) as page:
        page.emulate_media(media="print")
        assert page.locator("#filter").is_hidden()
        assert page.locator("#wrong .proof").first.is_hidden()
        folded = page.locator("#check-old-password .fold tr[data-k]").last
        assert folded.bounding_box()
