"""The product as functions: what the command line does, Python can do from here.

The one place that wires the adapters together and reads the clock.
"""

from idkeep.api.checks import all_checks, find_check
from idkeep.api.demo import demo_scan, demo_server
from idkeep.api.scan import (
    default_store,
    kept_snapshots,
    load_settings,
    rejudge,
    scan,
    scanner_policy,
    version,
)

__all__ = [
    "all_checks",
    "default_store",
    "demo_scan",
    "demo_server",
    "find_check",
    "kept_snapshots",
    "load_settings",
    "rejudge",
    "scan",
    "scanner_policy",
    "version",
]
