"""Account access manager: who of Identity Center may become which existing role.

An account's applications are asked for in every region of the instances that it sees, whether or
not it may look into them: the manager's delegated administrator need not be Identity Center's.
Source: https://docs.aws.amazon.com/account-access/latest/APIReference/API_Operations.html
"""

from collections.abc import Iterable

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.times import maybe_utc
from idkeep.model import (
    AccountAccess,
    AccountAccessDetails,
    CenterInstance,
    Entitlement,
    Gap,
)

_SIZE = {"maxResults": 100}


def _applications(pages: Pages) -> tuple[str, ...]:
    return tuple(one["applicationArn"] for page in pages for one in page["applications"])


APPLICATIONS = Collector(
    service="account-access",
    operation="ListApplications",
    build=_applications,
    params=_SIZE,
    regional=True,
)


def _details(pages: Pages) -> AccountAccessDetails:
    [answer] = pages
    return AccountAccessDetails(
        instance=answer["identitySource"]["identityCenter"]["instanceArn"], status=answer["status"]
    )


APPLICATION = Collector(
    service="account-access", operation="GetApplication", build=_details, regional=True
)


def _entitlements(pages: Pages) -> tuple[Entitlement, ...]:
    return tuple(_entitlement(one) for page in pages for one in page["entitlements"])


def _entitlement(told: Answer) -> Entitlement:
    grant: Answer = told["entitlement"]["principalRole"]
    kind, principal = _principal(grant["principal"])
    return Entitlement(
        id=told["entitlementId"],
        role=grant["roleArn"],
        account=grant["account"],
        principal_type=kind,
        principal=principal,
        created=maybe_utc(told.get("createdAt")),
    )


def _principal(told: Answer) -> tuple[str, str]:
    """USER or GROUP, as an assignment has it, and the id; of what the SDK doesn't know its name.

    Each level is a union: it has one member alone.
    """
    union: Answer = told.get("identityCenter", told)
    [(member, value)] = union.items()
    if member in _PRINCIPALS:
        return _PRINCIPALS[member], value
    return (value["name"] if member == _UNKNOWN else member), ""


_PRINCIPALS = {"userId": "USER", "groupId": "GROUP"}
# So botocore calls a member of a union that its model lacks.
_UNKNOWN = "SDK_UNKNOWN_MEMBER"


# The filter must be there; one without criteria leaves nothing out.
ENTITLEMENTS = Collector(
    service="account-access",
    operation="ListEntitlements",
    build=_entitlements,
    params={**_SIZE, "filter": {"principalRole": {}}},
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (APPLICATIONS, APPLICATION, ENTITLEMENTS)


def read(ask: Ask, instances: Iterable[CenterInstance]) -> tuple[AccountAccess | Gap, ...]:
    """Every application once, in the first region that lists it."""
    regions = dict.fromkeys(
        name
        for instance in instances
        for name in (instance.region, *(one.name for one in instance.regions))
    )
    listed = ask.each(regions, lambda region: ask.sure(APPLICATIONS, region=region))
    gaps = tuple(one for one in listed if isinstance(one, Gap))
    where: dict[str, str] = {}
    for region, arns in zip(regions, listed, strict=True):
        if not isinstance(arns, Gap):
            where = dict.fromkeys(arns, region) | where
    return (*ask.each(where.items(), lambda one: _application(ask, *one)), *gaps)


def _application(ask: Ask, arn: str, region: str) -> AccountAccess:
    return AccountAccess(
        arn=arn,
        region=region,
        details=ask.sure(APPLICATION, region=region, applicationArn=arn),
        entitlements=ask.sure(ENTITLEMENTS, region=region, applicationArn=arn),
    )
