"""One account: ask everything, side by side, then put the answers together."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from idkeep.collect import credential_report as report
from idkeep.collect.authorization import (
    AUTHORIZATION_DETAILS,
    AuthorizationDetails,
    PlainUser,
)
from idkeep.collect.aws import Aws
from idkeep.collect.contacts import (
    BILLING_CONTACT,
    OPERATIONS_CONTACT,
    PRIMARY_CONTACT,
    SECURITY_CONTACT,
)
from idkeep.collect.credential_report import CREDENTIAL_REPORT, CredentialReport
from idkeep.collect.declare import AnyCollector, Collector, Reading, built, fact
from idkeep.collect.iam import ACCOUNT_SUMMARY, PASSWORD_POLICY, VIRTUAL_MFA
from idkeep.errors import WrongAccount
from idkeep.model import (
    Account,
    Arn,
    Caller,
    Gap,
    Root,
    Snapshot,
    Unlisted,
    User,
    VirtualMfa,
)

T = TypeVar("T")

COLLECTORS: tuple[AnyCollector, ...] = (
    AUTHORIZATION_DETAILS,
    CREDENTIAL_REPORT,
    ACCOUNT_SUMMARY,
    PASSWORD_POLICY,
    VIRTUAL_MFA,
    PRIMARY_CONTACT,
    SECURITY_CONTACT,
    BILLING_CONTACT,
    OPERATIONS_CONTACT,
)
_AT_ONCE = 4
_LISTED = ("User", "Group", "Role", "ManagedPolicy")


def collect(
    aws: Aws,
    *,
    now: Callable[[], datetime],
    expected: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Snapshot:
    """The account that the credentials belong to.

    `expected` is the account it must be: any other raises `WrongAccount` before a second call.
    `progress` is told each action that is done. Raises `IdkeepError` where AWS can't be asked.
    """
    who = aws.identity()
    if expected is not None and who["Account"] != expected:
        raise WrongAccount(expected, who["Account"])
    progress("sts:GetCallerIdentity")
    readings = _Readings(_read_all(aws, progress))
    return _assemble(
        Caller(arn=who["Arn"], user_id=who["UserId"]), who["Account"], readings, aws, now()
    )


def _read_all(aws: Aws, progress: Callable[[str], None]) -> Iterable[Reading]:
    with ThreadPoolExecutor(_AT_ONCE, "idkeep-collect") as pool:
        for done in as_completed([pool.submit(aws.read, one) for one in COLLECTORS]):
            reading = done.result()
            progress(reading.collector.action)
            yield reading


class _Readings:
    """The readings by collector. Every gap that is taken from them is kept, once."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = {id(reading.collector): reading for reading in readings}
        self.gaps: dict[Gap, None] = {}

    def of(self, collector: AnyCollector) -> Reading:
        return self._readings[id(collector)]

    def fact(self, collector: Collector[T]) -> T | Gap:
        """For an operation that never says "there is none"."""
        found = self.maybe(collector)
        return Gap(collector.action, "no answer") if found is None else found

    def maybe(self, collector: Collector[T]) -> T | Gap | None:
        found = fact(self.of(collector), collector)
        if isinstance(found, Gap):
            self.gaps[found] = None
        return found


def _assemble(
    caller: Caller, account: str, readings: _Readings, aws: Aws, taken: datetime
) -> Snapshot:
    partition = Arn.parse(caller.arn).partition
    root_arn = f"arn:{partition}:iam::{account}:root"
    details, unlisted = _details(readings)
    credentials = readings.fact(CREDENTIAL_REPORT)
    devices = readings.fact(VIRTUAL_MFA)
    root = _root(root_arn, readings.fact(ACCOUNT_SUMMARY), devices, credentials)
    return Snapshot(
        taken=taken,
        region=aws.region,
        account=Account(
            id=account,
            partition=partition,
            caller=caller,
            password_policy=readings.maybe(PASSWORD_POLICY),
            contact=readings.maybe(PRIMARY_CONTACT),
            security_contact=readings.maybe(SECURITY_CONTACT),
            billing_contact=readings.maybe(BILLING_CONTACT),
            operations_contact=readings.maybe(OPERATIONS_CONTACT),
        ),
        root=root,
        users=tuple(_user(plain, credentials, devices) for plain in details.users),
        groups=details.groups,
        roles=details.roles,
        policies=details.policies,
        documents=details.documents,
        credential_report_generated=None if isinstance(credentials, Gap) else credentials.generated,
        unlisted=unlisted,
        gaps=tuple(readings.gaps),
        calls=aws.calls(),
    )


def _details(readings: _Readings) -> tuple[AuthorizationDetails, tuple[Unlisted, ...]]:
    """What came before paging broke off is kept; every kind may then lack some."""
    reading = readings.of(AUTHORIZATION_DETAILS)
    found = built(AUTHORIZATION_DETAILS, reading.pages)
    if isinstance(found, Gap):
        readings.gaps[found] = None
        return AuthorizationDetails(), tuple(Unlisted(kind, found) for kind in _LISTED)
    unlisted = list(found.odd)
    if reading.gap is not None:
        unlisted.extend(Unlisted(kind, reading.gap) for kind in _LISTED)
    readings.gaps.update((one.gap, None) for one in unlisted)
    return found, tuple(unlisted)


@dataclass(frozen=True, slots=True)
class _Summary:
    """The account summary's root entries, each a flag in the shape of a number."""

    entries: Mapping[str, int] | Gap

    def flag(self, entry: str) -> bool | Gap:
        if isinstance(self.entries, Gap):
            return self.entries
        if entry not in self.entries:
            return Gap(ACCOUNT_SUMMARY.action, f"the answer lacks {entry}")
        return self.entries[entry] > 0


def _root(
    arn: str,
    entries: Mapping[str, int] | Gap,
    devices: Mapping[str, tuple[VirtualMfa, ...]] | Gap,
    credentials: CredentialReport | Gap,
) -> Root:
    summary = _Summary(entries)
    row = (
        credentials
        if isinstance(credentials, Gap)
        else credentials.rows.get(report.ROOT) or Gap(report.ACTION, "the report has no root row")
    )
    return Root(
        arn=arn,
        has_mfa=summary.flag("AccountMFAEnabled"),
        has_access_keys=summary.flag("AccountAccessKeysPresent"),
        has_password=summary.flag("AccountPasswordPresent"),
        has_certificates=summary.flag("AccountSigningCertificatesPresent"),
        virtual_mfa=devices if isinstance(devices, Gap) else devices.get(arn, ()),
        access_keys=report.told(row, report.access_keys),
        password_last_used=report.told(row, report.password_last_used),
    )


def _user(
    plain: PlainUser,
    credentials: CredentialReport | Gap,
    devices: Mapping[str, tuple[VirtualMfa, ...]] | Gap,
) -> User:
    row = credentials if isinstance(credentials, Gap) else credentials.row(plain.arn, plain.created)
    return User(
        arn=plain.arn,
        id=plain.id,
        name=plain.name,
        created=plain.created,
        groups=plain.groups,
        inline_policies=plain.inline_policies,
        attached_policies=plain.attached_policies,
        boundary=plain.boundary,
        tags=plain.tags,
        password=report.told(row, report.password),
        mfa_active=report.told(row, report.mfa_active),
        access_keys=report.told(row, report.access_keys),
        virtual_mfa=devices if isinstance(devices, Gap) else devices.get(plain.arn, ()),
    )
