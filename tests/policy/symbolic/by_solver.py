"""What z3 says of two identity policies: an encoding that shares no line with `idkeep.policy`.

It reads the JSON itself and states, by AWS's pages alone, when a policy allows a request: actions
and resources as regular expressions over strings, keys as present or absent with a string, some
strings, a number, a truth value or an address. The solver finds a request that one policy allows
and the other does not, or says that there is none.

Sources: reference_policies_elements_action.html, …_resource.html, …_condition_operators.html and
reference_policies_condition-single-vs-multi-valued-context-keys.html, each under
https://docs.aws.amazon.com/IAM/latest/UserGuide/
"""

from collections.abc import Callable, Iterator
from functools import cache
from ipaddress import ip_network
from operator import eq, ge, gt, le, lt
from typing import Any

import z3

Json = dict[str, Any]
SEVERAL = frozenset({"aws:PrincipalOrgPaths"})
# A pattern by how it is read and by its text.
Asked = tuple[str, str]

# z3's own measure of work, so that the same pair is given up on every machine.
_EFFORT = 3_000_000
_MOST_ROUNDS = 400

_ANY = z3.AllChar(z3.ReSort(z3.StringSort()))
_NO_COLON = z3.Union(z3.Range("\\u{0}", "9"), z3.Range(";", "\\u{2ffff}"))
_NAME = z3.Plus(z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), z3.Re("-")))
_FIELDS = 6
_V4 = 4


def exceeds(a: Json, b: Json) -> bool | None:
    """Whether `a` allows a request that `b` does not; None where z3 gave up."""
    world = _World()
    return _is_possible(world, world.allows(a), z3.Not(world.allows(b)))


def meets(a: Json, b: Json) -> bool | None:
    """Whether both allow some request."""
    world = _World()
    return _is_possible(world, world.allows(a), world.allows(b))


def _is_possible(world: "_World", *wanted: Any) -> bool | None:
    logic = z3.Solver()
    logic.add(*wanted, *world.limits)
    for _ in range(_MOST_ROUNDS):
        if logic.check() == z3.unsat:
            return False
        refuted = list(world.refuted(logic.model()))
        if None in refuted:
            return None
        if not refuted:
            return True
        logic.add(*refuted)
    return None


class _World:
    """One request, all of it open. `texts`: by its strings, what is asked of each."""

    def __init__(self) -> None:
        self.limits: list[Any] = []
        self.texts: dict[str, dict[Asked, Any]] = {}
        self._keys: dict[str, _Key] = {}

    def matches(self, text: str, how: str, pattern: str) -> Any:
        asked = self.texts.setdefault(text, {})
        return asked.setdefault((how, pattern), z3.Bool(f"{text} is {how} {pattern}"))

    def refuted(self, model: Any) -> Iterator[Any]:
        """What rules the model out: of each string that is none, why; None where z3 gave up."""
        for text, asked in self.texts.items():
            said = {
                one: z3.is_true(model.eval(atom, model_completion=True))
                for one, atom in asked.items()
            }
            kind = text if text in _STRINGS else "value"
            found = _there_is(kind, frozenset(said.items()))
            if found is None:
                yield None
            elif not found:
                why = _smallest(kind, said)
                yield z3.Or(*[z3.Not(asked[one]) if true else asked[one] for one, true in why])

    def allows(self, policy: Json) -> Any:
        by: dict[str, list[Any]] = {"Allow": [], "Deny": []}
        for one in policy["Statement"]:
            by[one["Effect"]].append(self._applies(one))
        return z3.And(z3.Or(*by["Allow"]), z3.Not(z3.Or(*by["Deny"])))

    def _applies(self, statement: Json) -> Any:
        parts = []
        for name in ("Action", "Resource"):
            excluding = f"Not{name}" in statement
            patterns = statement[f"Not{name}" if excluding else name]
            listed = z3.Or(*[self.matches(name, name, one) for one in patterns])
            parts.append(z3.Not(listed) if excluding else listed)
        for operator, keys in statement.get("Condition", {}).items():
            for name, values in keys.items():
                key = self._keys.get(name) or self._keys.setdefault(name, _Key(self, name))
                parts.append(key.holds(operator, values))
        return z3.And(*parts)


@cache
def _there_is(kind: str, said: frozenset[tuple[Asked, bool]]) -> bool | None:
    """Whether some string of the kind is in just these patterns; None where z3 gave up."""
    # One expression for all: of a row of memberships z3 makes a hundred times the work.
    parts = [_STRINGS[kind]()]
    for (how, pattern), true in said:
        inside = _pattern(how, pattern)
        parts.append(inside if true else z3.Complement(inside))
    solver = z3.SimpleSolver()
    solver.set("rlimit", _EFFORT)
    solver.add(z3.InRe(z3.String("text"), z3.Intersect(*parts) if said else parts[0]))
    found = solver.check()
    return None if found == z3.unknown else bool(found == z3.sat)


@cache
def _pattern(how: str, text: str) -> Any:
    return _HOW[how](text)


def _smallest(kind: str, said: dict[Asked, bool]) -> list[tuple[Asked, bool]]:
    """Of answers that no string has, those that are enough for that."""
    kept = dict(said)
    for one in said:
        without = {other: true for other, true in kept.items() if other != one}
        if _there_is(kind, frozenset(without.items())) is False:
            kept = without
    return list(kept.items())


class _Key:
    """A condition key: some of its places hold a value, or none does."""

    # Of several values no more count than there are questions, one to answer each; in no pair
    # here does one key have more questions than this.
    _MOST = 6

    def __init__(self, world: "_World", name: str) -> None:
        self._world = world
        self._name = name
        self._several = name in SEVERAL
        self._places = range(self._MOST if self._several else 1)
        self._there = [z3.Bool(f"{name} {n} is there") for n in self._places]

    def holds(self, operator: str, wanted: list[str]) -> Any:
        qualifier, _, base = operator.rpartition(":")
        absent = z3.Not(z3.Or(*self._there))
        if base == "Null":
            return absent if wanted == ["true"] else z3.Not(absent)
        if_exists, base = base.endswith("IfExists"), base.removesuffix("IfExists")
        each = [self._compared(base, f"{self._name} {n}", wanted) for n in self._places]
        pairs = list(zip(self._there, each, strict=True))
        match qualifier:
            case "ForAllValues":
                return z3.And(*[z3.Implies(there, found) for there, found in pairs])
            case "ForAnyValue":
                return z3.Or(*[z3.And(there, found) for there, found in pairs])
            case _:
                pass
        [(there, found)] = pairs
        if if_exists or "Not" in base:
            return z3.Implies(there, found)
        return z3.And(there, found)

    def _compared(self, base: str, name: str, wanted: list[str]) -> Any:
        plain = base.replace("Not", "")
        found = z3.Or(*[self._asked(plain, name, one) for one in wanted])
        return z3.Not(found) if "Not" in base else found

    def _asked(self, base: str, name: str, text: str) -> Any:
        if base in _HOW:
            return self._world.matches(name, base, text)
        if base == "Bool":
            return z3.Bool(name) == z3.BoolVal(text == "true")
        if base == "IpAddress":
            return self._within(name, text)
        return _ORDERED[base](z3.Real(name), z3.RealVal(text))

    def _within(self, name: str, text: str) -> Any:
        number, is_v4 = z3.Int(name), z3.Bool(f"{name} is of version 4")
        self._world.limits += [number >= 0, number < z3.If(is_v4, 1 << 32, 1 << 128)]
        wanted = ip_network(text)
        first, last = int(wanted.network_address), int(wanted.broadcast_address)
        right = is_v4 if wanted.version == _V4 else z3.Not(is_v4)
        return z3.And(right, first <= number, number <= last)


_ORDERED: dict[str, Callable[[Any, Any], Any]] = {
    "NumericEquals": eq,
    "NumericLessThan": lt,
    "NumericLessThanEquals": le,
    "NumericGreaterThan": gt,
    "NumericGreaterThanEquals": ge,
}


def _glob(text: str, held: tuple[bool, ...] = ()) -> Any:
    """As a regular expression; `held`: of each character, whether a wildcard keeps off `:`."""
    parts: list[Any] = []
    for n, char in enumerate(text):
        any_one = _NO_COLON if held and held[n] else _ANY
        parts.append(z3.Star(any_one) if char == "*" else any_one if char == "?" else char)
    # z3 wants two at least.
    return z3.Concat(z3.Re(""), z3.Re(""), *map(_literal, parts))


def _literal(part: Any) -> Any:
    return _character(part) if isinstance(part, str) else part


@cache
def _character(char: str) -> Any:
    return z3.Re(char)


def _arn(text: str) -> Any:
    """Field by field: no wildcard leaves one of the first five."""
    return _glob(text, tuple(text.count(":", 0, n) < _FIELDS - 1 for n in range(len(text))))


def _resource(text: str) -> Any:
    """A wildcard stays in its field of the first five, but for a `*` at the field's very end."""
    held = []
    for n, char in enumerate(text):
        ends = char == "*" and text[n + 1 : n + 2] in ("", ":")
        held.append(text.count(":", 0, n) < _FIELDS - 1 and not ends)
    return _glob(text, tuple(held))


def _caseless(text: str) -> Any:
    letters = [z3.Union(z3.Re(c.lower()), z3.Re(c.upper())) for c in text]
    return z3.Concat(z3.Re(""), *letters)


_HOW: dict[str, Callable[[str], Any]] = {
    "Action": lambda text: _glob(text.lower()),
    "Resource": _resource,
    "StringEquals": z3.Re,
    "StringEqualsIgnoreCase": _caseless,
    "StringLike": _glob,
    "ArnLike": _arn,
    "ArnEquals": _arn,
}


def _arns() -> Any:
    arn = [z3.Re("arn:"), *[z3.Plus(_NO_COLON), z3.Re(":")] * 2]
    arn += [*[z3.Star(_NO_COLON), z3.Re(":")] * 2, z3.Plus(_ANY)]
    return z3.Union(z3.Re("*"), z3.Concat(*arn))


# An empty value of a key is another question, and none of these policies asks it.
_STRINGS: dict[str, Callable[[], Any]] = {
    "Action": lambda: z3.Concat(_NAME, z3.Re(":"), _NAME),
    "Resource": _arns,
    "value": lambda: z3.Plus(_ANY),
}
