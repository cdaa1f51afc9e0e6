"""Every rule over one document."""

from collections.abc import Callable, Iterator

from idkeep.catalog import Catalog
from idkeep.policy.diagnostics import Diagnostic, PolicyError
from idkeep.policy.document import PolicyKind
from idkeep.policy.linting.actions import actions
from idkeep.policy.linting.codes import ISSUES
from idkeep.policy.linting.finding import Finding, Remark, Subject, placed
from idkeep.policy.linting.grammar import code_of, elements, from_parser
from idkeep.policy.linting.grants import grants
from idkeep.policy.linting.guardrails import perimeters, rcps, scps
from idkeep.policy.linting.keys import keys, nothing_meant, unqualified_claims
from idkeep.policy.linting.pairs import listed_prefixes, pairs
from idkeep.policy.linting.principals import keys_and_actions, principals
from idkeep.policy.linting.quotas import quotas
from idkeep.policy.linting.redundant import redundant_statements
from idkeep.policy.linting.resources import resources
from idkeep.policy.linting.values import values
from idkeep.policy.parse import read_policy
from idkeep.policy.source import read

# One rule, or a few that look at the same. What looks at several statements at once goes here too.
LintRule = Callable[[Subject], Iterator[Remark]]
RULES: tuple[LintRule, ...] = (
    elements,
    actions,
    nothing_meant,
    resources,
    keys,
    unqualified_claims,
    pairs,
    listed_prefixes,
    values,
    principals,
    keys_and_actions,
    grants,
    redundant_statements,
    perimeters,
    scps,
    rcps,
    quotas,
)


def lint(text: str, kind: PolicyKind, catalog: Catalog) -> tuple[Finding, ...]:
    """Every finding on one document, in reading order. Raises nothing for whatever the text is.

    A statement with something that AWS refuses is judged no further.
    """
    try:
        policy, error = read_policy(text, kind)
    except PolicyError as refused:
        return tuple(_unreadable(one, kind) for one in refused.problems)
    problems = error.problems if error else ()
    spoilt = frozenset(
        step for one in problems if len(one.path) > 1 and isinstance(step := one.path[1], int)
    )
    root = read(text)
    assert isinstance(root, dict)
    subject = Subject(policy, root, catalog, spoilt)
    remarks = [
        *from_parser(problems, kind, refused=True),
        *from_parser(policy.notes, kind, refused=False),
        *(remark for rule in RULES for remark in rule(subject)),
    ]
    return placed(text, remarks)


def _unreadable(said: Diagnostic, kind: PolicyKind) -> Finding:
    code = code_of(said, kind, refused=True)
    return Finding(
        code=code,
        category=ISSUES[code].category,
        message=said.message,
        path=said.path,
        line=said.line,
        column=said.column,
    )
