"""What an organization's policies and network perimeters get wrong.

Sources: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html,
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html,
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html.
"""

from collections.abc import Iterator

from idkeep.policy.condition import Condition
from idkeep.policy.document import Effect, PolicyKind, Principal, Resource, Statement
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.linting.keys import negated, positive
from idkeep.policy.linting.known import literal
from idkeep.policy.operators import NULL
from idkeep.policy.principal import Service

_NETWORK = frozenset(
    {
        *("aws:sourceip", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce"),
        *("aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths"),
    }
)
# A call that a service makes in a caller's name keeps the caller's address, and no more of its
# network: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
_KEPT = "aws:sourceip"
_IS_SERVICE = frozenset({"aws:principalisawsservice", "aws:principalservicename"})
_VIA_SERVICE = frozenset(
    {"aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast"}
)
_PRINCIPAL = ("aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount")
_PRINCIPAL_PREFIXES = (*_PRINCIPAL, "aws:principalarn", "aws:principaltag/")
_SOURCE = ("aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceaccount", "aws:sourcearn")
_NULL_CHECKS = frozenset({"aws:sourceaccount", "aws:sourcearn"})
# What meets a service in its own name, and what meets one in a caller's: no service signs in, and
# none comes through an endpoint of yours in your name.
_MEET_SERVICES = frozenset(
    {PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.RCP, PolicyKind.VPC_ENDPOINT}
)
_MEET_NO_CALLERS = frozenset({PolicyKind.SIGNIN_RESOURCE, PolicyKind.VPC_ENDPOINT})


def perimeters(subject: Subject) -> Iterator[Remark]:
    """A Deny of every other network; a service that acts for you comes from none of yours."""
    for statement in subject.statements:
        if statement.effect is not Effect.DENY or any(map(_asks_for_network, statement.conditions)):
            continue
        own = subject.kind in _MEET_SERVICES and _meets_services(statement)
        passed_on = subject.kind not in _MEET_NO_CALLERS and not _exempts(statement, _VIA_SERVICE)
        for condition, at in subject.conditions(statement):
            key = condition.key.lower()
            if key not in _NETWORK or not _met_without(condition):
                continue
            lacking = ["aws:PrincipalIsAWSService"] if own else []
            lacking += ["aws:ViaAWSService"] if passed_on and key != _KEPT else []
            if lacking:
                message = (
                    "AWS services that act for you come from elsewhere: exempt them by "
                    f"{' and '.join(lacking)}"
                )
                yield Remark("DENY_BY_NETWORK_WITHOUT_SERVICE_EXEMPTION", message, at, key=True)


def _met_without(condition: Condition) -> bool:
    """Whether it holds of a request that lacks the key."""
    if condition.operator.base == NULL:
        return _are(condition, "true")
    return negated(condition.operator) and not positive(condition)


def _asks_for_network(condition: Condition) -> bool:
    """Whether it spares what comes without the key, as services do."""
    if condition.key.lower() not in _NETWORK:
        return False
    if condition.operator.base == NULL:
        return _are(condition, "false")
    return positive(condition)


def _meets_services(statement: Statement) -> bool:
    """Whether it denies a service that acts in its own name, which is in no organisation."""
    if isinstance(statement.principal, Principal) and not any(
        str(one) in _EVERYBODY or isinstance(one, Service) for one in statement.principal.named
    ):
        return False
    of_people = any(
        one.key.lower().startswith(_NO_SERVICES) and positive(one) for one in statement.conditions
    )
    return not of_people and not _exempts(statement, _IS_SERVICE)


_EVERYBODY = frozenset({"*", "AWS:*"})
_NO_SERVICES = (
    *("aws:principalorgid", "aws:principalorgpaths", "aws:principaltag/"),
    *("aws:principalarn", "aws:userid", "aws:username"),
)


def _exempts(statement: Statement, keys: frozenset[str]) -> bool:
    """Whether one of these keys spares services, as `Bool … false` does."""
    for one in statement.conditions:
        if one.key.lower() not in keys:
            continue
        if one.operator.base == NULL or one.key.lower() in _BOOLEANS:
            missing = one.operator.base == NULL
            if _are(one, "true" if missing or negated(one.operator) else "false"):
                return True
        elif negated(one.operator):
            return True
    return False


_BOOLEANS = frozenset({"aws:principalisawsservice", "aws:viaawsservice"})


def _are(condition: Condition, word: str) -> bool:
    return all(value.lower() == word for value in condition.values)


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
