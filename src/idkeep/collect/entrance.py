"""Into the accounts of an organisation, by a role that each of them has.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import Any

import boto3
from botocore.credentials import (
    CredentialProvider,
    CredentialResolver,
    Credentials,
    ReadOnlyCredentials,
)
from botocore.loaders import create_loader
from botocore.session import Session

from idkeep.collect import failures
from idkeep.collect.aws import Aws
from idkeep.collect.declare import Collector, Pages, fact
from idkeep.collect.failures import Ended, NotEntered
from idkeep.collect.times import utc
from idkeep.model import Gap

ENTER = "sts:AssumeRole"
# A session of a role that was entered from another role's session lasts an hour at the most; it is
# had anew while this much of it is left.
_LEFT = timedelta(minutes=5)
# Each session would read botocore's models anew: 300 accounts are 300 times thirty services.
_LOADER = create_loader()
_MAKING = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedRole:
    """The role in each account; `name` may begin with its path (`audit/idkeep`)."""

    name: str
    external_id: str = ""
    session_name: str = "idkeep"
    source_identity: str = ""

    def request(self, account: str, partition: str) -> dict[str, str]:
        said = {
            "RoleArn": f"arn:{partition}:iam::{account}:role/{self.name.lstrip('/')}",
            "RoleSessionName": self.session_name,
            "ExternalId": self.external_id,
            "SourceIdentity": self.source_identity,
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class _Keys:
    """Of a session; they stay in memory."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)
    ends: datetime


def _keys(pages: Pages) -> _Keys:
    [answer] = pages
    told: Mapping[str, Any] = answer["Credentials"]
    return _Keys(
        told["AccessKeyId"], told["SecretAccessKey"], told["SessionToken"], utc(told["Expiration"])
    )


_ENTER = Collector(service="sts", operation="AssumeRole", build=_keys)
_WITH_CODE = Collector(service="sts", operation="GetSessionToken", build=_keys)


@dataclass(slots=True)
class Entrance:
    """The caller's own credentials, and the role they may assume. Safe to use from several threads.

    `aws` asks with the caller's credentials.
    """

    aws: Aws
    role: AssumedRole
    partition: str
    now: Callable[[], datetime]
    _ended: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        # botocore's sessions make their clients one after the other.
        self.aws.operation(_ENTER.service, _ENTER.operation)

    @property
    def has_ended(self) -> bool:
        """Whether the caller's own credentials were refused as ended."""
        return self._ended.is_set()

    def enter(self, account: str) -> Aws:
        """AWS as the role in this account sees it. Raises `NotEntered`, `Ended`."""
        session = _Session(lambda: self._assume(account), self.now)
        return Aws(
            _session(session, self.aws),
            self.aws.region,
            self.aws.announce,
            profile=self.aws.profile,
            renew=session.renewed,
        )

    def own(self) -> Aws:
        """AWS as the caller's own credentials see it, in the caller's own account."""
        return Aws(self.aws.session, self.aws.region, self.aws.announce, profile=self.aws.profile)

    def close(self) -> None:
        self.aws.stop()
        self.aws.close()

    def _assume(self, account: str) -> _Keys:
        if self._ended.is_set():
            raise Ended
        params = self.role.request(account, self.partition)
        keys = fact(self.aws.read(_ENTER, params), _ENTER)
        if isinstance(keys, _Keys):
            return keys
        gap = keys or Gap(ENTER, "no answer")
        if failures.has_expired(gap):
            self._ended.set()
            raise Ended
        raise NotEntered(gap)


def with_code(aws: Aws, serial: str, code: str) -> Aws:
    """The caller's session with a code of an MFA device; a role may ask for one.

    It lasts twelve hours and cannot be had anew without another code. Raises `NotEntered`.
    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    """
    params = {"SerialNumber": serial, "TokenCode": code}
    keys = fact(aws.read(_WITH_CODE, params), _WITH_CODE)
    if not isinstance(keys, _Keys):
        raise NotEntered(keys or Gap(_WITH_CODE.action, "no answer"))
    given = Credentials(keys.access_key, keys.secret_key, keys.token, method="mfa")
    return Aws(_session(given, aws), aws.region, aws.announce, profile=aws.profile)


class _Session(Credentials):  # type: ignore[misc]
    """Of an assumed role: had anew before it ends, and when AWS says that it has ended."""

    def __init__(self, assume: Callable[[], _Keys], now: Callable[[], datetime]) -> None:
        self._assume = assume
        self._now = now
        self._changing = Lock()
        self._keys = assume()
        super().__init__(
            self._keys.access_key, self._keys.secret_key, self._keys.token, method="assume-role"
        )

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        with self._changing:
            if self._now() >= self._keys.ends - _LEFT:
                self._keys = self._assume()
            keys = self._keys
        return ReadOnlyCredentials(keys.access_key, keys.secret_key, keys.token)

    def renewed(self) -> bool:
        with self._changing:
            try:
                self._keys = self._assume()
            except (Ended, NotEntered):
                return False
            return True


class _Given(CredentialProvider):  # type: ignore[misc]
    METHOD = "idkeep"

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Credentials:
        return self._credentials


def _session(credentials: Credentials, like: Aws) -> boto3.Session:
    """A session with these credentials; endpoints, proxies and retries are the caller's."""
    core = Session(profile=like.profile)
    core.register_component("credential_provider", CredentialResolver([_Given(credentials)]))
    core.register_component("data_loader", _LOADER)
    with _MAKING:
        made = boto3.Session(botocore_session=core, region_name=like.region)
        # boto3 adds its own place to the loader each time.
        _LOADER.search_paths[:] = dict.fromkeys(_LOADER.search_paths)
    return made
