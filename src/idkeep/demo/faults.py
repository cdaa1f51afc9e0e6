"""What the server is told to do wrong. All off by default; an action is `iam:GetAccountSummary`.

In an action a `*` stands for anything (`iam:*`, or `*` alone).
"""

import math
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

SLOWEST = 60


class Faults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One set of faults, in force until the next one replaces it.

    deny: answered AccessDenied, as where no policy allows the action.
    deny_next_pages: the same from the second page on (a call with a Marker or a token).
    throttle: so many calls are answered Throttling before the action works.
    broken: answered with a page of HTML and `broken_status`, as by a proxy in between.
    expire_after: after so many calls every further one is answered ExpiredToken.
    spoil: members left out of GetAccountAuthorizationDetails: `user:maria.santos:Arn`;
        the kinds are user, group, role and policy.
    rewrite: (regular expression, replacement) pairs, substituted one after the other (re.DOTALL)
        in the text that moto or our overlay answers, errors among it, as it is on the wire (a
        policy document in XML is URL-encoded). In the answer of iam:GetCredentialReport it is the
        decoded CSV alone that they change. What the other faults answer is not rewritten.
    slow: the action answers, rightly or wrongly, after so many seconds (60 at the most).
    """

    deny: tuple[str, ...] = ()
    deny_next_pages: tuple[str, ...] = ()
    throttle: dict[str, int] = {}
    broken: tuple[str, ...] = ()
    broken_status: int = 503
    expire_after: int | None = None
    spoil: tuple[str, ...] = ()
    rewrite: dict[str, tuple[tuple[str, str], ...]] = {}
    slow: dict[str, float] = {}

    def __post_init__(self) -> None:
        """A misspelt fault would make a test pass for nothing."""
        for action in self._actions():
            if action != "*" and ":" not in action:
                message = f"an action is service:Name, not {action!r}"
                raise ValueError(message)
        for part in self.spoil:
            kind, *rest = part.split(":")
            if kind not in {"user", "group", "role", "policy"} or len(rest) != 2:  # noqa: PLR2004
                message = f"what to spoil is kind:name:Member, not {part!r}"
                raise ValueError(message)
        for pairs in self.rewrite.values():
            for pair in pairs:
                _check(pair)
        for seconds in self.slow.values():
            if not (math.isfinite(seconds) and seconds >= 0):
                message = f"a wait is a number of seconds, not '{seconds}'"
                raise ValueError(message)

    def _actions(self) -> Iterator[str]:
        yield from (*self.deny, *self.deny_next_pages, *self.broken)
        yield from (*self.throttle, *self.rewrite, *self.slow)

    def rewrites(self, action: str) -> tuple[tuple[str, str], ...]:
        """What to substitute in this action's answer, in order."""
        patterns = (p for p in self.rewrite if fnmatchcase(action, p))
        return tuple(pair for pattern in patterns for pair in self.rewrite[pattern])

    def wait(self, action: str) -> float:
        """The seconds before this action answers."""
        pattern = named_in(self.slow, action)
        return min(self.slow[pattern], SLOWEST) if pattern is not None else 0

    def spoilt(self, kind: str, name: str) -> frozenset[str]:
        """The members to leave out of this object."""
        start = f"{kind}:{name}:"
        return frozenset(part.removeprefix(start) for part in self.spoil if part.startswith(start))


def named_in(actions: Iterable[str], action: str) -> str | None:
    """The first of `actions` that this action falls under."""
    return next((pattern for pattern in actions if fnmatchcase(action, pattern)), None)


def rewritten(text: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The text after every substitution."""
    for pattern, replacement in pairs:
        text = re.sub(pattern, replacement, text, flags=re.DOTALL)
    return text


def _check(pair: object) -> None:
    match pair:
        case (str(pattern), str(replacement)):
            try:
                rewritten("", [(pattern, replacement)])  # the replacement's groups are tried too
            except (re.error, IndexError) as error:
                message = f"a rewrite is (regular expression, replacement), not {pair!r}: {error}"
                raise ValueError(message) from error
        case _:
            message = f"a rewrite is (regular expression, replacement), not {pair!r}"
            raise ValueError(message)
