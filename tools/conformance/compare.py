"""Two engines' answers side by side, and which disagreement a named dispute explains.

A dispute does not excuse a disagreement by its look. It says in a plainer case what the disputed
one means (by AWS's page), or may mean (where AWS leaves it open), and explains the disagreement
only if both engines agree on the plainer case, and there give the answer under dispute; where
idkeep left the answer open, if they agree on whatever the case may mean. So a second fault in the
same case stays unexplained.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import combinations, islice
from typing import TypeAlias

from msgspec import Struct

from tools.conformance.cases import Case

# A decision, in the words of the batch format; anything else an engine says is no agreement.
Ask: TypeAlias = Callable[[Sequence[Case]], Sequence[str]]
UNKNOWN = "Unknown: "
REFUSED = "refused: "
INVALID = "Invalid"
DEPENDS = "Depends"
MOST_TOGETHER = 3
MOST_MEANINGS = 16


class Unavailable(Exception):
    """An engine cannot be asked on this machine; the text says why."""


class Favour(StrEnum):
    """Whom the page decides for. NOBODY: AWS does not say, or the question was not the same."""

    IDKEEP = "idkeep"
    NOBODY = "nobody"


class Dispute(Struct, frozen=True, kw_only=True):
    """`means` gives the plainer cases: none where the dispute is about something else."""

    name: str
    page: str
    favour: Favour
    means: Callable[[Case], Sequence[Case]]


class Disagreement(Struct, frozen=True):
    case: Case
    ours: str
    theirs: str


class Comparison(Struct):
    """What came of the cases.

    `disputed`: by the names of the disputes that together explain them. `left_open`: one of the two
    says why it gives no decision, and so contradicts nobody.
    """

    cases: int
    agreed: int
    disputed: dict[str, list[Disagreement]]
    left_open: list[Disagreement]
    unexplained: list[Disagreement]


def compare(
    cases: Sequence[Case], ours: Ask, theirs: Ask, disputes: Sequence[Dispute]
) -> Comparison:
    both = zip(cases, ours(cases), theirs(cases), strict=True)
    differing = [Disagreement(*one) for one in both if one[1] != one[2]]
    result = Comparison(len(cases), len(cases) - len(differing), {}, [], differing)
    for together in range(1, MOST_TOGETHER + 1):
        _explain(result, ours, theirs, disputes, together)
    result.left_open = [one for one in result.unexplained if _no_decision(one)]
    result.unexplained = [one for one in result.unexplained if one not in result.left_open]
    return result


def _no_decision(one: Disagreement) -> bool:
    return INVALID in (one.ours, one.theirs) or (
        one.ours.startswith(UNKNOWN) or one.theirs.startswith(REFUSED)
    )


class _Guess(Struct):
    """That some disputes together explain a disagreement, to be tried on what they mean."""

    about: int
    disputes: tuple[Dispute, ...]
    plain: Sequence[Case]


def _explain(
    result: Comparison, ours: Ask, theirs: Ask, disputes: Sequence[Dispute], together: int
) -> None:
    """Move what so many disputes together explain, each disagreement under the first that do."""
    guesses = [
        _Guess(n, some, _meanings(one.case, some))
        for n, one in enumerate(result.unexplained)
        for some in combinations([d for d in disputes if d.means(one.case)], together)
    ]
    plain = [case for guess in guesses for case in guess.plain]
    answers = iter(zip(ours(plain), theirs(plain), strict=True))
    explained: dict[int, str] = {}
    for guess in guesses:
        pairs = list(islice(answers, len(guess.plain)))
        if _explains(result.unexplained[guess.about], guess.disputes, pairs):
            name = " + ".join(dispute.name for dispute in guess.disputes)
            explained.setdefault(guess.about, name)
    for n, name in explained.items():
        result.disputed.setdefault(name, []).append(result.unexplained[n])
    result.unexplained = [one for n, one in enumerate(result.unexplained) if n not in explained]


def _explains(
    one: Disagreement, disputes: tuple[Dispute, ...], pairs: Sequence[tuple[str, str]]
) -> bool:
    """`pairs` are both answers to each of the plainer cases."""
    settled = all(dispute.favour is Favour.IDKEEP for dispute in disputes)
    fitting = {one.ours} if settled else {one.ours, one.theirs}
    if any(mine == other and mine in fitting for mine, other in pairs):
        return True
    open_answer = one.ours == DEPENDS or one.ours.startswith(UNKNOWN)
    return bool(pairs) and open_answer and all(mine == other for mine, other in pairs)


def _meanings(case: Case, disputes: tuple[Dispute, ...]) -> list[Case]:
    """What the case means once all of the disputes are settled; none unless each has a say."""
    meanings = [case]
    for dispute in disputes:
        meanings = [plain for one in meanings for plain in dispute.means(one)]
    return meanings[:MOST_MEANINGS]
