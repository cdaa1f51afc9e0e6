"""Checks that differ by the place they look at only, told together.

What one policy allows is asked of managed policies and of those of users, groups and roles: four
checks, one matter for whoever reads of it. So are the alarms that nobody set up, the plans of a
service that are off, and the services that nobody administers.
"""

import re
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

_ID = re.compile(r"-in-(managed|user|group|role)-policy$")
_TITLE = re.compile(
    r"^(A managed policy of the account|An inline policy of an? (user|group|role)) "
)

# By what the ids begin with: the title of several together.
_BEGINNINGS = {
    "nobody-told-of": "Nobody is told of what should be news.",
    "guardduty-without": "A protection plan of GuardDuty is off.",
    "nobody-administers": "Nobody administers a security service for the organisation.",
}


class _Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...


C = TypeVar("C", bound=_Named)


class Family(Struct, Generic[C], frozen=True, kw_only=True):
    """Checks of one matter in their order; `id` is what their ids have in common."""

    id: str
    title: str
    checks: tuple[C, ...]


def families(checks: Iterable[C]) -> tuple[Family[C], ...]:
    """In the order of the first of each; a check that has no kin is a family of its own."""
    found: dict[str, list[C]] = {}
    for check in checks:
        found.setdefault(family_id(check.id), []).append(check)
    return tuple(
        Family(
            id=ident if len(some) > 1 else some[0].id,
            title=_title(ident, some[0].title) if len(some) > 1 else some[0].title,
            checks=tuple(some),
        )
        for ident, some in found.items()
    )


def family_id(check: str) -> str:
    found = (one for one in _BEGINNINGS if check.startswith(f"{one}-"))
    return next(found, None) or _ID.sub("", check)


def _title(family: str, title: str) -> str:
    return _BEGINNINGS.get(family) or _TITLE.sub("A policy ", title)
