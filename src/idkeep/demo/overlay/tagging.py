"""Tags of the organisation's accounts and units, and of IAM's policies, in one call each.

Other tags are moto's to tell. Both services are tagged in their home region, and what has no tags
is left out:
https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from idkeep.demo.overlay.organization_tree import Tree
from idkeep.demo.overlay.tables import Asked, Table

Tags = dict[str, dict[str, str]]
# As many as AWS has on a page of it, and no more.
SIZE = 100


def _resources(asked: Asked) -> Mapping[str, Any] | None:
    wanted = asked.params.get("ResourceTypeFilters") or ()
    kinds = [kind for one in wanted for kind in TYPES if kind == one or kind.startswith(f"{one}:")]
    if not kinds or not all(one.partition(":")[0] in ("iam", "organizations") for one in wanted):
        return None
    is_home = asked.call.region == asked.state.declared.account.region
    tagged = [one for kind in kinds for one in TYPES[kind](asked).items() if is_home and one[1]]
    items, more = asked.page(tagged, SIZE)
    return {
        "ResourceTagMappingList": [
            {
                "ResourceARN": arn,
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            }
            for arn, tags in items
        ],
        "PaginationToken": "",
        **more,
    }


def _tree(asked: Asked) -> Tree | None:
    """Accounts and units belong to the management account."""
    organization = asked.world.estate.organization
    if organization is None or organization.management != asked.state.account:
        return None
    return Tree(organization, asked.state.partition)


def _accounts(asked: Asked) -> Tags:
    tree = _tree(asked)
    if tree is None:
        return {}
    return {tree.account_arn(member.id): member.tags for member in tree.declared.members}


def _units(asked: Asked) -> Tags:
    tree = _tree(asked)
    if tree is None:
        return {}
    return {tree.target_arn(path): tags for path, tags in tree.declared.unit_tags.items()}


def _policies(asked: Asked) -> Tags:
    return {
        policy.arn: {tag["Key"]: tag["Value"] for tag in policy.tags.values()}
        for policy in asked.state.iam.managed_policies.values()
        if f":{asked.state.account}:" in policy.arn
    }


TYPES: Mapping[str, Callable[[Asked], Tags]] = {
    "iam:policy": _policies,
    "organizations:account": _accounts,
    "organizations:ou": _units,
}
OPERATIONS: Table = {"GetResources": _resources}
