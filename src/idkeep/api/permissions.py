"""The permissions that idkeep itself needs."""

from typing import Any

from idkeep import collect


def scanner_policy() -> dict[str, Any]:
    """The IAM policy that a scan needs: exactly what it calls."""
    return collect.scanner_policy()
