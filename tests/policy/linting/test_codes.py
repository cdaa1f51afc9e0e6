"""Each code of docs/lint.md: a document that has the fault, and one beside it that has not."""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from idkeep.api.catalog import load_catalog
from idkeep.catalog import Catalog
from idkeep.policy import PolicyKind
from idkeep.policy.linting import ISSUES, Category, Finding, lint

FILES = sorted((Path(__file__).parent / "cases").glob("*.toml"))
CURRENT = "2012-10-17"
SOMEBODY = {"AWS": "111122223333"}
ALLOWS = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
DENIES = {**ALLOWS, "Effect": "Deny", "Resource": "*"}
STATEMENTS: dict[str, dict[str, Any]] = {
    "identity": ALLOWS,
    "session": ALLOWS,
    "trust": {"Effect": "Allow", "Principal": SOMEBODY, "Action": "sts:AssumeRole"},
    "resource": {**ALLOWS, "Principal": SOMEBODY},
    "vpc_endpoint": {**ALLOWS, "Principal": "*"},
    "scp": DENIES,
    "rcp": {**DENIES, "Principal": "*"},
}


@cache
def catalog() -> Catalog:
    """The one that idkeep comes with, whatever the user of this machine has."""
    return load_catalog(Path("/nonexistent"))


def cases() -> list[dict[str, Any]]:
    found = []
    for path in FILES:
        topic = tomllib.loads(path.read_text())
        found += [{"page": topic.get("page"), **case} for case in topic["case"]]
    return found


def document(written: str, kind: str) -> str:
    """A case's text: as it stands after `!`, a whole document, or what one statement changes."""
    if written.startswith("!"):
        return written[1:]
    try:
        given = json.loads(written)
    except ValueError:
        return written
    if "Statement" in given:
        return written
    statement = {**STATEMENTS[kind], **given}
    there = {name: value for name, value in statement.items() if value is not None}
    return json.dumps({"Version": CURRENT, "Statement": there}, indent=2, ensure_ascii=False)


def found(written: str, kind: str) -> tuple[Finding, ...]:
    return lint(document(written, kind), PolicyKind(kind), catalog())


@pytest.mark.parametrize(
    "case", [pytest.param(one, id=f"{one['code']}-{n}") for n, one in enumerate(cases())]
)
def test_a_code_is_found_where_its_page_says_and_not_beside_it(case: dict[str, Any]) -> None:
    kind = case.get("kind", "identity")
    code = case["code"]
    meant = [one for one in found(case["fails"], kind) if one.code == code]
    assert meant, [one.code for one in found(case["fails"], kind)]
    assert all(one.category is ISSUES[code].category for one in meant)
    others = [one.message for one in found(case["passes"], kind) if one.code == code]
    assert not others


def test_every_code_has_a_case_and_every_case_a_page() -> None:
    assert {one["code"] for one in cases()} == set(ISSUES)
    assert all(one["page"].startswith("https://docs.aws.amazon.com/") for one in cases())


def test_a_document_that_passes_an_error_has_none_at_all() -> None:
    """The second document of an error's case is one that AWS takes."""
    for case in cases():
        if ISSUES[case["code"]].category is not Category.ERROR:
            continue
        kind = case.get("kind", "identity")
        errors = [one for one in found(case["passes"], kind) if one.category is Category.ERROR]
        assert not errors, (case["code"], errors)
