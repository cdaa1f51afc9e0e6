"""A policy's statements that may speak of an action on a resource, found by an index.

It finds what `statement_match.candidates` finds, without looking at each statement.
"""

from functools import lru_cache

from idkeep.policy.compiled.rules import marks_of
from idkeep.policy.compiled.words import ActionWords
from idkeep.policy.document import Policy, Statement
from idkeep.policy.statement_match import may_cover


@lru_cache(maxsize=65_536)
def compiled_candidates(policy: Policy, action: str, resource: str) -> tuple[Statement, ...]:
    return _index_of(policy).found(action, resource)


class _Index:
    def __init__(self, policy: Policy) -> None:
        self._statements = policy.statements
        self._words = ActionWords(one.action for one in policy.statements)
        self._marks = [tuple(marks_of(one.resource, one.version)) for one in policy.statements]

    def found(self, action: str, resource: str) -> tuple[Statement, ...]:
        hits = self._words.matching(action.lower())
        if not hits:
            return ()
        return tuple(
            self._statements[n]
            for n in sorted(hits)
            if any(one.is_in(resource) for one in self._marks[n])
            and may_cover(self._statements[n], resource)
        )


_index_of = lru_cache(maxsize=16_384)(_Index)
