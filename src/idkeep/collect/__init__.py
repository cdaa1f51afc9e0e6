"""AWS to a `Snapshot`, in few calls; what could not be read is a `Gap` in its place."""

from idkeep.collect.account import COLLECTORS, collect
from idkeep.collect.aws import Aws, connect
from idkeep.collect.permissions import actions, scanner_policy

__all__ = ["COLLECTORS", "Aws", "actions", "collect", "connect", "scanner_policy"]
