"""The `Principal` and `NotPrincipal` elements.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from collections.abc import Iterator

from idkeep.policy.diagnostics import Rule
from idkeep.policy.document import NotPrincipal, PolicyKind, Principal, PrincipalElement
from idkeep.policy.kinds import GRAMMARS, Presence
from idkeep.policy.principal import TYPES, Everyone, NamedPrincipal, named
from idkeep.policy.report import Report
from idkeep.policy.source import JsonValue, Path


def principal(
    found: dict[str, JsonValue], kind: PolicyKind, path: Path, report: Report
) -> PrincipalElement | None:
    """The element of a statement; what its kind of policy asks of it is reported."""
    presence = GRAMMARS[kind].principal
    names = [name for name in ("Principal", "NotPrincipal") if name in found]
    if presence is Presence.FORBIDDEN:
        for name in names:
            report.refuse(
                Rule.PRINCIPAL_FORBIDDEN, f"this policy has no {name}", (*path, name), key=True
            )
        return None
    if not names:
        report.refuse(Rule.PRINCIPAL_REQUIRED, "a statement here has a Principal", path)
        return None
    name = names[0]
    at = (*path, name)
    if len(names) > 1:
        report.refuse(
            Rule.EXCLUSIVE,
            "Principal and NotPrincipal exclude each other",
            (*path, names[1]),
            key=True,
        )
    if name == "NotPrincipal":
        _not_principal(found, kind, at, report)
    who = tuple(_named(found[name], kind, at, report))
    return Principal(who) if name == "Principal" else NotPrincipal(who)


def _not_principal(found: dict[str, JsonValue], kind: PolicyKind, at: Path, report: Report) -> None:
    """Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html."""
    if kind is PolicyKind.TRUST:
        report.refuse(Rule.NOT_PRINCIPAL, "a trust policy has no NotPrincipal", at, key=True)
    elif kind is PolicyKind.RCP:
        report.refuse(Rule.RCP_PRINCIPAL, 'an RCP has Principal "*" only', at, key=True)
    elif found.get("Effect") == "Allow":
        # "Using it with "Effect":"Allow" is not supported"; documents that do are older.
        report.note(Rule.NOT_PRINCIPAL, "NotPrincipal with Allow is not supported", at)


def _named(
    value: JsonValue, kind: PolicyKind, path: Path, report: Report
) -> Iterator[NamedPrincipal]:
    if value == "*":
        yield Everyone()
        return
    if kind is PolicyKind.RCP:
        report.refuse(Rule.RCP_PRINCIPAL, 'an RCP has Principal "*" only', path)
        return
    if isinstance(value, dict):
        yield from _by_type(value, kind, path, report)
        return
    found = named("AWS", value) if isinstance(value, str) else None
    # AWS's validator calls this an error, and IAM refuses it. Old examples for other services name
    # an ARN so, and there is one thing that it can mean.
    report.fault(
        Rule.PRINCIPAL_FORM,
        f'{path[-1]} is "*" or names principals by their type',
        path,
        refused=found is None or GRAMMARS[kind].written_to_iam,
    )
    if found:
        yield found


def _by_type(
    value: dict[str, JsonValue], kind: PolicyKind, path: Path, report: Report
) -> Iterator[NamedPrincipal]:
    if not value:
        report.note(Rule.EMPTY, f"{path[-1]} names nobody", path)
    report.repeated(value, path)
    for who, given in value.items():
        at = (*path, who)
        if who not in TYPES:
            report.refuse(
                Rule.PRINCIPAL_KEY, f"no principal type {who!r}: {', '.join(TYPES)}", at, key=True
            )
            continue
        for n, text in enumerate(report.strings(given, at)):
            yield from _one(who, text, kind, (*at, n), report)


def _one(
    who: str, text: str, kind: PolicyKind, at: Path, report: Report
) -> Iterator[NamedPrincipal]:
    found = named(who, text)
    if found is None:
        report.refuse(Rule.PRINCIPAL_FORM, f"{text!r} is no ARN, account, unique id or *", at)
        return
    if ("*" in text or "?" in text) and not (who == "AWS" and text == "*"):
        # "You cannot use a wildcard to match part of a principal name or ARN." IAM refuses it in a
        # trust policy; of other services we only know that it matches nobody as a wildcard.
        report.fault(
            Rule.PRINCIPAL_WILDCARD,
            f"{text!r}: a wildcard is no part of a principal",
            at,
            refused=kind is PolicyKind.TRUST and who == "AWS",
        )
    yield found
