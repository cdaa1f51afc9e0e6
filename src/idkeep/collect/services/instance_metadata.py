"""What new instances of EC2 ask of whoever reads their role's credentials: one call a region.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceMetadataDefaults.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.model import Gap
from idkeep.model.services import MetadataDefaults


def _defaults(pages: Pages) -> MetadataDefaults:
    """What the account has no preference for is left out."""
    [answer] = pages
    told: Answer = answer["AccountLevel"]
    return MetadataDefaults(
        tokens=told.get("HttpTokens", ""),
        enforced=told.get("HttpTokensEnforced", ""),
        hop_limit=told.get("HttpPutResponseHopLimit"),
        managed_by=told.get("ManagedBy", ""),
    )


DEFAULTS = Collector(
    service="ec2", operation="GetInstanceMetadataDefaults", build=_defaults, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (DEFAULTS,)


def in_region(ask: Ask, region: str) -> MetadataDefaults | Gap:
    return ask.sure(DEFAULTS, region=region)
