"""Plainer cases for disputes about how a statement is read: patterns, variables, conditions.

Each function returns the plainer cases that a case means, none where the dispute is about something
else; its first line is the rule.
"""

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import UTC, datetime
from functools import partial
from itertools import product

from tools.conformance.cases import (
    Case,
    Change,
    Statement,
    documents,
    listed,
    rewritten,
    statements,
    with_request,
)

ALL = ("identity", "boundary", "session", "scp", "endpoint", "resource", "rcp")
_VARIABLE = re.compile(r"\$\{([^*?$},][^},]*)\}")
_DEFAULT = re.compile(r"\$\{([^,}]+), *'([^'*?]*)'\}")
_RESOURCES = ("Resource", "NotResource")
_CURRENT = "2012-10-17"
# Global keys that it takes for some services only, or does not know yet.
_DROPPED = ("aws:resourcetag/", "aws:signinsessionarn")
_ARN_FIELDS = 6


def dropped_keys(case: Case) -> Sequence[Case]:
    """A service's or a provider's key, which iam-simulate drops, by the name of a tag."""

    def plain(key: str) -> str:
        kept = key.lower().startswith("aws:") and not key.lower().startswith(_DROPPED)
        return key if kept else "aws:PrincipalTag/" + re.sub("[^A-Za-z0-9]", "-", key)

    def renamed(one: Statement) -> Statement:
        return _conditioned(one, lambda _, key, values: (plain(key), values))

    given = _context(case)
    context = {plain(key): value for key, value in given.items()}
    made = with_request(rewritten(case, renamed, *ALL), context=context)
    return () if context == given else (made,)


def bare_values(case: Case) -> Sequence[Case]:
    """A number or boolean without quotation marks is its text."""

    def plain(value: object) -> object:
        if isinstance(value, list):
            return [plain(one) for one in value]
        return str(value).lower() if isinstance(value, bool | int | float) else value

    def quoted(one: Statement) -> Statement:
        return _conditioned(one, lambda _, key, values: (key, plain(values)))

    given = _context(case)
    context = {key: plain(value) for key, value in given.items()}
    made = rewritten(case, quoted, *ALL)
    made = made if context == given else with_request(made, context=context)
    return () if made == case else (made,)


def empty_text(case: Case) -> Sequence[Case]:
    """A set of values that holds an empty text alone is empty, for a set operator."""
    sets = {
        key.lower()
        for one in statements(case, *ALL)
        for operator, block in one.get("Condition", {}).items()
        for key in block
        if operator.startswith("For")
    }
    given = _context(case)
    left = {key: v for key, v in given.items() if any(listed(v)) or key.lower() not in sets}
    return () if left == given else (with_request(case, context=left),)


def old_version(case: Case) -> Sequence[Case]:
    """Before version 2012-10-17, and so without a version, `${` is text."""
    made = deepcopy(case)

    def plain(one: Statement) -> Statement:
        elements = {name: one[name] for name in _RESOURCES if name in one}
        return one | {
            name: [t.replace("${", "${$}{") for t in listed(of)] for name, of in elements.items()
        }

    for document in documents(made, *ALL):
        if document.get("Version") != _CURRENT and "${" in str(document):
            document["Version"] = _CURRENT
            document["Statement"] = [plain(one) for one in listed(document["Statement"])]
    return () if made == case else (made,)


def several_variables(case: Case) -> Sequence[Case]:
    """A variable is its value, however many there are in a text."""
    values = {key.lower(): listed(value) for key, value in _context(case).items()}

    def value(found: re.Match[str]) -> str:
        given = values.get(found[1].lower(), [])
        return found[0] if len(given) != 1 or set("*?$") & set(given[0]) else str(given[0])

    made = rewritten(case, partial(_filled, pattern=_VARIABLE, value=value), *ALL)
    return () if made == case else (made,)


def short_arn(case: Case) -> Sequence[Case]:
    """A `*` at the end of a field runs on past the colon."""

    def plain(pattern: str) -> str:
        fields = pattern.split(":")
        if not pattern.startswith("arn:") or len(fields) >= _ARN_FIELDS:
            return pattern
        at = next((n for n, field in enumerate(fields) if field.endswith("*")), len(fields))
        return ":".join(
            [*fields[: at + 1], *["*"] * (_ARN_FIELDS - len(fields)), *fields[at + 1 :]]
        )

    def whole(one: Statement) -> Statement:
        elements = {name: one[name] for name in _RESOURCES if name in one}
        return one | {name: [plain(p) for p in listed(of)] for name, of in elements.items()}

    made = rewritten(case, whole, *ALL)
    return () if made == rewritten(case, _listed, *ALL) else (made,)


def short_arn_value(case: Case) -> Sequence[Case]:
    """An ARN operator's pattern of fewer than six fields has nothing for those it lacks."""

    def plain(operator: str, value: object) -> object:
        short = _ARN_FIELDS - len(str(value).split(":"))
        return f"{value}{':-' * short}" if "Arn" in operator and short > 0 else value

    def whole(one: Statement) -> Statement:
        return _conditioned(
            one,
            lambda operator, key, values: (key, [plain(operator, one) for one in listed(values)]),
        )

    made = rewritten(case, whole, *ALL)
    return () if made == rewritten(case, _listed_values, *ALL) else (made,)


def _listed_values(one: Statement) -> Statement:
    return _conditioned(one, lambda _, key, values: (key, listed(values)))


def seconds(case: Case) -> Sequence[Case]:
    """A date may be told in seconds since 1970."""

    def plain(operator: str, values: object) -> object:
        if "Date" not in operator:
            return values
        return [
            datetime.fromtimestamp(int(one), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            if str(one).isdigit()
            else one
            for one in listed(values)
        ]

    def dated(one: Statement) -> Statement:
        return _conditioned(one, lambda operator, key, values: (key, plain(operator, values)))

    made = rewritten(case, dated, *ALL)
    return () if made == case else (made,)


def default_values(case: Case) -> Sequence[Case]:
    """A variable without value that has a default is its default."""
    given = {key.lower() for key in _context(case)}

    def value(found: re.Match[str]) -> str:
        return found[0] if found[1].lower() in given else found[2]

    made = rewritten(case, partial(_filled, pattern=_DEFAULT, value=value), *ALL)
    return () if made == case else (made,)


def negated_and_missing(case: Case) -> Sequence[Case]:
    """A negated condition whose key is missing holds."""
    given = {key.lower() for key in _context(case)}

    def holds(operator: str, key: str) -> bool:
        negated = "Not" in operator and not operator.startswith("ForAnyValue:")
        return negated and key.lower() not in given

    def plain(one: Statement) -> Statement:
        return _conditioned(one, lambda op, key, values: None if holds(op, key) else (key, values))

    made = rewritten(case, plain, *ALL)
    return () if made == case else (made,)


def negated_values(case: Case) -> Sequence[Case]:
    """A negated condition holds only if it holds for each of its values."""
    counts = [
        len(listed(values))
        for one in statements(case, *ALL)
        for operator, block in one.get("Condition", {}).items()
        for values in block.values()
        if "Not" in operator
    ]
    if all(count == 1 for count in counts):
        return ()
    return [_chosen(case, which) for which in product(*map(range, counts))]


def _chosen(case: Case, which: Sequence[int]) -> Case:
    """With one value of each negated condition."""
    left = iter(which)

    def line(operator: str, key: str, values: object) -> tuple[str, object]:
        return (key, [listed(values)[next(left)]] if "Not" in operator else values)

    return rewritten(case, lambda one: _conditioned(one, line), *ALL)


def null_of_a_set(case: Case) -> Sequence[Case]:
    """`ForAllValues:Null` is always true, `ForAnyValue:Null` always false."""

    def plain(one: Statement) -> Statement | None:
        lines = one.get("Condition", {})
        if "ForAnyValue:Null" in lines:
            return None
        left = {op: block for op, block in lines.items() if op != "ForAllValues:Null"}
        return {**one, "Condition": left} if lines else one

    made = rewritten(case, plain, *ALL)
    return () if made == case else (made,)


def null_of_both(case: Case) -> Sequence[Case]:
    """`Null` with both values holds, whether the key is there or not."""

    def both(operator: str, values: object) -> bool:
        return operator == "Null" and {str(one).lower() for one in listed(values)} > {"true"}

    def plain(one: Statement) -> Statement:
        return _conditioned(
            one, lambda op, key, values: None if both(op, values) else (key, values)
        )

    made = rewritten(case, plain, *ALL)
    return () if made == case else (made,)


def address_families(case: Case) -> Sequence[Case]:
    """No address of one family lies in a range of the other."""
    given = _context(case).get("aws:SourceIp", "")
    families = [":" in str(one) for one in listed(given)]

    def other(key: str, value: object) -> bool:
        return key.lower() == "aws:sourceip" and [":" in str(value)] != families

    made = rewritten(case, partial(_less, unlike=other), *ALL) if given else case
    return () if made == case else (made,)


def not_resource(case: Case) -> Sequence[Case]:
    """A variable without value: the pattern matches nothing, or the statement is invalid."""
    empty = _without_value(case)

    def doubtful(one: Statement) -> bool:
        return any(map(empty, listed(one.get("NotResource", []))))

    def matching_nothing(one: Statement) -> Statement:
        left = [pattern for pattern in listed(one["NotResource"]) if not empty(pattern)]
        rest = {key: value for key, value in one.items() if key != "NotResource"}
        return {**rest, "NotResource": left} if left else {**rest, "Resource": "*"}

    return _either_way(case, doubtful, (_invalid, matching_nothing))


def empty_value(case: Case) -> Sequence[Case]:
    """No value is equal to, or like, that of a variable without value."""
    empty = _without_value(case)
    made = rewritten(case, partial(_less, unlike=lambda _, value: empty(str(value))), *ALL)
    return () if made == case else (made,)


def any_value_if_exists(case: Case) -> Sequence[Case]:
    """`ForAnyValue:…IfExists` without the key: true as `IfExists`, or false as `ForAnyValue`."""
    given = {key.lower() for key in _context(case)}

    def missing(operator: str, key: str) -> bool:
        both = operator.startswith("ForAnyValue:") and operator.endswith("IfExists")
        return both and key.lower() not in given

    def doubtful(one: Statement) -> bool:
        lines = one.get("Condition", {}).items()
        return any(missing(operator, key) for operator, block in lines for key in block)

    def true(one: Statement) -> Statement:
        return _conditioned(
            one, lambda op, key, values: None if missing(op, key) else (key, values)
        )

    return _either_way(case, doubtful, (true, _invalid))


def _context(case: Case) -> dict[str, object]:
    return dict(case["request"].get("context", {}))


def _filled(
    one: Statement, pattern: re.Pattern[str], value: Callable[[re.Match[str]], str]
) -> Statement:
    """The statement with each variable that `pattern` finds as `value` has it."""

    def filled(told: object) -> object:
        some = [
            pattern.sub(value, each) if isinstance(each, str) else each for each in listed(told)
        ]
        return told if some == listed(told) else some

    one = one | {name: filled(one[name]) for name in _RESOURCES if name in one}
    return _conditioned(one, lambda _, key, values: (key, filled(values)))


def _without_value(case: Case) -> Callable[[str], bool]:
    given = {key.lower() for key in _context(case)}
    return lambda text: any(key.lower() not in given for key in _VARIABLE.findall(text))


def _conditioned(
    one: Statement, line: Callable[[str, str, object], tuple[str, object] | None]
) -> Statement:
    """The statement with each line of its conditions as `line` has it; None takes it out."""
    if "Condition" not in one:
        return one
    made: dict[str, dict[str, object]] = {}
    for operator, block in one["Condition"].items():
        for key, values in block.items():
            if kept := line(operator, key, values):
                made.setdefault(operator, {})[kept[0]] = kept[1]
    return {**one, "Condition": made}


def _less(one: Statement, unlike: Callable[[str, object], bool]) -> Statement | None:
    """The statement without the values that nothing is like; None if it then never applies."""

    def left(key: str, values: object) -> object:
        some = [value for value in listed(values) if not unlike(key, value)]
        return values if some == listed(values) else some

    for operator, block in one.get("Condition", {}).items():
        if "Not" not in operator and any(left(key, values) == [] for key, values in block.items()):
            return None
    return _conditioned(one, lambda _, key, values: (key, v) if (v := left(key, values)) else None)


def _listed(one: Statement) -> Statement:
    return one | {n: listed(one[n]) for n in _RESOURCES if n in one}


def _invalid(_: Statement) -> None:
    """It applies to nothing."""


def _either_way(
    case: Case, doubtful: Callable[[Statement], bool], readings: Sequence[Change]
) -> Sequence[Case]:
    """The case with each doubtful statement read in each way."""
    count = sum(map(doubtful, statements(case, *ALL)))
    return [_read(case, doubtful, ways) for ways in product(readings, repeat=count) if ways]


def _read(case: Case, doubtful: Callable[[Statement], bool], ways: Sequence[Change]) -> Case:
    left = iter(ways)
    return rewritten(case, lambda one: next(left)(one) if doubtful(one) else one, *ALL)
