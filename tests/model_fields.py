"""Every field of the model that can hold text, found by its type."""

import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from idkeep.model import Snapshot


def text_fields() -> frozenset[str]:
    """As `User.name`: of `Snapshot` and of all that may stand in one."""
    seen: set[type[Struct]] = set()
    found: set[str] = set()
    todo: list[type[Struct]] = [Snapshot]
    while todo:
        kind = todo.pop()
        if kind in seen:
            continue
        seen.add(kind)
        hints = get_type_hints(kind)
        for name in kind.__struct_fields__:
            leaves = set(_leaves(hints[name]))
            todo += [leaf for leaf in leaves if issubclass(leaf, Struct)]
            if any(issubclass(leaf, str | bytes) and not issubclass(leaf, Enum) for leaf in leaves):
                found.add(f"{kind.__name__}.{name}")
    return frozenset(found)


def _leaves(hint: Any) -> Iterator[type]:
    origin = get_origin(hint)
    if origin is Annotated:
        yield from _leaves(get_args(hint)[0])
    elif origin is Literal or hint is Ellipsis:
        return
    elif origin in (Union, types.UnionType) or origin is not None:
        for one in get_args(hint):
            yield from _leaves(one)
    elif isinstance(hint, type):
        yield hint
    else:
        raise TypeError(f"what is {hint}?")
