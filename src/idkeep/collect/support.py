"""What AWS Support may do: a call a region. Which regions have the service, AWS does not say.

Source: https://docs.aws.amazon.com/awssupport/latest/user/support-authorization-concepts.html
"""

from collections.abc import Mapping

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.failures import COULD_NOT_CONNECT
from idkeep.collect.times import maybe_utc, utc
from idkeep.model import Gap, SupportPermit
from idkeep.model.logging import NotOffered
from idkeep.model.services import RegionPermits


def _permits(pages: Pages) -> tuple[SupportPermit, ...]:
    return tuple(_permit(one) for page in pages for one in page["supportPermits"])


def _permit(told: Answer) -> SupportPermit:
    scope: Answer = told["permit"]
    return SupportPermit(
        arn=told["arn"],
        name=told["name"],
        status=told["status"],
        created=utc(told["createdAt"]),
        actions=_some(scope["actions"], "actions", "allActions"),
        resources=_some(scope["resources"], "resources", "allResourcesInRegion"),
        windows=tuple(
            (maybe_utc(one.get("allowAfter")), maybe_utc(one.get("allowBefore")))
            for one in scope.get("conditions", ())
        ),
    )


def _some(told: Mapping[str, object], listed: str, every: str) -> tuple[str, ...]:
    """Those named; none where all are meant. A shape that says neither is not understood."""
    if every in told:
        return ()
    names = told[listed]
    if not isinstance(names, list) or not names:
        raise ValueError(f"{listed} are neither named nor all")
    return tuple(names)


SUPPORT_PERMITS = Collector(
    service="supportauthz", operation="ListSupportPermits", build=_permits, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (SUPPORT_PERMITS,)


def elsewhere(ask: Ask, closed: Mapping[str, Gap]) -> tuple[RegionPermits, ...] | Gap:
    """Those of all regions but the scan's own, where `identity` asks for them.

    Regions that are closed, by the reasons given, are not asked. Where some answer, those that
    can't be reached are taken to be without the service.
    """

    def region(name: str) -> tuple[SupportPermit, ...] | Gap | None:
        asked = name != ask.region and name not in closed
        return ask.sure(SUPPORT_PERMITS, region=name) if asked else closed.get(name)

    every = ask.in_regions(region)
    if isinstance(every, Gap):
        return every
    found = {name: one for name, one in every.items() if one is not None and name != ask.region}
    lost = {name for name, one in found.items() if name not in closed and _is_unreached(one)}
    nowhere = len(lost) == len(found.keys() - closed.keys())
    return tuple(
        RegionPermits(
            region=name,
            permits=NotOffered(code="no endpoint") if name in lost and not nowhere else one,
        )
        for name, one in found.items()
    )


def _is_unreached(permits: tuple[SupportPermit, ...] | Gap) -> bool:
    return isinstance(permits, Gap) and permits.error == COULD_NOT_CONNECT
