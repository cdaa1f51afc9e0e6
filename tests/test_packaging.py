"""What an install brings, and that the locked files say so."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKED = {path.stem: path.read_text() for path in (ROOT / "constraints").glob("*.txt")}

# All that `pip install idkeep` may bring. A new name here is a decision.
CORE = {
    "boto3", "botocore", "click", "colorama", "idkeep", "jinja2", "jmespath", "markdown-it-py",
    "markupsafe", "mdurl", "msgspec", "platformdirs", "pygments", "python-dateutil", "rich",
    "s3transfer", "six", "urllib3", "zstandard",
}  # fmt: skip
HEAVY = {"numpy", "pyarrow", "duckdb", "pydantic", "pandas", "cryptography", "moto"}


def closure(name: str) -> set[str]:
    """Everything that an installed distribution needs, itself too, without extras."""
    seen: set[str] = set()
    todo = [name]
    while todo:
        one = canonicalize_name(todo.pop())
        if one in seen:
            continue
        seen.add(one)
        for line in metadata.requires(one) or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                todo.append(needed.name)
    return seen


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", LOCKED[name], re.MULTILINE))


def test_the_core_brings_no_more_than_it_may() -> None:
    assert closure("idkeep") <= CORE
    assert not closure("idkeep") & HEAVY


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("core", PROJECT["project"]["dependencies"]),
        ("demo", PROJECT["project"]["optional-dependencies"]["demo"]),
        ("demo", PROJECT["dependency-groups"]["build"]),
        ("dev", PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_locked_files_satisfy_the_project(name: str, wanted: list[str]) -> None:
    versions = locked(name)
    for line in wanted:
        requirement = Requirement(line)
        assert versions[canonicalize_name(requirement.name)] in requirement.specifier, line


def test_each_locked_file_holds_the_smaller_one() -> None:
    core, demo, dev = locked("core"), locked("demo"), locked("dev")
    assert core.items() <= demo.items() <= dev.items()
    assert set(core) <= CORE
    assert "hatchling" in demo


@pytest.mark.parametrize("name", LOCKED)
def test_locked_files_hold_hashes_and_no_host(name: str) -> None:
    text = LOCKED[name]
    assert "--hash=sha256:" in text
    assert not re.search(r"https?:|index-url|find-links", text)


def test_the_package_is_typed_and_says_its_licence() -> None:
    assert (ROOT / "src" / "idkeep" / "py.typed").exists()
    assert PROJECT["project"]["license"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text()
