"""Checks on what the policies of resources let outsiders do, two for each kind of resource."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from idkeep.access import Estate
from idkeep.access.engine import Engine
from idkeep.access.openings import Opening, limiting_keys, openings, service_openings
from idkeep.access.service_sources import sends_to_resources
from idkeep.access.trust import Kind, is_wider
from idkeep.catalog import AccessLevel
from idkeep.checks.declare import (
    AnyCheck,
    Example,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    passes,
)
from idkeep.checks.policies.outsiders import Known, for_whom, known_accounts
from idkeep.checks.policies.resource_kinds import KINDS, ResourceKind, bucket, kms_key, other
from idkeep.checks.policies.words import listed, statements, with_proviso
from idkeep.checks.samples import ORGANIZATION, allow, deny, text
from idkeep.config import Settings, TrustedAccount
from idkeep.model import Gap, NotApplicable, NotAsked, Problem, Severity, Unknown
from idkeep.model.facts import Family
from idkeep.model.logging import PublicAccessBlock
from idkeep.model.other_resources import OtherResource
from idkeep.model.resources import AccessPoint, AwsManaged, Bucket, KmsGrant, KmsKey, Resources

_PARTNER = "arn:aws:iam::444455556666:root"
_WITHIN = "it answers only within the networks that it is attached to"
_HEAD = "us-east-1:111122223333"
_BLOCK = PublicAccessBlock(
    block_acls=True, ignore_acls=True, block_policy=True, restrict_buckets=True
)
_OPEN_ACCOUNT = Resources(account_public_access_block=None)
_TRUSTING = Settings(trusted_accounts=(TrustedAccount(id="444455556666", name="Partner"),))


Wanted: TypeAlias = Callable[[str], bool]


def openings_of(kind: ResourceKind, resource: Any, estate: Estate) -> tuple[Opening, ...]:  # noqa: ANN401
    """Of one resource, worked out once for both checks."""
    known = estate.engine.once(_found)
    key = (kind.name, getattr(resource, "arn", ""), resource.region, getattr(resource, "name", ""))
    if key not in known:
        site = estate.engine.site(resource)
        known[key] = openings(estate.engine, site, _services(kind, resource))
    return known[key]


def _services(kind: ResourceKind, resource: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Prefixes of the actions that the resource's policies may speak of."""
    return resource.services if isinstance(resource, OtherResource) else (kind.service,)


def _found(_: Engine) -> dict[tuple[str, ...], tuple[Opening, ...]]:
    return {}


# Objectives of their own, where frameworks ask about one kind alone.
_PUBLIC = {
    "bucket": ("no-public-buckets",),
    "access_point": ("no-public-buckets",),
    "kms_key": ("no-public-keys",),
    "queue": ("no-public-queues",),
    "topic": ("no-public-topics",),
    "function": ("no-public-functions",),
    "secret": ("no-public-secrets",),
    "event_bus": ("no-public-event-buses",),
    "log_policy": ("no-public-resources", "log-groups-private"),
    "log_group": ("no-public-resources", "log-groups-private"),
}
_KNOWN = {
    "bucket": ("known-accounts-in-buckets",),
    "log_policy": ("log-groups-private",),
    "log_group": ("log-groups-private",),
}


def _open_to_anybody(kind: ResourceKind, resource: Any, estate: Estate) -> Iterator[Said]:  # noqa: ANN401
    if why := not_ours(resource, estate):
        yield NotApplicable(why)
        return
    yield from unread_of(resource, estate)
    if isinstance(resource, OtherResource):
        yield from _without_policy(resource)
    yield from _told_of_anybody(kind, resource, estate, openings_of(kind, resource, estate))


def _told_of_anybody(
    kind: ResourceKind,
    resource: Any,  # noqa: ANN401
    estate: Estate,
    found: tuple[Opening, ...],
) -> Iterator[Said]:
    everybody = [one for one in found if one.kind is Kind.ANYONE]
    nobody = next((one for one in everybody if one.is_anonymous), None)
    for one in everybody:
        if nobody and one is not nobody and not _adds(one, nobody):
            continue
        if isinstance(resource, Bucket) and (gap := _block_unread(resource, estate)):
            yield Unknown(str(gap))
            return
        who = "anybody" if one.is_anonymous else "anybody with an AWS account"
        if one.answer.why_unknown:
            yield Unknown(f"whether {who} gets in: {one.answer.why_unknown}")
            continue
        severity, because = _moved(kind, resource, one, estate)
        yield Problem(
            with_proviso(f"lets {who} do {listed(one.actions)}", one.answer.proviso),
            at="signed" if nobody and one is not nobody else "",
            severity=severity,
            because=because,
            statements=statements(estate, (one.answer,)),
        )


def _without_policy(resource: OtherResource) -> Iterator[Said]:
    """Where none is in force, that does not always mean that it is closed."""
    kind = resource.known_type
    if kind is None or resource.policies != () or not kind.without:
        return
    if kind.opens:
        yield Problem(kind.without, severity=Severity.MEDIUM, because=_WITHIN)
    else:
        yield Unknown(f"it {kind.without}")


def _moved(
    kind: ResourceKind,
    resource: Any,  # noqa: ANN401
    one: Opening,
    estate: Estate,
) -> tuple[Severity | None, str]:
    """Another severity than the check's own, and why."""
    if (limits := limiting_keys(one.answer)) and kind.public is not Severity.MEDIUM:
        return Severity.MEDIUM, f"a condition on {listed(limits)} narrows who"
    if isinstance(resource, OtherResource) and resource.within_networks is True:
        return Severity.MEDIUM, _WITHIN
    if kind.kind is Bucket and any(writes(estate, action) for action in one.actions):
        return Severity.CRITICAL, "it may be written to, and not read alone"
    return None, ""


def writes(estate: Estate, name: str) -> bool:
    """Whether the action of that name changes something."""
    action = estate.engine.catalog.action(name)
    return action is not None and action.level in _WRITING


_WRITING = frozenset({AccessLevel.WRITE, AccessLevel.PERMISSIONS, AccessLevel.TAGGING})


def _adds(signed: Opening, nobody: Opening) -> bool:
    """Whether an AWS account, which costs nothing, lets people do more than none."""
    if signed.answer.why_unknown:
        return False
    surer = is_wider(signed.answer, nobody.answer)
    return surer or not set(signed.actions) <= set(nobody.actions)


def bucket_lets_anybody_in(bucket: Bucket, estate: Estate) -> Iterator[Said]:
    """What the check on buckets says of one, for checks on buckets of a special kind."""
    yield from _open_to_anybody(_bucket_kind(), bucket, estate)


def bucket_lets_anybody_do(bucket: Bucket, estate: Estate, wanted: Wanted) -> Iterator[Said]:
    """The same of some actions alone."""
    yield from unread_of(bucket, estate)
    found = openings(estate.engine, estate.engine.site(bucket), ("s3",), wanted)
    yield from _told_of_anybody(_bucket_kind(), bucket, estate, found)


def _bucket_kind() -> ResourceKind:
    [kind] = [one for one in KINDS if one.kind is Bucket]
    return kind


def _open_to_strangers(kind: ResourceKind, resource: Any, estate: Estate) -> Iterator[Said]:  # noqa: ANN401
    if why := not_ours(resource, estate):
        yield NotApplicable(why)
        return
    yield from unread_of(resource, estate)
    known = known_accounts(estate)
    for one in openings_of(kind, resource, estate):
        if one.kind is Kind.ORGANIZATION and one.name != known.organization:
            yield _stranger(one, f"the whole organisation {one.name}", known, estate)
        elif one.kind in {Kind.ACCOUNT, Kind.PRINCIPAL} and one.account not in known.accounts:
            whole = one.kind is Kind.ACCOUNT and one.account
            who = f"account {one.name}" if whole else one.name
            yield _stranger(one, who, known, estate)


def _stranger(one: Opening, who: str, known: Known, estate: Estate) -> Problem | Unknown:
    if one.answer.why_unknown:
        return Unknown(f"whether {who} gets in: {one.answer.why_unknown}")
    told = one.kind is Kind.ORGANIZATION and known.organization
    if known.unread is not None and not told:
        return Unknown(f"whether {who} is of the organisation: {known.unread}")
    return Problem(
        with_proviso(f"lets {who} do {listed(one.actions)}", one.answer.proviso),
        at=one.name,
        statements=statements(estate, (one.answer,)),
    )


def not_ours(resource: Any, estate: Estate) -> str:  # noqa: ANN401
    if resource.account != estate.snapshot.account.id:
        return f"belongs to account {resource.account}, whose own scan judges it"
    if isinstance(resource, KmsKey) and isinstance(resource.policy, AwsManaged):
        return "belongs to an AWS service, and nobody in the account can change it"
    return ""


def unread_of(resource: Any, estate: Estate) -> Iterator[Unknown]:  # noqa: ANN401
    site = estate.engine.whole_site(resource)
    for gap in dict.fromkeys((*site.unread, *site.unread_grants)):
        yield Unknown(str(gap))


def _block_unread(one: Bucket, estate: Estate) -> Gap | NotAsked | None:
    """What may close it: a block of public access, of the bucket or the account, not read."""
    resources = estate.snapshot.resources
    account = resources.account_public_access_block if isinstance(resources, Resources) else None
    blocks = (one.public_access_block, account)
    return next((block for block in blocks if isinstance(block, Gap | NotAsked)), None)


def _checks(kind: ResourceKind) -> Iterator[AnyCheck]:
    def anybody(resource: Any, estate: Estate) -> Iterator[Said]:  # noqa: ANN401
        yield from _open_to_anybody(kind, resource, estate)

    anybody.__name__ = f"{kind.name}_open_to_anybody"
    anybody.__doc__ = (
        f"{kind.words} lets anybody in.\n\n"
        "Whoever finds its name may use it, from any account or from none. What its statements,\n"
        "their conditions and the organisation's resource control policies leave is decided."
    )
    yield check(
        kind.kind,
        severity=kind.public,
        controls=_PUBLIC.get(kind.name, ("no-public-resources",)),
        reads=kind.reads,
        remedy=Remedy(
            do="Name the accounts or roles that need it as Principal, or add a condition on "
            f"`aws:PrincipalOrgID`: {kind.edit}.",
            may_stop="Whoever else uses it today is refused: look at its data events first.",
            by=kind.by,
        ),
        examples=tuple(_public_examples(kind)),
    )(anybody)

    def strangers(resource: Any, estate: Estate) -> Iterator[Said]:  # noqa: ANN401
        yield from _open_to_strangers(kind, resource, estate)

    strangers.__name__ = f"{kind.name}_open_to_unknown_accounts"
    strangers.__doc__ = (
        f"{kind.words} lets an account in that nobody vouches for.\n\n"
        "It is neither of the organisation nor among the settings' trusted accounts. Partners\n"
        "come and go, and what they were given stays."
    )
    yield check(
        kind.kind,
        severity=Severity.MEDIUM,
        controls=("known-accounts-only", *_KNOWN.get(kind.name, ())),
        reads=kind.reads,
        settings=("trusted_accounts",),
        remedy=Remedy(
            do="Ask who the account is. If it is a partner's, write it into `trusted_accounts` "
            f"with an owner and an end; if nobody knows it, take it out: {kind.edit}.",
            may_stop="What the account does with it is refused once it is taken out.",
            by=kind.by,
        ),
        examples=tuple(_stranger_examples(kind)),
    )(strangers)


def _serves_anybody(kind: ResourceKind, resource: Any, estate: Estate) -> Iterator[Said]:  # noqa: ANN401
    if why := not_ours(resource, estate):
        yield NotApplicable(why)
        return
    yield from unread_of(resource, estate)
    site = estate.engine.site(resource)
    known = known_accounts(estate)
    for one in service_openings(estate.engine, site, _services(kind, resource)):
        ours = bool(one.account) and known.vouches(one.account)
        if not isinstance(ours, bool):
            yield Unknown(f"whether {one.account} is of the organisation: {ours}")
        elif ours:
            continue
        elif one.answer.why_unknown:
            yield Unknown(f"whether {one.name} gets in: {one.answer.why_unknown}")
        elif not sends_to_resources(one.name):
            yield Unknown(f"whether {one.name} says for whom it acts: its guide does not tell")
        else:
            yield Problem(
                with_proviso(
                    f"lets {one.name} do {listed(one.actions)} for {for_whom(one.account)}",
                    one.answer.proviso,
                ),
                at=f"{one.name} {one.account}".rstrip(),
                statements=statements(estate, (one.answer,)),
            )


def _service_check(kind: ResourceKind) -> AnyCheck:
    def services(resource: Any, estate: Estate) -> Iterator[Said]:  # noqa: ANN401
        yield from _serves_anybody(kind, resource, estate)

    services.__name__ = f"{kind.name}_serves_any_account"
    services.__doc__ = (
        f"{kind.words} lets an AWS service in for anybody's account, or a stranger's.\n\n"
        "Whoever makes the service work for them, from any account, reaches in by it. A condition\n"
        "on `aws:SourceAccount` or `aws:SourceArn` says for whom. An account that it names and\n"
        "that is neither of the organisation nor among the settings' trusted accounts is a\n"
        "stranger's:\n"
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
    )
    return check(
        kind.kind,
        severity=Severity.MEDIUM,
        controls=("confused-deputy", "known-accounts-only"),
        reads=kind.reads,
        settings=("trusted_accounts",),
        remedy=Remedy(
            do="Add a condition on `aws:SourceAccount` with this account's number, or on "
            f"`aws:SourceArn` with what the service works for: {kind.edit}. A partner's account "
            "that is meant goes into `trusted_accounts`, with an owner and an end.",
            may_stop="What the service does for other accounts stops, also for those of yours "
            "that the condition does not name.",
            by=kind.by,
        ),
        examples=tuple(_service_examples(kind)),
    )(services)


def _service_examples(kind: ResourceKind) -> Iterator[Example]:
    around = _around(kind)
    service = {"Service": "sns.amazonaws.com"}
    words = f"lets sns.amazonaws.com do {kind.action} for any account"
    yield fails(kind.make(_policy(kind, service)), words, **around)
    own = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    yield passes(kind.make(_policy(kind, service, Condition=own)), **around)
    source = {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:*"}}
    yield passes(kind.make(_policy(kind, service, Condition=source)), **around)
    strange = {"StringEquals": {"aws:SourceAccount": "444455556666"}}
    theirs = kind.make(_policy(kind, service, Condition=strange))
    yield fails(
        theirs, f"lets sns.amazonaws.com do {kind.action} for account 444455556666", **around
    )
    yield passes(theirs, settings=_TRUSTING, **around)
    yield cannot_tell(
        theirs,
        "whether 444455556666 is of the organisation: not read: --facts organization",
        organization=NotAsked(Family.ORGANIZATION),
        **around,
    )
    yield cannot_tell(
        kind.make(_policy(kind, {"Service": "backup.amazonaws.com"})),
        "whether backup.amazonaws.com says for whom it acts: its guide does not tell",
        **around,
    )
    yield from _unknowns(kind)


def _policy(kind: ResourceKind, principal: object, **more: object) -> str:
    return text(allow(kind.action, kind.resource, Principal=principal, **more))


def _around(kind: ResourceKind) -> dict[str, Any]:
    """S3 asks the account's block of public access too, and behind an access point the bucket."""
    if kind.kind is AccessPoint:
        delegating = text(
            allow(
                "s3:*",
                ["arn:aws:s3:::larkfield", "arn:aws:s3:::larkfield/*"],
                Principal="*",
                Condition={"StringEquals": {"s3:DataAccessPointAccount": "111122223333"}},
            )
        )
        behind = bucket(delegating, object_ownership="BucketOwnerEnforced")
        return {"resources": Resources(account_public_access_block=None, buckets=(behind,))}
    return {"resources": _OPEN_ACCOUNT} if kind.kind is Bucket else {}


def _unknowns(kind: ResourceKind) -> Iterator[Example]:
    around = _around(kind)
    if kind.may_be_unread:
        gap = Gap(f"{kind.service}:GetPolicy", "AccessDenied")
        yield cannot_tell(kind.make(gap), f"{kind.service}:GetPolicy: AccessDenied", **around)
    else:
        yield cannot_tell(kind.make("0" * 64), ": the snapshot lacks the policy's text", **around)


def _public_examples(kind: ResourceKind) -> Iterator[Example]:
    around = _around(kind)
    yield fails(kind.make(_policy(kind, "*")), f"lets anybody do {kind.action}", **around)
    ours = {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION.id}}
    yield passes(kind.make(_policy(kind, "*", Condition=ours)), organization=ORGANIZATION, **around)
    yield passes(kind.make(_policy(kind, {"AWS": _PARTNER})), **around)
    closed = text(allow(kind.action, kind.resource, Principal="*"), deny("*", Principal="*"))
    yield passes(kind.make(closed), **around)
    yield from _unknowns(kind)
    if kind.kind is Bucket:
        public = _policy(kind, "*")
        yield passes(bucket(public, public_access_block=_BLOCK), **around)
        yield cannot_tell(bucket(public), "not read: --facts resources", resources=Resources())
    if kind.kind is OtherResource:
        yield from _other_examples(kind)
    if kind.kind is KmsKey:
        yield does_not_apply(
            kms_key(AwsManaged(), grants=AwsManaged()),
            "belongs to an AWS service, and nobody in the account can change it",
        )


def _other_examples(kind: ResourceKind) -> Iterator[Example]:
    """Networks, and what stands open or shut without a policy."""
    yield passes(other((), policies=()))
    yield fails(other(_policy(kind, "*"), within_networks=True), f"lets anybody do {kind.action}")
    file_system = f"arn:aws:elasticfilesystem:{_HEAD}:file-system/fs-1"
    yield fails(
        other((), type="elasticfilesystem:file-system", arn=file_system, policies=()),
        "has no policy: whoever reaches it by its network may mount it",
    )
    service = f"arn:aws:vpc-lattice:{_HEAD}:service/svc-1"
    yield cannot_tell(
        other((), type="vpc-lattice:Service", arn=service, policies=()),
        "it has no policy in force: whoever reaches it may call it, unless its type asks for IAM",
    )


def _stranger_examples(kind: ResourceKind) -> Iterator[Example]:
    around = _around(kind)
    partner = kind.make(_policy(kind, {"AWS": _PARTNER}))
    words = f"lets account 444455556666 do {kind.action}"
    yield fails(partner, words, **around)
    yield passes(partner, settings=_TRUSTING, **around)
    yield passes(kind.make(_policy(kind, {"AWS": "111122223333"})), **around)
    yield cannot_tell(
        partner,
        "whether account 444455556666 is of the organisation: not read: --facts organization",
        organization=NotAsked(Family.ORGANIZATION),
        **around,
    )
    yield from _unknowns(kind)
    if kind.kind is KmsKey:
        grant = KmsGrant(
            grant_id="1",
            grantee_principal="arn:aws:iam::444455556666:role/importer",
            operations=("Decrypt",),
        )
        yield fails(
            kms_key(_policy(kind, {"AWS": "111122223333"}), grants=(grant,)),
            "lets arn:aws:iam::444455556666:role/importer do kms:Decrypt",
        )


# What services do with a key they do by its grants or in a user's name: no source is sent there.
CHECKS: tuple[AnyCheck, ...] = (
    *(one for kind in KINDS for one in _checks(kind)),
    *(_service_check(kind) for kind in KINDS if kind.kind is not KmsKey),
)
