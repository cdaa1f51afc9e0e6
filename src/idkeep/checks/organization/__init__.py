"""Checks on the organisation: its policies, its accounts, and to whom it hands power."""

from idkeep.checks.declare import AnyCheck
from idkeep.checks.organization import accounts, agreements, declarative, members, whole

CHECKS: tuple[AnyCheck, ...] = (
    *whole.CHECKS,
    *members.CHECKS,
    *declarative.CHECKS,
    *accounts.CHECKS,
    *agreements.CHECKS,
)
