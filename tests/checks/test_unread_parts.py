"""Whatever part of the facts is missing: a verdict that stands without it is the same with it.

Every worked example on logging and services is asked again with a gap in the place of each part
that AWS may refuse, however deep it stands.
"""

from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import AnyCheck, logging, run, services
from idkeep.checks.declare import Example
from idkeep.checks.samples import snapshot_of
from idkeep.model import Gap, Status, Subject, Verdict, read_by

CATALOG = load_catalog()
CHECKS = (*logging.CHECKS, *services.CHECKS)
GAP = Gap("aws:Something", "AccessDenied")


def without(value: Any) -> Iterator[Any]:
    """The value once for each part in it that may be a gap, with a gap there."""
    if isinstance(value, tuple):
        for number, part in enumerate(value):
            for one in without(part):
                yield (*value[:number], one, *value[number + 1 :])
    elif isinstance(value, Struct) and not isinstance(value, Gap):
        hints = get_type_hints(type(value))
        for name in value.__struct_fields__:
            held = getattr(value, name)
            if Gap in get_args(hints[name]) and not isinstance(held, Gap):
                yield replace(value, **{name: GAP})
            for one in without(held):
                yield replace(value, **{name: one})


def verdict(check: AnyCheck, subject: Subject, example: Example) -> Verdict:
    snapshot = snapshot_of(subject, **example.around)
    [outcome] = run([check], Estate(snapshot, example.settings, CATALOG))
    return outcome.verdicts[-1]


def said(one: Verdict) -> tuple[Status, frozenset[str]]:
    return one.status, frozenset(finding.id for finding in one.findings)


NEEDS_NOTHING = {"Account", "LogGroup", "ManagedPolicy"}


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.id)
def test_a_verdict_that_stands_without_a_part_stands_with_it(check: AnyCheck) -> None:
    needed = False
    for example in check.examples:
        whole = verdict(check, example.subject, example)
        for subject in without(example.subject):
            lacking = verdict(check, subject, example)
            if GAP.error in "".join(lacking.unknown):
                assert lacking.status in {Status.UNKNOWN, Status.FAIL}
                needed = True
            elif not whole.unknown:
                assert said(lacking) == said(whole), subject
    # Of what AWS may refuse, something counts: else a refusal is taken for an empty list.
    reads_listing_alone = all(not read_by(check.subject, name) for name in check.reads)
    assert needed or reads_listing_alone or check.subject.__name__ in NEEDS_NOTHING
