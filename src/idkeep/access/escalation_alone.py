"""Ways to more permissions that one policy text opens by itself, to anybody who holds it."""

from idkeep.access.administrators import anything
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.escalation_ways import ADMINISTRATOR_ACCESS, PASSES, WRITES, Upon, Write
from idkeep.access.imagined import Alone, alone
from idkeep.policy import Context
from idkeep.policy.compiled import Verdict

_HEAD = "arn:{partition}:iam::{account}"
_UPON = {
    Upon.OWN_USER: f"{_HEAD}:user/{{any}}",
    Upon.OWN_ROLE: f"{_HEAD}:role/{{any}}",
    Upon.OWN_GROUP: f"{_HEAD}:group/{{any}}",
    Upon.OWN_POLICY: f"{_HEAD}:policy/{{any}}",
    Upon.OTHER_GROUP: f"{_HEAD}:group/{{any}}",
    Upon.OTHER_USER: f"{_HEAD}:user/{{any}}",
    Upon.OTHER_ROLE: f"{_HEAD}:role/{{any}}",
    Upon.NEW_ROLE: f"{_HEAD}:role/{{any}}",
    Upon.NEW_USER: f"{_HEAD}:user/{{any}}",
}
_NEW = {Upon.NEW_ROLE, Upon.NEW_USER}
# A new thing may have any name; what services let one name is tried as "*" and as one of its kind.
_MADE = (
    "*",
    "arn:{partition}:{service}:{region}:{account}:{any}",
    "arn:{partition}:{service}:{region}:{account}:function:{any}",
    "arn:{partition}:{service}:{region}:{account}:stack/{any}/{any}",
)


def ways_alone(engine: Engine, digest: str) -> tuple[str, ...]:
    """What follows "is enough to": writes upon anybody, and passing any role to a service.

    Raises `KeyError` for a text that no policy in force has.
    """
    name = alone(engine).names[digest]
    return tuple(does for does, holders in engine.once(_ways) if name in holders)


def _ways(engine: Engine) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each way with the holders of a text who may go it; asked once for all texts."""
    held = alone(engine)
    found = [(one.does, _writers(engine, held, one)) for one in WRITES if one.upon in _UPON]
    for way in PASSES:
        to_service = ANYTHING.told({"iam:PassedToService": way.service})
        holders = _may(held, "iam:PassRole", anything(engine, _UPON[Upon.OTHER_ROLE]), to_service)
        for action in way.actions if holders else ():
            holders &= _makers(engine, held, action)
        found.append((f"take any role: pass it to {way.creates}", holders))
    return tuple(found)


def _writers(engine: Engine, held: Alone, write: Write) -> frozenset[str]:
    upon = anything(engine, _UPON[write.upon])
    policy = anything(engine, ADMINISTRATOR_ACCESS)
    context = ANYTHING.told({"iam:PolicyARN": policy}) if write.chooses else ANYTHING
    if write.upon not in _NEW:
        return _may(held, write.actions[0], upon, context)
    bare = context.told({"iam:PermissionsBoundary": ()})
    return frozenset.intersection(*(_may(held, one, upon, bare) for one in write.actions))


def _makers(engine: Engine, held: Alone, action: str) -> frozenset[str]:
    service = action.partition(":")[0]
    forms = (anything(engine, one.replace("{service}", service)) for one in _MADE)
    return frozenset[str]().union(*(_may(held, action, one, ANYTHING) for one in forms))


def _may(held: Alone, action: str, resource: str, context: Context) -> frozenset[str]:
    """Whom their text allows it, if only on conditions."""
    answers = held.estate.who_can(action, resource, context)
    depends = (one for one in answers.undecided if answers[one] is Verdict.DEPENDS)
    return frozenset((*answers.allowed, *depends))
