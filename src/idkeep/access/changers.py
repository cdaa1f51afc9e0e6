"""Who of an account may do something to one of its things: who can make a change."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.answer import Answer, Says
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.holder import Holder
from idkeep.access.somewhere import Somewhere, forms_of, who_may_somewhere
from idkeep.access.sources import Granted
from idkeep.access.whereabouts import owner_of, parsed
from idkeep.access.workforce import people_behind, set_behind
from idkeep.model import Role, Root, Snapshot, User
from idkeep.model.partitions import home
from idkeep.policy import Effect, PolicyKind
from idkeep.policy.compiled import Verdict

_NAMES = 5
_NOWHERE = "idkeep-named-nowhere"
_PLACEHOLDER = re.compile(r"\$\{\w+\}")


class Changer(Struct, frozen=True, kw_only=True):
    """A principal, in words. `by` are the policies that allow it, `proviso` what it hangs on.

    `people` are the users and groups that Identity Center gives the role, None where nobody told.
    """

    name: str
    arn: str
    by: tuple[str, ...] = ()
    proviso: str = ""
    people: tuple[str, ...] | None = None


class Changers(Struct, frozen=True, kw_only=True):
    """Who may do an action on `on`, an ARN; "" stands for some resource, "*" where it takes none.

    `perhaps` may under conditions, or if a policy that was not read denies nothing. `unknown` are
    those of whom it could not be told, with the reason. `unlisted` says why some may be missing.
    """

    account: str
    on: str
    may: tuple[Changer, ...]
    perhaps: tuple[Changer, ...] = ()
    unknown: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()


def changers(
    engine: Engine,
    action: str,
    things: Iterable[str] = (),
    centers: Iterable[Snapshot] = (),
) -> Changers:
    """Users and roles first, root last; roles that AWS's services keep for themselves are left out.

    `things` are ARNs that the change is about; the first that the action takes is asked about.
    `centers` are the snapshots that Identity Center's assignments may be in.
    """
    forms = forms_of(engine.catalog, action)
    on = "*" if forms == ("*",) else next((one for one in things if _is_one(one, forms)), "")
    told = _asked(engine, action, on) if on else who_may_somewhere(engine, action)
    known = tuple(centers)
    sorted_out: dict[Says, list[Changer]] = {says: [] for says in Says}
    unknown: list[str] = []
    for holder, found in sorted(told, key=lambda one: _order(one[0])):
        if holder.caller.requester.is_service_linked:
            continue
        if found.says is Says.UNKNOWN or found.answer is None:
            unknown.append(f"{_words(holder)} ({found.why.removeprefix(': ')})")
            continue
        one = _changer(holder, found.answer, known)
        sorted_out[Says.DEPENDS if one.proviso else found.says].append(one)
    return Changers(
        account=engine.account,
        on=on,
        may=tuple(sorted_out[Says.YES]),
        perhaps=tuple(sorted_out[Says.DEPENDS]),
        unknown=tuple(unknown),
        unlisted=_unlisted(engine),
    )


class Allowed(Struct, frozen=True, kw_only=True):
    """Who may do actions on anything of their kind, not on one thing only; root is the last.

    `names` are the first of them in words, `more` how many more there are; `perhaps` and
    `perhaps_more` those who may under conditions. Of `unknown` it could not be told. `unlisted`
    says why some may be missing, `guardrails` which policies of the organisation were not
    read: they could only deny it.
    """

    actions: tuple[str, ...]
    names: tuple[str, ...]
    more: int = 0
    perhaps: tuple[str, ...] = ()
    perhaps_more: int = 0
    unknown: int = 0
    unlisted: tuple[str, ...] = ()
    guardrails: tuple[str, ...] = ()


def allowed(engine: Engine, action: str) -> Allowed:
    """Asked once for an action; the answer is by identity policies and what limits them."""
    forms = forms_of(engine.catalog, action)
    asked = "*" if forms[0] == "*" else _filled(engine, forms[0])
    site = engine.imagined(asked) if parsed(asked) else engine.about(asked)
    told = engine.compiled.who_can(action, replace(site.target, arn=asked), ANYTHING)
    names: list[str] = []
    perhaps: list[str] = []
    unknown = 0
    guardrails: dict[str, None] = {}
    for holder in engine.once(_in_order):
        verdict = told[holder.caller.name]
        if verdict is Verdict.EXPLICITLY_DENIED:
            continue
        if holder.unread or holder.unread_boundary:
            unknown += 1
        elif verdict is Verdict.ALLOWED:
            names.append(_words(holder))
            guardrails |= dict.fromkeys(map(str, holder.guardrails))
        elif verdict is not Verdict.IMPLICITLY_DENIED:
            perhaps.append(_words(holder))
    return Allowed(
        actions=(action,),
        names=tuple(names[:_NAMES]),
        more=max(0, len(names) - _NAMES),
        perhaps=tuple(perhaps[:_NAMES]),
        perhaps_more=max(0, len(perhaps) - _NAMES),
        unknown=unknown,
        unlisted=_unlisted(engine),
        guardrails=tuple(guardrails),
    )


def _in_order(engine: Engine) -> tuple[Holder, ...]:
    """Who may come to an answer by people: not the roles that services keep for themselves."""
    some = (one for one in engine.holders.values() if not one.caller.requester.is_service_linked)
    return tuple(sorted(some, key=_order))


def _filled(engine: Engine, form: str) -> str:
    """An ARN of the account that no policy names."""
    account = engine.snapshot.account
    known = {
        "${Partition}": account.partition,
        "${Account}": account.id,
        "${Region}": engine.snapshot.region or home(account.partition),
    }
    return _PLACEHOLDER.sub(lambda one: known.get(one[0], _NOWHERE), form)


def _unlisted(engine: Engine) -> tuple[str, ...]:
    snapshot = engine.snapshot
    missing = (*snapshot.missing(User), *snapshot.missing(Role))
    return tuple(dict.fromkeys(map(str, missing)))


def _asked(engine: Engine, action: str, on: str) -> Iterator[tuple[Holder, Somewhere]]:
    """What is another account's is done to it from here by leave of this account's policies."""
    arn = parsed(on)
    is_theirs = arn is not None and owner_of(arn) not in ("", engine.account)
    site = engine.imagined(on) if is_theirs else None
    # A thing of a region is changed by a request to that region.
    region = {"aws:RequestedRegion": (arn.region,)} if arn is not None and arn.region else {}
    for answer in engine.who_can(action, on, ANYTHING.completed(region), site=site):
        if answer.holder is not None:
            why = answer.why_unknown
            yield answer.holder, Somewhere(says=answer.says, answer=answer, why=why)


def _is_one(thing: str, forms: tuple[str, ...]) -> bool:
    """Whether an action takes a thing, which is not AWS's own."""
    if ":iam::aws:" in thing:
        return False
    patterns = (".+".join(map(re.escape, _PLACEHOLDER.split(form))) for form in forms)
    return any(re.fullmatch(one, thing) for one in patterns)


def _order(holder: Holder) -> tuple[int, str]:
    kinds = (User, Role, Root)
    return kinds.index(type(holder.identity)), holder.arn


def _words(holder: Holder) -> str:
    match holder.identity:
        case Root():
            return "the root user"
        case Role(name=name) if found := set_behind(name):
            return f"permission set {found} of Identity Center"
        case Role(name=name):
            return f"role {name}"
        case User(name=name):
            return f"user {name}"


def _changer(holder: Holder, answer: Answer, centers: tuple[Snapshot, ...]) -> Changer:
    allowing = (one for one in answer.by if one.effect is Effect.ALLOW)
    sources = (answer.source(one) for one in allowing)
    granted = (one for one in sources if isinstance(one, Granted))
    named = dict.fromkeys(str(one) for one in granted if one.kind is PolicyKind.IDENTITY)
    who = holder.caller.requester
    return Changer(
        name=_words(holder),
        arn=holder.arn,
        by=tuple(named),
        proviso=answer.proviso,
        people=people_behind(who.role_name, who.account, centers),
    )
