"""The checks as a reader looks them up."""

from difflib import get_close_matches

from idkeep.checks import ALL, AnyCheck
from idkeep.errors import IdkeepError


def all_checks() -> tuple[AnyCheck, ...]:
    """Every check, worst severity first."""
    return tuple(sorted(ALL, key=lambda one: (-one.severity.rank, one.id)))


def find_check(wanted: str) -> AnyCheck:
    """By id. Raises `IdkeepError` with what was perhaps meant."""
    by_id = {one.id: one for one in ALL}
    if wanted in by_id:
        return by_id[wanted]
    near = get_close_matches(wanted, by_id, n=1)
    raise IdkeepError(
        f"there is no check {wanted!r}",
        hint=f"did you mean {near[0]}?" if near else "`idkeep checks` lists them",
    )
