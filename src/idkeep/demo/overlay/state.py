"""The account as the server holds it: moto's backends, and beside them what moto has no place for.

All times are naive UTC, as moto keeps its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from idkeep.demo.estate import Contact, Report
from idkeep.demo.faults import Faults


@dataclass
class RootKey:
    active: bool
    created: datetime
    last_used: datetime | None
    region: str
    service: str


@dataclass
class RootUser:
    """The root user; moto has none."""

    arn: str
    user_id: str
    created: datetime
    password: bool
    password_last_used: datetime | None
    mfa: bool
    keys: tuple[RootKey, ...]


@dataclass
class Credentials:
    """The credential report as it lies at AWS: made when, saying what, ready after how many polls.

    `made` None: there is none.
    """

    declared: Report
    made: datetime | None = None
    content: str = ""
    polls_left: int = 0


@dataclass
class AccountState:
    """Everything that an overlay may ask. `iam`, `sts` and `contacts` are moto's backends."""

    account: str
    partition: str
    clock: Callable[[], datetime]
    iam: Any
    sts: Any
    root: RootUser
    contact: Contact | None
    credentials: Credentials
    root_mfa_serial: str | None = None
    # Facts of users that moto's class cannot hold, by unique id.
    password_changed: dict[str, datetime] = field(default_factory=dict)
    boundaries: dict[str, str] = field(default_factory=dict)
    identities: dict[str, tuple[str, str]] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def knows(self, access_key: str) -> bool:
        """Whether a key that AWS would accept: made here, and not switched off."""
        key = self.iam.access_keys.get(access_key)
        return key is not None and key.status == "Active"

    def arn_of(self, access_key: str) -> str:
        """Who a key made at this server speaks for."""
        _, arn, _ = self.sts.get_caller_identity(access_key, self.iam.region_name)
        return str(arn)
