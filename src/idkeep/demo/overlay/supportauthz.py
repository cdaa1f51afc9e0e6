"""What AWS Support was permitted to do in the account.

https://docs.aws.amazon.com/awssupport/latest/user/ (support permits)
"""

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "The requested resource was not found.")

OPERATIONS: Table = {
    "GetAction": one("action", by={"action": "action"}, absent=ABSENT),
    "GetSupportPermit": one("permit", by={"supportPermitIdentifier": "arn"}, absent=ABSENT),
    "ListActions": listing("action", "actionSummaries", where={"service": "service"}),
    "ListSupportPermitRequests": listing(
        "permit-request",
        "supportPermitRequests",
        where={"supportCaseDisplayId": "supportCaseDisplayId"},
    ),
    "ListSupportPermits": listing(
        "permit", "supportPermits", where={"supportPermitStatuses": "status"}
    ),
}
