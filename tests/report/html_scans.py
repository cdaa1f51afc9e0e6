"""Scans for the HTML report: the real checks over accounts made of model values."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import AnyCheck, run
from idkeep.checks.samples import ACCOUNT, ANA, NO_REPORT, NOW, ROOT, ago, key, password
from idkeep.config import AcceptedGap, Settings
from idkeep.model import AlternateContact, Call, Gap, PasswordPolicy, Snapshot, Unlisted, User
from idkeep.report.scan import ScanReport, scan_report
from report.few_checks import FEW

CATALOG = load_catalog()

HOSTILE = (
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "=cmd|'/c calc'!A1",
    "\x1b[31mred",
    "ana\u202enimda",
    "{{7*7}}",
    "{% raise %}",
    '"onmouseover="window.pwned=1" x="',
    "</script></style><script>window.pwned=1</script>",
    "\ud800",
)
REFUSED = Gap(
    "iam:ListVirtualMFADevices",
    "AccessDenied",
    "User: arn:aws:sts::111122223333:assumed-role/idkeep-auditor/scan is not authorized to "
    "perform: iam:ListVirtualMFADevices on resource: arn:aws:iam::111122223333:mfa/ with an "
    "explicit deny in a service control policy",
)
NO_LIST = Gap("iam:GetAccountAuthorizationDetails", "Throttling", "Rate exceeded")
NO_ALTERNATE = Gap("account:GetAlternateContact", "AccessDeniedException")
NO_POLICY = Gap("iam:GetAccountPasswordPolicy", "AccessDenied")
CALLS = (
    Call(action="iam:GetAccountAuthorizationDetails", calls=14, requests=16),
    Call(action="iam:GetCredentialReport", calls=2, requests=2),
    Call(action="sts:GetCallerIdentity", calls=1, requests=1),
)


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A snapshot and how it is scanned."""

    snapshot: Snapshot
    settings: Settings = field(default_factory=Settings)
    checks: tuple[AnyCheck, ...] = FEW

    def report(self) -> ScanReport:
        return scan_report(
            snapshot=self.snapshot,
            checks=self.checks,
            outcomes=run(self.checks, Estate(self.snapshot, self.settings, CATALOG)),
            settings=self.settings,
            version="0.1.0",
            kept_as="2026-11-01T120000Z-4c1f",
            seconds=4.24,
        )


def user(name: str, path: str = "/", **changes: Any) -> User:
    return replace(
        ANA,
        arn=f"arn:aws:iam::111122223333:user{path}{name}",
        id=f"AIDA{sha256(name.encode(errors='replace')).hexdigest()[:16].upper()}",
        name=name,
        **changes,
    )


def snapshot(*users: User, **changes: Any) -> Snapshot:
    plain = Snapshot(
        taken=NOW, region="eu-central-1", account=ACCOUNT, root=ROOT, users=users, calls=CALLS
    )
    return replace(plain, **changes)


def clean() -> Scan:
    """Nothing is wrong, and everything is known."""
    account = replace(
        ACCOUNT,
        password_policy=PasswordPolicy(min_length=14, remembered=24),
        security_contact=AlternateContact(name="Security", email="security@example.com"),
    )
    ben = user("ben", password=password(), mfa_active=True)
    return Scan(snapshot=snapshot(ANA, ben, account=account))


def all_unknown() -> Scan:
    """No read worked but the list of users."""
    gaps = (NO_REPORT, REFUSED, NO_ALTERNATE, NO_POLICY)
    account = replace(ACCOUNT, password_policy=NO_POLICY, security_contact=NO_ALTERNATE)
    root = replace(
        ROOT,
        has_mfa=NO_REPORT,
        has_access_keys=NO_REPORT,
        has_password=NO_REPORT,
        virtual_mfa=REFUSED,
        access_keys=NO_REPORT,
        password_last_used=NO_REPORT,
    )
    blind: dict[str, Any] = {
        "password": NO_REPORT,
        "mfa_active": NO_REPORT,
        "access_keys": NO_REPORT,
        "virtual_mfa": REFUSED,
    }
    people = (user(name, **blind) for name in ("ana", "ben", "chloe"))
    asked = tuple(one for one in FEW if one.id != "scanned-as-root")
    return Scan(snapshot=snapshot(*people, account=account, root=root, gaps=gaps), checks=asked)


def hostile() -> Scan:
    """Every hostile name as one that fails, one that can't be told and one that passes."""
    names = [(place, name) for name in HOSTILE for place in ("fail", "open", "pass")]
    looks: dict[str, dict[str, Any]] = {
        "fail": {"password": password(age=900, used=None)},
        "open": {"password": NO_REPORT, "mfa_active": NO_REPORT, "access_keys": NO_REPORT},
        "pass": {"access_keys": (key(),)},
    }
    people = (user(f"{place}/{name}", **looks[place]) for place, name in names)
    gaps = tuple(Gap(f"iam:{name}", name, name) for name in HOSTILE)
    caller = replace(ACCOUNT.caller, arn=f"arn:aws:sts::111122223333:{HOSTILE[0]}")
    account = replace(ACCOUNT, partition=HOSTILE[1], caller=caller)
    return Scan(snapshot=snapshot(*people, account=account, gaps=gaps, region=HOSTILE[3]))


def rich() -> Scan:
    """A believable account: many things wrong, some of it unknown, a list that isn't whole."""
    teams = "/engineering/platform/legacy-build-systems/"
    service = "svc-continuous-delivery-production-eu-central-1-do-not-delete"
    people = (
        user("ana", password=password(age=30), mfa_active=True, access_keys=(key(age=20),)),
        user("ben", password=password(age=500, used=2), access_keys=(key(age=400, used=390),)),
        user("chloe", password=password(age=90, used=None)),
        user(
            "dmitri.volkov@example.com", "/divisions/finance/", password=password(age=700, used=410)
        ),
        user(service, teams, access_keys=(key(1, age=1210), key(2, age=400, used=3))),
        user("terraform", access_keys=(key(1, age=365, used=None), key(2, age=91))),
        user("backup-agent", access_keys=(key(age=2100, used=0.2),)),
        user("new-hire", password=NO_REPORT, mfa_active=NO_REPORT, access_keys=NO_REPORT),
        user("contractor-7", password=password(), mfa_active=REFUSED, virtual_mfa=REFUSED),
        user("ci", access_keys=(key(age=40),)),
        *(user(f"batch-{n:02}", access_keys=(key(age=10 + n),)) for n in range(20)),
    )
    root = replace(
        ROOT,
        has_mfa=False,
        has_access_keys=True,
        access_keys=(key(age=900, used=400),),
        password_last_used=ago(3),
    )
    accepted = "account:GetAlternateContact"
    return Scan(
        snapshot=snapshot(
            *people,
            root=root,
            account=replace(ACCOUNT, security_contact=NO_ALTERNATE),
            credential_report_generated=ago(0.09),
            gaps=(REFUSED, NO_LIST, NO_ALTERNATE),
            unlisted=(Unlisted("User", NO_LIST),),
        ),
        settings=Settings(
            accepted_gaps=(AcceptedGap(action=accepted, reason="a", owner="b", expires=NOW.date()),)
        ),
    )


def as_root() -> Scan:
    """The rich account, scanned in the worst way, in China."""
    before = rich()
    account = replace(
        before.snapshot.account,
        partition="aws-cn",
        caller=replace(ACCOUNT.caller, arn="arn:aws-cn:iam::111122223333:root"),
    )
    snap = replace(before.snapshot, account=account, region="cn-north-1")
    return Scan(snapshot=snap, settings=before.settings)


def crowd(count: int) -> Scan:
    """As many users, each with everything wrong that a user can have wrong."""
    keys = (key(1, age=900, used=None), key(2, age=800, used=700))
    secret = password(age=900, used=None)
    people = (user(f"user-{n:06}", password=secret, access_keys=keys) for n in range(count))
    return Scan(snapshot=snapshot(*people))


def blind_crowd(count: int) -> Scan:
    """As many users of whom little is known."""
    blind: dict[str, Any] = {
        "password": NO_REPORT,
        "mfa_active": NO_REPORT,
        "access_keys": NO_REPORT,
    }
    people = (user(f"user-{n:06}", **blind) for n in range(count))
    return Scan(snapshot=snapshot(*people, gaps=(NO_REPORT,)))
