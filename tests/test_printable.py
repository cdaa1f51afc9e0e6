"""Hostile text, made safe to show without losing it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from idkeep.report.printable import escaped_json, printable

ACTING = ["\x1b[31m", "\u202e", "\x07", "\x9b", "\u2066", "\n", "\r", "\ufeff", "\U000e0041"]


def test_what_acts_is_shown_by_its_code() -> None:
    assert printable("a\x1b[31mb\u202ec") == "a\\u001b[31mb\\u202ec"
    assert printable("\U000e0041") == "\\U000e0041"
    assert printable("李娜 ünïcode <b>") == "李娜 ünïcode <b>"


@given(st.text() | st.sampled_from(ACTING))
def test_nothing_that_acts_is_left(text: str) -> None:
    assert not any(character in printable(text) for character in ACTING)


@given(
    st.recursive(
        st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_escaped_json_says_the_same_and_nothing_in_it_acts(value: object) -> None:
    document = json.dumps(value, ensure_ascii=False, indent=1).encode(errors="surrogatepass")
    if b"\xed" in document:  # a lone surrogate, which UTF-8 can't hold
        return
    safe = escaped_json(document)
    assert json.loads(safe) == value
    assert not any(one in safe.decode() for one in ACTING if one not in "\n\r")
