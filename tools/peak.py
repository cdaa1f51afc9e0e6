"""What memory a process took at most."""

import resource
import sys
from pathlib import Path


def peak_memory() -> int:
    """Bytes of this process's own program; Linux counts those of who started it to `ru_maxrss`."""
    status = Path("/proc/self/status")
    if status.exists():
        told = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(told["VmHWM"].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
