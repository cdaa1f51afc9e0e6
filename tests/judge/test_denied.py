"""A fact that was refused makes verdicts unknown, and never another pass or failure.

Each action behind the snapshots is taken away in turn, from whatever it gave.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_type_hints

import pytest
from msgspec import Struct
from msgspec.structs import replace

from idkeep.model import Gap, NotAsked, Status, Unlisted, Verdict, all_read_by, gave
from judge.conftest import Organization

PRODUCTION = "111122223333"


@cache
def reads(kind: type[Struct]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields of a kind that say who may give them."""
    return tuple(
        (name, actions) for name in kind.__struct_fields__ if (actions := all_read_by(kind, name))
    )


def actions_behind(value: Any) -> Iterator[str]:
    if isinstance(value, Struct):
        for _, actions in reads(type(value)):
            yield from gave(value, actions)
        for name in value.__struct_fields__:
            yield from actions_behind(getattr(value, name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from actions_behind(one)


@cache
def listed(kind: type[Struct], name: str) -> str:
    """What a field lists that cannot hold a gap itself; "" for another field."""
    hint = str(get_type_hints(kind)[name])
    if "Gap" in hint:
        return ""
    elements = get_args(get_type_hints(kind)[name])
    return str(elements[0].__name__) if elements else ""


def without(value: Any, action: str) -> Any:
    """The same with a gap in the place of whatever that action gave."""
    if isinstance(value, Struct):
        return _struct_without(value, action)
    if isinstance(value, tuple):
        parts = tuple(without(one, action) for one in value)
        same = all(a is b for a, b in zip(parts, value, strict=True))
        return value if same else parts
    return value


def _struct_without(value: Struct, action: str) -> Struct:
    gap = Gap(action, "AccessDenied")
    changes: dict[str, Any] = {
        name: without(getattr(value, name), action) for name in value.__struct_fields__
    }
    for name, by in reads(type(value)):
        # What was not asked for cannot be refused.
        if action not in gave(value, by) or isinstance(getattr(value, name), NotAsked):
            continue
        if not (kind := listed(type(value), name)):
            changes[name] = gap
        elif "unlisted" in changes:
            changes[name] = ()
            changes["unlisted"] = (*changes["unlisted"], Unlisted(kind, gap))
    changed = {name: one for name, one in changes.items() if one is not getattr(value, name)}
    return replace(value, **changed) if changed else value


def is_honest(was: Status | None, now: Verdict) -> bool:
    """The same as before, unknown, or a finding that says what might take it away.

    A policy of the organisation can only take away: so a member account, which may not read them,
    still learns who is an administrator, and that such a policy might deny it.
    """
    if now.status is was or now.status not in (Status.PASS, Status.FAIL):
        return True
    if now.status is Status.PASS:
        return was is Status.NOT_APPLICABLE
    return all("which was not read" in one.message for one in now.findings)


PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_a_refused_fact_makes_no_other_verdict(organization: Organization, part: int) -> None:
    snapshot = organization.snapshots[PRODUCTION]
    before = organization.as_read(PRODUCTION)
    actions = sorted(set(actions_behind(snapshot)))
    assert len(actions) > 100
    wrong = [
        (action, outcome.check, one.subject.name, one.status, one.findings)
        for action in actions[part::PARTS]
        if (lacking := without(snapshot, action)) is not snapshot
        for outcome in organization.outcomes(lacking)
        for one in outcome.verdicts
        if not is_honest(before.get((outcome.check, one.subject.kind, one.subject.id)), one)
    ]
    assert wrong == []
