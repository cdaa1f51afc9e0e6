"""What the server is told to do wrong. All off by default; an action is `iam:GetAccountSummary`.

In an action a `*` stands for anything (`iam:*`, or `*` alone).
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from msgspec import Struct


class Faults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One set of faults, in force until the next one replaces it.

    deny: answered AccessDenied, as where no policy allows the action.
    deny_next_pages: the same from the second page on (a call with a Marker or a token).
    throttle: so many calls are answered Throttling before the action works.
    broken: answered with a page of HTML and `broken_status`, as by a proxy in between.
    expire_after: after so many calls every further one is answered ExpiredToken.
    spoil: members left out of GetAccountAuthorizationDetails: `user:maria.santos:Arn`;
        the kinds are user, group, role and policy.
    """

    deny: tuple[str, ...] = ()
    deny_next_pages: tuple[str, ...] = ()
    throttle: dict[str, int] = {}
    broken: tuple[str, ...] = ()
    broken_status: int = 503
    expire_after: int | None = None
    spoil: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """A misspelt fault would make a test pass for nothing."""
        for action in (*self.deny, *self.deny_next_pages, *self.throttle, *self.broken):
            if action != "*" and ":" not in action:
                message = f"an action is service:Name, not {action!r}"
                raise ValueError(message)
        for part in self.spoil:
            kind, *rest = part.split(":")
            if kind not in {"user", "group", "role", "policy"} or len(rest) != 2:  # noqa: PLR2004
                message = f"what to spoil is kind:name:Member, not {part!r}"
                raise ValueError(message)

    def spoilt(self, kind: str, name: str) -> frozenset[str]:
        """The members to leave out of this object."""
        start = f"{kind}:{name}:"
        return frozenset(part.removeprefix(start) for part in self.spoil if part.startswith(start))


def named_in(actions: Iterable[str], action: str) -> str | None:
    """The first of `actions` that this action falls under."""
    return next((pattern for pattern in actions if fnmatchcase(action, pattern)), None)
