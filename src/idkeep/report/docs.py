"""The reference pages of checks, written from their declarations."""

from collections.abc import Iterable, Iterator

from idkeep.checks import AnyCheck
from idkeep.config import Settings
from idkeep.report.remedy import remedy_sections, reported
from idkeep.report.words import noun, nouns

_MARK = "<!-- Written by `make generated` from the check's declaration; edit that instead. -->"


def check_page(check: AnyCheck) -> str:
    """One check as Markdown."""
    return "\n".join(_page(check)).strip() + "\n"


def _page(check: AnyCheck) -> Iterator[str]:
    yield f"# {check.id}\n\n{_MARK}\n\n{check.title}\n\n{check.why}\n"
    yield f"**Severity** {check.severity} · **Looks at** each {noun(check.subject.__name__)}\n"
    yield f"**Control objectives** {', '.join(check.controls)}\n"
    yield from remedy_sections(reported(check.remedy))
    yield "## What it reads\n\n| fact | AWS action |\n|---|---|"
    yield "\n".join(f"| {name} | {_by(actions)} |" for name, actions in check.facts)
    if check.listed_by:
        yield f"\nThe {nouns(check.subject.__name__)} themselves come from {_by(check.listed_by)}."
    if check.settings:
        yield f"\n{_settings(check)}"
    yield "\nA fact that could not be read makes the verdict *unknown*, never a pass.\n"
    yield "## What it says\n"
    for kind, lines in _says(check):
        if lines:
            yield "\n".join((f"{kind}:\n", *(f"- {line}" for line in lines), ""))


def _by(actions: tuple[str, ...]) -> str:
    if len(actions) == 1:
        return f"`{actions[0]}`"
    return f"one of {len(actions)} actions, by type: [the facts](../facts.md#more-resources)"


def _settings(check: AnyCheck) -> str:
    """The settings it measures against, with their defaults."""
    told = (f"`{name}` (by default {getattr(Settings(), name)})" for name in check.settings)
    return f"Settings: {', '.join(told)}."


def _says(check: AnyCheck) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each thing the examples show once, in their order."""
    examples = check.examples
    yield "Fails", _once(message for one in examples for message in one.problems)
    yield "Cannot tell", _once(one.unknown for one in examples if one.unknown)
    yield "Does not apply", _once(one.not_applicable for one in examples if one.not_applicable)


def _once(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))


def check_index(checks: Iterable[AnyCheck]) -> str:
    """The list of checks as Markdown, linked to their pages."""
    rows = "\n".join(
        f"| [{one.id}]({one.id}.md) | {one.severity} | {noun(one.subject.__name__)} | {one.title} |"
        for one in sorted(checks, key=lambda one: (-one.severity.rank, one.id))
    )
    head = "| check | severity | looks at | finds |\n|---|---|---|---|"
    return f"# Checks\n\n{_MARK}\n\n{head}\n{rows}\n"
