"""An account as the server holds it: moto's backends, and beside them what moto has no place for.

All times are naive UTC, as moto keeps its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from idkeep.demo.declared.account import AccountEstate, Report


@dataclass
class RootKey:
    active: bool
    created: datetime
    last_used: datetime | None
    region: str
    service: str


@dataclass
class RootUser:
    """The root user; moto has none. `devices`: serial numbers."""

    arn: str
    user_id: str
    created: datetime
    password: bool
    password_last_used: datetime | None
    keys: tuple[RootKey, ...]
    devices: tuple[str, ...] = ()

    @property
    def mfa(self) -> bool:
        return bool(self.devices)


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
    """Everything that an overlay may ask of one account. `iam` is moto's backend."""

    declared: AccountEstate
    clock: Callable[[], datetime]
    began: datetime
    iam: Any
    root: RootUser
    credentials: Credentials
    # Facts of users and roles that moto's classes cannot hold, by unique id.
    password_changed: dict[str, datetime] = field(default_factory=dict)
    boundaries: dict[str, str] = field(default_factory=dict)
    service_credentials: list[dict[str, Any]] = field(default_factory=list)
    # Jobs of service-last-accessed by id: when they were asked for and about whom.
    jobs: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    # Services that moto was told their declared calls of.
    made: set[str] = field(default_factory=set)

    @property
    def account(self) -> str:
        return self.declared.account.id

    @property
    def partition(self) -> str:
        return self.declared.account.partition
