"""Filter patterns of CloudWatch Logs: AWS's own examples, and what changes no meaning."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.access.filter_pattern import NotUnderstood, Undecided, decide, parse
from idkeep.access.filter_pattern.tree import (
    And,
    Comparison,
    Expression,
    Is,
    JsonPattern,
    NotExists,
    Number,
    Operator,
    Or,
    Text,
)

# The page's own events.
TRAIL: dict[str, Any] = {
    "eventType": "UpdateTrail",
    "sourceIPAddress": "111.111.111.111",
    "arrayKey": ["value", "another value"],
    "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
    "SomeObject": None,
    "ThisFlag": True,
    "cluster.name": "c",
    "latency": 480.5,
    "number": [1000, 0.001],
    "account": "123456789012",
}
USERS: dict[str, Any] = {
    "user": {"id": 1, "email": "John.Stiles@example.com"},
    "users": [
        {"id": 2, "email": "John.Doe@example.com"},
        {"id": 3, "email": "Jane.Doe@example.com"},
    ],
    "actions": ["GET", "PUT", "DELETE"],
    "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
}


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{$.eventType=UpdateTrail}", True),
        ('{ $.eventType = "updatetrail" }', False),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress != 111.111.* }", False),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[1] = "value" }', False),
        ('{ $.arrayKey[9] = "value" }', False),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.objectList[*].id = 2 }", True),
        ("{ $.objectList[*].id = 3 }", False),
        ("{ $.eventType = %Trail% }", True),
        ("{ $.eventType = %^Trail% }", False),
        ("{ $.arrayKey[*] = %val.{2}% }", True),
        (r"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }", True),
        ("{ $.['cluster.name'] = \"c\" }", True),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.SomeOtherObject IS NULL }", False),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeObject NOT EXISTS }", False),
        # Measured on AWS, and on no page: != does not fit a field that is not there.
        ("{ $.nowhere != a }", False),
        ("{ $.nowhere != a || $.nowhere NOT EXISTS }", True),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ("{ $.latency >= 480 }", True),
        ("{ $.latency > +1000 }", False),
        ("{ $.latency = * }", True),
        ("{ $.number[0] = 1e+3 }", True),
        ("{ $.number[1] != 1e-3 }", False),
        ("{ $.account = 123456789012 }", True),
        ("{ $.eventType = *Trail }", True),
        ('{ $.eventType = "Update*" }', True),
        ('{ $.eventType = "*dateTr*" }', True),
        # An array or an object fits nothing.
        ("{ $.arrayKey = value }", False),
        ("{ $.arrayKey != value }", False),
        # Words, anywhere in the text.
        ("", True),
        ('" "', True),
        ("UpdateTrail", True),
        ("UpdateTrail -another", False),
        ("UpdateTrail DeleteTrail", False),
        ("?UpdateTrail ?DeleteTrail", True),
        ("?DeleteTrail UpdateTrail", True),
        ('"another value"', True),
        ("%pdateT%", True),
    ],
)
def test_what_the_page_says(pattern: str, *, fits: bool) -> None:
    assert decide(pattern, TRAIL) is fits


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.user.id = 9 && $.user.id = 8 }',
            True,
        ),
        (
            '{ ($.user.email = "John.Stiles@example.com" || $.user.id = 9) && $.user.id = 8 }',
            False,
        ),
        ("{ $.coordinates[0][1] = 1 && $.coordinates[2][0] < 8 }", True),
    ],
)
def test_what_the_page_says_of_several_conditions(pattern: str, *, fits: bool) -> None:
    assert decide(pattern, USERS) is fits


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("{ $.eventType = 'UpdateTrail' }", "is not known"),
        ('{ $.eventType = "Update\\"Trail" }', "is not known"),
        ("{ $.eventType EXISTS }", "operator"),
        ("{ $.ThisFlag IS NOT NULL }", "no other IS"),
        ("{ $.ThisFlag not exists }", "operator"),
        ("{ $.eventType = }", "ends before"),
        ("{ ($.eventType = a }", "not closed"),
        ("{ $.eventType = a ", "not closed"),
        ("{ eventType = a }", "selector"),
        ("{ $.a = b $.c = d }", "nothing should follow"),
        ("{ $.a < b }", "numbers alone"),
        ("{ $.a[*].b[*] = c }", "one wildcard"),
        ("{ $.a = %(b)% }", "does not document"),
        ("{ $.a = %b++% }", "does not document"),
        ("{ $.a = %b{2,1}% }", "no regular expression"),
        ("{ " + " || ".join(["$.a[*] = b"] * 4) + " }", "3 wildcards"),
        ("[ip, user, ...]", "CloudTrail's are JSON"),
        ("a.b", "is not known"),
        ("{ " + "(" * 101 + "$.a = b" + ")" * 101 + " }", "too deep"),
    ],
)
def test_what_is_not_documented_is_refused_with_the_reason(pattern: str, why: str) -> None:
    with pytest.raises(NotUnderstood, match=why):
        parse(pattern)
    said = decide(pattern, TRAIL)
    assert isinstance(said, Undecided)
    assert why in said.why


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.ThisFlag = true }",
        '{ $.latency = "480.5" }',
        "{ $.eventType = Upd*ail }",
        "{ $.eventType = UpdateTrail || $.arrayKey = value }",
        "{ $.arrayKey[*] != value }",
        '"UpdateTrail,"',
    ],
)
def test_what_is_not_documented_of_an_event_is_not_decided(pattern: str) -> None:
    assert isinstance(decide(pattern, TRAIL), Undecided)


def test_an_asterisk_inside_matters_only_where_the_readings_differ() -> None:
    assert decide("{ $.eventType = Del*ail }", TRAIL) is False
    assert decide("{ $.x = Ev*ent }", {"x": "Ev*ent"}) is True


SELECTORS = st.sampled_from([("a",), ("b",), ("c", "d"), ("e", 0), ("f",)])
WORDS = st.text(alphabet="xyzXY_1", min_size=1, max_size=3)
VALUES = st.one_of(
    st.builds(Text, st.one_of(WORDS, WORDS.map(lambda one: one + "*"))),
    st.integers(-3, 3).map(lambda one: Number(str(one))),
)
LEAVES: st.SearchStrategy[Expression] = st.one_of(
    st.builds(Comparison, SELECTORS, st.sampled_from([Operator.EQUAL, Operator.NOT_EQUAL]), VALUES),
    st.builds(
        Comparison,
        SELECTORS,
        st.sampled_from(Operator),
        st.integers(-3, 3).map(lambda one: Number(str(one))),
    ),
    st.builds(Is, SELECTORS, st.sampled_from([None, True, False])),
    st.builds(NotExists, SELECTORS),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=4).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)
SCALARS = st.one_of(WORDS, st.integers(-3, 3), st.booleans(), st.none())
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "a": SCALARS,
        "b": SCALARS,
        "c": st.fixed_dictionaries({}, optional={"d": SCALARS}),
        "e": st.lists(SCALARS, max_size=2),
        "f": st.one_of(SCALARS, st.lists(SCALARS, max_size=1)),
    },
)


def written(one: Expression, draw: st.DataObject) -> str:
    """The tree as a pattern, with brackets, blanks, quotes and the order of parts at random."""
    gap = draw.draw(st.sampled_from(["", " ", "  ", "\n"]))
    if isinstance(one, And | Or):
        parts = [_bracketed(part, draw) for part in draw.draw(st.permutations(one.parts))]
        text = f"{gap}{'&&' if isinstance(one, And) else '||'}{gap}".join(parts)
    elif isinstance(one, Comparison):
        text = f"{_selector(one.selector)}{gap}{one.operator}{gap}{_value(one.value, draw)}"
    elif isinstance(one, Is):
        word = "NULL" if one.value is None else str(one.value).upper()
        text = f"{_selector(one.selector)} IS {word}"
    else:
        text = f"{_selector(one.selector)} NOT EXISTS"
    return f"({gap}{text}{gap})" if draw.draw(st.booleans()) else text


def _bracketed(one: Expression, draw: st.DataObject) -> str:
    text = written(one, draw)
    return f"({text})" if isinstance(one, And | Or) else text


def _selector(steps: tuple[Any, ...]) -> str:
    return "$" + "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)


def _value(value: Any, draw: st.DataObject) -> str:
    # Digits alone are a number without quotes, and a text with them.
    if isinstance(value, Number):
        return value.text
    may_be_bare = not value.text.isdigit()
    return value.text if may_be_bare and draw.draw(st.booleans()) else f'"{value.text}"'


@given(TREES, EVENTS, st.data())
def test_quotes_brackets_blanks_and_order_change_no_meaning(
    tree: Expression, event: dict[str, Any], draw: st.DataObject
) -> None:
    said = [decide("{" + written(tree, draw) + "}", event) for _ in range(2)]
    assert _kind(said[0]) == _kind(said[1]) == _kind(decide(JsonPattern(tree), event))


@given(TREES, EVENTS, LEAVES)
def test_one_more_condition_only_narrows_and_one_more_choice_only_widens(
    tree: Expression, event: dict[str, Any], more: Expression
) -> None:
    alone = decide(JsonPattern(tree), event)
    if alone is False:
        assert decide(JsonPattern(And((tree, more))), event) is False
    if alone is True:
        assert decide(JsonPattern(Or((tree, more))), event) is not False


@given(st.text(max_size=40), EVENTS)
def test_no_pattern_breaks_the_evaluator(pattern: str, event: dict[str, Any]) -> None:
    assert isinstance(decide(pattern, event), bool | Undecided)
    assert isinstance(decide("{ $.a = " + pattern + " }", event), bool | Undecided)


@given(EVENTS)
def test_an_event_is_the_same_after_json(event: dict[str, Any]) -> None:
    pattern = "{ $.a = 1 || $.c.d = x* || $.e[*] = y || $.f IS NULL }"
    assert decide(pattern, event) == decide(pattern, json.loads(json.dumps(event)))


def _kind(decision: object) -> object:
    """Of what is not decided, one reason may come before another."""
    return "undecided" if isinstance(decision, Undecided) else decision
