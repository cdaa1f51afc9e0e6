"""Findings on policies: as a compiler shows them, as JSON, and as SARIF 2.1.0.

SARIF: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import msgspec

from idkeep.policy.document import PolicyKind
from idkeep.policy.linting import ISSUES, Category, Finding
from idkeep.report.printable import escaped_json, printable, uri_path

_WIDTH = 96
_LEVELS = {
    Category.ERROR: "error",
    Category.SECURITY_WARNING: "warning",
    Category.WARNING: "warning",
    Category.SUGGESTION: "note",
    Category.NOTE: "note",
}


class Linted(Protocol):
    """A document with its findings; `idkeep.api.lint.LintedPolicy` says what each field is."""

    @property
    def file(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def kind(self) -> PolicyKind: ...
    @property
    def guessed(self) -> bool: ...
    @property
    def source(self) -> str: ...
    @property
    def in_string(self) -> bool: ...
    @property
    def findings(self) -> tuple[Finding, ...]: ...


def finding_lines(policy: Linted, finding: Finding) -> Iterator[str]:
    """The finding, where it is, the line with what is meant underlined, and its page."""
    place = f"{policy.file}:{finding.line}:{finding.column}"
    inside = f" (in {policy.at})" if policy.at else ""
    yield printable(f"{finding.category}[{finding.code}]: {finding.message}")
    gutter = " " * len(str(finding.line))
    yield printable(f"{gutter}--> {place}{inside}")
    text, start = _line(policy.source, finding.line, finding.column)
    width = max(1, min(finding.width, len(text) - start))
    yield f"{gutter} |"
    yield f"{finding.line} | {text}"
    yield f"{gutter} | {' ' * start}{'^' * width}"
    yield f"{gutter} = {finding.issue.page}"


def _line(source: str, line: int, column: int) -> tuple[str, int]:
    """One line, cut down around the column, and where the column is in what is left."""
    lines = source.split("\n")
    text = lines[line - 1] if line <= len(lines) else ""
    at = column - 1
    cut = max(0, at - _WIDTH // 2) if len(text) > _WIDTH else 0
    before, after = text[cut:at], text[at : cut + _WIDTH]
    before = printable(before.replace("\t", " "))
    after = printable(after.replace("\t", " ").rstrip("\r"))
    lead = "… " if cut else ""
    tail = " …" if cut + _WIDTH < len(text) else ""
    return f"{lead}{before}{after}{tail}", len(lead) + len(before)


def lint_json(policies: Sequence[Linted], catalog: str) -> bytes:
    """Every document that was looked at, with what was found in it; ended by a line feed."""
    told = {
        "format": "idkeep.lint/1",
        "catalog": catalog,
        "policies": [
            {
                "file": one.file,
                "at": one.at,
                "kind": one.kind,
                "kind_guessed": one.guessed,
                "findings": [
                    {**msgspec.to_builtins(found), "page": found.issue.page}
                    for found in one.findings
                ],
            }
            for one in policies
        ],
    }
    return escaped_json(msgspec.json.format(msgspec.json.encode(told), indent=2)) + b"\n"


def lint_sarif(policies: Sequence[Linted], version: str) -> bytes:
    """One run of `idkeep lint`; `version` is idkeep's."""
    codes = sorted({found.code for one in policies for found in one.findings})
    places = {code: n for n, code in enumerate(codes)}
    document = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "idkeep",
                        "semanticVersion": version,
                        "rules": [_rule(code) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(one, found, places[found.code])
                    for one in policies
                    for found in one.findings
                ],
            }
        ],
    }
    return escaped_json(msgspec.json.format(msgspec.json.encode(document), indent=2)) + b"\n"


def _rule(code: str) -> dict[str, Any]:
    issue = ISSUES[code]
    return {
        "id": code,
        "shortDescription": {"text": issue.title},
        "helpUri": issue.page,
        "defaultConfiguration": {"level": _LEVELS[issue.category]},
        "properties": {"category": issue.category},
    }


def _result(policy: Linted, finding: Finding, rule: int) -> dict[str, Any]:
    """Without a region where the document is a string in its file: its lines are its own."""
    inside = f"{policy.at}: " if policy.at else ""
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri_path(policy.file)}}
    if not policy.in_string:
        physical["region"] = {
            "startLine": finding.line,
            "startColumn": finding.column,
            "endColumn": finding.column + finding.width,
        }
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.category],
        "message": {"text": f"{inside}{finding.message}"},
        "locations": [{"physicalLocation": physical}],
        "properties": {"category": finding.category},
    }
