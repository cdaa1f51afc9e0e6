r"""localemu (Apache-2.0): a local AWS, really set up and really called, enforcement on.

It lives in a virtual environment of its own, since its pins contradict ours, and in a network
namespace of its own, since it binds every interface. It knows one account and no organisation.
`IAM_ENFORCEMENT=1` is how its README switches enforcement on. It takes Python 3.13 by its
classifiers, and its S3 does not load under 3.11; localemu.txt is locked for 3.13:

    echo localemu==1.3.2 | uv pip compile --python-version 3.13 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate - -o tools/conformance/localemu.txt
"""

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.conformance import idkeep_engine
from tools.conformance.cases import Case
from tools.conformance.compare import Ask, Unavailable

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".venv-localemu"
LOCKED = Path(__file__).with_name("localemu.txt")
_IS_313 = "import sys; sys.exit(sys.version_info[:2] != (3, 13))"
NAMESPACE = ("unshare", "--map-root-user", "--net", "--kill-child")


def install(python: str) -> None:
    """Into `FOLDER`, unless the same is there already; `python` is a 3.13. Raises `Unavailable`."""
    for tool in ("unshare", "ip"):
        if shutil.which(tool) is None:
            raise Unavailable(f"there is no {tool} on this machine")
    _run([*NAMESPACE, "ip", "link", "set", "lo", "up"], "no network namespace of its own")
    mark = FOLDER / "installed.txt"
    if not (mark.exists() and mark.read_bytes() == LOCKED.read_bytes()):
        _run([python, "-c", _IS_313], f"{python} is no Python 3.13")
        _run([python, "-m", "venv", "--clear", FOLDER], "no virtual environment")
        into: list[str | Path] = [
            "--python",
            FOLDER / "bin" / "python",
            "--require-hashes",
            "-r",
            LOCKED,
        ]
        uv = Path(sys.executable).with_name("uv")
        _run([uv, "-q", "pip", "install", *into], "it could not be installed")
        mark.write_bytes(LOCKED.read_bytes())


def _run(command: Sequence[str | Path], otherwise: str) -> None:
    try:
        subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError as error:
        raise Unavailable(f"{otherwise}: {error.strerror}") from error
    except subprocess.CalledProcessError as error:
        why = error.stderr.strip().splitlines()
        raise Unavailable(f"{otherwise}: {why[0] if why else error.returncode}") from error


@contextmanager
def asking() -> Iterator[Ask]:
    """A way to ask it; Allowed or Denied, without the kind of denial. Raises `Unavailable`."""
    command = [*NAMESPACE, sys.executable, "-m", "tools.conformance.localemu_inside"]
    with subprocess.Popen(
        [*command, FOLDER / "bin" / "localemu"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if not process.stdout.readline():
            raise Unavailable(f"it did not start ({process.wait()})")
        told, said = process.stdin, process.stdout

        def ask(cases: Sequence[Case]) -> list[str]:
            text = "".join(json.dumps(case) + "\n" for case in cases)
            # Both pipes at once, or each side could wait for the other.
            writing = threading.Thread(target=lambda: (told.write(text), told.flush()))
            writing.start()
            answers = [str(json.loads(said.readline())["answer"]) for _ in cases]
            writing.join()
            return answers

        yield ask


def idkeep_ask(cases: Sequence[Case]) -> list[str]:
    """What idkeep answers, in the same two words."""
    denials = {"ExplicitlyDenied", "ImplicitlyDenied"}
    return ["Denied" if one in denials else one for one in idkeep_engine.ask(cases)]
