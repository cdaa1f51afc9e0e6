"""Security Hub, both generations: CSPM (hub) and the second (hub-v2).

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Operations.html. Where the account is
not subscribed, every call of the first generation is InvalidAccessException. Kinds: hub, hub-v2,
standard, administrator, admin-account, member, finding, action-target, insight,
organization-configuration.
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Answering, Asked, Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "The request was rejected: no such resource")


def _subscribed(asked: Asked) -> Mapping[str, Any]:
    if not asked.things("hub"):
        raise Refused(
            "InvalidAccessException",
            f"Account {asked.state.account} is not subscribed to AWS Security Hub",
        )
    return {}


def _for_subscribers(operation: Answering) -> Answering:
    def answer(asked: Asked) -> Mapping[str, Any]:
        _subscribed(asked)
        return operation(asked)

    return answer


def _members(asked: Asked) -> Mapping[str, Any]:
    """Only the enabled ones, unless the others are asked for too."""
    _subscribed(asked)
    every = asked.params.get("OnlyAssociated") is False
    members = asked.things("member")
    found = [one for one in members if every or one["MemberStatus"] == "Enabled"]
    items, more = asked.page(found, 50)
    return {"Members": items, **more}


OPERATIONS: Table = {
    "DescribeActionTargets": listing("action-target", "ActionTargets", needs=_subscribed),
    "DescribeHub": _for_subscribers(one("hub", by={"HubArn": "HubArn"}, absent=ABSENT)),
    "DescribeOrganizationConfiguration": _for_subscribers(
        one("organization-configuration", absent=ABSENT)
    ),
    "DescribeSecurityHubV2": one("hub-v2", absent=ABSENT),
    "GetAdministratorAccount": _for_subscribers(
        one("administrator", into="Administrator", absent={})
    ),
    "GetEnabledStandards": listing("standard", "StandardsSubscriptions", needs=_subscribed),
    "GetFindings": listing("finding", "Findings", needs=_subscribed),
    "GetInsights": listing("insight", "Insights", needs=_subscribed),
    "ListMembers": _members,
    "ListOrganizationAdminAccounts": listing("admin-account", "AdminAccounts"),
}
