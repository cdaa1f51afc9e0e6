"""What S3 keeps of an account and not of a bucket.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html. Kinds:
public-access-block, access-point (with `Policy` where it has one, and `PolicyStatus`).
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table, listing, one

NO_BLOCK = Refused(
    "NoSuchPublicAccessBlockConfiguration",
    "The public access block configuration was not found",
)
NO_POINT = Refused("NoSuchAccessPoint", "The specified accesspoint does not exist")


def _policy(asked: Asked) -> Mapping[str, Any]:
    for point in asked.things("access-point"):
        if point["Name"] == asked.params["Name"]:
            if "Policy" in point:
                return {"Policy": point["Policy"]}
            raise Refused(
                "NoSuchAccessPointPolicy", "The specified accesspoint policy does not exist"
            )
    raise NO_POINT


OPERATIONS: Table = {
    "GetAccessPoint": one("access-point", by={"Name": "Name"}, absent=NO_POINT),
    "GetAccessPointPolicy": _policy,
    "GetAccessPointPolicyStatus": one("access-point", by={"Name": "Name"}, absent=NO_POINT),
    "GetPublicAccessBlock": one(
        "public-access-block", into="PublicAccessBlockConfiguration", absent=NO_BLOCK
    ),
    "ListAccessPoints": listing("access-point", "AccessPointList", where={"Bucket": "Bucket"}),
}
