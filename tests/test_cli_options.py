"""Options that go together, and those that do not: every refusal is a sentence."""

import json
import sys
from collections.abc import Callable
from io import StringIO
from itertools import combinations
from pathlib import Path

import pytest

from idkeep.cli.main import main
from idkeep.demo import DemoServer
from idkeep.errors import Exit
from test_cli import NOWHERE, idkeep

ACCOUNT = "111122223333"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process, in an empty directory and without any AWS account."""
    for name, value in {**NOWHERE, "COLUMNS": "200", "IDKEEP_STORE": "kept.db"}.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stdin", StringIO(""))
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(words)
        return int(ended.value.code or 0), capsys.readouterr().err

    return invoke


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--role", "x"), "--role goes with --org"),
        (("--resume",), "--resume goes with --org"),
        (("--org", "--shard", "3/2"), "is not i/n"),
        (("--org", "--resume", "--baseline", "latest"), "name an older --baseline"),
        (("--check", "no-such-check"), "no check is called no-such-check"),
        (("--status", "failed"), "'failed' is none of fail, unknown, pass"),
        (("--org", "--no-store"), "leave --no-store out"),
        (("--org", "--snapshot", "latest"), "--snapshot and --org go one at a time"),
        (("--from", ".", "--snapshot", "latest"), "--snapshot and --from go one at a time"),
        (("--from", ".", "--org"), "--from and --org go one at a time"),
        (("--org", "--tag", "Owner"), "is not Key=Value"),
        (("--account", ACCOUNT, "--account", ACCOUNT), "several --account go with --org"),
        (("--run", "latest", "--region", "x"), "--run reads no AWS account: leave --region out"),
        (("--snapshot", "latest", "--no-store", "--yes"), "leave --yes, --no-store out"),
        (("--snapshot", "latest", "--account", ACCOUNT), "leave --account out"),
        (("--taken", "2026-10-01"), "--taken goes with --from"),
        (("--org", "--taken", "2026-10-01"), "--taken goes with --from"),
        (("--from", ".", "--profile", "x"), "leave --profile out"),
        (("--from", ".", "--yes"), "--from asks no AWS: leave --yes out"),
        (("--from", ".", "--region", "x", "--max-calls", "3"), "leave --region, --max-calls out"),
        (("--yes", "--max-calls", "3"), "--yes sets no limit"),
        (("--store", "s.db", "--no-store"), "--store and --no-store go one at a time"),
        (("--facts", "identity,everything"), "'everything' is none of identity,"),
        (("--facts", ","), "names no family"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, words: tuple[str, ...], why: str
) -> None:
    code, said = run("scan", *words)
    assert code == Exit.USAGE
    assert why in said.replace("\n", " ")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("collect", "--out", "a.snapshot", "--from", ".", "--yes"), "leave --yes out"),
        (("collect", "--out", "a.snapshot", "--taken", "2026-10-01"), "goes with --from"),
        (("collect", "--out", "a.snapshot", "--redact-key-file", "k"), "goes with --redact"),
        (("doctor", "--account", ACCOUNT, "--account", ACCOUNT), "go with --org"),
        (("doctor", "--external-id", "x"), "--external-id goes with --org"),
        (("doctor", "--resume"), "No such option"),
        (("doctor", "--yes"), "No such option"),
    ],
)
def test_other_verbs_refuse_what_has_no_use_for_them(
    run: Run, words: tuple[str, ...], why: str
) -> None:
    code, said = run(*words)
    assert code == Exit.USAGE
    assert why in said.replace("\n", " ")


OPTIONS = (
    ("--profile", "nobody"),
    ("--region", "eu-west-1"),
    ("--facts", "identity"),
    ("--max-calls", "3"),
    ("--yes",),
    ("--account", ACCOUNT),
    ("--snapshot", "latest"),
    ("--from", "."),
    ("--taken", "2026-10-01"),
    ("--org",),
    ("--role", "x"),
    ("--external-id", "x"),
    ("--mfa-serial", "x"),
    ("--session-name", "xy"),
    ("--source-identity", "xy"),
    ("--ou", "/"),
    ("--tag", "a=b"),
    ("--parallel", "2"),
    ("--shard", "1/2"),
    ("--resume",),
    ("--run", "latest"),
    ("--store", "other.db"),
    ("--no-store",),
    ("--config", "none.toml"),
    ("--json", "a.json"),
    ("--jsonl", "a.jsonl"),
    ("--csv", "a.csv"),
    ("--markdown", "a.md"),
    ("--sarif", "a.sarif"),
    ("--ocsf", "a.ocsf"),
    ("--asff", "a.asff"),
    ("--junit", "a.xml"),
    ("--check", "root-*"),
    ("--skip", "old-*"),
    ("--severity", "high"),
    ("--status", "fail,unknown"),
    ("--baseline", "previous"),
    ("--rules-version", "1"),
    ("--quiet",),
    ("--html", "a.html"),
    ("--all",),
    ("--fail-on", "never"),
    ("--verbose",),
)


def test_every_pair_of_options_is_used_or_refused_in_a_sentence(run: Run) -> None:
    """Without an AWS account, a snapshot and a folder each ends with 2, and says why."""
    for words in ((*one, *other) for one, other in combinations(OPTIONS, 2)):
        code, said = run("scan", *words)
        assert code == Exit.USAGE, words
        assert "idkeep's own" not in said, (words, said)
        starts = [line.partition(": ")[0] for line in said.splitlines()]
        assert {"idkeep", "Usage"} & set(starts), (words, said)


def test_the_options_of_the_table_are_all_there_are(run: Run) -> None:
    from idkeep.cli.scan import command  # noqa: PLC0415

    assert {one[0] for one in OPTIONS} == {max(one.opts, key=len) for one in command.params}
    assert run("scan", "--nothing")[0] == Exit.USAGE


def test_what_goes_together_does(server: DemoServer, tmp_path: Path) -> None:
    kept = tmp_path / "s.db"
    first = ("scan", "--facts", "identity", "--account", ACCOUNT, "--max-calls", "10")
    done = idkeep(*first, "--store", str(kept), "--json", "-", env=server.environment())
    assert done.returncode == Exit.FINDINGS
    report = json.loads(done.stdout)
    again = idkeep("scan", "--snapshot", report["snapshot"], "--store", str(kept), "--json", "-")
    assert json.loads(again.stdout)["checks"] == report["checks"]
