"""Permission sets as the roles that they make: what the engine says of each, account by account.

A set is judged by its own policies and its boundary, as they are now: AWS's, its inline policy, and
the account's own policies that it names. What is named has to be in the account: a set with such a
reference is another role in each, and is known only where that account was scanned too.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.administrators import Power, Rule, administration, granting, powers
from idkeep.access.documents import Documents
from idkeep.access.engine import Engine
from idkeep.access.estate import Estate
from idkeep.access.holder import default_document
from idkeep.access.places import places
from idkeep.access.workforce import assignments, set_name
from idkeep.model import (
    AttachedPolicy,
    CenterInstance,
    Gap,
    IdentityCenter,
    InlinePolicy,
    ManagedPolicy,
    NotAsked,
    PermissionSet,
    PermissionSetBoundary,
    PolicyPlace,
    PolicyReference,
    PolicyVersion,
    Role,
    Snapshot,
    Unread,
)
from idkeep.model.facts import Family

INLINE = "AwsSSOInlinePolicy"
"""What Identity Center calls the inline policy of the roles that it makes."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TRUST = "idkeep-permission-set"
# What may tell one account from another: its number, or a variable.
_TELLING = re.compile(r"\d{12}|\$\{")


class SetRole(Struct, frozen=True, kw_only=True):
    """What a set makes of its people in an account; `power` is None where that is not known.

    `grants` are the policies that make an administrator one each by itself, else all there are if
    `together`. `statements` and `proviso` are of the first power over others' permissions.
    `unread` is why it is not known. `lacking` are policies that the set names and the account does
    not have: without them Identity Center makes no role of the set as it is.
    """

    power: Power | None = None
    grants: tuple[str, ...] = ()
    together: bool = False
    boundary: str = ""
    proviso: str = ""
    statements: tuple[PolicyPlace, ...] = ()
    unread: tuple[Unread, ...] = ()
    lacking: tuple[PolicyReference, ...] = ()


class _Has(Struct, frozen=True):
    """The digests of an account's policies, by ARN, that some set names; whether it has others."""

    texts: dict[str, str]
    is_whole: bool


_NOTHING = _Has({}, is_whole=True)


class PermissionSets:
    """The sets of one estate; made by `Estate.once`.

    Accounts in which a set has the same texts are asked about once, unless a text tells accounts
    apart, and each account's snapshot is looked into once: neither is kept.
    """

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._documents = Documents(estate.snapshot.documents)
        self._texts = dict(estate.snapshot.documents)
        self._has: dict[tuple[str, str], _Has | None] = {}
        self._aws: dict[str, dict[str, str]] = {}
        self._judged: dict[tuple[str, ...], SetRole] = {}
        self._inline: dict[str, Engine] = {}

    def of(self, instance: CenterInstance, one: PermissionSet, account: str) -> SetRole:
        """What a set makes in an account, by its policies as they are now."""
        has = self._account(instance, account)
        head = self._head(account)
        unread = list(_unread(one))
        if has is None:
            unread += _not_scanned(one, account)
            has = _Has({}, is_whole=False)
        arns = {reference_arn(each, head): each for each in references(one)}
        lacking = tuple(each for arn, each in arns.items() if arn not in has.texts)
        if lacking and has.is_whole:
            return SetRole(lacking=lacking)
        if instance.arn not in self._aws:
            self._aws[instance.arn] = _aws_texts(instance, self._estate.snapshot)
        aws = self._aws[instance.arn]
        unread += _not_read(one, instance, aws)
        if lacking and not unread:
            names = ", ".join(each.name for each in lacking)
            unread.append(Gap(ManagedPolicy.LISTED_BY, f"policy {names} is not in the snapshot"))
        if unread:
            return SetRole(unread=tuple(unread))
        return self._judge(_role(one, head), {**aws, **has.texts})

    def named(
        self, instance: CenterInstance, one: PermissionSet, account: str
    ) -> Iterator[tuple[PolicyReference, bool | None]]:
        """Each policy of an account's own that a set names, and whether it is there.

        None where that was not read.
        """
        has, head = self._account(instance, account), self._head(account)
        for each in references(one):
            if has is None:
                yield each, None
            elif reference_arn(each, head) in has.texts:
                yield each, True
            else:
                yield each, False if has.is_whole else None

    def inline_alone(self, instance: CenterInstance) -> Engine:
        """An engine over the inline policies of an instance's sets, in the owner's account."""
        if instance.arn not in self._inline:
            head = self._head(instance.owner)
            roles = tuple(_inline_role(one, head, n) for n, one in enumerate(_sets(instance)))
            self._inline[instance.arn] = self._engine(head, roles, {})
        return self._inline[instance.arn]

    def _judge(self, role: Role, texts: Mapping[str, str]) -> SetRole:
        held = [one.document for one in role.inline_policies]
        named = [one.arn for one in role.attached_policies]
        named += [role.boundary] if role.boundary else []
        held += [texts[arn] for arn in named]
        account = role.arn.split(":")[4]
        tells = any(_TELLING.search(self._texts.get(digest, "")) for digest in held)
        key = (role.id, *held, account if tells else "")
        if key not in self._judged:
            head = self._head(account)
            engine = self._engine(head, (role,), {arn: texts[arn] for arn in named})
            self._judged[key] = _asked(engine, role)
        return self._judged[key]

    def _engine(self, head: str, roles: tuple[Role, ...], texts: Mapping[str, str]) -> Engine:
        own = self._estate.snapshot
        return Engine(
            replace(
                own,
                account=replace(own.account, id=head.rpartition(":")[2]),
                root=replace(own.root, arn=f"{head}:root"),
                users=(),
                groups=(),
                roles=roles,
                policies=tuple(_policy(arn, digest) for arn, digest in texts.items()),
                organization=None,
                resources=NotAsked(Family.RESOURCES),
                documents={},
            ),
            self._estate.engine.catalog,
            self._documents,
        )

    def _head(self, account: str) -> str:
        return f"arn:{self._estate.snapshot.account.partition}:iam::{account}"

    def _account(self, instance: CenterInstance, account: str) -> _Has | None:
        """Of the policies that sets name there; None where the account was not scanned."""
        key = (instance.arn, account)
        if key not in self._has:
            head = self._head(account)
            named = {reference_arn(e, head) for one in _sets(instance) for e in references(one)}
            self._has[key] = self._looked(account, named) if named else _NOTHING
        return self._has[key]

    def _looked(self, account: str, named: set[str]) -> _Has | None:
        own = self._estate.snapshot
        there = own if account == own.account.id else self._estate.elsewhere(account)
        if there is None:
            return None
        found = {one.arn: default_document(one) for one in there.policies if one.arn in named}
        texts = {arn: digest for arn, digest in found.items() if digest is not None}
        more = {one: there.documents[one] for one in texts.values() if one in there.documents}
        self._texts |= more
        self._documents.add(more)
        return _Has(texts, is_whole=not there.missing(ManagedPolicy) and len(texts) == len(found))


def _asked(engine: Engine, role: Role) -> SetRole:
    holder = engine.holders[role.arn]
    if unread := (*holder.unread, *holder.unread_boundary):
        return SetRole(unread=unread)
    power = powers(engine)[role.arn]
    named = granting(engine, role.arn)
    answers = administration(engine, role.arn)
    return SetRole(
        power=power,
        grants=tuple(str(one) for one in named or holder.granted),
        together=not named,
        boundary=str(holder.boundary or ""),
        proviso=answers[0].proviso if answers and power.rule is Rule.OPEN else "",
        statements=tuple(one for answer in answers for one in places(engine, answer)),
    )


def _role(one: PermissionSet, head: str) -> Role:
    """The role that a set makes in the account that `head` is the root of in IAM's ARNs."""
    managed = one.managed_policies if isinstance(one.managed_policies, tuple) else ()
    customer = one.customer_policies if isinstance(one.customer_policies, tuple) else ()
    return replace(
        _inline_role(one, head, 0),
        attached_policies=(
            *managed,
            *(AttachedPolicy(ref.name, reference_arn(ref, head)) for ref in customer),
        ),
        boundary=boundary_arn(one, head),
    )


def _inline_role(one: PermissionSet, head: str, number: int) -> Role:
    inline = one.inline_policy
    name = f"AWSReservedSSO_{set_name(one).rpartition('/')[2]}_{number:016x}"
    return Role(
        arn=f"{head}:role/aws-reserved/sso.amazonaws.com/{name}",
        id=one.arn,
        name=name,
        created=_EPOCH,
        trust=_TRUST,
        inline_policies=(InlinePolicy(INLINE, inline),) if isinstance(inline, str) else (),
    )


def reference_arn(reference: PolicyReference, head: str) -> str:
    """The policy that a reference means in an account; `head` is the account's ARN in IAM."""
    return f"{head}:policy{reference.path}{reference.name}"


def boundary_arn(one: PermissionSet, head: str) -> str | None:
    """The boundary of a set in the account that `head` is; None for none, or for one not read."""
    bound = one.boundary
    if bound is None or isinstance(bound, Gap | NotAsked):
        return None
    return bound.managed or (reference_arn(bound.customer, head) if bound.customer else None)


def references(one: PermissionSet) -> tuple[PolicyReference, ...]:
    """The policies of each account's own that a set names, its boundary among them."""
    customer = one.customer_policies if isinstance(one.customer_policies, tuple) else ()
    bound = one.boundary
    if bound is None or isinstance(bound, Gap | NotAsked) or bound.customer is None:
        return customer
    return tuple(dict.fromkeys((*customer, bound.customer)))


def _unread(one: PermissionSet) -> Iterator[Unread]:
    for fact in (one.inline_policy, one.managed_policies, one.customer_policies, one.boundary):
        if isinstance(fact, Gap | NotAsked):
            yield fact


def _not_scanned(one: PermissionSet, account: str) -> Iterator[Gap]:
    for reference in references(one):
        why = f"policy {reference.name} is told in account {account} alone"
        yield Gap(ManagedPolicy.LISTED_BY, why, elsewhere=True)


def _not_read(
    one: PermissionSet, instance: CenterInstance, policies: Mapping[str, str]
) -> Iterator[Unread]:
    """Of the policies of AWS's that a set names."""
    managed = one.managed_policies if isinstance(one.managed_policies, tuple) else ()
    bound = one.boundary.managed if isinstance(one.boundary, PermissionSetBoundary) else None
    lost = [arn for arn in (*(each.arn for each in managed), bound) if arn and arn not in policies]
    if isinstance(instance.policies, Gap | NotAsked):
        yield from [instance.policies] if lost else []
        return
    told = instance.policies if isinstance(instance.policies, tuple) else ()
    gaps = {each.arn: each.document for each in told if not isinstance(each.document, str)}
    for arn in lost:
        yield gaps.get(arn, Gap("iam:GetPolicyVersion", f"policy {arn} is not in the snapshot"))


def _sets(instance: CenterInstance) -> tuple[PermissionSet, ...]:
    return instance.permission_sets if isinstance(instance.permission_sets, tuple) else ()


def _aws_texts(instance: CenterInstance, snapshot: Snapshot) -> dict[str, str]:
    """AWS's own policies that sets name: as read for them, else as the account has them."""
    found = {
        one.arn: digest
        for one in snapshot.policies
        if ":iam::aws:" in one.arn and (digest := default_document(one)) is not None
    }
    read = instance.policies if isinstance(instance.policies, tuple) else ()
    return found | {one.arn: one.document for one in read if isinstance(one.document, str)}


def _policy(arn: str, digest: str) -> ManagedPolicy:
    version = PolicyVersion(id="v1", document=digest, is_default=True, created=_EPOCH)
    return ManagedPolicy(
        arn=arn,
        id=arn,
        name=arn.rpartition("/")[2],
        created=_EPOCH,
        default_version="v1",
        versions=(version,),
        attachments=1,
    )


def instance_of(snapshot: Snapshot, one: PermissionSet) -> CenterInstance:
    """The instance that a set is of. Raises `LookupError` for a set of none."""
    center = snapshot.center
    every = center.instances if isinstance(center, IdentityCenter) else ()
    for instance in every if isinstance(every, tuple) else ():
        if one in _sets(instance):
            return instance
    raise LookupError(one.arn)


def accounts_of(instance: CenterInstance, one: PermissionSet) -> tuple[str, ...]:
    """Where a set is, up to date or not, or is assigned; as far as that was read."""
    there = (one.provisioned, one.outdated)
    found = [account for some in there if isinstance(some, tuple) for account in some]
    found += [each.account for each in assignments(instance) if each.permission_set == one.arn]
    return tuple(sorted(set(found)))
