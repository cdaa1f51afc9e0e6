"""Renewing the catalog from AWS's service reference."""

import json
from datetime import date
from pathlib import Path

import pytest

from catalog import reference_samples as samples
from idkeep.api.catalog import find_in_catalog, load_catalog, update_catalog
from idkeep.catalog import AccessLevel, Catalog, KeyType, Source
from idkeep.errors import IdkeepError, Unreadable

DAY = date(2027, 1, 31)


@pytest.fixture
def renewed(tmp_path: Path) -> Catalog:
    source = tmp_path / "fetched"
    source.mkdir()
    _, held = update_catalog(samples.fetched(source), target=tmp_path / "own.bin", on=DAY)
    return held


def test_an_unknown_service_is_taken_over_whole(renewed: Catalog) -> None:
    land = renewed.action("moon:LandProbe")
    assert land is not None
    assert land.level is AccessLevel.WRITE
    assert [row.name for row in land.resources or ()] == ["crater"]
    assert land.sources == (Source.AWS,)
    service = renewed.service("moon")
    assert service is not None
    phase = service.key("moon:phase")
    assert phase is not None
    assert phase.type is KeyType.NUMERIC
    assert service.resource_types[0].arns == ("arn:${Partition}:moon::${Account}:crater/${Id}",)


def test_what_aws_leaves_unsaid_stays_as_it_was_known(renewed: Catalog) -> None:
    send = renewed.action("sqs:SendMessage")
    assert send is not None
    assert send.sources[-1] is Source.AWS
    rows = send.resources or ()
    assert [(row.name, row.required) for row in rows] == [("queue", True)]
    assert renewed.title("sqs") == "Amazon SQS"


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("sqs:AddPermission", AccessLevel.PERMISSIONS),
        ("sqs:TagQueue", AccessLevel.TAGGING),
        ("sqs:ListQueues", AccessLevel.LIST),
        ("sqs:PeekMessage", AccessLevel.READ),
    ],
)
def test_the_narrowest_flag_is_the_level(renewed: Catalog, name: str, level: AccessLevel) -> None:
    action = renewed.action(name)
    assert action is not None
    assert action.level is level


def test_an_action_that_aws_lists_no_more_is_flagged(renewed: Catalog) -> None:
    purge = renewed.action("sqs:PurgeQueue")
    assert purge is not None
    assert purge.retired == "2027-01-31"
    assert "sqs:PurgeQueue" not in renewed.expand("sqs:*")


def test_services_that_were_not_given_stay(renewed: Catalog) -> None:
    before = load_catalog(Path("no such file"))
    assert renewed.service("s3") == before.service("s3")
    assert renewed.facts == before.facts


def test_a_key_that_only_an_action_names_is_there(renewed: Catalog) -> None:
    assert renewed.key("sqs:PeekDepth") is not None


def test_the_origin_is_dated(renewed: Catalog) -> None:
    assert renewed.date == "2027-01-31"
    assert [one.date for one in renewed.origins if one.source is Source.AWS] == ["2027-01-31"]


def test_the_newer_of_the_two_catalogs_is_used(tmp_path: Path) -> None:
    own = tmp_path / "own.bin"
    shipped = load_catalog(own)
    one = tmp_path / "moon.json"
    one.write_text(json.dumps(samples.MOON), encoding="utf-8")
    update_catalog(one, target=own, on=DAY)
    assert load_catalog(own).date == "2027-01-31"
    assert load_catalog(own).action("moon:LandProbe")
    assert shipped.action("moon:LandProbe") is None


def test_files_older_than_the_catalog_are_not_taken(tmp_path: Path) -> None:
    one = tmp_path / "moon.json"
    one.write_text(json.dumps(samples.MOON), encoding="utf-8")
    with pytest.raises(IdkeepError, match="nothing was written"):
        update_catalog(one, target=tmp_path / "own.bin", on=date(2024, 1, 1))
    assert not (tmp_path / "own.bin").exists()


def test_an_update_of_an_update_brings_a_retired_action_back(tmp_path: Path) -> None:
    own, source = tmp_path / "own.bin", tmp_path / "sqs.json"
    source.write_text(json.dumps(samples.SQS), encoding="utf-8")
    update_catalog(source, target=own, on=DAY)
    actions = [*samples.SQS["Actions"], samples.action("PurgeQueue", "queue", IsWrite=True)]
    source.write_text(json.dumps({**samples.SQS, "Actions": actions}), encoding="utf-8")
    _, held = update_catalog(source, target=own, on=date(2027, 2, 1))
    assert "sqs:PurgeQueue" in held.expand("sqs:*")
    assert len([one for one in held.origins if one.source is Source.AWS]) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "is no service reference"),
        ("[1]", "it has no Actions"),
        ('{"Name": "moon"}', "it has no Actions"),
        ('{"Name": "moon", "Version": "v2.0", "Actions": []}', "is of version v2.0"),
        ('{"Name": "moon", "Version": "v1.4", "Actions": [{"Nom": 1}]}', "`Name`"),
        (json.dumps(samples.INDEX), "holds no service reference"),
    ],
)
def test_what_is_no_reference_is_refused(tmp_path: Path, text: str, why: str) -> None:
    one = tmp_path / "moon.json"
    one.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable, match=why):
        update_catalog(one, target=tmp_path / "own.bin", on=DAY)


def test_a_damaged_catalog_of_ones_own_is_said_and_not_passed_over(tmp_path: Path) -> None:
    own = tmp_path / "own.bin"
    own.write_bytes(b"not a catalog at all")
    with pytest.raises(Unreadable, match="is not a catalog") as refused:
        load_catalog(own)
    assert "delete it" in refused.value.hint


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("s3:PutObjcet", "s3:PutObject"),
        ("aws:PrincipalOrgId2", "aws:PrincipalOrgID"),
        ("kinesiss", "kinesis"),
        ("imam:PassRole", "iam:PassRole"),
    ],
)
def test_a_misspelt_name_is_met_with_a_near_one(tmp_path: Path, wrong: str, right: str) -> None:
    with pytest.raises(IdkeepError, match="knows no") as refused:
        find_in_catalog(wrong, load_catalog(tmp_path / "none.bin"))
    assert right in refused.value.hint


def test_a_catalog_is_opened_once_until_its_bytes_change(tmp_path: Path) -> None:
    """What is found out of it is kept under it, and would otherwise be kept again and again."""
    missing = tmp_path / "none.bin"
    assert load_catalog(missing) is load_catalog(missing)
