"""Checks on what S3 itself keeps from being public, whatever policies say."""

from collections.abc import Iterator

from idkeep.access import Estate
from idkeep.access.engine import ANYTHING
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, fails, known, passes
from idkeep.checks.policies.resource_kinds import bucket
from idkeep.checks.samples import deny, text
from idkeep.model import Gap, Problem, Severity, Unknown
from idkeep.model.logging import PublicAccessBlock
from idkeep.model.resources import AccessPoint, Bucket, Resources
from idkeep.policy import Denied
from idkeep.policy.context import Given

_FULL = PublicAccessBlock(
    block_acls=True, ignore_acls=True, block_policy=True, restrict_buckets=True
)
_HALF = PublicAccessBlock(
    block_acls=True, ignore_acls=True, block_policy=False, restrict_buckets=False
)
_NO_BLOCK = Gap("s3:GetAccountPublicAccessBlock", "AccessDenied")


def _tls(condition: object, action: str = "s3:*", who: object = "*") -> str:
    """The policy of a bucket that denies what the condition tells."""
    both = ["arn:aws:s3:::larkfield", "arn:aws:s3:::larkfield/*"]
    return text(deny(action, both, Principal=who, Condition=condition))


def _block(command: str) -> Remedy:
    return Remedy(
        do="After a look at what is meant to be public (a website belongs behind CloudFront), "
        f"switch all four settings on: `aws {command} --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,"
        "RestrictPublicBuckets=true`.",
        may_stop="Public access stops at once, and so does what a bucket with a public policy "
        "gives to other accounts.",
    )


@check(
    Resources,
    severity=Severity.MEDIUM,
    controls=("public-access-blocked-by-account",),
    reads=("account_public_access_block",),
    remedy=_block("s3control put-public-access-block --account-id ACCOUNT"),
    examples=(
        fails(Resources(account_public_access_block=None), "lets buckets be public"),
        fails(
            Resources(account_public_access_block=_HALF),
            "lets buckets be public: block_policy, restrict_buckets are off",
        ),
        passes(Resources(account_public_access_block=_FULL)),
        cannot_tell(
            Resources(account_public_access_block=_NO_BLOCK),
            "s3:GetAccountPublicAccessBlock: AccessDenied",
        ),
    ),
)
def account_takes_public_buckets(resources: Resources, _: Estate) -> Iterator[Said]:
    """The account does not block public access to its buckets as a whole.

    The block holds for buckets that are made tomorrow, and wins over what their makers set:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
    """
    block = known(resources.account_public_access_block)
    if off := _off(block):
        said = f": {', '.join(off)} are off" if block else ""
        yield Problem(f"lets buckets be public{said}")


@check(
    Bucket,
    severity=Severity.LOW,
    controls=("public-access-blocked",),
    reads=("public_access_block",),
    remedy=_block("s3api put-public-access-block --bucket BUCKET"),
    examples=(
        fails(
            bucket(None),
            "may be made public",
            resources=Resources(account_public_access_block=None),
        ),
        passes(bucket(None), resources=Resources(account_public_access_block=_FULL)),
        passes(
            bucket(None, public_access_block=_FULL),
            resources=Resources(account_public_access_block=None),
        ),
        cannot_tell(
            bucket(None),
            "s3:GetAccountPublicAccessBlock: AccessDenied",
            resources=Resources(account_public_access_block=_NO_BLOCK),
        ),
    ),
)
def bucket_takes_public_access(one: Bucket, estate: Estate) -> Iterator[Said]:
    """Neither the bucket nor the account blocks public access to it.

    One policy or access control list is then enough to publish it. What is public already is
    the matter of other checks.
    """
    own = one.public_access_block
    if isinstance(own, PublicAccessBlock) and not _off(own):
        return
    block = known(known(estate.snapshot.resources).account_public_access_block)
    known(own)
    # What either switches on is on.
    if set(_off(block)) & set(_off(known(own))):
        yield Problem("may be made public")


def _point(block: PublicAccessBlock | Gap | None) -> AccessPoint:
    return AccessPoint(
        arn="arn:aws:s3:us-east-1:111122223333:accesspoint/partner",
        account="111122223333",
        region="us-east-1",
        bucket="larkfield",
        network_origin="Internet",
        policy=None,
        public_access_block=block,
    )


@check(
    AccessPoint,
    severity=Severity.LOW,
    controls=("access-points-block-public",),
    reads=("public_access_block",),
    remedy=Remedy(
        do="Make a new one with all four settings on (`aws s3control create-access-point "
        "--account-id ACCOUNT --name NAME --bucket BUCKET --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,"
        "RestrictPublicBuckets=true`), lead its users there, then delete this one: `aws s3control "
        "delete-access-point --account-id ACCOUNT --name ACCESS_POINT`.",
        may_stop="Whoever still comes by the old one is refused once it is deleted.",
    ),
    examples=(
        fails(_point(None), "does not block public access"),
        fails(
            _point(_HALF),
            "does not block public access: block_policy, restrict_buckets are off",
        ),
        passes(_point(_FULL)),
        cannot_tell(
            _point(Gap("s3:GetAccessPoint", "AccessDenied")), "s3:GetAccessPoint: AccessDenied"
        ),
    ),
)
def access_point_takes_public_access(point: AccessPoint, _: Estate) -> Iterator[Said]:
    """An access point was made without its block of public access.

    Then a block of the bucket or of the account is all that keeps a policy from opening it. An
    access point's own block is on unless its maker says otherwise, and cannot be changed later:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html
    """
    block = known(point.public_access_block)
    if off := _off(block):
        said = f": {', '.join(off)} are off" if block else ""
        yield Problem(f"does not block public access{said}")


@check(
    Bucket,
    severity=Severity.LOW,
    controls=("no-bucket-acls",),
    reads=("object_ownership",),
    remedy=Remedy(
        do="Move what others need into the bucket's policy, then `aws s3api "
        "put-bucket-ownership-controls --bucket BUCKET --ownership-controls "
        "Rules=[{ObjectOwnership=BucketOwnerEnforced}]`.",
        may_stop="Access that only an ACL gave ends, and requests that set ACLs fail.",
    ),
    examples=(
        fails(bucket(None, object_ownership="ObjectWriter"), "gives access by ACLs too"),
        fails(bucket(None, object_ownership=None), "gives access by ACLs too"),
        passes(bucket(None)),
        cannot_tell(
            bucket(None, object_ownership=Gap("s3:GetBucketOwnershipControls", "AccessDenied")),
            "s3:GetBucketOwnershipControls: AccessDenied",
        ),
    ),
)
def bucket_with_acls(one: Bucket, _: Estate) -> Iterator[Said]:
    """Access control lists still count for a bucket.

    They are set object by object, by whoever writes it, and no policy shows them. New buckets
    have them off: https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    if known(one.object_ownership) != "BucketOwnerEnforced":
        yield Problem("gives access by ACLs too")


@check(
    Bucket,
    severity=Severity.LOW,
    controls=("encrypted-requests",),
    reads=("policy",),
    remedy=Remedy(
        do="Add a statement to the bucket's policy that denies `s3:*` on the bucket and its "
        'objects to everybody where `"Bool": {"aws:SecureTransport": "false"}`: `aws s3api '
        "put-bucket-policy --bucket BUCKET --policy file://policy.json`. A resource control "
        "policy does it for every bucket of the organisation.",
        may_stop="Whoever still asks by plain HTTP is refused; websites of S3 are served so.",
    ),
    examples=(
        fails(bucket(None), "does not refuse s3:GetObject and 3 more by plain HTTP"),
        passes(bucket(_tls({"Bool": {"aws:SecureTransport": "false"}}))),
        passes(bucket(_tls({"BoolIfExists": {"AWS:securetransport": ["false"]}}))),
        fails(
            bucket(_tls({"Bool": {"aws:SecureTransport": "false"}}, "s3:GetObject")),
            "does not refuse s3:PutObject and 2 more by plain HTTP",
        ),
        fails(
            bucket(_tls({"Bool": {"aws:SecureTransport": "true"}})),
            "does not refuse s3:GetObject and 3 more by plain HTTP",
        ),
        fails(
            bucket(_tls({"Bool": {"aws:SecureTransport": "false"}}, who={"AWS": "444455556666"})),
            "does not refuse s3:GetObject and 3 more by plain HTTP",
        ),
        cannot_tell(
            bucket(Gap("s3:GetBucketPolicy", "AccessDenied")), "s3:GetBucketPolicy: AccessDenied"
        ),
    ),
)
def bucket_over_plain_http(one: Bucket, estate: Estate) -> Iterator[Said]:
    """A bucket answers requests that are not encrypted on their way.

    Whoever sits on the way reads the objects, and the signed requests for an hour. S3 takes plain
    HTTP unless a policy refuses it; what the engine finds denied counts, in the bucket's own
    policy or in a resource control policy:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    known(one.policy)
    engine = estate.engine
    site = engine.site(one)
    open_, unread = [], None
    for action, suffix in _BY_HTTP:
        answers = (
            engine.outsider_at(site, who, action, f"{one.arn}{suffix}", ANYTHING.told(_PLAIN))
            for who in (estate.snapshot.root.arn, "*")
        )
        for answer in answers:
            if isinstance(answer.decision, Denied) and answer.decision.by:
                continue
            unread = unread or next(iter(answer.guardrails), None)
            open_.append(action)
            break
    if open_ and unread:
        yield Unknown(str(unread))
    elif open_:
        more = f" and {len(open_) - 1} more" if len(open_) > 1 else ""
        yield Problem(f"does not refuse {open_[0]}{more} by plain HTTP")


# Plain HTTP has no version of TLS to ask for.
_PLAIN: dict[str, Given] = {"aws:SecureTransport": "false", "s3:TlsVersion": ()}
_BY_HTTP = (
    ("s3:GetObject", "/object"),
    ("s3:PutObject", "/object"),
    ("s3:DeleteObject", "/object"),
    ("s3:ListBucket", ""),
)


def _off(block: PublicAccessBlock | None) -> list[str]:
    """The settings of a block that are off; all of them where there is none."""
    names = PublicAccessBlock.__struct_fields__
    return [name for name in names if block is None or not getattr(block, name)]


CHECKS = (
    account_takes_public_buckets,
    bucket_takes_public_access,
    access_point_takes_public_access,
    bucket_with_acls,
    bucket_over_plain_http,
)
