"""Statements as the search reads them, and what of them hangs on policy variables.

A pattern or value with a variable is known by its text: the same text is the same question,
whatever the answer. What such a pattern could cover at most is known too: each variable as `*`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from idkeep.policy.condition import Condition
from idkeep.policy.document import (
    Policy,
    Principal,
    ResourceElement,
    Statement,
)
from idkeep.policy.operators import Operator, SetOperator
from idkeep.policy.pattern import Glob, Wild
from idkeep.policy.principal import AwsUniqueId, CanonicalUser, EveryAws
from idkeep.policy.variables import Variable, Version, template

# Stands for a variable without a value: no request holds it.
NOWHERE = "\ue000"
_VARIABLE = re.compile(r"\$\{([^\s{}$*?,']+)(?:,[ ]*'([^']*)')?\}")


def statements_of(policies: Iterable[Policy]) -> Iterator[Statement]:
    """Every statement, with no more than one form of principal in each.

    A unique id asks for `aws:userid`, as the reference engine reads it, and so is a condition.
    """
    for policy in policies:
        for statement in policy.statements:
            yield from _split(statement)


def _split(statement: Statement) -> Iterator[Statement]:
    element = statement.principal
    apart = (AwsUniqueId, CanonicalUser)
    if not isinstance(element, Principal) or not any(isinstance(n, apart) for n in element.named):
        yield statement
        return
    plain = tuple(one for one in element.named if not isinstance(one, apart))
    if plain:
        yield replace(statement, principal=Principal(plain))
    for one in element.named:
        if isinstance(one, CanonicalUser):
            yield replace(statement, principal=Principal((one,)))
        if isinstance(one, AwsUniqueId):
            is_theirs = Condition(
                Operator("StringLike", SetOperator.FOR_ANY_VALUE),
                "aws:userid",
                (one.id, f"{one.id}:*"),
            )
            everyone = Principal((EveryAws(),))
            conditions = (*statement.conditions, is_theirs)
            yield replace(statement, principal=everyone, conditions=conditions)


def widened(text: str) -> Glob:
    """The pattern with `*` in the place of every variable."""
    parts = template(text, Version.CURRENT)
    return tuple(part if isinstance(part, str | Wild) else Wild.MANY for part in parts)


def variables_of(statement: Statement) -> Iterator[Variable]:
    """Every variable in the statement's resources and condition values."""
    if statement.version is Version.OLD:
        return
    texts = [value for one in statement.conditions for value in one.values]
    texts += statement.resource.patterns if statement.resource else ()
    for text in texts:
        if "${" in text:
            parts = template(text, Version.CURRENT)
            yield from (part for part in parts if isinstance(part, Variable))


def grounded(statement: Statement, given: Mapping[str, tuple[str, ...]]) -> Statement:
    """The statement with values in the place of variables, by small keys; () is no value."""
    if not any(True for _ in variables_of(statement)):
        return statement

    def fill(text: str) -> str:
        return _VARIABLE.sub(lambda found: _value(found, given), text)

    def filled(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(fill, texts))

    resource: ResourceElement | None = statement.resource
    if resource:
        resource = type(resource)(filled(resource.patterns))
    conditions = (replace(one, values=filled(one.values)) for one in statement.conditions)
    return replace(statement, resource=resource, conditions=tuple(conditions))


def _value(found: re.Match[str], given: Mapping[str, tuple[str, ...]]) -> str:
    values = given.get(found[1].lower(), ())
    return values[0] if values else found[2] or NOWHERE
