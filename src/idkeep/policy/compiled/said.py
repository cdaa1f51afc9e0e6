"""What each layer says of many requests at once, and what all say together.

Lane for lane the rules of `idkeep.policy.evaluate`, in the same words and order; where one of these
functions and its namesake there differ, that one is right.
"""

from collections.abc import Iterable

from msgspec import Struct

from idkeep.policy.compiled.lanes import (
    NOWHERE,
    Lanes,
    both,
    either,
    negated,
    same,
    within,
)
from idkeep.policy.evaluate import SOURCE_IDENTITY, needs_resource_policy
from idkeep.policy.expression import Truth
from idkeep.policy.layers import Layers
from idkeep.policy.principal_match import Reach
from idkeep.policy.requester import RequesterKind


class Said(Struct):
    """One layer: where it denies, and where it allows by each reach. `there`: who has the layer."""

    there: int
    denied: Lanes = NOWHERE
    direct: Lanes = NOWHERE
    entity: Lanes = NOWHERE
    account: Lanes = NOWHERE

    @property
    def allowed(self) -> Lanes:
        return either(either(self.direct, self.entity), self.account)

    @property
    def reached(self) -> tuple[tuple[Reach, Lanes], ...]:
        return (
            (Reach.DIRECT, self.direct),
            (Reach.ENTITY, self.entity),
            (Reach.ACCOUNT, self.account),
        )

    def at(self, lane: int) -> "Said":
        """What it says in this lane, as the first of one."""
        denied, direct, entity, account = (
            Lanes(one.yes >> lane & 1, one.open >> lane & 1)
            for one in (self.denied, self.direct, self.entity, self.account)
        )
        return Said(self.there >> lane & 1, denied, direct, entity, account)

    def limit(self, everywhere: int) -> Lanes:
        """True where the layer is absent."""
        return either(within(self.allowed, self.there), Lanes(everywhere & ~self.there))

    def deny(self, where: Lanes) -> None:
        self.denied = either(self.denied, where)

    def allow(self, reach: Reach, where: Lanes) -> None:
        if reach is Reach.DIRECT:
            self.direct = either(self.direct, where)
        elif reach is Reach.ENTITY:
            self.entity = either(self.entity, where)
        else:
            self.account = either(self.account, where)

    def only_if(self, truth: Truth, everywhere: int) -> "Said":
        """Its allows hold only where `truth` does."""
        held = same(truth, everywhere)
        direct, entity, account = (
            both(held, one) for one in (self.direct, self.entity, self.account)
        )
        return Said(self.there, self.denied, direct, entity, account)


class AllSaid(Struct, kw_only=True):
    """Every layer. `rcp` limit by denials alone; `own_grants` are the account's own of a key."""

    scp: list[Said]
    rcp: list[Said]
    endpoint: Said
    resource: Said
    identity: Said
    boundary: Said
    session: Said
    own_grants: Lanes = NOWHERE

    def at(self, lane: int) -> "AllSaid":
        """What all say in this lane, as the first of one."""
        own = self.own_grants
        return AllSaid(
            scp=[one.at(lane) for one in self.scp],
            rcp=[one.at(lane) for one in self.rcp],
            endpoint=self.endpoint.at(lane),
            resource=self.resource.at(lane),
            identity=self.identity.at(lane),
            boundary=self.boundary.at(lane),
            session=self.session.at(lane),
            own_grants=Lanes(own.yes >> lane & 1, own.open >> lane & 1),
        )


class Answered(Struct, frozen=True, gc=False):
    """Sets of lanes: allowed, not decided, denied by a statement. The others are denied by none."""

    allowed: int = 0
    open: int = 0
    explicit: int = 0

    def to(self, lane: int) -> "Answered":
        """The answer of a first lane, as this lane's."""
        return Answered(self.allowed << lane, self.open << lane, self.explicit << lane)

    def __or__(self, other: "Answered") -> "Answered":
        return Answered(
            self.allowed | other.allowed, self.open | other.open, self.explicit | other.explicit
        )


def answered(frame: Layers, said: AllSaid, lanes: int) -> Answered:
    """The answer in these lanes, for which `frame` is right but for what documents say."""
    denied = within(_any(one.denied for one in _every(said)), lanes)
    truth = _outcome(frame, said, denied, lanes)
    explicit = denied.yes & ~truth.possible
    return Answered(truth.yes, truth.open, explicit)


def _outcome(frame: Layers, said: AllSaid, denied: Lanes, lanes: int) -> Lanes:
    if frame.settled:
        return Lanes(lanes if frame.settled.allowed else 0)
    found = both(negated(denied, lanes), within(_granted(frame, said, lanes), lanes))
    for one in (*said.scp, said.endpoint):
        found = both(found, one.limit(lanes))
    return found


def _granted(frame: Layers, said: AllSaid, lanes: int) -> Lanes:
    if frame.object_acl:
        return both(_by_own_policies(frame, said, lanes), Lanes(0, lanes))
    if not frame.has_identity:
        return said.resource.allowed
    if frame.cross_account:
        own = _by_own_policies(frame, said, lanes)
        return either(both(said.resource.allowed, own), said.own_grants)
    return _granted_at_home(frame, said, lanes)


def _granted_at_home(frame: Layers, said: AllSaid, lanes: int) -> Lanes:
    resource, own = said.resource, _by_own_policies(frame, said, lanes)
    if frame.action.lower() == SOURCE_IDENTITY and frame.who.role_name:
        return both(resource.allowed, own) if frame.has_resource_policy else own
    if needs_resource_policy(frame.action) and frame.has_resource_policy:
        own = both(resource.account, own)
    named = both(resource.entity, _limits(frame, said, lanes))
    return either(either(resource.direct, named), own)


def _by_own_policies(frame: Layers, said: AllSaid, lanes: int) -> Lanes:
    needless = frame.who.kind is RequesterKind.ROOT or not frame.has_identity
    limits = _limits(frame, said, lanes)
    return limits if needless else both(said.identity.allowed, limits)


def _limits(frame: Layers, said: AllSaid, lanes: int) -> Lanes:
    if frame.who.kind is RequesterKind.ROOT and not frame.session.allows_something:
        return Lanes(lanes)
    return both(said.boundary.limit(lanes), said.session.limit(lanes))


def _every(said: AllSaid) -> Iterable[Said]:
    own = (said.identity, said.boundary, said.session)
    return (*said.scp, *said.rcp, said.endpoint, said.resource, *own)


def _any(truths: Iterable[Lanes]) -> Lanes:
    found = NOWHERE
    for one in truths:
        found = either(found, one)
    return found
