"""Systems Manager: hybrid activations. Their codes are told by no read.

Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeActivations.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions
from idkeep.collect.times import maybe_utc
from idkeep.model.workloads import Activation


def _activations(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["ActivationList"])


ACTIVATIONS = Collector(
    service="ssm",
    operation="DescribeActivations",
    params={"MaxResults": 50},
    build=_activations,
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (ACTIVATIONS,)


def _activation(_: Ask, place: Place, told: Answer) -> Activation:
    return Activation(
        id=told["ActivationId"],
        account=place.account,
        region=place.region,
        role=told["IamRole"],
        limit=told.get("RegistrationLimit"),
        registered=told.get("RegistrationsCount"),
        expires=maybe_utc(told.get("ExpirationDate")),
        expired=told.get("Expired"),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="activations",
        model=Activation,
        lists=lambda ask: in_regions(ask, ACTIVATIONS),
        calls=costing(0),
        read=_activation,
    ),
)
