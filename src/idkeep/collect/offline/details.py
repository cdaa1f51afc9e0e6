"""Pages of authorization details, decoded an entity at a time: a large account has 300 MB of them.

What stays in memory is the model that comes of them, and views on the file.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Raw, Struct

from idkeep.collect.declare import Answer
from idkeep.collect.offline.answers import from_cli
from idkeep.collect.offline.names import operation

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
# Entities after which the memory of what was read is let go.
_MANY = 2000
Word: TypeAlias = str | bool | None


class _Used(Struct):
    LastUsedDate: str | None = None


class Entity(Struct):
    """What every entity tells of itself."""

    Arn: str = ""
    CreateDate: str | None = None
    UpdateDate: str | None = None
    RoleLastUsed: _Used | None = None

    def times(self) -> Iterator[str]:
        used = self.RoleLastUsed.LastUsedDate if self.RoleLastUsed else None
        return (one for one in (self.CreateDate, self.UpdateDate, used) if one)


class _Lists(Struct):
    UserDetailList: list[Raw] = []
    GroupDetailList: list[Raw] = []
    RoleDetailList: list[Raw] = []
    Policies: list[Raw] = []


class _Rest(Struct):
    IsTruncated: Word = None
    Marker: Word = None
    NextToken: Word = None


class DetailsPage(Mapping[str, Any]):
    """One page. Its lists are made anew, an entity at a time, each time they are asked for."""

    def __init__(self, document: Raw, forget: Callable[[], None] = lambda: None) -> None:
        """`forget` lets go of the file's memory. Raises `msgspec.DecodeError` for no such page."""
        self._forget = forget
        self._lists = msgspec.json.decode(document, type=_Lists)
        rest = msgspec.json.decode(document, type=_Rest)
        self._rest = {name: one for name in _Rest.__struct_fields__ if (one := getattr(rest, name))}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 -- as JSON has it
        if name not in LISTS:
            return self._rest[name]
        shape = operation("iam", "GetAccountAuthorizationDetails").output_shape
        return _decoded(self._raws(name), shape.members[name].member)

    def __iter__(self) -> Iterator[str]:
        return iter((*LISTS, *self._rest))

    def __len__(self) -> int:
        return len(LISTS) + len(self._rest)

    def entities(self) -> Iterator[Entity]:
        """Those that can be read as one; the others are left to whoever builds with them."""
        decoder = msgspec.json.Decoder(Entity)
        for name in LISTS:
            for one in self._raws(name):
                try:
                    yield decoder.decode(one)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue

    def _raws(self, name: str) -> Iterator[Raw]:
        for number, one in enumerate(getattr(self._lists, name), 1):
            yield one
            if not number % _MANY:
                self._forget()


def _decoded(raws: Iterator[Raw], shape: Any) -> Iterator[Answer]:  # noqa: ANN401 -- botocore's
    """What is no object lacks all that an entity has, which is what its gap then says."""
    for raw in raws:
        try:
            told = msgspec.json.decode(raw)
            yield from_cli(shape, told) if isinstance(told, dict) else {}
        except (ValueError, msgspec.DecodeError):
            yield {}
