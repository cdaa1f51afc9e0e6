"""Firewall Manager: its administrators, policies and who complies.

https://docs.aws.amazon.com/fms/2018-01-01/APIReference/API_Operations.html. Kinds: admin-account
(the default administrator, which the management account declares for all), administrator (all of
them), policy, compliance (with
`PolicyId`), member (an account's id as `id`).
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "No Firewall Manager administrator account is set.")
NO_POLICY = Refused("ResourceNotFoundException", "The policy does not exist.")


def _default_administrator(asked: Asked) -> Mapping[str, Any]:
    """The organisation's, whichever of its accounts asks."""
    organization, accounts = asked.world.estate.organization, asked.world.estate.accounts
    manager = accounts.get(organization.management) if organization else None
    declared = (manager or asked.state.declared).things.get("fms", ())
    found = next((thing.says for thing in declared if thing.kind == "admin-account"), None)
    if found is None:
        raise ABSENT
    return found


OPERATIONS: Table = {
    "GetAdminAccount": _default_administrator,
    "GetPolicy": one("policy", by={"PolicyId": "PolicyId"}, into="Policy", absent=NO_POLICY),
    "ListAdminAccountsForOrganization": listing("administrator", "AdminAccounts"),
    "ListComplianceStatus": listing(
        "compliance", "PolicyComplianceStatusList", where={"PolicyId": "PolicyId"}
    ),
    "ListMemberAccounts": listing("member", "MemberAccounts", each="id"),
    "ListPolicies": listing("policy", "PolicyList"),
}
