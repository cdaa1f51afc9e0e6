"""What a scan finds does not fill the memory: four times the findings take hardly more of it.

Processes of their own are measured by the most memory that they had, which no other work of the
machine changes.
"""

import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("memory_child.py")
# MB. Verdicts that stood in memory took 760 bytes each, 23 MB here, and the rows of accounts 36.
MOST = 15

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peaks are told by /proc"
)


def peak(*words: str) -> float:
    """In MB."""
    done = subprocess.run(
        [sys.executable, CHILD, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


@pytest.mark.parametrize(
    ("what", "few"), [("account", 20), ("organization", 100), ("framework", 2)]
)
def test_four_times_the_findings_take_no_more_memory(what: str, few: int) -> None:
    assert peak(what, str(4 * few)) - peak(what, str(few)) < MOST
