"""Hold idkeep's policy engine against independent ones: `make conformance`.

Every case of tests/policy/cases and random ones go to @cloud-copilot/iam-simulate, a sample to
localemu. A disagreement that no named dispute explains is printed in full and fails the run. An
engine that cannot be asked here is skipped, with the reason. idkeep's own compiled engine is held
against the reference on random accounts, and `compare` against z3 on random pairs of policies,
where no difference is explained by anything.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from policy.symbolic.beside_solver import compared as compared_by_solver
from tools.conformance import iam_simulate, idkeep_engine, localemu
from tools.conformance.agreement import Differs, compared
from tools.conformance.compare import Comparison, Disagreement, Dispute, Unavailable, compare
from tools.conformance.disputes import IAM_SIMULATE, LOCALEMU
from tools.conformance.generate import generated
from tools.conformance.table import table_cases
from tools.conformance.vocabulary import CALLABLE

Results: TypeAlias = dict[str, tuple[Comparison, Sequence[Dispute]]]


def main() -> int:
    asked = _arguments()
    runs: dict[str, Callable[[], Results]] = {
        "iam-simulate": partial(_iam_simulate, asked.cases, asked.seed),
        "localemu": partial(_localemu, asked.calls, asked.seed, asked.localemu_python),
    }
    unexplained = [one for name, run in runs.items() for one in _ran(name, run)]
    for one in unexplained:
        print(f"\nunexplained: idkeep {one.ours}, the other {one.theirs}\n{json.dumps(one.case)}")
    differences = list(map(str, _compiled(asked.decisions, asked.seed)))
    differences += _symbolic(asked.pairs, asked.seed)
    return 1 if unexplained or differences else 0


def _compiled(decisions: int, seed: int) -> list[Differs]:
    if not decisions:
        return []
    begun = time.perf_counter()
    found = compared(decisions, seed)
    print(f"compiled: {time.perf_counter() - begun:.0f} s")
    counts = ", ".join(f"{count} {verdict}" for verdict, count in found.by_verdict.items())
    print(f"  random accounts: {found.decisions} decisions ({counts}), ", end="")
    print(f"{len(found.differences)} different")
    for one in found.differences[:20]:
        print(f"    {one}")
    return found.differences


def _symbolic(pairs: int, seed: int) -> list[str]:
    if not pairs:
        return []
    begun = time.perf_counter()
    found = compared_by_solver(pairs, seed)
    print(f"symbolic: {time.perf_counter() - begun:.0f} s")
    counts = ", ".join(f"{count} {relation}" for relation, count in found.by_relation.items())
    print(f"  random pairs: {pairs}; decided {found.decided} ({counts}), ", end="")
    print(f"z3 gave up {found.given_up}, idkeep {found.unknown}, ", end="")
    print(f"{len(found.differences)} different")
    for one in found.differences[:20]:
        print(f"    {one}")
    return found.differences


def _ran(name: str, run: Callable[[], Results]) -> list[Disagreement]:
    """What a run left unexplained, the rest told."""
    begun = time.perf_counter()
    try:
        results = run()
    except Unavailable as why:
        print(f"{name}: skipped: {why}")
        return []
    print(f"{name}: {time.perf_counter() - begun:.0f} s")
    for what, (result, disputes) in results.items():
        _tell(what, result, disputes)
    return [one for result, _ in results.values() for one in result.unexplained]


def _iam_simulate(count: int, seed: int) -> Results:
    iam_simulate.install()
    every = {"the table's cases": table_cases(), "random cases": list(generated(count, seed))}
    return {
        what: (compare(cases, idkeep_engine.ask, iam_simulate.ask, IAM_SIMULATE), IAM_SIMULATE)
        for what, cases in every.items()
    }


def _localemu(count: int, seed: int, python: str) -> Results:
    localemu.install(python)
    cases = list(generated(count, seed, CALLABLE))
    with localemu.asking() as ask:
        return {"real calls": (compare(cases, localemu.idkeep_ask, ask, LOCALEMU), LOCALEMU)}


def _tell(what: str, result: Comparison, disputes: Sequence[Dispute]) -> None:
    disputed = sum(map(len, result.disputed.values()))
    print(f"  {what}: {result.cases}; agreed {result.agreed}, disputed {disputed}, ", end="")
    print(f"left open {len(result.left_open)}, unexplained {len(result.unexplained)}")
    known = {one.name: one for one in disputes}
    for name, some in sorted(result.disputed.items(), key=lambda item: -len(item[1])):
        first = known[name.split(" + ")[0]]
        print(f"    {len(some):5}  {name}  ({first.favour}: {first.page})")
    for why, count in Counter(map(_why_open, result.left_open)).most_common():
        print(f"    {count:5}  left open: {why}")


def _why_open(one: Disagreement) -> str:
    return one.ours if " " in one.ours else f"idkeep {one.ours}, the other {one.theirs}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.conformance")
    parser.add_argument("--cases", type=int, default=4000, help="random cases for iam-simulate")
    parser.add_argument("--calls", type=int, default=300, help="random cases really called")
    parser.add_argument(
        "--decisions", type=int, default=1_000_000, help="compiled against reference; 0 for none"
    )
    parser.add_argument("--pairs", type=int, default=3000, help="compared beside z3; 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--localemu-python", default="python3.13", help="a Python 3.13")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
