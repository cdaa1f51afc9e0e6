"""Multi-party approval: its teams, and whence approvers come.

https://docs.aws.amazon.com/mpa/latest/APIReference/API_Operations.html. Kinds: team, source.
"""

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "The approval team does not exist.")

OPERATIONS: Table = {
    "GetApprovalTeam": one("team", by={"Arn": "Arn"}, absent=ABSENT),
    "ListApprovalTeams": listing("team", "ApprovalTeams", size=20),
    "ListIdentitySources": listing("source", "IdentitySources", size=20),
}
