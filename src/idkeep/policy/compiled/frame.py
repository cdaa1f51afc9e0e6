"""What follows from the kind of caller, the action and the resource, whatever documents say.

It is asked of the reference itself, with no documents to read.
"""

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.compiled.callers import Caller, Question, policies_of, request_of
from idkeep.policy.compiled.lanes import NOWHERE
from idkeep.policy.compiled.said import AllSaid, Said
from idkeep.policy.expression import Truth, negation
from idkeep.policy.layers import Layers, Reader, layers_of
from idkeep.policy.request import Actions, Level
from idkeep.policy.requester import RequesterKind

_SILENT = Said(0)


class Facts(Struct, frozen=True):
    """What `evaluate` takes of the catalog, under the same names."""

    rcps_reach: Actions
    own_account_only: frozenset[str] = frozenset()


class Frame(Struct, frozen=True):
    """`layers` are empty: they say which count. `closes_public`: as of the bucket's settings."""

    layers: Layers
    spared_by_resource: bool
    closes_public: bool


def frame_of(caller: Caller, asked: Question, facts: Facts) -> Frame:
    """Of the caller's own documents only those of a root user's session are looked at."""
    request, policies = request_of(caller, asked), policies_of(caller, asked)
    is_root = caller.requester.kind is RequesterKind.ROOT
    silent = replace(
        policies,
        identity=(),
        boundary=None,
        session=caller.session if is_root else None,
        resource=None if policies.resource is None else (),
        scp=_silent(policies.scp),
        rcp=_silent(policies.rcp),
        endpoint=None,
        grants=(),
    )
    layers = layers_of(request, silent, facts.rcps_reach, facts.own_account_only)
    reader = Reader(request, silent)
    bucket = policies.bucket if asked.action.lower().startswith("s3:") else None
    closes = bucket is not None and reader.closes_public(layers, bucket)
    return Frame(layers, reader.spared_by_resource, closes)


def as_it_counts(said: AllSaid, frame: Frame, public: Truth, everywhere: int) -> AllSaid:
    """Without what does not count here; `public`: whether the bucket's policy lets anybody in."""
    layers, resource = frame.layers, said.resource
    if frame.spared_by_resource:
        resource = replace(resource, denied=NOWHERE)
    if frame.closes_public:
        resource = resource.only_if(negation(public), everywhere)
    own = layers.identity.is_there
    return AllSaid(
        scp=said.scp if layers.scp else [],
        rcp=said.rcp if layers.rcp else [],
        endpoint=said.endpoint,
        resource=resource,
        identity=said.identity if own else _SILENT,
        boundary=said.boundary if own else _SILENT,
        session=said.session if own else _SILENT,
        own_grants=said.own_grants,
    )


def _silent(levels: tuple[Level, ...] | None) -> tuple[Level, ...] | None:
    return levels and tuple(Level(target=one.target, policies=()) for one in levels)
