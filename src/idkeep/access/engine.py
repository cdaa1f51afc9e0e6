"""Questions of permission about an account's own principals and resources."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, TypeVar

from msgspec.structs import replace

from idkeep.access.access_points import both, bucket_behind, question_behind, unread_behind
from idkeep.access.answer import Answer
from idkeep.access.asking import assuming, is_assuming
from idkeep.access.documents import Documents
from idkeep.access.guardrails import Guardrails
from idkeep.access.holder import Holder, Holders, Identity
from idkeep.access.sources import Granted
from idkeep.access.surroundings import Surroundings
from idkeep.access.targets import Resource, Site, Sites
from idkeep.catalog import Catalog
from idkeep.model import Gap, Group, Role, Snapshot, Unread
from idkeep.model.resources import AccessPoint
from idkeep.policy import Context, Decision, Denied, Policy, PolicyKind, evaluate, parse
from idkeep.policy.compiled import (
    Caller,
    CompiledEstate,
    Facts,
    Question,
    Target,
    Verdict,
    Vocabulary,
    WhoCan,
    policies_of,
    request_of,
    verdict_of,
)
from idkeep.policy.compiled.candidates import compiled_candidates
from idkeep.policy.compiled.reachable import Reachable
from idkeep.policy.requester import Requester, RequesterKind

T = TypeVar("T")

ANYTHING = Context(unknown="*")
"""A request of which nothing is told: what a condition needs stays open."""

EVERYTHING = parse(
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
    PolicyKind.IDENTITY,
)
"""What an administrator's policy says."""
OPEN_TO_ALL = parse(
    '{"Version": "2012-10-17", "Statement":'
    ' {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}',
    PolicyKind.RESOURCE,
)
"""What a resource's policy says that lets everybody in."""
_KEPT = 4096
_OF_OWNER = frozenset({"aws:ResourceAccount", "s3:ResourceAccount"})


class Engine:
    """The users, roles and root of one snapshot, its resources, and the policy engine over them.

    `documents` may be shared with the engines of other accounts. `siblings` are all accounts of
    the organisation, where somebody listed them: a member's snapshot need not have them.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        catalog: Catalog,
        documents: Documents | None = None,
        siblings: frozenset[str] = frozenset(),
    ) -> None:
        self.snapshot = snapshot
        self.siblings = siblings
        self.catalog = catalog
        self.documents = Documents() if documents is None else documents
        self.documents.add(snapshot.documents)
        rcps = Guardrails(snapshot, self.documents, PolicyKind.RCP)
        scps = Guardrails(snapshot, self.documents, PolicyKind.SCP)
        self._holders = Holders(snapshot, self.documents, scps)
        self._sites = Sites(snapshot, self.documents, rcps)
        self._made: dict[Callable[[Engine], Any], Any] = {}
        self.about = lru_cache(maxsize=_KEPT)(self._about)

    def once(self, make: "Callable[[Engine], T]") -> T:
        """What `make` makes of this engine, made when it is first asked for and kept."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[no-any-return]

    @property
    def account(self) -> str:
        return self.snapshot.account.id

    @cached_property
    def holders(self) -> dict[str, Holder]:
        """By ARN: root, every user and every role."""
        snapshot = self.snapshot
        identities: tuple[Identity, ...] = (snapshot.root, *snapshot.users, *snapshot.roles)
        return {one.arn: self._holders.holder(one) for one in identities}

    @cached_property
    def sites(self) -> dict[str, Site]:
        """By ARN: every role, and every resource that was read."""
        found: dict[str, Site] = {}
        for one in self._sites.every():
            found.setdefault(one.arn, one)
        return found

    def site(self, resource: Resource) -> Site:
        """Of a resource that need not have an ARN of its own (a registry's policy).

        Raises `TypeError` for a kind that no policy stands on.
        """
        return self._sites.site(resource)

    def of_group(self, group: Group) -> tuple[Granted | Unread, ...]:
        return self._holders.of_group(group)

    def holder(self, who: Identity | str) -> Holder:
        """Of a principal of the account or its ARN; of a role's session by the session's ARN.

        Raises `KeyError` for one that is not in the snapshot.
        """
        arn = who if isinstance(who, str) else who.arn
        found = self.holders.get(arn)
        if found is not None:
            return found
        try:
            requester = Requester.parse(arn)
        except ValueError:
            raise KeyError(arn) from None
        if requester.kind is not RequesterKind.ROLE_SESSION or requester.account != self.account:
            raise KeyError(arn)
        return self._session(requester)

    def decide(
        self, who: Identity | str, action: str, resource: str = "*", context: Context = ANYTHING
    ) -> Answer:
        """Whether a principal of the account may do it; `who` may be its ARN, or a session's.

        Raises `KeyError` for a principal that is not in the snapshot.
        """
        return self.decide_at(self.holder(who), self.about(resource), action, resource, context)

    def decide_at(
        self, holder: Holder, site: Site, action: str, resource: str, context: Context = ANYTHING
    ) -> Answer:
        """The same of a principal and a resource either of which may be another account's."""
        return self._answer(holder.caller, holder, site, action, resource, context)

    def who_can(
        self,
        action: str,
        resource: str = "*",
        context: Context = ANYTHING,
        site: Site | None = None,
    ) -> Iterator[Answer]:
        """Everybody of the account who may, or of whom it is not known; root among them.

        `site` is what stands on the resource, where that is not what its ARN tells.
        """
        site = site or self.about(resource)
        asked = context if is_assuming(action) else context.completed(site.keys)
        target = replace(site.target, arn=resource)
        answers = self.compiled.who_can(action, target, asked)
        unread = bool(site.unread or site.unread_grants)
        for holder in self._unsure_of(answers) if unread else self._possible_of(answers):
            answer = self.decide_at(holder, site, action, resource, context)
            if not isinstance(answer.decision, Denied) or answer.unread:
                yield answer

    def _possible_of(self, answers: WhoCan) -> Iterable[Holder]:
        """Whom not every policy that was read denies, and of whom some was not read."""
        places, unread = self._in_order
        found = unread.union(places[name] for name in (*answers.allowed, *answers.undecided))
        every = tuple(self.holders.values())
        return (every[n] for n in sorted(found))

    def _unsure_of(self, answers: WhoCan) -> Iterable[Holder]:
        """The same where a policy that was not read may allow what none denies by its words."""
        return (
            one
            for one in self.holders.values()
            if one.unread
            or one.unread_boundary
            or answers[one.caller.name] is not Verdict.EXPLICITLY_DENIED
        )

    @cached_property
    def _in_order(self) -> tuple[dict[str, int], frozenset[int]]:
        """Where each holder stands by its caller's name, and those with documents unread."""
        every = self.holders.values()
        return (
            {one.caller.name: n for n, one in enumerate(every)},
            frozenset(n for n, one in enumerate(every) if one.unread or one.unread_boundary),
        )

    def actions_of(self, who: Identity | str, resource: str = "*") -> tuple[str, ...]:
        """The catalog's actions that a principal may do on it, conditions met or not.

        Raises `KeyError` for a principal that is not in the snapshot.
        """
        holder, site = self.holder(who), self.about(resource)
        target = replace(site.target, arn=resource)
        context = ANYTHING.completed(site.keys)
        found = self.compiled.what_can(holder.identity.arn, target, context)
        return (*found.allowed, *found.undecided)

    def outsider(
        self, principal: str, action: str, resource: str, context: Context = ANYTHING
    ) -> Answer:
        """Whether somebody of another account, a service or anybody ("*") may.

        An outsider's own policies are taken to allow it: what is judged is this side.
        Raises `ValueError` for what is no principal.
        """
        return self.outsider_at(self.about(resource), principal, action, resource, context)

    def outsider_at(
        self, site: Site, principal: str, action: str, resource: str, context: Context = ANYTHING
    ) -> Answer:
        """The same about a resource that no ARN finds, as the policy of a registry."""
        caller = Caller(requester=Requester.parse(principal), identity=(EVERYTHING,))
        return self._answer(caller, None, site, action, resource, context)

    def with_session(
        self, holder: Holder, policies: Sequence[Policy], names: Sequence[str]
    ) -> Holder:
        """The principal in a session that these policies limit; `names` are theirs."""
        named = tuple(Granted(name=name, digest="", kind=PolicyKind.SESSION) for name in names)
        return replace(
            holder, session=named, caller=replace(holder.caller, session=tuple(policies))
        )

    def _session(self, requester: Requester) -> Holder:
        for role in self.snapshot.roles:
            if role.name == requester.role_name:
                held = self.holders[role.arn]
                name = requester.name.rpartition("/")[2]
                keys = {**held.caller.keys, "aws:userid": f"{role.id}:{name}"}
                return replace(held, caller=replace(held.caller, requester=requester, keys=keys))
        raise KeyError(requester.name)

    def _answer(
        self,
        caller: Caller,
        holder: Holder | None,
        site: Site,
        action: str,
        resource: str,
        context: Context,
    ) -> Answer:
        known = _known(caller, site, action, context)
        asked = Question(action=action, resource=resource, target=site.target, context=known)
        decision = self._evaluate(caller, asked)
        if isinstance(site.resource, AccessPoint):
            decision, site = self._through(caller, site, asked, decision)
        return Answer(
            action=action,
            resource=resource,
            caller=caller,
            decision=decision,
            context=known,
            holder=holder,
            site=site,
            unread=self._decisive(caller, holder, site, asked, decision),
            guardrails=self._unread_guardrails(holder, site, action),
            notes=self._surroundings.notes(resource, site),
        )

    def whole_site(self, resource: Resource) -> Site:
        """`site`, of an access point with the bucket behind it and what is not known of that."""
        site = self.site(resource)
        return self._with_behind(site) if isinstance(site.resource, AccessPoint) else site

    def _with_behind(self, site: Site) -> Site:
        arn = bucket_behind(site)
        bucket = self.about(arn) if arn else None
        return replace(site, behind=bucket, unread=(*site.unread, *unread_behind(site, bucket)))

    def _through(
        self, caller: Caller, site: Site, asked: Question, decision: Decision
    ) -> tuple[Decision, Site]:
        """With what the bucket behind an access point says."""
        found = self._with_behind(site)
        bucket = found.behind
        if bucket is None:
            return decision, found
        # The principal's own side was asked about the access point.
        bare = Caller(requester=caller.requester, identity=(EVERYTHING,), keys=caller.keys)
        behind = self._evaluate(bare, question_behind(asked, site, bucket))
        return both(asked, decision, behind, bucket), found

    def _evaluate(self, caller: Caller, asked: Question) -> Decision:
        return evaluate(
            request_of(caller, asked),
            policies_of(caller, asked),
            rcps_reach=self.facts.rcps_reach,
            own_account_only=self.facts.own_account_only,
            find=compiled_candidates,
        )

    def _decisive(
        self,
        caller: Caller,
        holder: Holder | None,
        site: Site,
        asked: Question,
        decision: Decision,
    ) -> tuple[Unread, ...]:
        """What was not read and might turn the decision.

        An explicit denial stands; a silent one does if what was not read could not help even by
        allowing everything; any other falls by a denial that was not read.
        """
        own = holder.unread if holder else ()
        limiting = (*own, *(holder.unread_boundary if holder else ()), *site.unread)
        if is_assuming(asked.action) and site.resource is None and asked.resource != "*":
            limiting += (Gap(Role.LISTED_BY, f"{asked.resource} is not in the snapshot"),)
        unread = (*limiting, *site.unread_grants)
        if not unread or (isinstance(decision, Denied) and decision.by):
            return ()
        if isinstance(decision, Denied) or not limiting:
            most = replace(caller, identity=(*caller.identity, EVERYTHING)) if own else caller
            best = self._evaluate(most, replace(asked, target=_opened(site)))
            if verdict_of(best) is verdict_of(decision):
                return ()
        return tuple(dict.fromkeys(unread))

    def _unread_guardrails(
        self, holder: Holder | None, site: Site, action: str
    ) -> tuple[Unread, ...]:
        """SCPs are the principal's, RCPs the resource's and of the services that they reach."""
        linked = holder is not None and holder.caller.requester.is_service_linked
        reached = site.arn != "*" and action in self.facts.rcps_reach and not linked
        own = holder.guardrails if holder else ()
        return tuple(dict.fromkeys((*own, *(site.guardrails if reached else ()))))

    def imagined(self, arn: str) -> Site:
        """An ARN of the account that is taken to have no policy of its own, for `decide_at`."""
        bare = self._sites.bare(arn, self.account, ())
        return replace(bare, keys=self.about(arn).keys)

    def _about(self, resource: str) -> Site:
        """What stands on an ARN, or on what it is a part of; a bare site for "*"."""
        return self._surroundings.site(resource)

    @cached_property
    def _surroundings(self) -> Surroundings:
        return Surroundings(self.snapshot, self._sites, self.sites, self.documents)

    @cached_property
    def facts(self) -> Facts:
        facts = self.catalog.facts
        return Facts(facts.rcps, facts.denied_across_accounts())

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Every action that the catalog has."""
        return _every_action(self.catalog).fresh()

    @cached_property
    def compiled(self) -> CompiledEstate:
        """Every principal among the account's resources, for questions about all at once."""
        return self.compile(one.caller for one in self.holders.values())

    def compile(self, callers: Iterable[Caller]) -> CompiledEstate:
        """Any callers among the account's resources."""
        return self._unasked.of_others(callers)

    @cached_property
    def _unasked(self) -> CompiledEstate:
        """The account's resources, and nobody who asks for them."""
        targets = (one.target for one in self.sites.values())
        return CompiledEstate((), targets, facts=self.facts, vocabulary=self.vocabulary)

    def reachable(self, targets: Iterable[Target]) -> Reachable:
        """For what one principal may reach among many, before the engine is asked of each."""
        return Reachable(targets)


@lru_cache(maxsize=1)
def _every_action(catalog: Catalog) -> Vocabulary:
    """Thousands of accounts are judged by one catalog."""
    return Vocabulary(catalog.expand("*"))


def _known(caller: Caller, site: Site, action: str, context: Context) -> Context:
    """The context with what the snapshot tells of both sides."""
    known = context.completed({**caller.keys, **site.keys})
    if not is_assuming(action) and not site.owner_unknown:
        return known
    levels = (level.policies for level in site.target.rcp or ())
    policies = (*caller.documents(), *(site.target.policies or ()), *chain(*levels))
    told = {*caller.keys, *site.keys, *caller.requester.derived(), *_OF_OWNER}
    return assuming(known, policies, told - _OF_OWNER if site.owner_unknown else told)


def _opened(site: Site) -> Target:
    """The target as it would be at most, if what was not read allowed everything."""
    target = site.target
    if not (site.unread or site.unread_grants) or site.owner_unknown:
        return target
    return replace(target, policies=(*(target.policies or ()), OPEN_TO_ALL))
