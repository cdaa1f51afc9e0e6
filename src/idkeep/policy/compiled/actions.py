"""What one principal may do to one resource: every action of the catalog at once.

Most actions differ in nothing but their names. Those that the reference treats by name are taken
one by one, and those of services with context keys of their own apart from the others.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.buckets import is_public
from idkeep.policy.compiled.account import Decide, told
from idkeep.policy.compiled.callers import Caller, Question, policies_of, request_of
from idkeep.policy.compiled.frame import Facts, as_it_counts, frame_of
from idkeep.policy.compiled.lanes import both, either, first, members, same
from idkeep.policy.compiled.rules import Rule, Rules
from idkeep.policy.compiled.said import AllSaid, Answered, Said, answered
from idkeep.policy.compiled.vocabulary import Vocabulary
from idkeep.policy.compound import parts_of, possible_parts
from idkeep.policy.document import Effect, NotPrincipal, Policy
from idkeep.policy.evaluate import SOURCE_IDENTITY, needs_resource_policy
from idkeep.policy.expression import Truth, all_of, any_of
from idkeep.policy.grants import documents, issued_by
from idkeep.policy.layers import OF_ROOT, Reader, before_sign_in, with_encryption_keys
from idkeep.policy.principal_match import about
from idkeep.policy.request import Level, Policies, Request
from idkeep.policy.requester import RequesterKind
from idkeep.policy.statement_match import reaches

# Actions that `settled`, `compound`, `layers` or `evaluate` know by name.
BY_NAME = (
    *OF_ROOT,
    SOURCE_IDENTITY,
    "iam:acquirerole",
    "lambda:invokefunctionurl",
    "signin:authenticate",
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:assumeroot",
    "sts:getcalleridentity",
    "sts:getfederationtoken",
    "sts:getsessiontoken",
)
# Requests of two carry keys that no others do; a federated user can't call the third's.
_APART = ("s3", "kms", "sts")
_PRINCIPAL_ARN = "aws:PrincipalArn"


class _NeedsResourcePolicy:
    def __contains__(self, action: str) -> bool:
        return needs_resource_policy(action)


_NEED_RESOURCE_POLICY = _NeedsResourcePolicy()


class _Service(Struct, frozen=True):
    """Actions read together. `alike` are sets that differ in nothing else, `alone` single ones."""

    lanes: int
    alike: tuple[int, ...]
    alone: tuple[int, ...]


class EveryAction:
    """Answers for all actions of the vocabulary.

    `decide` answers for one action; what takes several permissions goes there.
    """

    def __init__(self, vocabulary: Vocabulary, rules: Rules, facts: Facts, decide: Decide) -> None:
        self._vocabulary = vocabulary
        self._rules = rules
        self._facts = facts
        self._decide = decide
        self._lanes: dict[Rule, int] = {}

    @cached_property
    def _services(self) -> tuple["_Service", ...]:
        """Found once somebody asks: most accounts are only asked who can, and this looks at all."""
        vocabulary, facts = self._vocabulary, self._facts
        alone = vocabulary.lanes(BY_NAME)
        apart = [vocabulary.of_service(one) for one in _APART]
        rest = vocabulary.every & ~(apart[0] | apart[1] | apart[2])
        by_rcp = vocabulary.reached(facts.rcps_reach)
        at_home = vocabulary.lanes(facts.own_account_only)
        by_policy = vocabulary.reached(_NEED_RESOURCE_POLICY)
        return tuple(
            _Service(
                lanes=lanes,
                alike=tuple(
                    some
                    for rcp in (by_rcp, ~by_rcp)
                    for home in (at_home, ~at_home)
                    for policy in (by_policy, ~by_policy)
                    if (some := lanes & ~alone & rcp & home & policy)
                ),
                alone=tuple(members(lanes & alone)),
            )
            for lanes in (*apart, rest)
            if lanes
        )

    def answer(self, caller: Caller, asked: Question) -> Answered:
        """`asked.action` is left aside. An answer left open is `decide`'s to word."""
        known = request_of(caller, asked).context.get(_PRINCIPAL_ARN) != ()
        if caller.requester.fixed_path is None or known:
            return self._answer(caller, asked)
        texts = policies_of(caller, asked).texts()
        told_arns = (
            replace(asked, context=asked.context.told({_PRINCIPAL_ARN: arn}))
            for arn in caller.requester.possible_arns(texts)
        )
        return self._alike_in([self._answer(caller, one) for one in told_arns])

    def _alike_in(self, answers: list[Answered]) -> Answered:
        """As `decision.alike`: open where the answers differ."""
        every = self._vocabulary.every
        allowed = explicit = implicit = every
        for one in answers:
            allowed &= one.allowed
            explicit &= one.explicit
            implicit &= ~(one.allowed | one.open | one.explicit)
        return Answered(allowed, every & ~(allowed | explicit | implicit), explicit)

    def _answer(self, caller: Caller, asked: Question) -> Answered:
        found = Answered()
        for service in self._services:
            reading = self._reading(caller, asked, service.lanes)
            for lanes in service.alike:
                one = self._with_action(asked, first(lanes))
                found |= self._of_one_kind(caller, one, reading.said, reading.public, lanes)
            for lane in service.alone:
                found |= self._by_name(caller, asked, reading, lane)
        return found

    def _by_name(self, caller: Caller, asked: Question, reading: "_Reading", lane: int) -> Answered:
        one = self._with_action(asked, lane)
        request = request_of(caller, one)
        if len(parts_of(request)) > 1 or possible_parts(request) or before_sign_in(one.action):
            return told(self._decide(caller, one), 1 << lane)
        said = reading.said.at(lane)
        return self._of_one_kind(caller, one, said, reading.public, 1).to(lane)

    def _of_one_kind(
        self, caller: Caller, asked: Question, said: AllSaid, public: Truth, lanes: int
    ) -> Answered:
        """Actions that differ in nothing but which statements speak of them; `asked` has one."""
        frame = frame_of(caller, asked, self._facts)
        return answered(frame.layers, as_it_counts(said, frame, public, lanes), lanes)

    def _reading(self, caller: Caller, asked: Question, lanes: int) -> "_Reading":
        one = self._with_action(asked, first(lanes))
        request, policies = request_of(caller, one), policies_of(caller, one)
        return _Reading(request, policies, lanes, self._meant)

    def _meant(self, policy: Policy) -> Iterator[tuple[Rule, int]]:
        """The policy's rules, each with the actions that it speaks of."""
        for rule in self._rules.of(policy):
            lanes = self._lanes.get(rule)
            if lanes is None:
                lanes = self._lanes[rule] = self._vocabulary.meant(rule.action)
            yield rule, lanes

    def _with_action(self, asked: Question, lane: int) -> Question:
        return replace(asked, action=self._vocabulary.names[lane])


class _Reading:
    """Reads every document once, for the actions in `lanes`, of which `request` has one."""

    def __init__(
        self,
        request: Request,
        policies: Policies,
        lanes: int,
        meant: Callable[[Policy], Iterator[tuple[Rule, int]]],
    ) -> None:
        self._who = request.principal
        self._resource = request.resource
        self._lanes = lanes
        self._meant = meant
        self._bounded = policies.boundary is not None
        reader = Reader(request, policies)
        self._context = reader.context
        bounds = self._bounded and self._who.kind is not RequesterKind.ROOT
        self.public = any_of(map(is_public, policies.resource or ()))
        self.said = AllSaid(
            scp=self._levels(policies.scp),
            rcp=self._levels(policies.rcp),
            endpoint=self._read(policies.endpoint),
            resource=self._read(policies.resource),
            identity=self._read(policies.identity),
            boundary=self._read((policies.boundary,) if policies.boundary and bounds else None),
            session=self._read(policies.session),
        )
        self._context = with_encryption_keys(self._context)
        for grant in policies.grants:
            self._add_grant(self._read(documents(grant)), issued_by(grant, self._who.account))

    def _add_grant(self, read: Said, issued: Truth) -> None:
        for reach, where in read.reached:
            self.said.resource.allow(reach, where)
        own = both(same(issued, self._lanes), read.allowed)
        self.said.own_grants = either(self.said.own_grants, own)

    def _levels(self, levels: tuple[Level, ...] | None) -> list[Said]:
        return [self._read(level.policies) for level in levels or ()]

    def _read(self, policies: Iterable[Policy] | None) -> Said:
        if policies is None:
            return Said(0)
        said = Said(self._lanes)
        for policy in policies:
            for rule, meant in self._meant(policy):
                if lanes := meant & self._lanes:
                    self._add(said, rule, lanes)
        return said

    def _add(self, said: Said, rule: Rule, lanes: int) -> None:
        if not rule.body.may_match(self._resource):
            return
        here = reaches(rule.statement, self._resource, self._context)
        if here is False:
            return
        reached = about(rule.body.principal, self._who, self._context)
        if rule.body.effect is Effect.ALLOW:
            for reach, truth in reached.items():
                said.allow(reach, same(all_of((truth, here)), lanes))
        else:
            always = isinstance(rule.body.principal, NotPrincipal) and self._bounded
            said.deny(same(here if always else all_of((any_of(reached.values()), here)), lanes))
