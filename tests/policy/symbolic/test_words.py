"""The automaton against every short string, and the slow reading of patterns."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep.policy.pattern import arn_test, glob, resource_test, run_on, string_test
from idkeep.policy.symbolic.budget import Budget, Undecided
from idkeep.policy.symbolic.words import (
    Alphabet,
    Automaton,
    Place,
    arn_pattern,
    caseless_pattern,
    examples,
    matches,
    resource_pattern,
    string_pattern,
    within,
)

ANY = Alphabet((Place(star=True),))
SHORT = Alphabet((Place(star=True),), "ab:")
LONGEST = 5
STRINGS = ["".join(s) for n in range(LONGEST + 1) for s in product("ab:", repeat=n)]

texts = st.text("ab:*?", max_size=4)


@given(st.lists(texts, min_size=1, max_size=4))
def test_every_set_that_patterns_tell_apart_has_an_example(written: list[str]) -> None:
    patterns = [resource_pattern(glob(one)) for one in written]
    tests = [resource_test(glob(one)) for one in written]
    found = examples(patterns, SHORT, Budget())
    told = {tuple(test(one) for test in tests) for one in found}
    assert told >= {tuple(test(one) for test in tests) for one in STRINGS}
    assert all(set(one) <= set("ab:") for one in found)


@given(st.lists(texts, min_size=1, max_size=4))
def test_what_is_found_is_what_it_was_found_for(written: list[str]) -> None:
    tests = [string_test(glob(one)) for one in written]
    groups = [(string_pattern(glob(one)),) for one in written]
    for sets, example in Automaton(groups, ANY, Budget()).strings().items():
        assert [bool(sets >> n & 1) for n in range(len(tests))] == [t(example) for t in tests]


@given(st.lists(st.lists(texts, min_size=1, max_size=3), min_size=1, max_size=3))
def test_of_a_group_it_only_counts_whether_any_matches(written: list[list[str]]) -> None:
    groups = [[resource_pattern(glob(one)) for one in some] for some in written]

    def told(text: str) -> tuple[bool, ...]:
        return tuple(any(resource_test(glob(one))(text) for one in some) for some in written)

    found = Automaton(groups, SHORT, Budget()).strings()
    assert {told(one) for one in found.values()} >= {told(one) for one in STRINGS}
    for sets, example in found.items():
        assert tuple(bool(sets >> n & 1) for n in range(len(groups))) == told(example)


@given(texts, texts)
def test_within_is_never_said_of_a_pattern_with_something_outside(inner: str, outer: str) -> None:
    said = within(resource_pattern(glob(inner)), resource_pattern(glob(outer)), SHORT, Budget())
    small, large = resource_test(glob(inner)), resource_test(glob(outer))
    outside = [one for one in STRINGS if small(one) and not large(one)]
    assert not (said and outside)


@given(st.text("a*?:", max_size=9), st.text("ab:", max_size=9))
def test_a_pattern_reads_a_text_as_the_reference_does(written: str, text: str) -> None:
    assert matches(resource_pattern(glob(written)), text) is resource_test(glob(written))(text)
    assert matches(string_pattern(glob(written)), text) is string_test(glob(written))(text)
    at_most = run_on(glob(written)) or glob(written)
    test, pattern = arn_test(at_most), arn_pattern(glob(written))
    assert (test is None) is (pattern is None)
    if test and pattern:
        assert matches(pattern, text) is test(text)


@given(st.text("kKé\u212ai\u0130", max_size=4), st.text("kKi", max_size=4))
def test_case_goes_as_python_lowers_it(text: str, written: str) -> None:
    pattern = caseless_pattern(written)
    assert pattern is not None
    assert matches(pattern, text) is (text.lower() == written.lower())
    assert caseless_pattern("é") is None


def test_a_budget_ends_the_search() -> None:
    many = [(string_pattern(glob(f"*{c}*")),) for c in "abcdefghijklmnop"]
    with pytest.raises(Undecided, match="budget"):
        Automaton(many, ANY, Budget(1000)).strings()
