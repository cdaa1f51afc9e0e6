"""What AWS Support may do. Permits live in a region, and AWS does not say which have the service.

Source: https://docs.aws.amazon.com/awssupport/latest/user/support-authorization-concepts.html
"""

from collections.abc import Mapping

from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.collect.times import maybe_utc, utc
from idkeep.model import SupportPermit


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
