"""S3: buckets, access points, the account's own block.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
and https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html
"""

from dataclasses import dataclass

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages, built
from idkeep.collect.resources.kind import AnyKind, Found, Kind, Place, costing, in_regions, kept
from idkeep.collect.trails import BUCKET_BLOCK, BUCKET_POLICY, BUCKETS
from idkeep.model import Gap
from idkeep.model.logging import PublicAccessBlock
from idkeep.model.resources import AccessPoint, AclGrant, Bucket

# Without a parameter AWS leaves each bucket's region out; with this one it pages.
_PAGE = 1000
_NO_BLOCK = frozenset({"NoSuchPublicAccessBlockConfiguration"})
_ENFORCED = "BucketOwnerEnforced"


def _block(told: Answer) -> PublicAccessBlock:
    return PublicAccessBlock(
        block_acls=told["BlockPublicAcls"],
        ignore_acls=told["IgnorePublicAcls"],
        block_policy=told["BlockPublicPolicy"],
        restrict_buckets=told["RestrictPublicBuckets"],
    )


def _account_block(pages: Pages) -> PublicAccessBlock:
    [answer] = pages
    return _block(answer["PublicAccessBlockConfiguration"])


ACCOUNT_BLOCK = Collector(
    service="s3control",
    operation="GetPublicAccessBlock",
    action="s3:GetAccountPublicAccessBlock",
    build=_account_block,
    absent=_NO_BLOCK,
)


def _ownership(pages: Pages) -> str:
    [answer] = pages
    [rule] = answer["OwnershipControls"]["Rules"]
    owner: str = rule["ObjectOwnership"]
    return owner


OWNERSHIP = Collector(
    service="s3",
    operation="GetBucketOwnershipControls",
    build=_ownership,
    absent=frozenset({"OwnershipControlsNotFoundError"}),
    regional=True,
)


def _abac(pages: Pages) -> str:
    """The model of the answer leaves room for a bucket without a status."""
    [answer] = pages
    status: str = answer["AbacStatus"].get("Status", "")
    return status


ABAC = Collector(service="s3", operation="GetBucketAbac", build=_abac, regional=True)


def _acl(pages: Pages) -> tuple[AclGrant, ...]:
    [answer] = pages
    return tuple(
        AclGrant(grantee=_grantee(one["Grantee"]), permission=one["Permission"])
        for one in answer["Grants"]
    )


def _grantee(told: Answer) -> str:
    """An account's e-mail address and display name stay with AWS."""
    name: str = told.get("URI") or told["ID"]
    return name


ACL = Collector(service="s3", operation="GetBucketAcl", build=_acl, regional=True)


def _points(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["AccessPointList"])


ACCESS_POINTS = Collector(
    service="s3control",
    operation="ListAccessPoints",
    action="s3:ListAccessPoints",
    params={"DataSourceType": "ALL"},
    build=_points,
    regional=True,
)


def _point_policy(pages: Pages) -> str:
    [answer] = pages
    policy: str = answer["Policy"]
    return policy


ACCESS_POINT_POLICY = Collector(
    service="s3control",
    operation="GetAccessPointPolicy",
    action="s3:GetAccessPointPolicy",
    build=_point_policy,
    absent=frozenset({"NoSuchAccessPointPolicy"}),
    regional=True,
)


@dataclass(frozen=True, slots=True)
class _PointBlock:
    block: PublicAccessBlock | None


def _point_block(pages: Pages) -> _PointBlock:
    [answer] = pages
    told = answer.get("PublicAccessBlockConfiguration")
    return _PointBlock(_block(told) if told else None)


ACCESS_POINT = Collector(
    service="s3control",
    operation="GetAccessPoint",
    action="s3:GetAccessPoint",
    build=_point_block,
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (
    ACCOUNT_BLOCK,
    BUCKETS,
    BUCKET_POLICY,
    BUCKET_BLOCK,
    OWNERSHIP,
    ABAC,
    ACL,
    ACCESS_POINTS,
    ACCESS_POINT_POLICY,
    ACCESS_POINT,
)


def account_block(ask: Ask) -> PublicAccessBlock | Gap | None:
    return ask(ACCOUNT_BLOCK, AccountId=ask.account)


def _buckets(ask: Ask) -> Found[str]:
    reading = ask.reading(BUCKETS, MaxBuckets=_PAGE)
    names = built(BUCKETS, reading.pages) if reading.pages else {}
    if isinstance(names, Gap):
        return Found(gaps=(names,))
    items = tuple((region or ask.region, name) for name, region in names.items())
    return Found(items, (reading.gap,) if reading.gap else ())


def _bucket(ask: Ask, place: Place, name: str) -> Bucket:
    # A bucket's name may go to another account between two calls.
    whose = {"Bucket": name, "ExpectedBucketOwner": ask.account}
    ownership = ask(OWNERSHIP, region=place.region, **whose)
    return Bucket(
        arn=f"arn:{place.partition}:s3:::{name}",
        account=place.account,
        region=place.region,
        policy=kept(ask, ask(BUCKET_POLICY, region=place.region, **whose)),
        public_access_block=ask(BUCKET_BLOCK, region=place.region, **whose),
        object_ownership=ownership,
        abac_status=ask.sure(ABAC, region=place.region, **whose),
        acl=None if ownership == _ENFORCED else ask.sure(ACL, region=place.region, **whose),
    )


def _access_point(ask: Ask, place: Place, told: Answer) -> AccessPoint:
    name = {"AccountId": ask.account, "Name": told["Name"]}
    block = ask.sure(ACCESS_POINT, region=place.region, **name)
    return AccessPoint(
        **place.here(told.get("AccessPointArn") or place.arn("s3", f"accesspoint/{told['Name']}")),
        bucket=told["Bucket"],
        bucket_account=told.get("BucketAccountId", ""),
        data_source=told.get("DataSourceId", ""),
        network_origin=told["NetworkOrigin"],
        policy=kept(ask, ask(ACCESS_POINT_POLICY, region=place.region, **name)),
        public_access_block=block.block if isinstance(block, _PointBlock) else block,
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(field="buckets", model=Bucket, lists=_buckets, calls=costing(5), read=_bucket),
    Kind(
        field="access_points",
        model=AccessPoint,
        lists=lambda ask: in_regions(ask, ACCESS_POINTS, AccountId=ask.account),
        calls=costing(2),
        read=_access_point,
    ),
)
