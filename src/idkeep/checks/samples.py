"""Subjects that the worked examples share: each is unremarkable until an example changes it."""

from datetime import UTC, datetime, timedelta

from idkeep.model import (
    AccessKey,
    Account,
    Caller,
    Gap,
    Password,
    Root,
    User,
    VirtualMfa,
)

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
NO_REPORT = Gap("iam:GetCredentialReport", "AccessDenied")
NO_SUMMARY = Gap("iam:GetAccountSummary", "AccessDenied")
NO_VIRTUAL = Gap("iam:ListVirtualMFADevices", "AccessDenied")
APP = VirtualMfa(serial="arn:aws:iam::111122223333:mfa/app", enabled=NOW - timedelta(days=300))


def ago(days: float) -> datetime:
    """A time that many days before the examples' clock."""
    return NOW - timedelta(days=days)


def key(
    slot: int = 1, *, age: float = 10, used: float | None = 1, active: bool = True
) -> AccessKey:
    """A key made `age` days ago and last used `used` days ago; None is never."""
    return AccessKey(
        slot=slot,
        active=active,
        rotated=ago(age),
        last_used=None if used is None else ago(used),
    )


def password(*, age: float = 30, used: float | None = 1) -> Password:
    """A password set `age` days ago and last used `used` days ago; None is never."""
    return Password(changed=ago(age), last_used=None if used is None else ago(used))


ANA = User(
    arn="arn:aws:iam::111122223333:user/ana",
    id="AIDAEXAMPLEANA",
    name="ana",
    created=ago(800),
    password=None,
    mfa_active=False,
    access_keys=(),
    virtual_mfa=(),
)

ROOT = Root(
    arn="arn:aws:iam::111122223333:root",
    has_mfa=True,
    has_access_keys=False,
    has_password=True,
    has_certificates=False,
    virtual_mfa=(),
    access_keys=(),
    password_last_used=None,
)

CALLER = Caller(
    arn="arn:aws:sts::111122223333:assumed-role/idkeep-auditor/scan",
    user_id="AROAEXAMPLEAUDITOR:scan",
)

ACCOUNT = Account(
    id="111122223333",
    partition="aws",
    caller=CALLER,
    password_policy=None,
    contact=None,
    security_contact=None,
    billing_contact=None,
    operations_contact=None,
)
