"""A scan of an organisation as one HTML file that needs nothing else, made as an account's is."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from idkeep.report.html import environment
from idkeep.report.organization import OrganizationReport

# Rows of accounts: what a browser opens at once.
MOST_ACCOUNTS = 2_000


def html(report: OrganizationReport) -> str:
    """The whole document: coverage, what is wrong, and a row for each account, worst first."""
    return _PAGE.render(
        report=report,
        accounts=report.accounts[:MOST_ACCOUNTS],
        cut=max(0, len(report.accounts) - MOST_ACCOUNTS),
        style_digest=_STYLE_DIGEST,
    )


_PAGE = environment().from_string(
    files("idkeep.report").joinpath("organization.html.j2").read_text(encoding="utf-8")
)
_STYLE = "".join(_PAGE.blocks["style"](_PAGE.new_context()))
_STYLE_DIGEST = f"sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}"
