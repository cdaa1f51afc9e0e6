"""A token bucket for each service: idkeep is not what gets an account's own calls throttled.

AWS throttles an account by token buckets, for whoever calls in it, and publishes their sizes for
few services. So idkeep stays at a rate that those it does publish allow.
Source: https://docs.aws.amazon.com/accounts/latest/reference/quotas.html and
https://aws.amazon.com/blogs/security/how-to-monitor-and-query-iam-resources-at-scale-part-2/
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls a second in the long run, and how many at once after a rest."""

    a_second: float
    burst: int


# Ten a second, fifteen at once, is what AWS publishes for reads of contacts; IAM publishes none.
USUAL = Rate(a_second=10, burst=15)
# The smallest of a service's published rates, where that is below the usual one. Account: reading
# the primary e-mail is 3 a second; no scan of one account asks more than seven.
PUBLISHED = {"account": Rate(a_second=3, burst=7)}


@dataclass(slots=True)
class Bucket:
    """Tokens for one service in one region. Safe to use from several threads."""

    rate: Rate
    clock: Callable[[], float] = monotonic
    _tokens: float = field(init=False)
    _filled: float = field(init=False)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._tokens = self.rate.burst
        self._filled = self.clock()

    def take(self) -> float:
        """Take a token; how many seconds to wait until it is there. Nobody overtakes."""
        with self._lock:
            now = self.clock()
            gained = (now - self._filled) * self.rate.a_second
            self._tokens = min(self.rate.burst, self._tokens + gained) - 1
            self._filled = now
            return max(0.0, -self._tokens / self.rate.a_second)
