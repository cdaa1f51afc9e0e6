"""Trails, where they are seen, and what they log.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html: a trail of
all regions has a shadow in each, one of the organisation in each member. Kinds: trail (with
`status`, `selectors` and `insights`, the answers about them). A trail is declared without a region;
its HomeRegion tells.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from idkeep.demo.declared.account import Said
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table

OURS = ("status", "selectors", "insights")


def _seen(asked: Asked) -> list[Said]:
    """The trails of the region asked: made there, of all regions, or the organisation's."""
    return [
        trail
        for trail in (*asked.things("trail"), *_organization_s(asked))
        if trail["HomeRegion"] == asked.call.region or trail.get("IsMultiRegionTrail")
    ]


def _organization_s(asked: Asked) -> list[Said]:
    """The organisation's trails, made in the management account or by a deputy."""
    if asked.world.member(asked.state.account) is None:
        return []
    own = asked.state.account
    return [
        thing.says
        for account, declared in asked.world.estate.accounts.items()
        if account != own
        for thing in declared.things.get("cloudtrail", ())
        if thing.kind == "trail" and thing.says.get("IsOrganizationTrail")
    ]


def _is_shadow(asked: Asked, trail: Said) -> bool:
    is_own = f":{asked.state.account}:" in trail["TrailARN"]
    return not is_own or trail["HomeRegion"] != asked.call.region


def _trail(asked: Asked, name: str) -> Said:
    """By name in its home region, by ARN wherever it is seen. Raises TrailNotFoundException."""
    for trail in _seen(asked):
        if name == trail["TrailARN"] or (name == trail["Name"] and not _is_shadow(asked, trail)):
            return trail
    raise Refused(
        "TrailNotFoundException",
        f"Unknown trail: {name} for the user: {asked.state.account}",
    )


def _said(trail: Said) -> Said:
    return {name: value for name, value in trail.items() if name not in OURS}


def _describe(asked: Asked) -> Mapping[str, Any]:
    names = asked.params.get("trailNameList") or []
    shadows = asked.params.get("includeShadowTrails")
    found = [
        trail
        for trail in _seen(asked)
        if (not names or trail["TrailARN"] in names or trail["Name"] in names)
        and (shadows is not False or not _is_shadow(asked, trail))
    ]
    return {"trailList": [_said(trail) for trail in found]}


def _list(asked: Asked) -> Mapping[str, Any]:
    """Those of every region."""
    found = [
        {word: trail[word] for word in ("TrailARN", "Name", "HomeRegion")}
        for trail in (*asked.things("trail"), *_organization_s(asked))
    ]
    items, more = asked.page(found, 100)
    return {"Trails": items, **more}


def _get(asked: Asked) -> Mapping[str, Any]:
    return {"Trail": _said(_trail(asked, asked.params["Name"]))}


def _status(asked: Asked) -> Mapping[str, Any]:
    status: Said = _trail(asked, asked.params["Name"])["status"]
    return _as_text(status, asked.state.clock()) | status


def _as_text(status: Said, now: datetime) -> Said:
    """The older members, which AWS still sends: times as text, empty where there is none."""
    told = {
        word: f"{now - timedelta(days=status[name]):%Y-%m-%dT%H:%M:%SZ}" if name in status else ""
        for word, name in (
            ("TimeLoggingStarted", "StartLoggingTime"),
            ("TimeLoggingStopped", "StopLoggingTime"),
            ("LatestDeliveryAttemptTime", "LatestDeliveryTime"),
            ("LatestNotificationAttemptTime", "LatestNotificationTime"),
        )
    }
    return told | {
        "LatestDeliveryAttemptSucceeded": told["LatestDeliveryAttemptTime"],
        "LatestNotificationAttemptSucceeded": told["LatestNotificationAttemptTime"],
    }


def _selectors(asked: Asked) -> Mapping[str, Any]:
    trail = _trail(asked, asked.params["TrailName"])
    return {"TrailARN": trail["TrailARN"], **trail["selectors"]}


def _insights(asked: Asked) -> Mapping[str, Any]:
    trail = _trail(asked, asked.params["TrailName"])
    if "insights" not in trail:
        raise Refused(
            "InsightNotEnabledException",
            f"Trail {trail['TrailARN']} does not have Insights enabled.",
        )
    return {"TrailARN": trail["TrailARN"], **trail["insights"]}


OPERATIONS: Table = {
    "DescribeTrails": _describe,
    "GetEventSelectors": _selectors,
    "GetInsightSelectors": _insights,
    "GetTrail": _get,
    "GetTrailStatus": _status,
    "ListTrails": _list,
}
