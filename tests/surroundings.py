"""What of a developer's or a builder's machine must not reach a test."""

import os
import signal
import threading
from collections.abc import MutableMapping

# Seconds for what ends by itself, on a machine that has much else to do: no test is about them.
PATIENCE = 300

# They name what a few tests read besides, where somebody has it.
_MEANT = ("IDKEEP_LABELLED_POLICIES", "IDKEEP_POLICY_CASES", "IDKEEP_RECORDED_ANSWERS")
_FOREIGN = ("AWS_", "IDKEEP_", "MOTO_", "CLICOLOR", "TTY_")
_TERMINAL = ("NO_COLOR", "FORCE_COLOR", "TERM", "LINES", "PYTHONIOENCODING", "PYTHONWARNINGS")
# Images of containers set it, and then every process of the tests compiles all it imports anew.
_SLOW = "PYTHONDONTWRITEBYTECODE"
_SET = {
    # No account of anybody's: neither by a profile nor by the machine that the tests run on.
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    # No catalog that was brought up to date, and no snapshots: a folder that nobody can make.
    "XDG_DATA_HOME": "/proc/nowhere",
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
    # As where there is no terminal.
    "COLUMNS": "80",
}


def settle(environment: MutableMapping[str, str]) -> None:
    environment.pop(_SLOW, None)
    for name in tuple(environment):
        if (name.startswith(_FOREIGN) and name not in _MEANT) or name in _TERMINAL:
            del environment[name]
    environment.update(_SET)


def hear_ctrl_c() -> None:
    """A shell's job in the background ignores it, and so would all that the tests start."""
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if ignored and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
