"""The values that say what differs."""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from idkeep.model import SubjectRef

Scalar: TypeAlias = bool | int | float | str | None


class Change(StrEnum):
    """`UNKNOWN`: it could be read before and cannot now. `KNOWN`: the contrary."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNKNOWN = "unknown"
    KNOWN = "known"


class Difference(Struct, frozen=True, kw_only=True):
    """One thing about a subject that is not what it was.

    `part` is the model's word for it (`access_keys`, `trust`, `tags`), "statement" for one of a
    policy, and within that the element (`Action`). `name` tells several apart: a policy's name, a
    key's slot, a statement's Sid. `before` and `after` are told where they are one value; times
    are ISO 8601 in UTC. `parts` are what differs within. `why` is the refused call.
    """

    change: Change
    part: str
    name: str = ""
    before: Scalar = None
    after: Scalar = None
    why: str = ""
    parts: tuple["Difference", ...] = ()


class SubjectDifference(Struct, frozen=True, kw_only=True):
    """A subject that appeared, vanished or changed, and what of it.

    Of one that appeared, `parts` are what it has; a part `id` says that it took the place of
    another of the same name. Where the other snapshot could not list all of the kind, it is
    `UNKNOWN` whether the subject vanished, and `KNOWN` instead of appeared.
    """

    change: Change
    subject: SubjectRef
    parts: tuple[Difference, ...] = ()


class Diff(Struct, frozen=True, kw_only=True):
    """`gaps` are the reads that fail now, and those that no longer do.

    `not_compared` are the families of facts that one of the snapshots was not asked to hold.
    """

    subjects: tuple[SubjectDifference, ...] = ()
    gaps: tuple[Difference, ...] = ()
    not_compared: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.subjects and not self.gaps
