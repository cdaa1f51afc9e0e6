"""What could not be read, and which AWS action gives which fact."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

from msgspec import Struct

from idkeep.model.facts import Family

# AWS's error codes where the credentials have ended, and where a policy refuses the call.
EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "UnauthorizedOperation",
        "NotAuthorized",
    }
)


class Gap(Struct, frozen=True, tag=True):
    """A fact that could not be read, standing in its place.

    `action` is the IAM action that the read needs, as `iam:GetAccountSummary`; `error` is AWS's
    error code, or a few words where the answer did not come from AWS or lacked the fact;
    `detail` is what AWS says of a refusal, which may name the policy that denies; `region` is
    where it was asked, "" for what lives in none. `elsewhere`: AWS tells it only to the account
    that manages it, so what needs it is unknown here, but the scan is not incomplete for it.
    `unsaved`: it is not among the saved answers that were read, where AWS may have told it.
    """

    action: str
    error: str
    detail: str = ""
    region: str = ""
    elsewhere: bool = False
    unsaved: bool = False

    def __str__(self) -> str:
        where = f" in {self.region}" if self.region else ""
        return f"{self.action}{where}: {self.error}"


class NotAsked(Struct, frozen=True, tag=True):
    """A fact of a family that the scan was not asked to read.

    What needs it is unknown, but the scan is not incomplete for it.
    """

    family: Family

    def __str__(self) -> str:
        return f"not read: --facts {self.family}"


Unread: TypeAlias = Gap | NotAsked


class Unlisted(Struct, frozen=True):
    """Things of `kind` (a class name of the model) may be missing from the snapshot."""

    kind: str
    gap: Unread


@dataclass(frozen=True, slots=True, init=False)
class ReadBy:
    """Marks a field of the model with the IAM action whose answer gives it.

    Where it hangs on the subject which of several does, it has them all, and the subject's
    `told_by` names its own.
    """

    actions: tuple[str, ...]

    def __init__(self, *actions: str) -> None:
        object.__setattr__(self, "actions", actions)

    @property
    def action(self) -> str:
        return self.actions[0]


def read_by(kind: type[object], field: str) -> str:
    """The action that gives `field` of `kind`, or the first; "" for a field that is not marked.

    A dot leads on into what a field holds: `regions.detectors` of `Services`.
    """
    return next(iter(all_read_by(kind, field)), "")


def all_read_by(kind: type[object], field: str) -> tuple[str, ...]:
    """Every action that may give it; most facts have one."""
    first, _, rest = field.partition(".")
    hint = _hints(kind)[first]
    if rest:
        name = rest.partition(".")[0]
        inner = next(one for one in _kinds(hint) if name in one.__struct_fields__)
        return all_read_by(inner, rest) or all_read_by(kind, first)
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((mark.actions for mark in marks if isinstance(mark, ReadBy)), ())


def gave(subject: Struct, actions: tuple[str, ...]) -> tuple[str, ...]:
    """Of the actions that may give a fact, those that gave it to this subject."""
    own = getattr(subject, "told_by", "")
    return (own,) if own in actions else actions


def _kinds(hint: object) -> Iterator[type[Struct]]:
    """The kinds of the model in a type."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield hint
    for one in get_args(hint):
        yield from _kinds(one)


def _hints(kind: type[object]) -> dict[str, Any]:
    if kind not in _HINTS:
        _HINTS[kind] = get_type_hints(kind, include_extras=True)
    return _HINTS[kind]


# Of each class of the model; to look them up is slow, and every check of every account asks.
_HINTS: dict[type[object], dict[str, Any]] = {}
