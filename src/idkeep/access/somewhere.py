"""Whether a principal may do something on any resource at all."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.answer import SUREST, Answer, Says
from idkeep.access.asking import keys_of
from idkeep.access.engine import ANYTHING, EVERYTHING, Engine
from idkeep.access.holder import Holder, Identity
from idkeep.access.targets import Site
from idkeep.access.whereabouts import KINDS_OF, parsed, speaking_of
from idkeep.catalog import Catalog
from idkeep.model import Gap, Snapshot, Unread
from idkeep.model.other_resources import MoreResources
from idkeep.policy import (
    Action,
    Context,
    Effect,
    NotResource,
    Policy,
    PolicyKind,
    Resource,
    Statement,
    all_hold,
    matches_action,
    matches_resource,
)
from idkeep.policy.compiled import Target
from idkeep.policy.compiled.lanes import members, set_of
from idkeep.policy.symbolic import Nothing, Witness, intersects
from idkeep.policy.variables import Version

_TOGETHER = 50
_REAL = 12
"""How many of the account's own things are tried for one pattern before imagined ones."""
_VARIABLE = re.compile(r"\$\{([^},]+)(?:,\s*'([^']*)')?\}")
_FORM = re.compile(r"\$\{(\w+)\}")
_PERSONAL = ("aws:principal", "aws:userid", "aws:username")


class Somewhere(Struct, frozen=True, kw_only=True):
    """`answer` is about the resource that was found: one of the account's, or one that could be.

    Of a NO it is None, and `why` says what proves it; of an UNKNOWN `why` says what is missing.
    """

    says: Says
    answer: Answer | None = None
    why: str = ""

    @property
    def resource(self) -> str:
        """The ARN that was found, "*" for an action on none; "" where none was."""
        return self.answer.resource if self.answer else ""


def may_somewhere(
    engine: Engine, who: Identity | Holder | str, action: str, context: Context = ANYTHING
) -> Somewhere:
    """Whether there is a resource on which the principal may do it.

    YES and DEPENDS carry it. A NO is proven: by its own policies and limits for every resource,
    and by the policies of every resource that was read. An action that takes several resources
    at once is asked of each by itself. Raises `KeyError` for a principal that
    is not in the snapshot.
    """
    holder = who if isinstance(who, Holder) else engine.holder(who)
    return engine.once(_Search).answer(holder, action, context)


def who_may_somewhere(
    engine: Engine, action: str, context: Context = ANYTHING
) -> Iterator[tuple[Holder, Somewhere]]:
    """Everybody of the account of whom that is not a NO; root among them."""
    search = engine.once(_Search)
    for holder in engine.holders.values():
        found = search.answer(holder, action, context)
        if found.says is not Says.NO:
            yield holder, found


def spoken_of(
    engine: Engine, who: Identity | Holder | str, action: str, context: Context = ANYTHING
) -> Iterator[str]:
    """Resources on which the principal may be allowed it: those its statements speak of first.

    There may be several of one resource. Whether it is allowed is for the caller to ask.
    """
    holder = who if isinstance(who, Holder) else engine.holder(who)
    return engine.once(_Search).candidates(holder, action, context)


def may_together(
    engine: Engine,
    who: Identity | Holder | str,
    actions: tuple[str, ...],
    context: Context = ANYTHING,
) -> tuple[Answer, ...]:
    """The answers about a resource on which the principal may do all of it; () where none is known.

    Raises `KeyError` for a principal that is not in the snapshot.
    """
    holder = who if isinstance(who, Holder) else engine.holder(who)
    search = engine.once(_Search)
    spoken = chain.from_iterable(search.candidates(holder, one, context) for one in actions)
    for resource in islice(dict.fromkeys(spoken), _TOGETHER):
        answers = tuple(search.decide(holder, one, resource, context) for one in actions)
        if all(one.says in {Says.YES, Says.DEPENDS} for one in answers):
            return answers
    return ()


class _Search:
    """What was found for one principal is tried first for the next with the same policies."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._witnesses: dict[tuple[object, ...], str] = {}
        self._proofs: dict[tuple[object, ...], Nothing | str] = {}
        self._by_policy: dict[str, dict[str, list[str]]] = {}
        self._missing: dict[str, tuple[Unread, ...]] = {}

    def answer(self, holder: Holder, action: str, context: Context) -> Somewhere:
        key = _key(holder, action)
        best: Answer | None = None
        for resource in dict.fromkeys(self._candidates(holder, action, key, context)):
            found = self.decide(holder, action, resource, context)
            if found.says is Says.YES:
                self._witnesses[key] = resource
                return Somewhere(says=Says.YES, answer=found)
            best = _better(best, found)
        if best is not None and best.says is Says.DEPENDS:
            self._witnesses[key] = best.resource
            return Somewhere(says=Says.DEPENDS, answer=best)
        if best is not None and best.says is Says.UNKNOWN:
            return Somewhere(says=Says.UNKNOWN, answer=best, why=best.why_unknown)
        return self._without_witness(holder, action, context)

    def _without_witness(self, holder: Holder, action: str, context: Context) -> Somewhere:
        unread = (*holder.unread, *self._unread(action))
        if unread:
            why = "; ".join(dict.fromkeys(map(str, unread)))
            return Somewhere(says=Says.UNKNOWN, why=why)
        statements = tuple(_statements(holder, action, context))
        if not any(one.effect is Effect.ALLOW for one in statements):
            return Somewhere(says=Says.NO, why=f"nothing allows {action}")
        forms = forms_of(self._engine.catalog, action)
        if forms == ("*",):
            return Somewhere(says=Says.NO, why=f"{action} is denied, and takes no resource")
        key = (statements, _limits(holder))
        if key not in self._proofs:
            self._proofs[key] = _proof(holder, (*statements, _of_forms(action, forms)))
        proof = self._proofs[key]
        if isinstance(proof, Nothing):
            return Somewhere(says=Says.NO, why="its policies and limits leave no resource")
        if proof.startswith("arn:"):
            found = self.decide(holder, action, proof, context)
            if found.says is not Says.NO:
                return Somewhere(says=found.says, answer=found, why=found.why_unknown)
        return Somewhere(says=Says.UNKNOWN, why="no resource was found, and none is ruled out")

    def decide(self, holder: Holder, action: str, resource: str, context: Context) -> Answer:
        engine = self._engine
        site = engine.about(resource)
        arn = parsed(resource)
        ours = arn is not None and arn.account in ("", engine.account)
        if ours and site.resource is None and not action.lower().startswith("sts:"):
            site = engine.imagined(resource)
        return engine.decide_at(holder, site, action, resource, context)

    def candidates(self, holder: Holder, action: str, context: Context) -> Iterator[str]:
        return self._candidates(holder, action, _key(holder, action), context)

    def _candidates(
        self, holder: Holder, action: str, key: tuple[object, ...], context: Context
    ) -> Iterator[str]:
        if key in self._witnesses:
            yield self._witnesses[key]
        engine, caller = self._engine, holder.caller
        is_root = holder.identity.arn.endswith(":root")
        for statement in _statements(holder, action, context):
            if statement.effect is Effect.ALLOW and not is_root:
                yield from _within(engine, statement, action, {**caller.keys, **_names(holder)})
        if is_root:
            yield from _forms(engine.catalog, engine.snapshot, action)
        yield from self._let_in(action).get(holder.identity.arn, ())

    def _let_in(self, action: str) -> dict[str, list[str]]:
        """For who is let in by resources' own policies: a few of them, or parts of them.

        More than one, since a request that one of them turns away another may take.
        """
        if action not in self._by_policy:
            found: dict[str, list[str]] = {}
            for site in self._engine.sites.values():
                for arn in dict.fromkeys(_spoken_of(site, action, self._engine.snapshot)):
                    target = replace(site.target, arn=arn)
                    answers = self._engine.compiled.who_can(action, target, ANYTHING)
                    for name in (*answers.allowed, *answers.undecided):
                        some = found.setdefault(name, [])
                        if len(some) < _REAL:
                            some.append(arn)
            self._by_policy[action] = found
        return self._by_policy[action]

    def _unread(self, action: str) -> tuple[Unread, ...]:
        """Policies on resources of the action's service that were not read, and might allow it."""
        service = action.partition(":")[0].lower()
        if service not in self._missing:
            kinds = KINDS_OF.get(service, ())
            snapshot = self._engine.snapshot
            gaps = [gap for kind in kinds for gap in snapshot.missing(kind)]
            for site in self._engine.sites.values() if kinds else ():
                if isinstance(site.resource, kinds):
                    gaps += (*site.unread, *site.unread_grants)
            gaps += self._unread_others(service)
            self._missing[service] = tuple(dict.fromkeys(gaps))
        return self._missing[service]

    def _unread_others(self, service: str) -> Iterator[Unread]:
        """The same of resources of other types. What nobody asked for is taken to allow nothing."""
        others = self._engine.snapshot.more_resources
        if isinstance(others, Gap) and speaking_of(service):
            yield others
        if not isinstance(others, MoreResources):
            return
        for kind in speaking_of(service):
            yield from others.missing(kind)
        for one in others.others:
            if service in one.services and not isinstance(one.policies, tuple):
                yield one.policies


def _better(best: Answer | None, found: Answer) -> Answer:
    if best is None or SUREST.index(found.says) < SUREST.index(best.says):
        return found
    return best


def _key(holder: Holder, action: str) -> tuple[object, ...]:
    caller = holder.caller
    policies = (*caller.documents(),)
    personal = any(key.startswith(_PERSONAL) for one in policies for key in keys_of(one))
    own = tuple(one.digest for one in holder.granted)
    boundary = holder.boundary.digest if holder.boundary else ""
    return (action, own, boundary, caller.session, holder.identity.arn if personal else "")


def _limits(holder: Holder) -> tuple[object, ...]:
    linked = holder.caller.requester.is_service_linked
    return (holder.boundary, holder.caller.session, id(holder.caller.scp), linked)


def _statements(holder: Holder, action: str, context: Context) -> Iterator[Statement]:
    """Own Allows and every Deny about the action, without what the principal's keys settle."""
    caller = holder.caller
    known = context.completed({**caller.keys, **caller.requester.derived()})
    exempt = caller.management_account or caller.requester.is_service_linked
    levels = () if exempt else caller.scp or ()
    own = set(map(id, caller.identity))
    limits = (
        caller.boundary,
        *(caller.session or ()),
        *(p for lvl in levels for p in lvl.policies),
    )
    for policy in (*caller.identity, *(one for one in limits if one)):
        for one in policy.statements:
            if not matches_action(one.action, action):
                continue
            if one.effect is Effect.ALLOW and id(policy) not in own:
                continue
            held = all_hold(one.conditions, one.version, known)
            if held is False:
                continue
            left = () if held is True else one.conditions
            yield replace(one, index=0, sid="", action=Action((action,)), conditions=left)


def _of_forms(action: str, forms: tuple[str, ...]) -> Statement:
    """A Deny of everything that is no resource of the action."""
    kinds = {"Partition": "aws*", "Account": "?" * 12}
    patterns = (_FORM.sub(lambda one: kinds.get(one[1], "*"), form) for form in forms)
    return Statement(
        index=0,
        sid="",
        effect=Effect.DENY,
        action=Action((action,)),
        resource=NotResource(tuple(patterns)),
        version=Version.CURRENT,
    )


def _proof(holder: Holder, statements: tuple[Statement, ...]) -> Nothing | str:
    """`Nothing` where no resource is left; else an ARN to try, or ""."""
    caller = holder.caller
    own = Policy(
        kind=PolicyKind.IDENTITY,
        version=Version.CURRENT,
        id="",
        statements=tuple(dict.fromkeys(statements)),
        text="",
    )
    exempt = caller.management_account or caller.requester.is_service_linked
    limits: list[tuple[Policy, ...]] = [(EVERYTHING,)]
    limits += [(caller.boundary,)] if caller.boundary else []
    limits += [caller.session] if caller.session else []
    limits += [] if exempt else [level.policies for level in caller.scp or ()]
    witness = ""
    for limit in limits:
        found = intersects(own, limit)
        if isinstance(found, Nothing):
            return found
        if isinstance(found, Witness) and found.request.resource.startswith("arn:"):
            witness = found.request.resource
    return witness


def _spoken_of(site: Site, action: str, snapshot: Snapshot) -> Iterator[str]:
    """What a resource's policies allow the action on: itself, or what is in it."""
    for policy in site.target.policies or ():
        for one in policy.statements:
            if one.effect is not Effect.ALLOW or not matches_action(one.action, action):
                continue
            if not isinstance(one.resource, Resource):
                yield site.arn
                continue
            for pattern in one.resource.patterns:
                arn = _concrete(pattern, snapshot)
                yield arn if arn.startswith(f"{site.arn}/") else site.arn


def _within(
    engine: Engine, statement: Statement, action: str, keys: dict[str, object]
) -> Iterator[str]:
    """Resources that the statement speaks of: the account's own, then imagined ones."""
    forms = _forms(engine.catalog, engine.snapshot, action)
    if not isinstance(statement.resource, Resource):
        yield from forms
        return
    patterns = tuple(_filled_in(one, keys) for one in statement.resource.patterns)
    for pattern in patterns:
        if pattern == "*":
            yield from forms
        elif not set(pattern) & set("*?"):
            yield pattern
        else:
            one = replace(statement, resource=Resource((pattern,)))
            yield from engine.once(_Things).covered(one, forms)
            yield from _matching(one, forms)
            yield _concrete(pattern, engine.snapshot)


def _matching(statement: Statement, forms: tuple[str, ...]) -> list[str]:
    covered = (
        (arn, matches_resource(statement.resource, statement.version, arn, ANYTHING))
        for arn in forms
    )
    return [arn for arn, truth in covered if truth is True][:_REAL]


class _Things:
    """What the account has: principals, groups, managed policies, resources."""

    def __init__(self, engine: Engine) -> None:
        snapshot = engine.snapshot
        named = [*engine.holders, *(one.arn for one in snapshot.groups)]
        named += [one.arn for one in snapshot.policies]
        self._arns = (*named, *(arn for arn in engine.sites if ":iam:" not in arn))
        self._reachable = engine.reachable(Target(arn=arn) for arn in self._arns)
        by_head: dict[str, list[int]] = {}
        for n, arn in enumerate(self._arns):
            by_head.setdefault(_head(arn), []).append(n)
        self._by_head = {head: set_of(some, len(self._arns)) for head, some in by_head.items()}

    def covered(self, statement: Statement, forms: tuple[str, ...]) -> Iterator[str]:
        """A few that are like one of the forms, and that the statement surely speaks of."""
        alike = 0
        for head in {_head(form) for form in forms if form != "*"}:
            alike |= self._by_head.get(head, 0)
        _, sure = self._reachable.covered(statement)
        return (self._arns[n] for n in islice(members(sure & alike), _REAL))


def _head(arn: str) -> str:
    """Service and kind: `s3:`, `iam:role`."""
    fields = arn.split(":", 5)
    kind = re.match(r"[a-z-]+(?=[:/])", fields[-1]) if fields[2] != "s3" else None
    return f"{fields[2]}:{kind[0] if kind else ''}"


@lru_cache(maxsize=4096)
def forms_of(catalog: Catalog, action: str) -> tuple[str, ...]:
    """The ARN templates of what an action takes, what it can't do without first; "*" for none."""
    found = catalog.action(action)
    service = catalog.service(action.partition(":")[0])
    if found is None or service is None or not found.resources:
        return ("*",)
    of_type = {one.name: one.arns for one in service.resource_types}
    # What it can't do without comes first.
    named = sorted(found.resources, key=lambda one: not one.required)
    forms = [arn for one in named for arn in of_type.get(one.name, ())]
    needless = not any(one.required for one in found.resources)
    return (*forms, "*") if needless else tuple(forms) or ("*",)


def _forms(catalog: Catalog, snapshot: Snapshot, action: str) -> tuple[str, ...]:
    """An imagined ARN of each resource type of the action; "*" where it takes none."""
    return tuple(_of_account(form, snapshot) for form in forms_of(catalog, action))


def _of_account(form: str, snapshot: Snapshot) -> str:
    account = snapshot.account
    fixed = {
        "Partition": account.partition,
        "Account": account.id,
        "Region": snapshot.some_region,
    }
    return _FORM.sub(lambda one: fixed.get(one[1], "x"), form)


def _concrete(pattern: str, snapshot: Snapshot) -> str:
    """An ARN of the account that the pattern matches, often."""
    account = snapshot.account
    fields = pattern.split(":", 5)
    known = ("arn", account.partition, "", snapshot.some_region, account.id)
    for n, field in enumerate(fields[:-1]):
        if field == "*" and n < len(known) and known[n]:
            fields[n] = known[n]
    return ":".join(fields).replace("*", "x").replace("?", "x")


def _filled_in(pattern: str, keys: dict[str, object]) -> str:
    """With the principal's own values in the place of variables, "x" where there is none."""
    low = {key.lower(): value for key, value in keys.items()}

    def value(found: re.Match[str]) -> str:
        told = low.get(found[1].lower())
        return told if isinstance(told, str) and told else found[2] or "x"

    return _VARIABLE.sub(value, pattern)


def _names(holder: Holder) -> dict[str, str]:
    return holder.caller.requester.derived()
