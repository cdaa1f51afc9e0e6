"""The HTML report of an account or an organisation."""

from collections.abc import Iterator

from idkeep.report import organization_html
from idkeep.report.aside import Aside, in_memory
from idkeep.report.format import Format
from idkeep.report.html import html
from idkeep.report.html_data import Packed
from idkeep.report.organization import OrganizationReport
from idkeep.report.results import Whole
from idkeep.report.scan import ScanReport


class Document(Format):
    """Of each account the results are packed; the page is drawn in the end."""

    def __init__(self, aside: Aside = in_memory) -> None:
        super().__init__(aside)
        self._packed = Packed(aside)

    def account(self, report: ScanReport) -> Iterator[str]:
        self._packed.add(report)
        return iter(())

    def end(self, report: Whole) -> Iterator[str]:
        self._packed.add_unread(report)
        if isinstance(report, OrganizationReport):
            yield from organization_html.html(report, self._packed)
        else:
            yield from html(report, self._packed)
