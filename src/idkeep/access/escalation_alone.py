"""Ways to more permissions that one policy text opens by itself, to anybody who holds it."""

from idkeep.access.administrators import anything
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.escalation_ways import ADMINISTRATOR_ACCESS, PASSES, WRITES, Upon, Write
from idkeep.access.imagined import Alone, alone
from idkeep.policy import Allowed, Context, Depends

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
    held = alone(engine)
    found = [one.does for one in WRITES if one.upon in _UPON and _writes(engine, held, digest, one)]
    for way in PASSES:
        to_service = ANYTHING.told({"iam:PassedToService": way.service})
        any_role = anything(engine, _UPON[Upon.OTHER_ROLE])
        if _may(held, digest, "iam:PassRole", any_role, to_service) and all(
            _makes(engine, held, digest, action) for action in way.actions
        ):
            found.append(f"take any role: pass it to {way.creates}")
    return tuple(found)


def _writes(engine: Engine, held: Alone, digest: str, write: Write) -> bool:
    upon = anything(engine, _UPON[write.upon])
    policy = anything(engine, ADMINISTRATOR_ACCESS)
    context = ANYTHING.told({"iam:PolicyARN": policy}) if write.chooses else ANYTHING
    if write.upon not in _NEW:
        return _may(held, digest, write.actions[0], upon, context)
    bare = context.told({"iam:PermissionsBoundary": ()})
    return all(_may(held, digest, action, upon, bare) for action in write.actions)


def _makes(engine: Engine, held: Alone, digest: str, action: str) -> bool:
    service = action.partition(":")[0]
    forms = (one.replace("{service}", service) for one in _MADE)
    return any(_may(held, digest, action, anything(engine, one), ANYTHING) for one in forms)


def _may(held: Alone, digest: str, action: str, resource: str, context: Context) -> bool:
    return isinstance(held.decide(digest, action, resource, context), Allowed | Depends)
