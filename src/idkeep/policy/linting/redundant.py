"""Statements that add nothing to the rest of their document, proven over all requests.

Two statements on the same actions with a condition on one and none on the other, an Allow whose
every request a Deny of the same document denies: what the eye does not see where lists are long.
A question that takes more steps than the document's budget has is no finding.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-suggestion-redundant-statement
"""

from collections.abc import Iterator, Sequence

from idkeep.policy.document import Effect, NotAction, Policy, Resource, Statement
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.linting.globs import action_within
from idkeep.policy.pattern import ARN_FIELDS
from idkeep.policy.statement_match import may_cover
from idkeep.policy.symbolic.budget import Budget
from idkeep.policy.symbolic.standing import Standing, standing

# About half a second on one core, for all questions about one document.
_STEPS = 100_000
# To read one of the others anew for a question; and how many are glanced at in one step.
_STEPS_EACH = 4
_GLANCES = 16
# More others than these are not asked which of them it is.
_MOST_NAMED = 40


def redundant_statements(subject: Subject) -> Iterator[Remark]:
    """Nothing where AWS refuses a statement: then nobody knows what the others say."""
    if len(subject.statements) < len(subject.policy.statements):
        return
    for one, found, by in needless(subject.policy):
        match found:
            case Standing.EMPTY:
                message = "no request can satisfy all of its conditions"
                yield Remark("STATEMENT_HAS_NO_EFFECT", message, path_of(one))
            case Standing.SHADOWED:
                message = f"all that it allows is denied by {_which(by, 'the Deny statements')}"
                yield Remark("ALLOW_SHADOWED_BY_DENY", message, path_of(one))
            case _:
                does = "allows" if one.effect is Effect.ALLOW else "denies"
                message = f"all that it {does} {_which(by, 'the other statements')} {does} too"
                yield Remark("REDUNDANT_STATEMENT", message, path_of(one))


def _which(by: Statement | None, together: str) -> str:
    return f"statement {by.index}" if by else f"{together} together"


def needless(
    policy: Policy, steps: int = _STEPS
) -> Iterator[tuple[Statement, Standing, Statement | None]]:
    """Each statement that may go once those before it in this list have gone, from the last on.

    With it the one statement that is enough to say so, where there is one; None where it takes
    several.
    """
    budget = Budget(steps)
    left = list(policy.statements)
    for one in reversed(policy.statements):
        others = [other for other in left if other is not one]
        if budget.left < 0:
            return
        budget.left -= len(others) // _GLANCES
        if not _may_be(one, others):
            continue
        budget.left -= _STEPS_EACH * len(others)
        found = standing(policy.kind, one, others, budget)
        if found in (Standing.NEEDED, Standing.UNKNOWN):
            continue
        left = others
        yield one, found, _by(policy, one, found, others, budget)


def _may_be(one: Statement, others: Sequence[Statement]) -> bool:
    """Whether it could be: another has its first action and resource, or it contradicts itself.

    Cheap, and never wrong where it says no for a statement that some request satisfies.
    """
    keys = [condition.key.lower() for condition in one.conditions]
    if len(set(keys)) < len(keys):
        return True
    resource = _example(one)
    for other in others:
        if one.effect is Effect.DENY and other.effect is Effect.ALLOW:
            continue
        if _may_act(one, other) and (resource is None or may_cover(other, resource)):
            return True
    return False


def _may_act(one: Statement, other: Statement) -> bool:
    if isinstance(one.action, NotAction) or isinstance(other.action, NotAction):
        return True
    first, wide = one.action.patterns[0], other.action.patterns
    return any(first.lower() == w.lower() or action_within(first, w) for w in wide)


def _example(one: Statement) -> str | None:
    """A resource that the statement covers; None where its first pattern tells of none."""
    if not isinstance(one.resource, Resource) or not one.resource.patterns:
        return None
    first = one.resource.patterns[0]
    if "${" in first or first.count(":") < ARN_FIELDS - 1:
        return None
    return first.replace("*", "x").replace("?", "x")


def _by(
    policy: Policy,
    one: Statement,
    found: Standing,
    others: Sequence[Statement],
    budget: Budget,
) -> Statement | None:
    """The first of the others that is enough by itself."""
    if found is Standing.EMPTY or len(others) > _MOST_NAMED:
        return None
    effect = Effect.DENY if found is Standing.SHADOWED else one.effect
    for other in others:
        if other.effect is effect and standing(policy.kind, one, [other], budget) is found:
            return other
    return None
