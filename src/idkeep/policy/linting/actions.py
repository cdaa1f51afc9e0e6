"""Actions that are not there, that are gone, or that say the same twice."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

from idkeep.catalog import Catalog
from idkeep.policy.document import NotAction, Statement
from idkeep.policy.linting.codes import Category
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.linting.globs import action_within, redundant
from idkeep.policy.linting.known import expanded, literal, near
from idkeep.policy.source import Path

# Judged under this name, though no permission has it:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/role-manager.html
_CALLS = frozenset({"iam:acquirerole"})
_CLOSE = 0.75


def actions(subject: Subject) -> Iterator[Remark]:
    for statement in subject.statements:
        name = "NotAction" if isinstance(statement.action, NotAction) else "Action"
        for n, pattern in enumerate(statement.action.patterns):
            at = path_of(statement, name, n)
            if "${" in pattern:
                message = f"an action takes no variable: {pattern}"
                yield Remark("VARIABLE_UNSUPPORTED_IN_ELEMENT", message, at)
            yield from _known(pattern, at, subject.catalog)
        yield from _redundant(statement, name)


def redundant_actions(patterns: tuple[str, ...]) -> dict[int, int]:
    """The places of patterns that lie within another of the list, with the place of that one.

    Of two that mean the same the first stays.
    """
    return redundant(patterns, action_within, str.lower)


def _redundant(statement: Statement, name: str) -> Iterator[Remark]:
    patterns = statement.action.patterns
    for n, wide in redundant_actions(patterns).items():
        message = f"{patterns[n]} is within {patterns[wide]}, which is listed too"
        yield Remark("REDUNDANT_ACTION", message, path_of(statement, name, n))


def _known(pattern: str, at: Path, catalog: Catalog) -> Iterator[Remark]:
    prefix, colon, name = pattern.partition(":")
    if not colon or not name or ":" in name or not literal(prefix) or pattern.lower() in _CALLS:
        return  # not of the form of an action: the grammar's to say
    service = catalog.service(prefix)
    if service is None:
        yield _service(prefix, pattern, at, catalog)
        return
    gone = service.retired or all(one.retired for one in service.actions)
    if gone:
        message = f"AWS no longer lists {service.prefix}: {pattern} means nothing"
        yield Remark("RETIRED_ACTION", message, at)
        return
    if literal(name):
        known = service.action(name)
        if known and known.retired:
            message = f"AWS no longer lists {pattern}, as of {known.retired}"
            yield Remark("RETIRED_ACTION", message, at)
        elif known is None:
            yield _action(service.prefix, name, at, catalog)
    elif not expanded(catalog, pattern):
        message = f"{pattern} means no action that the catalog of {catalog.date} has"
        if catalog.expand(pattern, retired=True):
            yield Remark("RETIRED_ACTION", f"{message} but retired ones", at)
        else:
            yield Remark("INVALID_ACTION", message, at, category=Category.NOTE)


def _service(prefix: str, pattern: str, at: Path, catalog: Catalog) -> Remark:
    slip = near(prefix, frozenset(catalog.services))
    if slip:
        message = f"there is no service {prefix!r}; did you mean {slip}?"
        return Remark("INVALID_SERVICE_IN_ACTION", message, at)
    message = f"the catalog of {catalog.date} has no service {prefix!r}, of {pattern}"
    return Remark("INVALID_SERVICE_IN_ACTION", message, at, category=Category.NOTE)


def _action(prefix: str, name: str, at: Path, catalog: Catalog) -> Remark:
    """Whether an action is newer than the catalog can't be told, but for a slip of the hand."""
    names = _names(catalog, prefix)
    if slip := near(name, names):
        message = f"there is no action {prefix}:{name}; did you mean {prefix}:{slip}?"
        return Remark("INVALID_ACTION", message, at)
    spelt = {one.lower(): one for one in names}
    close = get_close_matches(name.lower(), spelt, n=1, cutoff=_CLOSE)
    hint = f"; did you mean {prefix}:{spelt[close[0]]}?" if close else ""
    message = f"the catalog of {catalog.date} has no action {prefix}:{name}{hint}"
    return Remark("INVALID_ACTION", message, at, category=Category.NOTE)


@lru_cache(maxsize=1024)
def _names(catalog: Catalog, prefix: str) -> frozenset[str]:
    service = catalog.service(prefix)
    return (
        frozenset(one.name for one in service.actions if not one.retired)
        if service
        else frozenset()
    )
