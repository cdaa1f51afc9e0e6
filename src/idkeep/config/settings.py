"""What an organisation agreed on: what checks measure against, and what it lives with."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

_Days = Annotated[int, Meta(ge=0)]
_Words = Annotated[str, Meta(min_length=1)]
_AccountId = Annotated[str, Meta(pattern="^[0-9]{12}$")]
_AccountPattern = Annotated[str, Meta(pattern="^[0-9*]+$")]
_CheckPattern = Annotated[str, Meta(pattern="^[a-z0-9*-]+$")]
_SeverityName = Annotated[str, Meta(pattern="^(low|medium|high|critical)$")]
_Action = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$")]
# What analyzers of internal access can look at; of what idkeep does not list, whole ARNs:
# https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_InternalAccessAnalysisRuleCriteria.html
_CriticalResource = Annotated[
    str,
    Meta(
        pattern="^arn:aws[a-z-]*:("
        "s3:::[a-z0-9.*-]+"
        "|dynamodb:[a-z0-9*-]+:[0-9*]+:table/[A-Za-z0-9_.*-]+"
        "|rds:[a-z0-9-]+:[0-9]{12}:(cluster-)?snapshot:[A-Za-z0-9:-]+"
        "|s3express:[a-z0-9-]+:[0-9]{12}:bucket/[a-z0-9-]+"
        ")$"
    ),
]
_Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file, in which nothing is ignored."""


class AcceptedGap(_Table, frozen=True, kw_only=True):
    """A read that may fail without making a scan incomplete; its verdicts stay unknown.

    `action` is the IAM action, `account` the account's number, `region` where it was asked ("" for
    what lives in no region); in each a `*` stands for anything. `expires` is the last day.
    """

    action: Annotated[str, Meta(pattern="^[A-Za-z0-9:*-]+$")]
    account: _AccountPattern = "*"
    region: Annotated[str, Meta(pattern="^[a-z0-9*-]*$")] = "*"
    reason: _Words
    owner: _Words
    expires: date


class Suppression(_Table, frozen=True, kw_only=True):
    """Findings that are agreed to, until a day. In each pattern a `*` stands for anything.

    `resource` is the subject's ARN or name, `finding` the id of one finding.
    """

    check: _CheckPattern = "*"
    account: _AccountPattern = "*"
    resource: _Words = "*"
    finding: Annotated[str, Meta(pattern="^(\\*|[0-9a-f]{16})$")] = "*"
    reason: _Words
    owner: _Words
    expires: date


class SeverityOverride(_Table, frozen=True, kw_only=True):
    """Another severity for a check's findings, where account and resource fit the patterns."""

    check: _CheckPattern
    severity: _SeverityName
    reason: _Words
    account: _AccountPattern = "*"
    resource: _Words = "*"


class TrustedAccount(_Table, frozen=True, kw_only=True):
    """An account outside the organisation that may be trusted.

    `vendor`: it is a third party's, which serves others too, so a role that it may assume needs
    an external id. `expires` is the last day of the agreement, none for an open one.
    """

    id: _AccountId
    name: _Words
    vendor: bool = False
    owner: str = ""
    expires: date | None = None


class RootRegister(_Table, frozen=True, kw_only=True):
    """Who may act as an account's root user, and who answers for that list.

    `recovery` says where the way back to a lost root user is written down. `reviewed` is when the
    list was last gone through. `mfa_devices` is how many are registered, which AWS tells nobody.
    """

    account: _AccountId
    people: Annotated[tuple[_Words, ...], Meta(min_length=1)]
    owner: _Words
    reviewed: date
    recovery: str = ""
    mfa_devices: Annotated[int, Meta(ge=0, le=8)] | None = None


class ForbiddenPair(_Table, frozen=True, kw_only=True):
    """Two powers that nobody may have together, each a list of actions of which one is enough.

    `except_for` are patterns of ARNs of principals that are agreed to have both.
    """

    name: _Words
    first: Annotated[tuple[_Action, ...], Meta(min_length=1)]
    second: Annotated[tuple[_Action, ...], Meta(min_length=1)]
    except_for: tuple[_Words, ...] = ()


class Evidence(_Table, frozen=True, kw_only=True):
    """What somebody found of a control that no scan can judge.

    `framework` and `control` are as `idkeep report` prints them. `file` is hashed when the
    settings are read if `sha256` is given, and must be the same still.
    """

    framework: _Words
    control: _Words
    passed: bool
    who: _Words
    when: date
    statement: str = ""
    file: str = ""
    sha256: _Sha256 | None = None
    account: _AccountPattern = "*"


class Settings(_Table, frozen=True, kw_only=True):
    """What the checks measure against, and what is accepted. All times are days.

    `max_password_age` and `min_passwords_remembered` are None where the profile asks for none.
    """

    profile: Annotated[str, Meta(pattern="^(cis|nist-800-63b-4)$")] = "cis"

    max_access_key_age: _Days = 90
    unused_after: _Days = 45
    root_unused_for: _Days = 90
    role_unused_after: _Days = 90
    user_unused_after: _Days = 90
    max_administrator_session_hours: Annotated[int, Meta(ge=1, le=12)] = 4
    max_session_hours: Annotated[int, Meta(ge=1, le=12)] = 8
    min_password_length: Annotated[int, Meta(ge=6, le=128)] = 14
    max_password_age: _Days | None = 365
    min_passwords_remembered: Annotated[int, Meta(ge=1, le=24)] | None = 24
    password_composition: bool = True

    organization_domains: tuple[_Words, ...] = ()
    root_mailboxes: tuple[_Words, ...] = ()
    root_register: tuple[RootRegister, ...] = ()
    root_review_after: _Days = 365
    owner_tag: str = ""
    trusted_accounts: tuple[TrustedAccount, ...] = ()
    allowed_regions: tuple[_Words, ...] = ()
    delegated_administrators: tuple[_AccountId, ...] = ()
    trusted_services: tuple[_Words, ...] = ()
    critical_resources: tuple[_CriticalResource, ...] = ()
    bounded_permission_sets: tuple[_Words, ...] = ()
    token_issuers: tuple[_Words, ...] = ()
    forbidden_pairs: tuple[ForbiddenPair, ...] = ()

    severities: tuple[SeverityOverride, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    accepted_gaps: tuple[AcceptedGap, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    keep_snapshots: Annotated[int, Meta(ge=1)] | None = None
    keep_days: _Days | None = None


# What a file of settings is made of.
TABLES: tuple[type[_Table], ...] = tuple(_Table.__subclasses__())
