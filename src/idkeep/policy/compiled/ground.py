"""What estates share that differ in what callers hold: targets, documents, who callers are."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from idkeep.policy.compiled.actions import EveryAction
from idkeep.policy.compiled.callers import Caller, Question, Target, policies_of, request_of
from idkeep.policy.compiled.candidates import Candidates
from idkeep.policy.compiled.frame import Facts
from idkeep.policy.compiled.rules import Rules
from idkeep.policy.compiled.standing import Standing
from idkeep.policy.compiled.vocabulary import Vocabulary
from idkeep.policy.compiled.who import Who
from idkeep.policy.decision import Decision
from idkeep.policy.evaluate import evaluate

# Of how many accounts' callers it knows again who they are.
_KEPT = 4


class Ground:
    """Estates of the same targets stand on one, whoever their callers are.

    What it keeps of documents is nobody's; of callers it keeps who they are, not what they hold.
    """

    def __init__(self, targets: Iterable[Target], facts: Facts, vocabulary: Vocabulary) -> None:
        self.facts = facts
        self.vocabulary = vocabulary
        self.rules = Rules()
        self.standing = Standing(self.rules)
        self.actions = EveryAction(vocabulary, self.rules, facts, self.decide)
        self._find = Candidates(self.rules)
        self._targets = {one.arn: one for one in targets}
        self._who: list[Who] = []

    def who(self, callers: Sequence[Caller]) -> Who:
        """Callers of one account; those of an estate before, where they are the same."""
        found = next((one for one in self._who if one.are(callers)), None)
        if found is None:
            found = Who(callers)
            self._who = [found, *self._who[: _KEPT - 1]]
        return found

    def decide(self, caller: Caller, asked: Question) -> Decision:
        """By the reference, of any caller."""
        return evaluate(
            request_of(caller, asked),
            policies_of(caller, asked),
            rcps_reach=self.facts.rcps_reach,
            own_account_only=self.facts.own_account_only,
            find=self._find,
        )

    def asked_of(self, arn: str) -> Target:
        """The target of that ARN, or the bucket that holds the object; else one without policies.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-overview.html: a bucket
        policy speaks of the objects in it.
        """
        found = self._targets.get(arn)
        if found is None and ":s3:::" in arn:
            found = self._targets.get(arn.partition("/")[0])
        return found or Target(arn=arn)

    def open_to(self, account: str) -> tuple[Target, ...]:
        """The targets of other accounts whose own policies may let callers of this one in.

        "" is AWS's services and who has no account.
        """
        by_account, to_all = self._open
        named = by_account.get(account, ())
        return tuple(one for one in (*named, *to_all) if _account(one) != account)

    @cached_property
    def _open(self) -> tuple[dict[str, list[Target]], list[Target]]:
        """By the accounts that are let in, and those that are open to all of them."""
        by_account: dict[str, list[Target]] = {}
        to_all: list[Target] = []
        for target in self._targets.values():
            opens_to = self.standing.on(target).opens_to
            if opens_to is None:
                to_all.append(target)
            for account in opens_to or ():
                by_account.setdefault(account, []).append(target)
        return by_account, to_all


def _account(target: Target) -> str:
    return target.account or (target.arn.split(":", 5) + [""] * 5)[4]
