"""The request context: what AWS knows of a request beside its principal, action and resource.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
"""

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from functools import lru_cache
from typing import Final, Literal, TypeAlias


class NotKnown(Enum):
    """The one value of a key that the asker cannot tell: it may be absent too."""

    NOT_KNOWN = "not known"


NOT_KNOWN: Final = NotKnown.NOT_KNOWN
Given: TypeAlias = "str | Iterable[str]"


class Context:
    """Values by key, whose names have no case, tag keys included.

    A key that is neither given nor named in `unknown` is absent. `unknown="*"` says so of every
    key not given. A key given with no values is present and empty, which conditions read as absent.
    Two names that differ by case alone are one key with the values of both.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    ("Context key names are not case-sensitive").
    """

    __slots__ = ("_unknown", "_values")

    def __init__(
        self, values: Mapping[str, Given] | None = None, unknown: Iterable[str] | Literal["*"] = ()
    ) -> None:
        self._values = _by_name(values) if values else {}
        names = (unknown,) if isinstance(unknown, str) else unknown
        self._unknown: frozenset[str] | Literal["*"] = (
            "*" if unknown == "*" else frozenset(key.lower() for key in names)
        )

    def get(self, key: str) -> tuple[str, ...] | NotKnown:
        """The key's values; empty where it is absent."""
        name = key.lower()
        values = self._values.get(name)
        if values is not None:
            return values
        if self._unknown == "*" or name in self._unknown:
            return NOT_KNOWN
        return ()

    def told(self, values: Mapping[str, Given]) -> "Context":
        """The same context knowing more: each key named here is known from now, () is absent."""
        return self._with(_by_name(values))

    def completed(self, values: Mapping[str, Given]) -> "Context":
        """The same context with these keys where it lacks them.

        A key that `unknown` names stays unknown; `unknown="*"` names none of them.
        """
        named = () if self._unknown == "*" else self._unknown
        lacking = {
            name: given
            for name, given in _by_name(values).items()
            if not self._values.get(name) and name not in named
        }
        return self._with(lacking) if lacking else self

    def without(self, is_hidden: Callable[[str], bool]) -> "Context":
        """The same context with some keys absent, which are named in lower case."""
        kept = {key: given for key, given in self._values.items() if not is_hidden(key)}
        unknown = self._unknown
        if unknown != "*":
            unknown = frozenset(key for key in unknown if not is_hidden(key))
        return Context(kept, unknown)

    @property
    def given(self) -> tuple[str, ...]:
        """The keys with a value, in lower case."""
        return tuple(key for key, values in self._values.items() if values)

    @property
    def mentioned(self) -> frozenset[str]:
        """The keys that were told, as absent too, or named as unknown; in lower case."""
        named = frozenset[str]() if self._unknown == "*" else self._unknown
        return named.union(self._values)

    @property
    def unknown(self) -> frozenset[str] | Literal["*"]:
        """The keys named as unknown, in lower case; "*" for every key not given."""
        return self._unknown

    def given_under(self, head: str) -> tuple[str, ...]:
        """The keys with a value whose lower-case names begin so."""
        return tuple(key for key in self.given if key.startswith(head))

    def may_hold(self, head: str) -> bool:
        """Whether a key whose lower-case name begins so may be there, unknown to the asker."""
        return self._unknown == "*" or any(key.startswith(head) for key in self._unknown)

    def doubting(self, key: str) -> "Context":
        """The same context with one key more that is unknown."""
        if self._unknown == "*":
            return self
        return Context(self._values, {*self._unknown, key})

    def strict(self) -> "Context":
        """The same context with every unknown key absent."""
        return Context(self._values)

    def _with(self, more: dict[str, tuple[str, ...]]) -> "Context":
        """`more` goes before what is known."""
        made = Context.__new__(Context)
        made._values = {**self._values, **more}  # noqa: SLF001 -- of this class
        made._unknown = self._unknown  # noqa: SLF001 -- of this class
        return made

    def __repr__(self) -> str:
        return f"Context({self._values!r}, unknown={self._unknown!r})"


@lru_cache(maxsize=4096)
def _lowered(key: str) -> str:
    """The same text for the same key: thousands of contexts have it."""
    return key.lower()


def _by_name(values: Mapping[str, Given]) -> dict[str, tuple[str, ...]]:
    """Values by the key's name in lower case."""
    found: dict[str, tuple[str, ...]] = {}
    for key, given in values.items():
        several = (given,) if isinstance(given, str) else tuple(given)
        name = _lowered(key)
        found[name] = (*found[name], *several) if name in found else several
    return found
