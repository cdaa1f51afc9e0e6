"""The example account is judged alike by the compiled engine and by the reference."""

from pathlib import Path

from access.literal import LiteralEstateOfChecks
from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.api.demo import demo_scan
from idkeep.checks import ALL, run
from idkeep.config import Settings
from idkeep.demo import DemoServer
from idkeep.model import Family, Status
from idkeep.store import SqliteStore

FAMILIES = frozenset({Family.IDENTITY, Family.ORGANIZATION, Family.RESOURCES})


def test_it_has_the_same_verdicts(server: DemoServer, tmp_path: Path) -> None:
    demo_scan(server, families=FAMILIES, store=tmp_path / "s.db")
    store, catalog = SqliteStore(tmp_path / "s.db"), load_catalog()
    [kept] = store.list()
    snapshot = store.get(kept.id)
    compiled = run(ALL, Estate(snapshot, Settings(), catalog))
    literal = run(ALL, LiteralEstateOfChecks(snapshot, Settings(), catalog))
    assert [o.check for o, other in zip(compiled, literal, strict=True) if o != other] == []
    found = {o.check for o in compiled if any(v.status is Status.FAIL for v in o.verdicts)}
    assert {"user-may-escalate", "role-may-escalate", "role-is-administrator"} <= found
