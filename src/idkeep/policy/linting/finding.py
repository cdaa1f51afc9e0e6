"""A finding, the subject that rules look at, and how a finding gets its place."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from idkeep.catalog import Catalog
from idkeep.policy.condition import Condition
from idkeep.policy.document import Policy, PolicyKind, Statement
from idkeep.policy.linting.codes import ISSUES, Category, Issue
from idkeep.policy.source import JsonValue, Path, offsets_of, positions_at

_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*+"')


class Finding(Struct, frozen=True, kw_only=True):
    """One code at one place. Line and column count from 1; `width` characters are meant.

    `category` is the code's own, or `NOTE` where the catalog may only be too old to know better.
    """

    code: str
    category: Category
    message: str
    path: Path
    line: int
    column: int
    width: int = 1

    @property
    def issue(self) -> Issue:
        return ISSUES[self.code]


class Remark(Struct, frozen=True):
    """What a rule says: a finding without its place. `key`: the name is meant, not the value."""

    code: str
    message: str
    path: Path
    key: bool = False
    category: Category | None = None


class Subject:
    """A document under lint: what was read of it, and the catalog to judge it by.

    `statements` are those that were read in full, `root` the document as plain JSON.
    """

    def __init__(
        self,
        policy: Policy,
        root: dict[str, JsonValue],
        catalog: Catalog,
        spoilt: frozenset[int] = frozenset(),
    ) -> None:
        self.policy = policy
        self.root = root
        self.catalog = catalog
        self.statements = tuple(one for one in policy.statements if one.index not in spoilt)

    @property
    def kind(self) -> PolicyKind:
        return self.policy.kind

    @cached_property
    def written(self) -> tuple[JsonValue, ...]:
        """Each statement as plain JSON, in the document's order."""
        given = self.root.get("Statement", [])
        return tuple(given) if isinstance(given, list) else (given,)

    def conditions(self, statement: Statement) -> Iterator[tuple[Condition, Path]]:
        """Each condition of a statement and the path to its values."""
        for one in statement.conditions:
            yield one, (*path_of(statement), "Condition", str(one.operator), one.key)


def path_of(statement: Statement, *element: str | int) -> Path:
    return ("Statement", statement.index, *element)


def placed(text: str, remarks: Iterable[Remark]) -> tuple[Finding, ...]:
    """In reading order, each once. The text is read once for all places."""
    every = list(dict.fromkeys(remarks))
    offsets = offsets_of(text, [(one.path, one.key) for one in every])
    made = [
        Finding(
            code=one.code,
            category=one.category or ISSUES[one.code].category,
            message=one.message,
            path=one.path,
            line=at.line,
            column=at.column,
            width=width_at(text, offset),
        )
        for one, offset, at in zip(every, offsets, positions_at(text, offsets), strict=True)
    ]
    return tuple(sorted(made, key=lambda one: (one.line, one.column, one.code, one.message)))


def width_at(text: str, offset: int) -> int:
    """How many characters the element at `offset` has on its line: a string's, else one."""
    found = _STRING.match(text, offset)
    return len(found[0]) if found else 1
