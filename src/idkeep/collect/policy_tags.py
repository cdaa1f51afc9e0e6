"""Tags of the account's own policies, all at once: a hundred a page, not a call for each policy.

IAM tells them a policy at a time; AWS's tagging API lists every resource that has or had tags, and
of IAM all kinds but users and roles, in the region where the partition has IAM. AWS says that it
leaves out what has none. That is not taken on trust here, for a condition on a tag that a policy
lacks turns a decision: of a policy that the listing leaves out it is open what tags it has.
Sources: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html,
https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/supported-services.html
"""

from collections.abc import Mapping

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.model import Gap, ManagedPolicy, PolicyTags
from idkeep.model.partitions import home


def _tags(pages: Pages) -> Mapping[str, PolicyTags]:
    """By the policy's ARN."""
    return {
        one["ResourceARN"]: PolicyTags(entries={tag["Key"]: tag["Value"] for tag in one["Tags"]})
        for page in pages
        for one in page["ResourceTagMappingList"]
    }


POLICY_TAGS = Collector(
    service="resourcegroupstaggingapi",
    operation="GetResources",
    action="tag:GetResources",
    build=_tags,
    params={"ResourceTypeFilters": ["iam:policy"], "ResourcesPerPage": 100},
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (POLICY_TAGS,)


def tagged(ask: Ask, policies: tuple[ManagedPolicy, ...]) -> tuple[ManagedPolicy, ...]:
    """The policies with their tags. AWS's own have none: nobody can tag them."""
    told: Mapping[str, PolicyTags] | Gap = {}
    if not all(_is_by_aws(one) for one in policies):
        told = ask.sure(POLICY_TAGS, region=home(ask.partition))
    return tuple(replace(one, tags=_tags_of(one, told)) for one in policies)


def _tags_of(
    policy: ManagedPolicy, told: Mapping[str, PolicyTags] | Gap
) -> PolicyTags | Gap | None:
    if _is_by_aws(policy):
        return PolicyTags()
    return told if isinstance(told, Gap) else told.get(policy.arn)


def _is_by_aws(policy: ManagedPolicy) -> bool:
    return ":iam::aws:" in policy.arn
