"""Which principals of an account a `Principal` or `NotPrincipal` element is about, all at once.

The rules are those of `idkeep.policy.principal_match`, asked for the few principals in question.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from idkeep.policy.compiled.asked import Asked
from idkeep.policy.compiled.callers import Caller
from idkeep.policy.compiled.keys import FixedKeys
from idkeep.policy.compiled.lanes import NOWHERE, Lanes, both, either, negated, same, set_of, within
from idkeep.policy.context import Context
from idkeep.policy.document import NotPrincipal, PrincipalElement
from idkeep.policy.principal import (
    AwsArn,
    AwsUniqueId,
    EveryAws,
    Everyone,
    Federated,
    NamedPrincipal,
    Service,
)
from idkeep.policy.principal_match import Reach, reaches_named
from idkeep.policy.requester import WITHOUT_ACCOUNT, Requester, RequesterKind

Reached: TypeAlias = Mapping[Reach, Lanes]
_NOTHING = Context()
USER_ID = "aws:userid"


class Principals:
    """Callers of one account and one partition, no two of one name.

    `classes` are lanes of the same kind, a role that belongs to a service apart, each with one of
    them: what follows from the kind alone is asked of that one.
    """

    def __init__(self, callers: Sequence[Caller], fixed: FixedKeys) -> None:
        self._who = [one.requester for one in callers]
        self._fixed = fixed
        self.everywhere = (1 << len(callers)) - 1
        self._by_name = {one.name: lane for lane, one in enumerate(self._who)}
        self._by_role: dict[str, list[int]] = {}
        classes: dict[tuple[RequesterKind, bool], list[int]] = {}
        for lane, who in enumerate(self._who):
            if who.role_name:
                self._by_role.setdefault(who.role_name, []).append(lane)
            classes.setdefault((who.kind, who.is_service_linked), []).append(lane)
        count = len(callers)
        self.classes = [(lanes[0], set_of(lanes, count)) for lanes in classes.values()]
        self._kept: dict[PrincipalElement, Reached] = {}

    def of_kinds(self, *kinds: RequesterKind) -> int:
        found = 0
        for first, lanes in self.classes:
            if self._who[first].kind in kinds:
                found |= lanes
        return found

    def about(self, element: PrincipalElement | None, asked: Asked) -> Reached:
        """As `principal_match.about`; unique ids alone look at the request."""
        if element is None:
            return {Reach.DIRECT: Lanes(self.everywhere)}
        if any(isinstance(one, AwsUniqueId) for one in element.named):
            return self._find(element, asked)
        if element not in self._kept:
            self._kept[element] = self._find(element, asked)
        return self._kept[element]

    def _find(self, element: PrincipalElement, asked: Asked) -> Reached:
        found = dict.fromkeys(Reach, NOWHERE)
        for one in element.named:
            for first, lanes in self._in_question(one):
                context = asked.context_of(first) if isinstance(one, AwsUniqueId) else _NOTHING
                for reach, truth in reaches_named(one, self._who[first], context):
                    found[reach] = either(found[reach], same(truth, lanes))
        if isinstance(element, NotPrincipal):
            return {Reach.DIRECT: self._not_exempt(element.named, found)}
        return found

    def lane(self, name: str) -> int:
        """Of the caller of that name. Raises `KeyError`."""
        return self._by_name[name]

    def _named(self, name: str) -> Iterable[int]:
        return (self._by_name[name],) if name in self._by_name else ()

    def _in_question(self, one: NamedPrincipal) -> Iterable[tuple[int, int]]:
        """The lanes that it may be about, as one of them that speaks for all."""
        match one:
            case AwsArn(arn):
                lanes = {*self._named(arn), *self._by_role.get(_role_name(arn), ())}
                return [(lane, 1 << lane) for lane in lanes]
            case Service(name) | Federated(name):
                return [(lane, 1 << lane) for lane in self._named(name)]
            case AwsUniqueId():
                return [(group.first, group.lanes) for group in self._fixed.groups((USER_ID,))]
            case _:
                return self.classes

    def _not_exempt(self, named: tuple[NamedPrincipal, ...], found: Reached) -> Lanes:
        """As in `principal_match`: who has an account is exempt if each of a chain is listed."""
        direct, account, entity = found[Reach.DIRECT], found[Reach.ACCOUNT], found[Reach.ENTITY]
        alone = self.of_kinds(RequesterKind.ROOT, *WITHOUT_ACCOUNT)
        if any(isinstance(one, Everyone | EveryAws) for one in named):
            alone = self.everywhere
        sessions = self.of_kinds(RequesterKind.ROLE, RequesterKind.ROLE_SESSION) & ~alone
        chain = both(account, direct)
        exempt = either(
            within(direct, alone),
            either(
                within(both(chain, entity), sessions),
                within(chain, self.everywhere & ~alone & ~sessions),
            ),
        )
        return negated(exempt, self.everywhere)


def _role_name(arn: str) -> str:
    """Empty for what is no role's or role session's."""
    try:
        return Requester.parse(arn).role_name
    except ValueError:
        return ""
