"""Measure the compiled engine: whole accounts that are like real ones, made from a seed.

Method: an account has managed policies that many share, groups' policies with `${aws:username}`,
inline policies of one role each, boundaries, tags and SCPs; half of the statements look at a
condition. `warm`: the action was asked before, for another resource. Times are of one core, what
other processes take left out (`time.process_time`); each ratio is to something measured in the same
run. What iam-simulate takes is its process's own time around its core alone, reading left out.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from msgspec import json

from idkeep.api.catalog import load_catalog
from idkeep.policy import Context, Level, Policies, Policy, PolicyKind, Request, evaluate, parse
from idkeep.policy.compiled import Caller, CompiledEstate, Facts, Vocabulary
from idkeep.policy.requester import Requester
from tools.conformance import iam_simulate
from tools.conformance.compare import Unavailable
from tools.peak import peak_memory

MB = 1_000_000
Row = Callable[[str, str, str], None]
_SHARED = 300
_STATEMENTS = 4
# Of one account; AWS's quotas leave room for about as many.
_LARGEST = 10_000
_CONTEXT = Context(
    {
        "aws:SourceIp": "10.1.2.3",
        "aws:SecureTransport": "true",
        "aws:PrincipalOrgID": "o-1",
        "aws:RequestedRegion": "eu-west-1",
        "aws:MultiFactorAuthPresent": "false",
    }
)
_CONDITIONS: Sequence[Any] = (
    {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
    {"StringEquals": {"aws:PrincipalTag/team": ["red", "blue"]}},
    {"StringLike": {"aws:RequestedRegion": "eu-*"}},
)
_FULL = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
_OWN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["iam:ChangePassword", "iam:*AccessKey*"],
            "Resource": "arn:aws:iam::*:user/${aws:username}",
        },
        {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::homes/${aws:username}/*"},
    ],
}
_REGIONS = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*"],
        "Resource": "*",
        "Condition": {
            "StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]},
            "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin-*"},
        },
    },
}


class Documents:
    """The documents of one account, as text; every policy comes from one stream of dice."""

    def __init__(
        self,
        actions: Sequence[str],
        principals: int,
        statements: int,
        number: int,
        shared: int = _SHARED,
    ) -> None:
        self.dice = Random(number)
        self.actions = actions
        self.account = f"{100_000_000_000 + number}"
        together = [self.document() for _ in range(shared)]
        inline = max(0, statements - len(_OWN["Statement"]) - shared * _STATEMENTS) // _STATEMENTS
        self.held: list[tuple[str, list[Any], Any, dict[str, str]]] = []
        own = [self.document() for _ in range(inline)]
        for n in range(principals):
            is_user = n % 3 == 0
            name = f"user/u{n}" if is_user else f"role/r{n}"
            some = [*self.dice.sample(together, self.dice.randint(1, 6)), *own[n::principals]]
            boundary = self.dice.choice(together[:5]) if n % 7 == 0 else None
            tags = {"aws:PrincipalTag/team": self.dice.choice(("red", "blue", "green"))}
            arn = f"arn:aws:iam::{self.account}:{name}"
            self.held.append((arn, [_OWN, *some] if is_user else some, boundary, tags))

    def document(self) -> dict[str, Any]:
        some = [self._statement() for _ in range(_STATEMENTS)]
        return {"Version": "2012-10-17", "Statement": some}

    def _statement(self) -> dict[str, Any]:
        dice = self.dice
        told: dict[str, Any] = {"Effect": "Allow" if dice.randrange(10) else "Deny"}
        some = dice.sample(self.actions, dice.randint(1, 8))
        wide = [f"{one.partition(':')[0]}:{dice.choice(('*', 'Get*', 'List*'))}" for one in some]
        told["Action"] = [*some, *wide[:2], "s3:GetObject"]
        n = dice.randrange(10_000)
        arn = f"arn:aws:s3:::b{n}"
        places = (["*"], [arn, f"{arn}/*"], [f"arn:aws:s3:::*-x{n}"], [f"arn:aws:sqs:*:*:x{n}*"])
        told["Resource"] = dice.choice(places)
        if dice.randrange(2):
            told["Condition"] = dice.choice(_CONDITIONS)
        return told


def callers(made: Documents) -> list[Caller]:
    """The documents parsed, each text once."""
    parsed: dict[tuple[str, int], Policy] = {}

    def read(document: dict[str, Any], kind: PolicyKind) -> Policy:
        key = (kind, id(document))
        if key not in parsed:
            parsed[key] = parse(json.encode(document).decode(), kind)
        return parsed[key]

    full, regions = read(_FULL, PolicyKind.SCP), read(_REGIONS, PolicyKind.SCP)
    scp = (Level(target="r", policies=(full,)), Level(target="a", policies=(full, regions)))
    return [
        Caller(
            requester=Requester.parse(arn),
            identity=tuple(read(one, PolicyKind.IDENTITY) for one in some),
            boundary=None if boundary is None else read(boundary, PolicyKind.BOUNDARY),
            scp=scp,
            keys=tags,
        )
        for arn, some, boundary, tags in made.held
    ]


def seconds(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


class Bench:
    def __init__(self, row: Row) -> None:
        self.row = row
        catalog = load_catalog()
        names = catalog.expand("*")
        self.vocabulary = Vocabulary(names)
        self.actions = self.vocabulary.names
        self.facts = Facts(catalog.facts.rcps, catalog.facts.denied_across_accounts())

    def compiled(self, some: Sequence[Caller]) -> CompiledEstate:
        return CompiledEstate(some, facts=self.facts, vocabulary=self.vocabulary)

    def run(self) -> None:
        made = Documents(self.actions, 2_000, 4_200, 1)
        some = callers(made)
        distinct = _distinct(some)
        took = seconds(lambda: self.compiled(some))
        what = f"compile {len(some):,} principals, {distinct:,} statements"
        self.row(what, f"{took:.2f} s", "limit 1 s")
        estate = self.compiled(some)
        self._who_can(estate, some)
        self._what_can(estate, some)
        self._explained(estate, some)
        self._beside_iam_simulate(estate, made)
        self._growth()
        self._large()

    def _who_can(self, estate: CompiledEstate, some: Sequence[Caller]) -> None:
        asked = [("s3:GetObject", f"arn:aws:s3:::b{n}/k") for n in range(200)]
        asked += [("s3:GetObject", f"arn:aws:s3:::homes/u{3 * n}/k") for n in range(100)]
        estate.who_can("s3:GetObject", "arn:aws:s3:::other/k", _CONTEXT)
        taken = [seconds(lambda a=a: estate.who_can(a[0], a[1], _CONTEXT).allowed) for a in asked]  # type: ignore[misc]
        reference = statistics.median(
            seconds(lambda c=c: estate.decide(c.name, asked[0][0], asked[0][1], _CONTEXT))  # type: ignore[misc]
            for c in some[:200]
        )
        median = statistics.median(taken)
        self.row(
            f"who can, of {len(some):,}, warm",
            f"{median * 1000:.2f} ms",
            f"limit 1 ms; {reference * len(some) / median:,.0f} times the reference; "
            f"worst {max(taken) * 1000:.1f} ms",
        )

    def _what_can(self, estate: CompiledEstate, some: Sequence[Caller]) -> None:
        estate.what_can(some[0].name, "*", _CONTEXT)
        taken = [
            seconds(lambda c=c: estate.what_can(c.name, "*", _CONTEXT).allowed)  # type: ignore[misc]
            for c in some[:200]
        ]
        median = statistics.median(taken)
        self.row(
            f"what can one do, of {len(self.actions):,} actions",
            f"{median * 1000:.2f} ms",
            f"limit 5 ms; worst {max(taken) * 1000:.1f} ms",
        )

    def _explained(self, estate: CompiledEstate, some: Sequence[Caller]) -> None:
        dice = Random(3)
        asked = [
            (dice.choice(some).name, dice.choice(self.actions), f"arn:aws:s3:::b{n}/k")
            for n in range(1000)
        ]
        taken = [seconds(lambda a=a: estate.decide(a[0], a[1], a[2], _CONTEXT)) for a in asked]  # type: ignore[misc]
        requests = [_request(estate.caller(name), action, arn) for name, action, arn in asked]
        bare = [
            seconds(lambda r=r: evaluate(*r, rcps_reach=self.facts.rcps_reach))  # type: ignore[misc]
            for r in requests
        ]
        median = statistics.median(taken)
        self.row(
            "one cold request with its explanation",
            f"{median * 1e6:.0f} µs",
            f"limit 100 µs; {statistics.median(bare) / median:.1f} times the reference, warmer",
        )

    def _beside_iam_simulate(self, estate: CompiledEstate, made: Documents) -> None:
        what = "100,000 decisions of who-can"
        arns = [f"arn:aws:s3:::b{n}/k" for n in range(50)]
        took = seconds(
            lambda: [estate.who_can("s3:GetObject", arn, _CONTEXT).allowed for arn in arns]
        )
        try:
            iam_simulate.install()
        except Unavailable as why:
            self.row(what, f"{took:.3f} s", f"iam-simulate skipped: {why}")
            return
        # Its own time grows with the cases alone: a sample, and the whole by rule of three.
        cases = list(_cases(made, arns[:1]))
        spent = iam_simulate.milliseconds(cases) / 1000 * len(arns)
        self.row(
            what,
            f"{took:.3f} s",
            f"{spent / took:,.0f} times iam-simulate's {spent:.0f} s (500 wanted)",
        )

    def _growth(self) -> None:
        """Accounts alike but for their size; beyond 10,000 statements, several of them."""
        before = 0.0
        for statements in (1_000, 10_000, 100_000):
            each = min(statements, _LARGEST)
            some = [
                caller
                for n in range(statements // each)
                for caller in callers(Documents(self.actions, each // 2, each, n, each // 14))
            ]
            distinct = _distinct(some)
            took = seconds(lambda some=some: self.compiled(some))  # type: ignore[misc]
            per = took / distinct
            ratio = f"; {per / before:.1f} times that of a tenth" if before else ""
            self.row(
                f"compile {distinct:,} statements",
                f"{took:.2f} s",
                f"{per * 1e6:.0f} µs each, of {len(some):,} principals{ratio}",
            )
            before = per

    def _large(self) -> None:
        told = subprocess.run(
            [sys.executable, "-m", "tools.bench_compiled"],
            check=True,
            capture_output=True,
            text=True,
        )
        took, principals, statements, peak = json.decode(told.stdout)
        self.row(
            f"compile {principals:,} principals, {statements:,} statements",
            f"{took:.2f} s",
            f"limit 10 s; a process that does this alone took {peak / MB:.0f} MB at most, "
            "limit 1,000 MB",
        )

    def large(self) -> tuple[float, int, int, int]:
        """Seconds, principals and statements of a large account, and this process's peak memory."""
        some = callers(Documents(self.actions, 10_000, 21_000, 1))
        begun = time.process_time()
        estate = self.compiled(some)
        took = time.process_time() - begun
        estate.who_can("s3:GetObject", "arn:aws:s3:::b1/k", _CONTEXT)
        return took, len(some), _distinct(some), peak_memory()


def _request(caller: Caller, action: str, arn: str) -> tuple[Request, Policies]:
    context = _CONTEXT.completed(caller.keys)
    request = Request(principal=caller.requester, action=action, resource=arn, context=context)
    return request, Policies(identity=caller.identity, boundary=caller.boundary, scp=caller.scp)


def _cases(made: Documents, arns: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The same question of every principal, in the batch format."""
    scp = [{"policies": [_FULL]}, {"policies": [_FULL, _REGIONS]}]
    known = {key: _CONTEXT.get(key) for key in _CONTEXT.given}
    told = {key: values[0] for key, values in known.items() if isinstance(values, tuple)}
    for target in arns:
        for arn, some, boundary, tags in made.held:
            request = {
                "principal": arn,
                "action": "s3:GetObject",
                "resource": target,
                "resource_account": made.account,
                "context": {**told, **tags},
            }
            policies = {"identity": some, "scp": scp}
            policies |= {"boundary": boundary} if boundary else {}
            yield {"request": request, "policies": policies}


def _distinct(some: Sequence[Caller]) -> int:
    """Statements that differ."""
    policies = {one.text: one for caller in some for one in caller.identity}
    return len(
        {
            (s.effect, s.action, s.resource, s.conditions)
            for one in policies.values()
            for s in one.statements
        }
    )


if __name__ == "__main__":
    print(json.encode(Bench(lambda *_: None).large()).decode())
