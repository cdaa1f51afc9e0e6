"""`--facts more-resources`: each type's row is what the SDK and AWS's reference say, and is read.

Each is read from the server over HTTP: one resource with a policy and one without.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest

from idkeep.api.catalog import load_catalog
from idkeep.api.demo import strays
from idkeep.api.scan import read_account
from idkeep.demo import DemoServer, running
from idkeep.model import Arn, Family, Gap, Snapshot
from idkeep.model.other_resources import MoreResources, OtherResource
from idkeep.model.other_type import ARN, OtherType
from idkeep.model.other_types import OTHER_TYPES

from .conftest import Connect
from .test_answers_fit_the_model import strange

# As long as the longest ids that a service asks for at least.
OPEN, BARE = "open".ljust(36, "0"), "bare".ljust(36, "0")
SDK = botocore.session.get_session()
CATALOG = load_catalog()
ACCOUNT, REGION = "000000000042", "us-east-1"
TYPES = tuple(OTHER_TYPES.values())
IDS = list(OTHER_TYPES)
# Codes that AWS gives and the SDK's model of the operation lacks. Of an endpoint its own page says
# so; of a model group: https://github.com/mondoohq/mql/pull/9166
UNMODELLED = {
    ("sagemaker:endpoint", "ValidationException"),
    ("sagemaker:model-package-group", "ValidationException"),
}


def policy(sid: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"AWS": "444455556666"},
                "Action": "*",
                "Resource": "*",
            },
        }
    )


def shape_at(shape: Any, way: str) -> tuple[Any, bool]:
    """What a way leads to, and whether AWS always says it."""
    always = True
    for name in way.split("."):
        shape = shape.member if shape.type_name == "list" else shape
        if name == "*":
            shape = shape.value
            continue
        always = always and name in shape.required_members
        shape = shape.members[name]
    return shape, always


def operation(kind: OtherType, name: str) -> Any:
    return SDK.get_service_model(kind.client).operation_model(name)


@pytest.mark.parametrize("kind", TYPES, ids=IDS)
def test_a_row_is_as_the_sdk_models_the_service(kind: OtherType) -> None:
    lists = operation(kind, kind.lists)
    found, _ = shape_at(lists.output_shape, kind.items)
    assert found.type_name == "list"
    plain = found.member.type_name == "string"
    members = {"Name"} if plain else set(found.member.members)
    used = {kind.arn, *kind.named, *kind.by.values()} - {"", ARN}
    assert used <= members
    assert bool(kind.arn) != bool(kind.named) or kind.form == "catalog"
    assert kind.form.count("*") - kind.form.count("**") == len(kind.named) or kind.arn
    assert set(lists.input_shape.required_members) <= set(kind.given)
    if not kind.reads:
        assert kind.policy in members
        return
    reads = operation(kind, kind.reads)
    asked = {*kind.by, *kind.given}
    assert set(reads.input_shape.required_members) <= asked <= set(reads.input_shape.members)
    text, always = shape_at(reads.output_shape, kind.policy)
    assert text.type_name == "string"
    assert not (kind.may_lack and always), "AWS always says it"
    known = {
        one.metadata.get("error", {}).get("code", one.name): one for one in reads.error_shapes
    } | {one.name: one for one in reads.error_shapes}
    assert {one for one in kind.absent if (kind.name, one) not in UNMODELLED} <= set(known)


@pytest.mark.parametrize("kind", TYPES, ids=IDS)
def test_a_row_is_as_the_reference_names_it(kind: OtherType) -> None:
    service = CATALOG.service(kind.prefix)
    assert service is not None
    known = service.resource_type(kind.name.partition(":")[2])
    assert known is not None
    assert known.name == kind.name.partition(":")[2]
    ends = {Arn.parse(one).resource for form in known.arns for one in form.split(", ")}
    filled = {part(end) for end in ends}
    assert any(
        kind.standing(Arn("aws", kind.prefix, REGION, ACCOUNT, one)) == one for one in filled
    )
    for prefix in kind.services:
        assert CATALOG.service(prefix) is not None
    if kind.anywhere:
        assert all(not Arn.parse(one).region for one in known.arns)


def part(end: str) -> str:
    """An ARN's end with a name for each of the reference's placeholders."""
    while "${" in end:
        before, _, rest = end.partition("${")
        end = before + "x" + rest.partition("}")[2]
    return end


def sample(shape: Any, name: str) -> Any:  # noqa: PLR0911 -- one a kind of shape
    """A value that fits the shape; `name` makes texts differ."""
    match shape.type_name:
        case "structure":
            return {one: sample(shape.members[one], name) for one in shape.required_members}
        case "list":
            return []
        case "map":
            return {}
        case "boolean":
            return False
        case "integer" | "long" | "float" | "double":
            return 1
        case "timestamp":
            return 3
        case _:
            return shape.enum[0] if shape.enum else name[: shape.metadata.get("max")]


def thing(kind: OtherType, name: str) -> dict[str, Any]:
    """A resource as the estate declares it."""
    found, _ = shape_at(operation(kind, kind.lists).output_shape, kind.items)
    if found.member.type_name == "string":
        made: dict[str, Any] = {"Name": name}
    else:
        made = sample(found.member, name)
        for one in {*kind.named, *kind.by.values()} - {ARN}:
            owner = one.lower().endswith("owner")
            made[one] = ACCOUNT if owner else sample(found.member.members[one], name)
    if kind.arn:
        region = "" if kind.anywhere else REGION
        end = kind.form.replace("**", "*").replace("*", name)
        most = {} if found.member.type_name == "string" else found.member.members[kind.arn].metadata
        made[kind.arn] = str(Arn("aws", kind.prefix, region, ACCOUNT, end))[: most.get("max")]
    if kind.client == "opensearch" and name == OPEN:
        made["VPCOptions"] = {"VPCId": "vpc-1"}
    return {**beside(kind, name), **made}


def beside(kind: OtherType, name: str) -> dict[str, Any]:
    """What the answer about a policy always says beside it."""
    way = kind.policy.rpartition(".")[0]
    if not kind.reads or kind.titled or way == "Policies":
        return {}
    shape = operation(kind, kind.reads).output_shape
    shape = shape.members[way] if way else shape
    last = kind.policy.rpartition(".")[2]
    given = {last, *kind.by}
    members = {one: shape.members[one] for one in shape.required_members if one not in given}
    return {one: sample(member, name) for one, member in members.items()}


def told(kind: OtherType, name: str) -> dict[str, Any]:
    """The same with a policy, where the type's own listing does not tell it."""
    made = thing(kind, name)
    if not kind.reads:
        return {**made, kind.policy: policy(kind.name)}
    several = kind.titled or kind.policy.endswith("*")
    return (
        {**made, "Policies": {"a": policy(kind.name)}}
        if several
        else {**made, "Policy": policy(kind.name)}
    )


def without(kind: OtherType, name: str) -> dict[str, Any]:
    """One without a policy, or with one that is not in force."""
    member, off = kind.off
    made = thing(kind, name)
    return {**made, member: off, "Policy": policy("not in force")} if member else made


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoServer]:
    """One of each type with a policy, and one without, in an account of one region."""
    path = tmp_path_factory.mktemp("estate") / "estate.toml"
    regions = [one for one in SDK.get_available_regions("sqs") if one != REGION]
    lines = [
        f'[account]\nid = "{ACCOUNT}"',
        "[account.regions]",
        *(f'{one} = "DISABLED"' for one in regions),
    ]
    for kind in TYPES:
        word = kind.name.partition(":")[2]
        for says in (told(kind, OPEN), without(kind, BARE)):
            if kind.name == "glue:rootcatalog" and kind.policy not in says:
                continue
            lines += [
                f"[[things.{kind.client}]]",
                f'kind = "{word}"',
                f"says = {inline(says)}",
            ]
    path.write_text("\n".join(lines), encoding="utf-8")
    with running(path) as server:
        yield server


def inline(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {inline(one)}" for name, one in value.items()) + " }"
    return json.dumps(value)


@pytest.fixture(scope="module")
def scanned(stocked: DemoServer) -> Snapshot:
    return scan(stocked)


def scan(server: DemoServer) -> Snapshot:
    with pytest.MonkeyPatch.context() as patch:
        said = server.environment()
        for name in strays(said):
            patch.delenv(name, raising=False)
        for name, value in said.items():
            patch.setenv(name, value)
        return read_account(families={Family.MORE_RESOURCES})


def others(snapshot: Snapshot) -> MoreResources:
    assert isinstance(snapshot.more_resources, MoreResources)
    return snapshot.more_resources


def test_nothing_is_left_out(scanned: Snapshot) -> None:
    assert scanned.gaps == ()
    found = Counter(one.type for one in others(scanned).others)
    assert found == {name: 1 if name == "glue:rootcatalog" else 2 for name in OTHER_TYPES}


@pytest.mark.parametrize("kind", TYPES, ids=IDS)
def test_a_resource_has_its_policy_or_none(scanned: Snapshot, kind: OtherType) -> None:
    found = [one for one in others(scanned).others if one.type == kind.name]
    texts = [texts_of(scanned, one) for one in found]
    assert sorted(texts) == ([[kind.name]] if len(found) == 1 else [[], [kind.name]])
    for one in found:
        arn = Arn.parse(one.arn)
        assert (arn.service, arn.account, arn.region) == (kind.prefix, ACCOUNT, one.region)
        assert kind.standing(arn) == arn.resource


def texts_of(snapshot: Snapshot, one: OtherResource) -> list[str]:
    assert isinstance(one.policies, tuple)
    documents = (json.loads(snapshot.documents[each.policy]) for each in one.policies)
    return [each["Statement"]["Sid"] for each in documents]


@pytest.mark.parametrize("kind", TYPES, ids=IDS)
def test_an_answer_fits_the_model(stocked: DemoServer, connect: Connect, kind: OtherType) -> None:
    client = connect(stocked, kind.client, region=REGION)
    assert strange(client, kind.lists, kind.given) == set()
    if kind.reads:
        found = thing(kind, OPEN)
        arn = found[kind.arn] if kind.arn else made_arn(kind, found)
        given = {name: arn if one == ARN else found[one] for name, one in kind.by.items()}
        assert strange(client, kind.reads, {**given, **kind.given}) == set()


def made_arn(kind: OtherType, found: dict[str, Any]) -> str:
    end = kind.form
    for name in kind.named:
        end = end.replace("*", found[name], 1)
    return str(Arn("aws", kind.prefix, REGION, ACCOUNT, end))


def test_a_resource_within_networks_says_so(scanned: Snapshot) -> None:
    within = {one.type for one in others(scanned).others if one.within_networks}
    assert within == {one.name for one in TYPES if one.inside}
    # Public access may be turned on for one.
    assert "kafka:cluster" not in within
    domains = [one for one in others(scanned).others if one.type == "es:domain"]
    assert {one.within_networks for one in domains} == {False, True}


def test_a_type_costs_a_list_call_and_a_resource_one_more(stocked: DemoServer) -> None:
    stocked.forget()
    scan(stocked)
    asked = Counter(stocked.requests())
    lists = Counter(one.list_action for one in TYPES)
    reads = Counter(one.read_action for one in TYPES if one.reads for _ in range(2))
    assert asked.pop("sts:GetCallerIdentity") == 1
    assert asked.pop("account:ListRegions") >= 1
    assert asked == lists + reads


def test_a_refused_policy_is_a_gap_and_no_resource_without_one(stocked: DemoServer) -> None:
    reads = {one.read_action for one in TYPES if one.reads}
    snapshot = denied(stocked, reads)
    found = others(snapshot)
    assert {one.action for one in snapshot.gaps} == reads
    assert found.unlisted == ()
    for one in found.others:
        assert isinstance(one.policies, Gap) == bool(OTHER_TYPES[one.type].reads)


def test_a_refused_list_is_no_empty_one(stocked: DemoServer) -> None:
    refused = {one.list_action for one in TYPES if one.prefix < "k"}
    found = others(denied(stocked, refused))
    lost = {one.name for one in TYPES if found.missing(one)}
    assert lost == {one.name for one in TYPES if one.prefix < "k"}
    assert {one.type for one in found.others} == set(OTHER_TYPES) - lost


def denied(server: DemoServer, actions: set[str]) -> Snapshot:
    server.faults(deny=sorted(actions))
    try:
        return scan(server)
    finally:
        server.faults()
