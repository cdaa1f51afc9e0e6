"""The example organisation with every family of facts, read once over real HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

import pytest
from msgspec.structs import replace

from idkeep import model
from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.api.demo import strays
from idkeep.api.organization import OrganizationScan, assumed_role, scan_organization
from idkeep.api.scan import read_account
from idkeep.checks import ALL, run
from idkeep.config import ForbiddenPair, RootRegister, Settings, TrustedAccount
from idkeep.demo import DemoServer
from idkeep.model import Family, Outcome, Snapshot, Status
from idkeep.store import Kept, SqliteStore

MANAGEMENT, PRODUCTION, SECURITY = "555566667777", "111122223333", "666677778888"
SANDBOX = "888899990000"
CATALOG = load_catalog()
Key: TypeAlias = tuple[str, str, str]
Verdicts: TypeAlias = dict[Key, Status]


def agreed(taken: datetime) -> Settings:
    """What the example organisation agreed on when it was read."""
    day = taken.date()
    return Settings(
        organization_domains=("larkfield.example",),
        owner_tag="Owner",
        root_register=(
            RootRegister(
                account=MANAGEMENT,
                people=("Ingrid Solberg", "Amara Okafor"),
                owner="Security",
                reviewed=day - timedelta(days=400),
                recovery="the safe in Bergen",
            ),
            RootRegister(
                account=PRODUCTION,
                people=("Ingrid Solberg",),
                owner="Security",
                reviewed=day - timedelta(days=40),
            ),
        ),
        trusted_accounts=(
            TrustedAccount(id="222211110000", name="Pulse Monitoring", vendor=True, owner="Shop"),
        ),
        critical_resources=(
            "arn:aws:s3:::larkfield-trail",
            "arn:aws:dynamodb:*:*:table/carts",
        ),
        bounded_permission_sets=("Dev*", "Billing"),
        token_issuers=("https://login.larkfield.example",),
        forbidden_pairs=(
            ForbiddenPair(
                name="writes policies and stops the trail",
                first=("iam:CreatePolicyVersion", "iam:PutRolePolicy"),
                second=("cloudtrail:StopLogging", "cloudtrail:DeleteTrail"),
            ),
        ),
    )


@dataclass(frozen=True)
class Organization:
    """Its accounts as they were read, and how they are judged beside each other."""

    snapshots: Mapping[str, Snapshot]
    siblings: frozenset[str]
    _as_read: dict[str, Verdicts] = field(default_factory=dict)

    def outcomes(self, snapshot: Snapshot, *, in_parts: bool = True) -> tuple[Outcome, ...]:
        """An account's, which may be another than was read; each check's by itself."""
        settings = agreed(snapshot.taken)
        estate = Estate(snapshot, settings, CATALOG, self.siblings, self.snapshots.get)
        return run(ALL, estate, in_parts=in_parts)

    def as_read(self, account: str) -> Verdicts:
        """The verdicts about an account as it was read, found once."""
        if account not in self._as_read:
            self._as_read[account] = self.verdicts(self.snapshots[account])
        return self._as_read[account]

    def verdicts(self, snapshot: Snapshot, *, in_parts: bool = True) -> Verdicts:
        """Each verdict's status by check, kind and subject; "" are subjects that may be missing."""
        found: Verdicts = {}
        for outcome in self.outcomes(snapshot, in_parts=in_parts):
            for one in outcome.verdicts:
                found[outcome.check, one.subject.kind, one.subject.id] = one.status
            if outcome.unlisted:
                found[outcome.check, "", ""] = Status.UNKNOWN
        return found


@pytest.fixture(scope="session")
def organization(
    _demo_server: DemoServer, tmp_path_factory: pytest.TempPathFactory
) -> Organization:
    """As one scan of it read it."""
    _demo_server.faults()
    store = tmp_path_factory.mktemp("judge") / "s.db"
    with pytest.MonkeyPatch.context() as patch:
        said = _demo_server.environment(account=MANAGEMENT)
        for name in strays(said):
            patch.delenv(name, raising=False)
        for name, value in said.items():
            patch.setenv(name, value)
        role = assumed_role("idkeep-auditor", external_id="larkfield-audit")
        families = frozenset(Family) - {Family.MORE_RESOURCES}
        scan_organization(OrganizationScan(families=families, role=role), store=store)
        # Of one account alone: it takes seven hundred calls, whatever is there.
        for name, value in _demo_server.environment(account=SANDBOX).items():
            patch.setenv(name, value)
        more = read_account(account=SANDBOX, families={Family.MORE_RESOURCES})
    keeper = SqliteStore(store)
    kept = [one for one in keeper.list() if isinstance(one, Kept)]
    read = {one.account: keeper.get(one.sha256) for one in kept}
    read[SANDBOX] = replace(
        read[SANDBOX],
        more_resources=more.more_resources,
        documents={**read[SANDBOX].documents, **more.documents},
    )
    members = read[MANAGEMENT].organization
    assert isinstance(members, model.Organization)
    assert isinstance(members.accounts, tuple)
    return Organization(read, frozenset(one.id for one in members.accounts))
