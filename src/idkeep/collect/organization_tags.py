"""Tags of the organisation's accounts, all at once: a hundred a page, not a call for each account.

AWS's tagging API lists every resource that has or had tags, of all services, in the region where
it lives; that is the region where the partition keeps its organisations. Only the management
account sees them there: accounts belong to it.
Source: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
and supported-services.html
"""

from collections.abc import Mapping
from functools import cache

from botocore.loaders import create_loader
from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.model import Gap, MemberAccount, Organization, OrganizationTags


def _tags(pages: Pages) -> Mapping[str, OrganizationTags]:
    """By account."""
    return {
        one["ResourceARN"].rpartition("/")[2]: OrganizationTags(
            entries={tag["Key"]: tag["Value"] for tag in one["Tags"]}
        )
        for page in pages
        for one in page["ResourceTagMappingList"]
    }


TAGS = Collector(
    service="resourcegroupstaggingapi",
    operation="GetResources",
    action="tag:GetResources",
    build=_tags,
    params={"ResourceTypeFilters": ["organizations:account"], "ResourcesPerPage": 100},
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (TAGS,)


def tagged(
    ask: Ask, organization: Organization, accounts: tuple[MemberAccount, ...] | Gap
) -> tuple[MemberAccount, ...] | Gap:
    """The accounts with their tags; one that the answer lacks never had any."""
    if isinstance(accounts, Gap):
        return accounts
    tags = _all(ask, organization)
    if isinstance(tags, Gap):
        return tuple(replace(one, tags=tags) for one in accounts)
    return tuple(replace(one, tags=tags.get(one.id, OrganizationTags())) for one in accounts)


def _all(ask: Ask, organization: Organization) -> Mapping[str, OrganizationTags] | Gap:
    if organization.management_account != ask.account:
        return Gap(TAGS.action, "only the management account is told", elsewhere=True)
    region = _home(ask.partition)
    if region is None:
        return Gap(TAGS.action, "it is not known which region has the organisation")
    return ask.sure(TAGS, region=region)


@cache
def _home(partition: str) -> str | None:
    """Where the partition keeps its organisations, which botocore knows from their endpoint."""
    for one in create_loader().load_data("endpoints")["partitions"]:
        if one["partition"] == partition and "organizations" in one["services"]:
            service = one["services"]["organizations"]
            scope = service["endpoints"][service["partitionEndpoint"]]["credentialScope"]
            region: str = scope["region"]
            return region
    return None
