"""Counts of an account that no check gives: how old keys are, and what people sign in with."""

from collections import Counter
from collections.abc import Iterable, Iterator

from msgspec import Struct

from idkeep.model import MfaKind, Snapshot, Unread, User

# Days up to which a key counts for a group; the last group is of all that are older.
AGES = (30, 90, 180, 365)
KEY_AGES = ("up to 30 days", "31 to 90", "91 to 180", "181 to 365", "over a year", "unknown")
FACTORS = (
    "passkey or security key",
    "hardware token",
    "authenticator app",
    "device of unknown kind",
    "no second factor",
    "unknown",
)
_UNKNOWN = "unknown"


class Figures(Struct, frozen=True, kw_only=True):
    """`key_ages` counts active access keys of users and root by `KEY_AGES`.

    `factors` counts users who have a console password by their best second factor, by `FACTORS`.
    `unknown` counts users of whom it could not be read; nothing is left out but zeros.
    """

    key_ages: dict[str, int] = {}
    factors: dict[str, int] = {}


def figures(snapshot: Snapshot) -> Figures:
    return Figures(
        key_ages=_counted(_key_ages(snapshot), KEY_AGES),
        factors=_counted((_factor(one) for one in snapshot.users), FACTORS),
    )


def sum_of(every: Iterable[Figures]) -> Figures:
    """Of several accounts together."""
    ages: Counter[str] = Counter()
    factors: Counter[str] = Counter()
    for one in every:
        ages.update(one.key_ages)
        factors.update(one.factors)
    return Figures(
        key_ages={name: ages[name] for name in KEY_AGES if ages[name]},
        factors={name: factors[name] for name in FACTORS if factors[name]},
    )


def _counted(found: Iterable[str], names: Iterable[str]) -> dict[str, int]:
    count = Counter(found)
    return {name: count[name] for name in names if count[name]}


def _key_ages(snapshot: Snapshot) -> Iterator[str]:
    for keys in (snapshot.root.access_keys, *(one.access_keys for one in snapshot.users)):
        if isinstance(keys, Unread):
            yield _UNKNOWN
            continue
        for key in keys:
            if key.active:
                days = (snapshot.taken - key.rotated).days
                yield KEY_AGES[sum(days > most for most in AGES)]


def _factor(user: User) -> str:  # noqa: PLR0911 -- one line a factor, best first
    """Empty for who has no password."""
    if isinstance(user.password, Unread):
        return _UNKNOWN
    if user.password is None:
        return ""
    devices = () if isinstance(user.mfa_devices, Unread) else user.mfa_devices
    kinds = {one.kind for one in devices}
    has_app = not isinstance(user.virtual_mfa, Unread) and bool(user.virtual_mfa)
    if MfaKind.FIDO in kinds:
        return FACTORS[0]
    if MfaKind.HARDWARE in kinds:
        return FACTORS[1]
    if has_app or MfaKind.VIRTUAL in kinds:
        return FACTORS[2]
    if kinds or user.mfa_active is True:
        return FACTORS[3]
    if user.mfa_active is False:
        return FACTORS[4]
    return _UNKNOWN
