"""@cloud-copilot/iam-simulate (AGPL-3.0), asked over standard input and output.

It is installed for the run alone, into a folder that git ignores, and stays a process of its own:
nothing of it is imported, bundled or copied. The lock file beside answer.mjs holds the SHA-512 of
each package and `npm ci` verifies them.
"""

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.conformance.cases import Case, completed
from tools.conformance.compare import REFUSED, Unavailable

HERE = Path(__file__).parent / "node"
FOLDER = Path(__file__).parents[2] / ".venv-iam-simulate"
# The settings of a bucket that it can be told.
_SETTINGS = frozenset({"AbacStatus", "RestrictPublicBuckets"})
FILES = ("answer.mjs", "simulation.mjs", "time.mjs", "package.json", "package-lock.json")


def install() -> None:
    """Into `FOLDER`, unless the same is there already. Raises `Unavailable`."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise Unavailable(f"there is no {tool} on this machine")
    if not _installed():
        FOLDER.mkdir(exist_ok=True)
        for name in FILES:
            shutil.copyfile(HERE / name, FOLDER / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Unavailable(f"npm ci failed: {done.stderr.strip()}")


def _installed() -> bool:
    same = ((FOLDER / name, HERE / name) for name in FILES)
    # npm writes this file last.
    return (FOLDER / "node_modules" / ".package-lock.json").exists() and all(
        there.exists() and there.read_bytes() == here.read_bytes() for there, here in same
    )


def ask(cases: Sequence[Case]) -> list[str]:
    """Its answers, in order."""
    told = _lines(map(_told, cases))
    done = subprocess.run(
        ["node", "answer.mjs"], cwd=FOLDER, input=told, capture_output=True, text=True, check=True
    )
    return [_answer(json.loads(line)) for line in done.stdout.splitlines()]


def milliseconds(cases: Sequence[Case]) -> float:
    """Of CPU that answering takes it, reading and starting left out."""
    told = _lines(map(completed, cases))
    done = subprocess.run(
        ["node", "time.mjs"], cwd=FOLDER, input=told, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _told(case: Case) -> Case:
    """With what it is told otherwise, and `refused` what it cannot be told."""
    made = completed(case)
    policies = made["policies"]
    strange = [*(policies.get("bucket", {}).keys() - _SETTINGS)]
    strange += ["grants"] if "grants" in policies else []
    strange += ["sign-in"] if made["request"]["action"].startswith("signin:") else []
    return {**made, "refused": f"it takes no {', '.join(sorted(strange))}" if strange else ""}


def _answer(said: dict[str, str]) -> str:
    """A policy that it takes for malformed is `Invalid`, as in idkeep's own answers."""
    refused = said.get("refused", "")
    return (
        said["answer"]
        if not refused
        else "Invalid"
        if "PolicyErrors" in refused
        else REFUSED + refused
    )


def _lines(cases: Iterable[Case]) -> str:
    return "".join(json.dumps(case) + "\n" for case in cases)
