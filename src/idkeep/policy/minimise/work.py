"""The document under way, and the proof that every step needs before it is taken."""

from collections.abc import Sequence

from msgspec.structs import replace

from idkeep.policy.document import Statement
from idkeep.policy.minimise.part import Document, Part
from idkeep.policy.symbolic.budget import DEFAULT_STEPS, Budget
from idkeep.policy.symbolic.compare import Nothing, Undecided
from idkeep.policy.symbolic.standing import Standing, distinguishes, standing

# For all the questions about one document together; some tens of seconds.
MOST_STEPS = 4_000_000


class Work:
    """`done` are the steps taken in words, `left` those whose proof was not to be had."""

    def __init__(self, document: Document, steps: int = MOST_STEPS) -> None:
        self.document = document
        self.done: list[str] = []
        self.left: dict[str, None] = {}
        self._steps = steps
        self._answered: dict[tuple[Statement, ...], Standing] = {}

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.document.parts

    def exchange(self, old: Sequence[Part], new: Sequence[Part], said: str) -> bool:
        """Put new parts in the place of the first of the old, if that changes no meaning."""
        statements = [one.read for one in old], [one.read for one in new]
        budget = self._budget()
        answer = distinguishes(self.document.kind, *statements, budget)
        self._spent(budget)
        if isinstance(answer, Undecided):
            self.left[f"{said}: {answer.why}"] = None
        if not isinstance(answer, Nothing):
            return False
        first = self.parts.index(old[0])
        kept = [one for one in self.parts[:first] if one not in old]
        rest = [one for one in self.parts[first:] if one not in old]
        self._now(*kept, *new, *rest)
        self.done.append(said)
        return True

    def drop(self, n: int) -> bool:
        """Leave a part out, if the others make it needless."""
        one, others = self.parts[n], (*self.parts[:n], *self.parts[n + 1 :])
        found = self.standing(one.read, [other.read for other in others])
        if found is Standing.UNKNOWN:
            self.left[f"{one.name} may be needless, which can't be proven"] = None
        if not others or found not in WORDS:
            return False
        self._now(*others)
        self.done.append(f"{one.name}: left out, since {WORDS[found]}")
        return True

    def standing(self, one: Statement, others: Sequence[Statement]) -> Standing:
        asked = tuple(replace(s, index=0, sid="") for s in (one, *others))
        if asked not in self._answered:
            budget = self._budget()
            self._answered[asked] = standing(self.document.kind, one, others, budget)
            self._spent(budget)
        return self._answered[asked]

    def put(self, n: int, part: Part, said: str) -> None:
        """A part in another's place, where the caller has the proof."""
        self._now(*self.parts[:n], part, *self.parts[n + 1 :])
        self.done.append(said)

    def _now(self, *parts: Part) -> None:
        self.document = replace(self.document, parts=parts)

    def _budget(self) -> Budget:
        return Budget(min(self._steps, DEFAULT_STEPS))

    def _spent(self, budget: Budget) -> None:
        self._steps -= min(self._steps, DEFAULT_STEPS) - max(budget.left, 0)


WORDS = {
    Standing.REDUNDANT: "the others say the same",
    Standing.SHADOWED: "a Deny of this policy denies all that it allows",
    Standing.EMPTY: "no request is such",
}
