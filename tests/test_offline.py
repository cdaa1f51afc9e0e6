"""Saved answers in the place of AWS, as a person reads them: the same verdicts, and no network."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from idkeep.api.demo import demo_scan
from idkeep.api.offline import parse_taken, scan_folder
from idkeep.api.snapshots import find_snapshot, rejudge
from idkeep.demo import DemoServer
from idkeep.errors import Exit, IdkeepError
from idkeep.model import Family, Snapshot, Status
from idkeep.report import ScanReport
from saved import save
from test_cli import idkeep

IDENTITY = frozenset({Family.IDENTITY})
Told = dict[tuple[str, str], tuple[Status, tuple[str, ...]]]


def told(report: ScanReport) -> Told:
    """Each verdict by check and subject: its status and what it says."""
    return {
        (check.id, one.subject.name): (
            one.status,
            tuple(f.message for f in one.findings) + one.unknown,
        )
        for check in report.checks
        for one in check.results
    }


@pytest.fixture(scope="module")
def live(_demo_server: DemoServer) -> ScanReport:
    _demo_server.faults()
    return demo_scan(_demo_server, families=IDENTITY)


@pytest.fixture(scope="module")
def folder(
    _demo_server: DemoServer, live: ScanReport, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The example account's answers, saved after the scan over HTTP."""
    _demo_server.faults()
    return save(_demo_server, tmp_path_factory.mktemp("saved"))


@pytest.fixture(params=["folder", "zip", "zip of a folder"])
def saved(folder: Path, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "folder":
        return folder
    above = "" if request.param == "zip" else "acme/"
    with zipfile.ZipFile(tmp_path / "acme.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in folder.iterdir():
            packed.write(path, above + path.name)
    return tmp_path / "acme.zip"


def test_saved_answers_give_the_verdicts_of_the_account_itself(
    live: ScanReport, saved: Path
) -> None:
    found = scan_folder(saved, families=IDENTITY)
    assert told(found) == told(live)
    assert not found.gaps
    assert (found.account, found.partition) == (live.account, live.partition)
    assert not found.calls


def test_policies_are_the_same_documents(server: DemoServer, folder: Path, tmp_path: Path) -> None:
    def statements(snapshot: Snapshot) -> dict[str, list[Any]]:
        text = snapshot.documents
        owned: dict[str, list[Any]] = {}
        for role in snapshot.roles:
            owned[role.arn] = [json.loads(text[role.trust])]
            owned[role.arn] += [json.loads(text[one.document]) for one in role.inline_policies]
        for policy in snapshot.policies:
            owned[policy.arn] = [json.loads(text[one.document]) for one in policy.versions]
        return owned

    store = tmp_path / "s.db"
    here = demo_scan(server, families=IDENTITY, store=store)
    there = scan_folder(folder, families=IDENTITY, store=store)
    both = [statements(find_snapshot(one.snapshot, store=store).snapshot) for one in (here, there)]
    assert both[0] == both[1]


def test_each_file_that_is_taken_away_makes_what_it_told_unknown_and_no_pass(
    live: ScanReport, folder: Path, tmp_path: Path
) -> None:
    whole = told(live)
    for gone in sorted(folder.glob("*.json*")):
        if "--" in gone.name or gone.name == "account-authorization-details.json":
            continue
        rest = tmp_path / gone.name
        rest.mkdir()
        for path in folder.iterdir():
            if path != gone:
                (rest / path.name).symlink_to(path)
        found = scan_folder(rest, families=IDENTITY)
        for key, (status, _) in told(found).items():
            assert status in (Status.UNKNOWN, whole[key][0]), (gone.name, key)
        assert found.gaps, gone.name


def test_nothing_is_asked_of_any_network(folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "def closed(event, args):\n"
        "    if event.startswith('socket.'): raise RuntimeError(event)\n"
        "sys.addaudithook(closed)\n"
        f"sys.argv = ['idkeep', 'scan', '--from', {str(folder)!r}, '--no-store', '--json', '-']\n"
        "from idkeep.cli.main import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == Exit.FINDINGS, done.stderr
    assert json.loads(done.stdout)["account"] == "111122223333"


def test_what_was_saved_becomes_a_snapshot_file(
    live: ScanReport, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "acme.snapshot"
    done = idkeep("collect", "--from", str(folder), "--facts", "identity", "--out", str(out))
    assert done.returncode == Exit.OK, done.stderr
    assert "account 111122223333" in done.stderr
    assert told(rejudge(str(out), store=tmp_path / "s.db")) == told(live)


def test_another_account_is_refused(folder: Path) -> None:
    done = idkeep("scan", "--from", str(folder), "--account", "444455556666", "--no-store")
    assert done.returncode == Exit.REFUSED
    assert "111122223333, not 444455556666" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--from", "nowhere"], "does not exist"),
        (["--from", ".", "--taken", "soon"], "no date"),
        (["--from", "."], "holds no file named after an answer"),
    ],
)
def test_wrong_use_is_told_and_ends_with_two(
    arguments: list[str], words: str, tmp_path: Path
) -> None:
    done = idkeep("scan", "--no-store", *arguments, cwd=tmp_path)
    assert done.returncode == Exit.USAGE
    assert words in done.stderr


def test_a_damaged_zip_is_one_line(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "acme.zip"
    broken.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(IdkeepError, match="is neither a folder nor a whole zip file"):
        scan_folder(broken)


def test_a_date_is_all_of_its_day_and_a_time_is_a_moment() -> None:
    day = parse_taken("2026-05-31")
    assert (day.earliest.hour, day.latest.hour, day.latest.day) == (0, 23, 31)
    moment = parse_taken("2026-05-31T14:30+02:00")
    assert moment.earliest == moment.latest
    assert moment.earliest.hour == 12


def test_a_large_account_needs_little_more_memory_than_its_model(tmp_path: Path) -> None:
    statements = [{"Effect": "Allow", "Action": f"s3:Get{n}", "Resource": "*"} for n in range(12)]
    users = [
        {
            "UserName": f"user-{number}",
            "UserId": f"AIDA{number}",
            "Arn": f"arn:aws:iam::111122223333:user/user-{number}",
            "CreateDate": "2025-01-01T00:00:00+00:00",
            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": {"Statement": statements}}],
        }
        for number in range(12_000)
    ]
    file = tmp_path / "account-authorization-details.json"
    file.write_text(json.dumps({"UserDetailList": users}, indent=4))
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from idkeep.api.offline import read_folder\n"
        "from idkeep.model import Family\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"found = read_folder(Path({str(tmp_path)!r}), families=[Family.IDENTITY])\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(len(found.snapshot.users), after - before)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, kilobytes = map(int, done.stdout.split())
    assert count == 12_000
    # As objects of Python the file alone would take several times its size.
    assert kilobytes * 1024 < file.stat().st_size * 1.5


def test_files_that_were_not_used_are_said(folder: Path, tmp_path: Path) -> None:
    for path in folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "acount-summary.json").write_text("{}")
    said: list[str] = []
    scan_folder(tmp_path, families=IDENTITY, note=said.append)
    assert said == ["not used: acount-summary.json"]
