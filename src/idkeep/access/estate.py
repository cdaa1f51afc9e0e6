"""What a check may ask."""

from dataclasses import dataclass

from idkeep.config import Settings
from idkeep.model import Snapshot


@dataclass(frozen=True, slots=True)
class Estate:
    """The facts and the settings. Questions of permission will be asked here too."""

    snapshot: Snapshot
    settings: Settings
