"""What holds for all requests, with the request that refutes it where it does not."""

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
from msgspec import Struct

from idkeep.policy.document import Policy, PolicyKind
from idkeep.policy.kinds import GRAMMARS, Presence
from idkeep.policy.parse import parse
from idkeep.policy.request import Request
from idkeep.policy.symbolic.budget import DEFAULT_STEPS
from idkeep.policy.symbolic.compare import (
    Answer,
    Documents,
    Undecided,
    Witness,
    exceeds,
    intersects,
)


class Proven(Struct, frozen=True):
    """It holds for every request."""


class Refuted(Struct, frozen=True):
    """It does not hold for this request; the reference engine says so too."""

    request: Request


Proof: TypeAlias = Proven | Refuted | Undecided


def implies(a: Documents, b: Documents, *, steps: int = DEFAULT_STEPS) -> Proof:
    """Whether `b` allows every request that `a` allows. Raises `ValueError` as `compare` does."""
    return _proof(exceeds(a, b, steps=steps))


def proves(policies: Documents, *, never: Documents, steps: int = DEFAULT_STEPS) -> Proof:
    """Whether the policies allow none of the requests that the second documents describe.

    The description is a policy that allows just these requests, as `requests_for` makes one.
    """
    return _proof(intersects(policies, never, steps=steps))


def requests_for(
    actions: Sequence[str],
    resources: Sequence[str] = ("*",),
    *,
    kind: PolicyKind = PolicyKind.IDENTITY,
) -> Policy:
    """The policy that allows these actions on these resources to anybody, and nothing else.

    Both are patterns, as a statement writes them. Raises `PolicyError` for what is none, and
    `ValueError` for resources in a kind of policy that speaks of its own alone.
    """
    grammar = GRAMMARS[kind]
    statement = {"Effect": "Allow", "Action": list(actions)}
    if grammar.resource is not Presence.FORBIDDEN:
        statement["Resource"] = list(resources)
    elif tuple(resources) != ("*",):
        raise ValueError(f"a policy of the kind {kind} speaks of no resource but its own")
    named = {"Principal": "*"} if grammar.principal is Presence.REQUIRED else {}
    document = {"Version": "2012-10-17", "Statement": {**statement, **named}}
    return parse(msgspec.json.encode(document).decode(), kind)


def _proof(answer: Answer) -> Proof:
    """Of a search for a request that refutes."""
    if isinstance(answer, Undecided):
        return answer
    return Refuted(answer.request) if isinstance(answer, Witness) else Proven()
