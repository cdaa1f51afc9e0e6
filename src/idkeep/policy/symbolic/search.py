"""Whether some request satisfies some statements and none of some others.

Dimension by dimension: action, principal, resource, then the condition keys. In each, only the
cells that satisfy the fewest of the others are tried: what they leave no request, no cell does.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from idkeep.policy.condition import Condition
from idkeep.policy.document import Statement
from idkeep.policy.operators import Operator
from idkeep.policy.symbolic.actions import Actions
from idkeep.policy.symbolic.budget import Budget
from idkeep.policy.symbolic.cells import Cell, bits, sparest
from idkeep.policy.symbolic.keys import KeyLimits, Keys, Values
from idkeep.policy.symbolic.principals import Who, principal_cells
from idkeep.policy.symbolic.resources import OF_ACCOUNT, Resources
from idkeep.policy.symbolic.values import Atom, values
from idkeep.policy.symbolic.witness import Point, follow
from idkeep.policy.symbolic.words import DIGITS, Alphabet, Place

_RESOURCE_ACCOUNT = "aws:resourceaccount"
_PRINCIPAL_ACCOUNT, _PRINCIPAL_ARN = "aws:principalaccount", "aws:principalarn"
_NUMBER = re.compile(r"(?=.*\d)[\d*?]+", re.ASCII)
_ACCOUNTS = Alphabet((Place(DIGITS),) * 12, DIGITS)


def _of_account(atoms: Iterable[Atom]) -> Iterator[Atom]:
    """What conditions on the caller's ARN ask of its account: whatever in them may be a number.

    A `*` may also run on past the account; asking one question too many does no harm.
    """
    for condition, version in atoms:
        for field in dict.fromkeys(":".join(condition.values).split(":")):
            for pattern in (field, f"{field.partition('*')[0]}*"):
                if _NUMBER.fullmatch(pattern):
                    operator = Operator("StringLike")
                    yield Condition(operator, _PRINCIPAL_ACCOUNT, (pattern,)), version


class Space:
    """Statements by their numbers, and the requests that they tell apart."""

    def __init__(
        self,
        statements: Sequence[Statement],
        budget: Budget,
        *,
        given: dict[str, Values] | None = None,
        actions: Actions | None = None,
    ) -> None:
        """`given`: keys that hold these values. `actions`: theirs, where they are read already."""
        self.budget = budget
        self.given = given or {}
        self.keys = Keys(statements, budget)
        self.actions = actions or Actions([one.action for one in statements], budget)
        self._resources = Resources(statements, budget)
        self._principals = principal_cells(statements, self._accounts())
        self._solved: dict[tuple[object, ...], list[tuple[dict[str, Values], bool]]] = {}

    def _accounts(self) -> list[str]:
        """Examples of every set of accounts that conditions tell apart."""
        if _PRINCIPAL_ACCOUNT in self.given:
            return list(self.given[_PRINCIPAL_ACCOUNT])
        atoms = (
            *self.keys.atoms(_PRINCIPAL_ACCOUNT),
            *dict.fromkeys(_of_account(self.keys.atoms(_PRINCIPAL_ARN))),
        )
        return values(atoms, _ACCOUNTS, self.budget)[0] if atoms else []

    def points(self, needed: int, against: int, *, sure: bool) -> Iterator[Point]:
        """Requests that satisfy all of `needed` and none of `against`; `sure`: only such.

        None is left out for good: where none comes, there is none.
        """
        for action in sparest(self.actions.cells(needed, against), needed, against):
            left = against & action.holds
            for who in self._principals:
                if needed & ~who.holds or (sure and not who.sure) or not self._fits(who.example):
                    continue
                yield from self._with(action.example, who, needed, left & who.holds, sure=sure)

    def _fits(self, who: Who) -> bool:
        fixed = who.limits.fixed
        return all(fixed.get(key, given) == given for key, given in self.given.items())

    def _with(
        self, action: str, who: Cell[Who], needed: int, against: int, *, sure: bool
    ) -> Iterator[Point]:
        self.budget.spend()
        for resource in self._resource_cells(needed, against):
            if sure and not resource.sure:
                continue
            left = against & resource.holds
            limits = self._limits(action, who.example, resource.example, sure=sure)
            for keys, is_sure in self._solutions(needed, left, limits, sure=sure):
                all_sure = who.sure and resource.sure and is_sure
                yield Point(action, who.example, resource.example, keys, all_sure)

    def _resource_cells(self, needed: int, against: int) -> Iterator[Cell[str]]:
        """Those without an account are apart: they leave `aws:ResourceAccount` free."""
        by_account = _RESOURCE_ACCOUNT in self.keys.asking(needed | against)
        cells = self._resources.cells(needed, against, by_account=by_account)
        if not by_account:
            yield from sparest(cells, needed, against)
            return
        for has_account in (False, True):
            some = (one for one in cells if bool(OF_ACCOUNT.match(one.example)) is has_account)
            yield from sparest(some, needed, against)

    def _limits(self, action: str, who: Who, resource: str, *, sure: bool) -> KeyLimits:
        """`sure`: of this very request; else of all that it stands for."""
        known = who.limits
        there = known.there
        if sure:
            there |= follow(action, who.requester, resource)
        elif OF_ACCOUNT.match(resource):
            there |= {_RESOURCE_ACCOUNT}
        return KeyLimits(there, {**known.fixed, **self.given}, known.shapes)

    def _solutions(
        self, needed: int, against: int, limits: KeyLimits, *, sure: bool
    ) -> list[tuple[dict[str, Values], bool]]:
        """At most one: values of the keys by which `needed` hold and `against` do not."""
        keys = self.keys.asking(needed | against)
        known = (
            needed,
            against,
            sure,
            limits.there.intersection(keys),
            tuple((key, limits.fixed[key]) for key in keys if key in limits.fixed),
            tuple((key, limits.shapes[key]) for key in keys if key in limits.shapes),
        )
        if known not in self._solved:
            found = self._solution(keys, needed, against, limits, sure=sure)
            self._solved[known] = [] if found is None else [found]
        return self._solved[known]

    def _solution(
        self, keys: list[str], needed: int, against: int, limits: KeyLimits, *, sure: bool
    ) -> tuple[dict[str, Values], bool] | None:
        if any(not self.keys.of_statement[n] for n in bits(against)):
            return None
        choices: dict[str, list[Cell[Values]]] = {}
        for key in keys:
            cells = self.keys.cells(key, needed | against, limits)
            some = (one for one in cells if one.sure or not sure)
            choices[key] = sparest(some, needed, against)
            if not choices[key]:
                return None
        chosen = self._cover(choices, against, {})
        if chosen is None:
            return None
        for key, cells in choices.items():
            chosen.setdefault(key, cells[0])
        return {k: c.example for k, c in chosen.items()}, all(c.sure for c in chosen.values())

    def _cover(
        self, choices: dict[str, list[Cell[Values]]], left: int, chosen: dict[str, Cell[Values]]
    ) -> dict[str, Cell[Values]] | None:
        """A cell of each key, such that each statement in `left` is not satisfied by one."""
        self.budget.spend()
        if not left:
            return dict(chosen)
        options: list[tuple[str, Cell[Values]]] = []
        for n, statement in enumerate(bits(left)):
            some = [
                (key, cell)
                for key, cells in choices.items()
                if key not in chosen
                for cell in cells
                if not cell.holds >> statement & 1
            ]
            if n == 0 or len(some) < len(options):
                options = some
            if len(options) <= 1:
                break
        for key, cell in options:
            chosen[key] = cell
            if (found := self._cover(choices, left & cell.holds, chosen)) is not None:
                return found
            del chosen[key]
        return None
