"""The checks as a reader looks them up."""

from msgspec import Struct

from idkeep.api.frameworks import frameworks, peer_checks
from idkeep.checks import ALL, AnyCheck
from idkeep.errors import IdkeepError, meant
from idkeep.model import Severity
from idkeep.report.remedy import ReportedRemedy, reported


class ListedCheck(Struct, frozen=True, kw_only=True):
    """A check for other tools. `permissions` are the IAM actions of a scan that it needs.

    `frameworks` are the controls that ask for its objectives, by framework; `stands_in_for` are
    checks of another scanner; `remedy` is what mends what it finds.
    """

    id: str
    severity: Severity
    subject: str
    title: str
    controls: tuple[str, ...]
    frameworks: dict[str, tuple[str, ...]]
    permissions: tuple[str, ...]
    stands_in_for: tuple[str, ...]
    remedy: ReportedRemedy


def all_checks() -> tuple[AnyCheck, ...]:
    """Every check, worst severity first."""
    return tuple(sorted(ALL, key=lambda one: (-one.severity.rank, one.id)))


def find_check(wanted: str) -> AnyCheck:
    """By id. Raises `IdkeepError` with what was perhaps meant."""
    by_id = {one.id: one for one in ALL}
    if wanted in by_id:
        return by_id[wanted]
    family = [one for one in by_id if one.startswith(f"{wanted}-")]
    if family:
        several = ", ".join(family)
        raise IdkeepError(f"{wanted!r} is what several checks begin with", hint=f"one of {several}")
    hint = meant(wanted, by_id, "`idkeep checks` lists them")
    raise IdkeepError(f"there is no check {wanted!r}", hint=hint)


def listed_checks() -> tuple[ListedCheck, ...]:
    """Every check with all that hangs on it, worst severity first."""
    return tuple(_listed(one) for one in all_checks())


def _listed(check: AnyCheck) -> ListedCheck:
    asking = {
        framework.id: tuple(
            control.id
            for control in framework.controls
            if control.rests_on(check.controls, check.subject.__name__)
        )
        for framework in frameworks()
    }
    return ListedCheck(
        id=check.id,
        severity=check.severity,
        subject=check.subject.__name__,
        title=check.title,
        controls=check.controls,
        frameworks={name: controls for name, controls in asking.items() if controls},
        permissions=tuple(sorted(check.needs)),
        stands_in_for=tuple(one.id for one in peer_checks() if check.id in one.checks),
        remedy=reported(check.remedy),
    )
