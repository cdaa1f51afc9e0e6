"""How a principal can come to more than it was given, by the union of all that it holds.

Every step is a decision of the engine with its boundary and the organisation's policies; a way
counts only where it leads to something that exists and may do more. Roles that AWS services own,
and those that Identity Center writes, can't be changed from inside the account and are no targets.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from itertools import chain, islice
from typing import TypeVar

from msgspec import Struct

from idkeep.access.administrators import Rule, administering, anything, powers
from idkeep.access.among import Among, Named
from idkeep.access.answer import Answer, Says
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.escalation_targets import (
    attachable,
    functions_of,
    groups,
    is_editable,
    lets_in,
    named_actions,
    names_of,
    own_managed,
    policies,
    roles,
    takers,
    users,
)
from idkeep.access.escalation_ways import (
    PASSES,
    USES,
    WRITES,
    Upon,
    Use,
    Write,
)
from idkeep.access.more import Compared, more_than
from idkeep.access.somewhere import may_somewhere, spoken_of
from idkeep.access.sources import Granted
from idkeep.model import Gap, NotAsked, Role, User
from idkeep.policy import Context, Denied, Policy, PolicyKind
from idkeep.policy.compiled.lanes import members

T = TypeVar("T", bound=Named)
P = TypeVar("P", User, Role)
_COMPARED = 25
_ASSUME = "sts:AssumeRole"
_PASS = "iam:PassRole"  # noqa: S105 -- an action


class Gain(IntEnum):
    """What a way leads to. `POSSIBLE`: nothing now, but whatever is made next."""

    POSSIBLE = 0
    MORE = 1
    ADMINISTRATOR = 2


class Route(Struct, frozen=True, kw_only=True):
    """One way that is open. `words` follow "it may"; `gets` says what it comes to.

    `kind` is own, others, pass or use. `target` is whom it becomes, "" for itself. `in_use` is
    False where whether the target is at work anywhere was not read.
    """

    way: str
    kind: str
    words: str
    gets: str
    gain: Gain
    target: str = ""
    answers: tuple[Answer, ...]
    in_use: bool = True

    @property
    def proviso(self) -> str:
        return ", ".join(dict.fromkeys(one.proviso for one in self.answers if one.proviso))


class Escalation(Struct, frozen=True, kw_only=True):
    """Every way that is open to a principal; `doubts` say of which others it can't be told."""

    routes: tuple[Route, ...] = ()
    doubts: tuple[str, ...] = ()


def escalation(engine: Engine, principal: User | Role) -> Escalation:
    """Of a user or role that is no administrator already."""
    named = named_actions(engine, principal.arn)
    if not named:
        return Escalation()
    asked = _Asker(engine, principal, named)
    routes = tuple(_routes(asked))
    return Escalation(routes=routes, doubts=tuple(asked.doubts))


def _routes(asked: "_Asker") -> Iterator[Route]:
    for write in WRITES:
        if asked.named.issuperset(write.actions):
            yield from _WRITERS[write.upon](asked, write)
    if _PASS in asked.named:
        yield from _passes(asked)
    for use in USES:
        if asked.named.issuperset(use.actions):
            yield from _uses(asked, use)


class _Asker:
    """A principal, and what it was found to be able to do."""

    def __init__(self, engine: Engine, principal: User | Role, named: frozenset[str]) -> None:
        self.engine = engine
        self.me = principal
        self.named = named
        self.doubts: dict[str, None] = {}
        self._anywhere: dict[str, Answer | None] = {}

    def may(self, action: str, resource: str, context: Context = ANYTHING) -> Answer | None:
        answer = self.engine.decide(self.me.arn, action, resource, context)
        if answer.says is Says.UNKNOWN:
            self.doubts[f"{action}: {answer.why_unknown}"] = None
        return answer if answer.says in {Says.YES, Says.DEPENDS} else None

    def might(self, action: str, resource: str, context: Context = ANYTHING) -> bool:
        """False where it is denied for sure."""
        return self.engine.decide(self.me.arn, action, resource, context).says is not Says.NO

    def may_anywhere(self, actions: Iterable[str]) -> tuple[Answer, ...]:
        """An answer for each; none where one of them is not allowed on anything."""
        found: list[Answer] = []
        for action in actions:
            if action not in self._anywhere:
                self._anywhere[action] = self._on_something(action)
            answer = self._anywhere[action]
            if answer is None:
                return ()
            found.append(answer)
        return tuple(found)

    def _on_something(self, action: str) -> Answer | None:
        found = may_somewhere(self.engine, self.me, action)
        if found.says is Says.UNKNOWN:
            self.doubts[f"{action}: {found.why}"] = None
        return found.answer if found.says in {Says.YES, Says.DEPENDS} else None

    def among(self, some: Among[T], *actions: str, within: int = -1) -> Iterator[T]:
        """Those on which it might do all of it; the rest is denied for sure."""
        holder = self.engine.holders[self.me.arn]
        for action in actions:
            within &= some.lanes(holder, action)
        return (some.every[n] for n in members(within))

    def writes(
        self, write: Write, resource: str, boundary: str | None, action: str = ""
    ) -> Answer | None:
        """May it write there? What it attaches must be able to make an administrator.

        `action` is the way's first unless it is another of its actions.
        """
        known = ANYTHING.told({"iam:PermissionsBoundary": boundary or ()})
        action = action or write.actions[0]
        if not write.chooses:
            return self.may(action, resource, known)
        for policy in self.engine.once(attachable):
            known_too = known.told({"iam:PolicyARN": policy})
            if answer := self.may(action, resource, known_too):
                return answer
        return None

    def ceiling(self) -> tuple[Gain, str]:
        """What it could give itself at most."""
        if powers(self.engine)[self.me.arn].ceiling is Rule.NO:
            return Gain.MORE, "gives itself all that its limits leave"
        return Gain.ADMINISTRATOR, "makes itself an administrator"


def _own_user(asked: _Asker, write: Write) -> Iterator[Route]:
    if isinstance(asked.me, User):
        yield from _own(asked, write, asked.me.arn, asked.me.boundary)


def _own_role(asked: _Asker, write: Write) -> Iterator[Route]:
    if isinstance(asked.me, Role) and is_editable(asked.me):
        yield from _own(asked, write, asked.me.arn, asked.me.boundary)


def _own_group(asked: _Asker, write: Write) -> Iterator[Route]:
    names = asked.me.groups if isinstance(asked.me, User) else ()
    for group in asked.engine.snapshot.groups:
        if group.name in names:
            yield from _own(asked, write, group.arn, None)


def _own_policy(asked: _Asker, write: Write) -> Iterator[Route]:
    for arn in own_managed(asked.engine, asked.me.arn):
        yield from _own(asked, write, arn, None)


def _own(asked: _Asker, write: Write, resource: str, boundary: str | None) -> Iterator[Route]:
    if answer := asked.writes(write, resource, boundary):
        gain, gets = asked.ceiling()
        yield Route(
            way=write.id, kind="own", words=write.does, gets=gets, gain=gain, answers=(answer,)
        )


def _other_group(asked: _Asker, write: Write) -> Iterator[Route]:
    names = asked.me.groups if isinstance(asked.me, User) else None
    if names is None:
        return
    rules = administering(asked.engine)
    possible = asked.among(asked.engine.once(groups), write.actions[0])
    others = (one for one in possible if one.name not in names)
    for group in islice(others, _COMPARED):
        answer = asked.may(write.actions[0], group.arn)
        if answer is None:
            continue
        if rules.get(group.arn, Rule.NO) is not Rule.NO:
            gain, more = Gain.ADMINISTRATOR, "which makes administrators"
        else:
            held = [
                asked.engine.documents.policy(one.digest, PolicyKind.IDENTITY)
                for one in asked.engine.of_group(group)
                if isinstance(one, Granted)
            ]
            found = more_than(
                asked.engine, tuple(p for p in held if isinstance(p, Policy)), asked.me.arn
            )
            if not found.more:
                continue
            gain, more = Gain.MORE, found.words
        yield Route(
            way=write.id,
            kind="others",
            words=write.does,
            gets=f"joins the group {group.name}, {more}",
            gain=gain,
            target=group.arn,
            answers=(answer,),
        )
        return


def _other_user(asked: _Asker, write: Write) -> Iterator[Route]:
    action = write.actions[0]
    possible = asked.among(asked.engine.once(users), action)
    for user, gain, more in _better(asked, possible, lambda one: asked.might(action, one.arn)):
        if not _is_open(asked, action, user):
            continue
        if answer := asked.may(action, user.arn):
            yield _taken(write, user, gain, more, (answer,))
            return


def _is_open(asked: _Asker, action: str, user: User) -> bool:
    """Whether the user's credentials leave room for that one; what was not read leaves it."""
    keys, password = user.access_keys, user.password
    if action == "iam:CreateAccessKey" and isinstance(keys, tuple) and len(keys) > 1:
        return asked.may("iam:DeleteAccessKey", user.arn) is not None
    if isinstance(password, Gap | NotAsked):
        return True
    has_one = password is not None
    return {"iam:CreateLoginProfile": not has_one, "iam:UpdateLoginProfile": has_one}.get(
        action, True
    )


def _other_role(asked: _Asker, write: Write) -> Iterator[Route]:
    action = write.actions[0]
    possible = asked.among(asked.engine.once(roles), action)
    for role, gain, more in _better(asked, possible, lambda one: asked.might(action, one.arn)):
        answer = asked.may(action, role.arn)
        if answer is None:
            continue
        if not _is_kept_from(asked, role.arn):
            yield _taken(write, role, gain, more, (answer,))
            return


def _assumable_role(asked: _Asker, write: Write) -> Iterator[Route]:
    for role in asked.among(asked.engine.once(roles), _ASSUME, write.actions[0]):
        if role.arn == asked.me.arn or powers(asked.engine)[role.arn].rule is not Rule.NO:
            continue
        answer = asked.writes(write, role.arn, role.boundary)
        assumed = asked.may(_ASSUME, role.arn) if answer else None
        if answer and assumed:
            yield _raised(asked, write, role, (answer, assumed))
            return


def _assumable_policy(asked: _Asker, write: Write) -> Iterator[Route]:
    possible = asked.among(asked.engine.once(policies), write.actions[0])
    writable = {one.arn for one in possible}
    if not writable:
        return
    for role in asked.among(asked.engine.once(roles), _ASSUME):
        if role.arn == asked.me.arn or powers(asked.engine)[role.arn].rule is not Rule.NO:
            continue
        for arn in own_managed(asked.engine, role.arn):
            if arn not in writable:
                continue
            answer = asked.may(write.actions[0], arn)
            assumed = asked.may(_ASSUME, role.arn) if answer else None
            if answer and assumed:
                yield _raised(asked, write, role, (answer, assumed))
                return


def _new(asked: _Asker, write: Write) -> Iterator[Route]:
    """Somebody new, without a boundary: its limits are the organisation's alone."""
    first, gives, *rest = write.actions
    bare = ANYTHING.told({"iam:PermissionsBoundary": ()})
    made = may_somewhere(asked.engine, asked.me, first, bare)
    if made.says is Says.UNKNOWN:
        asked.doubts[f"{first}: {made.why}"] = None
    if made.says not in {Says.YES, Says.DEPENDS} or made.answer is None:
        return
    spoken = chain.from_iterable(
        spoken_of(asked.engine, asked.me, action, bare) for action in (first, gives)
    )
    # What it may make and what it may write to need not be the same.
    for resource in islice(dict.fromkeys(chain((made.resource,), spoken)), _COMPARED):
        answers = [asked.may(first, resource, bare), asked.writes(write, resource, None, gives)]
        answers += [asked.may(action, resource) for action in rest]
        open_ = tuple(one for one in answers if one)
        kept = write.upon is Upon.NEW_ROLE and _is_kept_from(asked, resource)
        if len(open_) == len(answers) and not kept:
            break
    else:
        return
    limited = asked.me.boundary is None and powers(asked.engine)[asked.me.arn].ceiling is Rule.NO
    yield Route(
        way=write.id,
        kind="others",
        words=write.does,
        gets="has all that the organisation leaves" if limited else "becomes an administrator",
        gain=Gain.MORE if limited else Gain.ADMINISTRATOR,
        answers=open_,
    )


def _is_kept_from(asked: _Asker, role: str) -> bool:
    """Whether something of its own denies becoming a role that lets it in by name."""
    decision = asked.engine.decide(asked.me.arn, _ASSUME, role).decision
    return isinstance(decision, Denied) and any(
        one.document != "resource[0]" for one in decision.by
    )


def _raised(asked: _Asker, write: Write, role: Role, answers: tuple[Answer, ...]) -> Route:
    limited = powers(asked.engine)[role.arn].ceiling is Rule.NO
    return Route(
        way=write.id,
        kind="others",
        words=write.does,
        gets=f"gives the role {role.name} "
        + ("all that its limits leave" if limited else "every permission"),
        gain=Gain.MORE if limited else Gain.ADMINISTRATOR,
        target=role.arn,
        answers=answers,
    )


def _taken(
    write: Write, whom: User | Role, gain: Gain, more: str, answers: tuple[Answer, ...]
) -> Route:
    return Route(
        way=write.id,
        kind="others",
        words=write.does,
        gets=f"becomes the {type(whom).__name__.lower()} {whom.name}, {more}",
        gain=gain,
        target=whom.arn,
        answers=answers,
    )


_WRITERS: dict[Upon, Callable[[_Asker, Write], Iterator[Route]]] = {
    Upon.OWN_USER: _own_user,
    Upon.OWN_ROLE: _own_role,
    Upon.OWN_GROUP: _own_group,
    Upon.OWN_POLICY: _own_policy,
    Upon.OTHER_GROUP: _other_group,
    Upon.OTHER_USER: _other_user,
    Upon.OTHER_ROLE: _other_role,
    Upon.ASSUMABLE_ROLE: _assumable_role,
    Upon.ASSUMABLE_POLICY: _assumable_policy,
    Upon.NEW_ROLE: _new,
    Upon.NEW_USER: _new,
}


def _passes(asked: _Asker) -> Iterator[Route]:
    any_role = anything(asked.engine, "arn:{partition}:iam::{account}:role/{any}")
    possible: list[Route] = []
    found = False
    best: dict[str, tuple[Role, Gain, str, Answer] | None] = {}
    for way in PASSES:
        if not asked.named.issuperset(way.actions):
            continue
        made = asked.may_anywhere(way.actions)
        if not made:
            continue
        if way.service not in best:
            best[way.service] = _passed(asked, way.service)
        if taken := best[way.service]:
            role, gain, more, passed = taken
            found = True
            yield Route(
                way=way.id,
                kind="pass",
                words=f"pass it to {way.creates}",
                gets=f"becomes the role {role.name}, {more}",
                gain=gain,
                target=role.arn,
                answers=(passed, *made),
            )
        elif passed_any := asked.may(_PASS, any_role, _passed_to(way.service)):
            possible.append(
                Route(
                    way=way.id,
                    kind="pass",
                    words=f"pass any role to {way.creates}",
                    gets="becomes whatever role is made for that service next",
                    gain=Gain.POSSIBLE,
                    answers=(passed_any, *made),
                )
            )
    if not found:
        yield from possible


def _passed(asked: _Asker, service: str) -> tuple[Role, Gain, str, Answer] | None:
    """The most powerful role that it may hand to a service and that lets the service in."""
    taking = asked.engine.once(takers).get(service, 0)
    may_be_passed = asked.among(asked.engine.once(roles), _PASS, within=taking)

    def might(role: Role) -> bool:
        names = names_of(asked.engine, service, role)
        return any(asked.might(_PASS, role.arn, _passed_to(name)) for name in names)

    for role, gain, more in _better(asked, may_be_passed, might):
        for name in names_of(asked.engine, service, role):
            passed = asked.may(_PASS, role.arn, _passed_to(name))
            if passed and lets_in(asked.engine, name, role):
                return role, gain, more, passed
    return None


def _passed_to(service: str) -> Context:
    return ANYTHING.told({"iam:PassedToService": service})


def _uses(asked: _Asker, use: Use) -> Iterator[Route]:
    every = asked.engine.once(roles).every
    for role in (every[n] for n in members(asked.engine.once(takers).get(use.service, 0))):
        if powers(asked.engine)[role.arn].rule is Rule.NO:
            return  # administrators stand first
        names = names_of(asked.engine, use.service, role)
        if role.arn == asked.me.arn or not any(lets_in(asked.engine, n, role) for n in names):
            continue
        things = functions_of(asked.engine, role) if use.id == "use-lambda-function" else None
        made: tuple[Answer, ...] = ()
        if things is None:
            made = asked.may_anywhere(use.actions)
        else:
            allowed = (asked.may(use.actions[0], one) for one in things)
            made = tuple(one for one in allowed if one)[:1]
        if made:
            yield Route(
                way=use.id,
                kind="use",
                words=f"{use.runs} what runs with it",
                gets=f"becomes the role {role.name}, which is an administrator",
                gain=Gain.ADMINISTRATOR,
                target=role.arn,
                answers=made,
                in_use=things is not None,
            )
            return


def _better(
    asked: _Asker, others: Iterable[P], might: Callable[[P], bool]
) -> Iterator[tuple[P, Gain, str]]:
    """Those who may do more: administrators first, of the rest as many as can be compared.

    Whom it might not reach is left out, which is quicker told than what they may do.
    """
    power = powers(asked.engine)
    compared = 0
    for other in others:
        if other.arn == asked.me.arn:
            continue
        if power[other.arn].rule is not Rule.NO:
            yield other, Gain.ADMINISTRATOR, "an administrator"
            continue
        if compared == _COMPARED:
            return
        compared += 1
        if not might(other):
            continue
        found: Compared = more_than(
            asked.engine, asked.engine.holders[other.arn].caller.identity, asked.me.arn
        )
        if found.more:
            yield other, Gain.MORE, found.words
