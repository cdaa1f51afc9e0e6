"""AWS to a `Snapshot`, in few calls; what could not be read is a `Gap` in its place."""

from idkeep.collect.account import Given, collect, expect, who
from idkeep.collect.aws import Aws, connect
from idkeep.collect.bulk import NOTHING, Overview, Told, seats
from idkeep.collect.entrance import ENTER, AssumedRole, Entrance, with_code
from idkeep.collect.failures import Ended, NotEntered, has_expired, may_pass
from idkeep.collect.families import collectors
from idkeep.collect.listing import as_it_concerns, documents_of, list_organization, organization_id
from idkeep.collect.permissions import actions, scanner_policy
from idkeep.collect.probe import Probed, probe

__all__ = [
    "ENTER",
    "NOTHING",
    "AssumedRole",
    "Aws",
    "Ended",
    "Entrance",
    "Given",
    "NotEntered",
    "Overview",
    "Probed",
    "Told",
    "actions",
    "as_it_concerns",
    "collect",
    "collectors",
    "connect",
    "documents_of",
    "expect",
    "has_expired",
    "list_organization",
    "may_pass",
    "organization_id",
    "probe",
    "scanner_policy",
    "seats",
    "who",
    "with_code",
]
