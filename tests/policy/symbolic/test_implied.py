"""What is said of two texts with variables holds for every value of the variables."""

from hypothesis import assume, given
from hypothesis import strategies as st

from idkeep.policy.compare import arn_like, equal, like
from idkeep.policy.context import Context
from idkeep.policy.pattern import resource_test
from idkeep.policy.symbolic.implied import Doubt, resource_follows, value_follows, ways
from idkeep.policy.variables import Version, resolve

PARTS = st.sampled_from(
    ["a", "b", ":", "*", "?", "${x:a}", "${X:a}", "${x:b}", "${x:b, 'a'}", "${*}", "/"]
)
TAILS = st.lists(PARTS, max_size=5).map("".join)
VALUES = st.text("ab:*", max_size=3).map(lambda text: (text,)) | st.just(())
COMPARED = {"StringEquals": equal, "StringLike": like, "ArnLike": arn_like}


@st.composite
def pairs(draw: st.DrawFn, head: str = "") -> tuple[str, str]:
    """Two texts of which one is often the other with a part more, or a part less."""
    parts = draw(st.lists(PARTS, max_size=5))
    other = list(parts)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(other)))
        other[at : at + draw(st.integers(0, 1))] = [draw(PARTS)]
    return head + "".join(parts), head + "".join(other)


@given(pairs("arn:aws:s3:::"), VALUES, VALUES, TAILS)
def test_a_wider_resource_covers_what_the_narrow_one_does(
    texts: tuple[str, str], a: tuple[str, ...], b: tuple[str, ...], tail: str
) -> None:
    narrow, wide = texts
    assume(resource_follows(narrow, wide))
    context = Context({"x:a": a, "x:b": b})
    one, other = (resolve(text, Version.CURRENT, context) for text in texts)
    assume(isinstance(one, tuple))  # without a value it holds for nothing
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    for resource in (f"arn:aws:s3:::{tail}", *_instances(one)):
        if resource_test(one)(resource):
            assert resource_test(other)(resource)


@given(
    pairs() | pairs("arn:aws:s3:::"),
    st.sampled_from(sorted(COMPARED)),
    st.sampled_from(sorted(COMPARED)),
    VALUES,
    VALUES,
)
def test_a_wider_value_holds_for_what_the_narrow_one_does(
    texts: tuple[str, str], first: str, second: str, a: str, b: str
) -> None:
    narrow, wide = texts
    assume(value_follows(Doubt("n", first, narrow), Doubt("w", second, wide)))
    context = Context({"x:a": a, "x:b": b})
    one, other = (resolve(text, Version.CURRENT, context) for text in texts)
    assume(isinstance(one, tuple))  # without a value it holds for nothing
    assert isinstance(one, tuple)
    assert isinstance(other, tuple)
    for value in _instances(one):
        if COMPARED[first](one)(value) is True:
            assert COMPARED[second](other)(value) is True


def _instances(pattern: tuple[object, ...]) -> list[str]:
    """The pattern with each wildcard as several texts."""
    texts = [part if isinstance(part, str) else None for part in pattern]
    return [
        "".join(filler if text is None else text for text in texts)
        for filler in ("", "a", "b", ":", "ab/")
    ]


def test_without_a_value_nothing_follows() -> None:
    """Nor by another variable, nor where a value would stand in the first fields of the ARN."""
    assert not resource_follows("arn:aws:s3:::b/*", "arn:aws:s3:::b/*${x:a}")
    assert not resource_follows("arn:aws:s3:::b/${x:a}", "arn:aws:s3:::b/${x:b}")
    assert not resource_follows("arn:aws:s3:::b/${x:a, 'c'}", "arn:aws:s3:::b/${x:a}")
    assert resource_follows("arn:aws:s3:::b/${x:a}", "arn:aws:s3:::b/${x:a, 'c'}")
    assert not resource_follows("arn:aws:s3:::b/${x:a}", "arn:aws:s3:::b/?${x:a}")
    assert not resource_follows("arn:aws:s3::${x:a}:b", "arn:aws:s3::*:b")
    held = ("arn:aws:x:r:1:a:q${x:a}r:1:z${x:a}", "arn:aws:*:q*r:1:z${x:a}")
    assert not resource_follows(*held)
    assert resource_follows("arn:aws:s3:::b/${x:a}c", "arn:aws:s3:::b/${X:A}*")


def test_with_a_doubt_comes_what_follows_from_it() -> None:
    sets = {"".join(sorted(true)) for true in ways("abc", lambda one, other: one < other)}
    assert sets == {"", "c", "bc", "abc"}
