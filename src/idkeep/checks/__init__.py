"""Every check, its documentation, its examples; and the one loop that runs them."""

from idkeep.checks import (
    account,
    center,
    contacts,
    key_habits,
    keys,
    logging,
    organization,
    password_rules,
    passwords,
    policies,
    root,
    root_credentials,
    root_guard,
    root_people,
    services,
    trust,
    user_credentials,
    user_life,
    user_mfa,
    users,
)
from idkeep.checks.declare import AnyCheck, Example
from idkeep.checks.rules import RULE_CHANGES, RULES_VERSION
from idkeep.checks.run import run, run_each
from idkeep.checks.settle import SuppressionTally, SuppressionUse, settle

ALL: tuple[AnyCheck, ...] = (
    *account.CHECKS,
    *contacts.CHECKS,
    *root.CHECKS,
    *root_credentials.CHECKS,
    *root_guard.CHECKS,
    *root_people.CHECKS,
    *users.CHECKS,
    *user_mfa.CHECKS,
    *user_life.CHECKS,
    *user_credentials.CHECKS,
    *keys.CHECKS,
    *key_habits.CHECKS,
    *passwords.CHECKS,
    *password_rules.CHECKS,
    *policies.CHECKS,
    *trust.CHECKS,
    *logging.CHECKS,
    *services.CHECKS,
    *center.CHECKS,
    *organization.CHECKS,
)

__all__ = [
    "ALL",
    "RULES_VERSION",
    "RULE_CHANGES",
    "AnyCheck",
    "Example",
    "SuppressionTally",
    "SuppressionUse",
    "run",
    "run_each",
    "settle",
]
