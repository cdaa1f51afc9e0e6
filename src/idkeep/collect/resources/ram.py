"""AWS RAM: what the account shares and with whom, and what others share with it.

Source: https://docs.aws.amazon.com/ram/latest/APIReference/API_Operations.html
"""

from dataclasses import dataclass
from typing import TypeVar

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages, built
from idkeep.collect.resources.kind import AnyKind, Found, Kind, Place, costing, gathered
from idkeep.model import Gap
from idkeep.model.resources import ResourceShare, SharedResource, SharePrincipal, ShareSource

T = TypeVar("T")
OWN = "SELF"
_OTHERS = "OTHER-ACCOUNTS"


def _shares(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["resourceShares"])


SHARES = Collector(service="ram", operation="GetResourceShares", build=_shares, regional=True)


def _principals(pages: Pages) -> tuple[tuple[str, SharePrincipal], ...]:
    """Each with the ARN of its share."""
    return tuple(
        (one["resourceShareArn"], SharePrincipal(id=one["id"], external=one.get("external")))
        for page in pages
        for one in page["principals"]
    )


PRINCIPALS = Collector(service="ram", operation="ListPrincipals", build=_principals, regional=True)


def _resources(pages: Pages) -> tuple[tuple[str, SharedResource], ...]:
    return tuple(
        (one["resourceShareArn"], SharedResource(arn=one["arn"], type=one["type"]))
        for page in pages
        for one in page["resources"]
    )


RESOURCES = Collector(service="ram", operation="ListResources", build=_resources, regional=True)


def _sources(pages: Pages) -> tuple[tuple[str, ShareSource], ...]:
    return tuple(
        (
            one["resourceShareArn"],
            ShareSource(
                id=one["sourceId"], type=one.get("sourceType", ""), status=one.get("status", "")
            ),
        )
        for page in pages
        for one in page["sourceAssociations"]
    )


SOURCES = Collector(
    service="ram", operation="ListSourceAssociations", build=_sources, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (SHARES, PRINCIPALS, RESOURCES, SOURCES)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A share, and what is told of all shares of its region; None of another account's."""

    told: Answer
    principals: tuple[tuple[str, SharePrincipal], ...] | Gap | None = None
    resources: tuple[tuple[str, SharedResource], ...] | Gap | None = None
    sources: tuple[tuple[str, ShareSource], ...] | Gap | None = None


def _listed(ask: Ask) -> Found[_Listed]:
    return gathered(ask.in_regions(lambda name: _in_region(ask, name)))


def _in_region(ask: Ask, region: str) -> tuple[tuple[_Listed, ...], tuple[Gap, ...]]:
    own, gaps = _of(ask, region, OWN)
    others, more_gaps = _of(ask, region, _OTHERS)
    listed = tuple(_Listed(one) for one in others)
    if own:
        principals = ask.sure(PRINCIPALS, region=region, resourceOwner=OWN)
        resources = ask.sure(RESOURCES, region=region, resourceOwner=OWN)
        sources = _all_sources(ask, region, principals)
        listed = (*(_Listed(one, principals, resources, sources) for one in own), *listed)
    return listed, (*gaps, *more_gaps)


def _all_sources(
    ask: Ask, region: str, principals: tuple[tuple[str, SharePrincipal], ...] | Gap
) -> tuple[tuple[str, ShareSource], ...] | Gap | None:
    """Asked where a service is a principal, which nothing else limits; else there are none."""
    if isinstance(principals, Gap):
        return principals
    is_any = any(_is_service(one.id) for _, one in principals)
    return ask.sure(SOURCES, region=region) if is_any else None


def _is_service(principal: str) -> bool:
    """A name with dots; an account is digits, all else an ARN."""
    return "." in principal and not principal.startswith("arn:")


def _of(ask: Ask, region: str, owner: str) -> tuple[tuple[Answer, ...], tuple[Gap, ...]]:
    reading = ask.reading(SHARES, region=region, resourceOwner=owner)
    found = built(SHARES, reading.pages, region=region) if reading.pages else ()
    if isinstance(found, Gap):
        return (), (found,)
    return found, (reading.gap,) if reading.gap else ()


def _share(_: Ask, place: Place, listed: _Listed) -> ResourceShare:
    told = listed.told
    arn: str = told["resourceShareArn"]
    settings: Answer = told.get("resourceShareConfiguration") or {}
    return ResourceShare(
        arn=arn,
        account=told["owningAccountId"],
        region=place.region,
        status=told["status"],
        allows_external=told["allowExternalPrincipals"],
        retained_on_leave=settings.get("retainSharingOnAccountLeaveOrganization"),
        principals=_in_share(arn, listed.principals),
        resources=_in_share(arn, listed.resources),
        sources=_in_share(arn, listed.sources),
    )


def _in_share(arn: str, told: tuple[tuple[str, T], ...] | Gap | None) -> tuple[T, ...] | Gap | None:
    if told is None or isinstance(told, Gap):
        return told
    return tuple(one for share, one in told if share == arn)


KINDS: tuple[AnyKind, ...] = (
    Kind(field="shares", model=ResourceShare, lists=_listed, calls=costing(0), read=_share),
)
