"""How snapshots are judged beyond the settings: by which checks, and beside which older scan."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from msgspec import Struct

from idkeep import checks
from idkeep.checks import RULE_CHANGES, RULES_VERSION, AnyCheck
from idkeep.config import Settings
from idkeep.errors import Exit, IdkeepError, meant
from idkeep.report.scan import Earlier, Selection


class OtherRules(IdkeepError):
    """The rules that were pinned are not those of this idkeep."""

    exit_code = Exit.REFUSED


class Judging(Struct, frozen=True, kw_only=True):
    """`selection` is what the report is narrowed to; `against` is the older scan, if any.

    `in_parts`: each check tells what it finds, also what is part of another's finding.
    """

    selection: Selection = Selection()
    against: "Against | None" = None
    in_parts: bool = False

    @property
    def checks(self) -> tuple[AnyCheck, ...]:
        """Those that are run. Raises `IdkeepError` for a pattern that names none."""
        return chosen_checks(self.selection)


class Against(Struct, frozen=True, kw_only=True):
    """An older scan by its name; `earlier` is what it found in an account, by these settings."""

    name: str
    earlier: Callable[[str, Settings, Selection], Earlier]


def chosen_checks(selection: Selection) -> tuple[AnyCheck, ...]:
    for pattern in (*selection.checks, *selection.skipped):
        if not any(fnmatchcase(one.id, pattern) for one in checks.ALL):
            hint = meant(pattern, (one.id for one in checks.ALL), "`idkeep checks` lists them")
            raise IdkeepError(f"no check is called {pattern}", hint=hint)
    wanted = selection.checks or ("*",)
    found = tuple(
        one for one in checks.ALL if _fits(one.id, wanted) and not _fits(one.id, selection.skipped)
    )
    if not found:
        raise IdkeepError("no check is left to run", hint="--skip takes away all of --check")
    return found


def check_rules(wanted: int) -> None:
    """See that the rules are those. Raises `OtherRules` with what is different."""
    if wanted == RULES_VERSION:
        return
    changed = [
        f"{version}: {change}"
        for version, changes in RULE_CHANGES.items()
        if version > wanted
        for change in changes
    ]
    if wanted > RULES_VERSION or wanted < min(RULE_CHANGES):
        raise OtherRules(
            f"this idkeep judges by rules {RULES_VERSION}; there is no version {wanted} in it",
            hint="the changelog says which idkeep has which rules",
        )
    raise OtherRules(
        f"this idkeep judges by rules {RULES_VERSION}, not {wanted}; since then: "
        + "; ".join(changed),
        hint="look at what changed and pin the new version, or install the older idkeep",
    )


def _fits(ident: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(ident, one) for one in patterns)
