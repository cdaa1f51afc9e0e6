"""Which kind of policy a document is, where it tells."""

from idkeep.policy.document import PolicyKind
from idkeep.policy.source import JsonValue

_PRINCIPALS = ("Principal", "NotPrincipal")
_RESOURCES = ("Resource", "NotResource")


def guess_kind(document: JsonValue) -> PolicyKind:
    """By its principals: a trust policy where only sts is asked for and no resource named.

    What names no principal is taken for an identity policy; it may as well be a boundary, a session
    policy or an SCP, which look the same.
    """
    statements = _statements(document)
    if not any(name in one for one in statements for name in _PRINCIPALS):
        return PolicyKind.IDENTITY
    actions = [action for one in statements for action in _strings(one.get("Action"))]
    sts = bool(actions) and all(action.lower().startswith("sts:") for action in actions)
    if sts and not any(name in one for one in statements for name in _RESOURCES):
        return PolicyKind.TRUST
    return PolicyKind.RESOURCE


def is_policy(document: JsonValue) -> bool:
    """Whether an object is meant as a policy: it has statements."""
    return isinstance(document, dict) and "Statement" in document


def _statements(document: JsonValue) -> list[dict[str, JsonValue]]:
    given = document.get("Statement") if isinstance(document, dict) else None
    several = given if isinstance(given, list) else [given]
    return [one for one in several if isinstance(one, dict)]


def _strings(given: JsonValue) -> list[str]:
    several = given if isinstance(given, list) else [given]
    return [one for one in several if isinstance(one, str)]
