"""Frameworks: which there are, and how an account or an organisation stands by one."""

from difflib import get_close_matches
from functools import cache
from importlib import resources

from idkeep import catalog
from idkeep.catalog import (
    Framework,
    PeerCheck,
    read_framework,
    read_objectives,
    read_peer_checks,
)
from idkeep.errors import IdkeepError

_FOLDER = "frameworks"


@cache
def objectives() -> dict[str, str]:
    """What each control objective says, by its id."""
    return read_objectives(_text("objectives.toml"))


@cache
def peer_checks() -> tuple[PeerCheck, ...]:
    """The checks of another scanner, and ours that stand in for each."""
    return read_peer_checks(_text("peer_checks.toml"))


@cache
def frameworks() -> tuple[Framework, ...]:
    """All of them; CIS's newest first, then by name."""
    names = (
        one.name.removesuffix(".toml")
        for one in resources.files(catalog).joinpath(_FOLDER).iterdir()
        if one.name.endswith(".toml")
    )
    found = (read_framework(name, _text(_FOLDER, f"{name}.toml")) for name in names)
    return tuple(sorted(found, key=_order))


def find_framework(wanted: str) -> Framework:
    """By id. Raises `IdkeepError` with what was perhaps meant."""
    by_id = {one.id: one for one in frameworks()}
    if found := by_id.get(wanted.lower()):
        return found
    near = get_close_matches(wanted.lower(), by_id, n=1, cutoff=0.4)
    raise IdkeepError(
        f"there is no framework {wanted!r}",
        hint=f"did you mean {near[0]}?" if near else "`idkeep report --list` lists them",
    )


def _order(one: Framework) -> tuple[bool, float, str]:
    family, _, version = one.id.partition("-")
    is_cis = family == "cis"
    return not is_cis, -float(version) if is_cis else 0, one.id


def _text(*path: str) -> str:
    return resources.files(catalog).joinpath(*path).read_text(encoding="utf-8")
