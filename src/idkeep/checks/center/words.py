"""What checks on Identity Center ask for alike."""

from idkeep.access import Estate
from idkeep.checks.declare import known
from idkeep.model import CenterInstance, CenterUser, Gap


def home(user: CenterUser, estate: Estate) -> CenterInstance:
    """The instance whose directory a user is in. Raises `LookupError` for a user of none."""
    for one in known(known(estate.snapshot.center).instances):
        if isinstance(one.users, tuple) and user in one.users:
            return one
    raise LookupError(user.id)


def judged_elsewhere(instance: CenterInstance, estate: Estate) -> str:
    """Why an instance is judged with its owner's account, not here; "" where it is judged here."""
    told = instance.details
    owner = instance.owner
    if not isinstance(told, Gap) or not told.elsewhere or estate.elsewhere(owner) is None:
        return ""
    return f"is judged in account {owner}, whose it is"
