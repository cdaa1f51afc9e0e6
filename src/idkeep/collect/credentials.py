"""Credentials that only a call for each user tells: key ids, SSH keys, signing certificates.

And the devices of those who have an authenticator app: what else they have no listing tells.
Users who the credential report says have none are not asked for. Source:
https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html
"""

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.identity import Identity
from idkeep.collect.mfa import MFA_DEVICES
from idkeep.collect.newcomers import (
    ACCESS_KEYS,
    KEY_LAST_USED,
    SIGNING_CERTIFICATES,
    identified_keys,
)
from idkeep.collect.times import utc
from idkeep.model import IdentifiedKey, MfaDevice, SigningCertificate, SshKey, Unread, User


def _ssh(pages: Pages) -> tuple[SshKey, ...]:
    return tuple(
        SshKey(id=one["SSHPublicKeyId"], status=one["Status"], uploaded=utc(one["UploadDate"]))
        for page in pages
        for one in page["SSHPublicKeys"]
    )


SSH_KEYS = Collector(service="iam", operation="ListSSHPublicKeys", build=_ssh)


COLLECTORS: tuple[AnyCollector, ...] = (
    ACCESS_KEYS,
    KEY_LAST_USED,
    SSH_KEYS,
    SIGNING_CERTIFICATES,
    MFA_DEVICES,
)


def add(ask: Ask, known: Identity) -> Identity:
    """The users with their credentials by id."""
    users = ask.each(known.users, lambda user: _with_credentials(ask, user))
    return replace(
        known,
        users=tuple(
            found if isinstance(found, User) else _without(user, found)
            for user, found in zip(known.users, users, strict=True)
        ),
    )


def _with_credentials(ask: Ask, user: User) -> User:
    return replace(
        user,
        identified_keys=_keys(ask, user),
        ssh_keys=ask.sure(SSH_KEYS, UserName=user.name),
        signing_certificates=_signing(ask, user),
        mfa_devices=_devices(ask, user),
    )


def _keys(ask: Ask, user: User) -> tuple[IdentifiedKey, ...] | Unread:
    return () if user.access_keys == () else identified_keys(ask, user.name)


def _signing(ask: Ask, user: User) -> tuple[SigningCertificate, ...] | Unread:
    if user.certificates == ():
        return ()
    return ask.sure(SIGNING_CERTIFICATES, UserName=user.name)


def _devices(ask: Ask, user: User) -> tuple[MfaDevice, ...] | Unread:
    """Whoever has no app is known whole already."""
    if not isinstance(user.virtual_mfa, tuple) or not user.virtual_mfa:
        return user.mfa_devices
    return ask.sure(MFA_DEVICES, UserName=user.name)


def _without(user: User, why: Unread) -> User:
    return replace(user, identified_keys=why, ssh_keys=why, signing_certificates=why)
