"""Which of many resources one principal may do something to, at most.

The third way through an estate, beside all principals and all actions at once. What is left out is
denied for sure; whether the rest is allowed is the reference's to say, one by one.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence

from idkeep.policy.compiled.actions import BY_NAME
from idkeep.policy.compiled.callers import Caller, Target
from idkeep.policy.compiled.lanes import set_of
from idkeep.policy.context import Context
from idkeep.policy.document import (
    Effect,
    NotPrincipal,
    NotResource,
    Policy,
    PrincipalElement,
    Statement,
)
from idkeep.policy.evaluate import needs_resource_policy
from idkeep.policy.pattern import Glob, Wild, literally, resource_test
from idkeep.policy.principal import AwsArn, Federated, NamedPrincipal, Service
from idkeep.policy.principal_match import Reach, about
from idkeep.policy.requester import WITHOUT_ACCOUNT, Requester, RequesterKind
from idkeep.policy.statement_match import could_cover, matches_action, variable_before_resource
from idkeep.policy.variables import NO_VALUE, Version, has_variables, resolve

_ANYTHING = Context(unknown="*")
# Behind every character that an ARN can have.
_LAST = "\U0010ffff"
# Who is let in by name alone is found without asking each element.
_PLAIN = (AwsArn, Federated, Service)


class Reachable:
    """`targets` keep their order: lane n is the n-th of them."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._targets = tuple(targets)
        count = len(self._targets)
        self.everywhere = (1 << count) - 1
        self._texts = _Texts([one.arn for one in self._targets])
        self._with_policy = _lanes(one.policies is not None for one in self._targets)
        # What lets in beside policies.
        self._odd = _lanes(
            bool(one.grants or (one.bucket and one.bucket.object_owner)) for one in self._targets
        )
        self._doors: dict[str, _Doors] = {}

    def possible(self, caller: Caller, action: str) -> int:
        """The lanes of those on which it may be allowed, whatever else the request carries.

        A request may not give or question the caller's own keys.
        """
        who = caller.requester
        if action.lower() in _UNTOLD or who.kind is RequesterKind.ROOT:
            return self.everywhere
        doors = self._doors_of(action)
        if who.kind in WITHOUT_ACCOUNT:
            return doors.reached(who, *Reach) | self._odd
        context = _ANYTHING.completed(caller.keys).completed(who.derived())
        own = self._by_own(caller, action, context)
        if needs_resource_policy(action):
            own = own & (doors.reached(who, *Reach) | ~self._with_policy)
        found = own | doors.reached(who, Reach.DIRECT, Reach.ENTITY) | self._odd
        if not (caller.management_account or who.is_service_linked):
            for level in caller.scp or ():
                found &= self._allowed(level.policies, action, context)
                found &= ~self._denied(level.policies, action, context)
        return found & ~self._denied(tuple(_own(caller)), action, context)

    def covered(self, statement: Statement, context: Context = _ANYTHING) -> tuple[int, int]:
        """Where its resource element may match, and where it does whatever the request is."""
        element = statement.resource
        if element is None:
            return self.everywhere, self.everywhere
        excluding = isinstance(element, NotResource)
        possible = sure = 0
        for pattern in element.patterns:
            if not excluding and _is_void(pattern, statement.version, context):
                continue
            may, does = self._texts.matching(pattern, statement.version, context)
            possible |= may
            sure |= does
        if not excluding:
            return possible, sure
        nothing_certain = not element.patterns
        return self.everywhere & ~sure, 0 if nothing_certain else self.everywhere & ~possible

    def _by_own(self, caller: Caller, action: str, context: Context) -> int:
        found = self._allowed(caller.identity, action, context)
        for limit in ((caller.boundary,) if caller.boundary else None, caller.session):
            if limit is not None and found:
                found &= self._allowed(limit, action, context)
        return found

    def _allowed(self, policies: Iterable[Policy], action: str, context: Context) -> int:
        found = 0
        for one in _speaking(policies, action, Effect.ALLOW):
            found |= self.covered(one, context)[0]
        return found

    def _denied(self, policies: Iterable[Policy], action: str, context: Context) -> int:
        """Where some statement denies whatever the request is."""
        found = 0
        for one in _speaking(policies, action, Effect.DENY):
            if one.action.patterns and not one.conditions and one.principal is None:
                found |= self.covered(one, context)[1]
        return found

    def _doors_of(self, action: str) -> "_Doors":
        lowered = action.lower()
        if lowered not in self._doors:
            self._doors[lowered] = _Doors(self._targets, action)
        return self._doors[lowered]


_UNTOLD = frozenset(BY_NAME) - {"sts:assumerole"}


class _Doors:
    """Whom the resources' own policies may allow an action."""

    def __init__(self, targets: Sequence[Target], action: str) -> None:
        named: dict[tuple[str, str], list[int]] = {}
        by_element: dict[PrincipalElement | None, list[int]] = {}
        for lane, target in enumerate(targets):
            for one in _speaking(target.policies or (), action, Effect.ALLOW):
                element = one.principal
                if element is None or isinstance(element, NotPrincipal):
                    by_element.setdefault(element, []).append(lane)
                    continue
                if not all(isinstance(each, _PLAIN) for each in element.named):
                    by_element.setdefault(element, []).append(lane)
                for each in element.named:
                    for key in _names(each):
                        named.setdefault(key, []).append(lane)
        count = len(targets)
        self._named = {key: set_of(lanes, count) for key, lanes in named.items()}
        self._by_element = {key: set_of(lanes, count) for key, lanes in by_element.items()}

    def reached(self, who: Requester, *reaches: Reach) -> int:
        found = self._named.get(("", who.name), 0)
        if role := who.role_name:
            found |= self._named.get((who.account, role), 0)
        for element, lanes in self._by_element.items():
            said = about(element, who, _ANYTHING)
            if any(said.get(reach, False) is not False for reach in reaches):
                found |= lanes
        return found


class _Texts:
    """The ARNs, sorted from their beginning and from their end."""

    def __init__(self, arns: Sequence[str]) -> None:
        self._count = len(arns)
        self._every = (1 << len(arns)) - 1
        self._arns = arns
        self._forward = _sorted(len(arns), arns.__getitem__)
        self._backward = _sorted(len(arns), self._reversed)
        self._kept: dict[Glob, int] = {}
        # What patterns match at most that hang on what is not known.
        self._waiting: dict[str, int] = {}

    def matching(self, pattern: str, version: Version, context: Context) -> tuple[int, int]:
        """The lanes that it may match, and those that it does."""
        resolved = resolve(pattern, version, context)
        if isinstance(resolved, tuple):
            lanes = self._of(resolved)
            doubtful = has_variables(pattern, version) and variable_before_resource(pattern)
            return lanes, 0 if doubtful else lanes
        if pattern not in self._waiting:
            test = could_cover(pattern)
            hits = (lane for lane, arn in enumerate(self._arns) if test(arn))
            self._waiting[pattern] = set_of(hits, self._count)
        return self._waiting[pattern], 0

    def _of(self, pattern: Glob) -> int:
        if pattern == (Wild.MANY,):
            return self._every
        if pattern not in self._kept:
            test = resource_test(pattern)
            hits = (lane for lane in self._in_question(pattern) if test(self._arns[lane]))
            self._kept[pattern] = set_of(hits, self._count)
        return self._kept[pattern]

    def _in_question(self, pattern: Glob) -> Iterable[int]:
        """The lanes that begin and end as it does, and have its longest piece of text."""
        literal = [one for one in pattern if isinstance(one, str)]
        head, tail = _literal(pattern), _literal(pattern[::-1], backward=True)
        piece = max(literal, key=len, default="")
        begun = _between(self._forward, head, self._arns.__getitem__)
        ended = _between(self._backward, tail, self._reversed)
        lanes = begun if len(begun) <= len(ended) else ended
        return (lane for lane in lanes if piece in self._arns[lane])

    def _reversed(self, lane: int) -> str:
        return self._arns[lane][::-1]


def _is_void(pattern: str, version: Version, context: Context) -> bool:
    """Whether it matches nothing: the key of a variable in it is surely absent."""
    return (
        has_variables(pattern, version)
        and not variable_before_resource(pattern)
        and resolve(pattern, version, context) is NO_VALUE
    )


def _literal(pattern: Glob, *, backward: bool = False) -> str:
    """The text before its first wildcard."""
    n = next((n for n, one in enumerate(pattern) if isinstance(one, Wild)), len(pattern))
    text = literally(pattern[:n][::-1] if backward else pattern[:n])
    return text[::-1] if backward else text


def _sorted(count: int, text: Callable[[int], str]) -> "array[int]":
    """Lanes in the order of their texts."""
    return array("L", sorted(range(count), key=text))


def _between(lanes: "array[int]", head: str, text: Callable[[int], str]) -> "array[int]":
    """Those of them whose texts begin so."""
    begin = bisect_left(lanes, head, key=text)
    return lanes[begin : bisect_left(lanes, head + _LAST, lo=begin, key=text)]


def _speaking(policies: Iterable[Policy], action: str, effect: Effect) -> Iterable[Statement]:
    return (
        one
        for policy in policies
        for one in policy.statements
        if one.effect is effect and matches_action(one.action, action)
    )


def _own(caller: Caller) -> Iterable[Policy]:
    yield from caller.identity
    yield from (caller.boundary,) if caller.boundary else ()
    yield from caller.session or ()


def _names(one: NamedPrincipal) -> Iterable[tuple[str, str]]:
    """Under which it is found: as it stands, and a role by account and name."""
    match one:
        case AwsArn(arn):
            yield "", arn
            try:
                named = Requester.parse(arn)
            except ValueError:
                return
            if named.role_name:
                yield named.account, named.role_name
        case Service(name) | Federated(name):
            yield "", name
        case _:
            return


def _lanes(tests: Iterable[bool]) -> int:
    some = list(tests)
    return set_of((lane for lane, hit in enumerate(some) if hit), len(some))
