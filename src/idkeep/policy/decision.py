"""What the engine answers, with the reasons that it used.

The words for a check and its effect are those of AWS's own `GetRequestAuthorizationDetails`.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.document import Effect, Statement
from idkeep.policy.expression import Expression, Open, all_of, any_of, negation


class Check(StrEnum):
    SERVICE_CONTROL_POLICY = "SERVICE_CONTROL_POLICY"
    RESOURCE_CONTROL_POLICY = "RESOURCE_CONTROL_POLICY"
    VPC_ENDPOINT = "VPC_ENDPOINT"
    RESOURCE = "RESOURCE"
    PRINCIPAL = "PRINCIPAL"
    PERMISSIONS_BOUNDARY = "PERMISSIONS_BOUNDARY"
    SESSION = "SESSION"


class CheckEffect(StrEnum):
    """NO_IMPACT: the check neither grants nor limits here. OPEN: unknown keys decide it."""

    ALLOW = "ALLOW"
    NO_IMPACT = "NO_IMPACT"
    IMPLICIT_DENY = "IMPLICIT_DENY"
    EXPLICIT_DENY = "EXPLICIT_DENY"
    OPEN = "OPEN"


class Matched(Struct, frozen=True):
    """A statement that applies to the request, or may; `document` says whose, as `scp[1][0]`."""

    document: str
    statement: Statement

    @property
    def effect(self) -> Effect:
        return self.statement.effect

    def __str__(self) -> str:
        sid = f" ({self.statement.sid})" if self.statement.sid else ""
        return f"{self.document} statement {self.statement.index}{sid}"


class CheckResult(Struct, frozen=True, kw_only=True):
    """One check's part in the answer, with the statements that it rests on."""

    check: Check
    effect: CheckEffect
    statements: tuple[Matched, ...] = ()


class Allowed(Struct, frozen=True, kw_only=True, tag=True):
    """`notes` say what the answer took for granted, here and in the others."""

    by: tuple[Matched, ...]
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()


class Denied(Struct, frozen=True, kw_only=True, tag=True):
    """`by` holds the statements that deny; empty is an implicit deny: too little allows."""

    by: tuple[Matched, ...]
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()


class Depends(Struct, frozen=True, kw_only=True, tag=True):
    """Allowed where `residual` holds, denied where it does not."""

    residual: Expression
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()


class Unknown(Struct, frozen=True, kw_only=True, tag=True):
    """AWS does not document the answer, or a fact is missing that is no context key."""

    why: str
    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()


Decision: TypeAlias = Allowed | Denied | Depends | Unknown


def together(decisions: Mapping[str, Decision]) -> Decision:
    """The decision on a request that takes each of these permissions, by action.

    The checks are those of the permission that decided; of all, where all are allowed.
    """
    if len(decisions) == 1:
        return next(iter(decisions.values()))
    note = (f"the request takes {' and '.join(decisions)}",)
    for action, one in decisions.items():
        if isinstance(one, Denied):
            return replace(one, notes=(*note, f"{action} is denied"))
    for one in decisions.values():
        if isinstance(one, Unknown):
            return replace(one, notes=note)
    checks = tuple(check for one in decisions.values() for check in one.checks)
    residual = all_of(Open(d.residual) for d in decisions.values() if isinstance(d, Depends))
    if isinstance(residual, Open):
        return Depends(residual=residual.residual, checks=checks, notes=note)
    by = (m for one in decisions.values() if isinstance(one, Allowed) for m in one.by)
    return Allowed(by=tuple(dict.fromkeys(by)), checks=checks, notes=note)


def besides(sure: Decision, action: str, carried: Open, more: Decision) -> Decision:
    """The decision on a request that takes one permission more if it carries something.

    `carried` is that question, which nobody told the answer of.
    """
    if isinstance(sure, Denied | Unknown) or isinstance(more, Allowed):
        return sure
    notes = (*sure.notes, f"{action} is needed too if {carried.residual}")
    if isinstance(more, Unknown):
        return Unknown(why=more.why, checks=more.checks, notes=notes)
    without = negation(carried)
    other = any_of((without, Open(more.residual))) if isinstance(more, Depends) else without
    residual = all_of((Open(sure.residual) if isinstance(sure, Depends) else True, other))
    if not isinstance(residual, Open):
        raise TypeError("what is open stays open")
    return Depends(residual=residual.residual, checks=sure.checks, notes=notes)


def alike(decisions: Sequence[Decision]) -> Decision:
    """The one decision, if a fact that nobody told makes no difference; unknown otherwise."""
    first = decisions[0]
    if len({_kind(one) for one in decisions}) == 1:
        return first
    why = "the path of the session's role decides: give aws:PrincipalArn"
    return Unknown(why=why, checks=first.checks)


def _kind(one: Decision) -> tuple[str, str]:
    match one:
        case Denied(by=by):
            return "Denied", "explicitly" if by else "implicitly"
        case Depends(residual=residual):
            return "Depends", str(residual)
        case _:
            return type(one).__name__, ""
