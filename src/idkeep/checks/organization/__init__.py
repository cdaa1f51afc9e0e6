"""Checks on the organisation: its policies, its accounts, and to whom it hands power."""

from idkeep.checks.declare import AnyCheck
from idkeep.checks.organization import (
    accounts,
    agreements,
    declarative,
    invitations,
    members,
    room,
    whole,
)

CHECKS: tuple[AnyCheck, ...] = (
    *whole.CHECKS,
    *members.CHECKS,
    *declarative.CHECKS,
    *accounts.CHECKS,
    *invitations.CHECKS,
    *agreements.CHECKS,
    *room.CHECKS,
)
