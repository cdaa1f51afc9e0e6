"""The table "What may go wrong" of docs/scan.md: each row was tried, and exits as it says."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import test_cli_streams as streams
import test_organization_interrupted as org_interrupted
import test_scan_interrupted as interrupted
from idkeep.demo import DemoServer
from idkeep.errors import Exit
from organization_scans import EXTERNAL, MANAGEMENT, PRODUCTION, SANDBOX
from test_cli import idkeep

PAGE = Path(__file__).parent.parent / "docs" / "scan.md"
ORG = ("--org", "--external-id", EXTERNAL)
SUMMARY = "iam:GetAccountSummary"
ACCEPTS = f"""
[[accepted_gaps]]
action = "{SUMMARY}"
reason = "the supplier's policy lacks it"
owner = "platform"
expires = 2099-12-31
"""
REFUSED = "AWS refuses a call"
THROTTLED = "AWS throttles"
SESSION = "the session of a role ends on the way"
OWN = "the caller's own credentials end on the way"
KILLED = "`kill -9`, at any point"
FULL = "the disk is full"
STORE = "the store can't be written, or is no store"
WRONG = "the credentials are of another account or partition than was said"
HTML = "a proxy or portal answers with a page of HTML, with any status"
SILENT = "a region does not answer"
SLOW = "an account of an organisation is slow"
ODD = "a role is deleted, a policy malformed, an answer odd"


class Case(NamedTuple):
    """A row of the table, how it is brought about, and what comes of it.

    `words` are more of the command line, `said` is in what it prints.
    """

    row: str
    faults: Mapping[str, Any]
    code: int
    words: tuple[str, ...] = ()
    said: str = ""
    settings: str = ""


CASES = {
    "refused": Case(REFUSED, {"deny": [SUMMARY]}, 3, said=SUMMARY),
    "refused, accepted": Case(REFUSED, {"deny": [SUMMARY]}, 0, settings=ACCEPTS),
    "refused in one account": Case(REFUSED, {"deny": [f"{SUMMARY}@{SANDBOX}"]}, 3, ORG, SUMMARY),
    "throttled": Case(THROTTLED, {"throttle": {SUMMARY: 2}}, 0),
    "throttled for ever": Case(THROTTLED, {"throttle": {SUMMARY: 999}}, 3, said=SUMMARY),
    "session ends": Case(SESSION, {"ended": {f"{SUMMARY}@{SANDBOX}": 1}}, 0, ORG),
    "credentials end": Case(OWN, {"expire_after": 6}, 3, said="ExpiredToken"),
    "credentials end, org": Case(OWN, {"expire_after": 40}, 3, ORG, "--resume"),
    "no store": Case(STORE, {}, 2, ("--store", __file__), "is not a store"),
    "wrong account": Case(WRONG, {}, 4, ("--account", "9" * 12), "nothing was read"),
    "wrong account in a row": Case(
        WRONG,
        {"rewrite": {f"sts:GetCallerIdentity@{SANDBOX}": [(SANDBOX, "9" * 12)]}},
        3,
        ORG,
        "belong to account 999999999999",
    ),
    "wrong partition in a row": Case(
        WRONG,
        {"rewrite": {f"sts:GetCallerIdentity@{SANDBOX}": [("arn:aws:", "arn:aws-cn:")]}},
        3,
        ORG,
        "of aws-cn",
    ),
    "HTML": Case(HTML, {"broken": [SUMMARY]}, 3, said=SUMMARY),
    "HTML with status 200": Case(
        HTML, {"broken": [SUMMARY], "broken_status": 200}, 3, said="AWS's"
    ),
    "HTML at once": Case(
        HTML, {"broken": ["sts:GetCallerIdentity"], "broken_status": 200}, 2, said="not AWS"
    ),
    "a region is silent": Case(
        SILENT, {"slow": {"*@*/eu-west-3": 60}}, 3, ("--facts", "logging"), "eu-west-3"
    ),
    "a slow account": Case(SLOW, {"slow": {f"{SUMMARY}@{PRODUCTION}": 2}}, 0, ORG),
    "an odd user": Case(ODD, {"spoil": ["user:bot:Arn"]}, 3, said="user bot lacks Arn"),
}
# What is no answer of AWS's is brought about by other tests, with these exit codes.
ELSEWHERE: tuple[tuple[str, Callable[..., None], int | None], ...] = (
    (
        KILLED,
        interrupted.test_a_killed_scan_leaves_the_store_as_it_was_and_the_next_one_is_whole,
        None,
    ),
    (
        KILLED,
        org_interrupted.test_whatever_point_it_is_killed_at_it_is_resumed_to_the_same_report,
        None,
    ),
    ("Ctrl-C", streams.test_an_interrupted_scan_is_one_line, 130),
    ("Ctrl-C", org_interrupted.test_ctrl_c_ends_it_at_once_and_names_the_way_on, 130),
    (FULL, interrupted.test_a_disk_that_is_full_loses_neither_the_report_nor_what_was_kept, 2),
    (FULL, org_interrupted.test_a_disk_that_is_full_is_said_and_what_was_kept_stays_whole, 2),
    (STORE, interrupted.test_a_read_only_store_is_said_before_aws_is_asked, 2),
)


def table() -> dict[str, set[int]]:
    """The exit codes of each row; none where nobody can tell one."""
    text = PAGE.read_text(encoding="utf-8").partition("## What may go wrong")[2]
    rows = [line.strip("| \n").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {row[0]: {int(code) for code in re.findall(r"\d+", row[2])} for row in rows[1:]}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_fault_exits_as_the_table_says(small: DemoServer, case: Case, tmp_path: Path) -> None:
    small.faults(**case.faults)
    (tmp_path / "idkeep.toml").write_text(case.settings)
    words = ["scan", *case.words, "--fail-on", "never", "--config", str(tmp_path / "idkeep.toml")]
    words += [] if "--facts" in case.words else ["--facts", "identity"]
    words += [] if "--store" in case.words else ["--store", str(tmp_path / "s.db")]
    account = MANAGEMENT if case.words == ORG else None
    done = idkeep(*words, env=small.environment(account=account))
    assert done.returncode == case.code, done.stderr
    assert case.said in " ".join((done.stdout + done.stderr).split())


def test_every_row_of_the_table_was_tried_with_each_of_its_codes() -> None:
    tried: dict[str, set[int]] = {}
    for case in CASES.values():
        tried.setdefault(case.row, set()).add(case.code)
    for row, _, code in ELSEWHERE:
        tried.setdefault(row, set()).update(() if code is None else (code,))
    assert tried == table()
    assert {code for codes in tried.values() for code in codes} <= {*map(int, Exit), 130}
