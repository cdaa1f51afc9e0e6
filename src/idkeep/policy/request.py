"""A request and the policies that speak of it: what the evaluator takes."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from idkeep.model import Arn
from idkeep.policy.buckets import Bucket
from idkeep.policy.context import Context
from idkeep.policy.document import Policy
from idkeep.policy.grants import Grant
from idkeep.policy.requester import Requester


class Actions(Protocol):
    """A set of actions, as `Catalog.facts.rcps`."""

    def __contains__(self, action: str, /) -> bool: ...


class Request(Struct, frozen=True, kw_only=True):
    """Who asks to do what to what.

    `resource` is an ARN, or "*" for an action on no resource in particular. `resource_account` is
    needed where the ARN has none (S3); without it the resource is the requester's own.
    """

    principal: Requester
    action: str
    resource: str
    resource_account: str = ""
    context: Context = Context()

    @property
    def arn(self) -> Arn | None:
        """The resource's; None for what is no ARN, as "*"."""
        return _arn(self.resource)

    def strict(self) -> "Request":
        """The same request with every unknown key absent: what holds without any promise."""
        return replace(self, context=self.context.strict())


# Every rule about whose or what a resource is reads the same ARN.
@lru_cache(maxsize=4096)
def _arn(resource: str) -> Arn | None:
    try:
        return Arn.parse(resource)
    except ValueError:
        return None


class Level(Struct, frozen=True, kw_only=True):
    """An organisation's root, OU or account, and the policies of one kind attached to it."""

    target: str
    policies: tuple[Policy, ...]


class Policies(Struct, frozen=True, kw_only=True):
    """The policies that speak of a request. None is a layer that is not there.

    `identity` holds the user's, its groups' or the role's policies. `session` policies together
    make one limit. `scp` and `rcp` go from the organisation's root down to the account; None is
    an account in no organisation. `management_account`: the requester's account manages it.
    `grants` are those of the KMS key that is asked for, `bucket` the settings of the S3 bucket.
    """

    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] | None = None
    resource: tuple[Policy, ...] | None = None
    scp: tuple[Level, ...] | None = None
    rcp: tuple[Level, ...] | None = None
    endpoint: tuple[Policy, ...] | None = None
    management_account: bool = False
    grants: tuple[Grant, ...] = ()
    bucket: Bucket | None = None

    def every(self) -> Iterator[Policy]:
        """Every document, but for the grants."""
        yield from self.identity
        if self.boundary:
            yield self.boundary
        for several in (self.session, self.resource, self.endpoint):
            yield from several or ()
        for level in (*(self.scp or ()), *(self.rcp or ())):
            yield from level.policies

    def texts(self) -> Iterator[str]:
        return (policy.text for policy in self.every())
