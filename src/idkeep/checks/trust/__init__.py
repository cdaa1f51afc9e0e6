"""Checks on whom roles trust: accounts, services, identity providers."""

from idkeep.checks.declare import AnyCheck
from idkeep.checks.trust import federation, outsiders, providers, services, upkeep

CHECKS: tuple[AnyCheck, ...] = (
    *outsiders.CHECKS,
    *services.CHECKS,
    *federation.CHECKS,
    *providers.CHECKS,
    *upkeep.CHECKS,
)
