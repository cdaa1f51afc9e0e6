"""One question to a snapshot: whether a principal of an account may do something."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from idkeep.access.answer import Answer, Says
from idkeep.access.holder import Holder
from idkeep.access.places import place
from idkeep.access.somewhere import may_somewhere
from idkeep.access.workforce import people_behind
from idkeep.api.can import Ruling, one_action, read_policy
from idkeep.api.catalog import load_catalog
from idkeep.api.estates import OpenEstate, open_estate
from idkeep.errors import IdkeepError
from idkeep.model import Arn, Organization, PolicyPlace, Role
from idkeep.policy import (
    Allowed,
    Context,
    Decision,
    Denied,
    Depends,
    Policies,
    PolicyKind,
    Request,
    Unknown,
)
from idkeep.policy.compiled import Question, policies_of, request_of
from idkeep.policy.counterfactual import Change, changes_to_allow, rests_on
from idkeep.policy.notes import catalog_notes

# How somebody signed in is told of that session: a role's session has its own, or none. Source:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_OF_SIGN_IN = frozenset({"aws:multifactorauthpresent", "aws:multifactorauthage"})
_ORDER = (Says.NO, Says.UNKNOWN, Says.DEPENDS, Says.YES)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotQuestion:
    """`principal`, `resource` and each role of `via` are ARNs or names of the account.

    Without a `resource` it is asked whether there is any. `via` are the roles that are assumed
    one after the other. A key that is not in `context` is open; `strict` takes it as absent.
    """

    principal: str
    action: str
    resource: str = ""
    via: Sequence[str] = ()
    session_policies: Sequence[Path] = ()
    context: Mapping[str, Iterable[str]] | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was asked last, and the assumptions of roles before it, in order."""

    ruling: Ruling
    hops: tuple[Ruling, ...] = ()

    @property
    def worst(self) -> Ruling:
        """The ruling that decides: a chain is as strong as its weakest link."""
        return min((*self.hops, self.ruling), key=lambda one: _ORDER.index(said(one.decision)))


def can_on_snapshot(
    asked: SnapshotQuestion, snapshots: Sequence[str] = (), *, account: str = "", store: Path
) -> Told:
    """By everything that was read of the account, and of others that snapshots are here of.

    Raises `IdkeepError`.
    """
    one_action(asked.action)
    estate = open_estate(snapshots, account=account, store=store)
    context = Context(dict(asked.context or {}), unknown="*")
    context = context.strict() if asked.strict else context
    if estate.is_outside(asked.principal):
        return _outsiders(estate, asked, context)
    holder = estate.holder(asked.principal)
    hops: list[Ruling] = []
    for name in asked.via:
        role = _role(estate, name)
        answer = estate.accounts.decide(holder, "sts:AssumeRole", role.arn, context)
        hops.append(ruling_of(estate, answer))
        holder, context = role, context.without(_OF_SIGN_IN.__contains__)
    if asked.session_policies:
        holder = _limited(estate, holder, asked.session_policies)
    return Told(ruling=_last(estate, holder, asked, context), hops=tuple(hops))


def _role(estate: OpenEstate, name: str) -> Holder:
    found = estate.holder(name)
    if not isinstance(found.identity, Role):
        raise IdkeepError(f"{name!r} is no role, and only roles are assumed")
    return found


def _limited(estate: OpenEstate, holder: Holder, files: Sequence[Path]) -> Holder:
    policies = [read_policy(path, PolicyKind.SESSION) for path in files]
    return estate.engine.with_session(holder, policies, [str(path) for path in files])


def _last(estate: OpenEstate, holder: Holder, asked: SnapshotQuestion, context: Context) -> Ruling:
    if asked.resource:
        resource = estate.resource(asked.resource)
        return ruling_of(estate, estate.accounts.decide(holder, asked.action, resource, context))
    engine = estate.accounts.engine(holder.caller.requester.account) or estate.engine
    found = may_somewhere(engine, holder, asked.action, context)
    if found.answer is not None:
        resource = found.answer.resource
        note = f"asked about any resource, and answered for {resource}"
        return ruling_of(estate, found.answer, *((note,) if resource != "*" else ()))
    nothing = engine.decide_at(holder, engine.about("*"), asked.action, "*", context)
    ruling = ruling_of(estate, nothing, f"asked about any resource: {found.why}")
    if found.says is Says.UNKNOWN:
        unknown = Unknown(why=found.why, checks=nothing.decision.checks)
        return replace(ruling, decision=unknown, changes=())
    return ruling


def _outsiders(estate: OpenEstate, asked: SnapshotQuestion, context: Context) -> Told:
    if asked.via or asked.session_policies:
        raise IdkeepError("the roles of --via are assumed by a principal of a scanned account")
    resource = estate.resource(asked.resource or "*")
    answer = estate.engine.outsider(asked.principal, asked.action, resource, context)
    note = f"{asked.principal} is of no account here; its own policies are taken to allow it"
    return Told(ruling=ruling_of(estate, answer, note))


def ruling_of(estate: OpenEstate, answer: Answer, *more_notes: str) -> Ruling:
    """An answer of the engine with what it hangs on, and a place in words for each statement."""
    if answer.site is None:
        raise IdkeepError(f"nothing is known of {answer.resource}")
    question = Question(
        action=answer.action,
        resource=answer.resource,
        target=answer.site.target,
        context=answer.context,
    )
    request = request_of(answer.caller, question)
    policies = policies_of(answer.caller, question)
    decision = decided(answer)
    catalog = load_catalog()
    reach, own = catalog.facts.rcps, catalog.facts.denied_across_accounts()
    notes = (*decision.notes, *more_notes, *answer.notes, *_provisos(answer))
    notes += _people_behind(estate, answer)
    return Ruling(
        request=request,
        decision=decision,
        rests_on=rests_on(request, policies, rcps_reach=reach, own_account_only=own),
        changes=_changes(answer, request, policies),
        notes=(*notes, *catalog_notes(catalog)(request, policies)),
        at=lambda matched: in_words(place(estate.engine, answer, matched)),
        where=lambda matched: place(estate.engine, answer, matched),
    )


def _people_behind(estate: OpenEstate, answer: Answer) -> tuple[str, ...]:
    """Who comes to be a role that Identity Center made, where a snapshot tells."""
    role = answer.holder.identity if answer.holder else None
    if not isinstance(role, Role):
        return ()
    account = Arn.parse(role.arn).account
    here = (estate.accounts.engine(account) or estate.engine).snapshot
    organization = here.organization
    manager = (
        estate.accounts.engine(organization.management_account)
        if isinstance(organization, Organization)
        else None
    )
    who = people_behind(role.name, account, (here, *((manager.snapshot,) if manager else ())))
    if who is None:
        return ()
    return (f"Identity Center gives {role.name} to: {'; '.join(who) or 'nobody'}",)


def decided(answer: Answer) -> Decision:
    """The decision by everything, what was not read too: such an answer is unknown."""
    decision = answer.decision
    if answer.says is Says.UNKNOWN and not isinstance(decision, Unknown):
        return Unknown(why=answer.why_unknown, checks=decision.checks, notes=decision.notes)
    if answer.says is Says.YES and answer.guardrails:
        why = f"allowed by all that was read, but {_unread_guardrails(answer)}"
        return Unknown(why=why, checks=decision.checks, notes=decision.notes)
    return decision


def said(decision: Decision) -> Says:
    match decision:
        case Allowed():
            return Says.YES
        case Denied():
            return Says.NO
        case Depends():
            return Says.DEPENDS
        case Unknown():
            return Says.UNKNOWN


def in_words(at: PolicyPlace) -> str:
    """`SCP DenyLeave (p-12345678) on OU Workloads, statement 2, 3:5`; statements from 0."""
    where = f", {at.line}:{at.column}" if at.line else ""
    return f"{at.policy}, statement {at.statement}{where}"


def _provisos(answer: Answer) -> tuple[str, ...]:
    if answer.says is Says.DEPENDS and answer.guardrails:
        return (_unread_guardrails(answer),)
    return ()


def _unread_guardrails(answer: Answer) -> str:
    missing = "; ".join(str(one) for one in answer.guardrails)
    return f"a policy of the organisation that was not read may deny it ({missing})"


def _changes(
    answer: Answer, request: Request, policies: Policies
) -> tuple[tuple[Change, ...], ...]:
    """Only of a denial that is sure: what was not read might be what denies."""
    if answer.says is not Says.NO:
        return ()
    facts = load_catalog().facts
    return changes_to_allow(
        request, policies, rcps_reach=facts.rcps, own_account_only=facts.denied_across_accounts()
    )
