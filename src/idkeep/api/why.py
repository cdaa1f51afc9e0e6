"""AWS's own record of a denied request, with idkeep's answer beside it."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_text
from idkeep.errors import IdkeepError
from idkeep.policy.record import Document, Record, read_document, read_record, with_documents
from idkeep.policy.record_compare import Comparison, Verdict, compare

_CAPTURED = (
    "documents are as AWS captured them: they may leave out actions of services other than the "
    "one that was asked"
)


class Reasons(Struct, frozen=True, kw_only=True):
    """Every evaluation of the record. `is_whole` is false if pages of it are missing."""

    evaluations: tuple[Comparison, ...]
    is_whole: bool
    notes: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """A difference wins; agreement takes every evaluation, and all of them."""
        verdicts = {one.verdict for one in self.evaluations}
        if "differ" in verdicts:
            return "differ"
        return "agree" if self.is_whole and verdicts == {"agree"} else "unknown"


def why(records: Sequence[Path], policies: Sequence[str] = ()) -> Reasons:
    """`records` are pages of one record; each of `policies` is `URI=FILE`.

    Raises `IdkeepError`.
    """
    record = read_record([(str(path), read_text(path)) for path in records])
    record = with_documents(record, dict(_document(record, pair) for pair in policies))
    captured = (_CAPTURED,) if record.documents else ()
    return Reasons(
        evaluations=compare(record, rcps_reach=load_catalog().facts.rcps),
        is_whole=record.is_whole,
        notes=(*record.notes, *captured),
    )


def _document(record: Record, pair: str) -> tuple[str, Document]:
    """A uri is opaque and a file's name anything: the uri is the one that the record has."""
    for one in record.policies:
        if one.uri and pair.startswith(f"{one.uri}="):
            path = Path(pair.removeprefix(f"{one.uri}="))
            return one.uri, read_document(str(path), read_text(path))
    uri, equals, _ = pair.partition("=")
    if not equals:
        raise IdkeepError(f"{pair!r} is not URI=FILE")
    known = ", ".join(one.uri for one in record.policies if one.uri)
    raise IdkeepError(f"the record has no policy {uri}", hint=f"it has {known or 'none'}")
