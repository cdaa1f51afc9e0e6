"""How far the news of an event goes, and who is there to receive it."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from msgspec import Struct

from idkeep.access.filter_pattern import Undecided
from idkeep.access.logged import Happened
from idkeep.model import Unread
from idkeep.model.logging import AlarmTopic, Logging, NotOwned, Subscriptions


class Stage(IntEnum):
    """How far the news of an event goes."""

    NO_TRAIL = 0
    NO_LOG_GROUP = 1
    NO_FILTER = 2
    NO_ALARM = 3
    NOBODY = 4
    TOLD = 5


class Sample(Struct, frozen=True, kw_only=True):
    """An event that somebody should be told of: as selectors see it, and as JSON.

    `several` is whether it may take more than one of them.
    """

    name: str
    seen: Happened
    json: Mapping[str, Any]
    several: bool = False


class News(Struct, frozen=True, kw_only=True):
    """What becomes of an event. `why` is the reason where the last stage is not reached.

    `unknown` are reasons for which it might go further than `stage`. `by` names the rule that tells
    it, "" where an alarm does.
    """

    stage: Stage
    why: str = ""
    by: str = ""
    unknown: tuple[str, ...] = ()


def topics_of(logging: Logging) -> Mapping[str, AlarmTopic]:
    return {one.arn: one for one in logging.topics}


def subscribed(told: Subscriptions | NotOwned | Unread | None) -> bool | str | Undecided:
    """Whether somebody receives what a topic is told, or why nobody does."""
    if told is None:
        return "tells a topic that is gone"
    if isinstance(told, NotOwned):
        return Undecided(
            f"the topic is account {told.account}'s, and its subscribers are told there"
        )
    if not isinstance(told, Subscriptions):
        return Undecided(str(told))
    pending = f" ({told.pending} not confirmed)" if told.pending else ""
    return bool(told.confirmed) or f"tells a topic to which nobody subscribed{pending}"
