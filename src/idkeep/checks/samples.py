"""Subjects that the worked examples share: each is unremarkable until an example changes it."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast, get_type_hints

from msgspec import Struct, json
from msgspec.structs import replace

from idkeep.model import (
    PLACES,
    AccessKey,
    Account,
    Caller,
    CenterInstance,
    Gap,
    IdentityCenter,
    InlinePolicy,
    ManagedPolicy,
    NotAsked,
    Organization,
    Password,
    PolicyVersion,
    Root,
    Snapshot,
    Subject,
    User,
    VirtualMfa,
)
from idkeep.model.logging import Logging
from idkeep.model.other_resources import MoreResources
from idkeep.model.resources import Resources
from idkeep.model.services import NotSubscribed, Services

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


_TEXTS: dict[str, str] = {}


def text(*statements: dict[str, object]) -> str:
    """The digest of a policy of these statements, which the examples' snapshots hold."""
    return document({"Version": "2012-10-17", "Statement": statements})


def document(content: dict[str, object]) -> str:
    """The digest of any document, which the examples' snapshots hold."""
    made = json.encode(content).decode()
    digest = sha256(made.encode()).hexdigest()
    _TEXTS[digest] = made
    return digest


def allow(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    """A statement that allows; of a trust policy with `Principal=…` and `resource=None`."""
    return _statement("Allow", action, resource, more)


def deny(action: object, resource: object = "*", **more: object) -> dict[str, object]:
    return _statement("Deny", action, resource, more)


def _statement(
    effect: str, action: object, resource: object, more: dict[str, object]
) -> dict[str, object]:
    named = {} if resource is None else {"Resource": resource}
    return {"Effect": effect, "Action": action, **named, **more}


def inline(*statements: dict[str, object], name: str = "own") -> InlinePolicy:
    return InlinePolicy(name, text(*statements))


def managed(
    name: str, *statements: dict[str, object], attachments: int = 1, by_aws: bool = False
) -> ManagedPolicy:
    """A managed policy whose only version has these statements."""
    owner = "aws" if by_aws else ACCOUNT.id
    return ManagedPolicy(
        arn=f"arn:aws:iam::{owner}:policy/{name}",
        id=f"ANPAEXAMPLE{name.upper()}",
        name=name,
        created=ago(500),
        default_version="v1",
        versions=(
            PolicyVersion(id="v1", document=text(*statements), is_default=True, created=ago(500)),
        ),
        attachments=attachments,
    )


def snapshot_of(*subjects: Subject, **around: Any) -> Snapshot:  # noqa: ANN401 -- facts of any kind
    """The examples' account with the subjects in their places, and `around` as its other facts."""
    base = Snapshot(
        taken=NOW,
        region="us-east-1",
        account=ACCOUNT,
        root=ROOT,
        organization=None,
        documents=dict(_TEXTS),
    )
    made = replace(base, **around)
    for one in subjects:
        made = placed(made, one)
    return made


def placed(snapshot: Snapshot, subject: Subject) -> Snapshot:
    """The snapshot with the subject put where things of its kind stand, unless it is there."""
    if subject in snapshot.of(type(subject)):
        return snapshot
    if isinstance(subject, Account | Root):
        return replace(snapshot, **{type(subject).__name__.lower(): subject})
    made: Any = _put(snapshot, PLACES[type(subject)].split("."), subject)
    return cast("Snapshot", made)


def _put(holder: Struct, steps: list[str], subject: Subject) -> Struct:
    """A tuple takes it besides what it holds; what is on the way must be there."""
    step, *rest = steps
    value = getattr(holder, step)
    if not rest:
        several = isinstance(value, tuple) or _is_many(type(holder), step)
        held = value if isinstance(value, tuple) else ()
        return replace(holder, **{step: (*held, subject) if several else subject})
    if value is None or isinstance(value, Gap | NotAsked):
        value = _BASES[step]
    if isinstance(value, tuple):
        first, *others = value
        return replace(holder, **{step: (_put(first, rest, subject), *others)})
    return replace(holder, **{step: _put(value, rest, subject)})


def _is_many(kind: type[Struct], step: str) -> bool:
    return "tuple" in str(get_type_hints(kind)[step])


ORGANIZATION = Organization(
    id="o-exampleorg1",
    arn="arn:aws:organizations::999988887777:organization/o-exampleorg1",
    feature_set="ALL",
    management_account="999988887777",
)

LOGGING = Logging(trails=(), event_data_stores=(), rules=())

SERVICES = Services(
    regions=(),
    shield=NotSubscribed(code="ResourceNotFoundException"),
    firewall_manager=None,
    trusted_advisor=NotSubscribed(code="SubscriptionRequiredException"),
    support_permits=(),
)

INSTANCE = CenterInstance(
    arn="arn:aws:sso:::instance/ssoins-example",
    owner="999988887777",
    status="ACTIVE",
    region="us-east-1",
    permission_sets=(),
)
CENTER = IdentityCenter(instances=(INSTANCE,), account_access=())

_BASES: dict[str, Any] = {
    "organization": ORGANIZATION,
    "logging": LOGGING,
    "services": SERVICES,
    "center": CENTER,
    "resources": Resources(),
    "more_resources": MoreResources(),
}
