"""Random pairs, and whether `compare` and `intersects` say of them what z3 says."""

import json
from collections import Counter
from random import Random
from typing import Any

from msgspec import Struct

from idkeep.policy import Policy, PolicyKind, parse
from idkeep.policy.symbolic import Nothing, Relation, Undecided, compare, intersects
from policy.symbolic.by_solver import exceeds, meets
from policy.symbolic.random_pairs import pair

_RELATIONS = {
    (False, False): Relation.EQUIVALENT,
    (True, False): Relation.BROADER,
    (False, True): Relation.NARROWER,
    (True, True): Relation.INCOMPARABLE,
}


class Compared(Struct):
    """`given_up` are the pairs that z3 did not decide, `unknown` those that idkeep did not."""

    decided: int = 0
    given_up: int = 0
    unknown: int = 0
    by_relation: Counter[str] = Counter()
    differences: list[str] = []


def compared(pairs: int, seed: int) -> Compared:
    found = Compared(by_relation=Counter())
    for number in range(pairs):
        _compare(Random(f"{seed}/{number}"), f"seed {seed}, pair {number}", found)
    return found


def _compare(dice: Random, where: str, found: Compared) -> None:
    written = pair(dice)
    a, b = map(_policy, written)
    ours, met = compare(a, b).relation, intersects(a, b)
    if ours is Relation.UNKNOWN or isinstance(met, Undecided):
        found.unknown += 1
        return
    only_a, only_b, both = exceeds(*written), exceeds(*reversed(written)), meets(*written)
    if only_a is None or only_b is None or both is None:
        found.given_up += 1
        return
    found.decided += 1
    theirs = _RELATIONS[only_a, only_b]
    found.by_relation[theirs] += 1
    if ours is not theirs or isinstance(met, Nothing) is both:
        said = f"idkeep {ours}, {type(met).__name__}; z3 {theirs}, {both}"
        found.differences.append(f"{where}: {said}: {json.dumps(written)}")


def _policy(document: dict[str, Any]) -> Policy:
    return parse(json.dumps(document), PolicyKind.IDENTITY)
