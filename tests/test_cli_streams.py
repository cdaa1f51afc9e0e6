"""What the command line writes, where, and what happens when it can't: streams, files, logs."""

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import sleep

import pytest

from idkeep.checks.samples import NOW, snapshot_of
from idkeep.cli import options
from idkeep.demo import DemoServer
from idkeep.store import SqliteStore
from surroundings import PATIENCE
from test_cli import IDENTITY, NOWHERE, idkeep

CLOSED = '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}'


def shell(command: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`idkeep` and `idkeep -u` (unbuffered) in a line of bash that fails as its first part does."""
    idkeep = f"{sys.executable} -m idkeep"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("idkeep", idkeep, 1)],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ("idkeep checks | true", {0, 141}),
        ("idkeep checks --json | true", {0, 141}),
        ("idkeep catalog show s3 | true", {0, 141}),
        (f"idkeep can '*' s3:GetObject --resource-policy <(echo '{CLOSED}') | true", {1}),
    ],
)
def test_a_reader_who_has_seen_enough_is_no_error(
    command: str, codes: set[int], unbuffered: str
) -> None:
    done = shell(command, {"PYTHONUNBUFFERED": unbuffered})
    assert done.returncode in codes
    assert done.stderr == ""


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("outputs", ["", "--json -", "--html -"])
def test_findings_stay_findings_when_nobody_reads_them_to_the_end(
    server: DemoServer, outputs: str, unbuffered: str
) -> None:
    env = {**server.environment(), "PYTHONUNBUFFERED": unbuffered}
    done = shell(f"idkeep scan --no-store {outputs} | true", env)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("verb", ["checks", "checks --json", "permissions", "--help"])
@pytest.mark.parametrize(("where", "why"), [(">/dev/full", "No space left"), (">&-", "is closed")])
def test_an_output_that_takes_nothing_is_said_in_one_line(
    verb: str, where: str, why: str, unbuffered: str
) -> None:
    done = shell(f"idkeep {verb} {where}", {"PYTHONUNBUFFERED": unbuffered})
    assert done.returncode == 2
    assert why in done.stderr.splitlines()[0]
    assert len(done.stderr.splitlines()) <= 2


def test_a_scan_with_nowhere_to_report_is_not_begun(server: DemoServer) -> None:
    done = shell("idkeep scan --no-store --json - >&-", server.environment())
    assert done.returncode == 2
    assert done.stderr.startswith("idkeep: standard output is closed")
    assert server.requests() == []


def test_a_report_that_finds_the_disk_full_is_an_error_of_one_line(server: DemoServer) -> None:
    done = shell("idkeep scan --no-store --json - >/dev/full", server.environment())
    assert done.returncode == 2
    assert done.stderr == "idkeep: the output can't be written: No space left on device\n"


def test_a_closed_standard_error_hides_the_words_and_not_the_code() -> None:
    assert shell("idkeep explain nothing-like-it 2>&-").returncode == 2


def test_a_terminal_of_ascii_gets_the_rest_by_its_codes(server: DemoServer) -> None:
    env = {**server.environment(), "PYTHONIOENCODING": "ascii"}
    done = idkeep("scan", *IDENTITY, "--no-store", env=env)
    assert done.returncode == 1, done.stderr
    assert "What is wrong" in done.stdout
    wrong = idkeep("scan", "--snapshot", "ü", "--store", "/nowhere/s", env=env)
    assert (wrong.returncode, wrong.stderr.count("no snapshot is called")) == (2, 1)


HOSTILE = "\x1b[2J\u202egnp"


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", HOSTILE],
        ["scan", "--snapshot", HOSTILE],
        ["scan", "--account", HOSTILE],
        ["snapshots", "--store", HOSTILE],
        [HOSTILE],
        ["demo", "--config", HOSTILE, "--debug"],
    ],
)
def test_no_message_acts_on_the_terminal(arguments: list[str], tmp_path: Path) -> None:
    done = idkeep(*arguments, env={"IDKEEP_STORE": str(tmp_path / "s")}, cwd=tmp_path)
    assert "gnp" in done.stderr
    assert not set(done.stderr) & set(HOSTILE) - set("[2Jgnp")


def test_a_hostile_store_is_listed_and_does_not_act(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "s.db")
    store.put(snapshot_of())
    with sqlite3.connect(store.path) as db:
        db.execute("update snapshot set account = ?, taken = ?", (HOSTILE, NOW.isoformat()))
        db.execute("insert into snapshot values (?, '', ?, 1, 0, 0, 0, x'')", (HOSTILE, HOSTILE))
    db.close()
    for form in ([], ["--json"]):
        done = idkeep("snapshots", "--store", str(store.path), *form)
        assert done.returncode == 0, done.stderr
        assert not set(done.stdout) & set(HOSTILE) - set("[2Jgnp")
        assert "damaged" in done.stdout


def test_a_store_is_never_made_of_a_strangers_file(server: DemoServer, tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear auditor")
    letter.chmod(0o644)
    for store in (str(letter), os.devnull):
        before = Path(store).stat().st_mode
        done = idkeep("scan", *IDENTITY, "--store", store, env=server.environment())
        assert done.returncode == 2
        assert "left alone" in done.stderr
        assert Path(store).stat().st_mode == before
    assert letter.read_text() == "Dear auditor"
    assert server.requests() == []


@pytest.mark.parametrize("place", ["no/such/r.json", "file/r.json", "."])
def test_an_output_that_cannot_be_written_is_said_before_anything_is_read(
    server: DemoServer, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").touch()
    path = str(tmp_path / place)
    done = idkeep("scan", *IDENTITY, "--no-store", "--json", path, env=server.environment())
    assert done.returncode == 2
    assert path in done.stderr
    assert server.requests() == []


def test_two_outputs_of_one_name_and_a_report_over_the_store_are_refused(
    server: DemoServer, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to("r")
    for arguments in (
        ["--json", "-", "--html", "-"],
        ["--json", "-", "--html", "/dev/stdout"],
        ["--json", "r", "--html", "./r"],
        ["--json", "r", "--html", "link"],
        ["--json", "r", "--store", "r"],
    ):
        done = idkeep("scan", *IDENTITY, *arguments, env=server.environment(), cwd=tmp_path)
        assert done.returncode == 2, arguments
        assert "same file" in done.stderr or "the store itself" in done.stderr
    assert server.requests() == []


def test_reports_may_go_to_devices(server: DemoServer) -> None:
    outputs = ["--html", os.devnull, "--json", "/dev/stdout"]
    done = idkeep("scan", *IDENTITY, "--no-store", *outputs, env=server.environment())
    assert done.returncode == 1
    assert json.loads(done.stdout)["complete"]
    assert Path(os.devnull).is_char_device()


def test_a_report_replaces_the_file_behind_a_link(server: DemoServer, tmp_path: Path) -> None:
    (tmp_path / "latest.json").symlink_to("r.json")
    idkeep(
        "scan",
        *IDENTITY,
        "--no-store",
        "--json",
        "latest.json",
        env=server.environment(),
        cwd=tmp_path,
    )
    assert (tmp_path / "latest.json").is_symlink()
    assert json.loads((tmp_path / "r.json").read_text())["complete"]
    assert {path.name for path in tmp_path.iterdir()} == {"latest.json", "r.json"}


def scanning(server: DemoServer, *arguments: str, cwd: Path) -> subprocess.Popen[str]:
    """A scan that is now waiting for AWS, until the faults are taken back."""
    server.faults(slow={"iam:GetAccountSummary": 60})
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "IDKEEP_"))}
    running = subprocess.Popen(
        [sys.executable, "-m", "idkeep", "scan", *IDENTITY, *arguments],
        env={**clean, **NOWHERE, **server.environment(), "COLUMNS": "100"},
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "iam:GetAccountSummary" not in server.requests():
        assert running.poll() is None
        sleep(0.02)
    return running


def test_what_fails_after_the_scan_does_not_take_the_rest_with_it(
    server: DemoServer, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    outputs = ["--json", str(gone / "r.json"), "--html", "r.html"]
    with scanning(server, "--store", "s.db", *outputs, cwd=tmp_path) as running:
        gone.rmdir()
        (tmp_path / "s.db").write_text("somebody else's by now")
        server.faults()
        out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 2
    assert "What is wrong" in out
    assert "What is wrong" in (tmp_path / "r.html").read_text()
    assert "the snapshot was not kept: s.db: is not a store" in err
    assert "r.json can't be written" in err
    assert (tmp_path / "s.db").read_text() == "somebody else's by now"


def test_an_interrupted_scan_is_one_line(server: DemoServer, tmp_path: Path) -> None:
    with scanning(server, "--no-store", cwd=tmp_path) as running:
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 130
    assert (out, err) == ("", "idkeep: interrupted; nothing half-done was kept\n")


def test_a_warning_of_the_scan_is_the_reports_to_tell(server: DemoServer) -> None:
    server.faults(deny=["iam:GetAccountSummary"])
    done = idkeep("scan", *IDENTITY, "--no-store", env=server.environment())
    assert done.stderr == ""


def test_a_log_line_does_not_act_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before = root.handlers[:]
    level = logging.getLogger("idkeep").level
    try:
        with options.progress(verbose=True):
            logging.getLogger("idkeep.collect").warning("%s", f"x\n{HOSTILE}")
    finally:
        root.handlers[:] = before
        logging.getLogger("idkeep").setLevel(level)
    assert capsys.readouterr().err == "x\\u000a\\u001b[2J\\u202egnp\n"


@pytest.mark.parametrize("account", ["", "1111", "1111-2222-3333", "111122223333 ", "\u0661" * 12])
def test_an_account_is_twelve_digits(server: DemoServer, account: str) -> None:
    done = idkeep("scan", *IDENTITY, "--no-store", "--account", account, env=server.environment())
    assert done.returncode == 2
    assert "12 digits" in done.stderr
    assert server.requests() == []


def test_a_report_over_an_open_file_becomes_its_owners_alone(
    server: DemoServer, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    path.touch(0o644)
    idkeep("scan", *IDENTITY, "--no-store", "--json", str(path), env=server.environment())
    assert path.stat().st_mode & 0o777 == 0o600
