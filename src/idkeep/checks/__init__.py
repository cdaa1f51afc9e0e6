"""Every check, its documentation, its examples; and the one loop that runs them."""

from idkeep.checks import account, keys, passwords, root, users
from idkeep.checks.declare import AnyCheck, Example
from idkeep.checks.run import run

ALL: tuple[AnyCheck, ...] = (
    *account.CHECKS,
    *root.CHECKS,
    *users.CHECKS,
    *keys.CHECKS,
    *passwords.CHECKS,
)

__all__ = ["ALL", "AnyCheck", "Example", "run"]
