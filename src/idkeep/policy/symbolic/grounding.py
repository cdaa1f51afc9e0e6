"""Values to try in the place of policy variables."""

from collections.abc import Iterator, Sequence
from itertools import islice

from idkeep.policy.document import Statement
from idkeep.policy.symbolic.keys import Keys, Values
from idkeep.policy.symbolic.principals import ATTACHED
from idkeep.policy.symbolic.terms import variables_of

_MOST = 12
_USUAL = {
    "aws:principalaccount": "111122223333",
    "aws:resourceaccount": "111122223333",
    "aws:username": "example",
    "aws:requestedregion": "eu-west-1",
}


def groundings(statements: Sequence[Statement], keys: Keys) -> Iterator[dict[str, Values]]:
    """Values of every variable's key, by its small name; () is absent.

    First one of its own for each, then one more often asked for, then others by which conditions
    tell the key apart. They are examples: where none of them helps, nothing is proven.
    """
    variables = list(dict.fromkeys(v.key for one in statements for v in variables_of(one)))
    names = list(dict.fromkeys(name.lower() for name in variables))
    if not names:
        return
    usual: dict[str, Values] = {
        name: (_USUAL.get(name, f"value{n or ''}"),) for n, name in enumerate(names)
    }
    yield from islice(_varied(usual, keys), _MOST)


def _varied(usual: dict[str, Values], keys: Keys) -> Iterator[dict[str, Values]]:
    yield usual
    for name in usual:
        if name not in ATTACHED.limits.there:
            yield {**usual, name: ()}
        for condition, version in keys.atoms(name):
            for value in condition.values:
                if value and not any(mark in value for mark in "*?$") and version:
                    yield {**usual, name: (value,)}
