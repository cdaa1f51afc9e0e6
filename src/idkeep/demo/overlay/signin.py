"""Who may sign in to the console, by the account's own resource policy.

https://docs.aws.amazon.com/signin/latest/APIReference/API_Operations.html
"""

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "The requested resource was not found.")

OPERATIONS: Table = {
    "GetConsoleAuthorizationConfiguration": one("console-authorization", absent=ABSENT),
    "GetResourcePolicy": one("resource-policy", into="signinResourceBasedPolicy", absent=ABSENT),
    "ListResourcePermissionStatements": listing("permission-statement", "permissionStatements"),
}
