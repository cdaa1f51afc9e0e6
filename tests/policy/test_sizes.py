"""How long policies are as AWS counts them. The limits and their pages are the catalog's."""

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idkeep import catalog
from idkeep.catalog import Catalog, Quota
from idkeep.policy.sizes import over_quota, size, spare

FACTS = Catalog.open(resources.files(catalog).joinpath("catalog.bin").read_bytes()).facts
MANAGED, SCP, TRUST = (FACTS.quota(of, "characters") for of in ("managed", "scp", "trust"))
QUEUE = FACTS.quota("sqs-queue", "bytes")

SPACED = '{ "Sid" : "a b",\n\t"x": ["\\" }  {", 1 ] }'
BARE = '{"Sid":"a b","x":["\\" }  {",1]}'


def document(length: int) -> str:
    """A document of so many characters that has no white space to spare."""
    return json.dumps({"Id": "x" * (length - len('{"Id":""}'))}, separators=(",", ":"))


def test_white_space_between_strings_is_to_spare_and_none_within_them() -> None:
    assert spare(SPACED) == len(SPACED) - len(BARE)
    assert spare(BARE) == 0


@pytest.mark.parametrize(
    ("quota", "counted"), [(MANAGED, len(BARE)), (SCP, len(SPACED)), (TRUST, None)]
)
def test_white_space_between_strings_counts_where_aws_says_so(
    quota: Quota, counted: int | None
) -> None:
    assert size(SPACED, quota) == counted


@pytest.mark.parametrize("quota", [MANAGED, SCP, TRUST])
def test_without_white_space_there_is_no_doubt(quota: Quota) -> None:
    assert size(BARE, quota) == len(BARE)


def test_an_escape_counts_as_written_and_a_letter_as_one_character_of_two_bytes() -> None:
    assert size('"\\u00e4"', MANAGED) == len('"\\u00e4"')
    assert (size('"ä"', MANAGED), size('"ä"', QUEUE)) == (3, 4)


@pytest.mark.parametrize("of", ["scp", "rcp", "managed", "session", "vpc-endpoint", "trust"])
def test_a_policy_may_be_as_long_as_its_quota(of: str) -> None:
    quota = FACTS.quota(of, "characters")
    assert over_quota([document(quota.default)], quota) is False
    assert over_quota([document(quota.default + 1)], quota) is True


@pytest.mark.parametrize("of", ["user-inline", "group-inline", "role-inline"])
def test_inline_policies_count_together(of: str) -> None:
    quota = FACTS.quota(of, "characters")
    half = document(quota.default // 2)
    assert over_quota([half, half], quota) is False
    assert over_quota([half, half, "{}"], quota) is True


def test_what_the_account_was_granted_counts() -> None:
    text = document(TRUST.maximum)
    assert over_quota([text], TRUST) is True
    assert over_quota([text], TRUST, limit=TRUST.maximum) is False


def test_too_long_by_white_space_alone() -> None:
    def padded(quota: Quota) -> bool | None:
        return over_quota([document(quota.default) + "\n"], quota)

    assert [padded(quota) for quota in (MANAGED, SCP, TRUST)] == [False, True, None]


def test_only_a_length_is_a_quota_of_a_document() -> None:
    with pytest.raises(ValueError, match="attached to a role"):
        size("{}", FACTS.quota("managed", "attached to a role"))


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(value=_json, indent=st.sampled_from([None, 1, "\t"]), escaped=st.booleans())
def test_a_document_is_as_long_as_without_its_white_space(
    value: Any, indent: int | str | None, *, escaped: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    bare = json.dumps(value, separators=(",", ":"), ensure_ascii=escaped)
    assert size(text, MANAGED) == len(bare)
    assert size(text, SCP) == len(text)
