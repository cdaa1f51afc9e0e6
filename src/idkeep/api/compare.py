"""Which of two policies allows more, by files or in bulk."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from idkeep.api.files import read_text
from idkeep.errors import IdkeepError, Unreadable
from idkeep.policy import Policy, PolicyError, PolicyKind
from idkeep.policy.symbolic import compare
from idkeep.policy.symbolic.batch import Line, compare_lines, documents, kind_of, said


def compare_files(a: Path, b: Path, kind: PolicyKind | None = None) -> Line:
    """The relation of `a` to `b`, each one document or a list of them.

    Without a `kind`, documents that name principals are resource policies, others identity
    policies. Raises `IdkeepError`.
    """
    first, second = read_text(a), read_text(b)
    if kind is None:
        kinds = {_read_kind(path, text) for path, text in ((a, first), (b, second))}
        if len(kinds) > 1:
            raise IdkeepError(
                "one of the policies names principals and the other does not",
                hint="only policies of one kind are compared; --kind says which",
            )
        kind = kinds.pop()
    read = (_read(a, first, kind), _read(b, second, kind))
    return said(compare(*read), (*read[0], *read[1]))


def compare_all(lines: Iterable[bytes]) -> Iterator[bytes]:
    """An answer, as a line of JSON, for every line that is not blank (docs/compare.md)."""
    encode = msgspec.json.Encoder().encode
    return (encode(answer) + b"\n" for answer in compare_lines(lines))


def _read_kind(path: Path, text: str) -> PolicyKind:
    try:
        return kind_of(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(path), str(error)) from error


def _read(path: Path, text: str, kind: PolicyKind) -> tuple[Policy, ...]:
    try:
        return documents(text, kind)
    except PolicyError as error:
        problem = error.problems[0]
        raise Unreadable(
            str(path), problem.message, line=error.line, column=error.column
        ) from error
    except msgspec.MsgspecError as error:
        raise Unreadable(str(path), str(error)) from error
