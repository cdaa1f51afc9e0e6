"""From text to a `Policy`, or to every reason why AWS would not take it."""

import re
from collections.abc import Iterator

from idkeep.policy.diagnostics import Diagnostic, PolicyError, Rule
from idkeep.policy.document import (
    Action,
    ActionElement,
    Effect,
    NotAction,
    NotResource,
    Policy,
    PolicyKind,
    Resource,
    ResourceElement,
    Statement,
)
from idkeep.policy.kinds import GRAMMARS, Grammar, Presence
from idkeep.policy.parse_condition import conditions
from idkeep.policy.parse_principal import principal
from idkeep.policy.parse_rules import action_faults, resource_faults, sid_faults, statement_faults
from idkeep.policy.report import Report
from idkeep.policy.source import (
    JsonValue,
    NotJson,
    Path,
    position_at,
    read,
)
from idkeep.policy.variables import Version

_POLICY_ELEMENTS = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_EFFECTS = frozenset(Effect)
_NOT_MADE = Action(())
# "Policy documents can contain only the following Unicode characters: horizontal tab (U+0009),
# linefeed (U+000A), carriage return (U+000D), and characters in the range U+0020 to U+00FF":
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html. The same pattern is on
# the documents of IAM (CreatePolicy, PutRolePolicy, CreateRole …), STS (AssumeRole) and Identity
# Center (PutInlinePolicyToPermissionSet) in their APIs. Organizations takes any character; of
# resource policies it depends on the service (KMS takes these alone), which is not told here.
_NOT_TAKEN = re.compile(r"[^\t\n\r\x20-\xff]")


def parse(text: str, kind: PolicyKind) -> Policy:
    """Raises `PolicyError`, and nothing else, for what AWS refuses.

    Element names have their one spelling, as "literal strings" of the grammar:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    Another case is another name, which IAM refuses ("Unknown field statement") and AWS's validator
    calls an invalid policy element:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """
    policy, error = read_policy(text, kind)
    if error:
        raise error
    return policy


def read_policy(text: str, kind: PolicyKind) -> tuple[Policy, PolicyError | None]:
    """What can be read of a document, and why AWS refuses it; None where it takes it.

    Raises `PolicyError` for what has no elements to read at all. An element that is refused is
    missing from the policy, so nothing may be concluded from its statement.
    """
    try:
        root = read(text)
    except NotJson as error:
        place = position_at(text, error.offset)
        raise PolicyError(
            (Diagnostic(Rule.JSON, error.why, (), place.line, place.column),)
        ) from None
    report = Report(text)
    grammar = GRAMMARS[kind]
    if grammar.written_to_iam and (strange := _NOT_TAKEN.search(text)):
        place = position_at(text, strange.start())
        message = f"IAM takes no {strange[0]!r} but as an escape"
        raise PolicyError((Diagnostic(Rule.CHARACTERS, message, (), place.line, place.column),))
    if not isinstance(root, dict):
        report.refuse(Rule.DOCUMENT, "a policy is a JSON object", ())
        raise report.error()
    _elements(root, _POLICY_ELEMENTS, (), report)
    version = _version(root, grammar, report)
    policy_id = _text(root, "Id", (), report)
    if policy_id and grammar.principal is Presence.FORBIDDEN:
        report.note(Rule.ID, "an identity-based policy has no Id", ("Id",))
    statements = _statements(root, kind, version, report)
    sid_faults(statements, grammar, report)
    policy = Policy(
        kind=kind,
        version=version,
        id=policy_id,
        statements=statements,
        text=text,
        notes=report.notes(),
    )
    return policy, report.error() if report.refused else None


def _elements(
    found: dict[str, JsonValue], known: tuple[str, ...], path: Path, report: Report
) -> None:
    for name in found:
        if name not in known:
            near = next((k for k in known if k.lower() == name.lower()), "")
            hint = f"; it is spelled {near}" if near else ""
            report.refuse(Rule.ELEMENT, f"no element {name!r}{hint}", (*path, name), key=True)
    report.repeated(found, path)


def _version(root: dict[str, JsonValue], grammar: Grammar, report: Report) -> Version:
    written = _text(root, "Version", (), report)
    if written and written not in tuple(Version):
        report.refuse(
            Rule.VERSION, f"no version {written!r}: 2012-10-17 or 2008-10-17", ("Version",)
        )
        return Version.OLD
    version = Version(written) if written else Version.OLD
    if grammar.current_version_only and version is not Version.CURRENT:
        report.note(Rule.VERSION_REQUIRED, "must have Version 2012-10-17", ("Version",))
    return version


def _text(found: dict[str, JsonValue], name: str, path: Path, report: Report) -> str:
    """An element that is one string; "" where it is absent."""
    value = found.get(name, "")
    if isinstance(value, str):
        return str(value)
    report.refuse(Rule.ELEMENT_TYPE, f"{name} is a string", (*path, name))
    return ""


def _statements(
    root: dict[str, JsonValue], kind: PolicyKind, version: Version, report: Report
) -> tuple[Statement, ...]:
    if "Statement" not in root:
        report.refuse(Rule.STATEMENT, "a policy has a Statement", ())
        return ()
    value = root["Statement"]
    given: list[JsonValue] = value if isinstance(value, list) else [value]
    if not given:
        report.note(Rule.EMPTY, "there is no statement", ("Statement",))
    return tuple(_read_statements(given, kind, version, report))


def _read_statements(
    given: list[JsonValue], kind: PolicyKind, version: Version, report: Report
) -> Iterator[Statement]:
    for index, found in enumerate(given):
        path: Path = ("Statement", index)
        if not isinstance(found, dict):
            report.refuse(Rule.ELEMENT_TYPE, "a statement is a JSON object", path)
            continue
        _elements(found, _STATEMENT_ELEMENTS, path, report)
        statement = Statement(
            index=index,
            sid=_text(found, "Sid", path, report),
            effect=_effect(found, path, report),
            action=_action(found, kind, path, report),
            resource=_resource(found, kind, version, path, report),
            principal=principal(found, kind, path, report),
            conditions=conditions(found, version, path, report),
            version=version,
        )
        statement_faults(statement, kind, path, report)
        yield statement


def _effect(found: dict[str, JsonValue], path: Path, report: Report) -> Effect:
    if "Effect" not in found:
        report.refuse(Rule.EFFECT_REQUIRED, "a statement has an Effect", path)
        return Effect.DENY
    value = _text(found, "Effect", path, report)
    if value in _EFFECTS:
        return Effect(value)
    report.refuse(Rule.EFFECT, f"no effect {value!r}: Allow or Deny", (*path, "Effect"))
    return Effect.DENY


def _action(
    found: dict[str, JsonValue], kind: PolicyKind, path: Path, report: Report
) -> ActionElement:
    name = _one_of("Action", "NotAction", found, path, report)
    if not name:
        report.refuse(Rule.ACTION_REQUIRED, "a statement has an Action or a NotAction", path)
        return _NOT_MADE
    patterns = report.strings(found[name], (*path, name))
    action_faults(patterns, GRAMMARS[kind], (*path, name), report)
    return Action(patterns) if name == "Action" else NotAction(patterns)


def _resource(
    found: dict[str, JsonValue], kind: PolicyKind, version: Version, path: Path, report: Report
) -> ResourceElement | None:
    grammar = GRAMMARS[kind]
    name = _one_of("Resource", "NotResource", found, path, report)
    if not name:
        if grammar.resource is Presence.REQUIRED:
            report.refuse(
                grammar.missing_resource, "a statement has a Resource or a NotResource", path
            )
        return None
    if grammar.resource is Presence.FORBIDDEN:
        report.refuse(Rule.TRUST_RESOURCE, f"a trust policy has no {name}", (*path, name), key=True)
        return None
    patterns = report.strings(found[name], (*path, name))
    resource_faults(patterns, grammar, version, (*path, name), report)
    return Resource(patterns) if name == "Resource" else NotResource(patterns)


def _one_of(
    name: str, contrary: str, found: dict[str, JsonValue], path: Path, report: Report
) -> str:
    """Which of two elements that exclude each other is there; "" for neither."""
    if name in found and contrary in found:
        report.refuse(
            Rule.EXCLUSIVE, f"{name} and {contrary} exclude each other", (*path, contrary), key=True
        )
    return name if name in found else contrary if contrary in found else ""
