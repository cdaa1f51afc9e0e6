"""Every security service, region by region where it is regional.

For R regions where nothing is on: 8 R - 1 calls (Config 2, Security Hub 2, GuardDuty 1, Access
Analyzer 1, EC2 1, permits of AWS Support 1 in all but the scan's own), and one each of the
account's regions, Shield, Firewall Manager and Trusted Advisor. A region that is closed, by a
service control policy or because nothing answers, costs 5 calls and one gap.
"""

from idkeep.collect import support
from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector
from idkeep.collect.regions import COLLECTORS as REGION_COLLECTORS
from idkeep.collect.services import (
    analyzers,
    config,
    firewall_manager,
    guard_duty,
    instance_metadata,
    security_hub,
    shield,
    trusted_advisor,
)
from idkeep.collect.services.refusals import closes_region, offered
from idkeep.model import Gap
from idkeep.model.services import RegionServices, Services

COLLECTORS: tuple[AnyCollector, ...] = (
    *REGION_COLLECTORS,
    *config.COLLECTORS,
    *security_hub.COLLECTORS,
    *guard_duty.COLLECTORS,
    *analyzers.COLLECTORS,
    *instance_metadata.COLLECTORS,
    *shield.COLLECTORS,
    *firewall_manager.COLLECTORS,
    *trusted_advisor.COLLECTORS,
    *support.COLLECTORS,
)
_FACTS = tuple(name for name in RegionServices.__struct_fields__ if name != "region")


def read(ask: Ask) -> Services:
    found = ask.in_regions(lambda name: _in_region(ask, name))
    regions = (
        found
        if isinstance(found, Gap)
        else tuple(
            _all_unread(name, one) if isinstance(one, Gap) else one for name, one in found.items()
        )
    )
    return Services(
        regions=regions,
        shield=shield.read(ask),
        firewall_manager=firewall_manager.read(ask),
        trusted_advisor=trusted_advisor.read(ask),
        support_permits=support.elsewhere(
            ask, {} if isinstance(regions, Gap) else _closed(regions)
        ),
    )


def _in_region(ask: Ask, region: str) -> RegionServices:
    found = RegionServices(
        region=region,
        config=offered(ask, "config", region, config.in_region(ask, region)),
        security_hub=offered(ask, "securityhub", region, security_hub.in_region(ask, region)),
        detectors=offered(ask, "guardduty", region, guard_duty.in_region(ask, region)),
        analyzers=offered(ask, "accessanalyzer", region, analyzers.in_region(ask, region)),
        instance_metadata=offered(ask, "ec2", region, instance_metadata.in_region(ask, region)),
    )
    why = _why_closed(found)
    return _all_unread(region, why) if why else found


def _why_closed(region: RegionServices) -> Gap | None:
    every = tuple(getattr(region, name) for name in _FACTS)
    closed = [one for one in every if isinstance(one, Gap) and closes_region(one)]
    return closed[0] if len(closed) == len(every) else None


def _closed(regions: tuple[RegionServices, ...]) -> dict[str, Gap]:
    return {one.region: why for one in regions if (why := _why_closed(one))}


def _all_unread(region: str, why: Gap) -> RegionServices:
    return RegionServices(region=region, **dict.fromkeys(_FACTS, why))
