"""AWS RAM: what an account shares with whom, and what other accounts of the estate share with it.

https://docs.aws.amazon.com/ram/latest/APIReference/API_Operations.html. Kind: share, declared where
it is owned, with its `principals`, `resources` and `sources` as the three listings tell them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from idkeep.demo.declared.account import Said
from idkeep.demo.overlay.organization_tree import Tree
from idkeep.demo.overlay.tables import Asked, Table

SIZE = 100
OWN = "SELF"


def _shares(asked: Asked) -> Mapping[str, Any]:
    wanted = asked.params.get("name"), asked.params.get("resourceShareStatus")
    found = [
        share
        for share in _named(asked)
        if wanted[0] in {None, share["name"]} and wanted[1] in {None, share["status"]}
    ]
    items, more = asked.page(found, SIZE)
    known = asked.model.output_shape.members["resourceShares"].member.members
    said = [{name: part for name, part in one.items() if name in known} for one in items]
    return {"resourceShares": said, **more}


def _principals(asked: Asked) -> Mapping[str, Any]:
    """Of shares that others own AWS tells the owner's account, which is what lets us in."""
    if asked.params["resourceOwner"] == OWN:
        found = [one for share in _named(asked) for one in _parts(share, "principals")]
    else:
        found = [
            {
                "id": share["owningAccountId"],
                "resourceShareArn": share["resourceShareArn"],
                "external": False,
            }
            for share in _named(asked)
        ]
    wanted = asked.params.get("principals") or ()
    items, more = asked.page([one for one in found if not wanted or one["id"] in wanted], SIZE)
    return {"principals": items, **more}


def _resources(asked: Asked) -> Mapping[str, Any]:
    kind, arns = asked.params.get("resourceType"), asked.params.get("resourceArns") or ()
    found = [
        one
        for share in _named(asked)
        for one in _parts(share, "resources")
        if kind in {None, one["type"]} and (not arns or one["arn"] in arns)
    ]
    items, more = asked.page(found, SIZE)
    return {"resources": items, **more}


def _sources(asked: Asked) -> Mapping[str, Any]:
    """Of the account's own shares: for whom the services among the principals act."""
    wanted = asked.params.get("resourceShareArns") or ()
    found = [
        one
        for share in asked.things("share")
        if not wanted or share["resourceShareArn"] in wanted
        for one in _parts(share, "sources")
    ]
    items, more = asked.page(found, SIZE)
    return {"sourceAssociations": items, **more}


def _parts(share: Said, name: str) -> Iterator[Said]:
    for one in share.get(name, ()):
        yield {**one, "resourceShareArn": share["resourceShareArn"]}


def _named(asked: Asked) -> list[Said]:
    """The shares of the owner asked for, or those of them that are named by ARN."""
    is_own = asked.params["resourceOwner"] == OWN
    wanted = asked.params.get("resourceShareArns") or ()
    found = asked.things("share") if is_own else _from_others(asked)
    return [share for share in found if not wanted or share["resourceShareArn"] in wanted]


def _from_others(asked: Asked) -> list[Said]:
    """A share reaches an account that it names, or whose unit or organisation it names."""
    mine = _names_of(asked)
    return [
        thing.says
        for account, estate in asked.world.estate.accounts.items()
        if account != asked.state.account
        for thing in estate.things.get("ram", ())
        if thing.kind == "share"
        and thing.region in {None, asked.call.region}
        and thing.says["status"] == "ACTIVE"
        and mine & {one["id"] for one in thing.says.get("principals", ())}
    ]


def _names_of(asked: Asked) -> frozenset[str]:
    account, organization = asked.state.account, asked.world.estate.organization
    member = asked.world.member(account)
    if organization is None or member is None:
        return frozenset({account})
    tree = Tree(organization, asked.state.partition)
    parts = [part for part in member.unit.split("/") if part]
    units = ("/" + "/".join(parts[:end]) for end in range(1, len(parts) + 1))
    return frozenset(
        {account, tree.arn("organization", organization.id), *map(tree.target_arn, units)}
    )


OPERATIONS: Table = {
    "GetResourceShares": _shares,
    "ListPrincipals": _principals,
    "ListResources": _resources,
    "ListSourceAssociations": _sources,
}
