"""A folder of saved answers in the place of AWS: the same families, asked in the same way."""

from idkeep.collect.offline.account import Offline, Taken, collect_offline
from idkeep.collect.offline.commands import commands, files

__all__ = ["Offline", "Taken", "collect_offline", "commands", "files"]
