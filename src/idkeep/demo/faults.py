"""What the server is told to do wrong. All off by default; an action is `iam:GetAccountSummary`.

In an action a `*` stands for anything (`iam:*`, or `*` alone). `iam:*@111122223333` strikes in one
account, `*@*/eu-west-3` in one region, `guardduty:*@111122223333/eu-west-3` in one region of one.
"""

import math
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from msgspec import Struct

SLOWEST = 60


class Where(Struct, frozen=True):
    """A call as far as faults tell calls apart."""

    action: str
    account: str = ""
    region: str = ""


class Faults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One set of faults, in force until the next one replaces it.

    deny: answered AccessDenied, as where no policy allows the action.
    deny_by_scp: answered AccessDenied in the words for a service control policy.
    deny_next_pages: as `deny` from the second page on (a call with a Marker or a token).
    empty_pages: the first page is empty and has a token, as AWS says that lists of organisations
        may be. Of the operations that our overlay answers.
    throttle: so many calls are answered Throttling before the action works.
    broken: answered with a page of HTML and `broken_status`, as by a proxy in between.
    expire_after: after so many calls every further one is answered ExpiredToken.
    ended: so many calls are answered ExpiredToken before the action works, as where the session of
        a role ends and the next one is good.
    spoil: members left out of GetAccountAuthorizationDetails: `user:maria.santos:Arn`;
        the kinds are user, group, role and policy.
    rewrite: (regular expression, replacement) pairs, substituted one after the other (re.DOTALL)
        in the text that moto or our overlay answers, errors among it, as it is on the wire (a
        policy document in XML is URL-encoded). In the answer of iam:GetCredentialReport it is the
        decoded CSV alone that they change. What the other faults answer is not rewritten.
    slow: the action answers, rightly or wrongly, after so many seconds (60 at the most), or when
        the faults are replaced, whichever is first.
    """

    deny: tuple[str, ...] = ()
    deny_by_scp: tuple[str, ...] = ()
    deny_next_pages: tuple[str, ...] = ()
    empty_pages: tuple[str, ...] = ()
    throttle: dict[str, int] = {}
    broken: tuple[str, ...] = ()
    broken_status: int = 503
    expire_after: int | None = None
    ended: dict[str, int] = {}
    spoil: tuple[str, ...] = ()
    rewrite: dict[str, tuple[tuple[str, str], ...]] = {}
    slow: dict[str, float] = {}

    def __post_init__(self) -> None:
        """A misspelt fault would make a test pass for nothing."""
        for action in self._actions():
            if action.partition("@")[0] != "*" and ":" not in action.partition("@")[0]:
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
        yield from (*self.deny, *self.deny_by_scp, *self.deny_next_pages, *self.broken)
        yield from (*self.empty_pages, *self.throttle, *self.ended, *self.rewrite, *self.slow)

    def rewrites(self, where: Where) -> tuple[tuple[str, str], ...]:
        """What to substitute in this call's answer, in order."""
        patterns = (pattern for pattern in self.rewrite if _falls_under(pattern, where))
        return tuple(pair for pattern in patterns for pair in self.rewrite[pattern])

    def wait(self, where: Where) -> float:
        """The seconds before this call is answered."""
        pattern = named_in(self.slow, where)
        return min(self.slow[pattern], SLOWEST) if pattern is not None else 0

    def spoilt(self, kind: str, name: str) -> frozenset[str]:
        """The members to leave out of this object."""
        start = f"{kind}:{name}:"
        return frozenset(part.removeprefix(start) for part in self.spoil if part.startswith(start))


def named_in(actions: Iterable[str], where: Where) -> str | None:
    """The first of `actions` that this call falls under."""
    return next((pattern for pattern in actions if _falls_under(pattern, where)), None)


def _falls_under(pattern: str, where: Where) -> bool:
    action, _, place = pattern.partition("@")
    account, _, region = place.partition("/")
    return (
        fnmatchcase(where.action, action)
        and fnmatchcase(where.account, account or "*")
        and fnmatchcase(where.region, region or "*")
    )


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
