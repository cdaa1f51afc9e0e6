"""What every format of a report is to a writer: pieces of text, account by account.

A scan of one account is told once, an organisation account by account, so that its size never
stands in memory whole. What a format has to say of all of them comes at the end.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from idkeep.report.aside import Aside, in_memory
from idkeep.report.printable import escaped_json_text
from idkeep.report.results import Whole
from idkeep.report.scan import ScanReport


class Format:
    """A document in the making: `begin`, `account` for each, `end`, and their pieces joined.

    What has to wait for the end waits `aside`.
    """

    def __init__(self, aside: Aside = in_memory) -> None:
        self.aside = aside

    def begin(self) -> Iterator[str]:
        return iter(())

    def account(self, report: ScanReport) -> Iterator[str]:  # noqa: ARG002 -- as documents ask
        return iter(())

    def end(self, report: Whole) -> Iterator[str]:  # noqa: ARG002
        """`report` is the account's, or the organisation's that the accounts belong to."""
        return iter(())


# One module a format, which is loaded for those who want it: its name, and what is in it.
FORMATS = {
    "json": "The whole report as JSON.",
    "jsonl": "Each result as one line of JSON.",
    "csv": "Each result as a row.",
    "markdown": "A summary for a pull request or a job's page.",
    "html": "One page that needs nothing else.",
    "sarif": "SARIF 2.1.0, for code scanning.",
    "ocsf": "OCSF 1.5.0 compliance findings, one a line, for SIEMs.",
    "asff": "AWS Security Hub's format, one request of BatchImportFindings a line.",
    "junit": "JUnit XML, for CI servers.",
}
_MODULES = {"json": "structured", "csv": "csv_table", "html": "page"}


def format_of(name: str, aside: Aside = in_memory) -> Format:
    """A fresh document of a format."""
    make: type[Format] = import_module(f"idkeep.report.{_MODULES.get(name, name)}").Document
    return make(aside)


def document(name: str, report: ScanReport) -> str:
    """One account's whole document."""
    made = format_of(name)
    return "".join((*made.begin(), *made.account(report), *made.end(report)))


def json_text(value: Any) -> str:  # noqa: ANN401 -- whatever JSON holds
    """On one line, without characters that act; half a surrogate pair stays an escape too."""
    return escaped_json_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
