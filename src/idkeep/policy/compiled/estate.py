"""Whole accounts compiled: who can do this, what can they do, and why."""

from collections.abc import Iterable

from msgspec.structs import replace

from idkeep.policy.compiled.account import Account, account_key
from idkeep.policy.compiled.answers import WhatCan, WhoCan
from idkeep.policy.compiled.callers import Caller, Question, Target
from idkeep.policy.compiled.frame import Facts, frame_of
from idkeep.policy.compiled.ground import Ground
from idkeep.policy.compiled.vocabulary import Vocabulary
from idkeep.policy.context import Context
from idkeep.policy.decision import Decision
from idkeep.policy.document import Policy

_NOTHING = Context()
# No policy need let in from another account who is allowed these, or comes before anybody is in.
_ASKED_OF_NOBODY = ("sts:get", "signin:")


class CompiledEstate:
    """Callers and targets of any number of accounts.

    Everything agrees with `evaluate` on each caller's own request. Raises `ValueError` where two
    callers have one name. Without a vocabulary `what_can` knows no action.
    """

    def __init__(
        self,
        callers: Iterable[Caller],
        targets: Iterable[Target] = (),
        *,
        facts: Facts,
        vocabulary: Vocabulary | None = None,
    ) -> None:
        self._ground = Ground(targets, facts, vocabulary or Vocabulary(()))
        self._settle(callers)

    def of_others(self, callers: Iterable[Caller]) -> "CompiledEstate":
        """Other callers among the same targets; what both ask of documents is worked out once."""
        made = CompiledEstate.__new__(CompiledEstate)
        made._ground = self._ground  # noqa: SLF001 -- of this class
        made._settle(callers)  # noqa: SLF001 -- of this class
        return made

    def _settle(self, callers: Iterable[Caller]) -> None:
        ground = self._ground
        self._accounts = tuple(
            Account(
                some,
                ground.who(some),
                ground.standing,
                ground.rules,
                ground.facts,
                ground.decide,
            )
            for some in _grouped(callers)
        )
        self._places = {name: account for account in self._accounts for name in account.names}
        if len(self._places) != sum(len(one.names) for one in self._accounts):
            raise ValueError("two callers have one name")

    def who_can(
        self,
        action: str,
        resource: str | Target,
        context: Context = _NOTHING,
        *,
        endpoint: tuple[Policy, ...] | None = None,
    ) -> WhoCan:
        """Every caller's verdict. A `Target` serves as it is; an ARN is `asked_of` the targets."""
        asked = self._question(action, resource, context, endpoint)

        def decide(name: str) -> Decision:
            return self._ground.decide(self.caller(name), asked)

        possible = self._possible(asked)
        return WhoCan(self._places, possible, lambda account: account.answer(asked), decide)

    def what_can(
        self,
        name: str,
        resource: str | Target = "*",
        context: Context = _NOTHING,
        *,
        endpoint: tuple[Policy, ...] | None = None,
    ) -> WhatCan:
        """The verdict on every action of the catalog. Raises `KeyError` for a strange caller."""
        asked, caller = self._question("", resource, context, endpoint), self.caller(name)
        ground = self._ground

        def decide(action: str) -> Decision:
            return ground.decide(caller, replace(asked, action=action))

        return WhatCan(ground.vocabulary, ground.actions.answer(caller, asked), decide)

    def decide(
        self,
        name: str,
        action: str,
        resource: str | Target,
        context: Context = _NOTHING,
        *,
        endpoint: tuple[Policy, ...] | None = None,
    ) -> Decision:
        """With its whole explanation, by the reference. Raises `KeyError` for a strange caller."""
        asked = self._question(action, resource, context, endpoint)
        return self._ground.decide(self.caller(name), asked)

    def caller(self, name: str) -> Caller:
        account = self._places[name]
        return account.callers[account.lane(name)]

    def open_to(self, account: str) -> tuple[Target, ...]:
        """As `Ground.open_to`."""
        return self._ground.open_to(account)

    def asked_of(self, arn: str) -> Target:
        """As `Ground.asked_of`."""
        return self._ground.asked_of(arn)

    def _question(
        self,
        action: str,
        resource: str | Target,
        context: Context,
        endpoint: tuple[Policy, ...] | None,
    ) -> Question:
        target = self.asked_of(resource) if isinstance(resource, str) else resource
        arn = resource if isinstance(resource, str) else resource.arn
        return Question(
            action=action, resource=arn, target=target, context=context, endpoint=endpoint
        )

    def _possible(self, asked: Question) -> tuple[Account, ...]:
        """The accounts in which somebody may be allowed.

        Across accounts only who the target's own policies let in.
        """
        opens_to = self._ground.standing.on(asked.target).opens_to
        if opens_to is None or asked.action.lower().startswith(_ASKED_OF_NOBODY):
            return self._accounts
        bucket = asked.target.bucket
        if not self._accounts or (bucket and bucket.object_owner):
            return self._accounts
        owner = frame_of(self._accounts[0].callers[0], asked, self._ground.facts).layers.owner
        if not owner:
            return self._accounts
        return tuple(one for one in self._accounts if one.id == owner or one.id in opens_to)


def _grouped(callers: Iterable[Caller]) -> list[list[Caller]]:
    found: dict[object, list[Caller]] = {}
    for caller in callers:
        found.setdefault(account_key(caller), []).append(caller)
    return list(found.values())
