"""The ordinary scan, against the example account on this machine."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from idkeep import demo
from idkeep.api.judging import Judging
from idkeep.api.organization import OrganizationScan, assumed_role, scan_organization
from idkeep.api.scan import scan
from idkeep.config import Settings
from idkeep.model import Family
from idkeep.report import OrganizationReport, ScanReport

# What an account's checks need; the other families ask in every region, which takes a minute.
DEMO_FAMILIES = frozenset({Family.IDENTITY})
DEMO_ORGANIZATION_FAMILIES = frozenset({Family.IDENTITY, Family.ORGANIZATION, Family.CENTER})
# What the estate's auditor role is called, and asks for.
_ROLE, _EXTERNAL_ID, _MANAGEMENT = "idkeep-auditor", "larkfield-audit", "555566667777"
_LIKELY_STRAYS = {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL_IAM"}


def demo_server(
    estate: Path | None = None, *, port: int = 0, users: int = 0, accounts: int = 0
) -> AbstractContextManager[demo.DemoServer]:
    """The example account's server, up for as long as the context; port 0 is a free one.

    users: so many more in the account, with two roles and one policy for every three. accounts:
    so many more in the organisation.
    """
    return demo.running(estate, port=port, users=users, accounts=accounts)


def demo_scan(  # noqa: PLR0913 -- what a scan may be told, all by name
    server: demo.DemoServer,
    *,
    principal: str = "auditor",
    families: Iterable[Family] = DEMO_FAMILIES,
    settings: Settings | None = None,
    store: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
    judging: Judging | None = None,
) -> ScanReport:
    """Scan the example account as one of its principals: "auditor" or "root"."""
    # Should anything of the user's own configuration slip through, the account would differ.
    with _environment(demo_environment(server, principal)):
        return scan(
            account=server.account,
            families=families,
            settings=settings,
            store=store,
            progress=progress,
            judging=judging,
        )


def demo_organization(
    server: demo.DemoServer,
    *,
    families: Iterable[Family] = DEMO_ORGANIZATION_FAMILIES,
    settings: Settings | None = None,
    tell: Callable[[str], None] = lambda _: None,
    judging: Judging | None = None,
    each: Callable[[ScanReport], None] = lambda _: None,
) -> OrganizationReport:
    """Scan every account of the example organisation, from its management account."""
    wanted = OrganizationScan(
        role=assumed_role(_ROLE, external_id=_EXTERNAL_ID), families=frozenset(families)
    )
    with _environment(demo_environment(server, org=True)), TemporaryDirectory() as folder:
        found = scan_organization(
            wanted,
            store=Path(folder) / "demo.db",
            settings=settings,
            tell=tell,
            judging=judging,
            each=each,
        )
    # Nothing of it is kept.
    rows = tuple(replace(one, snapshot="") for one in found.accounts)
    return replace(found, run="", accounts=rows)


def demo_environment(
    server: demo.DemoServer, principal: str = "auditor", *, org: bool = False
) -> dict[str, str]:
    """The environment of who may scan the example account, or with `org` its organisation."""
    return server.environment(principal, account=_MANAGEMENT if org else None)


def demo_command(*, org: bool = False) -> str:
    """What scans it there."""
    return f"idkeep scan --org --external-id {_EXTERNAL_ID}" if org else "idkeep scan"


def strays(exported: Mapping[str, str]) -> tuple[str, ...]:
    """The variables to unset before `exported` are set: those that would lead elsewhere.

    They are those of this process, and a few that another shell may well have.
    """
    here = {name for name in os.environ if name.startswith("AWS_") and name.isidentifier()}
    return tuple(sorted((here | _LIKELY_STRAYS) - exported.keys()))


@contextmanager
def _environment(only: Mapping[str, str]) -> Iterator[None]:
    """The process's AWS settings replaced by `only`."""
    before = dict(os.environ)
    try:
        for name in [name for name in before if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(only)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
