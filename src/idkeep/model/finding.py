"""What a check says about the world."""

from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from msgspec import Raw, Struct


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Status(StrEnum):
    """One of these for each subject that a check looked at."""

    FAIL = "fail"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 -- a verdict, not a password
    NOT_APPLICABLE = "not_applicable"


class Problem(Struct, frozen=True):
    """One thing wrong with the subject in hand, in words that follow its name.

    `at` names the part (a key, a statement) where one subject can fail a rule twice; it is part
    of the finding's identity, the message is not. `severity` moves the check's own, and then the
    message says why.
    """

    message: str
    at: str = ""
    severity: Severity | None = None


class Unknown(Struct, frozen=True):
    """The rule cannot be decided for this subject; `why` is a refused call or an open condition."""

    why: str


class NotApplicable(Struct, frozen=True):
    """The rule has no meaning for this subject."""

    why: str


class Fact(Struct, frozen=True, kw_only=True):
    """Evidence: a field of the subject as it was read, by which action, true at which time."""

    name: str
    value: Raw
    action: str
    as_of: datetime


class SubjectRef(Struct, frozen=True, kw_only=True):
    """A subject as a report names it. `id` is AWS's unique id, or the account's number.

    `region` is "global" for what lives in none, as all of IAM.
    """

    kind: str
    name: str
    arn: str
    id: str
    account: str
    region: str = "global"


class Finding(Struct, frozen=True, kw_only=True):
    """`id` is the same in every run and version: rule, account, the subject's id and `at`."""

    id: str
    severity: Severity
    message: str
    at: str = ""


class Verdict(Struct, frozen=True, kw_only=True):
    """What one check says of one subject.

    `unknown` may stand beside findings: what could be decided is said, and what could not too.
    """

    subject: SubjectRef
    status: Status
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()
    not_applicable: str = ""
    evidence: tuple[Fact, ...] = ()


class Outcome(Struct, frozen=True, kw_only=True):
    """What one check learned: a verdict for every subject, and why subjects may be missing."""

    check: str
    verdicts: tuple[Verdict, ...]
    unlisted: tuple[str, ...] = ()


def finding_id(check: str, account: str, subject_id: str, at: str) -> str:
    """16 hex digits of SHA-256 over the four parts."""
    return sha256(f"{check}\n{account}\n{subject_id}\n{at}".encode()).hexdigest()[:16]
