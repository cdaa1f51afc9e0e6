"""What accounts that administer a service tell of the others, which then need not be asked.

A listing stands in for a call to the account itself only where it says the same, and all of it:

- `guardduty:ListMembers` names a member's detector in the region (an account has one at most) and,
  of one whose relation is Enabled, who administers it. Its settings and findings it does not tell.
- `securityhub:ListMembers` names, of an Enabled member, who administers it.
- `fms:GetAdminAccount` answers for the organisation, not for the account that asks.
- Only the management account and delegated administrators of AWS Config may have an aggregator of
  the whole organisation, so no other account is asked for its aggregators.

Source: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ListMembers.html,
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Member.html and
https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigurationAggregator.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from msgspec.structs import replace

from idkeep.model import Organization, Snapshot
from idkeep.model.services import (
    Detector,
    FirewallManager,
    Member,
    SecurityHub,
    SecurityHubCspm,
    Services,
)

T = TypeVar("T")

# A listing is true of the moment when it was read. The credential report may be as old.
FRESH = timedelta(hours=4)
_ENABLED = "enabled"
_LISTING = frozenset({"guardduty.amazonaws.com", "securityhub.amazonaws.com", "fms.amazonaws.com"})
_CONFIG = "config.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A fact of one account as another's listing has it; `account` is that other, `taken` when."""

    value: T
    account: str
    taken: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What is told elsewhere of one account.

    `detectors` are the ids of its detectors by region, `hubs` the regions where its Security Hub
    is another's member; both by the account that administers it. `aggregates` is whether it may
    gather what AWS Config records in the organisation.
    """

    detectors: Mapping[str, Listed[str]] = field(default_factory=dict)
    hubs: Mapping[str, Listed[str]] = field(default_factory=dict)
    firewall_manager: Listed[FirewallManager] | None = None
    aggregates: bool = True


NOTHING = Told()


def seats(organization: Organization) -> frozenset[str]:
    """The accounts whose listings tell of the others: to be read first."""
    deputies = _deputies(organization, _LISTING) or frozenset()
    return deputies | {organization.management_account}


class Overview:
    """What the accounts that administer something tell of every other, by account."""

    def __init__(self, organization: Organization, tellers: Iterable[Snapshot] = ()) -> None:
        gather = _deputies(organization, frozenset({_CONFIG}))
        self._gather = gather and gather | {organization.management_account}
        self._detectors: _ByAccount = {}
        self._hubs: _ByAccount = {}
        self._managers: list[Listed[FirewallManager]] = []
        for one in tellers:
            if isinstance(one.services, Services):
                self._add(one, one.services)

    def of(self, account: str, now: datetime) -> Told:
        """What is told of the account, but for what is old or where two disagree."""
        managers = [one for one in self._managers if _is_fresh(one, now)]
        agreed = len({one.value.administrator for one in managers}) == 1
        return Told(
            detectors=_agreed(self._detectors.get(account, {}), now),
            hubs=_agreed(self._hubs.get(account, {}), now),
            firewall_manager=managers[0] if agreed else None,
            aggregates=self._gather is None or account in self._gather,
        )

    def _add(self, teller: Snapshot, services: Services) -> None:
        account, taken = teller.account.id, teller.taken
        for region in services.regions if isinstance(services.regions, tuple) else ():
            for one in region.detectors if isinstance(region.detectors, tuple) else ():
                for member in _enabled(one):
                    if member.detector:
                        listed = Listed(member.detector, account, taken)
                        _put(self._detectors, member.account, region.region, listed)
            hub = region.security_hub
            cspm = hub.cspm if isinstance(hub, SecurityHub) else None
            for member in _enabled(cspm) if isinstance(cspm, SecurityHubCspm) else ():
                _put(self._hubs, member.account, region.region, Listed("", account, taken))
        manager = services.firewall_manager
        if isinstance(manager, FirewallManager):
            alone = replace(manager, regions=None)
            self._managers.append(Listed(alone, account, taken))


_ByAccount = dict[str, dict[str, tuple[Listed[str], ...]]]


def _put(found: _ByAccount, account: str, region: str, listed: Listed[str]) -> None:
    by_region = found.setdefault(account, {})
    by_region[region] = (*by_region.get(region, ()), listed)


def _agreed(
    by_region: Mapping[str, tuple[Listed[str], ...]], now: datetime
) -> dict[str, Listed[str]]:
    """An account is a member of one administrator: where two list it, neither is believed."""
    return {
        region: some[0]
        for region, some in by_region.items()
        if len(some) == 1 and _is_fresh(some[0], now)
    }


def _is_fresh(listed: Listed[T], now: datetime) -> bool:
    return now - listed.taken <= FRESH


def _enabled(administers: Detector | SecurityHubCspm) -> Iterator[Member]:
    members = administers.members
    for one in members if isinstance(members, tuple) else ():
        if one.status.lower() == _ENABLED:
            yield one


def _deputies(organization: Organization, services: frozenset[str]) -> frozenset[str] | None:
    """The delegated administrators of any of the services; None where one may be missing."""
    every = organization.delegated_administrators
    if not isinstance(every, tuple) or not all(isinstance(one.services, tuple) for one in every):
        return None
    return frozenset(
        one.account
        for one in every
        if isinstance(one.services, tuple)
        and any(each.principal in services for each in one.services)
    )
