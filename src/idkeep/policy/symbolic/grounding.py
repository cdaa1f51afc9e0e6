"""Values to try in the place of policy variables."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from idkeep.policy.document import Statement
from idkeep.policy.symbolic.keys import Keys, Values
from idkeep.policy.symbolic.principals import ATTACHED
from idkeep.policy.symbolic.terms import variables_of

_MOST = 16
_ACCOUNTS = ("aws:principalaccount", "aws:resourceaccount")
_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)
_MOST_ACCOUNTS = 3
_ALIKE = "value"
_USUAL = {
    "aws:username": "example",
    "aws:requestedregion": "eu-west-1",
}


def groundings(statements: Sequence[Statement], keys: Keys) -> Iterator[dict[str, Values]]:
    """Values of every variable's key, by its small name; () is absent.

    First one of its own for each, then the same for all, then accounts that the statements name,
    then no value or one by which conditions tell the key apart. They are examples: where none of
    them helps, nothing is proven.
    """
    variables = list(dict.fromkeys(v.key for one in statements for v in variables_of(one)))
    names = list(dict.fromkeys(name.lower() for name in variables))
    if not names:
        return
    accounts = _accounts(statements)
    usual: dict[str, Values] = {
        name: (accounts[0] if name in _ACCOUNTS else _USUAL.get(name, f"{_ALIKE}{n or ''}"),)
        for n, name in enumerate(names)
    }
    yield from islice(_varied(usual, accounts, keys), _MOST)


def _accounts(statements: Sequence[Statement]) -> list[str]:
    """One that no statement names, and some that they do."""
    texts = [value for one in statements for c in one.conditions for value in c.values]
    texts += [text for one in statements if one.resource for text in one.resource.patterns]
    named = dict.fromkeys(found for text in texts for found in _ACCOUNT.findall(text))
    numbers = ("111122223333", *(f"{n:012}" for n in range(1, len(named) + 2)))
    stranger = next(one for one in numbers if one not in named)
    return [stranger, *islice(named, _MOST_ACCOUNTS)]


def _varied(
    usual: dict[str, Values], accounts: list[str], keys: Keys
) -> Iterator[dict[str, Values]]:
    yield usual
    if len(usual) > 1:
        # A variable's key may be compared with another variable.
        yield {name: given if name in _USUAL else (_ALIKE,) for name, given in usual.items()}
    if not usual.keys().isdisjoint(_ACCOUNTS):
        for account in accounts[1:]:
            yield usual | {name: (account,) for name in _ACCOUNTS if name in usual}
    for name in usual:
        if name not in ATTACHED.limits.there:
            yield {**usual, name: ()}
        for condition, version in keys.atoms(name):
            for value in condition.values:
                if value and not any(mark in value for mark in "*?$") and version:
                    yield {**usual, name: (value,)}
