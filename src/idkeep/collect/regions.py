"""Which regions an account has.

Source: https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html
"""

from collections.abc import Mapping

from idkeep.collect.declare import Collector, Pages

DISABLED = "DISABLED"


def _regions(pages: Pages) -> Mapping[str, str]:
    """Whether each is opted in, by name, in AWS's words."""
    return {one["RegionName"]: one["RegionOptStatus"] for page in pages for one in page["Regions"]}


REGIONS = Collector(service="account", operation="ListRegions", build=_regions)
