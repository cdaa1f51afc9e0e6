"""Filters and selectors mean the same under pseudonyms, and name nobody."""

import pytest

from idkeep.access.aws_words import AwsWords
from idkeep.access.filter_pattern.rewrite import rewritten
from idkeep.access.pseudonyms import Pseudonyms
from idkeep.access.redact_events import EventWords
from idkeep.api.catalog import load_catalog
from idkeep.checks.logging.watched import WATCHED, Watched

CATALOG = load_catalog()
EVENTS = EventWords(Pseudonyms(b"a key for the tests of redaction", AwsWords(CATALOG)), CATALOG)


@pytest.mark.parametrize("watched", WATCHED, ids=lambda one: one.name)
def test_a_filter_of_aws_s_words_stays_as_it_is(watched: Watched) -> None:
    assert EVENTS.pattern(watched.pattern) == watched.pattern


@pytest.mark.parametrize(
    "pattern",
    [
        '{ ($.eventName = CreateRole) && ($.userIdentity.userName != "zaphod") }',
        "{ $.requestParameters.roleName = zaphod* }",
        "{ $.a = %zaphod% && $.eventName = PutRolePolicy }",
        "{ $.recipientAccountId = 123456789012 }",
        "zaphod -CreateRole",
        '"zaphod"',
        "[ip, user = zaphod, ...]",
        "{ $.a = 'zaphod' }",
    ],
)
def test_what_names_somebody_is_exchanged(pattern: str) -> None:
    made = EVENTS.pattern(pattern)
    assert "zaphod" not in made
    assert "123456789012" not in made
    for word in ("eventName", "CreateRole", "PutRolePolicy", "recipientAccountId"):
        if word in pattern:
            assert word in made


@pytest.mark.parametrize(
    "pattern",
    [
        ' { ($.a = "x*") || $.b[0] NOT EXISTS && $.c IS TRUE && $.d >= 1e3 } ',
        "{ $.* = %a|b% }",
        '?a ?"b c" -d %e%',
        "",
    ],
)
def test_a_pattern_whose_values_stay_is_the_same_letter_by_letter(pattern: str) -> None:
    assert rewritten(pattern, str) == pattern
    assert rewritten("{ not one", str) == "{ not one"


@pytest.mark.parametrize(
    "word", ["Management", "s3.amazonaws.com", "AWS::S3::Object", "true", "GetObject", "*"]
)
def test_selectors_keep_aws_s_words(word: str) -> None:
    assert EVENTS.word(word) == word


def test_selectors_name_nobody() -> None:
    assert "larkfield" not in EVENTS.word("arn:aws:s3:::larkfield-scans/")
