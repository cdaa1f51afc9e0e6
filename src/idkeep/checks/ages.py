"""Ages in the words that findings use. The clock is the snapshot's."""

from datetime import datetime, timedelta

from idkeep.access import Estate
from idkeep.model import AccessKey

_SECONDS_A_DAY = 86_400
# The console makes a user and its first credentials within moments.
AT_ONCE = timedelta(minutes=10)


def age(estate: Estate, since: datetime) -> int:
    """Whole days from `since` to the snapshot; 0 for what lies in its future."""
    return max(0, int((estate.snapshot.taken - since).total_seconds() // _SECONDS_A_DAY))


def days(estate: Estate, since: datetime) -> str:
    count = age(estate, since)
    return "1 day" if count == 1 else f"{count} days"


def how_long_ago(estate: Estate, when: datetime) -> str:
    return f"{days(estate, when)} ago" if age(estate, when) else "today"


def last_use(estate: Estate, key: AccessKey) -> str:
    if key.last_used is None:
        return "never used"
    service = f" by {key.last_used_service}" if key.last_used_service else ""
    return f"last used {how_long_ago(estate, key.last_used)}{service}"
