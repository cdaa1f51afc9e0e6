"""Random accounts, and whether the compiled engine says of them what the reference says.

Each world is a few accounts' principals with policies of their own, resources with theirs, and
questions with contexts: some keys told, some unknown, some fixed for a principal. Every answer of
`who_can` and `what_can` is asked of the reference again, one caller and one action at a time.
"""

from random import Random
from typing import Any

from msgspec import Struct, json

from idkeep.policy import (
    Bucket,
    Context,
    Decision,
    Grant,
    GrantConstraints,
    Level,
    ObjectOwnership,
    Policy,
    PolicyKind,
    Requester,
    evaluate,
    parse,
)
from idkeep.policy.compiled import (
    Caller,
    CompiledEstate,
    Facts,
    Question,
    Target,
    Verdict,
    Vocabulary,
    policies_of,
    request_of,
    verdict_of,
)
from idkeep.policy.compiled.reachable import Reachable
from tools.conformance.generate import Maker
from tools.conformance.vocabulary import (
    AWAY,
    CALLERS,
    ESTATES,
    HOME,
    KEYS_OF_CALLERS,
    MORE_ACTIONS,
    SERVICES,
)
from tools.conformance.vocabulary import Target as Wanted

FACTS = Facts(
    rcps_reach=frozenset({"s3:GetObject", "s3:PutObject", "sqs:SendMessage", "kms:Decrypt",
                          "sts:AssumeRole", "secretsmanager:GetSecretValue"}),
    own_account_only=frozenset({"s3:putbucketpolicy", "sns:publish"}),
)  # fmt: skip
_QUESTIONS = 16


class Differs(Struct, frozen=True):
    """One decision on which the two disagree. `world` and `seed` make it again.

    `compiled` None: a list, an explanation or what is out of reach is not what the verdict says.
    """

    seed: int
    world: int
    what: str
    reference: Verdict
    compiled: Verdict | None

    def __str__(self) -> str:
        where = f"seed {self.seed}, world {self.world}"
        return f"{where}: {self.what}: reference {self.reference}, compiled {self.compiled}"


class Compared(Struct):
    """`by_verdict` counts the decisions, by what the reference says."""

    decisions: int = 0
    by_verdict: dict[Verdict, int] = {}
    differences: list[Differs] = []


def compared(decisions: int, seed: int) -> Compared:
    """At least so many decisions, made twice."""
    found = Compared()
    world = 0
    while found.decisions < decisions:
        _World(seed, world).compare(found)
        world += 1
    return found


class _World:
    """Everything in it comes from one stream of dice."""

    def __init__(self, seed: int, number: int) -> None:
        self.seed, self.number = seed, number
        self.dice = Random(f"{seed}/{number}")
        self.maker = Maker(self.dice, ESTATES)
        self.wanted = [self.dice.choice(ESTATES.targets) for _ in range(3)]
        self.scps = {account: self._levels(PolicyKind.SCP) for account in (HOME, AWAY)}
        self.callers = [self._caller(name) for name in CALLERS]
        self.targets = [self._target(one) for one in self.wanted]
        actions = {one.action for one in ESTATES.targets} | set(MORE_ACTIONS)
        vocabulary = Vocabulary(actions)
        self.actions = vocabulary.names
        self.reachable = Reachable(self.targets)
        self.estate = CompiledEstate(self.callers, facts=FACTS, vocabulary=vocabulary)

    def compare(self, found: Compared) -> None:
        for _ in range(_QUESTIONS):
            n = self.dice.randrange(len(self.targets))
            action = self.wanted[n].action
            if self._in(0.25):
                action = self.dice.choice(self.actions)
            self._who(found, action, n)
        for target in self.targets:
            self._what(found, self.dice.choice(self.callers), target)

    def _who(self, found: Compared, action: str, n: int) -> None:
        target = self.targets[n]
        asked = Question(
            action=action,
            resource=target.arn,
            target=target,
            context=self._context(),
            endpoint=self._endpoint(),
        )
        answers = self.estate.who_can(action, target, asked.context, endpoint=asked.endpoint)
        allowed, undecided = set(answers.allowed), set(answers.undecided)
        for caller in self.callers:
            name, said = caller.name, verdict_of(decided(caller, asked))
            right = (said is Verdict.ALLOWED, said in {Verdict.DEPENDS, Verdict.UNKNOWN})
            listed = (name in allowed, name in undecided) == right
            at_most = listed and self._at_most(caller, asked, said, n)
            self._count(found, caller, asked, said, answers[name] if at_most else None)
        self._explain(found, self.dice.choice(self.callers), asked)

    def _at_most(self, caller: Caller, asked: Question, said: Verdict, n: int) -> bool:
        """Whether what is out of reach is denied; a request that speaks of the caller is apart."""
        own = Context({**caller.requester.derived(), **caller.keys}).mentioned
        if not own.isdisjoint(asked.context.mentioned):
            return True
        denied = said in {Verdict.EXPLICITLY_DENIED, Verdict.IMPLICITLY_DENIED}
        return denied or bool(self.reachable.possible(caller, asked.action) >> n & 1)

    def _explain(self, found: Compared, caller: Caller, asked: Question) -> None:
        """What `decide` says is the reference's own decision, word for word."""
        decision = self.estate.decide(
            caller.name, asked.action, asked.target, asked.context, endpoint=asked.endpoint
        )
        right = decided(caller, asked)
        said = verdict_of(right)
        self._count(found, caller, asked, said, said if decision == right else None)

    def _what(self, found: Compared, caller: Caller, target: Target) -> None:
        context = self._context()
        answers = self.estate.what_can(caller.name, target, context)
        for action in answers:
            asked = Question(action=action, resource=target.arn, target=target, context=context)
            said = verdict_of(decided(caller, asked))
            self._count(found, caller, asked, said, answers[action])

    def _count(
        self,
        found: Compared,
        caller: Caller,
        asked: Question,
        said: Verdict,
        compiled: Verdict | None,
    ) -> None:
        found.decisions += 1
        found.by_verdict[said] = found.by_verdict.get(said, 0) + 1
        if said is not compiled:
            what = f"{caller.name} {asked.action} {asked.resource} {asked.context}"
            found.differences.append(Differs(self.seed, self.number, what, said, compiled))

    def _caller(self, name: str) -> Caller:
        requester = Requester.parse(name)
        session = ":assumed-role/" in name or ":federated-user/" in name
        return Caller(
            requester=requester,
            identity=tuple(self._own() for _ in range(self.dice.choice((0, 1, 1, 2, 3)))),
            boundary=self._own(PolicyKind.BOUNDARY) if self._in(0.3) else None,
            session=(self._own(PolicyKind.SESSION),) if session and self._in(0.4) else None,
            scp=self.scps.get(requester.account) if self._in(0.9) else None,
            management_account=requester.account == AWAY and self.number % 5 == 0,
            keys={
                key: self.dice.choice((*values, ()))
                for key, values in KEYS_OF_CALLERS.items()
                if self._in(0.3)
            },
        )

    def _own(self, kind: PolicyKind = PolicyKind.IDENTITY) -> Policy:
        deny = 0.25 if kind is PolicyKind.IDENTITY else 0.15
        return _parsed(self.maker.identity(self.dice.choice(self.wanted), deny), kind)

    def _levels(self, kind: PolicyKind) -> tuple[Level, ...] | None:
        if self._in(0.4):
            return None
        make = self.maker.scps if kind is PolicyKind.SCP else self.maker.rcps
        told = [make(self.dice.choice(self.wanted)) for _ in range(self.dice.choice((1, 2, 3)))]
        return tuple(
            Level(target="", policies=tuple(_parsed(one, kind) for one in level["policies"]))
            for level in told
        )

    def _target(self, wanted: Wanted) -> Target:
        of_s3, of_kms = wanted.action.startswith("s3:"), wanted.action.startswith("kms:")
        policy = self.maker.own_policy(wanted) if self._in(wanted.own_policy) else None
        return Target(
            arn=wanted.resource,
            account=self.dice.choice((HOME, HOME, HOME, AWAY, "")),
            policies=None if policy is None else (_parsed(policy, PolicyKind.RESOURCE),),
            rcp=self._levels(PolicyKind.RCP),
            grants=self._grants() if of_kms and self._in(0.6) else (),
            bucket=self._bucket() if of_s3 and self._in(0.6) else None,
        )

    def _grants(self) -> tuple[Grant, ...]:
        named = [one for one in CALLERS if one.startswith("arn:") and ":oidc-" not in one]
        return tuple(
            Grant(
                grantee_principal=self.dice.choice(named),
                grantee_service_principal=self.dice.choice(("", "", SERVICES[0])),
                retiring_principal=self.dice.choice(("", *named)),
                issuing_account=self.dice.choice((HOME, f"arn:aws:iam::{AWAY}:root", "")),
                operations=self.dice.choice((("Decrypt", "DescribeKey"), ("GenerateDataKey",), ())),
                constraints=self.dice.choice(
                    (
                        GrantConstraints(),
                        GrantConstraints(encryption_context_subset={"Team": "red"}),
                        GrantConstraints(encryption_context_equals={"team": "red"}),
                        GrantConstraints(encryption_context_equals={}),
                        GrantConstraints(source_arn=f"arn:aws:sns:eu-west-1:{HOME}:t"),
                    )
                ),
            )
            for _ in range(self.dice.choice((1, 2)))
        )

    def _bucket(self) -> Bucket:
        return Bucket(
            restrict_public_buckets=self._in(0.5),
            object_ownership=self.dice.choice((None, *ObjectOwnership)),
            object_owner=self.dice.choice(("", HOME, AWAY)),
            abac_status=self.dice.choice(("", "Enabled", "Disabled")),
        )

    def _endpoint(self) -> tuple[Policy, ...] | None:
        if self._in(0.8):
            return None
        told = self.maker.own_policy(self.dice.choice(self.wanted))
        return (_parsed(told, PolicyKind.VPC_ENDPOINT),)

    def _context(self) -> Context:
        told: dict[str, Any] = self.maker.context()
        for key, values in KEYS_OF_CALLERS.items():
            if self._in(0.08):
                told[key] = self.dice.choice(values)
        if self._in(0.1):
            told["kms:EncryptionContext:team"] = self.dice.choice(("red", "blue"))
        if self._in(0.08):
            told["sts:SourceIdentity"] = "ana"
        named = [key.name for key in ESTATES.keys]
        return Context(told, self.dice.choice(((), (), (), "*", self.dice.sample(named, 3))))

    def _in(self, share: float) -> bool:
        return self.dice.random() < share


def _parsed(document: dict[str, Any], kind: PolicyKind) -> Policy:
    return parse(json.encode(document).decode(), kind)


def decided(caller: Caller, asked: Question, facts: Facts = FACTS) -> Decision:
    """What the reference says of the caller's own request."""
    return evaluate(
        request_of(caller, asked),
        policies_of(caller, asked),
        rcps_reach=facts.rcps_reach,
        own_account_only=facts.own_account_only,
    )
