"""Policies in files, looked through for faults, and tidied where that changes no meaning."""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from json import JSONDecoder
from pathlib import Path
from urllib.parse import unquote

import msgspec
from msgspec import Struct

from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_text
from idkeep.catalog import Catalog
from idkeep.errors import IdkeepError, Unreadable
from idkeep.policy.document import PolicyKind
from idkeep.policy.linting import Finding, fixed, guess_kind, is_policy, lint
from idkeep.policy.source import JsonValue, NotJson, Position, offset_of, position_at, read
from idkeep.policy.source import Path as JsonPath

STDIN = Path("-")
# What AWS's answers call a document: an object, or its text (S3, KMS, Organizations, and IAM's own
# API, which percent-encodes it). The last two are Terraform's (`terraform show -json`).
_HOLDERS = frozenset(
    {
        *("PolicyDocument", "AssumeRolePolicyDocument", "Document", "Policy", "Content"),
        *(
            "ResourcePolicy",
            "policy",
            "policyText",
            "policyDocument",
            "inlinePolicy",
            "InlinePolicy",
            "assume_role_policy",
            "json",
        ),
    }
)
_TYPES = {
    "SERVICE_CONTROL_POLICY": PolicyKind.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyKind.RCP,
}


class LintedPolicy(Struct, frozen=True, kw_only=True):
    """One document and what was found in it.

    `file` as it was named; `at` is where in the file's JSON the document stands, "" for the whole
    of it. `source` is the text that lines and columns count in: the file's, or the document's own
    where the file holds it as a string (`in_string`). `guessed`: nobody said the kind.
    """

    file: str
    at: str
    kind: PolicyKind
    guessed: bool
    source: str
    in_string: bool
    findings: tuple[Finding, ...]


class LintRun(Struct, frozen=True, kw_only=True):
    """`changes` is what `--fix` did, by file; `passed_over` are files that hold no policy."""

    catalog: str
    policies: tuple[LintedPolicy, ...]
    changes: dict[str, tuple[str, ...]]
    passed_over: tuple[str, ...]


class _Found(Struct, frozen=True, kw_only=True):
    """`offset` is where in the file the document begins; None where it stands there as a string."""

    at: str
    text: str
    kind: PolicyKind
    guessed: bool
    offset: int | None


def lint_files(
    paths: Iterable[Path],
    *,
    kind: PolicyKind | None = None,
    fix: bool = False,
    skip_others: bool = False,
) -> LintRun:
    """`paths` are files, directories (every `*.json` below) and `-`, standard input.

    In directories, and with `skip_others` everywhere, a file without a policy is passed over;
    else it is judged as one. Raises `IdkeepError` for a file that can't be read or written.
    """
    held = load_catalog()
    policies: list[LintedPolicy] = []
    changes: dict[str, tuple[str, ...]] = {}
    passed_over: list[str] = []
    for path, named in _files(paths):
        text = sys.stdin.read() if path == STDIN else read_text(path)
        found = list(_documents(text, kind, named=named and not skip_others))
        if not found:
            passed_over.append(str(path))
        if fix and path != STDIN:
            text, done = _tidied(text, found, held)
            if done:
                _replace(path, text)
                changes[str(path)] = done
                found = list(_documents(text, kind, named=named and not skip_others))
        name = "<stdin>" if path == STDIN else str(path)
        policies += (_linted(name, text, one, held) for one in found)
    return LintRun(
        catalog=held.date,
        policies=tuple(policies),
        changes=changes,
        passed_over=tuple(passed_over),
    )


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file once, and whether it was named itself."""
    seen: set[Path] = set()
    for path in paths:
        try:
            inside = sorted(path.rglob("*.json")) if path.is_dir() else None
        except OSError as error:
            raise Unreadable(str(path), error.strerror or str(error)) from error
        for one in [path] if inside is None else inside:
            if one not in seen:
                seen.add(one)
                yield one, inside is None


def _documents(text: str, kind: PolicyKind | None, *, named: bool) -> Iterator[_Found]:
    try:
        root = read(text)
    except NotJson:
        yield _Found(at="", text=text, kind=kind or PolicyKind.IDENTITY, guessed=False, offset=0)
        return
    found = list(_within(root, (), text, kind))
    if not found and named:
        known = kind or guess_kind(root)
        yield _Found(at="", text=text, kind=known, guessed=kind is None, offset=0)
    yield from found


def _within(
    value: JsonValue,
    at: JsonPath,
    text: str,
    kind: PolicyKind | None,
    hint: PolicyKind | None = None,
) -> Iterator[_Found]:
    if is_policy(value):
        known = kind or hint or guess_kind(value)
        guessed = not (kind or hint)
        if not at:
            yield _Found(at="", text=text, kind=known, guessed=guessed, offset=0)
            return
        offset = offset_of(text, at)
        _, end = JSONDecoder().raw_decode(text, offset)
        yield _Found(
            at=_words(at), text=text[offset:end], kind=known, guessed=guessed, offset=offset
        )
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _within(one, (*at, n), text, kind)
    elif isinstance(value, dict):
        for name, one in value.items():
            told = _kind_of(name, value)
            if isinstance(one, str) and name in _HOLDERS:
                yield from _in_string(one, (*at, name), kind, told)
            else:
                yield from _within(one, (*at, name), text, kind, told)


def _kind_of(name: str, around: dict[str, JsonValue]) -> PolicyKind | None:
    """What AWS's answer says of the document under `name`."""
    if name in ("AssumeRolePolicyDocument", "assume_role_policy"):
        return PolicyKind.TRUST
    summary = around.get("PolicySummary")
    written = summary.get("Type") if isinstance(summary, dict) else None
    return _TYPES.get(written) if name == "Content" and isinstance(written, str) else None


def _in_string(
    written: str, at: JsonPath, kind: PolicyKind | None, told: PolicyKind | None
) -> Iterator[_Found]:
    text = unquote(written) if written.startswith("%7B") else str(written)
    try:
        value = read(text)
    except NotJson:
        return
    if is_policy(value):
        known = kind or told or guess_kind(value)
        guessed = not (kind or told)
        yield _Found(at=_words(at), text=text, kind=known, guessed=guessed, offset=None)


def _words(at: JsonPath) -> str:
    return ".".join(str(step) for step in at)


def _linted(file: str, text: str, found: _Found, held: Catalog) -> LintedPolicy:
    findings = lint(found.text, found.kind, held)
    if found.offset:
        start = position_at(text, found.offset)
        findings = tuple(_moved(one, start) for one in findings)
    return LintedPolicy(
        file=file,
        at=found.at,
        kind=found.kind,
        guessed=found.guessed,
        source=found.text if found.offset is None else text,
        in_string=found.offset is None,
        findings=findings,
    )


def _moved(one: Finding, start: Position) -> Finding:
    column = one.column + (start.column - 1 if one.line == 1 else 0)
    return msgspec.structs.replace(one, line=one.line + start.line - 1, column=column)


def _tidied(text: str, found: list[_Found], held: Catalog) -> tuple[str, tuple[str, ...]]:
    """The file with each of its documents tidied; those held as strings stay as they are."""
    done: list[str] = []
    for one in reversed(found):
        better = fixed(one.text, one.kind, held) if one.offset is not None else None
        if better and one.offset is not None:
            text = text[: one.offset] + better.text + text[one.offset + len(one.text) :]
            done[:0] = (f"{one.at}: {change}" if one.at else change for change in better.changes)
    return text, tuple(done)


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, with the file's own mode; a symbolic link stays one."""
    target = Path(os.path.realpath(path))
    half = ""
    try:
        mode = target.stat().st_mode
        handle, half = tempfile.mkstemp(dir=target.parent, prefix=".idkeep-")
        with open(handle, "wb") as file:  # noqa: PTH123 -- a handle with its own mode
            file.write(text.encode())
            os.fchmod(file.fileno(), mode & 0o7777)
        Path(half).replace(target)
    except OSError as error:
        if half:
            Path(half).unlink(missing_ok=True)
        raise IdkeepError(f"{path} can't be written: {error.strerror or error}") from error
