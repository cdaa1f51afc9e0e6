"""The state of one account at one instant."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, TypeAlias, TypeVar

from msgspec import Struct

from idkeep.model.account import Account
from idkeep.model.center import IdentityCenter
from idkeep.model.facts import Family
from idkeep.model.federation import Providers, ServerCertificate
from idkeep.model.gap import Gap, NotAsked, ReadBy, Unlisted, Unread
from idkeep.model.logging import Logging
from idkeep.model.organization import Organization
from idkeep.model.other_resources import MoreResources
from idkeep.model.partitions import home
from idkeep.model.principals import Group, InstanceProfile, ManagedPolicy, Role, Root, User
from idkeep.model.resources import Resources
from idkeep.model.services import Services
from idkeep.model.subjects import subjects_of

FORMAT = 2

# `gaps` is made of the others; what a call cost and what a text says is never unread.
_NOT_FACTS = frozenset({"documents", "gaps", "calls", "told_elsewhere"})

Subject: TypeAlias = Struct
"""A thing that checks judge: a kind of `PLACES`."""
S = TypeVar("S", bound=Subject)


class Call(Struct, frozen=True, kw_only=True):
    """How often an operation was asked; `requests` counts the retries too."""

    action: str
    calls: int
    requests: int


class ToldElsewhere(Struct, frozen=True, kw_only=True):
    """What `action` tells was told by the answer of another account, at the time `taken`.

    `by` is the action that was asked there. `mixed`: in some regions `action` was asked after all.
    """

    action: str
    by: str
    account: str
    taken: datetime
    mixed: bool = False


class Snapshot(Struct, frozen=True, kw_only=True):
    """One account. `taken` is the clock of every rule, so a stored one answers the same for ever.

    `documents` holds each policy text once, as AWS returned it, by its SHA-256 in hex.
    `gaps` names everything that could not be read, once. `region` is where AWS was asked, ""
    for saved answers. Times are UTC.
    """

    format: int = FORMAT
    taken: datetime
    region: str
    account: Account
    root: Root
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    roles: tuple[Role, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    instance_profiles: Annotated[
        tuple[InstanceProfile, ...] | Unread, ReadBy("iam:ListInstanceProfiles")
    ] = NotAsked(Family.IDENTITY)
    providers: Providers = Providers()
    server_certificates: Annotated[
        tuple[ServerCertificate, ...] | Unread, ReadBy("iam:ListServerCertificates")
    ] = NotAsked(Family.IDENTITY)
    organization: Annotated[
        Organization | Unread | None, ReadBy("organizations:DescribeOrganization")
    ] = NotAsked(Family.ORGANIZATION)
    center: Annotated[IdentityCenter | Unread, ReadBy("sso:ListInstances")] = NotAsked(
        Family.CENTER
    )
    logging: Annotated[Logging | Unread, ReadBy("cloudtrail:DescribeTrails")] = NotAsked(
        Family.LOGGING
    )
    services: Annotated[Services | Unread, ReadBy("account:ListRegions")] = NotAsked(
        Family.SERVICES
    )
    resources: Resources | Unread = NotAsked(Family.RESOURCES)
    more_resources: MoreResources | Unread = NotAsked(Family.MORE_RESOURCES)
    documents: dict[str, str] = {}
    credential_report_generated: datetime | None = None
    unlisted: tuple[Unlisted, ...] = ()
    gaps: tuple[Gap, ...] = ()
    calls: tuple[Call, ...] = ()
    told_elsewhere: tuple[ToldElsewhere, ...] = ()

    @property
    def some_region(self) -> str:
        """Where AWS was asked; of saved answers, where the partition is at home."""
        return self.region or home(self.account.partition)

    def of(self, kind: type[S]) -> Iterator[S]:
        """Every subject of a kind that was read. Raises `KeyError` for a kind of none."""
        return iter(subjects_of(self, kind)[0])

    def missing(self, kind: type[Subject]) -> tuple[Unread, ...]:
        """Why subjects of `kind` may be missing; empty where the list is whole."""
        return subjects_of(self, kind)[1]

    def unread(self) -> Iterator[Gap]:
        """Every gap in the place of a fact or of a subject; the same one may come often.

        What was not asked for is none, nor what AWS tells another account alone.
        """
        for name in self.__struct_fields__:
            if name not in _NOT_FACTS:
                yield from _gaps(getattr(self, name))

    def as_of(self, action: str) -> datetime:
        """When the facts that `action` gives were true: the credential report may be hours old."""
        if instead := self._elsewhere(action):
            return instead.taken
        if action == "iam:GetCredentialReport" and self.credential_report_generated:
            return self.credential_report_generated
        return self.taken

    def source(self, action: str) -> str:
        """The action that gave what `action` gives, and where, if another account was asked."""
        instead = self._elsewhere(action)
        if instead is None:
            return action
        elsewhere = f"{instead.by} in {instead.account}"
        return f"{elsewhere}, {action}" if instead.mixed else elsewhere

    def _elsewhere(self, action: str) -> ToldElsewhere | None:
        return next((one for one in self.told_elsewhere if one.action == action), None)


def _gaps(value: object) -> Iterator[Gap]:
    """Those in a value, however deep they stand."""
    if isinstance(value, Gap):
        if not value.elsewhere:
            yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _gaps(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _gaps(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _gaps(one)
