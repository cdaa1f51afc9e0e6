"""`idkeep report`: frameworks on the command line, and the evidence pack that an auditor checks."""

import json
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from idkeep.api.findings import explain_finding
from idkeep.api.snapshots import rejudge
from idkeep.checks.policies.samples import EVERYTHING, user
from idkeep.checks.samples import ACCOUNT, ANA, ROOT, snapshot_of
from idkeep.cli.report import command
from idkeep.model import Snapshot, Status
from idkeep.store import SqliteStore
from report.html_scans import all_unknown

KEYED = snapshot_of(replace(ROOT, has_access_keys=True), ANA, ACCOUNT)
EVIDENCE = """
[[evidence]]
framework = "cis-7.0"
control = "2.1.4"
passed = true
who = "Ada"
when = 2026-10-01
file = "review.txt"
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "s.db"
    keep(path, KEYED)
    return path


def keep(path: Path, snapshot: Snapshot) -> None:
    SqliteStore(path).put(snapshot)


def report(store: Path, *told: str) -> Result:
    asked = ["--store", str(store), *told]
    return CliRunner().invoke(command, asked, catch_exceptions=False)


def test_the_frameworks_are_listed_with_how_much_is_assessed(store: Path) -> None:
    said = report(store, "--list")
    assert said.exit_code == 0
    assert "cis-7.0" in said.stdout.splitlines()[0]
    assert "(70 controls, " in said.stdout.splitlines()[0]


def test_a_broken_control_is_told_with_who_breaks_it(store: Path) -> None:
    said = report(store, "--framework", "cis-7.0")
    assert said.exit_code == 1
    assert "70 controls: " in said.stdout
    assert "root: has an access key" in said.stdout


def test_nothing_broken_but_unknown_exits_with_3(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    keep(path, all_unknown().snapshot)
    said = report(path, "--framework", "fsbp", "--json", "-")
    assert (said.exit_code, json.loads(said.stdout)["counts"]["fail"]) == (3, 0)


def test_the_json_document_counts_all(store: Path) -> None:
    told = json.loads(report(store, "--framework", "fsbp", "--json", "-").stdout)
    assert told["schema"] == "idkeep.framework/1"
    assert sum(told["counts"].values()) == len(told["controls"]) == 336


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ([], "name one with --framework"),
        (["--framework", "cis-7.0", "--run", "x", "--snapshot", "y"], "go one at a time"),
    ],
)
def test_wrong_use_is_told(store: Path, told: list[str], why: str) -> None:
    said = report(store, *told)
    assert (said.exit_code, why in said.stderr) == (2, True)


def test_a_pack_holds_all_that_the_report_rests_on(store: Path, tmp_path: Path) -> None:
    settings = tmp_path / "idkeep.toml"
    settings.write_text(EVIDENCE, encoding="utf-8")
    (tmp_path / "review.txt").write_text("units reviewed", encoding="utf-8")
    packs = tmp_path / "one.zip", tmp_path / "two.zip"
    for pack in packs:
        asked = ("--framework", "cis-7.0", "--config", str(settings), "--pack", str(pack))
        said = report(store, *asked)
    assert packs[0].read_bytes() == packs[1].read_bytes()
    with zipfile.ZipFile(packs[0]) as made:
        files = {one: made.read(one) for one in made.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert sha256(files.pop("manifest.json")).hexdigest() in said.stderr
    assert manifest["sha256"] == {name: sha256(data).hexdigest() for name, data in files.items()}
    assert set(files) == {
        "accounts/111122223333.json",
        "evidence/review.txt",
        "report.csv",
        "report.html",
        "report.json",
        "settings/idkeep.toml",
    }
    control = next(
        one for one in json.loads(files["report.json"])["controls"] if one["id"] == "2.1.4"
    )
    assert control["status"] == "pass"
    assert control["accounts"][0]["evidence"][0]["when"] == date(2026, 10, 1).isoformat()


def test_evidence_that_is_gone_makes_no_pack(store: Path, tmp_path: Path) -> None:
    settings = tmp_path / "idkeep.toml"
    settings.write_text(EVIDENCE, encoding="utf-8")
    pack = tmp_path / "one.zip"
    with pytest.raises(Exception, match=r"review\.txt"):
        report(store, "--framework", "cis-7.0", "--config", str(settings), "--pack", str(pack))
    assert not pack.exists()


def test_a_part_of_a_larger_finding_still_breaks_its_control(tmp_path: Path) -> None:
    """A scan tells of the administrator once; a framework asks about decrypting by itself."""
    path = tmp_path / "a.db"
    admin = user("ana", EVERYTHING)
    keep(path, snapshot_of(admin, ACCOUNT))
    part = rejudge("latest", store=path)
    [whole] = [one for one in part.checks if one.id == "decrypts-with-any-key-in-user-policy"]
    assert [one.status for one in whole.results] == [Status.NOT_APPLICABLE]
    report(path, "--framework", "fsbp", "--json", str(tmp_path / "f.json"))
    document = json.loads((tmp_path / "f.json").read_text())
    [control] = [one for one in document["controls"] if one["id"] == "KMS.2"]
    broken = {one["check"]: one["id"] for one in control["accounts"][0]["findings"]}
    assert "decrypts-with-any-key-in-user-policy" in broken
    page = explain_finding(broken["decrypts-with-any-key-in-user-policy"], store=path)
    assert "decrypts with every key" in page
