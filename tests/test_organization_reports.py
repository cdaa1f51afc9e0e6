"""The reports of an organisation's scan: every format, filters, a baseline, and findings by id."""

import csv
import json
from pathlib import Path

import pytest

from idkeep.demo import DemoServer
from idkeep.errors import Exit
from idkeep.model import Family
from idkeep.report.format import FORMATS
from organization_scans import MANAGEMENT, SANDBOX, Scan, scanner
from test_cli import idkeep


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def scan(server: DemoServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    return scanner(server, store, monkeypatch)


def test_every_format_is_written_and_findings_are_explained(scan: Scan, store: Path) -> None:
    """Nothing is new beside itself, and each finding of a run is found by its id."""
    scan(families=frozenset({Family.IDENTITY, Family.ORGANIZATION}))
    out = store.parent
    files = [word for name in FORMATS for word in (f"--{name}", str(out / f"r.{name}"))]
    run = ("scan", "--run", "latest", "--store", str(store))
    done = idkeep(*run, "--baseline", "latest", "-q", *files)
    assert done.returncode != Exit.FINDINGS
    assert (done.stdout, done.stderr) == ("", "")
    with (out / "r.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["account"] for row in rows} >= {MANAGEMENT, SANDBOX}
    assert {row["new"] for row in rows} == {"", "false"}
    last = json.loads((out / "r.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert last["coverage"]["listed"] == 5
    failing = next(
        row
        for row in rows
        if row["check"] == "role-trusts-unknown-account" and row["status"] == "fail"
    )
    told = idkeep("explain", failing["finding"], "--store", str(store))
    assert told.returncode == 0, told.stderr
    assert failing["message"] in told.stdout
    narrow = idkeep(*run, "--account", SANDBOX, "--check", "root-*", "--json", "-")
    report = json.loads(narrow.stdout)
    assert report["coverage"]["scanned"] == 1
    assert {one["id"].partition("-")[0] for one in report["checks"]} == {"root"}
