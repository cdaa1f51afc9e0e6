"""Decisions in bulk."""

from collections.abc import Iterable, Iterator

import msgspec

from idkeep.api.catalog import load_catalog
from idkeep.policy.batch import decide_lines
from idkeep.policy.notes import catalog_notes


def decide(lines: Iterable[bytes], *, explain: bool = False) -> Iterator[bytes]:
    """An answer, as a line of JSON, for every line that is not blank (docs/decide.md).

    `explain` adds what each answer hangs on, which takes several decisions a line.
    """
    encode = msgspec.json.Encoder().encode
    catalog = load_catalog()
    reach, notes = catalog.facts.rcps, catalog_notes(catalog)
    answers = decide_lines(
        lines,
        rcps_reach=reach,
        own_account_only=catalog.facts.denied_across_accounts(),
        notes=notes,
        explain=explain,
    )
    return (encode(answer) + b"\n" for answer in answers)
