"""What differs between two snapshots: who appeared, who vanished, what changed about whom.

It works on every `Struct` of the model by one rule, so a new field or kind is compared from its
first day. Use is no change: when a key was last used is not told.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from msgspec import Struct

from idkeep.access.diff_policy import policy_differences
from idkeep.access.difference import Change, Diff, Difference, Scalar, SubjectDifference
from idkeep.model import Gap, NotAsked, OrganizationTags, PolicyTags, Snapshot, SubjectRef

# About the reading, not the account; `unlisted` and `gaps` are looked at on their own.
_NOT_FACTS = frozenset(
    {
        "calls", "caller", "concerns", "credential_report_generated", "documents", "format", "gaps",
        "region", "taken", "told_elsewhere", "unlisted",
    }
)  # fmt: skip
# Use, or what follows from other fields.
_NOT_COMPARED = frozenset(
    {
        "attachments", "boundary_uses", "delivered", "digest_delivered", "is_default",
        "last_accessed", "last_used", "last_used_region", "last_used_service", "logs_delivered",
        "password_last_used", "quotas", "updated",
    }
)  # fmt: skip
_NO_POLICY = "{}"
_IDENTITIES = ("id", "arn", "serial", "slot", "name", "region")


def diff(before: Snapshot, after: Snapshot) -> Diff:
    """Subjects are the same by their unique id; of two accounts, by kind and name."""
    by_name = before.account.id != after.account.id
    found: list[SubjectDifference] = []
    for field in before.__struct_fields__:
        if field not in _NOT_FACTS:
            differing = _Comparison(before, after, by_name=by_name).field(field)
            found.extend(sorted(differing, key=_order))
    return Diff(
        subjects=tuple(found),
        gaps=tuple(_gaps(before.gaps, after.gaps)),
        not_compared=tuple(sorted({*_not_asked(before), *_not_asked(after)})),
    )


def _order(one: SubjectDifference) -> tuple[int, str]:
    return list(Change).index(one.change), one.subject.name


class _Comparison:
    def __init__(self, before: Snapshot, after: Snapshot, *, by_name: bool) -> None:
        self._before = before
        self._after = after
        self._by_name = by_name
        self._texts = (before.documents, after.documents)

    def field(self, name: str) -> Iterator[SubjectDifference]:
        """Of the snapshots: one subject, or all of a kind."""
        before, after = getattr(self._before, name), getattr(self._after, name)
        if _unasked(before, after):
            return
        if not isinstance(before, Gap) and not isinstance(after, Gap):
            yield from self._subjects(name, before, after)
            return
        for one in _unread(name, before, after):
            ref = SubjectRef(kind=name, name=name, arn="", id="", account=self._after.account.id)
            yield SubjectDifference(change=one.change, subject=ref, parts=(one,))

    def _subjects(self, name: str, before: object, after: object) -> Iterator[SubjectDifference]:
        old, new = self._keyed(name, before), self._keyed(name, after)
        names = {_name(one): one for key, one in old.items() if key not in new}
        for key, one in old.items():
            if key not in new:
                yield self._alone(one, Change.REMOVED)
            elif parts := tuple(self._struct(one, new[key])):
                ref = self._reference(new[key])
                yield SubjectDifference(change=Change.CHANGED, subject=ref, parts=parts)
        for key, one in new.items():
            if key not in old:
                yield self._alone(one, Change.ADDED, names.get(_name(one)))

    def _keyed(self, name: str, value: object) -> dict[object, Any]:
        """Every subject in a field of the snapshot."""
        every = value if isinstance(value, tuple) else (value,)
        return {
            _identity(one, by_name=self._by_name) if isinstance(value, tuple) else name: one
            for one in every
            if isinstance(one, Struct)
        }

    def _alone(
        self, subject: Struct, change: Change, replaced: Struct | None = None
    ) -> SubjectDifference:
        """Of one that is in one snapshot only: unknown, where the other's list is not whole."""
        ref = self._reference(subject)
        other, turned = (
            (self._before, Change.KNOWN)
            if change is Change.ADDED
            else (self._after, Change.UNKNOWN)
        )
        why = [str(one.gap) for one in other.unlisted if one.kind == ref.kind]
        if why:
            unlisted = Difference(change=turned, part="listed", why="; ".join(why))
            return SubjectDifference(change=turned, subject=ref, parts=(unlisted,))
        parts = tuple(self._has(subject, change))
        if replaced is not None and not self._by_name:
            ids = (str(_identity(replaced)), str(_identity(subject)))
            again = Difference(change=Change.CHANGED, part="id", before=ids[0], after=ids[1])
            parts = (again, *parts)
        return SubjectDifference(change=change, subject=ref, parts=parts)

    def _has(self, subject: Struct, change: Change) -> Iterator[Difference]:
        """What one that appeared brings, or one that vanished takes: what others may lack."""
        for name in subject.__struct_fields__:
            value = _opened(getattr(subject, name))
            match value:
                case Gap() if change is Change.ADDED:
                    yield Difference(change=Change.UNKNOWN, part=name, why=str(value))
                case Gap() | NotAsked():
                    continue
                case _ if name in _NOT_COMPARED:
                    continue
                case tuple() | dict():
                    empty = type(value)()
                    sides = (empty, value) if change is Change.ADDED else (value, empty)
                    yield from self._values(name, *sides)
                case Struct():
                    yield Difference(change=change, part=name)
                case str() if statements := self._statements(value, change):
                    yield Difference(change=change, part=name, parts=statements)
        said = self._statements(_default(subject), change)
        if said:
            yield Difference(change=change, part="document", parts=said)

    def _statements(self, digest: object, change: Change) -> tuple[Difference, ...]:
        """Of a policy that is on one side only."""
        text = self._texts[change is Change.ADDED].get(str(digest))
        if text is None:
            return ()
        sides = (_NO_POLICY, text) if change is Change.ADDED else (text, _NO_POLICY)
        return tuple(one for one in policy_differences(*sides) if one.part == "statement")

    def _reference(self, subject: Struct) -> SubjectRef:
        return SubjectRef(
            kind=type(subject).__name__,
            name=_name(subject),
            arn=str(getattr(subject, "arn", "")),
            id=str(_identity(subject)),
            account=self._after.account.id,
            region=str(getattr(subject, "region", "") or "global"),
        )

    def _struct(self, before: Struct, after: Struct) -> Iterator[Difference]:
        hidden = {"id", "arn"} if self._by_name else set()
        for name in after.__struct_fields__:
            if name not in _NOT_COMPARED | _NOT_FACTS | hidden:
                yield from self._values(name, getattr(before, name), getattr(after, name))
        if hasattr(after, "default_version") and hasattr(before, "default_version"):
            yield from self._default_document(before, after)

    def _default_document(self, before: Struct, after: Struct) -> Iterator[Difference]:
        """What a managed policy says is what its default version says."""
        old, new = _default(before), _default(after)
        if old is not None and new is not None:
            yield from self._values("document", old, new)

    def _values(self, part: str, before: Any, after: Any) -> Iterator[Difference]:  # noqa: ANN401
        before, after = _opened(before, after), _opened(after, before)
        if before == after:
            return
        if isinstance(before, Gap | NotAsked) or isinstance(after, Gap | NotAsked):
            yield from _unread(part, before, after)
            return
        match before, after:
            case (str(), str()) if before in self._texts[0] and after in self._texts[1]:
                parts = policy_differences(self._texts[0][before], self._texts[1][after])
                if parts:
                    yield Difference(change=Change.CHANGED, part=part, parts=parts)
            case (dict(), dict()):
                yield from self._items(part, before, after)
            case (tuple() | list() | frozenset(), tuple() | list() | frozenset()):
                keyed = (self._parts_of(before), self._parts_of(after))
                yield from self._items(part, *keyed)
            case (Struct(), Struct()) if type(before) is type(after):
                parts = tuple(self._struct(before, after))
                if parts:
                    yield Difference(change=Change.CHANGED, part=part, parts=parts)
            case _:
                yield _scalar(part, before, after)

    def _parts_of(self, values: Iterable[object]) -> dict[str, object]:
        """By what each is known by; those that look alike by their number, too."""
        made: dict[str, object] = {}
        seen: Counter[str] = Counter()
        for one in values:
            known = _identity(one, by_name=self._by_name) if isinstance(one, Struct) else _told(one)
            seen[str(known)] += 1
            number = seen[str(known)]
            made[f"{known} #{number}" if number > 1 else str(known)] = one
        return made

    def _items(
        self, part: str, before: dict[str, object], after: dict[str, object]
    ) -> Iterator[Difference]:
        for key in dict.fromkeys((*before, *after)):
            if key not in after:
                yield self._item(part, key, Change.REMOVED, before[key])
            elif key not in before:
                yield self._item(part, key, Change.ADDED, after[key])
            else:
                for one in self._values(part, before[key], after[key]):
                    yield Difference(
                        change=one.change,
                        part=part,
                        name=_label(key, after[key]),
                        before=one.before,
                        after=one.after,
                        why=one.why,
                        parts=one.parts,
                    )

    def _item(self, part: str, key: str, change: Change, value: object) -> Difference:
        told = _plain(value)
        shown = None if told == key else told
        statements = self._statements(getattr(value, "document", None), change)
        text = Difference(change=change, part="document", parts=statements)
        return Difference(
            change=change,
            part=part,
            name=_label(key, value),
            before=shown if change is Change.REMOVED else None,
            after=shown if change is Change.ADDED else None,
            parts=(text,) if statements and part != "versions" else (),
        )


def _opened(value: object, beside: object = None) -> object:
    """Tags that may be unread stand in a value: those in it; none beside them are none at all."""
    if isinstance(value, PolicyTags | OrganizationTags):
        return value.entries
    has_tags = isinstance(beside, PolicyTags | OrganizationTags)
    return {} if value is None and has_tags else value


def _label(key: str, value: object) -> str:
    return _name(value) if isinstance(value, Struct) else key


def _scalar(part: str, before: object, after: object) -> Difference:
    change = Change.CHANGED
    if before is None:
        change = Change.ADDED
    elif after is None:
        change = Change.REMOVED
    return Difference(change=change, part=part, before=_plain(before), after=_plain(after))


def _unread(part: str, before: object, after: object) -> Iterator[Difference]:
    """Now unknown, or known again; what was not asked for is compared with nothing."""
    if _unasked(before, after) or (isinstance(before, Gap) and isinstance(after, Gap)):
        return
    if isinstance(after, Gap):
        yield Difference(change=Change.UNKNOWN, part=part, before=_plain(before), why=str(after))
    else:
        yield Difference(change=Change.KNOWN, part=part, after=_plain(after), why=str(before))


def _unasked(*values: object) -> bool:
    return any(isinstance(one, NotAsked) for one in values)


def _plain(value: object) -> Scalar:
    """Of a value with parts, nothing."""
    match value:
        case Enum():
            return str(value.value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case str() | bool() | int() | float() | None:
            return value
        case _:
            return None


def _told(value: object) -> Scalar:
    """The same, but in words of a pair (the two ends of a time) or of tags."""
    match value:
        case tuple():
            return " to ".join("open" if one is None else str(_plain(one)) for one in value)
        case dict():
            return ", ".join(f"{name}={_plain(one)}" for name, one in value.items())
        case _:
            return _plain(value)


def _identity(value: Struct, *, by_name: bool = False) -> object:
    """What stays the same of one among its like: AWS's unique id first."""
    names = ("name", *_IDENTITIES) if by_name else _IDENTITIES
    found = (getattr(value, name) for name in names if name in value.__struct_fields__)
    return next((one for one in found if one not in ("", None)), _words(value))


def _words(value: Struct) -> str:
    """Of one that has no name: what it says, as an assignment of a permission set to somebody."""
    said = (_plain(getattr(value, name)) for name in value.__struct_fields__)
    return " ".join(str(one) for one in said if one not in ("", None)) or type(value).__name__


def _name(value: object) -> str:
    for attribute in ("name", "slot", "serial", "id", "arn"):
        found = getattr(value, attribute, None)
        if found not in (None, ""):
            return str(found)
    return _words(value) if isinstance(value, Struct) else type(value).__name__


def _default(policy: Struct) -> str | None:
    wanted = getattr(policy, "default_version", None)
    versions: Iterable[Any] = getattr(policy, "versions", ())
    return next((one.document for one in versions if one.id == wanted), None)


def _gaps(before: Iterable[Gap], after: Iterable[Gap]) -> Iterator[Difference]:
    old, new = ({(g.action, g.region): g for g in gaps} for gaps in (before, after))
    for key, gap in new.items():
        if key not in old:
            yield Difference(change=Change.UNKNOWN, part="gaps", name=gap.action, why=str(gap))
    for key, gap in old.items():
        if key not in new:
            yield Difference(change=Change.KNOWN, part="gaps", name=gap.action, why=str(gap))


def _not_asked(value: object) -> Iterator[str]:
    match value:
        case NotAsked():
            yield value.family.value
        case Struct():
            for name in value.__struct_fields__:
                if name != "documents":
                    yield from _not_asked(getattr(value, name))
        case tuple():
            for one in value:
                yield from _not_asked(one)
        case _:
            return
