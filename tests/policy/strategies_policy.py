"""Policy documents, contexts and requests as people write them, for the laws.

What a strategy makes is plain JSON data (`document`), so that a law may rewrite it before parsing.
Every strategy shrinks towards its first, simplest alternative.
"""

import json
from typing import Any, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from idkeep.policy import Context, PolicyKind

Json: TypeAlias = dict[str, Any]

ACTIONS = (
    "s3:GetObject", "s3:PutObject", "iam:CreateUser", "iam:PassRole", "sts:AssumeRole",
    "ec2:RunInstances",
)  # fmt: skip
RESOURCES = (
    "*",
    "arn:aws:s3:::bucket",
    "arn:aws:s3:::bucket/ana/photo.png",
    "arn:aws:iam::111122223333:user/ana",
    "arn:aws:iam::111122223333:role/path/app",
    "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
    "arn:aws:logs:eu-west-1:111122223333:log-group:app:log-stream:one",
)
# Each key with values of its type, in which policies and requests meet often.
VALUES: dict[str, tuple[str, ...]] = {
    "aws:username": ("ana", "Ana", "bo", ""),
    "aws:PrincipalTag/team": ("red", "blue", "r*d"),
    "aws:TagKeys": ("team", "cost-center", ""),
    "aws:SourceIp": ("203.0.113.9", "198.51.100.1", "2001:db8::1"),
    "aws:CurrentTime": ("2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z", "1780000000"),
    "aws:MultiFactorAuthAge": ("10", "3600", "7200.5"),
    "aws:MultiFactorAuthPresent": ("true", "false"),
    "aws:PrincipalArn": (
        "arn:aws:iam::111122223333:user/ana",
        "arn:aws:iam::444455556666:role/app",
        "arn:aws:sts::111122223333:assumed-role/app/a:b",
    ),
}
KEYS = tuple(VALUES)

_STRING = (
    "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
)  # fmt: skip
_ARN = ("ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals")
_ORDERED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
OPERATORS: dict[str, tuple[str, ...]] = {
    "aws:username": _STRING,
    "aws:PrincipalTag/team": _STRING,
    "aws:TagKeys": _STRING,
    "aws:SourceIp": ("IpAddress", "NotIpAddress"),
    "aws:CurrentTime": tuple(f"Date{end}" for end in _ORDERED),
    "aws:MultiFactorAuthAge": tuple(f"Numeric{end}" for end in _ORDERED),
    "aws:MultiFactorAuthPresent": ("Bool",),
    "aws:PrincipalArn": (*_ARN, *_STRING),
}
_WRITTEN: dict[str, tuple[str, ...]] = {
    "aws:SourceIp": ("203.0.113.0/24", "2001:db8::/32", "198.51.100.1"),
    "aws:PrincipalArn": ("arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:*"),
}
_PATTERNS = ("a*", "?na", "*", "${aws:username}", "${aws:PrincipalTag/team, 'red'}", "${*}", "${x}")


def some(items: SearchStrategy[Any], most: int = 3) -> SearchStrategy[Any]:
    """A single value or a list, as IAM takes either."""
    return items | st.lists(items, min_size=1, max_size=most, unique=True)


def _operator(key: str) -> SearchStrategy[str]:
    base = st.builds(
        lambda head, name, tail: head + name + tail,
        st.sampled_from(("", "ForAnyValue:", "ForAllValues:")),
        st.sampled_from(OPERATORS[key]),
        st.sampled_from(("", "IfExists")),
    )
    return base | st.just("Null")


def _written(key: str, operator: str) -> SearchStrategy[Any]:
    if operator == "Null":
        return some(st.sampled_from(("true", "false")) | st.booleans(), 2)
    values = VALUES[key] + _WRITTEN.get(key, ())
    texts = st.sampled_from(values)
    if any(name in operator for name in ("String", "Arn")):
        texts |= st.sampled_from(_PATTERNS)
    if operator == "Bool":
        return some(texts | st.booleans(), 2)
    return some(texts)


@st.composite
def condition_blocks(draw: st.DrawFn) -> Json:
    """A `Condition` element of at most three lines."""
    block: Json = {}
    for key in draw(st.lists(st.sampled_from(KEYS), max_size=3)):
        operator = draw(_operator(key))
        block.setdefault(operator, {})[key] = draw(_written(key, operator))
    return block


actions_written = st.sampled_from(
    (*ACTIONS, "*", "s3:*", "iam:*User", "S3:get*", "ec2:Run?nstances")
)
resources_written = st.sampled_from(
    (
        *RESOURCES,
        "arn:aws:s3:::bucket/*",
        "arn:aws:s3:::bucket/${aws:username}/*",
        "arn:aws:iam::*:user/${aws:username, 'ana'}",
        "arn:aws:*:*:111122223333:*",
        "arn:aws:logs:*:log-stream:one",
        "arn:aws:s3:::${*}",
    )
)
principals_written = st.just("*") | st.dictionaries(
    st.sampled_from(("AWS", "Service", "Federated", "CanonicalUser")),
    some(st.sampled_from(("arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:role/a"))),
    min_size=1,
)


@st.composite
def statements(draw: st.DrawFn, kind: PolicyKind = PolicyKind.IDENTITY) -> Json:
    made: Json = {"Effect": draw(st.sampled_from(("Allow", "Deny")))}
    made[draw(st.sampled_from(("Action", "NotAction")))] = draw(some(actions_written))
    if kind is not PolicyKind.TRUST:
        made[draw(st.sampled_from(("Resource", "NotResource")))] = draw(some(resources_written))
    if kind in (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.VPC_ENDPOINT):
        made["Principal"] = draw(principals_written)
    if block := draw(condition_blocks()):
        made["Condition"] = block
    return made


@st.composite
def documents(draw: st.DrawFn, kind: PolicyKind = PolicyKind.IDENTITY) -> Json:
    made: Json = {}
    version = draw(st.sampled_from(("2012-10-17", "2008-10-17", None)))
    if version:
        made["Version"] = version
    several = draw(st.lists(statements(kind), min_size=1, max_size=4))
    made["Statement"] = several[0] if len(several) == 1 and draw(st.booleans()) else several
    return made


texts = st.builds(
    json.dumps, documents(), indent=st.sampled_from((None, 0, 2)), ensure_ascii=st.booleans()
)


def values_of(key: str) -> SearchStrategy[tuple[str, ...]]:
    """What a request may hold under a key; () is absent."""
    return st.lists(st.sampled_from(VALUES[key]), max_size=2, unique=True).map(tuple)


whole_contexts: SearchStrategy[dict[str, tuple[str, ...]]] = st.fixed_dictionaries(
    {key: values_of(key) for key in KEYS}
)


@st.composite
def partly_known(draw: st.DrawFn) -> tuple[Context, Context]:
    """A context in which some keys are unknown, and one that it might turn out to be."""
    truth = draw(whole_contexts)
    unknown = draw(st.sets(st.sampled_from(KEYS)))
    known = {key: values for key, values in truth.items() if key not in unknown}
    everything = draw(st.booleans())
    told = {key: values for key, values in known.items() if values or everything}
    return Context(told, "*" if everything else unknown), Context(truth)
