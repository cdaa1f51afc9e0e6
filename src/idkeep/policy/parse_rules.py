"""Rules about the strings in a statement, and about statements together.

Where IAM itself takes the document its refusals are ours; elsewhere they are notes.
"""

import re

from idkeep.policy.diagnostics import Rule
from idkeep.policy.document import Action, Effect, NotAction, PolicyKind, Resource, Statement
from idkeep.policy.kinds import Grammar
from idkeep.policy.pattern import ARN_FIELDS
from idkeep.policy.principal import Everyone
from idkeep.policy.report import Report
from idkeep.policy.source import Path
from idkeep.policy.variables import Malformed, Version, has_variables, template

_SID = re.compile(r"[A-Za-z0-9]*", re.ASCII)


def action_faults(patterns: tuple[str, ...], grammar: Grammar, path: Path, report: Report) -> None:
    """`vendor:Name`, or `*`.

    IAM's own words: "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
    "Actions/Condition can contain only one colon.", "Action vendors (e.g., aws, ec2, etc.) must not
    contain wildcards." Policies with `*:*` are about, and no page says what IAM makes of it: taken.
    """
    refused = grammar.written_to_iam
    for n, action in enumerate(patterns):
        if action == "*":
            continue
        vendor, _, name = action.partition(":")
        if not vendor or not name or ":" in name:
            message = f"{action!r} is not of the form service:Action"
            report.fault(Rule.ACTION_FORM, message, (*path, n), refused=refused)
        elif "*" in vendor or "?" in vendor:
            message = f"{action!r}: the service has no wildcard"
            refused_here = refused and action != "*:*"
            report.fault(Rule.ACTION_VENDOR, message, (*path, n), refused=refused_here)


def resource_faults(
    patterns: tuple[str, ...], grammar: Grammar, version: Version, path: Path, report: Report
) -> None:
    """An ARN, or `*`. IAM: "Resource X must be in ARN format or "*".".

    An ARN of fewer than six fields is an error to AWS's validator ("Missing ARN field"); AWS does
    not say that IAM refuses it, and a managed policy of its own has one (`arn:aws:codepipeline:*`).
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """
    for n, resource in enumerate(patterns):
        if resource == "*":
            continue
        at = (*path, n)
        fields = resource.split(":", ARN_FIELDS - 1)
        if fields[0] != "arn":
            message = f"{resource!r} is neither an ARN nor *"
            report.fault(Rule.RESOURCE_FORM, message, at, refused=grammar.written_to_iam)
            continue
        if len(fields) < ARN_FIELDS:
            report.note(Rule.RESOURCE_FORM, f"{resource!r} has not all six fields", at)
        elif "*" in fields[2] or "?" in fields[2]:
            report.note(Rule.RESOURCE_FORM, f"{resource!r}: the service has no wildcard", at)
        if "${" in resource:
            _variable_faults(resource, version, at, report)


def sid_faults(statements: tuple[Statement, ...], grammar: Grammar, report: Report) -> None:
    """Letters and digits, and no two alike: IAM's rules, others' recommendation.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
    """
    seen: set[str] = set()
    for statement in statements:
        at = ("Statement", statement.index, "Sid")
        if grammar.written_to_iam and not _SID.fullmatch(statement.sid):
            report.refuse(Rule.SID_CHARACTERS, "a Sid is of letters and digits", at)
        if statement.sid and statement.sid in seen:
            report.fault(
                Rule.SID_UNIQUE,
                f"two statements have the Sid {statement.sid!r}",
                at,
                refused=grammar.written_to_iam,
            )
        seen.add(statement.sid)


def statement_faults(statement: Statement, kind: PolicyKind, path: Path, report: Report) -> None:
    """What an RCP may say.

    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    ("The effect of Allow is only supported for the RCPFullAWSAccess policy"; its table of elements
    has no NotAction.)
    """
    if kind is not PolicyKind.RCP:
        return
    if isinstance(statement.action, NotAction):
        report.refuse(Rule.RCP_ACTION, "an RCP has no NotAction", (*path, "NotAction"), key=True)
    if statement.effect is Effect.ALLOW and not _allows_everything(statement):
        report.refuse(
            Rule.RCP_EFFECT, "an RCP denies; RCPFullAWSAccess alone allows", (*path, "Effect")
        )


def _allows_everything(statement: Statement) -> bool:
    return (
        statement.action == Action(("*",))
        and statement.resource == Resource(("*",))
        and statement.principal is not None
        and statement.principal.named == (Everyone(),)
        and not statement.conditions
    )


def _variable_faults(resource: str, version: Version, at: Path, report: Report) -> None:
    """Variables stand in the resource portion of the ARN only, in the current version only.

    "You can't use a variable to replace parts of the ARN before the fifth colon": AWS does not say
    whether such a document is refused, nor what it matches.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if version is Version.OLD:
        report.note(Rule.VARIABLE_VERSION, "Version 2008-10-17 has no variables", at)
        return
    for part in template(resource, version):
        if isinstance(part, Malformed):
            report.note(Rule.VARIABLE_FORM, f"{part.text}: {part.why}", at)
    if has_variables(":".join(resource.split(":", ARN_FIELDS - 1)[: ARN_FIELDS - 1]), version):
        report.note(Rule.VARIABLE_PLACE, "a variable before the ARN's fifth colon", at)
