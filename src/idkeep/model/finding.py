"""What a check says about the world."""

from datetime import date, datetime
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
    SUPPRESSED = "suppressed"


class PolicyPlace(Struct, frozen=True, kw_only=True, gc=False):
    """A statement that a finding rests on.

    `policy` says whose it is, in words; `arn` is that of a managed policy or resource, "" for an
    inline one. `digest` is of the text in `Snapshot.documents`, `statement` the statement's number
    from 0, `line` and `column` where it begins in the text.
    """

    policy: str
    arn: str = ""
    digest: str = ""
    statement: int = 0
    sid: str = ""
    line: int = 0
    column: int = 0


class Problem(Struct, frozen=True, gc=False):
    """One thing wrong with the subject in hand, in words that follow its name.

    `at` names the part (a key, a statement) where one subject can fail a rule twice; it is part
    of the finding's identity, the message is not. `severity` moves the check's own, and then
    `because` says why, in words that stand by themselves. `statements` are what it rests on.
    `within` is the check that finds the whole of which this is a part, in this very subject.
    """

    message: str
    at: str = ""
    severity: Severity | None = None
    because: str = ""
    statements: tuple[PolicyPlace, ...] = ()
    within: str = ""


class Unknown(Struct, frozen=True, gc=False):
    """The rule cannot be decided for this subject; `why` is a refused call or an open condition."""

    why: str


class NotApplicable(Struct, frozen=True, gc=False):
    """The rule has no meaning for this subject."""

    why: str


class Fact(Struct, frozen=True, kw_only=True, gc=False):
    """Evidence: a field of the subject as it was read, by which action, true at which time."""

    name: str
    value: Raw
    action: str
    as_of: datetime


class SubjectRef(Struct, frozen=True, kw_only=True, gc=False):
    """A subject as a report names it. `id` is AWS's unique id, or the account's number.

    `region` is "global" for what lives in none, as all of IAM.
    """

    kind: str
    name: str
    arn: str
    id: str
    account: str
    region: str = "global"


class Suppressed(Struct, frozen=True, kw_only=True, gc=False):
    """Who agreed to live with a finding, why, and until which day."""

    reason: str
    owner: str
    expires: date


class Finding(Struct, frozen=True, kw_only=True, gc=False):
    """`id` is the same in every run and version: rule, account, the subject's id and `at`.

    `because` is why the severity is not the check's own, "" where it is.
    """

    id: str
    severity: Severity
    message: str
    at: str = ""
    because: str = ""
    statements: tuple[PolicyPlace, ...] = ()
    suppressed: Suppressed | None = None


class Verdict(Struct, frozen=True, kw_only=True, gc=False):
    """What one check says of one subject.

    `unknown` may stand beside findings: what could be decided is said, and what could not too.
    """

    subject: SubjectRef
    status: Status
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()
    not_applicable: str = ""
    evidence: tuple[Fact, ...] = ()

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that nobody agreed to live with."""
        return tuple(one for one in self.findings if one.suppressed is None)


class Outcome(Struct, frozen=True, kw_only=True, gc=False):
    """What one check learned: a verdict for every subject, and why subjects may be missing."""

    check: str
    verdicts: tuple[Verdict, ...]
    unlisted: tuple[str, ...] = ()


def finding_id(check: str, account: str, subject_id: str, at: str) -> str:
    """16 hex digits of SHA-256 over the four parts."""
    parts = f"{check}\n{account}\n{subject_id}\n{at}"
    return sha256(parts.encode(errors="surrogatepass")).hexdigest()[:16]
