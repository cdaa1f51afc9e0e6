"""Answers out of what is declared: lists in pages, single things, and what is said without one."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from idkeep.demo.call import Call
from idkeep.demo.declared.account import Said
from idkeep.demo.faults import named_in
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.overlay.world import World
from idkeep.demo.principals import Principal

T = TypeVar("T")
_MARK = "idkeep-demo:"
# AWS's names for the token of the next page, and for how many items a page may have.
TOKENS = (
    "NextToken",
    "nextToken",
    "Marker",
    "NextMarker",
    "nextMarker",
    "position",
    "PaginationToken",
)
SIZES = (
    "MaxItems",
    "MaxResults",
    "maxResults",
    "Limit",
    "limit",
    "MaxRecords",
    "maxItems",
    "ResourcesPerPage",
)
ASKED_BY = {"NextMarker": "Marker", "nextMarker": "marker"}
TRUNCATED = ("IsTruncated", "isTruncated", "Truncated")


class Asked(Struct, frozen=True):
    """One call to answer: in which account, by whom, with what; `model` is botocore's of it."""

    world: World
    state: AccountState
    call: Call
    who: Principal
    params: Mapping[str, Any]
    model: Any

    def things(self, kind: str) -> list[Said]:
        """What is declared of this kind in the account and region that are asked."""
        declared = self.state.declared.things.get(self.call.service, ())
        return [
            thing.says
            for thing in declared
            if thing.kind == kind and thing.region in {None, self.call.region}
        ]

    def page(self, items: Sequence[T], size: int) -> tuple[Sequence[T], dict[str, Any]]:
        """The items of this page, and the members of the answer that tell of the next.

        `size` is what AWS gives where the caller does not say.
        """
        output, given = self.model.output_shape.members, self.model.input_shape
        inputs = given.members if given else {}
        token = next((name for name in TOKENS if name in output), None)
        asked_by = ASKED_BY.get(token or "", token or "")
        limit = next((self.params[name] for name in SIZES if self.params.get(name)), size)
        given_token = self.params.get(asked_by) if asked_by in inputs else None
        start = _start(given_token)
        end = start + int(limit)
        if not given_token and self._is_empty_first():
            end = 0
        is_cut = token is not None and end < len(items)
        flags = {name: is_cut for name in TRUNCATED if name in output}
        if not is_cut or token is None:
            return items[start:], flags
        mark = base64.b64encode(f"{_MARK}{end}".encode()).decode()
        return items[start:end], {**flags, token: mark}

    def _is_empty_first(self) -> bool:
        where = self.call.where(self.who.account)
        return named_in(self.world.faults.empty_pages, where) is not None


Answering = Callable[[Asked], Mapping[str, Any]]
# None leaves the call to moto.
Operation = Callable[[Asked], Mapping[str, Any] | None]
Table = dict[str, Operation]


def listing(
    kind: str,
    into: str,
    *,
    size: int = 100,
    where: Mapping[str, str] | None = None,
    each: str | None = None,
    needs: Answering | None = None,
) -> Answering:
    """A list of what is declared of this kind, in pages of `size` where the caller does not say.

    into: the member of the answer. where: parameter to member, for those to be left out that have
    another value. each: the member that alone is listed. needs: asked first, for its refusal.
    """

    def answer(asked: Asked) -> Mapping[str, Any]:
        if needs is not None:
            needs(asked)
        found = [thing for thing in asked.things(kind) if _fits(thing, asked.params, where or {})]
        items, more = asked.page(found, size)
        shape = asked.model.output_shape.members[into].member
        drawn = [thing[each] if each else _known(thing, shape) for thing in items]
        return {into: drawn, **more}

    return answer


def one(
    kind: str,
    *,
    by: Mapping[str, str] | None = None,
    into: str | None = None,
    absent: Refused | Mapping[str, Any],
) -> Answering:
    """The first of this kind that fits, as the whole answer or as one member of it.

    by: parameter to member. absent: what AWS says where there is none, an error or an answer.
    """

    def answer(asked: Asked) -> Mapping[str, Any]:
        for thing in asked.things(kind):
            if _fits(thing, asked.params, by or {}):
                shape = asked.model.output_shape
                return {into: _known(thing, shape.members[into])} if into else _known(thing, shape)
        if isinstance(absent, Refused):
            raise absent
        return absent

    return answer


def _fits(thing: Said, params: Mapping[str, Any], where: Mapping[str, str]) -> bool:
    for parameter, member in where.items():
        wanted = params.get(parameter)
        if isinstance(wanted, list):
            if wanted and thing.get(member) not in wanted:
                return False
        elif wanted is not None and thing.get(member) != wanted:
            return False
    return True


def _known(thing: Said, shape: Any) -> Said:  # noqa: ANN401 botocore's shape
    """Of a thing what this answer has a place for; the rest is for another operation."""
    return {name: value for name, value in thing.items() if name in shape.members}


def _start(token: str | None) -> int:
    if not token:
        return 0
    try:
        text = base64.b64decode(token, validate=True).decode()
        return int(text.removeprefix(_MARK))
    except (binascii.Error, ValueError) as error:
        raise Refused("ValidationError", "Invalid Marker.") from error
