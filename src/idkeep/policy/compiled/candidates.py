"""A policy's statements that may speak of an action on a resource, found by an index.

It finds what `statement_match.candidates` finds, and may find more whose resource is another:
the reference looks at that again.
"""

from collections.abc import Sequence
from functools import lru_cache

from idkeep.policy.compiled.rules import Mark, Rules, marks_of
from idkeep.policy.compiled.words import ActionWords
from idkeep.policy.document import Policy, Statement


# In a batch the same policies are asked for the same again.
@lru_cache(maxsize=4096)
def compiled_candidates(policy: Policy, action: str, resource: str) -> tuple[Statement, ...]:
    """By an index that is made when a policy is first asked, and kept for a while."""
    return _index_of(policy).found(action, resource)


class Candidates:
    """The same with indexes that are kept, of documents compiled before or when first asked."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._indexes: dict[Policy, _Index] = {}

    def __call__(self, policy: Policy, action: str, resource: str) -> tuple[Statement, ...]:
        index = self._indexes.get(policy) or self.compile(policy)
        return index.found(action, resource)

    def compile(self, policy: Policy) -> "_Index":
        marks = [rule.body.marks for rule in self._rules.of(policy)]
        index = self._indexes[policy] = _Index(policy.statements, marks)
        return index


class _Index:
    """`marks` are those of each statement."""

    def __init__(
        self, statements: tuple[Statement, ...], marks: Sequence[tuple[Mark, ...]]
    ) -> None:
        self._statements = statements
        self._words = ActionWords(one.action for one in statements)
        self._marks = [tuple((one.head, one.piece) for one in some) for some in marks]

    def found(self, action: str, resource: str) -> tuple[Statement, ...]:
        hits = self._words.matching(action.lower())
        if not hits:
            return ()
        found = []
        for n in sorted(hits):
            for head, piece in self._marks[n]:
                if resource.startswith(head) and piece in resource:
                    found.append(self._statements[n])
                    break
        return tuple(found)


@lru_cache(maxsize=4096)
def _index_of(policy: Policy) -> _Index:
    marks = [tuple(marks_of(one.resource, one.version)) for one in policy.statements]
    return _Index(policy.statements, marks)
