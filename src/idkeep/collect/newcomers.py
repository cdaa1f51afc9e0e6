"""Users younger than the credential report: their credentials one user at a time, live.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html and
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.mfa import MFA_DEVICES
from idkeep.collect.times import maybe_utc, utc
from idkeep.model import (
    AccessKey,
    CertificateSlot,
    Gap,
    IdentifiedKey,
    MfaDevice,
    Password,
    SigningCertificate,
    Unread,
)

# A credential in a state that is not known may still be good for something.
_ENDED = frozenset({"Inactive", "Expired"})
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html
_NONE = "N/A"


def _login(pages: Pages) -> datetime:
    """When the password was set: the profile is made with it, and keeps that time."""
    [answer] = pages
    return utc(answer["LoginProfile"]["CreateDate"])


LOGIN_PROFILE = Collector(
    service="iam",
    operation="GetLoginProfile",
    build=_login,
    absent=frozenset({"NoSuchEntity", "NoSuchEntityException"}),
)


def _password_used(pages: Pages) -> tuple[datetime | None]:
    """In a tuple: None is that AWS has no use on record."""
    [answer] = pages
    return (maybe_utc(answer["User"].get("PasswordLastUsed")),)


USER = Collector(service="iam", operation="GetUser", build=_password_used)


def _keys(pages: Pages) -> tuple[IdentifiedKey, ...]:
    return tuple(
        IdentifiedKey(id=one["AccessKeyId"], status=one["Status"], created=utc(one["CreateDate"]))
        for page in pages
        for one in page["AccessKeyMetadata"]
    )


ACCESS_KEYS = Collector(service="iam", operation="ListAccessKeys", build=_keys)


def _last_used(pages: Pages) -> Mapping[str, object]:
    [answer] = pages
    told: Answer = answer["AccessKeyLastUsed"]
    return {
        "last_used": maybe_utc(told.get("LastUsedDate")),
        "last_used_service": _word(told["ServiceName"]),
        "last_used_region": _word(told["Region"]),
    }


def _word(told: str) -> str | None:
    return None if told == _NONE else told


KEY_LAST_USED = Collector(service="iam", operation="GetAccessKeyLastUsed", build=_last_used)


def _certificates(pages: Pages) -> tuple[SigningCertificate, ...]:
    """The certificates themselves stay with AWS."""
    return tuple(
        SigningCertificate(
            id=one["CertificateId"],
            status=one["Status"],
            uploaded=maybe_utc(one.get("UploadDate")),
        )
        for page in pages
        for one in page["Certificates"]
    )


SIGNING_CERTIFICATES = Collector(
    service="iam", operation="ListSigningCertificates", build=_certificates
)

COLLECTORS: tuple[AnyCollector, ...] = (
    MFA_DEVICES,
    LOGIN_PROFILE,
    USER,
    ACCESS_KEYS,
    KEY_LAST_USED,
    SIGNING_CERTIFICATES,
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What the report would tell of a user, had it known the user."""

    password: Password | Unread | None
    devices: tuple[MfaDevice, ...] | Unread
    keys: tuple[AccessKey, ...] | Unread
    certificates: tuple[CertificateSlot, ...] | Unread


def newcomer(ask: Ask, user: str) -> Newcomer:
    return Newcomer(
        password=_password(ask, user),
        devices=ask.sure(MFA_DEVICES, UserName=user),
        keys=_access_keys(ask, user),
        certificates=_slots(ask, user),
    )


def identified_keys(ask: Ask, user: str) -> tuple[IdentifiedKey, ...] | Gap:
    """A user's keys by their ids, oldest first, each with its last use."""
    keys = ask.sure(ACCESS_KEYS, UserName=user)
    if isinstance(keys, Gap):
        return keys
    found = []
    for key in sorted(keys, key=lambda one: (one.created, one.id)):
        used = ask.sure(KEY_LAST_USED, AccessKeyId=key.id)
        if isinstance(used, Gap):
            return used
        found.append(replace(key, **used))
    return tuple(found)


def _password(ask: Ask, user: str) -> Password | Gap | None:
    changed = ask(LOGIN_PROFILE, UserName=user)
    if not isinstance(changed, datetime):
        return changed
    used = ask.sure(USER, UserName=user)
    return used if isinstance(used, Gap) else Password(changed=changed, last_used=used[0])


def _access_keys(ask: Ask, user: str) -> tuple[AccessKey, ...] | Gap:
    keys = identified_keys(ask, user)
    if isinstance(keys, Gap):
        return keys
    return tuple(
        AccessKey(
            slot=slot,
            active=key.status not in _ENDED,
            rotated=key.created,
            last_used=key.last_used,
            last_used_service=key.last_used_service,
            last_used_region=key.last_used_region,
        )
        for slot, key in enumerate(keys, start=1)
    )


def _slots(ask: Ask, user: str) -> tuple[CertificateSlot, ...] | Gap:
    found = ask.sure(SIGNING_CERTIFICATES, UserName=user)
    if isinstance(found, Gap):
        return found
    return tuple(
        CertificateSlot(slot=slot, active=one.status not in _ENDED, rotated=one.uploaded)
        for slot, one in enumerate(found, start=1)
    )
