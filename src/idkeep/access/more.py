"""Whether some policies allow what a principal's own do not: a proof over all requests."""

from collections.abc import Sequence

from msgspec import Struct

from idkeep.access.engine import Engine
from idkeep.policy import Policy, Request
from idkeep.policy.symbolic import Undecided, Witness, exceeds

# A page of statements takes a few thousand; what takes more is not decided.
_STEPS = 20_000


class Compared(Struct, frozen=True):
    """`more`: they allow something that the principal may not do, or it can't be told."""

    more: bool
    words: str = ""


def more_than(engine: Engine, policies: Sequence[Policy], arn: str) -> Compared:
    """`words` follow a name, as "which may s3:GetObject that it may not"."""
    own = engine.holders[arn].caller.identity
    known = engine.once(_compared)
    key = (tuple(policies), own)
    if key not in known:
        known[key] = _compare(engine, tuple(policies), own)
    return known[key]


def in_words(engine: Engine, request: Request) -> str:
    """As "s3:GetObject on arn:…"; "" for a request by an action that only stands for others."""
    if engine.catalog.action(request.action) is None:
        return ""
    return f"{request.action} on {request.resource}"


def _compare(engine: Engine, policies: tuple[Policy, ...], own: tuple[Policy, ...]) -> Compared:
    if not policies or set(policies) <= set(own):
        return Compared(more=False)
    found = exceeds(policies, own, steps=_STEPS)
    if isinstance(found, Witness):
        what = in_words(engine, found.request)
        return Compared(more=True, words=f"which may do {what or 'more'}")
    if isinstance(found, Undecided):
        return Compared(more=True, words="which may be able to do more (too long to compare)")
    return Compared(more=False)


def _compared(_: Engine) -> dict[tuple[tuple[Policy, ...], tuple[Policy, ...]], Compared]:
    return {}
