"""Tags of the organisation's accounts and units in one call; other tags are moto's to tell.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html: what
organizations has is tagged in its home region.
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.organization_tree import Tree
from idkeep.demo.overlay.tables import Asked, Table

TYPES = ("organizations:account", "organizations:ou")


def _resources(asked: Asked) -> Mapping[str, Any] | None:
    wanted = asked.params.get("ResourceTypeFilters") or ()
    if not wanted or not all(kind.startswith("organizations") for kind in wanted):
        return None
    organization = asked.world.estate.organization
    is_home = asked.call.region == asked.state.declared.account.region
    if organization is None or organization.management != asked.state.account or not is_home:
        return {"ResourceTagMappingList": [], "PaginationToken": ""}
    tree = Tree(organization, asked.state.partition)
    every = "organizations" in wanted
    tagged = {
        **(_accounts(tree) if every or TYPES[0] in wanted else {}),
        **(_units(tree) if every or TYPES[1] in wanted else {}),
    }
    return {
        "ResourceTagMappingList": [
            {
                "ResourceARN": arn,
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
            }
            for arn, tags in tagged.items()
            if tags
        ],
        "PaginationToken": "",
    }


def _accounts(tree: Tree) -> dict[str, dict[str, str]]:
    return {tree.account_arn(member.id): member.tags for member in tree.declared.members}


def _units(tree: Tree) -> dict[str, dict[str, str]]:
    return {tree.target_arn(path): tags for path, tags in tree.declared.unit_tags.items()}


OPERATIONS: Table = {"GetResources": _resources}
