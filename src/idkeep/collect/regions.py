"""Which regions an account has.

Source: https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html and
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeRegions.html, which tells the
same to whom the first is refused.
"""

from collections.abc import Mapping

from idkeep.collect.declare import AnyCollector, Collector, Pages

DISABLED = "DISABLED"
_WORDS = {
    "opt-in-not-required": "ENABLED_BY_DEFAULT",
    "opted-in": "ENABLED",
    "not-opted-in": DISABLED,
}


def _regions(pages: Pages) -> Mapping[str, str]:
    """Whether each is opted in, by name, in AWS's words."""
    return {one["RegionName"]: one["RegionOptStatus"] for page in pages for one in page["Regions"]}


def _regions_of_ec2(pages: Pages) -> Mapping[str, str]:
    """The same, in the words of the first; a region that is being changed is in none of these."""
    return {
        one["RegionName"]: _WORDS.get(one["OptInStatus"], one["OptInStatus"])
        for page in pages
        for one in page["Regions"]
    }


REGIONS = Collector(service="account", operation="ListRegions", build=_regions)
REGIONS_OF_EC2 = Collector(
    service="ec2",
    operation="DescribeRegions",
    build=_regions_of_ec2,
    params={"AllRegions": True},
)
COLLECTORS: tuple[AnyCollector, ...] = (REGIONS, REGIONS_OF_EC2)
