"""Firewall Manager: its administrators, policies and who complies.

https://docs.aws.amazon.com/fms/2018-01-01/APIReference/API_Operations.html. Kinds: admin-account
(the default administrator), administrator (all of them), policy, compliance (with `PolicyId`),
member (an account's id as `id`).
"""

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "No Firewall Manager administrator account is set.")
NO_POLICY = Refused("ResourceNotFoundException", "The policy does not exist.")

OPERATIONS: Table = {
    "GetAdminAccount": one("admin-account", absent=ABSENT),
    "GetPolicy": one("policy", by={"PolicyId": "PolicyId"}, into="Policy", absent=NO_POLICY),
    "ListAdminAccountsForOrganization": listing("administrator", "AdminAccounts"),
    "ListComplianceStatus": listing(
        "compliance", "PolicyComplianceStatusList", where={"PolicyId": "PolicyId"}
    ),
    "ListMemberAccounts": listing("member", "MemberAccounts", each="id"),
    "ListPolicies": listing("policy", "PolicyList"),
}
