"""A principal of a snapshot with everything that grants to it or limits it, each with its name."""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from idkeep.access.documents import Documents
from idkeep.access.guardrails import Guardrails
from idkeep.access.principal_keys import PrincipalKeys
from idkeep.access.sources import Granted, Guardrail
from idkeep.model import (
    AttachedPolicy,
    Gap,
    Group,
    ManagedPolicy,
    Role,
    Root,
    Snapshot,
    Unread,
    User,
)
from idkeep.policy import Policy, PolicyKind
from idkeep.policy.compiled import Caller
from idkeep.policy.requester import Requester

Identity: TypeAlias = User | Role | Root


class Holder(Struct, frozen=True, kw_only=True, eq=False):
    """`caller` is what the engine is asked about. `granted[n]` is what `caller.identity[n]` is.

    So are `session` and `scps`, level by level, to the caller's. `unread` are the documents of
    its own that could not be read: while there are some, only a denial is sure. `unread_boundary`
    are those that can only limit. `guardrails` are the organisation's policies over it that were
    not read: they could only take away.
    """

    identity: Identity
    caller: Caller
    granted: tuple[Granted, ...] = ()
    boundary: Granted | None = None
    session: tuple[Granted, ...] = ()
    scps: tuple[tuple[Guardrail, ...], ...] = ()
    unread: tuple[Unread, ...] = ()
    unread_boundary: tuple[Unread, ...] = ()
    guardrails: tuple[Unread, ...] = ()

    @property
    def arn(self) -> str:
        return self.identity.arn


class Holders:
    """Makes holders of a snapshot's users, roles and root user."""

    def __init__(self, snapshot: Snapshot, documents: Documents, scps: Guardrails) -> None:
        self._documents = documents
        self._managed = {one.arn: one for one in snapshot.policies}
        self._groups = {one.name: one for one in snapshot.groups}
        self._scps = scps
        self._keys = PrincipalKeys(snapshot, documents)

    def holder(self, identity: Identity) -> Holder:
        unread: list[Unread] = []
        granted: list[Granted] = []
        policies: list[Policy] = []
        for one in self._grants(identity):
            read = self._read(one)
            if isinstance(one, Granted) and isinstance(read, Policy):
                granted.append(one)
                policies.append(read)
            elif not isinstance(read, Policy):
                unread.append(read)
        boundary, limit = self._boundary(identity), None
        unread_boundary: tuple[Unread, ...] = ()
        if boundary is not None:
            read = self._read(boundary)
            limit = read if isinstance(read, Policy) else None
            unread_boundary = () if isinstance(read, Policy) else (read,)
        requester = Requester.parse(identity.arn)
        reached = not requester.is_service_linked
        return Holder(
            identity=identity,
            caller=Caller(
                requester=requester,
                identity=tuple(policies),
                boundary=limit,
                scp=self._scps.levels,
                management_account=self._scps.is_management,
                keys=self._keys.of(identity),
            ),
            granted=tuple(granted),
            boundary=boundary if isinstance(boundary, Granted) else None,
            scps=self._scps.named,
            unread=tuple(unread),
            unread_boundary=unread_boundary,
            guardrails=self._scps.unread if reached else (),
        )

    def of_group(self, group: Group) -> tuple[Granted | Unread, ...]:
        """What membership of a group grants."""
        return tuple(self._direct(group, through=group.arn))

    def _read(self, one: Granted | Unread) -> Policy | Unread:
        if not isinstance(one, Granted):
            return one
        read = self._documents.policy(one.digest, one.kind)
        return read if isinstance(read, Policy) else Gap(read.action, f"{one}: {read.error}")

    def _grants(self, identity: Identity) -> Iterator[Granted | Unread]:
        if isinstance(identity, Root):
            return
        yield from self._direct(identity)
        if isinstance(identity, User):
            for name in identity.groups:
                if group := self._groups.get(name):
                    yield from self._direct(group, through=group.arn)
                else:
                    yield Gap(Group.LISTED_BY, f"group {name} is not in the snapshot")

    def _direct(self, of: User | Role | Group, through: str = "") -> Iterator[Granted | Unread]:
        for one in of.inline_policies:
            yield Granted(name=one.name, through=through, digest=one.document)
        for attached in of.attached_policies:
            yield self._attached(attached, through)

    def _attached(
        self, attached: AttachedPolicy, through: str, kind: PolicyKind = PolicyKind.IDENTITY
    ) -> Granted | Gap:
        digest = default_document(self._managed.get(attached.arn))
        if digest is None:
            return Gap(ManagedPolicy.LISTED_BY, f"policy {attached.name} is not in the snapshot")
        return Granted(
            name=attached.name, arn=attached.arn, through=through, digest=digest, kind=kind
        )

    def _boundary(self, identity: Identity) -> Granted | Gap | None:
        arn = None if isinstance(identity, Root) else identity.boundary
        if arn is None:
            return None
        return self._attached(AttachedPolicy(arn.rpartition("/")[2], arn), "", PolicyKind.BOUNDARY)


def default_document(policy: ManagedPolicy | None) -> str | None:
    """The digest of a managed policy's default version, None where it is not known."""
    versions = policy.versions if policy else ()
    return next((one.document for one in versions if one.is_default), None)
