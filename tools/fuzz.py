"""Look for an input that breaks a law of `tests/policy/laws.py`: `make fuzz`.

Each target starts from the documents of the policy cases and from its corpus, and knows the words
of the language. An input that breaks a law is left as `crash-…` in the folder that is named.
atheris is no dependency; where it is missing nothing is run.
"""

import argparse
import importlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

TESTS = Path(__file__).parent.parent / "tests" / "policy"
CORPUS = TESTS / "corpus"
TARGETS = ("parse", "decide", "pattern")
LONGEST = 4096  # bytes of one input
MISSING = """skipped: atheris is not installed. It needs Linux or macOS on x86-64 or ARM:
    .venv/bin/uv pip install --python .venv/bin/python atheris"""


def seeds(target: str) -> Iterator[bytes]:
    """The cases' documents, or whole cases as lines, or the patterns that stand in them."""
    for path in sorted((TESTS / "cases").glob("*.toml")):
        topic = tomllib.loads(path.read_text())
        documents: dict[str, str] = topic.get("documents", {})
        if target == "decide":
            yield from (_line(documents, case) for case in topic["case"])
        elif target == "parse":
            yield from (text.encode() for text in documents.values())
        else:
            for text in documents.values():
                yield from (f"{one}\0{one}".encode() for one in _strings(json.loads(text)))


def _line(documents: dict[str, str], case: dict[str, Any]) -> bytes:
    asked = ("principal", "action", "resource", "resource_account", "context", "unknown")
    policies = {}
    for kind in ("identity", "boundary", "session", "resource_policy", "scp", "rcp", "endpoint"):
        if kind in case:
            given = _spelt_out(case[kind], documents)
            levels = [{"policies": level} for level in given] if kind in {"scp", "rcp"} else given
            policies[kind.removesuffix("_policy")] = levels
    request = {key: case[key] for key in asked if key in case}
    return json.dumps({"id": case["id"], "request": request, "policies": policies}).encode()


def _spelt_out(given: Any, documents: dict[str, str]) -> Any:  # noqa: ANN401 -- any JSON
    """Names of documents replaced by what they hold."""
    if isinstance(given, list):
        return [_spelt_out(one, documents) for one in given]
    return json.loads(documents[given]) if given in documents else given


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        yield from _strings([*value, *value.values()])


def words() -> list[str]:
    """What a mutation may put in: JSON's signs, the language's names, and odd characters."""
    from idkeep.policy.operators import MEANINGS  # noqa: PLC0415 -- instrumented before this

    elements = (
        *("Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action"),
        *("NotAction", "Resource", "NotResource", "Condition", "Null", "AWS", "Service"),
        *("Federated", "CanonicalUser", "2012-10-17", "2008-10-17", "Allow", "Deny"),
        *("request", "policies", "identity", "boundary", "session", "resource", "scp", "rcp"),
        *("endpoint", "context", "unknown", "resource_account", "management_account", "target"),
    )
    return [
        *(f'"{name}"' for name in (*elements, *MEANINGS)),
        *('":', '","', "{}", "[]", "null", "true", "1e999999", "NaN", "-0.0", '"*"', "\\ud800"),
        *("\\u0000", "ForAnyValue:", "ForAllValues:", "IfExists", "${aws:username}", "${*}"),
        *("${aws:PrincipalTag/team, 'red'}", "arn:aws:s3:::", "arn:aws:iam::111122223333:root"),
        *("s3:GetObject", "*", "?", "**", ":::", "\ufeff", "\0", "\u4e16", "2026-01-01T00:00:00Z"),
    ]


def _quoted(word: str) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in word.encode()) + '"'


def _loaded(atheris: ModuleType) -> ModuleType:
    with atheris.instrument_imports(include=["idkeep.policy"]):
        return importlib.import_module("policy.laws")


def fuzz(atheris: ModuleType, target: str, seconds: int, findings: Path) -> None:
    """Does not return: libFuzzer ends the process."""
    law = _loaded(atheris).LAWS[target]
    given, new = findings / f"{target}-seeds", findings / target
    for folder in (given, new):
        folder.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(seeds(target)):
        (given / str(n)).write_bytes(seed)
    dictionary = findings / "words"
    dictionary.write_text("\n".join(map(_quoted, words())))
    options = (
        f"-dict={dictionary}",
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        "-timeout=5",
        "-print_final_stats=1",
        f"-artifact_prefix={findings}/{target}-",
    )
    folders = (new, given, CORPUS / target)
    atheris.Setup([sys.argv[0], *options, *map(str, folders)], law)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", choices=TARGETS, help="by default one after another")
    parser.add_argument("--seconds", type=int, default=200, help="for each target")
    parser.add_argument("--findings", type=Path, default=Path("build/fuzz"))
    asked = parser.parse_args()
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        print(MISSING)
        return 0
    if asked.target:
        fuzz(atheris, asked.target, asked.seconds, asked.findings)
    # libFuzzer ends its process, so each target has its own.
    options = ("--seconds", str(asked.seconds), "--findings", str(asked.findings))
    runs = [
        subprocess.run([sys.executable, "-m", "tools.fuzz", *options, target], check=False)
        for target in TARGETS
    ]
    return max(run.returncode for run in runs)


if __name__ == "__main__":
    sys.exit(main())
