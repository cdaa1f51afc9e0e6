"""Resources of which a scan reads nothing but the policy, of every type in `OTHER_TYPES`.

Declared under the SDK's name of the service, with the type's last word for a kind, in the members
that the type's list call gives; `Policy` is the text of its policy, or `Policies` texts by name. A
policy that the list call tells is its own member.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from idkeep.demo.declared.account import Said
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Operation, Table
from idkeep.model import Arn
from idkeep.model.other_type import ARN, OtherType
from idkeep.model.other_types import OTHER_TYPES

SIZE = 100
_EMPTY: Mapping[str, Any] = {"list": [], "boolean": False, "integer": 0, "structure": {}}


def operations(service: str) -> Table:
    """Of a service as the SDK names it; none where no type is of it."""
    return _TABLES.get(service, {})


def _listing(kind: OtherType) -> Operation:
    def answer(asked: Asked) -> Mapping[str, Any]:
        items, more = asked.page(asked.things(_word(kind)), SIZE)
        *way, last = kind.items.split(".")
        return {**_filled(asked.model.output_shape, way, last, items, {}), **more}

    return answer


def _reading(kinds: tuple[OtherType, ...]) -> Operation:
    def answer(asked: Asked) -> Mapping[str, Any]:
        for kind in kinds:
            for thing in asked.things(_word(kind)):
                if _is_asked(kind, thing, asked):
                    return _policy(kind, thing, asked)
        raise _absent(kinds[0])

    return answer


def _policy(kind: OtherType, thing: Said, asked: Asked) -> Mapping[str, Any]:
    told: Any = thing.get("Policies") or thing.get("Policy")
    if not told and kind.absent:
        raise _absent(kind)
    *way, last = kind.policy.split(".")
    if kind.titled:
        [many] = way
        rows = [{kind.titled: name, last: text} for name, text in (told or {}).items()]
        return {many: [{**row, **_arn_of(kind, thing, asked)} for row in rows]}
    if last == "*":
        return {way[0]: told or {}}
    return _filled(asked.model.output_shape, way, last, told, {**asked.params, **thing})


def _arn_of(kind: OtherType, thing: Said, asked: Asked) -> dict[str, str]:
    return {name: _arn(kind, thing, asked) for name, one in kind.by.items() if one == ARN}


def _filled(shape: Any, way: list[str], last: str, value: Any, thing: Said) -> dict[str, Any]:  # noqa: ANN401 botocore's shape
    """The value at the end of the way, with what AWS always says beside it."""
    found = {name: part for name, part in thing.items() if name in shape.members}
    for name in shape.required_members:
        found.setdefault(name, _EMPTY.get(shape.members[name].type_name, ""))
    if way:
        inner = _filled(shape.members[way[0]], way[1:], last, value, thing)
        return {**found, way[0]: inner}
    if value or isinstance(value, list):
        found[last] = _drawn(value, shape.members[last])
    elif last not in shape.required_members:
        found.pop(last, None)
    return found


def _drawn(value: Any, shape: Any) -> Any:  # noqa: ANN401 botocore's shape
    """Of each thing what the answer has a place for."""
    if shape.type_name != "list":
        return value
    if shape.member.type_name != "structure":
        return [one["Name"] for one in value]
    return [{n: part for n, part in one.items() if n in shape.member.members} for one in value]


def _is_asked(kind: OtherType, thing: Said, asked: Asked) -> bool:
    for parameter, member in kind.by.items():
        own = _arn(kind, thing, asked) if member == ARN else thing.get(member)
        if asked.params.get(parameter) not in (None, own):
            return False
    return True


def _arn(kind: OtherType, thing: Said, asked: Asked) -> str:
    if kind.arn:
        return str(thing[kind.arn])
    end = kind.form
    for name in kind.named:
        end = end.replace("*", thing[name], 1)
    account = asked.state.declared.account
    return str(Arn(account.partition, kind.prefix, asked.call.region, account.id, end))


def _absent(kind: OtherType) -> Refused:
    return Refused(kind.absent[0], "There is no policy.")


def _word(kind: OtherType) -> str:
    return kind.name.partition(":")[2]


def _tables() -> dict[str, Table]:
    found: dict[str, Table] = defaultdict(dict)
    readers: dict[tuple[str, str], tuple[OtherType, ...]] = {}
    for kind in OTHER_TYPES.values():
        found[kind.client][kind.lists] = _listing(kind)
        if kind.reads:
            key = (kind.client, kind.reads)
            readers[key] = (*readers.get(key, ()), kind)
    for (service, operation), kinds in readers.items():
        found[service][operation] = _reading(kinds)
    return dict(found)


_TABLES = _tables()
SERVICES = tuple(_TABLES)
