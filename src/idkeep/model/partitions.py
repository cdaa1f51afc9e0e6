"""AWS's partitions, as botocore's endpoint data has them: the one place where regions are named.

For what has to name some region and is told none: an imagined resource, a finding's own. A test
holds it to botocore, which the packages that reason may not ask.
Source: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""

from collections.abc import Mapping

USUAL = "aws"
# Where IAM has its endpoint; of a partition with a single region, that one.
_HOME: Mapping[str, str] = {
    USUAL: "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-eusc": "eusc-de-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-us-gov": "us-gov-west-1",
}
# Others of it, of `aws` two that every account has to opt in to.
_FAR: Mapping[str, tuple[str, ...]] = {
    USUAL: ("af-south-1", "me-south-1"),
    "aws-cn": ("cn-northwest-1",),
    "aws-iso": ("us-iso-west-1",),
    "aws-iso-b": ("us-isob-west-1",),
    "aws-iso-f": ("us-isof-east-1",),
    "aws-us-gov": ("us-gov-east-1",),
}


def home(partition: str) -> str:
    """Where a partition keeps what belongs to no region; for one not known, as for `aws`."""
    return _HOME.get(partition, _HOME[USUAL])


def homes() -> Mapping[str, str]:
    """The same of every partition that is known."""
    return _HOME


def far(partition: str) -> tuple[str, ...]:
    """Regions of it that an account may well do without; none where it has one region alone."""
    return _FAR.get(partition, ())
