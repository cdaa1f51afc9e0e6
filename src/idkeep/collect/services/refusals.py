"""What a refusal says: a policy's, a region that is closed, a service that is not there.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from typing import TypeVar

from idkeep.collect.ask import Ask
from idkeep.collect.failures import COULD_NOT_CONNECT, TIMED_OUT, UNKNOWN_KEY
from idkeep.model import DENIED, Gap
from idkeep.model.logging import NotOffered

T = TypeVar("T")

_BY_IAM = "is not authorized to perform"
_BY_SCP = "service control policy"
# The account has not opted in to the region or signed up for the service.
_NOT_OPEN = frozenset({"OptInRequired", "SubscriptionRequiredException"})
# Credentials of the global STS endpoint may not be known in a region that must be opted in to.
_CLOSED = frozenset({COULD_NOT_CONNECT, TIMED_OUT, *UNKNOWN_KEY})


def by_service(gap: Gap) -> bool:
    """Whether a service itself refuses, for a reason of its own. IAM words its refusals alike."""
    return gap.error in DENIED and bool(gap.detail) and _BY_IAM not in gap.detail


def closes_region(gap: Gap) -> bool:
    """Whether this may hold for all of the region: a service control policy, or no answer."""
    by_scp = gap.error in DENIED and _BY_SCP in gap.detail
    return by_scp or gap.error in _CLOSED


def closes_service(gap: Gap) -> bool:
    """Whether the service's other operations would say the same there."""
    return closes_region(gap) or gap.error in _NOT_OPEN


def offered(ask: Ask, service: str, region: str, found: T) -> T | NotOffered:
    """The same, or that AWS does not offer the service there.

    A place that can't be reached is taken for one without the service only where botocore knows
    the service's regions and this is none of them: otherwise the network may be to blame.
    """
    if not isinstance(found, Gap):
        return found
    if found.error in _NOT_OPEN:
        return NotOffered(code=found.error)
    if found.error == COULD_NOT_CONNECT and not ask.aws.has_endpoint(service, region):
        return NotOffered(code="no endpoint")
    return found
