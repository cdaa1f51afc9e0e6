"""Which of two policies allows more, by files or in bulk; and what policies never allow."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_text
from idkeep.errors import IdkeepError, Unreadable
from idkeep.policy import Policy, PolicyError, PolicyKind
from idkeep.policy.source import NotJson, position_at, read
from idkeep.policy.symbolic import Refuted, Undecided, compare, proves, requests_for
from idkeep.policy.symbolic.batch import (
    Line,
    SaidRequest,
    compare_lines,
    documents,
    kind_of,
    said,
    said_request,
)


class Proof(Struct, frozen=True, kw_only=True):
    """Whether policies never allow what was asked; `request` is one that they do allow."""

    answer: Literal["never", "allowed", "unknown"]
    request: SaidRequest | None = None
    why: str = ""


def compare_files(a: Path, b: Path, kind: PolicyKind | None = None) -> Line:
    """The relation of `a` to `b`, each one document or a list of them.

    Without a `kind`, documents that name principals are resource policies, others identity
    policies. Raises `IdkeepError`.
    """
    first, second = _documents((a, b), kind)
    return said(compare(first, second), (*first, *second))


def prove_never(
    paths: Sequence[Path],
    actions: Sequence[str],
    resources: Sequence[str],
    kind: PolicyKind | None = None,
) -> Proof:
    """Whether the documents, together, allow none of the actions on any of the resources.

    Both are patterns, as a statement writes them; one that means no action of the catalog is said.
    The kind is that of `compare_files`. Raises `IdkeepError`, also where there is no document.
    """
    policies = [one for some in _documents(paths, kind) for one in some]
    if not policies:
        raise IdkeepError("there is no policy in these files")
    described = _described(actions, resources, policies[0].kind)
    unknown = _not_in_catalog(actions)
    match proves(policies, never=described):
        case Refuted(request):
            return Proof(answer="allowed", request=said_request(request, policies), why=unknown)
        case Undecided(why):
            return Proof(answer="unknown", why="; ".join(filter(None, (why, unknown))))
        case _:
            return Proof(answer="never", why=unknown)


def _not_in_catalog(actions: Sequence[str]) -> str:
    """What is misspelt is never allowed, which proves nothing."""
    held = load_catalog()
    strange = [one for one in actions if not held.expand(one)]
    return f"no action in the catalog of {held.date}: {', '.join(strange)}" if strange else ""


def _described(actions: Sequence[str], resources: Sequence[str], kind: PolicyKind) -> Policy:
    try:
        return requests_for(actions, resources, kind=kind)
    except PolicyError as error:
        raise IdkeepError(error.problems[0].message) from error
    except ValueError as error:
        raise IdkeepError(str(error)) from error


def compare_all(lines: Iterable[bytes]) -> Iterator[bytes]:
    """An answer, as a line of JSON, for every line that is not blank (docs/compare.md)."""
    encode = msgspec.json.Encoder().encode
    return (encode(answer) + b"\n" for answer in compare_lines(lines))


def _documents(paths: Sequence[Path], kind: PolicyKind | None) -> list[tuple[Policy, ...]]:
    texts = [read_text(path) for path in paths]
    kinds = {_read_kind(path, text) for path, text in zip(paths, texts, strict=True)}
    if kind is None:
        if len(kinds) > 1:
            raise IdkeepError(
                "one of the policies names principals and the other does not",
                hint="only policies of one kind are compared; --kind says which",
            )
        kind = kinds.pop()
    return [_read(path, text, kind) for path, text in zip(paths, texts, strict=True)]


def _read_kind(path: Path, text: str) -> PolicyKind:
    try:
        read(text)
        return kind_of(text)
    except NotJson as error:
        at = position_at(text, error.offset)
        raise Unreadable(str(path), error.why, line=at.line, column=at.column) from error
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
