"""`idkeep catalog` as a person meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from catalog import reference_samples as samples
from idkeep.cli.catalog import command
from idkeep.errors import Exit, IdkeepError


def run(home: Path, *arguments: str) -> Result:
    """With a place for data of its own, wherever the platform keeps it."""
    env = {"XDG_DATA_HOME": str(home), "HOME": str(home), "LOCALAPPDATA": str(home)}
    return CliRunner(env=env).invoke(command, arguments)


def told(home: Path, *arguments: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(run(home, *arguments, "--json").stdout)
    return document


def test_without_a_command_it_says_how_old_it_is_and_from_where(tmp_path: Path) -> None:
    text = run(tmp_path).stdout
    assert "The catalog of 20" in text
    assert "iam-data" in text
    assert "iam-floyd" in text
    assert told(tmp_path)["summary"]["actions"] > 22_000


def test_an_action_is_told_with_its_resources_and_keys(tmp_path: Path) -> None:
    text = run(tmp_path, "show", "s3:putobject").stdout
    assert text.startswith("s3:PutObject  Write  (Amazon S3)\n")
    assert "  object\n" in text
    assert "s3:x-amz-acl" in text
    assert "resource control policies reach it: yes" in text
    document = told(tmp_path, "show", "s3:PutObject")
    assert document["name"] == "s3:PutObject"
    assert document["found"]["resources"][0].keys() >= {"name", "required"}


def test_a_service_is_told_by_access_level(tmp_path: Path) -> None:
    text = run(tmp_path, "show", "sqs").stdout
    assert text.startswith("sqs  Amazon SQS\n")
    assert (
        "Permissions management (3)\n  AddPermission, RemovePermission, SetQueueAttributes\n"
        in text
    )
    assert "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}" in text


def test_a_global_key_is_told_with_the_services_that_supply_it(tmp_path: Path) -> None:
    text = run(tmp_path, "show", "aws:VpceOrgID").stdout
    assert "aws:VpceOrgID  String  global, of the network" in text
    assert "sqs" in text
    assert "no wildcard in its value has a valid use" in text
    assert "AWS lists no services for it" in run(tmp_path, "show", "aws:PrincipalOrgID").stdout


def test_a_retired_action_says_so(tmp_path: Path) -> None:
    assert (
        "retired: AWS no longer listed it on" in run(tmp_path, "show", "aws-mcp:InvokeMcp").stdout
    )


def test_an_action_of_the_newer_source_says_what_is_not_known(tmp_path: Path) -> None:
    assert "Resources: not known" in run(tmp_path, "show", "kms:Encapsulate").stdout


def test_an_unknown_name_is_one_line_and_a_near_match(tmp_path: Path) -> None:
    error = run(tmp_path, "show", "s3:PutObjcet").exception
    assert isinstance(error, IdkeepError)
    assert error.exit_code is Exit.USAGE
    assert "\n" not in error.message
    assert "s3:PutObject" in error.hint


def test_an_update_is_used_from_then_on(tmp_path: Path) -> None:
    source = tmp_path / "fetched"
    source.mkdir()
    done = run(tmp_path, "update", str(samples.fetched(source)), "--date", "2027-01-31")
    assert "The catalog of 2027-01-31" in done.stdout
    assert "moon:LandProbe  Write" in run(tmp_path, "show", "moon:LandProbe").stdout


@pytest.mark.parametrize("name", ["mo\x1b[31mon", "s3:\u202ePut"])
def test_a_hostile_name_from_a_file_can_not_act_on_the_terminal(tmp_path: Path, name: str) -> None:
    hostile = {**samples.MOON, "Actions": [samples.action(name)]}
    source = tmp_path / "moon.json"
    source.write_text(json.dumps(hostile), encoding="utf-8")
    run(tmp_path, "update", str(source), "--date", "2027-01-31")
    text = run(tmp_path, "show", "moon").stdout
    assert "\x1b" not in text
    assert "\u202e" not in text
