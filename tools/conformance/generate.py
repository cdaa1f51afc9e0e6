"""Random cases, the same for the same seed.

Each case is complete: what AWS would know of the request stands in its context, and a key that is
not there is missing.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from random import Random
from typing import Any, TypeVar

from idkeep.policy import RequesterKind
from tools.conformance.cases import EVERYTHING, Case, Document, Statement, completed, requester
from tools.conformance.vocabulary import ANYTHING, HOME, Key, Target, World

T = TypeVar("T")
_WITHOUT_IDENTITY = frozenset(
    {RequesterKind.SERVICE, RequesterKind.ANONYMOUS, RequesterKind.FEDERATED}
)
# Elements that may be an empty list.
_LISTS = ("Action", "NotAction", "Resource", "NotResource")
_SESSIONS = frozenset({RequesterKind.ROLE_SESSION, RequesterKind.FEDERATED_USER})


def generated(count: int, seed: int, world: World = ANYTHING) -> Iterator[Case]:
    maker = Maker(Random(seed), world)
    for n in range(count):
        yield {"id": f"random {seed}/{n}", **maker.case()}


class Maker:
    """Draws everything from one stream of dice."""

    def __init__(self, dice: Random, world: World) -> None:
        self.dice = dice
        self.world = world

    def case(self) -> Case:
        target = self.dice.choice(self.world.targets)
        request = {
            "principal": self.dice.choice(self.world.askers),
            "action": target.action,
            "resource": target.resource,
            "resource_account": HOME,
            "context": self.context(),
        }
        made: Case = {"request": request, "policies": {}}
        made["policies"] = self._policies(target, requester(made).kind)
        if self.world.organization and self._in(0.03):
            made["management_account"] = True
        return completed(made)

    def context(self) -> dict[str, Any]:
        context: dict[str, Any] = dict(self.world.context)
        for key in self.world.keys:
            if key.given and self._in(0.6):
                several = key.several or self._oddly()
                most = len(key.given) if several else 1
                values = self.dice.sample(key.given, self.dice.randint(1, most))
                context[key.name] = values if several else values[0]
                if self._oddly():
                    context[key.name] = []
        return context

    def _policies(self, target: Target, kind: RequesterKind) -> dict[str, Any]:
        made: dict[str, Any] = {}
        entity = kind not in _WITHOUT_IDENTITY
        if entity and kind is not RequesterKind.ROOT:
            if self._in(0.9):
                some = range(self.dice.choice((1, 1, 2)))
                made["identity"] = [self.identity(target) for _ in some]
            if self._in(0.3) and kind is not RequesterKind.FEDERATED_USER:
                made["boundary"] = self.identity(target, deny=0.15)
        if kind in _SESSIONS and self._in(0.3):
            made["session"] = self.identity(target, deny=0.15)
        if self._in(target.own_policy):
            made["resource"] = self.own_policy(target)
        if self.world.organization and entity and self._in(0.3):
            made["scp"] = [self.scps(target) for _ in range(self.dice.choice((1, 2, 3)))]
        if self.world.organization and self._in(0.25):
            made["rcp"] = [self.rcps(target) for _ in range(self.dice.choice((1, 2)))]
        return made

    def identity(self, target: Target, deny: float = 0.25) -> Document:
        return self._document(
            [self._statement(target, deny) for _ in range(self.dice.randint(1, 3))]
        )

    def _statement(self, target: Target, deny: float) -> Statement:
        world = self.world
        made: Statement = {"Effect": "Deny" if self._in(deny) else "Allow"}
        if self._in(0.15):
            made["NotAction"] = self._some(world.actions[1:])
        else:
            near = (target.action, target.service, "*")
            made["Action"] = self._some(near if self._in(0.5) else world.actions)
        if self._in(0.15):
            made["NotResource"] = self._some(world.resources[1:])
        else:
            itself = ("*", target.resource)
            made["Resource"] = self._some(itself if self._in(0.5) else world.resources)
        if self._oddly():
            made[self.dice.choice([name for name in _LISTS if name in made])] = []
        return self._conditioned(made)

    def own_policy(self, target: Target) -> Document:
        return self._document([self._own_statement(target) for _ in range(self.dice.randint(1, 3))])

    def _own_statement(self, target: Target) -> Statement:
        made: Statement = {"Effect": "Deny" if self._in(0.25) else "Allow"}
        if made["Effect"] == "Deny" and self._in(self.world.spares):
            made["NotPrincipal"] = deepcopy(self.dice.choice(self.world.spared))
        else:
            made["Principal"] = deepcopy(self.dice.choice(self.world.named))
        made["Action"] = self._some((target.action, target.service))
        if not target.trust:
            made["Resource"] = self.dice.choice(("*", target.resource))
        return self._conditioned(made)

    def scps(self, target: Target) -> dict[str, Any]:
        policies: list[Document] = [deepcopy(EVERYTHING)] if self._in(0.9) else []
        if not policies or self._in(0.6):
            deny = 0.85 if policies else 0.1
            policies.append(self._document([self._statement(target, deny)]))
        return {"target": "", "policies": policies}

    def rcps(self, target: Target) -> dict[str, Any]:
        made: Statement = {"Effect": "Deny", "Principal": "*"}
        made["Action"] = self._some((target.action, "s3:*", "sqs:SendMessage", "kms:*", "sts:*"))
        made["Resource"] = self.dice.choice(("*", target.resource))
        return {"target": "", "policies": [self._document([self._conditioned(made, 0.8)])]}

    def _conditioned(self, made: Statement, often: float = 0.45) -> Statement:
        if self._in(often):
            block: dict[str, dict[str, Any]] = {}
            count = 4 if self._oddly() else self.dice.choice((1, 1, 1, 2))
            for key in self.dice.sample(self.world.keys, count):
                operator = self._operator(key)
                values = ("true", "false") if operator == "Null" else (*key.given, *key.written)
                told = [] if self._oddly() else self._some(values)
                block.setdefault(operator, {})[key.name] = told
            made["Condition"] = block
        return made

    def _operator(self, key: Key) -> str:
        """A key of several values takes a set operator, as AWS asks for."""
        if self._in(0.1):
            return "Null"
        head = ""
        if key.several or self._in(0.05) or self._oddly():
            head = self.dice.choice(("ForAnyValue:", "ForAllValues:"))
        return head + self.dice.choice(key.operators) + ("IfExists" if self._in(0.2) else "")

    def _some(self, values: Sequence[T]) -> T | list[T]:
        """A single value or a list, as IAM takes either."""
        if self._in(0.6):
            return self.dice.choice(values)
        return self.dice.sample(values, self.dice.randint(1, min(3, len(values))))

    def _document(self, statements: list[Statement]) -> Document:
        alone = len(statements) == 1
        return {
            "Version": "2008-10-17" if self._oddly() else "2012-10-17",
            "Statement": statements[0] if alone else statements,
        }

    def _oddly(self) -> bool:
        """Draws nothing where nothing is odd."""
        return self.world.odd > 0 and self._in(self.world.odd)

    def _in(self, share: float) -> bool:
        return self.dice.random() < share
