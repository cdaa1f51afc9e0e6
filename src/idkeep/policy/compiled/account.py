"""The principals of one account, compiled: what many at once may do.

`idkeep.policy.evaluate` decides a request at a time; this asks it for what follows from the kind of
principal, the action and the resource alone (`layers_of` with no documents), and reads each
statement once for all who have it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from idkeep.policy.compiled.asked import Asked
from idkeep.policy.compiled.callers import Caller, Question, request_of
from idkeep.policy.compiled.documents import Documents
from idkeep.policy.compiled.frame import Facts, as_it_counts, frame_of
from idkeep.policy.compiled.lanes import both, either, members, same, set_of, within
from idkeep.policy.compiled.rules import Rules
from idkeep.policy.compiled.said import AllSaid, Answered, Said, answered
from idkeep.policy.compiled.standing import OnTarget, Standing
from idkeep.policy.compiled.who import Who
from idkeep.policy.compound import parts_of, possible_parts
from idkeep.policy.decision import Allowed, Decision, Denied
from idkeep.policy.document import Effect, NotPrincipal, Policy
from idkeep.policy.grants import issued_by
from idkeep.policy.layers import (
    before_sign_in,
    with_encryption_keys,
)
from idkeep.policy.request import Request
from idkeep.policy.requester import WITHOUT_ACCOUNT, RequesterKind

Decide: TypeAlias = Callable[[Caller, Question], Decision]


class Account:
    """Callers of one account and partition under the same SCPs, all with policies or all without.

    `decide` answers for one caller; what has a rule of its own by name goes there.
    """

    def __init__(
        self,
        callers: Sequence[Caller],
        who: Who,
        standing: Standing,
        rules: Rules,
        facts: Facts,
        decide: Decide,
    ) -> None:
        first = callers[0]
        self.callers = callers
        self.names = tuple(one.name for one in callers)
        self.id = first.requester.account
        self.everywhere = who.everywhere
        self._facts = facts
        self._decide = decide
        self._standing = standing
        self._who = who
        self._scp = standing.levels(first.scp)
        self._identity = self._held(rules, (one.identity for one in callers))
        bounds = (_bounds(one) for one in callers)
        self._boundary = self._held(rules, bounds, self._lanes(lambda one: bool(_bounds(one))))
        with_session = self._lanes(lambda one: one.session is not None)
        self._session = self._held(rules, (one.session or () for one in callers), with_session)
        # Root has no boundary, yet a Deny with NotPrincipal counts one that is told.
        self._bounded = self._lanes(lambda one: one.boundary is not None)

    def lane(self, name: str) -> int:
        """Of the caller of that name. Raises `KeyError`."""
        return self._who.principals.lane(name)

    def answer(self, asked: Question) -> Answered:
        """For every caller; an answer left open is `decide`'s to word."""
        slow = self.everywhere if before_sign_in(asked.action) else self._who.open_path
        found = self._decided(asked, slow) if slow else Answered()
        for sure, maybe, lanes in self._parts(asked):
            if lanes & ~slow:
                found |= self._together(sure, maybe, lanes & ~slow)
        return found

    def _decided(self, asked: Question, lanes: int) -> Answered:
        found = Answered()
        for lane in members(lanes):
            found |= told(self._decide(self.callers[lane], asked), 1 << lane)
        return found

    def _parts(
        self, asked: Question
    ) -> Iterator[tuple[tuple[Question, ...], tuple[Question, ...], int]]:
        """The permissions that the request takes, and those that it may take besides."""
        found: dict[tuple[str, ...], tuple[tuple[Question, ...], tuple[Question, ...], int]] = {}
        for first, lanes in self._who.like:
            request = request_of(self.callers[first], asked)
            sure = tuple(_part(asked, request, one) for one in parts_of(request))
            maybe = tuple(_part(asked, request, one) for one, _ in possible_parts(request))
            names = (*(one.action for one in sure), "", *(one.action for one in maybe))
            others = found[names][2] if names in found else 0
            found[names] = (sure, maybe, lanes | others)
        yield from found.values()

    def _together(
        self, sure: Iterable[Question], maybe: Iterable[Question], lanes: int
    ) -> Answered:
        """As `decision.together` and `decision.besides`."""
        allowed, possible, explicit = lanes, lanes, 0
        for one in sure:
            found = self._one(one, lanes)
            # The first permission that is denied says how.
            explicit |= found.explicit & possible
            allowed &= found.allowed
            possible &= found.allowed | found.open
        for one in maybe:
            allowed &= self._one(one, lanes).allowed
        return Answered(allowed, possible & ~allowed, explicit)

    def _one(self, question: Question, lanes: int) -> Answered:
        asked = Asked(question, self.callers)
        on = self._standing.on(question.target)
        said = self._said(asked, on)
        found = Answered()
        for first, alike in self._who.principals.classes:
            if here := alike & lanes:
                frame = frame_of(self.callers[first], question, self._facts)
                counts = as_it_counts(said, frame, on.public, self.everywhere)
                found |= answered(frame.layers, counts, here)
        return found

    def _said(self, asked: Asked, on: OnTarget) -> AllSaid:
        endpoint = self._standing.documents(asked.question.endpoint)
        said = AllSaid(
            scp=[self._read(one, asked) for one in self._scp],
            rcp=[self._read(one, asked) for one in on.rcp],
            endpoint=self._read(endpoint, asked),
            resource=self._read(on.resource, asked),
            identity=self._read(self._identity, asked),
            boundary=self._read(self._boundary, asked),
            session=self._read(self._session, asked),
        )
        if on.grants:
            self._add_grants(said, asked, on)
        return said

    def _add_grants(self, said: AllSaid, asked: Asked, on: OnTarget) -> None:
        context = with_encryption_keys(asked.question.context)
        seen = Asked(replace(asked.question, context=context), self.callers)
        for grant, documents in on.grants:
            read = self._read(documents, seen)
            for reach, where in read.reached:
                said.resource.allow(reach, where)
            issued = same(issued_by(grant, self.id), self.everywhere)
            said.own_grants = either(said.own_grants, both(issued, read.allowed))

    def _read(self, documents: Documents, asked: Asked) -> Said:
        said = Said(documents.there & self.everywhere)
        for body, holders in documents.found(asked.action, asked.resource):
            here = within(self._who.lines.applies(body, asked), holders)
            if not here.possible:
                continue
            reached = self._who.principals.about(body.principal, asked)
            if body.effect is Effect.ALLOW:
                for reach, where in reached.items():
                    said.allow(reach, both(here, where))
            else:
                for where in reached.values():
                    said.deny(both(here, where))
                if isinstance(body.principal, NotPrincipal):
                    said.deny(within(here, self._bounded))
        return said

    def _held(
        self, rules: Rules, of_each: Iterable[Sequence[Policy]], there: int | None = None
    ) -> Documents:
        """The documents of a layer that each caller has of its own."""
        lanes: dict[int, tuple[Policy, list[int]]] = {}
        for lane, policies in enumerate(of_each):
            for policy in policies:
                lanes.setdefault(id(policy), (policy, []))[1].append(lane)
        held = (
            (rule, holders)
            for policy, some in lanes.values()
            for holders in (set_of(some, len(self.callers)),)
            for rule in rules.of(policy)
        )
        return Documents(held, self.everywhere if there is None else there)

    def _lanes(self, test: Callable[[Caller], bool]) -> int:
        hits = (lane for lane, caller in enumerate(self.callers) if test(caller))
        return set_of(hits, len(self.callers))


def account_key(caller: Caller) -> tuple[object, ...]:
    """Callers with the same key fit into one `Account`."""
    who = caller.requester
    scp = tuple(
        tuple((one.kind.value, one.text) for one in level.policies) for level in caller.scp or ()
    )
    alone = who.kind in WITHOUT_ACCOUNT
    return (who.account, who.partition, alone, caller.management_account, scp)


def told(decision: Decision, lanes: int) -> Answered:
    """A decision as the answer in these lanes."""
    match decision:
        case Allowed():
            return Answered(allowed=lanes)
        case Denied(by=by):
            return Answered(explicit=lanes if by else 0)
        case _:
            return Answered(open=lanes)


def _part(asked: Question, request: Request, part: Request) -> Question:
    """The question of one permission: with what it knows besides, and its own action."""
    if part is request:
        return asked
    known = request.context
    more = {
        key: given
        for key in part.context.given
        if known.get(key) == () and isinstance(given := part.context.get(key), tuple)
    }
    return replace(asked, action=part.action, context=asked.context.completed(more))


def _bounds(caller: Caller) -> tuple[Policy, ...]:
    """The permissions boundary, which root has none of."""
    is_root = caller.requester.kind is RequesterKind.ROOT
    return () if caller.boundary is None or is_root else (caller.boundary,)
