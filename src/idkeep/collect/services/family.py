"""Every security service, region by region where it is regional.

For R regions where nothing is on: 5 R calls (Config 1, Security Hub 2, GuardDuty 1, Access
Analyzer 1), and one each of the account's regions, Shield, Firewall Manager and Trusted Advisor.
A region that is closed, by a service control policy or because nothing answers, costs 4 calls and
one gap.
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector
from idkeep.collect.regions import REGIONS
from idkeep.collect.services import (
    analyzers,
    config,
    firewall_manager,
    guard_duty,
    security_hub,
    shield,
    trusted_advisor,
)
from idkeep.collect.services.refusals import closes_region, offered
from idkeep.model import Gap
from idkeep.model.services import RegionServices, Services

COLLECTORS: tuple[AnyCollector, ...] = (
    REGIONS,
    *config.COLLECTORS,
    *security_hub.COLLECTORS,
    *guard_duty.COLLECTORS,
    *analyzers.COLLECTORS,
    *shield.COLLECTORS,
    *firewall_manager.COLLECTORS,
    *trusted_advisor.COLLECTORS,
)


def read(ask: Ask) -> Services:
    regions = ask.in_regions(lambda name: _in_region(ask, name))
    return Services(
        regions=regions
        if isinstance(regions, Gap)
        else tuple(
            _all_unread(name, one) if isinstance(one, Gap) else one for name, one in regions.items()
        ),
        shield=shield.read(ask),
        firewall_manager=firewall_manager.read(ask),
        trusted_advisor=trusted_advisor.read(ask),
    )


def _in_region(ask: Ask, region: str) -> RegionServices:
    found = RegionServices(
        region=region,
        config=offered(ask, "config", region, config.in_region(ask, region)),
        security_hub=offered(ask, "securityhub", region, security_hub.in_region(ask, region)),
        detectors=offered(ask, "guardduty", region, guard_duty.in_region(ask, region)),
        analyzers=offered(ask, "accessanalyzer", region, analyzers.in_region(ask, region)),
    )
    every = (found.config, found.security_hub, found.detectors, found.analyzers)
    closed = [one for one in every if isinstance(one, Gap) and closes_region(one)]
    return _all_unread(region, closed[0]) if len(closed) == len(every) else found


def _all_unread(region: str, why: Gap) -> RegionServices:
    return RegionServices(region=region, config=why, security_hub=why, detectors=why, analyzers=why)
