"""Resources of which nothing but the policy is read, of every type in `other_types`."""

from typing import Annotated

from msgspec import Struct

from idkeep.model.gap import ReadBy, Unlisted, Unread
from idkeep.model.other_type import OtherType
from idkeep.model.other_types import OTHER_TYPES
from idkeep.model.resources import Digest

_LISTS = tuple(dict.fromkeys(one.list_action for one in OTHER_TYPES.values()))
_READS = tuple(dict.fromkeys(one.read_action for one in OTHER_TYPES.values()))


class StandingPolicy(Struct, frozen=True, kw_only=True):
    """One of a resource's policies; `name` where a service gives it one, "" else."""

    name: str = ""
    policy: Digest


class OtherResource(Struct, frozen=True, kw_only=True):
    """A resource with a policy; `type` is one of `OTHER_TYPES`, as `backup:backupVault`.

    All of its policies count together; none is an empty tuple. `within_networks`: it answers only
    where it is attached to a network, whoever its policy lets in. `region` is "" for what lives in
    none.
    """

    type: str
    arn: str
    account: str
    region: str
    within_networks: Annotated[bool | Unread, ReadBy(*_READS)] = False
    policies: Annotated[tuple[StandingPolicy, ...] | Unread, ReadBy(*_READS)]

    @property
    def known_type(self) -> OtherType | None:
        """None for one that another version of idkeep knows."""
        return OTHER_TYPES.get(self.type)

    @property
    def told_by(self) -> str:
        """The action that told its policies."""
        return self.known_type.read_action if self.known_type else ""

    @property
    def services(self) -> tuple[str, ...]:
        """Prefixes of the actions that its policies may speak of."""
        return self.known_type.services if self.known_type else (self.type.partition(":")[0],)


class MoreResources(Struct, frozen=True, kw_only=True, tag=True):
    """What the account has of them in every region."""

    others: Annotated[tuple[OtherResource, ...], ReadBy(*_LISTS)] = ()
    unlisted: tuple[Unlisted, ...] = ()

    def missing(self, kind: OtherType) -> tuple[Unread, ...]:
        """Why resources of the type may be missing; empty where the list is whole."""
        foreign = {*_LISTS} - {kind.list_action}
        return tuple(
            one.gap for one in self.unlisted if getattr(one.gap, "action", "") not in foreign
        )
