"""The permissions that idkeep itself needs."""

from collections.abc import Iterable
from typing import Any

from idkeep import collect
from idkeep.model import DEFAULT_FAMILIES, Family
from idkeep.report import permissions


def scanner_policy(families: Iterable[Family] = DEFAULT_FAMILIES) -> dict[str, Any]:
    """The IAM policy that a scan for these families needs: exactly what it calls."""
    return collect.scanner_policy(families)


def cloudformation(families: Iterable[Family], role: str) -> dict[str, Any]:
    """A template of the role with that policy, for a stack or a StackSet."""
    return permissions.cloudformation(scanner_policy(families), role)


def terraform(families: Iterable[Family], role: str) -> str:
    """A module of the role with that policy."""
    return permissions.terraform(scanner_policy(families), role)
