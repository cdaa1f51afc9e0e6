"""One account: ask everything, side by side, then put the answers together."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar

from msgspec.structs import replace

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
from idkeep.collect.declare import Answer, AnyCollector, Collector, Reading, built, fact
from idkeep.collect.iam import ACCOUNT_SUMMARY, PASSWORD_POLICY, VIRTUAL_MFA
from idkeep.errors import AwsUnreachable, WrongAccount
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
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
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
    caller, account = _who(aws.identity())
    if expected is not None and account != expected:
        raise WrongAccount(expected, account)
    progress("sts:GetCallerIdentity")
    try:
        readings = _Readings(_read_all(aws, progress))
    finally:
        aws.stop()
    return _assemble(caller, account, readings, aws, now())


def _who(told: Answer) -> tuple[Caller, str]:
    """Whose credentials these are. Raises `AwsUnreachable` for an answer that can't be AWS's."""
    account, arn, user = (str(told.get(name, "")) for name in ("Account", "Arn", "UserId"))
    with suppress(ValueError):
        if _ACCOUNT.fullmatch(account) and Arn.parse(arn).account == account:
            return Caller(arn=arn, user_id=user), account
    raise AwsUnreachable(
        "what answered is not AWS: it does not say whose credentials these are",
        hint="check proxy settings and AWS_ENDPOINT_URL",
    )


def _read_all(aws: Aws, progress: Callable[[str], None]) -> Iterator[Reading]:
    """Side by side. The threads are daemons, so that an interrupted scan waits for none of them."""
    todo: SimpleQueue[AnyCollector] = SimpleQueue()
    done: SimpleQueue[Reading] = SimpleQueue()
    for collector in COLLECTORS:
        todo.put(collector)

    def work() -> None:
        with suppress(Empty):
            while True:
                done.put(aws.read(todo.get_nowait()))

    for _ in range(_AT_ONCE):
        Thread(target=work, name="idkeep-collect", daemon=True).start()
    for _ in COLLECTORS:
        reading = done.get()
        progress(reading.collector.action)
        yield reading


class _Readings:
    """The readings by collector, and the facts in them."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = {id(reading.collector): reading for reading in readings}

    def of(self, collector: AnyCollector) -> Reading:
        return self._readings[id(collector)]

    def fact(self, collector: Collector[T]) -> T | Gap:
        """For an operation that never says "there is none"."""
        found = self.maybe(collector)
        return Gap(collector.action, "no answer") if found is None else found

    def maybe(self, collector: Collector[T]) -> T | Gap | None:
        return fact(self.of(collector), collector)

    def unprepared(self) -> Iterator[Gap]:
        return (one.unprepared for one in self._readings.values() if one.unprepared)


def _assemble(
    caller: Caller, account: str, readings: _Readings, aws: Aws, taken: datetime
) -> Snapshot:
    partition = Arn.parse(caller.arn).partition
    root_arn = f"arn:{partition}:iam::{account}:root"
    summary = _Summary(readings.fact(ACCOUNT_SUMMARY))
    details, unlisted = _details(readings, summary, account)
    credentials = _timely(readings.fact(CREDENTIAL_REPORT), taken)
    devices = readings.fact(VIRTUAL_MFA)
    root = _root(root_arn, summary, devices, credentials)
    snapshot = Snapshot(
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
        calls=aws.calls(),
    )
    gaps = (*readings.unprepared(), *snapshot.unread())
    return replace(snapshot, gaps=tuple(dict.fromkeys(gaps)))


def _timely(report_or_gap: CredentialReport | Gap, taken: datetime) -> CredentialReport | Gap:
    if isinstance(report_or_gap, Gap):
        return report_or_gap
    return report.untimely(report_or_gap.generated, taken) or report_or_gap


def _details(
    readings: _Readings, summary: "_Summary", account: str
) -> tuple[AuthorizationDetails, tuple[Unlisted, ...]]:
    """What came before paging broke off is kept; every kind may then lack some."""
    reading = readings.of(AUTHORIZATION_DETAILS)
    found = built(AUTHORIZATION_DETAILS, reading.pages)
    if not isinstance(found, Gap) and not all(_is_of(account, one.arn) for one in found.users):
        found = Gap(AUTHORIZATION_DETAILS.action, "the answer names users of another account")
    if isinstance(found, Gap):
        return AuthorizationDetails(), tuple(Unlisted(kind, found) for kind in _LISTED)
    unlisted = list(found.odd)
    if reading.gap is not None:
        unlisted.extend(Unlisted(kind, reading.gap) for kind in _LISTED)
    elif not unlisted:
        unlisted.extend(summary.missing("User", "Users", len(found.users)))
        unlisted.extend(summary.missing("Group", "Groups", len(found.groups)))
    return found, tuple(unlisted)


def _is_of(account: str, arn: str) -> bool:
    try:
        return Arn.parse(arn).account == account
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Summary:
    """The account summary: counts, and root's flags in the shape of numbers."""

    entries: Mapping[str, int] | Gap

    def flag(self, entry: str) -> bool | Gap:
        if isinstance(self.entries, Gap):
            return self.entries
        if entry not in self.entries:
            return Gap(ACCOUNT_SUMMARY.action, f"the answer lacks {entry}")
        value = self.entries[entry]
        if not isinstance(value, int):
            return Gap(ACCOUNT_SUMMARY.action, f"{entry} is not understood: {value!r}")
        return value > 0

    def missing(self, kind: str, entry: str, listed: int) -> Iterator[Unlisted]:
        """A list that is shorter than AWS's own count of it has lost some on the way."""
        count = None if isinstance(self.entries, Gap) else self.entries.get(entry)
        if isinstance(count, int) and listed < count:
            why = f"lists {listed} of the account's {count} {entry.lower()}"
            yield Unlisted(kind, Gap(AUTHORIZATION_DETAILS.action, why))


def _root(
    arn: str,
    summary: _Summary,
    devices: Mapping[str, tuple[VirtualMfa, ...]] | Gap,
    credentials: CredentialReport | Gap,
) -> Root:
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
