"""Rules that hold for users and roles alike: guards, its own permissions, two powers at once."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from idkeep.access import Estate
from idkeep.access.administrators import Rule, anything, powers
from idkeep.access.answer import Answer, Says
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.escalation_targets import is_editable, named_actions
from idkeep.access.somewhere import Somewhere, may_somewhere, may_together
from idkeep.checks.declare import Body, Said
from idkeep.checks.policies.words import listed, owned_by_aws, statements, unread, with_proviso
from idkeep.model import NotApplicable, Problem, Role, Severity, Unknown, User

_ADMIN = "is an administrator"
_HEAD = "arn:{partition}:{service}:{region}:{account}:"

# What keeps the account's record and its alarms, and how each is switched off.
_GUARDS = (
    ("CloudTrail", "cloudtrail:StopLogging", _HEAD + "trail/{any}"),
    ("CloudTrail", "cloudtrail:DeleteTrail", _HEAD + "trail/{any}"),
    ("CloudTrail", "cloudtrail:UpdateTrail", _HEAD + "trail/{any}"),
    ("CloudTrail", "cloudtrail:PutEventSelectors", _HEAD + "trail/{any}"),
    ("Config", "config:StopConfigurationRecorder", "*"),
    ("Config", "config:DeleteConfigurationRecorder", "*"),
    ("GuardDuty", "guardduty:DeleteDetector", _HEAD + "detector/{any}"),
    ("GuardDuty", "guardduty:UpdateDetector", _HEAD + "detector/{any}"),
    ("Security Hub", "securityhub:DisableSecurityHub", _HEAD + "hub/default"),
    ("Access Analyzer", "access-analyzer:DeleteAnalyzer", _HEAD + "analyzer/{any}"),
)


def judge(principal: User | Role, estate: Estate, ask: Body[User | Role]) -> Iterator[Said]:
    """`ask`, of whoever the account can change, is no administrator, and is known in full."""
    if isinstance(principal, Role) and (why := owned_by_aws(principal)):
        yield NotApplicable(why)
    elif gaps := tuple(unread(estate, principal)):
        yield from gaps
    elif powers(estate.engine)[principal.arn].rule is not Rule.NO:
        yield NotApplicable(_ADMIN)
    else:
        yield from ask(principal, estate)


def switches_off(principal: User | Role, estate: Estate) -> Iterator[Said]:
    engine = estate.engine
    found: dict[str, list[Answer]] = {}
    for name, action in engine.once(_switchers).get(principal.arn, ()):
        form = next(form for _, act, form in _GUARDS if act == action)
        answer = engine.decide(principal, action, _thing(engine, action, form))
        if answer.says is Says.UNKNOWN:
            yield Unknown(answer.why_unknown)
        elif answer.says is not Says.NO:
            found.setdefault(name, []).append(answer)
    if found:
        answers = [one for some in found.values() for one in some]
        words = f"may switch off {listed(list(found), most=5)}"
        doing = listed([one.action for one in answers])
        proviso = next((one.proviso for one in answers if one.proviso), "")
        yield Problem(
            with_proviso(f"{words} ({doing})", proviso), statements=statements(estate, answers)
        )


def _switchers(engine: Engine) -> dict[str, tuple[tuple[str, str], ...]]:
    """The guards and actions of each principal who may be able to."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, action, form in _GUARDS:
        who = engine.compiled.who_can(action, _thing(engine, action, form), ANYTHING)
        for arn in (*who.allowed, *who.undecided):
            found.setdefault(arn, []).append((name, action))
    return {arn: tuple(guards) for arn, guards in found.items()}


def _thing(engine: Engine, action: str, form: str) -> str:
    return anything(engine, form.replace("{service}", action.partition(":")[0]))


_OWN_USER = (
    ("its policies", "iam:PutUserPolicy"),
    ("its policies", "iam:AttachUserPolicy"),
    ("its policies", "iam:DetachUserPolicy"),
    ("its policies", "iam:DeleteUserPolicy"),
    ("its boundary", "iam:PutUserPermissionsBoundary"),
    ("its boundary", "iam:DeleteUserPermissionsBoundary"),
)
_OWN_ROLE = (
    ("its policies", "iam:PutRolePolicy"),
    ("its policies", "iam:AttachRolePolicy"),
    ("its policies", "iam:DetachRolePolicy"),
    ("its policies", "iam:DeleteRolePolicy"),
    ("its boundary", "iam:PutRolePermissionsBoundary"),
    ("its boundary", "iam:DeleteRolePermissionsBoundary"),
    ("its trust policy", "iam:UpdateAssumeRolePolicy"),
)


def edits_itself(principal: User | Role, estate: Estate) -> Iterator[Said]:
    if isinstance(principal, Role) and not is_editable(principal):
        yield NotApplicable("is written by Identity Center alone")
        return
    parts = _OWN_ROLE if isinstance(principal, Role) else _OWN_USER
    named = named_actions(estate.engine, principal.arn, [action for _, action in parts])
    told = ANYTHING.told({"iam:PermissionsBoundary": principal.boundary or ()})
    found: dict[str, list[Answer]] = {}
    for part, action in parts:
        if action not in named or (part == "its boundary" and principal.boundary is None):
            continue
        context = ANYTHING if part == "its boundary" else told
        answer = estate.engine.decide(principal, action, principal.arn, context)
        if answer.says is Says.UNKNOWN:
            yield Unknown(answer.why_unknown)
        elif answer.says is not Says.NO:
            found.setdefault(part, []).append(answer)
    if found:
        answers = [one for some in found.values() for one in some]
        proviso = next((one.proviso for one in answers if one.proviso), "")
        yield Problem(
            with_proviso(f"may change {listed(list(found))}", proviso),
            severity=Severity.HIGH if "its boundary" in found else None,
            because="a boundary that its bearer may take off limits nothing"
            if "its boundary" in found
            else "",
            statements=statements(estate, answers),
        )


def makes_unbounded(principal: User | Role, estate: Estate) -> Iterator[Said]:
    """Whether it may make a principal and give it permissions without a boundary."""
    engine = estate.engine
    bare = ANYTHING.told({"iam:PermissionsBoundary": ()})
    for kind in ("role", "user"):
        if not named_actions(engine, principal.arn, (f"iam:Create{kind.title()}",)):
            continue
        made = may_somewhere(engine, principal, f"iam:Create{kind.title()}", bare)
        gives: list[Somewhere] = [
            may_somewhere(engine, principal, f"iam:{verb}{kind.title()}Policy", bare)
            for verb in _GIVE
        ]
        for one in (made, *gives):
            if one.says is Says.UNKNOWN:
                yield Unknown(one.why)
        if made.says not in _ALLOWING:
            continue
        ways = ((f"iam:Create{kind.title()}", f"iam:{verb}{kind.title()}Policy") for verb in _GIVE)
        answers = next(filter(None, (may_together(engine, principal, w, bare) for w in ways)), ())
        if answers:
            proviso = next((one.proviso for one in answers if one.proviso), "")
            yield Problem(
                with_proviso(
                    f"may make {kind}s and give them policies, without a boundary", proviso
                ),
                at=kind,
                statements=statements(estate, answers),
            )


_GIVE = ("Put", "Attach")
_ALLOWING = frozenset({Says.YES, Says.DEPENDS})


def holds_both(principal: User | Role, estate: Estate) -> Iterator[Said]:
    if isinstance(principal, Role) and (why := owned_by_aws(principal)):
        yield NotApplicable(why)
        return
    if not estate.settings.forbidden_pairs:
        yield NotApplicable("the settings forbid no pair of powers")
        return
    gaps = tuple(unread(estate, principal))
    for pair in estate.settings.forbidden_pairs if not gaps else ():
        if any(fnmatchcase(principal.arn, one) for one in pair.except_for):
            continue
        sides = [_one_of(estate, principal, some) for some in (pair.first, pair.second)]
        held = [one.answer for one in sides if one.says in _ALLOWING and one.answer]
        if len(held) == len(sides):
            doing = " and ".join(one.action for one in held)
            proviso = next((one.proviso for one in held if one.proviso), "")
            yield Problem(
                with_proviso(f"holds both sides of {pair.name}: {doing}", proviso),
                at=pair.name,
                statements=statements(estate, held),
            )
        elif all(one.says is not Says.NO for one in sides):
            yield Unknown(f"{pair.name}: {next(one.why for one in sides if one.why)}")
    yield from gaps


def _one_of(estate: Estate, principal: User | Role, actions: tuple[str, ...]) -> Somewhere:
    """The first of the actions that it may do somewhere; else what is not known of one."""
    best = Somewhere(says=Says.NO)
    for pattern in actions:
        for action in estate.engine.catalog.expand(pattern) or (pattern,):
            found = may_somewhere(estate.engine, principal, action)
            if found.says in _ALLOWING:
                return found
            best = found if found.says is Says.UNKNOWN else best
    return best
