"""Checks on IAM Identity Center: what it gives, to whom, and through which doors."""

from idkeep.checks.center import (
    administrators,
    applications,
    assigned,
    entitlements,
    instances,
    people,
    powers,
    provisioned,
    sets,
)
from idkeep.checks.declare import AnyCheck

CHECKS: tuple[AnyCheck, ...] = (
    *sets.CHECKS,
    *provisioned.CHECKS,
    *administrators.CHECKS,
    *powers.CHECKS,
    *assigned.CHECKS,
    *people.CHECKS,
    *instances.CHECKS,
    *applications.CHECKS,
    *entitlements.CHECKS,
)
