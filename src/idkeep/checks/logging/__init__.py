"""Checks on what an account logs, where that is kept, and who is told of it."""

from idkeep.checks.declare import AnyCheck
from idkeep.checks.logging import alarms, buckets, coverage, groups, kept, trails

CHECKS: tuple[AnyCheck, ...] = (
    *coverage.CHECKS,
    *trails.CHECKS,
    *buckets.CHECKS,
    *kept.CHECKS,
    *groups.CHECKS,
    *alarms.CHECKS,
)
