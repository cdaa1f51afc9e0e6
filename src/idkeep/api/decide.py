"""Decisions in bulk."""

from collections.abc import Iterable, Iterator

import msgspec

from idkeep.api.catalog import load_catalog
from idkeep.policy.batch import decide_lines


def decide(lines: Iterable[bytes]) -> Iterator[bytes]:
    """An answer, as a line of JSON, for every line that is not blank (docs/decide.md)."""
    encode = msgspec.json.Encoder().encode
    reach = load_catalog().facts.rcps
    return (encode(answer) + b"\n" for answer in decide_lines(lines, rcps_reach=reach))
