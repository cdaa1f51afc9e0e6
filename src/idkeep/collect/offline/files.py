"""The folder in the place of the API: a call is answered from the file named after it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from botocore.model import OperationModel
from msgspec import Raw

from idkeep.collect.authorization import AUTHORIZATION_DETAILS
from idkeep.collect.credential_report import CREDENTIAL_REPORT
from idkeep.collect.declare import Answer, AnyCollector, Pages, Reading
from idkeep.collect.failures import NotAws
from idkeep.collect.offline.answers import answer
from idkeep.collect.offline.details import DetailsPage
from idkeep.collect.offline.folder import Entry, Listing
from idkeep.collect.offline.names import asked, file_name, operation, parts
from idkeep.collect.offline.report import SavedReport, saved_report
from idkeep.collect.offline.signs import Signs
from idkeep.collect.offline.text import Fault, Refused, View, documents, forget, opened
from idkeep.collect.paging import paging
from idkeep.model import Call, Gap

_ERROR = ".error"
_DETAILS = (AUTHORIZATION_DETAILS.service, AUTHORIZATION_DETAILS.operation)
_REPORT = (CREDENTIAL_REPORT.service, CREDENTIAL_REPORT.operation)
# What a file turned out to hold.
Page: TypeAlias = Raw | DetailsPage | SavedReport
Held: TypeAlias = tuple[Page, ...] | Fault | Refused


@dataclass(slots=True)
class Files:
    """Answers as `Aws` gives them, without calls. `region` is "": no place was asked.

    Safe to use from several threads, once it was made.
    """

    held: Mapping[Entry, Held]
    by_operation: Mapping[tuple[str, str], tuple[Entry, ...]]
    region: str = ""
    main_region: str = ""
    live: bool = False
    _stands_for: dict[Path, str] = field(default_factory=dict)

    def operation(self, service: str, name: str) -> OperationModel:
        return operation(service, name)

    def calls(self) -> tuple[Call, ...]:
        """None was made."""
        return ()

    def has_endpoint(self, service: str, region: str) -> bool:  # noqa: ARG002 -- as `Aws` asks
        """Nobody was asked, so nothing says that a service is not there."""
        return True

    def knows_regions(self, service: str) -> bool:  # noqa: ARG002 -- as `Aws` asks
        """Nothing is taken from a place that can't be reached."""
        return True

    def pause(self, seconds: float) -> None:
        """There is nobody to wait for."""

    def read(
        self,
        collector: AnyCollector,
        params: Mapping[str, Any] | None = None,
        *,
        region: str | None = None,
    ) -> Reading:
        """The pages of the file, or files, that hold this call's answer."""
        where = region or ""
        telling = asked(collector, params or {})
        known = self.by_operation.get((collector.service, collector.operation), ())
        entries = [one for one in known if _answers(one, parts(telling), where)]
        if not entries and telling:
            entries = [one for one in known if _answers(one, "", where)]
            return self._among(collector, entries, telling, where)
        if twice := self._stands_for_another(entries, telling):
            return _gap(collector, twice, where)
        entries = [one for one in entries if one.path.suffix != _ERROR] or entries
        pages: list[Answer] = []
        for entry in entries:
            held = self.held[entry]
            if isinstance(held, Refused):
                return _refused(collector, held, where)
            if isinstance(held, Fault):
                return _gap(collector, held.at(entry.name), where, pages)
            pages.extend(_page(collector, one) for one in held)
        if not pages:
            return _lacks(collector, telling, where)
        return _whole(collector, entries, tuple(pages), where)

    def made(self, when: datetime) -> None:
        """Take that time for a credential report that does not tell its own."""
        for held in self.held.values():
            for one in held if isinstance(held, tuple) else ():
                if isinstance(one, SavedReport):
                    one.stand_in = when

    def faults(self) -> Iterator[str]:
        """What is wrong with each file that can't be used, in one line."""
        for entry, held in self.held.items():
            if isinstance(held, Fault):
                yield held.at(entry.name)

    def _among(
        self,
        collector: AnyCollector,
        entries: Iterable[Entry],
        telling: Mapping[str, object],
        region: str,
    ) -> Reading:
        """The answer among several in one file: the one that says what it was asked of."""
        pages: list[Answer] = []
        for entry in entries:
            held = self.held[entry]
            if isinstance(held, Fault):
                return _gap(collector, held.at(entry.name), region)
            for one in held if isinstance(held, tuple) else ():
                page = _page(collector, one)
                if _says(page, telling):
                    pages.append(page)
        if not pages:
            return _lacks(collector, telling, region)
        return _whole(collector, (), tuple(pages), region)

    def _stands_for_another(self, entries: Iterable[Entry], telling: Mapping[str, object]) -> str:
        """Two names may come to one file's name: then nobody knows whose answer it holds."""
        told = repr(sorted(telling.items(), key=lambda one: one[0]))
        for entry in entries:
            if self._stands_for.setdefault(entry.path, told) != told:
                return f"{entry.name}: could be the answer about more than one of them"
        return ""


def load(listed: Listing, signs: Signs) -> Files:
    """Look into every file, once. What is wrong with one is found when it is asked for."""
    held: dict[Entry, Held] = {}
    by_operation: dict[tuple[str, str], list[Entry]] = {}
    for entry in listed.entries:
        held[entry] = _held(entry, signs)
        for one in _meant(entry, held[entry]):
            by_operation.setdefault(one, []).append(entry)
    return Files(held, {one: tuple(entries) for one, entries in by_operation.items()})


def _held(entry: Entry, signs: Signs) -> Held:
    try:
        view = opened(entry.path)
        if entry.path.suffix == _ERROR:
            return Fault("holds no error of AWS's: the command failed before AWS was asked")
        if _REPORT in entry.of:
            return (saved_report(view, entry.name, signs),)
        if _DETAILS in entry.of:
            return _details(view, entry.name, signs)
        return _documents(view, entry, signs)
    except (Fault, Refused) as why:
        return why
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as odd:
        return Fault(f"is not JSON in UTF-8: {odd}; make the file again")


def _details(view: View, name: str, signs: Signs) -> tuple[DetailsPage, ...]:
    try:
        pages = tuple(DetailsPage(one, partial(forget, view)) for one in documents(view))
    except msgspec.DecodeError as odd:
        raise Fault(f"is not what `get-account-authorization-details` prints: {odd}") from odd
    for page in pages:
        for entity in page.entities():
            signs.owned(entity.Arn, name)
            for when in entity.times():
                signs.happened(when)
    return pages


def _documents(view: View, entry: Entry, signs: Signs) -> tuple[Raw, ...]:
    found = documents(view)
    for one in found:
        told = msgspec.json.decode(one)
        if not isinstance(told, dict):
            raise Fault("holds something else where an answer is an object")
        signs.read(told, entry.name, of_iam=any(of in ("iam", "sts") for of, _ in entry.of))
    return found


def _meant(entry: Entry, held: Held) -> tuple[tuple[str, str], ...]:
    """Services may call different things alike: then what the answer holds decides."""
    if len(entry.of) == 1 or not isinstance(held, tuple):
        return entry.of
    told = [one for one in held if isinstance(one, Raw)][:1]
    fitting = tuple(
        of
        for of in entry.of
        if all(_fits(operation(*of).output_shape, msgspec.json.decode(one)) for one in told)
    )
    return fitting or entry.of


def _fits(shape: Any, value: object, depth: int = 3) -> bool:  # noqa: ANN401 -- botocore's
    """Every member is one that the shape knows, as far as anybody looks."""
    if not depth or shape is None:
        return True
    if shape.type_name == "structure" and isinstance(value, dict):
        return all(
            name == "NextToken"
            or (name in shape.members and _fits(shape.members[name], one, depth - 1))
            for name, one in value.items()
        )
    if shape.type_name == "list" and isinstance(value, list):
        return all(_fits(shape.member, one, depth - 1) for one in value[:1])
    return True


def _answers(entry: Entry, told: str, region: str) -> bool:
    """A region stands at the end of the file's name, or is a folder's."""
    if entry.region:
        return entry.region == region and entry.told == told
    return entry.told == "--".join(one for one in (told, region) if one)


def _page(collector: AnyCollector, document: Page) -> Answer:
    if isinstance(document, DetailsPage):
        return document
    if isinstance(document, SavedReport):
        return document.answer()
    shape = operation(collector.service, collector.operation).output_shape
    return answer(shape, msgspec.json.decode(document))


def _says(page: Answer, telling: Mapping[str, object]) -> bool:
    """At the top, or in the one thing that the answer holds."""
    inner = [one for one in page.values() if isinstance(one, Mapping)]
    return any(
        all(one.get(name) == value for name, value in telling.items())
        for one in (page, *(inner if len(inner) == 1 else ()))
    )


def _whole(collector: AnyCollector, entries: Iterable[Entry], pages: Pages, region: str) -> Reading:
    """Each page but one says that there is more; if all do, the last one is missing."""
    names = ", ".join(one.name for one in entries)
    model = operation(collector.service, collector.operation)
    how = paging(collector.service, model)
    if len(pages) > 1 and not how.output:
        return _gap(collector, f"several answers where there is one: {names}", region)

    def leads_on(page: Answer) -> bool:
        try:
            return bool(page.get("NextToken") or how.next(page))
        except NotAws:
            return True

    if all(leads_on(page) for page in pages) and len(pages) != collector.most_pages:
        return _gap(collector, f"the last page is not in the folder: {names}", region, pages)
    return Reading(collector, pages, region=region)


def _lacks(collector: AnyCollector, telling: Mapping[str, object], region: str) -> Reading:
    own = {name: one for name, one in telling.items() if name not in collector.params}
    where = region if collector.regional else ""
    why = f"not in the folder: {file_name(collector, own, region)}"
    return Reading(
        collector, (), Gap(collector.action, why, region=where, unsaved=True), region=where
    )


def _refused(collector: AnyCollector, refused: Refused, region: str) -> Reading:
    if refused.code in {*collector.absent, *collector.answers}:
        return Reading(collector, code=refused.code, region=region)
    return _gap(collector, refused.code, region)


def _gap(collector: AnyCollector, why: str, region: str, pages: Iterable[Answer] = ()) -> Reading:
    where = region if collector.regional else ""
    return Reading(collector, tuple(pages), Gap(collector.action, why, region=where), region=where)
