"""idkeep itself, asked as `idkeep decide` asks."""

import json
from collections.abc import Sequence
from functools import cache

from idkeep.api.catalog import load_catalog
from idkeep.policy import Actions
from idkeep.policy.batch import decide_lines
from tools.conformance.cases import Case
from tools.conformance.compare import UNKNOWN


def ask(cases: Sequence[Case]) -> list[str]:
    """Its answers, in order."""
    lines = (json.dumps(case).encode() for case in cases)
    return [
        UNKNOWN + answer.why if answer.decision == "Unknown" else answer.decision
        for answer in decide_lines(lines, rcps_reach=_rcps_reach())
    ]


@cache
def _rcps_reach() -> Actions:
    return load_catalog().facts.rcps
