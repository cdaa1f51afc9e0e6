"""One process whose memory is measured: it makes a report, writes it, and prints its peak in MB.

`memory_child.py account CHECKS` judges so many checks of 500 users each; `organization ACCOUNTS`
has so many accounts of 200 findings each; `framework ACCOUNTS` holds so many accounts of 20,000
verdicts against a framework, with the evidence of them. Every format is written, to nowhere.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Raw
from msgspec.structs import replace
from rich.console import Console

from idkeep.api.framework_report import EvidencePack
from idkeep.api.frameworks import find_framework
from idkeep.checks import ALL
from idkeep.checks.samples import snapshot_of
from idkeep.config import Settings
from idkeep.model import (
    Fact,
    Finding,
    Organization,
    Outcome,
    Severity,
    Status,
    SubjectRef,
    Verdict,
)
from idkeep.model.finding import finding_id
from idkeep.model.run import Run, RunAccount, RunPlan
from idkeep.report.format import FORMATS, format_of
from idkeep.report.framework import FrameworkTally
from idkeep.report.framework_csv import csv
from idkeep.report.framework_html import html
from idkeep.report.framework_text import FrameworkText
from idkeep.report.organization import AccountFinding, AccountResult, organization_report, scanned
from idkeep.report.organization_text import OrganizationText
from idkeep.report.scan import ScanReport, scan_report
from idkeep.report.structured import json_pieces
from idkeep.report.text import ScanText
from idkeep.store import Spool

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
USERS, FINDINGS = 500, 200
_CHECKS = 40
ACCOUNT = "111122223333"


class Nowhere:
    """A file that keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """There is nothing to flush."""


def outcome(check: str) -> Outcome:
    """Every second user fails, every third is unknown."""
    return Outcome(check=check, verdicts=tuple(verdict(check, n) for n in range(USERS)))


def verdict(check: str, number: int) -> Verdict:
    name = f"service-user-{number:06}"
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    who = SubjectRef(kind="User", name=name, arn=arn, id=f"AIDA{number:016}", account=ACCOUNT)
    fact = Fact(
        name="access_keys",
        value=Raw(b'[{"slot":1,"active":true,"rotated":"2024-01-01T00:00:00Z"}]'),
        action="iam:GetCredentialReport",
        as_of=NOW,
    )
    if number % 2 == 0:
        ident = finding_id(check, ACCOUNT, who.id, "")
        message = f"has a key {number % 900} days old"
        found = (Finding(id=ident, severity=Severity.HIGH, message=message),)
        return Verdict(subject=who, status=Status.FAIL, findings=found, evidence=(fact,))
    if number % 3 == 0:
        why = ("iam:GetCredentialReport: AccessDenied",)
        return Verdict(subject=who, status=Status.UNKNOWN, unknown=why, evidence=(fact,))
    return Verdict(subject=who, status=Status.PASS, evidence=(fact,))


def account(count: int) -> None:
    checks = ALL[:count]
    report = scan_report(
        snapshot=snapshot_of(),
        checks=checks,
        outcomes=(outcome(one.id) for one in checks),
        settings=Settings(),
        version="0",
        aside=Spool().tape,
    )
    assert report.summary.failed == count * USERS / 2
    write((report,), report)
    Console(file=Nowhere(), width=100).print(ScanText(report))  # type: ignore[arg-type]


def write(accounts: Iterable[ScanReport], whole: object) -> None:
    for name in FORMATS:
        out, made = Nowhere(), format_of(name, Spool().tape)
        for pieces in (made.begin(), *map(made.account, accounts), made.end(whole)):  # type: ignore[arg-type]
            for piece in pieces:
                out.write(piece)


def organization(count: int) -> None:
    accounts = tuple(
        RunAccount(id=f"{n:012}", name=f"account {n}", state="ACTIVE") for n in range(count)
    )
    report = organization_report(
        run=run_of(accounts),
        accounts=rows(accounts),
        settings=Settings(),
        checks=ALL,
        version="0",
        aside=Spool().tape,
    )
    assert report.summary.findings[Severity.HIGH] == count * FINDINGS
    write((), report)
    Console(file=Nowhere(), width=100).print(OrganizationText(report))  # type: ignore[arg-type]


def framework(count: int) -> None:
    checks = ALL[:_CHECKS]
    chosen = find_framework("cis-7.0")
    tally = FrameworkTally(chosen, Settings(), Spool(8_000).tape)
    pack = EvidencePack(Settings(), None)
    for number in range(count):
        report = scan_report(
            snapshot=snapshot_of(),
            checks=checks,
            outcomes=(outcome(one.id) for one in checks),
            settings=Settings(),
            version="0",
            aside=Spool().tape,
        )
        tally.add(replace(report, account=f"{number:012}"))
        pack.account(replace(report, account=f"{number:012}"))
    told = tally.report("0")
    pack.finish(told, html(told))
    out = Nowhere()
    for piece in (*map(len, pack.pieces()), *map(len, json_pieces(told)), *map(len, csv(told))):
        out.write("" * piece)
    Console(file=out, width=100).print(FrameworkText(told))  # type: ignore[arg-type]


def rows(accounts: Iterable[RunAccount]) -> Iterator[AccountResult]:
    bare = scan_report(
        snapshot=snapshot_of(), checks=(), outcomes=(), settings=Settings(), version="0"
    )
    findings = tuple(
        AccountFinding(
            id=f"{n:016x}",
            check=ALL[n].id,
            severity=Severity.HIGH,
            kind="User",
            subject=f"service-user-{n:06}",
            arn=f"arn:aws:iam::{ACCOUNT}:user/service-user-{n:06}",
            message=f"has a key {n} days old",
        )
        for n in range(FINDINGS)
    )
    counts = {one: FINDINGS * (one is Severity.HIGH) for one in reversed(Severity)}
    found = replace(bare.summary, failed=FINDINGS, findings=counts)
    for one in accounts:
        yield replace(scanned(one, bare), findings=findings, summary=found)


def run_of(accounts: tuple[RunAccount, ...]) -> Run:
    return Run(
        id="20261101-120000-abcd",
        begun=NOW,
        caller=f"arn:aws:sts::{ACCOUNT}:assumed-role/x/y",
        plan=RunPlan(
            organization="o-1234567890",
            caller_account=ACCOUNT,
            partition="aws",
            region="us-east-1",
            role="idkeep-auditor",
            families=(),
        ),
        accounts=accounts,
        organization=Organization(
            id="o-1234567890", arn="o", management_account=ACCOUNT, feature_set="ALL"
        ),
    )


if __name__ == "__main__":
    {"account": account, "organization": organization, "framework": framework}[sys.argv[1]](
        int(sys.argv[2])
    )
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    [peak] = [line for line in status if line.startswith("VmHWM")]
    sys.stdout.write(str(int(peak.split()[1]) / 1000))
