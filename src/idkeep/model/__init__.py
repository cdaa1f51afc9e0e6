"""What AWS looks like to idkeep: frozen values that every other package speaks."""

from idkeep.model.account import Account, AlternateContact, Caller, Contact, PasswordPolicy
from idkeep.model.arn import Arn
from idkeep.model.credentials import AccessKey, Password, VirtualMfa
from idkeep.model.finding import (
    Fact,
    Finding,
    NotApplicable,
    Outcome,
    Problem,
    Severity,
    Status,
    SubjectRef,
    Unknown,
    Verdict,
)
from idkeep.model.gap import Gap, ReadBy, read_by
from idkeep.model.principals import (
    AttachedPolicy,
    Group,
    InlinePolicy,
    ManagedPolicy,
    PolicyVersion,
    Role,
    Root,
    User,
)
from idkeep.model.snapshot import Call, Snapshot, Subject, Unlisted

__all__ = [
    "AccessKey",
    "Account",
    "AlternateContact",
    "Arn",
    "AttachedPolicy",
    "Call",
    "Caller",
    "Contact",
    "Fact",
    "Finding",
    "Gap",
    "Group",
    "InlinePolicy",
    "ManagedPolicy",
    "NotApplicable",
    "Outcome",
    "Password",
    "PasswordPolicy",
    "PolicyVersion",
    "Problem",
    "ReadBy",
    "Role",
    "Root",
    "Severity",
    "Snapshot",
    "Status",
    "Subject",
    "SubjectRef",
    "Unknown",
    "Unlisted",
    "User",
    "Verdict",
    "VirtualMfa",
    "read_by",
]
