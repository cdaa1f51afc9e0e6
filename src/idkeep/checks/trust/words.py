"""Words and severities that checks about trust share."""

from collections.abc import Generator, Iterator

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.access.answer import Answer
from idkeep.access.openings import has_choices, questioned_keys
from idkeep.access.trust import Admitted, Kind, Trust, trust_of
from idkeep.checks.declare import Said
from idkeep.checks.policies.words import owned_by_aws
from idkeep.model import NotApplicable, Role, Severity, Unknown

_TERMS = {
    "aws:multifactorauthpresent": "with MFA",
    "aws:multifactorauthage": "with MFA",
    "sts:externalid": "with an external id",
}


def read_trust(role: Role, estate: Estate) -> Generator[Said, None, Trust | None]:
    """Whom it lets in; None, said as it is, for a service's own role or a policy not read."""
    if why := owned_by_aws(role):
        yield NotApplicable(why)
        return None
    trust = trust_of(estate.engine, role)
    if trust.unread:
        yield from (Unknown(str(gap)) for gap in trust.unread)
        return None
    return trust


def terms(answer: Answer) -> str:
    """What is asked of whoever gets in, as words that follow: " with MFA", "" for nothing."""
    keys = questioned_keys(answer)
    if len(keys) > 1 and has_choices(answer):
        return f", {answer.proviso}"
    known = [_TERMS.get(key.lower(), "") for key in keys]
    if keys and all(known) and not answer.guardrails:
        return " " + " and ".join(dict.fromkeys(known))
    return f", {answer.proviso}" if answer.proviso else ""


def is_administrator(role: Role, estate: Estate) -> bool:
    return powers(estate.engine)[role.arn].rule is not Rule.NO


def raised(role: Role, estate: Estate, to: Severity) -> tuple[Severity | None, str]:
    """The severity for a role that is an administrator, with the reason."""
    if is_administrator(role, estate):
        return to, "the role is an administrator"
    return None, ""


def unknown(trust: Trust, *kinds: Kind) -> Iterator[Unknown]:
    """Of whom it is not known whether they get in."""
    for one in trust.of(*kinds):
        if one.answer.why_unknown:
            who = "anybody" if one.name == "*" else one.name
            yield Unknown(f"whether {who} gets in: {one.answer.why_unknown}")


def sure(trust: Trust, *kinds: Kind) -> Iterator[Admitted]:
    """Those who get in, under conditions or not."""
    return (one for one in trust.of(*kinds) if not one.answer.why_unknown)
