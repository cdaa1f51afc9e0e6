"""The head of idkeep does no input or output: proved by watching the interpreter."""

import gc
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident

import pytest

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, AnyCheck, Example, run
from idkeep.checks.samples import snapshot_of
from idkeep.report import ScanReport, as_json, scan_report
from idkeep.report.docs import check_page
from idkeep.report.format import FORMATS, document
from policy.test_cases import cases, decided

CATALOG = load_catalog()
WATCHED = ("open", "socket.", "subprocess.", "os.", "sqlite3.", "shutil.", "urllib.")


class _Watch:
    """An audit hook can't be taken away again, so it is one that can be told to look away.

    It looks at one thread: what an interrupted scan of another test left behind may still wind up.
    """

    thread = 0


def _hook(event: str, args: tuple[object, ...]) -> None:
    if _Watch.thread == get_ident() and event.startswith(WATCHED):
        raise AssertionError(f"{event} {args}")


sys.addaudithook(_hook)


@contextmanager
def no_io() -> Iterator[None]:
    gc.collect()  # what others left is closed now, and nothing of it while we look
    gc.disable()
    _Watch.thread = get_ident()
    try:
        yield
    finally:
        _Watch.thread = 0
        gc.enable()


def _judge_and_report() -> None:
    for check in ALL:
        for example in check.examples:
            _report((check,), example)
        check_page(check)
    report = _report(ALL, ALL[0].examples[0])
    for name in FORMATS:
        document(name, report)


def _report(checks: tuple[AnyCheck, ...], example: Example) -> ScanReport:
    snapshot = snapshot_of(example.subject, **example.around)
    outcomes = run(checks, Estate(snapshot, example.settings, CATALOG))
    report = scan_report(
        snapshot=snapshot,
        checks=checks,
        outcomes=outcomes,
        settings=example.settings,
        version="0",
    )
    as_json(report)
    return report


def test_checks_and_reports_do_no_io() -> None:
    _judge_and_report()  # the first time, Jinja compiles its template
    with no_io():
        _judge_and_report()


def test_deciding_does_no_io() -> None:
    corpus = [parameters.values for parameters in cases()]
    with no_io():
        for topic, case in corpus:
            decided(topic, case)


@pytest.mark.parametrize(
    "act", [lambda: Path("/etc/hostname").read_text(), lambda: socket.create_server(("", 0))]
)
def test_the_watch_itself_bites(act: Callable[[], object]) -> None:
    with pytest.raises(AssertionError), no_io():
        act()
