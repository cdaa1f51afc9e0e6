"""Checks on the security services: which are on, where, and what they say."""

from idkeep.checks.declare import AnyCheck
from idkeep.checks.services import (
    analyzers,
    delegation,
    endpoints,
    guard_duty,
    guard_duty_says,
    hub,
    internal_access,
    metadata,
    others,
    recording,
    second_opinion,
    shared,
)

CHECKS: tuple[AnyCheck, ...] = (
    *guard_duty.CHECKS,
    *guard_duty_says.CHECKS,
    *hub.CHECKS,
    *recording.CHECKS,
    *analyzers.CHECKS,
    *internal_access.CHECKS,
    *delegation.CHECKS,
    *others.CHECKS,
    *shared.CHECKS,
    *metadata.CHECKS,
    *endpoints.CHECKS,
    *second_opinion.CHECKS,
)
