"""What a scan costs: calls, seconds, memory and bytes kept, each beside a floor or a limit.

Method: the demo's server plays AWS on this machine; each number is of a process of its own, so
that its peak memory is its own. "CPU" is that process's processor time, which the server's work
and other processes do not touch; seconds on the wall have the server's in them, and the pauses of
idkeep's token buckets, and hang on what else the machine does. The floor is boto3 asking the same
pages one after the other and throwing them away. An account is filled when it is first asked, so
every account was asked once before it is measured; the accounts of an organisation were not, and
their seconds have the filling in them.

    python -m tools.bench_scan [identity N…] [organization N…] [families N…]
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from idkeep.demo import DemoServer, running
from idkeep.demo.estate_file import load
from idkeep.demo.process import ESTATE

MB = 1_000_000
PARTS: dict[str, Sequence[int]] = {
    "identity": (180, 1_800, 6_000),
    "organization": (30, 100, 300),
    "families": (5, 20),
}
TIMES_THE_FLOOR = 2
PEAK_OF_AN_ACCOUNT = PEAK_OF_AN_ORGANIZATION = 300, 500
WORDS = ("--no-store", "--facts", "identity", "--fail-on", "never")
EXTERNAL_ID = "larkfield-audit"


def main(words: Sequence[str]) -> None:
    wanted: dict[str, list[int]] = {}
    for word in words:
        if word in PARTS:
            wanted[word] = []
        elif wanted and word.isdecimal():
            wanted[list(wanted)[-1]].append(int(word))
        else:
            raise SystemExit(__doc__)
    print((__doc__ or "").partition("\n\n    python")[0], end="\n\n")
    for part in wanted or PARTS:
        sizes = wanted.get(part) or PARTS[part]
        {"identity": identity, "organization": organization, "families": families}[part](sizes)


def identity(sizes: Sequence[int]) -> None:
    """One account: what it takes to read its identities, and to scan it.

    The sizes are of users; of 300, 3,000 and 10,000 principals without the demo's own.
    """
    print("IDENTITY FACTS OF ONE ACCOUNT: to three users two roles and one policy")
    print(
        f"{'users':>7} {'principals':>11} {'':<9}{'calls':>7}{'seconds':>9}{'CPU s':>8}"
        f"{'peak MB':>9}   beside"
    )
    for users in sizes:
        with running(users=users) as server, tempfile.TemporaryDirectory() as folder:
            requests = str(Path(folder) / "requests.json")
            measure(server, "collect", requests)  # fills the account, has the report made
            floor = measure(server, "floor", requests)
            read = measure(server, "collect", requests)
            whole = measure(
                server, "idkeep", "scan", *WORDS, "--json", str(Path(folder) / "report.json")
            )
            whole["calls"] = read["calls"]
            principals = read["users"] + read["roles"]
            wall, work = read["seconds"] / floor["seconds"], read["cpu"] / floor["cpu"]
            times = f"{wall:.2f} times the floor on the wall, {work:.2f} in CPU"
            for what, one, beside in (
                ("boto3", floor, "the floor"),
                ("collect", read, f"{times}; limit {TIMES_THE_FLOOR}"),
                ("scan", whole, f"judged and written; limit {PEAK_OF_AN_ACCOUNT[0]} MB"),
            ):
                print(
                    f"{users:>7,} {principals:>11,} {what:<9}{one['calls']:>7,.0f}"
                    f"{one['seconds']:>9.2f}{one['cpu']:>8.2f}{one['peak']:>9.0f}   {beside}"
                )
    print()


def organization(sizes: Sequence[int]) -> None:
    """Every account of an organisation: what an account costs must not grow with their number."""
    print("AN ORGANISATION, identity and organization: 8 users, 14 roles, 4 policies an account")
    _accounts(sizes, "identity,organization")


def families(sizes: Sequence[int]) -> None:
    """The same with everything that a scan reads unless it is told otherwise."""
    print("AN ORGANISATION, every usual family: 17 regions, accounts without services of their own")
    _accounts(sizes, "identity,organization,center,logging,services,resources", "--yes")


def _accounts(sizes: Sequence[int], facts: str, *more: str) -> None:
    print(
        f"{'accounts':>8} {'':<9}{'calls':>8}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}"
        f"{'kept MB':>9}   an account: calls, seconds, CPU s, kB"
    )
    management = _management()
    for accounts in sizes:
        with running(accounts=accounts) as server, tempfile.TemporaryDirectory() as folder:
            store, report = (str(Path(folder) / name) for name in ("s.db", "report.json"))
            kept = ("scan", "--store", store, "--json", report, "--fail-on", "never")
            words = ("--org", "--external-id", EXTERNAL_ID, "--facts", facts, *more)
            server.forget()
            read = measure(server, "idkeep", *kept, *words, account=management)
            calls = len(server.calls())
            size = Path(store).stat().st_size
            told = json.loads(Path(report).read_text(encoding="utf-8"))["coverage"]
            judged = measure(server, "idkeep", *kept, "--run", "latest")
            done = told["scanned"] + told["incomplete"]
            each = (
                f"{calls / done:.1f}, {read['seconds'] / done:.2f}, {read['cpu'] / done:.2f}, "
                f"{size / done / 1000:.1f}"
            )
            print(
                f"{done:>8,} {'scan':<9}{calls:>8,}{read['seconds']:>9.1f}{read['cpu']:>8.1f}"
                f"{read['peak']:>9.0f}{size / MB:>9.2f}   {each}; "
                f"limit {PEAK_OF_AN_ORGANIZATION[1]} MB; {told}"
            )
            print(
                f"{done:>8,} {'judging':<9}{0:>8,}{judged['seconds']:>9.1f}{judged['cpu']:>8.1f}"
                f"{judged['peak']:>9.0f}{'':>9}   again from the store: "
                f"{judged['cpu'] / done * 1000:.0f} ms CPU an account"
            )
    print()


def _management() -> str:
    found = load(ESTATE).organization
    assert found is not None
    return found.management


def measure(
    server: DemoServer, mode: str, *words: str, account: str | None = None
) -> dict[str, Any]:
    """What a process of its own tells of itself; what it prints goes nowhere."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "result.json"
        done = subprocess.run(
            [sys.executable, "-m", "tools.bench_scan_child", result, mode, *words],
            env=env | server.environment(account=account),
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode or not result.exists():
            raise SystemExit(f"{mode} {' '.join(words)} failed:\n{done.stdout}\n{done.stderr}")
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        return found


if __name__ == "__main__":
    main(sys.argv[1:])
