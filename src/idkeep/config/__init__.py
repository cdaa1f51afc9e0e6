"""Settings, parsed once at the door into a value."""

from idkeep.config.read import parse, parse_pyproject
from idkeep.config.settings import (
    AcceptedGap,
    Evidence,
    ForbiddenPair,
    RootRegister,
    Settings,
    SeverityOverride,
    Suppression,
    TrustedAccount,
)

__all__ = [
    "AcceptedGap",
    "Evidence",
    "ForbiddenPair",
    "RootRegister",
    "Settings",
    "SeverityOverride",
    "Suppression",
    "TrustedAccount",
    "parse",
    "parse_pyproject",
]
