"""Scans of a whole organisation, and what is looked at in their reports."""

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.api.organization import (
    OrganizationScan,
    assumed_role,
    scan_organization,
)
from idkeep.config import AcceptedGap, Settings
from idkeep.demo import DemoServer
from idkeep.model import Family
from idkeep.report import OrganizationReport
from idkeep.report.organization import AccountFinding, Coverage

MANAGEMENT, SECURITY = "555566667777", "666677778888"
PRODUCTION, SANDBOX, SUSPENDED = "111122223333", "888899990000", "999900001111"
READ = (MANAGEMENT, SECURITY, PRODUCTION, SANDBOX)
EXTERNAL = "larkfield-audit"
IDENTITY = frozenset({Family.IDENTITY})
Scan = Callable[..., OrganizationReport]


def silent(_: str) -> None:
    """Nobody listens."""


def scanner(server: DemoServer, store: Path, monkeypatch: pytest.MonkeyPatch) -> Scan:
    """Scans a server's organisation from its management account, into this store."""
    for name, value in server.environment(account=MANAGEMENT).items():
        monkeypatch.setenv(name, value)

    def run(
        settings: Settings | None = None, *, tell: Callable[[str], None] = silent, **told: Any
    ) -> OrganizationReport:
        told = {"families": IDENTITY, "role": role(), **told}
        return scan_organization(
            OrganizationScan(**told), store=store, settings=settings, tell=tell
        )

    return run


def role(external_id: str = EXTERNAL) -> Any:
    return assumed_role("idkeep-auditor", external_id=external_id)


def rows(report: OrganizationReport) -> dict[str, tuple[Coverage, str]]:
    return {one.id: (one.coverage, one.why) for one in report.accounts}


def told(report: OrganizationReport) -> Any:
    """All but what differs from one scan to the next."""
    return [
        (one.id, one.coverage, one.why, one.summary, tuple(map(_timeless, one.findings)), one.gaps)
        for one in report.accounts
    ], [replace(one) for one in report.checks]


def _timeless(finding: AccountFinding) -> AccountFinding:
    return replace(finding, first=None)


def adds_up(report: OrganizationReport) -> bool:
    covered = report.coverage
    parts = covered.scanned + covered.incomplete + covered.failed + covered.skipped
    return covered.listed == len(report.accounts) == parts


def line(action: str, expires: date = date.max, **where: str) -> Settings:
    accepted = AcceptedGap(action=action, reason="known", owner="us", expires=expires, **where)
    return Settings(accepted_gaps=(accepted,))


def command(server: DemoServer, store: Path, *more: str) -> tuple[list[str], dict[str, str]]:
    env = {name: v for name, v in os.environ.items() if not name.startswith("AWS_")}
    words = ["scan", "--org", "--external-id", EXTERNAL, "--facts", "identity", "--fail-on"]
    words += ["never", "--store", str(store), *more]
    return [sys.executable, "-m", "idkeep", *words], {
        **env,
        **server.environment(account=MANAGEMENT),
    }
