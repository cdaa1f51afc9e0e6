"""Cognito identity pools, and the roles that their identities get.

https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_Operations.html. Kind:
identity-pool (with `Roles` and `RoleMappings`).
"""

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "IdentityPool not found.")
BY = {"IdentityPoolId": "IdentityPoolId"}

OPERATIONS: Table = {
    "DescribeIdentityPool": one("identity-pool", by=BY, absent=ABSENT),
    "GetIdentityPoolRoles": one("identity-pool", by=BY, absent=ABSENT),
    "ListIdentityPools": listing("identity-pool", "IdentityPools", size=60),
}
