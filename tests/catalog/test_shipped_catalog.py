"""What must hold of the catalog in the wheel, whatever its sources say."""

import gzip
import json
import os
import re
from datetime import date
from importlib import resources
from pathlib import Path
from time import thread_time
from typing import Any

import pytest

from idkeep import catalog
from idkeep.catalog import Catalog, Service, Source
from idkeep.errors import Unreadable

DATA = resources.files(catalog).joinpath("catalog.bin").read_bytes()
# The other catalog has it; no list of AWS's that was read, old or new, does.
NOWHERE_ELSE = {"glue:GetPartitionMetadata"}
POLICIES = os.environ.get("IDKEEP_LABELLED_POLICIES", "")


@pytest.fixture(scope="module")
def held() -> Catalog:
    return Catalog.open(DATA)


@pytest.fixture(scope="module")
def services(held: Catalog) -> tuple[Service, ...]:
    return held.contents().services


def test_it_is_small_and_holds_what_aws_has(held: Catalog) -> None:
    assert len(DATA) <= 1_300_000
    assert held.summary.services >= 450
    assert held.summary.actions >= 22_000
    assert {one.source for one in held.origins} == {Source.IAM_DATA, Source.IAM_FLOYD}
    assert held.date == max(one.date for one in held.origins)


def test_every_resource_type_and_key_that_is_named_is_there(
    held: Catalog, services: tuple[Service, ...]
) -> None:
    for service in services:
        types = {one.name.lower() for one in service.resource_types}
        keys = {one.name.lower() for one in service.keys}
        named = [
            *(key for one in service.actions for key in one.all_keys),
            *(key for one in service.resource_types for key in one.keys),
        ]
        dangling = [key for key in named if key.lower() not in keys and held.key(key) is None]
        rows = [row for one in service.actions for row in one.resources or ()]
        unknown = [row.name for row in rows if row.name.lower() not in types]
        assert (service.prefix, dangling, unknown) == (service.prefix, [], [])


def test_every_dependent_action_is_known_or_flagged(
    held: Catalog, services: tuple[Service, ...]
) -> None:
    known = {f"{one.prefix}:{action.name}".lower() for one in services for action in one.actions}
    needed = {name for one in services for action in one.actions for name in action.all_dependent}
    assert tuple(sorted(one for one in needed if one.lower() not in known)) == held.dangling


def test_every_entry_says_who_knows_it(services: tuple[Service, ...]) -> None:
    for service in services:
        assert service.sources
        assert all(one.sources for one in service.actions)
        assert all(one.sources for one in service.resource_types)
        assert all(one.sources for one in service.keys)
        for action in service.actions:
            only_floyd = action.sources == (Source.IAM_FLOYD,)
            assert (action.resources is None) == only_floyd


def test_names_are_unique_and_the_template_of_a_resource_is_an_arn(
    services: tuple[Service, ...],
) -> None:
    for service in services:
        for every in (service.actions, service.resource_types, service.keys):
            names = [one.name.lower() for one in every]
            assert len(names) == len(set(names)), service.prefix
        for one in service.resource_types:
            assert one.arns
            assert all(arn.startswith(("arn:", "${", "*")) for arn in one.arns), one


@pytest.mark.parametrize(
    "gone", ["aws-mcp:InvokeMcp", "evidently:CreateProject", "trustedadvisor:CreateEngagement"]
)
def test_a_retired_action_is_flagged_and_no_pattern_means_it(held: Catalog, gone: str) -> None:
    action = held.action(gone)
    assert action is not None
    assert date.fromisoformat(action.retired) <= date.fromisoformat(held.date)
    assert held.expand(gone) == ()
    assert held.expand(gone, retired=True) == (gone,)


def test_actions_that_the_newer_source_alone_knows_are_there(held: Catalog) -> None:
    action = held.action("kms:Encapsulate")
    assert action is not None
    assert action.sources == (Source.IAM_FLOYD,)
    assert action.resources is None


def test_a_hyphen_that_one_source_drops_makes_no_second_action(held: Catalog) -> None:
    found = held.expand("vpc-lattice:AssociateViaAWSService*EventsAndStates", retired=True)
    assert found == ("vpc-lattice:AssociateViaAWSService-EventsAndStates",)


def test_a_service_opens_in_milliseconds(held: Catalog) -> None:
    fresh = Catalog.open(DATA)
    took = {}
    for prefix in ("ec2", "iam", "s3", "sagemaker"):
        begun = thread_time()
        assert fresh.service(prefix) is not None
        took[prefix] = thread_time() - begun
    # About 3 ms; the bound, of its own time alone, is for a slow machine.
    assert max(took.values()) < 0.2, took
    assert held.service("S3") is held.service("s3")


def test_the_notice_of_the_sources_is_in_the_package() -> None:
    text = resources.files(catalog).joinpath("NOTICE.txt").read_text(encoding="utf-8")
    assert "Copyright (c) 2024 Act Security" in text
    assert "Apache License, Version 2.0" in text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is not a catalog"),
        (b"PK\x03\x04 a zip file, say", "is not a catalog"),
        (DATA[:7] + b"\x63" + DATA[8:], "is a catalog of format 99"),
        (DATA[:2000], "is damaged"),
    ],
)
def test_what_is_no_catalog_is_refused_by_name(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        Catalog.open(data, "mine.bin")


def test_a_damaged_member_is_found_when_it_is_opened() -> None:
    broken = Catalog.open(DATA[:-200_000])
    with pytest.raises(Unreadable, match="is damaged"):
        broken.expand("*")


@pytest.mark.skipif(
    not Path(POLICIES).is_file(), reason="IDKEEP_LABELLED_POLICIES names no file of policies"
)
def test_patterns_of_aws_managed_policies_expand_to_at_least_what_others_found(
    held: Catalog,
) -> None:
    """The other catalog is older: what it found and ours does not must be retired since."""
    table = json.loads(gzip.decompress(Path(POLICIES).read_bytes()))
    lacking = {}
    for policy in table["policies"]:
        ours = {one.lower() for one in _allowed(held, policy["document"])}
        missing = [one for one in policy["effective_actions"] if one.lower() not in ours]
        unexplained = [
            one for one in missing if one not in NOWHERE_ELSE and not _retired(held, one)
        ]
        if unexplained:
            lacking[policy["name"]] = unexplained
    assert lacking == {}


def _allowed(held: Catalog, document: dict[str, Any]) -> set[str]:
    statements = document["Statement"]
    found: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement["Effect"] != "Allow":
            continue
        if "NotAction" in statement:
            found |= set(held.expand("*")) - _expanded(held, statement["NotAction"])
        else:
            found |= _expanded(held, statement["Action"])
    return found


def _expanded(held: Catalog, patterns: str | list[str]) -> set[str]:
    every = [patterns] if isinstance(patterns, str) else patterns
    return {name for pattern in every for name in held.expand(pattern)}


def _retired(held: Catalog, name: str) -> bool:
    action = held.action(re.sub(r"\s", "", name))
    return action is not None and bool(action.retired)
