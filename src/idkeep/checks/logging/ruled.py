"""Worked examples of rules of EventBridge in the place of filters and alarms."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from idkeep.checks.declare import Example, cannot_tell, does_not_apply, fails, passes
from idkeep.checks.logging.samples import HEAD, TOPIC, TRAIL, logging
from idkeep.checks.logging.watched import Watched
from idkeep.model import Gap
from idkeep.model.logging import (
    AlarmTopic,
    EventRule,
    Logging,
    RegionRules,
    RuleTarget,
    Subscriptions,
)

INSTEAD = "EventBridge tells of them by rule {}, in the place of a metric filter and an alarm"
_HOME, _AWAY = "us-east-1", "eu-west-1"
_ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
_EVERYTHING = json.dumps({"detail-type": [{"suffix": "via CloudTrail"}]})
_ROOTS = json.dumps(
    {
        "detail-type": ["AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"],
        "detail": {"userIdentity": {"type": ["Root"], "invokedBy": [{"exists": False}]}},
    }
)
_REFUSED = Gap("events:ListRules", "AccessDeniedException")
_NO_TARGETS = Gap("events:ListTargetsByRule", "AccessDeniedException")
_NO_GROUP = replace(TRAIL, log_group=None)


def _bus(region: str, account: str = "111122223333") -> str:
    return f"arn:aws:events:{region}:{account}:event-bus/default"


def _rule(region: str, *targets: str, **facts: Any) -> EventRule:  # noqa: ANN401 -- of any kind
    made = EventRule(
        arn=f"arn:aws:events:{region}:111122223333:rule/watch",
        name="watch",
        bus=_bus(region),
        pattern=_EVERYTHING,
        state=_ALL,
        targets=tuple(RuleTarget(id=f"t{n}", arn=arn) for n, arn in enumerate(targets)),
    )
    return replace(made, **facts)


def _watched_by(*rules: EventRule, told: object = Subscriptions(confirmed=("email",))) -> Logging:
    by_region: dict[str, tuple[EventRule, ...]] = {_AWAY: (), _HOME: ()}
    for one in rules:
        region = one.arn.split(":")[3]
        by_region[region] = (*by_region[region], one)
    return logging(
        _NO_GROUP,
        rules=tuple(RegionRules(region=name, rules=some) for name, some in by_region.items()),
        topics=(AlarmTopic(arn=TOPIC, subscriptions=told),),  # type: ignore[arg-type]
    )


_BOTH = (_rule(_HOME, TOPIC), _rule(_AWAY, TOPIC))
_ROOT = tuple(replace(one, pattern=_ROOTS) for one in _BOTH)


def examples(watched: Watched, instead: str | None, around: Mapping[str, Any]) -> Iterator[Example]:
    """`instead` is what the verdict says where rules alone tell, None where it passes."""
    everywhere = _watched_by(*_BOTH)
    if instead is not None:
        yield does_not_apply(everywhere, instead.format("watch"), **around)
        return
    yield passes(everywhere)
    yield passes(_watched_by(*_ROOT))
    yield passes(_watched_by(_ROOT[0], replace(_ROOT[1], targets=_to(_bus(_HOME)))))
    yield from _losing(watched)
    yield from _open()


def _losing(watched: Watched) -> Iterator[Example]:
    nobody = f"tells nobody of {watched.words}: "
    yield fails(
        _watched_by(_ROOT[0]),
        "tells nobody of ListBuckets: rule watch tells of them in us-east-1, and not in eu-west-1",
    )
    yield fails(
        _watched_by(*(replace(one, state="ENABLED") for one in _ROOT)),
        "tells nobody of ListBuckets: no trail that logs them has a log group",
    )
    yield fails(
        _watched_by(*_ROOT, told=Subscriptions(pending=1)),
        f"{nobody}rule watch tells a topic to which nobody subscribed (1 not confirmed)",
    )
    to_a_group = (f"arn:aws:logs:{HEAD}:log-group:/aws/events/all",)
    yield fails(
        _watched_by(*(replace(one, targets=_to(*to_a_group)) for one in _ROOT)),
        f"{nobody}rule watch writes it to a log group and tells nobody",
    )
    yield fails(
        _watched_by(*(replace(one, targets=()) for one in _ROOT)),
        f"{nobody}rule watch has no target",
    )


def _open() -> Iterator[Example]:
    theirs = _bus(_HOME, "999988887777")
    yield cannot_tell(
        _watched_by(*(replace(one, targets=_to(theirs)) for one in _ROOT)),
        "the bus is account 999988887777's, whose own scan tells",
    )
    yield cannot_tell(
        _watched_by(*(replace(one, targets=_NO_TARGETS) for one in _ROOT)), str(_NO_TARGETS)
    )
    yield cannot_tell(
        _watched_by(*(replace(one, pattern='{"detail": "Root"}') for one in _ROOT)),
        "whether rule watch takes it: the field 'detail' has neither an object nor an array",
    )
    yield cannot_tell(logging(_NO_GROUP, rules=_REFUSED), f"whether a rule tells of it: {_REFUSED}")


def _to(*targets: str) -> tuple[RuleTarget, ...]:
    return tuple(RuleTarget(id=f"t{n}", arn=arn) for n, arn in enumerate(targets))
