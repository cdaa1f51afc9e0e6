"""A file that somebody was sent: where its JSON documents are, or what is wrong with it.

Large files are mapped, not read, and JSON is cut into raw documents that are decoded on demand.
"""

import mmap
import re
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import TypeAlias

import msgspec
from msgspec import Raw

View: TypeAlias = memoryview

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_AT = re.compile(r"\(byte (\d+)\)")
_TRAILING = "trailing characters"
_TRUNCATED = "truncated"
# What the AWS CLI writes to stderr: `An error occurred (Code) when calling the Name operation: …`
_ERROR = re.compile(rb"An error occurred \(([\w.]+)\) when calling the (\w+) operation")
_BEGINNING = 4096
_PIECE = 1 << 20
# Each mapping holds a file descriptor, and there may be a file for each user.
_LARGE = 1 << 22
_AGAIN = "make the file again"


class Fault(Exception):
    """What is wrong with a file, in one line: where, what, and what to do.

    `line` and `column` count from 1, and are 0 where no place in the file is to blame.
    """

    def __init__(self, why: str, *, line: int = 0, column: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.line = line
        self.column = column

    def at(self, name: str) -> str:
        place = f"{name}:{self.line}:{self.column}" if self.line else name
        return f"{place}: {self.why}"


class Refused(Exception):
    """The file holds AWS's refusal in the place of its answer; `code` is AWS's error code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def opened(path: Path) -> View:
    """The whole file without its byte-order mark. Raises `Fault`, or `Refused`."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            view = memoryview(_mapped(file) if size > _LARGE else file.read())
    except OSError as error:
        raise Fault(f"can't be read: {error.strerror or error}") from error
    begins = bytes(view[:_BEGINNING])
    if begins.startswith(_UTF16_MARKS) or b"\x00" in begins:
        raise Fault(
            "is UTF-16, as PowerShell's `>` writes it: make it again with "
            '`cmd /c "aws … > file"`, or in PowerShell 7',
            line=1,
            column=1,
        )
    if begins.startswith(_UTF8_MARK):
        view, begins = view[len(_UTF8_MARK) :], begins[len(_UTF8_MARK) :]
    if not begins.strip():
        raise Fault(f"is empty: the command that wrote it failed; {_AGAIN}")
    if begins.lstrip().startswith(b"<"):
        raise Fault(
            f"is HTML or XML, not what the AWS CLI prints with `--output json`; {_AGAIN}",
            line=1,
            column=1,
        )
    if not is_json(view) and (refusal := _ERROR.search(begins)):
        raise Refused(refusal[1].decode())
    return view


def _mapped(file: BufferedReader) -> mmap.mmap:
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def forget(view: View) -> None:
    """Let go of the memory that holds what was read of a mapped file; it can be read again."""
    if isinstance(view.obj, mmap.mmap):
        view.obj.madvise(mmap.MADV_DONTNEED)


def is_json(view: View) -> bool:
    """By how it begins: with an object or an array."""
    return bytes(view[:_BEGINNING]).lstrip()[:1] in (b"{", b"[")


def documents(view: View) -> tuple[Raw, ...]:
    """The documents in a file, one after the other; those of an array each by itself.

    Raises `Fault` where one is not JSON.
    """
    if not is_json(view):
        raise Fault(
            f"is not JSON: the AWS CLI prints it with `--output json`; {_AGAIN}", line=1, column=1
        )
    found: list[Raw] = []
    for document in _one_after_the_other(view):
        if bytes(memoryview(document)[:1]) == b"[":
            found.extend(msgspec.json.decode(document, type=list[Raw]))
        else:
            found.append(document)
    return tuple(found)


def _one_after_the_other(view: View) -> Iterator[Raw]:
    """Several pages in a file, as `>>` collects them: msgspec tells where each ends."""
    begins = 0
    while begins < len(view):
        try:
            yield msgspec.json.decode(view[begins:], type=Raw)
        except msgspec.DecodeError as error:
            at = _AT.search(str(error))
            if at is None or _TRAILING not in str(error):
                raise _fault(view, begins, error) from error
            # It counts from 1, to where the next document begins.
            ends = begins + int(at[1]) - 1
            yield msgspec.json.decode(view[begins:ends], type=Raw)
            begins = ends
        else:
            return


def _fault(view: View, begins: int, error: msgspec.DecodeError) -> Fault:
    at = _AT.search(str(error))
    if at is None and _TRUNCATED in str(error):
        line, column = _place(view, len(view))
        return Fault(f"breaks off in the middle: {_AGAIN}", line=line, column=column)
    line, column = _place(view, begins + int(at[1]) if at else begins)
    why = _AT.sub("", str(error)).strip()
    return Fault(f"{why}; {_AGAIN}", line=line, column=column)


def _place(view: View, at: int) -> tuple[int, int]:
    """Line and column, from 1; the column in bytes."""
    line, last = 1, -1
    for start in range(0, at, _PIECE):
        piece = bytes(view[start : min(start + _PIECE, at)])
        line += piece.count(b"\n")
        if (newest := piece.rfind(b"\n")) >= 0:
            last = start + newest
    return line, at - last
