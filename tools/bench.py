"""Measure what idkeep promises, each number beside a floor or a limit from the same run.

Method: start-up times are the median of 15 runs of a whole process, on a wheel installed in a
virtual environment of its own; sizes are what files take on disk, bytecode included.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.api.decide import decide
from idkeep.api.demo import demo_scan, demo_server
from idkeep.checks import ALL, run
from idkeep.checks.samples import ACCOUNT, ANA, NOW, ROOT, key, password
from idkeep.config import Settings
from idkeep.model import Snapshot
from idkeep.store import SqliteStore
from tools.bench_compare import bench_compare
from tools.bench_compiled import Bench
from tools.bench_compiled import seconds as cpu_seconds
from tools.bench_judge import bench_judge

ROOT_DIR = Path(__file__).parent.parent
RUNS = 15
USERS = 10_000
DECISIONS = 5_000
MB = 1_000_000
UV = Path(sys.executable).with_name("uv")


def milliseconds(command: Sequence[str | Path]) -> float:
    """Median of a process's whole life."""
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1000


def seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


def size(folder: Path) -> float:
    """In MB, links not followed."""
    return sum(f.lstat().st_size for f in folder.rglob("*") if f.is_file()) / MB


def row(what: str, value: str, beside: str) -> None:
    print(f"{what:<44}{value:>12}   {beside}")


def install(folder: Path, locked: str) -> Path:
    """A virtual environment with the locked files and the wheel; its scripts' folder."""
    subprocess.run([UV, "-q", "venv", folder], check=True)
    python = folder / "bin" / "python"
    into: list[str | Path] = [UV, "-q", "pip", "install", "--compile-bytecode", "--python", python]
    subprocess.run([*into, "--require-hashes", "-r", f"constraints/{locked}.txt"], check=True)
    [wheel] = (folder.parent / "dist").glob("*.whl")
    subprocess.run([*into, "--no-deps", wheel], check=True)
    return folder / "bin"


def bench_install(work: Path) -> None:
    build: list[str | Path] = [
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        work / "dist",
    ]
    subprocess.run([sys.executable, "-m", *build], check=True, stdout=subprocess.DEVNULL)
    core = install(work / "core", "core")
    demo = install(work / "demo", "demo")
    row("core install", f"{size(work / 'core'):.0f} MB", "limit 120 MB")
    row("install with the demo extra", f"{size(work / 'demo'):.0f} MB", "no limit")
    floor = milliseconds([core / "python", "-c", "pass"])
    row("python -c pass", f"{floor:.0f} ms", "the floor")
    for arguments in (["--help"], ["--version"], ["checks"]):
        took = milliseconds([core / "idkeep", *arguments])
        limit = "limit 150 ms" if arguments == ["--help"] else ""
        row(
            f"idkeep {arguments[0]}",
            f"{took:.0f} ms",
            f"{took / floor:.1f} times the floor  {limit}",
        )
    took = seconds(
        lambda: subprocess.run([demo / "idkeep", "demo"], check=True, stdout=subprocess.DEVNULL)
    )
    row("idkeep demo, server and all", f"{took:.1f} s", "limit 20 s")


def bench_scan() -> None:
    with demo_server() as server:
        demo_scan(server)
        report = demo_scan(server)
    calls = sum(call.calls for call in report.calls)
    row("scan of the example account", f"{report.seconds:.2f} s", f"{calls} calls over HTTP")


def crowd() -> Snapshot:
    """An account of many users, each with a password and two keys."""
    return Snapshot(
        taken=NOW,
        region="us-east-1",
        account=ACCOUNT,
        root=ROOT,
        users=tuple(
            replace(
                ANA,
                id=f"AIDA{n:016}",
                name=f"user-{n}",
                arn=f"{ANA.arn}-{n}",
                created=NOW - timedelta(days=n % 900),
                password=password(age=n % 800),
                access_keys=(key(1, age=n % 400), key(2, age=n % 90)),
            )
            for n in range(USERS)
        ),
    )


def bench_checks(work: Path) -> None:
    snapshot = crowd()
    floor = seconds(lambda: [user.name for _ in ALL for user in snapshot.users])
    took = seconds(lambda: run(ALL, Estate(snapshot, Settings(), load_catalog())))
    verdicts = USERS * sum(one.subject.__name__ == "User" for one in ALL)
    row(
        f"{len(ALL)} checks over {USERS:,} users",
        f"{took:.2f} s",
        f"{took / verdicts * 1e6:.1f} µs a verdict; {took / floor:.0f} times an empty loop",
    )
    store = SqliteStore(work / "bench.db")
    kept = store.put(snapshot)
    row("keep them", f"{seconds(lambda: store.put(snapshot)):.2f} s", f"{kept.size / MB:.2f} MB")
    row("read them back", f"{seconds(lambda: store.get(kept.id)):.2f} s", "")


def _cases(documents: int, statements: int) -> list[bytes]:
    """Requests of 50 users in 9 buckets, by 20 sets of policies that come again and again."""
    rnd = random.Random(1)
    actions = ["s3:GetObject", "s3:PutObject", "s3:List*", "s3:DeleteObject", "s3:Get*"]

    def statement(n: int) -> dict[str, object]:
        told: dict[str, object] = {
            "Effect": "Allow" if n % 4 else "Deny",
            "Action": [*rnd.sample(actions, 3), f"ec2:Describe{n}*"],
            "Resource": [f"arn:aws:s3:::bucket{n}/*", f"arn:aws:s3:::bucket{n}"],
        }
        organisation = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
        return told if n % 3 else {**told, "Condition": organisation}

    def document(count: int) -> dict[str, object]:
        return {"Version": "2012-10-17", "Statement": [statement(n) for n in range(count)]}

    sets = [[document(statements) for _ in range(documents)] for _ in range(20)]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    full = {"Version": "2012-10-17", "Statement": [everything]}
    scp = [{"target": "r", "policies": [full]}, {"target": "a", "policies": [document(6), full]}]
    return [
        json.dumps(
            {
                "request": {
                    "principal": f"arn:aws:iam::111122223333:user/u{n % 50}",
                    "action": rnd.choice(["s3:GetObject", "s3:PutObject", "ec2:DescribeImages"]),
                    "resource": f"arn:aws:s3:::bucket{n % 9}/k",
                    "context": {"aws:PrincipalOrgID": "o-1", "aws:SourceIp": "10.0.0.1"},
                },
                "policies": {"identity": rnd.choice(sets), "scp": scp},
            }
        ).encode()
        for n in range(DECISIONS)
    ]


def bench_decisions() -> None:
    """Lines of the batch format by identity policies and two levels of SCPs, as the verb does.

    In the time of one core, what other processes take left out.
    """
    for documents, statements in ((1, 2), (2, 8), (4, 22)):
        lines = _cases(documents, statements)
        floor = cpu_seconds(lambda lines=lines: [json.loads(line) for line in lines])  # type: ignore[misc]
        took = cpu_seconds(lambda lines=lines: list(decide(lines)))  # type: ignore[misc]
        row(
            f"a decision by {documents} policies of {statements} statements",
            f"{took / DECISIONS * 1000:.2f} ms",
            f"{DECISIONS / took:,.0f} a second (10,000 wanted); "
            f"{took / floor:.0f} times json.loads; limit 1 ms",
        )


def main() -> None:
    os.chdir(ROOT_DIR)
    with tempfile.TemporaryDirectory() as folder:
        bench_install(Path(folder))
        bench_scan()
        bench_checks(Path(folder))
        bench_judge(row)
        bench_decisions()
        Bench(row).run()
        bench_compare(row)


if __name__ == "__main__":
    main()
