"""Checks on the buckets that trails deliver to."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import (
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.logging.samples import BUCKET
from idkeep.checks.policies.doors import bucket_acl_for_anybody
from idkeep.checks.policies.open_resources import bucket_lets_anybody_in
from idkeep.checks.policies.resource_kinds import bucket as bucket_of
from idkeep.checks.samples import allow, text
from idkeep.model import Gap, NotApplicable, NotAsked, Problem, Severity, Unknown
from idkeep.model.facts import Family
from idkeep.model.logging import (
    BucketAccess,
    BucketVersioning,
    NotOwned,
    PublicAccessBlock,
    TrailBucket,
)
from idkeep.model.resources import AclGrant, Bucket, Resources

_THEIRS = "is no bucket of this account's, and its owner's scan judges it"
_NOT_OURS = does_not_apply(TrailBucket(name="audit-logs", access=NotOwned()), _THEIRS)
_DENIED = Gap("s3:ListAllMyBuckets", "AccessDenied")
_UNREAD = cannot_tell(TrailBucket(name="audit-logs", access=_DENIED), str(_DENIED))
_PUBLIC = text(allow("s3:GetObject", "arn:aws:s3:::audit-logs/*", Principal="*"))
_ACLS = "who may come in by ACL: not read: --facts resources"


def _with(**facts: Any) -> TrailBucket:  # noqa: ANN401 -- facts of any kind
    assert isinstance(BUCKET.access, BucketAccess)
    return replace(BUCKET, access=replace(BUCKET.access, **facts))


def _access(bucket: TrailBucket) -> BucketAccess | NotOwned:
    """Ends the check where it was not read."""
    if isinstance(bucket.access, NotOwned):
        return bucket.access
    return known(bucket.access)


def _read(*, acl: Any = None, ownership: str = "BucketOwnerEnforced") -> Resources:  # noqa: ANN401
    bucket = bucket_of(None, arn="arn:aws:s3:::audit-logs", object_ownership=ownership, acl=acl)
    return Resources(account_public_access_block=None, buckets=(bucket,))


_EVERYBODY = AclGrant(grantee="http://acs.amazonaws.com/groups/global/AllUsers", permission="READ")


@check(
    TrailBucket,
    severity=Severity.CRITICAL,
    controls=("trail-bucket-not-public", "no-public-resources"),
    reads=("access",),
    remedy=Remedy(
        do="Block public access (`aws s3api put-public-access-block --bucket BUCKET "
        "--public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,"
        "RestrictPublicBuckets=true`), "
        "then take the statement out of the bucket's policy: `aws s3api "
        "put-bucket-policy --bucket BUCKET --policy file://policy.json`.",
        may_stop="Who read the logs without signing in no longer can; CloudTrail itself goes on "
        "delivering.",
    ),
    examples=(
        fails(
            _with(policy=_PUBLIC, public_access_block=None),
            "lets anybody do s3:GetObject",
            resources=_read(),
        ),
        fails(
            _with(public_access_block=None),
            "lets anybody READ by its ACL",
            resources=_read(acl=(_EVERYBODY,), ownership="ObjectWriter"),
        ),
        passes(BUCKET),
        passes(_with(policy=_PUBLIC)),
        passes(_with(public_access_block=None), resources=_read()),
        cannot_tell(
            _with(policy=Gap("s3:GetBucketPolicy", "AccessDenied")),
            "s3:GetBucketPolicy: AccessDenied",
        ),
        cannot_tell(_with(public_access_block=None), _ACLS),
        _NOT_OURS,
        _UNREAD,
    ),
)
def trail_bucket_open_to_anybody(bucket: TrailBucket, estate: Estate) -> Iterator[Said]:
    """The bucket with the trail's logs lets anybody in.

    The logs tell an intruder who works here, from where, and which keys there are; whoever may
    write can take traces out. Policy, ACL and the blocks of public access are decided together.
    """
    access = _access(bucket)
    if isinstance(access, NotOwned):
        yield NotApplicable(_THEIRS)
        return
    standing = _standing(bucket, access, estate)
    yield from bucket_lets_anybody_in(standing, estate)
    block = access.public_access_block
    if isinstance(block, Gap | NotAsked):
        yield Unknown(str(block))
    elif isinstance(standing.acl, NotAsked) and not _ignores_acls(block):
        yield Unknown(f"who may come in by ACL: {standing.acl}")
    else:
        said = bucket_acl_for_anybody.body(standing, estate)
        yield from (one for one in said if not isinstance(one, NotApplicable))


def _standing(bucket: TrailBucket, access: BucketAccess, estate: Estate) -> Bucket:
    """The bucket as the resources tell of it, with the policy that was read with the trail."""
    account = estate.snapshot.account
    arn = f"arn:{account.partition}:s3:::{bucket.name}"
    resources = estate.snapshot.resources
    buckets = resources.buckets if isinstance(resources, Resources) else ()
    found = next((one for one in buckets if one.arn == arn), None)
    not_asked = NotAsked(Family.RESOURCES)
    bare = Bucket(
        arn=arn,
        account=account.id,
        region="",
        policy=access.policy,
        public_access_block=access.public_access_block,
        object_ownership=not_asked,
        abac_status="",
        acl=not_asked,
    )
    if found is None:
        return bare
    return replace(bare, acl=found.acl, object_ownership=found.object_ownership)


def _ignores_acls(block: object) -> bool:
    return isinstance(block, PublicAccessBlock) and block.ignore_acls


@check(
    TrailBucket,
    severity=Severity.LOW,
    controls=("trail-bucket-access-logged",),
    reads=("access",),
    remedy=Remedy(
        do="Write its requests to a bucket of their own, whose policy lets "
        "logging.s3.amazonaws.com write: `aws s3api put-bucket-logging --bucket BUCKET "
        "--bucket-logging-status file://logging.json`.",
        may_stop="Nothing stops: requests are written down besides, and stored logs cost a little.",
    ),
    examples=(
        fails(_with(access_log=None), "does not log who reads it"),
        passes(BUCKET),
        cannot_tell(
            _with(access_log=Gap("s3:GetBucketLogging", "AccessDenied")),
            "s3:GetBucketLogging: AccessDenied",
        ),
        _NOT_OURS,
        _UNREAD,
    ),
)
def trail_bucket_without_access_log(bucket: TrailBucket, _: Estate) -> Iterator[Said]:
    """Nobody can tell who read or deleted the trail's log files.

    Server access logs tell of each request to the bucket, also of those that come in by its
    policy from another account.
    """
    access = _access(bucket)
    if isinstance(access, NotOwned):
        yield NotApplicable(_THEIRS)
    elif known(access.access_log) is None:
        yield Problem("does not log who reads it")


@check(
    TrailBucket,
    severity=Severity.LOW,
    controls=("trail-bucket-mfa-delete",),
    reads=("access",),
    remedy=Remedy(
        do="Sign in as root with MFA and switch it on: `aws s3api put-bucket-versioning "
        "--bucket BUCKET --versioning-configuration Status=Enabled,MFADelete=Enabled "
        '--mfa "SERIAL CODE"`. Object Lock in compliance mode does the same for all, and '
        "needs no root.",
        may_stop="From then on nobody deletes a version without root's device, and lifecycle "
        "rules of the bucket are refused: what they delete today stays.",
        by="The root user of the bucket's account, with its MFA device.",
        only=(),
    ),
    examples=(
        fails(
            _with(versioning=BucketVersioning(status="Enabled")),
            "lets versions be deleted without MFA",
        ),
        fails(_with(versioning=BucketVersioning()), "keeps no versions of what is deleted"),
        passes(BUCKET),
        cannot_tell(
            _with(versioning=Gap("s3:GetBucketVersioning", "AccessDenied")),
            "s3:GetBucketVersioning: AccessDenied",
        ),
        _NOT_OURS,
        _UNREAD,
    ),
)
def trail_bucket_without_mfa_delete(bucket: TrailBucket, _: Estate) -> Iterator[Said]:
    """Whoever may delete in the trail's bucket may delete the logs for good.

    With versions and MFA delete a stolen key is not enough: it takes root's second factor.
    """
    access = _access(bucket)
    if isinstance(access, NotOwned):
        yield NotApplicable(_THEIRS)
        return
    versioning = known(access.versioning)
    if versioning.status != "Enabled":
        yield Problem("keeps no versions of what is deleted")
    elif not versioning.mfa_delete:
        yield Problem("lets versions be deleted without MFA")


CHECKS = (
    trail_bucket_open_to_anybody,
    trail_bucket_without_access_log,
    trail_bucket_without_mfa_delete,
)
