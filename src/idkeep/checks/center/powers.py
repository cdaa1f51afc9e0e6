"""Checks on what permission sets' inline policies allow, one for each power of single policies."""

import dataclasses
from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.permission_sets import INLINE, PermissionSets, instance_of
from idkeep.checks.center.administrators import makes_administrators
from idkeep.checks.center.samples import DEVELOPER, center
from idkeep.checks.declare import (
    Check,
    Example,
    Said,
    cannot_tell,
    check,
    fails,
    known,
    passes,
)
from idkeep.checks.edits import BY_KIND
from idkeep.checks.policies.powers import POWERS, TextPower
from idkeep.checks.policies.texts import LOST_TEXT, judged, statements_of
from idkeep.checks.samples import text
from idkeep.model import Gap, PermissionSet

_WHOLE = "permission-set-makes-administrators"
_REFUSED = Gap("sso:GetInlinePolicyForPermissionSet", "AccessDeniedException")


def _check(power: TextPower) -> Check[PermissionSet]:
    def body(one: PermissionSet, estate: Estate) -> Iterator[Said]:
        document = known(one.inline_policy)
        if document is not None:
            engine = estate.once(PermissionSets).inline_alone(instance_of(estate.snapshot, one))
            whole = _WHOLE if makes_administrators(one, estate) else ""
            yield from judged(power, document, engine, name=INLINE, whole=whole)

    body.__name__ = f"{power.id}_in_permission_set"
    body.__doc__ = f"The inline policy of a permission set {power.allows}.\n\n{power.why}"
    return check(
        PermissionSet,
        severity=power.severity,
        controls=power.controls,
        reads=("inline_policy",),
        remedy=dataclasses.replace(
            power.remedy, do=power.remedy.do.format(edit=BY_KIND[PermissionSet])
        ),
        examples=tuple(_examples(power)),
    )(body)


def _examples(power: TextPower) -> Iterator[Example]:
    gives, spares, narrow = (
        replace(DEVELOPER, inline_policy=text(statement)) for statement in statements_of(power)
    )
    yield fails(gives, f"inline policy {INLINE} {power.does}", center=center(gives))
    yield passes(spares, center=center(spares))
    yield passes(narrow, center=center(narrow))
    yield passes(DEVELOPER, center=center(DEVELOPER))
    lost = replace(DEVELOPER, inline_policy="0" * 64)
    yield cannot_tell(lost, LOST_TEXT, center=center(lost))
    refused = replace(DEVELOPER, inline_policy=_REFUSED)
    yield cannot_tell(refused, str(_REFUSED), center=center(refused))


CHECKS = tuple(map(_check, POWERS))
