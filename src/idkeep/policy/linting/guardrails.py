"""What an organization's policies and network perimeters get wrong.

Sources: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html,
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html.
"""

from collections.abc import Iterator

from idkeep.policy.document import Effect, PolicyKind, Resource, Statement
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.linting.keys import negated
from idkeep.policy.linting.known import literal
from idkeep.policy.operators import NULL

_NETWORK = frozenset(
    {
        *("aws:sourceip", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce"),
        *("aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"),
    }
)
# A service acts in its own name (resource policies, RCPs), or passes on a caller's (all).
_IS_SERVICE = frozenset({"aws:principalisawsservice", "aws:principalservicename"})
_VIA_SERVICE = frozenset(
    {"aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"}
)
_PRINCIPAL = ("aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount")
_PRINCIPAL_PREFIXES = (*_PRINCIPAL, "aws:principalarn", "aws:principaltag/")
_SOURCE = ("aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceaccount", "aws:sourcearn")
_NULL_CHECKS = frozenset({"aws:sourceaccount", "aws:sourcearn"})
_OF_RESOURCES = frozenset({PolicyKind.RESOURCE, PolicyKind.RCP, PolicyKind.VPC_ENDPOINT})


def perimeters(subject: Subject) -> Iterator[Remark]:
    """A Deny of every other network; a service that acts for you comes from none of yours."""
    for statement in subject.statements:
        if statement.effect is not Effect.DENY:
            continue
        there = {one.key.lower() for one in statement.conditions}
        exempts = _IS_SERVICE | _VIA_SERVICE if subject.kind in _OF_RESOURCES else _VIA_SERVICE
        if not there.isdisjoint(exempts) or "aws:principalarn" in there:
            continue
        wanted = sorted(exempts & {"aws:principalisawsservice", "aws:viaawsservice"})
        names = " and ".join(_NAMES[one] for one in wanted)
        for condition, at in subject.conditions(statement):
            if condition.key.lower() in _NETWORK and negated(condition.operator):
                message = (
                    f"AWS services that act for you come from elsewhere: exempt them by {names}"
                )
                yield Remark("DENY_BY_NETWORK_WITHOUT_SERVICE_EXEMPTION", message, at, key=True)


_NAMES = {
    "aws:principalisawsservice": "aws:PrincipalIsAWSService",
    "aws:viaawsservice": "aws:ViaAWSService",
}


def scps(subject: Subject) -> Iterator[Remark]:
    """An Allow by resource: announced on 2025-09-19, and denied by one sentence of the page."""
    if subject.kind is not PolicyKind.SCP:
        return
    for statement in subject.statements:
        if statement.effect is Effect.ALLOW and statement.resource != Resource(("*",)):
            message = (
                "AWS announced resources in SCPs that allow; its page still says only * stands"
            )
            at = path_of(statement, type(statement.resource).__name__)
            yield Remark("SCP_ALLOW_RESOURCE_DISPUTED", message, at, key=True)


def rcps(subject: Subject) -> Iterator[Remark]:
    if subject.kind is not PolicyKind.RCP:
        return
    for statement in subject.statements:
        if statement.effect is Effect.DENY:
            yield from _reach(statement, subject)
            yield from _exempt(statement, subject)


def _reach(statement: Statement, subject: Subject) -> Iterator[Remark]:
    reached = subject.catalog.facts.rcps
    for n, pattern in enumerate(statement.action.patterns):
        at = path_of(statement, "Action", n)
        prefix = pattern.partition(":")[0]
        if not pattern.strip("*"):
            message = f"an RCP reaches {len(reached.services)} services, as of {reached.page.read}"
            yield Remark("RCP_REACHES_SOME_SERVICES", message, at)
        elif literal(prefix) and prefix.lower() not in reached.services:
            message = f"RCPs do not reach {prefix}, as of {reached.page.read}"
            yield Remark("RCP_SYNTAX_ERROR_ACTION", message, at)
        elif literal(pattern) and pattern not in reached:
            message = f"RCPs do not reach {pattern}, as of {reached.page.read}"
            yield Remark("RCP_SYNTAX_ERROR_ACTION", message, at)


def _exempt(statement: Statement, subject: Subject) -> Iterator[Remark]:
    there = {one.key.lower() for one in statement.conditions}
    told = not there.isdisjoint(_IS_SERVICE)
    checked = any(
        one.operator.base == NULL and one.key.lower() in _NULL_CHECKS
        for one in statement.conditions
    )
    for condition, at in subject.conditions(statement):
        key = condition.key.lower()
        if condition.operator.base == NULL:
            continue
        if key.startswith(_PRINCIPAL_PREFIXES) and not told:
            message = (
                'services are met too; add "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}'
            )
            yield Remark("RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", message, at, key=True)
        if key in _SOURCE and not told:
            message = (
                'your principals are met too; add "Bool": {"aws:PrincipalIsAWSService": "true"}'
            )
            code = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY"
            yield Remark(code, message, at, key=True)
        loose = negated(condition.operator) or condition.operator.if_exists
        if key in _SOURCE and loose and not checked:
            message = (
                'a service without a source is denied; add "Null": {"aws:SourceAccount": "false"}'
            )
            yield Remark("RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK", message, at, key=True)
