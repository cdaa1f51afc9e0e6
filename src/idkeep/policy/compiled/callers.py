"""What an estate is compiled from: who may ask, and what for."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from idkeep.policy.buckets import Bucket
from idkeep.policy.context import Context, Given
from idkeep.policy.document import Policy
from idkeep.policy.grants import Grant
from idkeep.policy.request import Level, Policies, Request
from idkeep.policy.requester import Requester


class Caller(Struct, frozen=True, kw_only=True, eq=False):
    """A principal with its own policies; layers are as in `Policies`.

    `keys` are context keys that every request of its carries, such as `aws:PrincipalTag/team` and
    `aws:PrincipalOrgID`; a request that gives or questions one of them goes before.
    """

    requester: Requester
    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: tuple[Policy, ...] | None = None
    scp: tuple[Level, ...] | None = None
    management_account: bool = False
    keys: Mapping[str, Given] = {}

    @property
    def name(self) -> str:
        return self.requester.name

    def documents(self) -> Iterator[Policy]:
        """Every policy of its own and of its account's."""
        yield from self.identity
        if self.boundary:
            yield self.boundary
        yield from self.session or ()
        for level in self.scp or ():
            yield from level.policies


class Target(Struct, frozen=True, kw_only=True, eq=False):
    """A resource with the policies that stand on it; None is a layer that is not there.

    `account` is needed where the ARN has none. `rcp` are those of the resource's account.
    """

    arn: str
    account: str = ""
    policies: tuple[Policy, ...] | None = None
    rcp: tuple[Level, ...] | None = None
    grants: tuple[Grant, ...] = ()
    bucket: Bucket | None = None


class Question(Struct, frozen=True, kw_only=True, eq=False):
    """What is asked of many callers at once.

    `resource` is the ARN that is asked for, the target's own or one within it (an object of a
    bucket). `endpoint` are the policies of the VPC endpoint that the request comes through.
    """

    action: str
    resource: str
    target: Target
    context: Context
    endpoint: tuple[Policy, ...] | None = None


def request_of(caller: Caller, asked: Question) -> Request:
    """The caller's own request, for `evaluate`."""
    return Request(
        principal=caller.requester,
        action=asked.action,
        resource=asked.resource,
        resource_account=asked.target.account,
        context=asked.context.completed(caller.keys) if caller.keys else asked.context,
    )


def policies_of(caller: Caller, asked: Question) -> Policies:
    """Every policy that speaks of it, for `evaluate`."""
    target = asked.target
    return Policies(
        identity=caller.identity,
        boundary=caller.boundary,
        session=caller.session,
        resource=target.policies,
        scp=caller.scp,
        rcp=target.rcp,
        endpoint=asked.endpoint,
        management_account=caller.management_account,
        grants=target.grants,
        bucket=target.bucket,
    )
