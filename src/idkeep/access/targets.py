"""The resources of a snapshot with the policies that stand on them."""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from idkeep.access.documents import Documents
from idkeep.access.guardrails import Guardrails
from idkeep.access.sources import Guardrail, OnResource
from idkeep.model import Account, Gap, NotAsked, Organization, Role, Snapshot, Unread
from idkeep.model.logging import PublicAccessBlock
from idkeep.model.other_resources import MoreResources, OtherResource
from idkeep.model.resources import (
    AwsManaged,
    Bucket,
    FunctionUrl,
    KmsGrant,
    KmsKey,
    LambdaFunction,
    Resources,
    Secret,
)
from idkeep.policy import Policy, PolicyKind
from idkeep.policy.buckets import Bucket as BucketSettings
from idkeep.policy.buckets import ObjectOwnership
from idkeep.policy.compiled import Target
from idkeep.policy.context import Given
from idkeep.policy.grants import Grant, GrantConstraints

Resource: TypeAlias = Struct
"""A role, for its trust policy, or a kind of `model.resources` that has a policy."""
Fact: TypeAlias = "str | Unread | AwsManaged | None"


class Site(Struct, frozen=True, kw_only=True, eq=False):
    """A resource that may be asked for. `target` is what the engine is asked about.

    `resource` is None for an ARN that is no resource of the snapshot. `policies[n]` is what
    `target.policies[n]` is, `grants[n]` the id of `target.grants[n]`, `rcps` name the policies of
    `target.rcp`, level by level. `unread` are policies of its own that were not read,
    `unread_grants` what could only grant more; `guardrails` are the resource control policies
    over it that were not read, and could only take away. `keys` are condition keys that every
    request for it carries. `owner_unknown`: it is another account's, and nobody told whose.
    `behind` is the bucket of an access point.
    """

    resource: Resource | None
    target: Target
    policies: tuple[OnResource, ...] = ()
    grants: tuple[OnResource, ...] = ()
    rcps: tuple[tuple[Guardrail, ...], ...] = ()
    unread: tuple[Unread, ...] = ()
    unread_grants: tuple[Unread, ...] = ()
    guardrails: tuple[Unread, ...] = ()
    keys: dict[str, Given] = {}
    owner_unknown: bool = False
    behind: "Site | None" = None

    @property
    def arn(self) -> str:
        return self.target.arn

    @property
    def digests(self) -> tuple[str, ...]:
        return tuple(one.digest for one in self.policies)


class Sites:
    """Makes sites of a snapshot's roles and resources."""

    def __init__(self, snapshot: Snapshot, documents: Documents, rcps: Guardrails) -> None:
        self._snapshot = snapshot
        self._documents = documents
        self._rcps = rcps

    def every(self) -> Iterator[Site]:
        """Every role, and every resource that was read."""
        for role in self._snapshot.roles:
            yield self.site(role)
        for one in standing_resources(self._snapshot):
            yield self.site(one)

    def site(self, resource: Resource) -> Site:
        """Raises `TypeError` for a kind that no policy stands on."""
        facts = _policy_facts(resource)
        if facts is None:
            raise TypeError(f"{type(resource).__name__} has no policy of its own")
        owner = getattr(resource, "account", self._snapshot.account.id)
        if owner != self._snapshot.account.id:
            facts = tuple((what, _theirs(fact, owner)) for what, fact in facts)
        arn = getattr(resource, "arn", "") or getattr(resource, "function", "")
        return self._made(resource, arn, owner, facts)

    def bare(self, arn: str, account: str, facts: tuple[tuple[str, Fact], ...]) -> Site:
        """An ARN that is no resource of the snapshot, with what speaks of it nevertheless."""
        return self._made(None, arn, account, facts)

    def _made(
        self,
        resource: Resource | None,
        arn: str,
        owner: str,
        facts: tuple[tuple[str, Fact], ...],
    ) -> Site:
        kind = PolicyKind.TRUST if isinstance(resource, Role) else PolicyKind.RESOURCE
        policies: list[Policy] = []
        named: list[OnResource] = []
        unread: list[Unread] = []
        for what, fact in facts:
            read = self._read(fact, kind)
            if isinstance(read, Policy) and isinstance(fact, str):
                policies.append(read)
                named.append(OnResource(what=what, arn=arn, digest=fact, kind=kind))
            elif isinstance(read, Gap | NotAsked):
                unread.append(read)
        grants, unread_grants = _grants(resource)
        mine = owner in ("", self._snapshot.account.id)
        return Site(
            resource=resource,
            target=Target(
                arn=arn,
                account=owner,
                policies=tuple(policies) if policies else None,
                rcp=self._rcps.levels if mine else None,
                grants=tuple(map(_grant, grants)),
                bucket=self._bucket(resource) if isinstance(resource, Bucket) else None,
            ),
            policies=tuple(named),
            grants=tuple(
                OnResource(what=f"grant {one.grant_id}", arn=arn, digest="") for one in grants
            ),
            rcps=self._rcps.named if mine else (),
            unread=tuple(unread),
            unread_grants=unread_grants,
            guardrails=self._rcps.unread if mine else (not_scanned(owner),),
        )

    def _read(self, fact: Fact, kind: PolicyKind) -> Policy | Unread | None:
        match fact:
            case str():
                return self._documents.policy(fact, kind)
            case AwsManaged():
                return Gap("", "the policy is AWS's own, which is not read", elsewhere=True)
            case _:
                return fact

    def _bucket(self, bucket: Bucket) -> BucketSettings:
        """The settings that were read; those that were not are the ones that open most."""
        resources = self._snapshot.resources
        account = (
            resources.account_public_access_block if isinstance(resources, Resources) else None
        )
        blocks = (bucket.public_access_block, account)
        closed = any(isinstance(b, PublicAccessBlock) and b.restrict_buckets for b in blocks)
        ownership = bucket.object_ownership
        return BucketSettings(
            restrict_public_buckets=closed,
            object_ownership=ObjectOwnership(ownership) if isinstance(ownership, str) else None,
            abac_status=bucket.abac_status if isinstance(bucket.abac_status, str) else "",
        )


def standing_resources(snapshot: Snapshot) -> Iterator[Resource]:
    """Every resource with an ARN that a policy may stand on, functions' aliases too."""
    if isinstance(snapshot.more_resources, MoreResources):
        yield from snapshot.more_resources.others
    resources = snapshot.resources
    if not isinstance(resources, Resources):
        return
    for name in resources.__struct_fields__:
        value = getattr(resources, name)
        for one in value if isinstance(value, tuple) else ():
            if hasattr(one, "arn") and _policy_facts(one) is not None:
                yield one
            if isinstance(one, LambdaFunction):
                urls = one.urls if isinstance(one.urls, tuple) else ()
                yield from (url for url in urls if url.function != one.arn)


def _policy_facts(  # noqa: PLR0911 -- one return a kind
    resource: Resource,
) -> tuple[tuple[str, Fact], ...] | None:
    """The facts that hold its policies, each with its name; None for a kind without any."""
    match resource:
        case Role(trust=trust):
            return (("trust policy", trust),)
        case KmsKey(policy=policy, ram_policy=ram):
            return (("key policy", policy), ("policy by AWS RAM", ram))
        case Secret(policies=policies) | OtherResource(policies=policies):
            if not isinstance(policies, tuple):
                return (("policy", policies),)
            return tuple((f"policy {one.name}".strip(), one.policy) for one in policies)
        case FunctionUrl(policy=policy):
            return (("policy", policy),)
        case Account(signin_policy=policy):
            return (("sign-in policy", policy),)
        case Organization(resource_policy=policy):
            return (("delegation policy", policy),)
        case _ if hasattr(resource, "policy"):
            name = getattr(resource, "name", "")
            own = f"policy {name}" if name and not hasattr(resource, "arn") else "policy"
            return ((own, resource.policy),)
        case _:
            return None


def _theirs(fact: Fact, owner: str) -> Fact:
    """What another account's resource is without here: only that account may read its policies."""
    return not_scanned(owner) if fact is None else fact


def not_scanned(account: str, action: str = "") -> Gap:
    """What only an account's own scan tells, `action` read, where none of it is here."""
    return Gap(action, f"account {account} was not scanned here", elsewhere=True)


def _grants(resource: Resource | None) -> tuple[tuple[KmsGrant, ...], tuple[Unread, ...]]:
    if not isinstance(resource, KmsKey):
        return (), ()
    match resource.grants:
        case Gap() | NotAsked() as gap:
            return (), (gap,)
        case AwsManaged():
            return (), (Gap("", "the grants are AWS's own, which are not read", elsewhere=True),)
        case None:
            return (), ()
        case grants:
            return grants, ()


def _grant(one: KmsGrant) -> Grant:
    return Grant(
        grantee_principal=one.grantee_principal,
        grantee_service_principal=one.grantee_service_principal,
        retiring_principal=one.retiring_principal,
        retiring_service_principal=one.retiring_service_principal,
        issuing_account=one.issuing_account,
        operations=one.operations,
        constraints=GrantConstraints(
            encryption_context_subset=one.constraints.encryption_context_subset,
            encryption_context_equals=one.constraints.encryption_context_equals,
            source_arn=one.constraints.source_arn,
        ),
    )
