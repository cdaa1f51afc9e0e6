"""The checks say the same whether the compiled engine answers them or the reference."""

import pytest
from tools.bench_judge import Grown

from access.literal import LiteralEstateOfChecks
from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, AnyCheck, Example, run
from idkeep.checks.samples import snapshot_of
from idkeep.config import Settings
from idkeep.model import Outcome, Snapshot, Status

CATALOG = load_catalog()


def both(snapshot: Snapshot, *checks: AnyCheck) -> tuple[tuple[Outcome, ...], tuple[Outcome, ...]]:
    compiled = Estate(snapshot, Settings(), CATALOG)
    literal = LiteralEstateOfChecks(snapshot, Settings(), CATALOG)
    return run(checks, compiled), run(checks, literal)


def test_over_an_account_that_grew() -> None:
    compiled, literal = both(Grown(60).snapshot(), *ALL)
    assert compiled == literal
    found = {one.check for one in compiled if any(v.status is Status.FAIL for v in one.verdicts)}
    assert {"role-may-escalate", "policy-makes-administrators"} <= found


@pytest.mark.parametrize(
    ("check", "example"),
    [
        pytest.param(check, example, id=f"{check.id}-{n}")
        for check in ALL
        if ".policies." in check.body.__module__
        for n, example in enumerate(check.examples)
    ],
)
def test_over_the_examples_of_checks_about_permissions(check: AnyCheck, example: Example) -> None:
    compiled, literal = both(snapshot_of(example.subject, **example.around), check)
    assert compiled == literal
