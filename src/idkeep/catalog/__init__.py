"""What AWS's services, actions, resource types and condition keys are, as dated data.

The bytes are handed in (`Catalog.open`); a service is decoded when it is first asked for.
"""

from idkeep.catalog.controls import (
    Control,
    Framework,
    PeerCheck,
    read_framework,
    read_objectives,
    read_peer_checks,
)
from idkeep.catalog.facts import (
    CoveredByRcps,
    Facts,
    GlobalKey,
    KeyCategory,
    OwnAccountOnly,
    Page,
    Quota,
    RootTask,
    SharedIssuer,
)
from idkeep.catalog.lookup import Catalog
from idkeep.catalog.packing import Contents, Origin, Summary, pack
from idkeep.catalog.reference import Reference, read_reference, renewed
from idkeep.catalog.values import (
    AccessLevel,
    Action,
    ActionResource,
    ConditionKey,
    KeyType,
    ResourceType,
    Service,
    Source,
)

__all__ = [
    "AccessLevel",
    "Action",
    "ActionResource",
    "Catalog",
    "ConditionKey",
    "Contents",
    "Control",
    "CoveredByRcps",
    "Facts",
    "Framework",
    "GlobalKey",
    "KeyCategory",
    "KeyType",
    "Origin",
    "OwnAccountOnly",
    "Page",
    "PeerCheck",
    "Quota",
    "Reference",
    "ResourceType",
    "RootTask",
    "Service",
    "SharedIssuer",
    "Source",
    "Summary",
    "pack",
    "read_framework",
    "read_objectives",
    "read_peer_checks",
    "read_reference",
    "renewed",
]
