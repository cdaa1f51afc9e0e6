"""The command line as a person meets it: through a process of its own, or through `main`."""

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from time import sleep

import pytest

from idkeep.checks.samples import NOW
from idkeep.cli import options
from idkeep.cli.main import VERBS
from idkeep.collect import actions
from idkeep.demo import DemoServer
from idkeep.store import SqliteStore
from test_checks import snapshot_of

NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}


def idkeep(
    *arguments: str, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it as a user would, in an environment that knows of no AWS account but the one given."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "IDKEEP_"))}
    return subprocess.run(
        [sys.executable, "-m", "idkeep", *arguments],
        env={**clean, **NOWHERE, "COLUMNS": "100", **(env or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a run has imported when it ends."""
    code = (
        "import sys, atexit; atexit.register(lambda: sys.stderr.write(' '.join(sys.modules)))\n"
        f"sys.argv = ['idkeep', *{list(arguments)!r}]\nfrom idkeep.cli.main import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def test_help_names_every_verb_in_its_own_words() -> None:
    text = idkeep("--help").stdout
    for verb, line in VERBS.items():
        assert f"  {verb}" in text
        assert line in text


@pytest.mark.parametrize("verb", VERBS)
def test_the_table_says_what_the_command_says(verb: str) -> None:
    command = import_module(f"idkeep.cli.{verb}").command
    assert command.name == verb
    assert command.help.partition("\n\n")[0].replace("\n", " ") == VERBS[verb]


def test_every_module_of_a_verb_is_in_the_table() -> None:
    from idkeep import cli  # noqa: PLC0415

    shared = {"__init__", "main", "options", "output", "terminal"}
    modules = {path.stem for path in Path(cli.__path__[0]).glob("*.py")} - shared
    assert modules == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_help(verb: str) -> None:
    done = idkeep(verb, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: idkeep {verb}")


def test_help_loads_nothing_heavy() -> None:
    loaded = loaded_by("--help")
    assert loaded & {"rich", "boto3", "botocore", "jinja2", "msgspec", "zstandard"} == set()
    assert {m for m in loaded if m.startswith("idkeep")} == {
        "idkeep",
        "idkeep.cli",
        "idkeep.cli.main",
        "idkeep.cli.terminal",
        "idkeep.errors",
    }


def test_version_is_the_installed_one() -> None:
    assert idkeep("--version").stdout.startswith("idkeep 0.")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_command(shell: str) -> None:
    assert "_IDKEEP_COMPLETE" in idkeep("completion", shell).stdout


def test_completion_offers_verbs_and_check_ids() -> None:
    words = {"_IDKEEP_COMPLETE": "bash_complete", "COMP_CWORD": "1", "COMP_WORDS": "idkeep s"}
    assert "plain,scan" in idkeep(env=words).stdout
    words |= {"COMP_CWORD": "2", "COMP_WORDS": "idkeep explain root-a"}
    assert "plain,root-access-key" in idkeep(env=words).stdout


def test_permissions_are_what_a_scan_calls() -> None:
    policy = json.loads(idkeep("permissions").stdout)
    assert policy["Statement"][0]["Action"] == list(actions())


def test_explain_tells_why_and_what_to_do_and_guesses_a_typo() -> None:
    page = idkeep("explain", "root-access-key").stdout
    assert "## What to do" in page
    wrong = idkeep("explain", "root-acces-key")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.splitlines()[1].strip() == "did you mean root-access-key?"


def test_checks_are_listed_for_people_and_machines() -> None:
    lines = idkeep("checks").stdout.splitlines()
    machines = json.loads(idkeep("checks", "--json").stdout)
    assert len(lines) == len(machines)
    assert lines[0].split()[:2] == ["critical", machines[0]["id"]]


# ── Errors: one line, what to do, and the exit code ──────────────────────────────────────────

KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "not-a-secret",
    "AWS_REGION": "us-east-1",
}


@pytest.mark.parametrize(
    ("env", "arguments", "sentence", "hint"),
    [
        ({}, [], "no AWS credentials found", "idkeep demo"),
        ({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}, [], "credentials are incomplete", "secret"),
        ({}, ["--profile", "nobody"], "(nobody) could not be found", "list-profiles"),
        (KEYS, ["--region", "mars-1"], "'mars-1' is not a region", "us-east-1"),
        (
            {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
            [],
            "can't be reached from here",
            "AWS_ENDPOINT_URL",
        ),
    ],
    ids=["no credentials", "half a key", "no such profile", "wrong region", "no network"],
)
def test_an_aws_that_cannot_be_asked_is_one_line_and_a_hint(
    env: dict[str, str], arguments: list[str], sentence: str, hint: str
) -> None:
    done = idkeep("scan", "--no-store", *arguments, env=env)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith("idkeep: ")
    assert sentence in first
    assert hint in second


def test_an_expired_token_is_said_with_the_way_out(server: DemoServer) -> None:
    server.faults(expire_after=0)
    done = idkeep("scan", "--no-store", env=server.environment())
    assert done.returncode == 2
    assert "expired" in done.stderr
    assert "aws sso login" in done.stderr


def test_an_aws_that_throttles_to_the_end_is_said(server: DemoServer) -> None:
    server.faults(throttle={"sts:GetCallerIdentity": 99})
    done = idkeep("scan", "--no-store", env=server.environment())
    assert done.returncode == 2
    assert "throttles" in done.stderr.splitlines()[0]


def shell(command: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """`idkeep` and `idkeep -u` (unbuffered) in a line of bash that fails as its first part does."""
    idkeep = f"{sys.executable} -m idkeep"
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace("idkeep", idkeep, 1)],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("command", "codes"),
    [
        ("idkeep checks | true", {0, 141}),
        ("idkeep checks --json | true", {0, 141}),
        ("idkeep catalog show s3 | true", {0, 141}),
        ("idkeep can arn:aws:iam::111122223333:user/a s3:GetObject | true", {1}),
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
    done = idkeep("scan", "--no-store", "--store", "é", env=env)
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
        done = idkeep("scan", "--store", store, env=server.environment())
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
    done = idkeep("scan", "--no-store", "--json", path, env=server.environment())
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
        done = idkeep("scan", *arguments, env=server.environment(), cwd=tmp_path)
        assert done.returncode == 2, arguments
        assert "same file" in done.stderr or "the store itself" in done.stderr
    assert server.requests() == []


def test_reports_may_go_to_devices(server: DemoServer) -> None:
    outputs = ["--html", os.devnull, "--json", "/dev/stdout"]
    done = idkeep("scan", "--no-store", *outputs, env=server.environment())
    assert done.returncode == 1
    assert json.loads(done.stdout)["complete"]
    assert Path(os.devnull).is_char_device()


def test_a_report_replaces_the_file_behind_a_link(server: DemoServer, tmp_path: Path) -> None:
    (tmp_path / "latest.json").symlink_to("r.json")
    idkeep("scan", "--no-store", "--json", "latest.json", env=server.environment(), cwd=tmp_path)
    assert (tmp_path / "latest.json").is_symlink()
    assert json.loads((tmp_path / "r.json").read_text())["complete"]
    assert {path.name for path in tmp_path.iterdir()} == {"latest.json", "r.json"}


def scanning(server: DemoServer, *arguments: str, cwd: Path) -> subprocess.Popen[str]:
    """A scan that is now waiting for AWS."""
    server.faults(slow={"iam:GetAccountSummary": 4.0})
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "IDKEEP_"))}
    running = subprocess.Popen(
        [sys.executable, "-m", "idkeep", "scan", *arguments],
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
        out, err = running.communicate(timeout=60)
    assert running.returncode == 2
    assert "What is wrong" in out
    assert "What is wrong" in (tmp_path / "r.html").read_text()
    assert "the snapshot was not kept: s.db: is not a store" in err
    assert "r.json can't be written" in err
    assert (tmp_path / "s.db").read_text() == "somebody else's by now"


def test_an_interrupted_scan_is_one_line(server: DemoServer, tmp_path: Path) -> None:
    with scanning(server, "--no-store", cwd=tmp_path) as running:
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert (out, err) == ("", "idkeep: interrupted; nothing half-done was kept\n")


def test_a_warning_of_the_scan_is_the_reports_to_tell(server: DemoServer) -> None:
    server.faults(deny=["iam:GetAccountSummary"])
    done = idkeep("scan", "--no-store", env=server.environment())
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
    done = idkeep("scan", "--no-store", "--account", account, env=server.environment())
    assert done.returncode == 2
    assert "12 digits" in done.stderr
    assert server.requests() == []


def test_a_report_over_an_open_file_becomes_its_owners_alone(
    server: DemoServer, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    path.touch(0o644)
    idkeep("scan", "--no-store", "--json", str(path), env=server.environment())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_aws_does_not_know_is_said(server: DemoServer) -> None:
    env = {**server.environment(), "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}
    done = idkeep("scan", "--no-store", env={**env, "AWS_SESSION_TOKEN": ""})
    assert done.returncode == 2
    assert "does not know this access key" in done.stderr


def test_a_page_that_is_not_awss_is_said(server: DemoServer) -> None:
    server.faults(broken=["sts:GetCallerIdentity"], broken_status=200)
    done = idkeep("scan", "--no-store", env=server.environment())
    assert done.returncode == 2
    assert "not AWS" in done.stderr


def test_debug_shows_the_trace_wherever_it_stands() -> None:
    for arguments in (["--debug", "scan", "--no-store"], ["scan", "--no-store", "--debug"]):
        done = idkeep(*arguments)
        assert done.returncode == 2
        assert "Traceback" in done.stderr
        assert "NoCredentialsError" in done.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unused_after = = 3\n", "idkeep.toml:1:16: Invalid value"),
        ("# x\nmin_password_length = 3\n", "idkeep.toml:2:1: Expected `int` >= 6"),
        ("colour = 'red'\n", "idkeep.toml:1:1: Object contains unknown field `colour`"),
    ],
)
def test_a_settings_file_that_is_wrong_is_named_with_the_place(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "idkeep.toml").write_text(text)
    done = idkeep("demo", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"idkeep: {message}")


def test_a_settings_file_that_is_missing_is_an_error_only_if_it_was_named(tmp_path: Path) -> None:
    done = idkeep("demo", "--config", "no.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "no.toml: No such file" in done.stderr


def test_another_account_than_the_one_named_is_refused(server: DemoServer) -> None:
    done = idkeep("scan", "--no-store", "--account", "999999999999", env=server.environment())
    assert done.returncode == 4
    assert "nothing was read" in done.stderr


# ── A scan, its outputs and its exit codes ───────────────────────────────────────────────────


def test_a_scan_tells_keeps_and_exits_with_what_it_found(
    server: DemoServer, tmp_path: Path
) -> None:
    env = {**server.environment(), "IDKEEP_STORE": str(tmp_path / "s.db")}
    html, js = tmp_path / "r.html", tmp_path / "r.json"
    done = idkeep("scan", "--html", str(html), "--json", str(js), env=env)
    assert done.returncode == 1
    assert "What is wrong" in done.stdout
    report = json.loads(js.read_text())
    assert f"kept as snapshot {report['snapshot']}" in " ".join(done.stdout.split())
    assert html.stat().st_mode & 0o777 == js.stat().st_mode & 0o777 == 0o600
    assert report["snapshot"] in idkeep("snapshots", env=env).stdout
    [kept] = json.loads(idkeep("snapshots", "--json", env=env).stdout)
    again = idkeep("scan", "--snapshot", kept["id"][:6], "--json", "-", env=env)
    assert again.returncode == 1
    assert json.loads(again.stdout)["checks"] == report["checks"]


@pytest.mark.parametrize(
    ("deny", "fail_on", "code"),
    [([], "critical", 1), ([], "never", 0), (["iam:GetAccountSummary"], "never", 3)],
)
def test_exit_codes_tell_findings_from_gaps(
    server: DemoServer, deny: list[str], fail_on: str, code: int
) -> None:
    server.faults(deny=deny)
    done = idkeep("scan", "--no-store", "--fail-on", fail_on, env=server.environment())
    assert done.returncode == code


def test_findings_win_over_gaps_and_the_gaps_are_printed(server: DemoServer) -> None:
    server.faults(deny=["iam:GetAccountSummary"])
    done = idkeep("scan", "--no-store", env=server.environment())
    assert done.returncode == 1
    assert "Not everything could be read: iam:GetAccountSummary" in done.stdout
    assert "What could not be told" in done.stdout


def test_scanning_as_root_is_loud(server: DemoServer) -> None:
    done = idkeep("scan", "--no-store", env=server.environment("root"))
    assert "ROOT CREDENTIALS IN USE" in done.stdout.partition("What is wrong")[0]


def test_verbose_logs_each_call_by_name(server: DemoServer) -> None:
    done = idkeep("scan", "--no-store", "-v", env=server.environment())
    assert set(actions()) <= set(done.stderr.splitlines())


def test_a_snapshot_leaves_aws_alone(server: DemoServer) -> None:
    done = idkeep("scan", "--snapshot", "latest", "--profile", "x", env=server.environment())
    assert done.returncode == 2
    assert "leave the other options out" in done.stderr
    assert server.requests() == []


def test_the_demo_runs_the_ordinary_scan_and_is_no_failure(tmp_path: Path) -> None:
    # What the user has set for AWS must not turn the demo towards a real account.
    env = {**KEYS, "AWS_PROFILE": "production", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    done = idkeep("demo", "--json", "-", env=env, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["account"] == "111122223333"
    assert list(tmp_path.iterdir()) == []


@contextmanager
def kept_demo(
    *arguments: str, env: Mapping[str, str], stdout: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "idkeep", "demo", "--keep", *arguments],
        env={**os.environ, **env},
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.terminate()
            running.communicate(timeout=20)


def told(lines: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """What to unset and what to export, in this order, from what the kept demo prints."""
    unset: list[str] = []
    exports: dict[str, str] = {}
    for line in lines:
        if line.startswith("unset "):
            assert not exports
            unset += line.split()[1:]
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").strip().partition("=")
            exports[name] = value
        if line.startswith("export no_proxy"):
            break
    return unset, exports


def test_the_kept_demo_prints_how_to_point_at_it_and_ends_with_the_command() -> None:
    env = {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9", "AWS_ROLE_ARN": "x"}
    with kept_demo("--json", os.devnull, env=env) as running:
        assert running.stdout
        unset, exports = told(running.stdout)
        assert {*env, "AWS_PROFILE"} <= set(unset)
        assert not set(unset) & set(exports)
        scanned = idkeep("scan", "--no-store", "--json", "-", env=exports)
        assert json.loads(scanned.stdout)["complete"]
    gone = idkeep("scan", "--no-store", env=exports)
    assert "can't be reached" in gone.stderr


def test_a_report_on_stdout_is_all_there_is_on_stdout(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        out.open("wb") as file,
        kept_demo("--json", "-", env={}, stdout=file.fileno()) as running,
    ):
        assert running.stderr
        assert "AWS_ENDPOINT_URL" in told(running.stderr)[1]
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 0
    assert json.loads(out.read_text())["complete"]
