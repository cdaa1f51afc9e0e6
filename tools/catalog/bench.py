"""What the shipped catalog costs: `python -m tools.catalog.bench`. The floor is a bare read."""

from collections.abc import Callable
from functools import partial
from time import perf_counter

from idkeep.catalog import Catalog
from tools.catalog.build import TARGET

_TIMES = 20


def main() -> None:
    data = TARGET.read_bytes()
    print(f"{TARGET.name}: {len(data):,} bytes")
    _tell("read the file (floor)", TARGET.read_bytes)
    _tell("open", lambda: Catalog.open(data))
    _tell("facts", lambda: Catalog.open(data).facts)
    for prefix in ("sqs", "iam", "s3", "sagemaker", "ec2"):
        _tell(f"open and decode {prefix}", partial(_decode, data, prefix))
    _tell("open and expand s3:Get*", lambda: Catalog.open(data).expand("s3:Get*"))
    _tell("open and expand *", lambda: Catalog.open(data).expand("*"))
    _tell("open and decode everything", lambda: Catalog.open(data).contents())


def _decode(data: bytes, prefix: str) -> object:
    return Catalog.open(data).service(prefix)


def _tell(what: str, act: Callable[[], object]) -> None:
    """The median of several runs."""
    taken = []
    for _ in range(_TIMES):
        begun = perf_counter()
        act()
        taken.append(perf_counter() - begun)
    print(f"  {what:<30}{sorted(taken)[_TIMES // 2] * 1000:8.2f} ms")


if __name__ == "__main__":
    main()
