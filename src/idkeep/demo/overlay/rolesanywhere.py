"""IAM Roles Anywhere: whose certificates become which roles.

https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html. Kinds: anchor,
profile, crl.
"""

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "The resource could not be found.")

OPERATIONS: Table = {
    "GetProfile": one("profile", by={"profileId": "profileId"}, into="profile", absent=ABSENT),
    "GetTrustAnchor": one(
        "anchor", by={"trustAnchorId": "trustAnchorId"}, into="trustAnchor", absent=ABSENT
    ),
    "ListCrls": listing("crl", "crls"),
    "ListProfiles": listing("profile", "profiles"),
    "ListTrustAnchors": listing("anchor", "trustAnchors"),
}
