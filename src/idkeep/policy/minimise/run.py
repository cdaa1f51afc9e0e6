"""A policy in fewer characters that means the same, and the proof of it.

Every step is proven on its own before it is taken (`Work`), and the whole once more at the end.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from idkeep.catalog import Catalog
from idkeep.policy.document import Action, Policy, Statement
from idkeep.policy.linting.actions import redundant_actions
from idkeep.policy.linting.fix import same_of_catalog
from idkeep.policy.minimise import steps
from idkeep.policy.minimise.fold import folded
from idkeep.policy.minimise.part import Document, changed, document_of, tidied
from idkeep.policy.minimise.work import MOST_STEPS, Work
from idkeep.policy.parse import parse
from idkeep.policy.symbolic.budget import DEFAULT_STEPS, Budget
from idkeep.policy.symbolic.compare import Nothing, Witness
from idkeep.policy.symbolic.standing import distinguishes

if TYPE_CHECKING:
    from idkeep.policy.source import JsonValue

_STEPS: tuple[Callable[[Work], None], ...] = (
    steps.shorten_lists,
    steps.drop_statements,
    steps.drop_patterns,
    steps.merge_statements,
)
_MOST_ROUNDS = 8


class Wider(Struct, frozen=True):
    """A new wildcard of a statement: what AWS adds under it is meant too.

    `excluded`: of a `NotAction`, which then lets out more.
    """

    statement: str
    pattern: str
    excluded: bool


class Shorter(Struct, frozen=True):
    """A policy made shorter.

    `done` are the steps in words; `left` those that were not taken for want of a proof. `wider`
    is empty but where the meaning by the catalog was asked for.
    """

    before: Policy
    document: Document
    done: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    wider: tuple[Wider, ...] = ()


class NotTheSame(Exception):
    """The proof of the whole failed: a fault of idkeep's own. Nothing may be printed."""


def shrink(policy: Policy, catalog: Catalog | None = None) -> Shorter:
    """Fewer action patterns that mean the same; with a catalog, by the actions that it has.

    Without one, of all actions there may ever be. `NotTheSame` is raised for a fault of our own.
    """
    work = Work(document_of(policy))
    wider = _fold(work, catalog) if catalog else ()
    since = work.document.statements if catalog else policy.statements
    if not catalog:
        _shorten_actions(work)
    return _proven(policy, work, since, wider)


def minimise(
    policy: Policy,
    catalog: Catalog | None = None,
    *,
    without_sids: bool = False,
    most_steps: int = MOST_STEPS,
) -> Shorter:
    """The shortest equivalent that the steps lead to; with a catalog, by the actions it has.

    It is never longer, and leads to itself. `NotTheSame` is raised for a fault of our own.
    """
    work = Work(document_of(policy), most_steps)
    wider: tuple[Wider, ...] = ()
    since = policy.statements
    for _ in range(_MOST_ROUNDS):
        before = work.parts
        if catalog:
            _prove(work, since)
            wider += _fold(work, catalog)
            since = work.document.statements
        for step in _STEPS:
            step(work)
        if work.parts == before:
            break
    parts = (tidied(work.document, one, without_sid=without_sids) for one in work.parts)
    work.document = replace(work.document, parts=tuple(parts))
    return _proven(policy, work, since, wider)


def _shorten_actions(work: Work) -> None:
    for part in work.parts:
        name, patterns = _actions(part.read)
        if gone := redundant_actions(patterns):
            kept: JsonValue = [one for n, one in enumerate(part.listed(name)) if n not in gone]
            shorter = changed(work.document, part, **{name: kept})
            said = (f"{patterns[n]} is within {patterns[m]}" for n, m in gone.items())
            work.exchange([part], [shorter], f"{part.name}: {', '.join(said)}")


def _fold(work: Work, catalog: Catalog) -> tuple[Wider, ...]:
    """Actions by the catalog. Raises `NotTheSame` where a fold is none."""
    wider: list[Wider] = []
    for n, part in enumerate(work.parts):
        name, patterns = _actions(part.read)
        made = folded(patterns, catalog)
        if set(made.patterns) == set(patterns) or not patterns:
            continue
        if not same_of_catalog(patterns, made.patterns, catalog):
            raise NotTheSame(f"{part.name}: {', '.join(made.patterns)}")
        fewer: JsonValue = [*made.patterns]
        shorter = changed(work.document, part, **{name: fewer})
        said = f"{part.name}: {len(patterns)} action patterns made {len(made.patterns)}"
        work.put(n, shorter, said)
        wider += (Wider(part.name, one, name == "NotAction") for one in made.wildcards)
    return tuple(wider)


def _actions(statement: Statement) -> tuple[str, tuple[str, ...]]:
    name = "Action" if isinstance(statement.action, Action) else "NotAction"
    return name, statement.action.patterns


def _proven(
    policy: Policy, work: Work, since: tuple[Statement, ...], wider: tuple[Wider, ...]
) -> Shorter:
    """`since`: what held before the last steps that are meant to change nothing."""
    made = work.document
    again = parse(made.text(), policy.kind)
    if _bare(again.statements) != _bare(made.statements):
        raise NotTheSame("what is written reads otherwise")
    _prove(work, since)
    return Shorter(policy, made, tuple(work.done), tuple(work.left), wider)


def _prove(work: Work, since: tuple[Statement, ...]) -> None:
    """All the steps since then at once. Raises `NotTheSame`."""
    now = work.document.statements
    answer = distinguishes(work.document.kind, since, now, Budget(DEFAULT_STEPS))
    if isinstance(answer, Witness):
        raise NotTheSame(f"{answer.request.action} on {answer.request.resource}")
    if not isinstance(answer, Nothing) and work.done:
        work.left["proven step by step, not all at once"] = None


def _bare(statements: tuple[Statement, ...]) -> list[Statement]:
    return [replace(one, index=0) for one in statements]
