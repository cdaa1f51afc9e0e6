"""How long it takes to compare AWS's own managed policies, and how often that ends unknown.

Method: policies are parsed beforehand; each pair is compared once, in one process, with nothing
kept from the pair before but what idkeep itself keeps. Times are of one core, what other processes
take left out. IDKEEP_POLICY_CASES names the folder that has the policies
(managed_policies_labelled.json.gz).
"""

import gzip
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from idkeep.policy import Policy, PolicyKind, parse
from idkeep.policy.symbolic import Relation, compare

PAIRS = 400
NAME = "managed_policies_labelled.json.gz"
Pair = tuple[Policy, Policy]


def bench_compare(row: Callable[[str, str, str], None]) -> None:
    folder = os.environ.get("IDKEEP_POLICY_CASES", "")
    if not folder or not (path := Path(folder) / NAME).exists():
        row("compare managed policies of AWS", "skipped", f"IDKEEP_POLICY_CASES has no {NAME}")
        return
    policies = json.loads(gzip.decompress(path.read_bytes()))["policies"]
    for what, pairs in (
        ("compare two managed policies", _any(policies)),
        ("compare two of one family", _of_one_family(policies)),
        ("compare one with itself less a statement", _less_a_statement(policies)),
        ("compare one with itself changed", _changed(policies)),
    ):
        _measure(what, list(pairs), row)


def _measure(what: str, pairs: list[Pair], row: Callable[[str, str, str], None]) -> None:
    taken: list[float] = []
    unknown = 0
    for a, b in pairs:
        begun = time.process_time()
        found = compare(a, b)
        taken.append((time.process_time() - begun) * 1000)
        unknown += found.relation is Relation.UNKNOWN
    p99 = statistics.quantiles(taken, n=100)[98]
    row(
        what,
        f"{statistics.median(taken):.1f} ms",
        f"median, limit 20 ms; p99 {p99:.0f} ms, limit 200 ms; slowest {max(taken):.0f} ms; "
        f"unknown {unknown} of {len(pairs)}, limit 1 %",
    )


def _policy(document: dict[str, Any]) -> Policy:
    return parse(json.dumps(document), PolicyKind.IDENTITY)


def _any(policies: list[dict[str, Any]]) -> Iterator[Pair]:
    rnd = random.Random(1)
    for _ in range(PAIRS):
        a, b = rnd.sample(policies, 2)
        yield _policy(a["document"]), _policy(b["document"])


def _of_one_family(policies: Iterable[dict[str, Any]]) -> Iterator[Pair]:
    """Those whose names begin alike speak of the same actions."""
    families: dict[str, list[dict[str, Any]]] = {}
    for one in policies:
        families.setdefault(one["name"][:14], []).append(one)
    pairs = [(a, b) for some in families.values() for a in some for b in some if a is not b]
    for a, b in random.Random(1).sample(pairs, PAIRS):
        yield _policy(a["document"]), _policy(b["document"])


def _less_a_statement(policies: list[dict[str, Any]]) -> Iterator[Pair]:
    rnd = random.Random(1)
    for one in rnd.sample(policies, PAIRS):
        document = one["document"]
        statements = document["Statement"]
        if isinstance(statements, list) and len(statements) > 1:
            n = rnd.randrange(len(statements))
            left = statements[:n] + statements[n + 1 :]
            yield _policy(document), _policy({**document, "Statement": left})


_CONDITIONS: tuple[dict[str, Any], ...] = (
    {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3"}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    {"StringEquals": {"aws:ResourceTag/owner": "${aws:PrincipalTag/owner}"}},
    {"ForAllValues:StringLike": {"aws:TagKeys": ["team*", "cost"]}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app-*"}},
    {"StringNotEqualsIfExists": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
    {"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}},
)
_RESOURCES = (
    "arn:aws:s3:::home/${aws:username}/*",
    "arn:aws:*:*:111122223333:*",
    "arn:aws:s3:::logs-*/2026/*",
    "arn:aws:iam::*:role/${aws:PrincipalTag/team}-*",
)


def _changed(policies: list[dict[str, Any]]) -> Iterator[Pair]:
    """As people change a copy: a condition, another resource, fewer actions, a Deny."""
    rnd = random.Random(1)
    for one in rnd.choices(policies, k=PAIRS):
        copy = json.loads(json.dumps(one["document"]))
        written = copy["Statement"]
        copy["Statement"] = statements = written if isinstance(written, list) else [written]
        for _ in range(rnd.choice((1, 2))):
            _change(rnd, statements)
        pair = _policy(one["document"]), _policy(copy)
        yield pair if rnd.random() < 1 / 2 else pair[::-1]


def _change(rnd: random.Random, statements: list[dict[str, Any]]) -> None:
    one = rnd.choice(statements)
    match rnd.choice(("condition", "resource", "actions", "deny")):
        case "condition":
            one["Condition"] = {**one.get("Condition", {}), **rnd.choice(_CONDITIONS)}
        case "resource":
            one.pop("NotResource", None)
            one["Resource"] = rnd.choice(_RESOURCES)
        case "actions" if isinstance(one.get("Action"), list) and len(one["Action"]) > 1:
            one["Action"] = rnd.sample(one["Action"], len(one["Action"]) - 1)
        case _:
            deny = {"Effect": "Deny", "Action": one.get("Action", "*"), "Resource": "*"}
            statements.append({**deny, "Condition": rnd.choice(_CONDITIONS)})
