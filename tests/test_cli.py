"""The command line as a person meets it: through a process of its own, or through `main`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

from idkeep.cli.main import VERBS
from idkeep.collect import actions
from idkeep.demo import DemoServer
from surroundings import PATIENCE

NOWHERE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "NO_PROXY": "127.0.0.1",
}


# What is asked is no matter here, and the other families ask in every region.
IDENTITY = ("--facts", "identity")


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
        timeout=PATIENCE,
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

    shared = {
        "__init__",
        "explanations",
        "main",
        "options",
        "organization",
        "output",
        "reports",
        "rulings",
        "sections",
        "terminal",
    }
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
    several = idkeep("explain", "nobody-told-of")
    assert several.returncode == 2
    assert "nobody-told-of-root-use" in several.stderr
    wrong = idkeep("explain", "root-acces-key")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.splitlines()[1].strip() == "did you mean root-access-key?"


def test_checks_are_listed_for_people_and_machines() -> None:
    lines = idkeep("checks").stdout.splitlines()
    machines = json.loads(idkeep("checks", "--json").stdout)
    assert len(lines) == len(machines)
    assert lines[0].split()[:2] == ["critical", machines[0]["id"]]
    (old,) = [one for one in machines if one["id"] == "old-access-key"]
    assert "iam:UpdateAccessKey" in old["remedy"]["needs"]
    assert old["remedy"]["may_stop"]


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
    done = idkeep("scan", *IDENTITY, "--no-store", *arguments, env=env)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith("idkeep: ")
    assert sentence in first
    assert hint in second


def test_an_expired_token_is_said_with_the_way_out(server: DemoServer) -> None:
    server.faults(expire_after=0)
    done = idkeep("scan", *IDENTITY, "--no-store", env=server.environment())
    assert done.returncode == 2
    assert "expired" in done.stderr
    assert "aws sso login" in done.stderr


def test_an_aws_that_throttles_to_the_end_is_said(server: DemoServer) -> None:
    server.faults(throttle={"sts:GetCallerIdentity": 99})
    done = idkeep("scan", *IDENTITY, "--no-store", env=server.environment())
    assert done.returncode == 2
    assert "throttles" in done.stderr.splitlines()[0]


def test_a_key_that_aws_does_not_know_is_said(server: DemoServer) -> None:
    env = {**server.environment(), "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE"}
    done = idkeep("scan", *IDENTITY, "--no-store", env={**env, "AWS_SESSION_TOKEN": ""})
    assert done.returncode == 2
    assert "does not know this access key" in done.stderr


def test_a_page_that_is_not_awss_is_said(server: DemoServer) -> None:
    server.faults(broken=["sts:GetCallerIdentity"], broken_status=200)
    done = idkeep("scan", *IDENTITY, "--no-store", env=server.environment())
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
        (
            "unused_aftr = 30\n",
            "idkeep.toml:1:1: there is no setting `unused_aftr`\n  did you mean unused_after?\n",
        ),
        ("colour = 'red'\n", "idkeep.toml:1:1: there is no setting `colour`\n"),
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
    done = idkeep(
        "scan", *IDENTITY, "--no-store", "--account", "999999999999", env=server.environment()
    )
    assert done.returncode == 4
    assert "nothing was read" in done.stderr


# ── A scan, its outputs and its exit codes ───────────────────────────────────────────────────


def test_a_scan_tells_keeps_and_exits_with_what_it_found(
    server: DemoServer, tmp_path: Path
) -> None:
    env = {**server.environment(), "IDKEEP_STORE": str(tmp_path / "s.db")}
    html, js = tmp_path / "r.html", tmp_path / "r.json"
    done = idkeep("scan", *IDENTITY, "--html", str(html), "--json", str(js), env=env)
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
    done = idkeep("scan", *IDENTITY, "--no-store", "--fail-on", fail_on, env=server.environment())
    assert done.returncode == code


def test_findings_win_over_gaps_and_the_gaps_are_printed(server: DemoServer) -> None:
    server.faults(deny=["iam:GetAccountSummary"])
    done = idkeep("scan", *IDENTITY, "--no-store", env=server.environment())
    assert done.returncode == 1
    assert "Not everything could be read: iam:GetAccountSummary" in done.stdout
    assert "What could not be told" in done.stdout


def test_scanning_as_root_is_loud(server: DemoServer) -> None:
    done = idkeep("scan", *IDENTITY, "--no-store", env=server.environment("root"))
    assert "ROOT CREDENTIALS IN USE" in done.stdout.partition("What is wrong")[0]


def test_verbose_logs_each_call_by_name(server: DemoServer) -> None:
    done = idkeep("scan", *IDENTITY, "--no-store", "-v", env=server.environment())
    asked = {one for one in server.requests() if one.startswith(("iam:", "account:", "sts:"))}
    assert len(asked) > 15
    assert asked <= set(done.stderr.splitlines())


def test_a_snapshot_leaves_aws_alone(server: DemoServer) -> None:
    done = idkeep("scan", "--snapshot", "latest", "--profile", "x", env=server.environment())
    assert done.returncode == 2
    assert "--snapshot reads no AWS account: leave --profile out" in done.stderr
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
            running.communicate(timeout=PATIENCE)


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
        scanned = idkeep("scan", *IDENTITY, "--no-store", "--json", "-", env=exports)
        assert json.loads(scanned.stdout)["complete"]
    gone = idkeep("scan", "--no-store", env=exports)
    assert "can't be reached" in gone.stderr


def test_a_kept_organisation_is_pointed_at_from_its_management_account() -> None:
    with kept_demo("--org", "--facts", "identity", "--json", os.devnull, env={}) as running:
        assert running.stdout
        _, exports = told(running.stdout)
        last = running.stdout.readline()
        assert last == "# and then, for example: idkeep scan --org --external-id larkfield-audit\n"
        proven = idkeep("doctor", "--facts", "identity", env=exports)
        assert proven.stdout.startswith("account 555566667777 in aws")


def test_a_report_on_stdout_is_all_there_is_on_stdout(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        out.open("wb") as file,
        kept_demo("--json", "-", env={}, stdout=file.fileno()) as running,
    ):
        assert running.stderr
        assert "AWS_ENDPOINT_URL" in told(running.stderr)[1]
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=PATIENCE) == 0
    assert json.loads(out.read_text())["complete"]


def test_the_demo_shows_a_whole_organisation(tmp_path: Path) -> None:
    done = idkeep("demo", "--org", "--json", "-", "-q", env={**KEYS}, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["coverage"] == {
        "listed": 5,
        "scanned": 4,
        "incomplete": 0,
        "failed": 0,
        "skipped": 1,
    }
    assert (report["run"], {one["snapshot"] for one in report["accounts"]}) == ("", {""})
    wrong = idkeep("demo", "--org", "--as-root", env={**KEYS}, cwd=tmp_path)
    assert (wrong.returncode, "leave --as-root out" in wrong.stderr) == (2, True)
