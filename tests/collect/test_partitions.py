"""A partition, a region or an address comes from the caller and from botocore, never from us."""

import ast
import dis
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from botocore.loaders import create_loader

import idkeep
from idkeep.checks import ALL, AnyCheck
from idkeep.model.partitions import USUAL, far, home

SOURCE = Path(idkeep.__file__).parent
# All but the examples of checks, the demo's estate, and what is no ARN of anybody's account: the
# examples and witnesses of the policy language, which any partition may stand in for.
LOOKED_AT = ("access", "api", "cli", "collect", "model", "report", "store")
WRITTEN = re.compile(
    r"arn:aws[-:]|\.amazonaws\.com\.cn|https?://[\w.-]*(amazonaws|api\.aws)"
    r"|\b(us|eu|ap|sa|ca|me|af|il|mx|cn)-(gov-|iso\w?-)?(north|south|east|west|central)\w*-\d"
)
# Grantees of ACLs, called so everywhere.
GROUPS = "http://acs.amazonaws.com/groups/global/"
# The table that names them, and an issuer of tokens that is called so in China.
NAMED = {"model/partitions.py"}
ISSUER = {("access/issuers.py", ".amazonaws.com.cn"), ("access/issuers.py", "cn-north-1")}


def texts(path: Path) -> Iterator[str]:
    """Every string of a module but those that document it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documenting = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        value = getattr(node, "value", None)
        if (
            isinstance(node, ast.Constant)
            and isinstance(value, str)
            and id(node) not in documenting
        ):
            yield value


def test_no_partition_region_or_address_is_written_anywhere_else() -> None:
    found = {
        (str(path.relative_to(SOURCE)), written[0])
        for part in LOOKED_AT
        for path in sorted((SOURCE / part).rglob("*.py"))
        if str(path.relative_to(SOURCE)) not in NAMED
        for text in texts(path)
        for written in WRITTEN.finditer(text)
    }
    assert found == ISSUER


def judged_by(value: Any, seen: set[int]) -> Iterator[str]:
    """The strings in a check's function and in what it calls; tables have samples beside rules."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, str):
        yield value
    elif isinstance(value, FunctionType):
        if value.__module__.startswith("idkeep.checks") and "example" not in value.__name__:
            yield from of_code(value.__code__, value.__globals__, seen)
            for cell in value.__closure__ or ():
                yield from judged_by(cell.cell_contents, seen)
    elif isinstance(value, tuple | frozenset | list):
        for one in value:
            yield from judged_by(one, seen)
    elif isinstance(value, dict):
        yield from judged_by((*value, *value.values()), seen)


def of_code(code: CodeType, known: Mapping[str, Any], seen: set[int]) -> Iterator[str]:
    documenting = code.co_consts[:1] if code.co_flags & inspect.CO_OPTIMIZED else ()
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from of_code(one, known, seen)
        elif one not in documenting or not isinstance(one, str):
            yield from judged_by(one, seen)
    for one in dis.get_instructions(code):
        if one.opname == "LOAD_GLOBAL":
            yield from judged_by(known.get(one.argval), seen)


@pytest.mark.parametrize("check", ALL, ids=lambda one: one.id)
def test_no_check_judges_by_a_region_or_partition_of_its_own(check: AnyCheck) -> None:
    """What a check is shown as examples is none of what it judges by."""
    found = {text for text in judged_by(check.body, set()) if WRITTEN.search(text)}
    assert not [one for one in found if not one.startswith(GROUPS)]


def test_the_table_of_partitions_is_botocores() -> None:
    known = {one["partition"]: one for one in create_loader().load_data("endpoints")["partitions"]}
    assert home("aws-of-tomorrow") == home(USUAL)
    assert far("aws-of-tomorrow") == ()
    for name, partition in known.items():
        regions = set(partition["regions"])
        iam = partition["services"].get("iam", {})
        named = iam.get("partitionEndpoint")
        scope = iam["endpoints"][named]["credentialScope"]["region"] if named else home(name)
        assert home(name) == scope
        assert home(name) in regions
        assert set(far(name)) <= regions - {home(name)}
        # Nowhere to go but home, or some other region is known.
        assert far(name) or len(regions) == 1
