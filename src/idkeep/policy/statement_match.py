"""Whether a statement applies to a request, principals left aside.

Sources, each under https://docs.aws.amazon.com/IAM/latest/UserGuide/:
reference_policies_elements_action.html, …_notaction.html, …_resource.html, …_notresource.html,
…_condition.html.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct

from idkeep.policy.condition import all_hold
from idkeep.policy.context import Context, NotKnown
from idkeep.policy.document import (
    ActionElement,
    NotAction,
    NotResource,
    Policy,
    ResourceElement,
    Statement,
)
from idkeep.policy.expression import Open, Truth, Undocumented, all_of, any_of, negation
from idkeep.policy.pattern import ARN_FIELDS, Matches, Wild, action_test, resource_test, string_test
from idkeep.policy.variables import NoValue, Version, has_variables, resolve, template

# A `NotAction` or `NotResource` matches all but what it lists; yet a statement whose element is an
# empty list "does not affect the policy", says the validator, for Action and NotAction alike:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
_EMPTY = Open(Undocumented("an empty NotAction or NotResource: everything, or no statement"))


class Covers(Struct, frozen=True):
    """Whether a pattern with variables covers the resource, as a question still open."""

    pattern: str
    version: Version
    resource: str

    def evaluate(self, context: Context) -> Truth:
        return _covers(self, context)

    def __str__(self) -> str:
        return f"Resource {self.pattern} covers {self.resource}"


class Spares(Struct, frozen=True):
    """The same question of a pattern in `NotResource`: whether it does not cover the resource."""

    covers: Covers

    def evaluate(self, context: Context) -> Truth:
        return _spares(self, context)

    def __str__(self) -> str:
        return f"NotResource {self.covers.pattern} spares {self.covers.resource}"


def applies(statement: Statement, action: str, resource: str, context: Context) -> Truth:
    """Action, resource and conditions all match; open where they depend on unknown keys.

    `resource` is the request's ARN, or "*" for an action on no resource in particular.
    """
    return matches_action(statement.action, action) and reaches(statement, resource, context)


_ANYTHING = Context(unknown="*")
# A policy's statements that may speak of an action on a resource, as `candidates` finds them.
Find: TypeAlias = Callable[[Policy, str, str], tuple[Statement, ...]]


@lru_cache(maxsize=16_384)
def candidates(policy: Policy, action: str, resource: str) -> tuple[Statement, ...]:
    """The policy's statements that may apply, whatever the context.

    The same policies are asked for the same again and again.
    """
    return tuple(
        one
        for one in policy.statements
        if matches_action(one.action, action) and may_cover(one, resource)
    )


def may_cover(statement: Statement, resource: str) -> bool:
    """Whether the statement covers the resource in some context."""
    covered = matches_resource(statement.resource, statement.version, resource, _ANYTHING)
    return covered is not False


def reaches(statement: Statement, resource: str, context: Context) -> Truth:
    """What `applies` says of a statement whose action matches."""
    target = matches_resource(statement.resource, statement.version, resource, context)
    if not statement.action.patterns:
        target = all_of((_EMPTY, target))
    if target is False or not statement.conditions:
        return target
    held = all_hold(statement.conditions, statement.version, context)
    return held if target is True else all_of((target, held))


def matches_action(element: ActionElement, action: str) -> bool:
    """Case does not count."""
    return action_test(element.patterns)(action) is not isinstance(element, NotAction)


def matches_resource(
    element: ResourceElement | None, version: Version, resource: str, context: Context
) -> Truth:
    """None is a policy that stands on its one resource, and so covers it."""
    if element is None:
        return True
    excluding = isinstance(element, NotResource)
    if excluding and not element.patterns:
        return _EMPTY
    waiting = _covered(element.patterns, version is Version.CURRENT, resource)
    if waiting is True:
        return not excluding
    if not waiting:
        return excluding
    covers = [Covers(pattern, version, resource) for pattern in waiting]
    if excluding:
        return all_of(_spares(Spares(question), context) for question in covers)
    return any_of(_covers(question, context) for question in covers)


@lru_cache(maxsize=16_384)
def _covered(
    patterns: tuple[str, ...],
    variables: bool,  # noqa: FBT001 -- a key of the cache
    resource: str,
) -> Literal[True] | tuple[str, ...]:
    """True if a pattern that needs no context covers the resource, else those that wait for one."""
    fixed, waiting = _split(patterns, variables)
    for test in fixed:
        if test(resource):
            return True
    return waiting


@lru_cache(maxsize=8192)
def _split(
    patterns: tuple[str, ...],
    variables: bool,  # noqa: FBT001 -- a key of the cache
) -> tuple[tuple[Matches, ...], tuple[str, ...]]:
    """Tests for the patterns that need no context, and the text of those that wait for one.

    `${*}` and the like are no variables of the context, but are read by `resolve` all the same.
    """
    version = Version.CURRENT if variables else Version.OLD
    waiting = tuple(p for p in patterns if has_variables(p, version))
    nothing = Context()
    fixed = (resolve(p, version, nothing) for p in patterns if p not in waiting)
    return tuple(resource_test(p) for p in fixed if isinstance(p, tuple)), waiting


def _covers(question: Covers, context: Context) -> Truth:
    if not could_cover(question.pattern)(question.resource):
        return False
    if variable_before_resource(question.pattern):
        return Open(Undocumented(f"{question}: a variable before the ARN's fifth colon"))
    pattern = resolve(question.pattern, question.version, context)
    match pattern:
        case NotKnown():
            return Open(question)
        case NoValue():
            # "If a variable that has no value in the authorization context is used as part of the
            # Resource or NotResource element of a policy, the resource that includes a policy
            # variable with no value will not match any resource."
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
            return False
        case Undocumented(why):
            return Open(Undocumented(f"{question}: {why}"))
        case _:
            return resource_test(pattern)(question.resource)


def _spares(question: Spares, context: Context) -> Truth:
    covers = question.covers
    if not could_cover(covers.pattern)(covers.resource):
        return True
    pattern = resolve(covers.pattern, covers.version, context)
    if isinstance(pattern, NotKnown):
        return Open(question)
    return negation(_covers(covers, context))


@lru_cache(maxsize=8192)
def could_cover(pattern: str) -> Matches:
    """A test that every resource passes which the pattern covers for some value of its variables.

    It spares most look-ups, and leaves less open.
    """
    parts = template(pattern, Version.CURRENT)
    return string_test(tuple(p if isinstance(p, str | Wild) else Wild.MANY for p in parts))


@lru_cache(maxsize=8192)
def variable_before_resource(pattern: str) -> bool:
    head = ":".join(pattern.split(":", ARN_FIELDS - 1)[: ARN_FIELDS - 1])
    return has_variables(head, Version.CURRENT)
