"""Whole accounts compiled: who can do this, what can they do, and why."""

from collections.abc import Iterable

from msgspec.structs import replace

from idkeep.policy.compiled.account import Account, account_key
from idkeep.policy.compiled.actions import EveryAction
from idkeep.policy.compiled.answers import WhatCan, WhoCan
from idkeep.policy.compiled.callers import Caller, Question, Target, policies_of, request_of
from idkeep.policy.compiled.candidates import Candidates
from idkeep.policy.compiled.frame import Facts, frame_of
from idkeep.policy.compiled.rules import Rules
from idkeep.policy.compiled.standing import Standing
from idkeep.policy.compiled.vocabulary import Vocabulary
from idkeep.policy.context import Context
from idkeep.policy.decision import Decision
from idkeep.policy.document import Policy
from idkeep.policy.evaluate import evaluate

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
        self._facts = facts
        self._vocabulary = vocabulary or Vocabulary(())
        rules = Rules()
        self._find = Candidates(rules)
        self._standing = Standing(rules)
        self._actions = EveryAction(self._vocabulary, rules, facts, self._decide)
        grouped = _grouped(callers)
        self._accounts = tuple(
            Account(some, self._standing, rules, facts, self._decide) for some in grouped
        )
        every = {id(one): one for some in grouped for c in some for one in c.documents()}
        for policy in every.values():
            self._find.compile(policy)
        self._places = {
            name: (account, lane)
            for account in self._accounts
            for lane, name in enumerate(account.names)
        }
        if len(self._places) != sum(len(one.names) for one in self._accounts):
            raise ValueError("two callers have one name")
        self._targets = {one.arn: one for one in targets}
        self._open_to: dict[str, list[Target]] = {}
        self._open_to_all: list[Target] = []
        for target in self._targets.values():
            self._index(target)

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
            account, lane = self._places[name]
            return self._decide(account.callers[lane], asked)

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

        def decide(action: str) -> Decision:
            return self._decide(caller, replace(asked, action=action))

        return WhatCan(self._vocabulary, self._actions.answer(caller, asked), decide)

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
        return self._decide(self.caller(name), asked)

    def caller(self, name: str) -> Caller:
        account, lane = self._places[name]
        return account.callers[lane]

    def open_to(self, account: str) -> tuple[Target, ...]:
        """The targets of other accounts whose own policies may let callers of this one in.

        "" is AWS's services and who has no account.
        """
        named = self._open_to.get(account, ())
        return tuple(one for one in (*named, *self._open_to_all) if _account(one) != account)

    def asked_of(self, arn: str) -> Target:
        """The target of that ARN, or the bucket that holds the object; else one without policies.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-overview.html: a bucket
        policy speaks of the objects in it.
        """
        found = self._targets.get(arn)
        if found is None and ":s3:::" in arn:
            found = self._targets.get(arn.partition("/")[0])
        return found or Target(arn=arn)

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
        opens_to = self._standing.on(asked.target).opens_to
        if opens_to is None or asked.action.lower().startswith(_ASKED_OF_NOBODY):
            return self._accounts
        bucket = asked.target.bucket
        if not self._accounts or (bucket and bucket.object_owner):
            return self._accounts
        owner = frame_of(self._accounts[0].callers[0], asked, self._facts).layers.owner
        if not owner:
            return self._accounts
        return tuple(one for one in self._accounts if one.id == owner or one.id in opens_to)

    def _decide(self, caller: Caller, asked: Question) -> Decision:
        return evaluate(
            request_of(caller, asked),
            policies_of(caller, asked),
            rcps_reach=self._facts.rcps_reach,
            own_account_only=self._facts.own_account_only,
            find=self._find,
        )

    def _index(self, target: Target) -> None:
        opens_to = self._standing.on(target).opens_to
        if opens_to is None:
            self._open_to_all.append(target)
        for account in opens_to or ():
            self._open_to.setdefault(account, []).append(target)


def _grouped(callers: Iterable[Caller]) -> list[list[Caller]]:
    found: dict[object, list[Caller]] = {}
    for caller in callers:
        found.setdefault(account_key(caller), []).append(caller)
    return list(found.values())


def _account(target: Target) -> str:
    return target.account or (target.arn.split(":", 5) + [""] * 5)[4]
