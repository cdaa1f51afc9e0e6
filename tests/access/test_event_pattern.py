"""Event patterns of EventBridge: AWS's own examples, and what changes no meaning."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.access.event_pattern import decide, may_take
from idkeep.access.filter_pattern import Undecided

# The event of the pages, with what their other examples speak of.
EVENT: dict[str, Any] = {
    "version": "0",
    "detail-type": "EC2 Instance State-change Notification",
    "source": "aws.ec2",
    "time": "2017-10-02T18:43:48Z",
    "region": "us-west-1",
    "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1", "arn:aws:ec2:::vpc/2"],
    "detail": {
        "state": "initializing",
        "c-count": 5,
        "d-count": 3,
        "x-limit": 301.8,
        "source-ip": "10.0.0.33",
        "v6": "2001:db8::5",
        "file": "dir/cat.PNG",
        "path": "app/lib/x*y\\z",
        "empty": "",
        "nothing": None,
        "yes": True,
        "none": [],
        "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}],
        "inner": {"leaf": 1},
        "many": ["red", "green"],
    },
}


def detail(**fields: Any) -> str:
    return json.dumps({"detail": {name.replace("_", "-"): one for name, one in fields.items()}})


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ('{"source": ["aws.ec2"], "detail": {"state": ["running", "initializing"]}}', True),
        ('{"source": ["aws.EC2"]}', False),
        ('{"source": ["aws.ec2"], "region": ["eu-west-1"]}', False),
        ('{"resources": ["arn:aws:ec2:::vpc/2"]}', True),
        ('{"time": [{"prefix": "2017-10-02"}]}', True),
        ('{"source": [{"prefix": "ec2"}]}', False),
        ('{"source": [{"prefix": {"equals-ignore-case": "AWS."}}]}', True),
        ('{"source": [{"suffix": "ec2"}]}', True),
        (detail(file=[{"suffix": ".png"}]), False),
        (detail(file=[{"suffix": {"equals-ignore-case": ".png"}}]), True),
        (detail(state=[{"equals-ignore-case": "INITIALIZING"}]), True),
        (detail(state=[{"anything-but": "initializing"}]), False),
        (detail(state=[{"anything-but": ["stopped", "overloaded"]}]), True),
        (detail(state=[{"anything-but": {"prefix": "init"}}]), False),
        (detail(state=[{"anything-but": {"suffix": ["ing", "ed"]}}]), False),
        (detail(state=[{"anything-but": {"equals-ignore-case": ["INITIALIZING"]}}]), False),
        (detail(path=[{"anything-but": {"wildcard": "*/lib/*"}}]), False),
        (detail(absent=[{"anything-but": "x"}]), False),
        (detail(x_limit=[{"anything-but": [100, 200, 300]}]), True),
        (detail(c_count=[{"anything-but": 5}]), False),
        (detail(c_count=[{"numeric": [">", 0, "<=", 5]}]), True),
        (detail(c_count=[{"numeric": [">", 5]}]), False),
        (detail(x_limit=[{"numeric": ["=", 3.018e2]}]), True),
        (detail(state=[{"numeric": [">", 0]}]), False),
        (detail(yes=[{"numeric": [">", 0]}]), False),
        (detail(source_ip=[{"cidr": "10.0.0.0/24"}]), True),
        (detail(source_ip=[{"cidr": "10.0.1.0/24"}]), False),
        (detail(v6=[{"cidr": "2001:db8::/32"}]), True),
        (detail(state=[{"cidr": "10.0.0.0/24"}]), False),
        (detail(c_count=[{"exists": True}]), True),
        (detail(absent=[{"exists": True}]), False),
        (detail(absent=[{"exists": False}]), True),
        (detail(c_count=[{"exists": False}]), False),
        # Only leaves exist, and an empty array has none.
        (detail(inner=[{"exists": True}]), False),
        (detail(inner=[{"exists": False}]), True),
        (detail(none=[{"exists": False}]), True),
        (detail(absent={"leaf": [{"exists": False}]}), True),
        (detail(absent=["x", {"exists": False}]), True),
        (detail(path=[{"wildcard": "*/lib/*"}]), True),
        (detail(path=[{"wildcard": "app/*/x\\*y\\\\z"}]), True),
        (detail(path=[{"wildcard": "app/*/x\\*z"}]), False),
        (detail(empty=[""]), True),
        (detail(nothing=[None]), True),
        (detail(state=[None]), False),
        (detail(yes=[True]), True),
        (detail(yes=["true"]), False),
        (detail(c_count=[5]), True),
        # "300, 300.0, and 3.0e2 are not considered equal"
        ('{"detail": {"c-count": [5.0]}}', False),
        ('{"detail": {"c-count": ["5"]}}', False),
        (detail(many=["green"]), True),
        # The fields of one object in an array belong together.
        (detail(tags={"key": ["a"], "value": ["1"]}), True),
        (detail(tags={"key": ["a"], "value": ["2"]}), False),
        ('{"$or": [{"source": ["x"]}, {"region": ["us-west-1"]}]}', True),
        ('{"source": ["aws.ec2"], "$or": [{"time": ["x"]}, {"region": ["x"]}]}', False),
        ('{"detail": {"$or": [{"state": ["x"]}, {"c-count": [5], "yes": [true]}]}}', True),
    ],
)
def test_the_pages_examples(pattern: str, fits: bool) -> None:  # noqa: FBT001 -- a case
    assert decide(pattern, EVENT) is fits


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("", "no JSON"),
        ("[]", "a pattern is a JSON object"),
        ("{}", "empty object"),
        ('{"source": []}', "empty array"),
        ('{"source": "aws.ec2"}', "neither an object nor an array"),
        ('{"source": ["a"], "source": ["b"]}', "stands twice"),
        ('{"detail.state": ["x"]}', "a dot"),
        ('{"source": [["x"]]}', "no array"),
        (detail(state=[{"contains": "x"}]), "no operator 'contains'"),
        (detail(state=[{"prefix": "x", "suffix": "y"}]), "alone"),
        (detail(state=[{"prefix": 1}]), "prefix takes a string"),
        (detail(state=[{"wildcard": "a**b"}]), "side by side"),
        (detail(state=[{"wildcard": "a\\b"}]), "backslash"),
        (detail(state=[{"cidr": "10.0.0.0/99"}]), "no range"),
        (detail(c_count=[{"numeric": [">", "0"]}]), "numeric takes"),
        (detail(c_count=[{"numeric": ["=", 1, "<", 2]}]), "numeric takes"),
        (detail(c_count=[{"numeric": [">", 6000000000]}]), "five thousand million"),
        (detail(state=[{"anything-but": ["x", 1]}]), "strings alone or numbers alone"),
        (detail(state=[{"anything-but": {"cidr": "x"}}]), "no anything-but of cidr"),
        ('{"$or": [{"source": ["x"]}]}', "$or takes"),
        ('{"$or": [{"prefix": ["x"]}, {"suffix": ["y"]}]}', "$or takes"),
        # What the pages leave open.
        (detail(many=[{"anything-but": "red"}]), "any or all of several"),
        (detail(nothing=[{"exists": True}]), "null exists"),
        (detail(c_count=[{"anything-but": "x"}]), "different types"),
        ('{"detail": {"x-limit": [301.80]}}', "different types"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_what_is_not_documented_is_not_decided(pattern: str, why: str) -> None:
    said = decide(pattern, EVENT)
    assert isinstance(said, Undecided)
    assert why in said.why


_NAMES = st.sampled_from(["source", "region", "time", "gone"])
_TESTS = st.sampled_from(
    [
        "aws.ec2",
        "us-west-1",
        None,
        True,
        5,
        {"prefix": "aws"},
        {"suffix": "1"},
        {"anything-but": "aws.ec2"},
        {"exists": False},
        {"exists": True},
        {"wildcard": "*-*"},
    ]
)
_PATTERNS = st.dictionaries(_NAMES, st.lists(_TESTS, min_size=1, max_size=3), min_size=1)


@given(_PATTERNS, _PATTERNS)
def test_or_is_either_and_fields_are_all(one: dict[str, Any], other: dict[str, Any]) -> None:
    said = [decide(json.dumps(each), EVENT) for each in (one, other)]
    assert decide(json.dumps({"$or": [one, other]}), EVENT) == (True in said)
    each = [decide(json.dumps({name: tests}), EVENT) for name, tests in one.items()]
    assert said[0] == all(each)


@given(st.text(max_size=40) | _PATTERNS.map(json.dumps))
def test_any_text_is_decided_or_said_to_be_open(text: str) -> None:
    assert isinstance(decide(text, EVENT), bool | Undecided)


@pytest.mark.parametrize(
    ("pattern", "takes"),
    [
        ('{"detail-type": ["AWS API Call via CloudTrail"]}', True),
        ('{"source": ["aws.iam"]}', True),
        ('{"detail-type": [{"suffix": "via CloudTrail"}]}', True),
        ('{"detail-type": ["EC2 Instance State-change Notification"]}', False),
        ("what is this?", True),
    ],
)
def test_which_rules_may_hear_of_a_call(pattern: str, takes: bool) -> None:  # noqa: FBT001
    said = may_take(pattern, "detail-type", ("AWS API Call via CloudTrail",))
    assert said is takes
