"""How an account or an organisation stands by a framework, and the evidence of it in one file."""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import IO, cast
from weakref import finalize

from msgspec.structs import replace

from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_bytes
from idkeep.api.judging import Judging
from idkeep.api.snapshots import rejudge, run_report
from idkeep.catalog import Framework
from idkeep.config import Settings
from idkeep.errors import IdkeepError
from idkeep.report.framework import FrameworkReport, FrameworkTally
from idkeep.report.framework_csv import csv
from idkeep.report.organization import Coverage
from idkeep.report.scan import ScanReport
from idkeep.report.structured import json_pieces
from idkeep.store import Scratch, Spool

PACK_SCHEMA = "idkeep.evidence/1"
# A control rests on its own checks: what these find counts there, whoever tells the whole of it.
_IN_PARTS = Judging(in_parts=True)
_MOST_EVIDENCE = 100_000_000
# Bytes that each of a framework's hundreds of controls holds in memory.
_BLOCK = 8_000
# The same findings make the same file: a zip's own times are those of the snapshot.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def framework_of_snapshot(
    framework: Framework,
    wanted: str,
    *,
    store: Path,
    settings: Settings,
    each: Callable[[ScanReport], None] = lambda _: None,
) -> FrameworkReport:
    """By a snapshot, named as for `rejudge`. Raises `IdkeepError`."""
    tally = FrameworkTally(framework, settings, Spool(_BLOCK).tape)
    limited = within_limits(settings, framework)
    scan = rejudge(wanted, store=store, settings=limited, judging=_IN_PARTS)
    tally.add(scan)
    each(scan)
    return tally.report(metadata.version("idkeep"))


def framework_of_run(
    framework: Framework,
    wanted: str,
    *,
    store: Path,
    settings: Settings,
    each: Callable[[ScanReport], None] = lambda _: None,
) -> FrameworkReport:
    """By a scan of an organisation; one account after the other is judged. Raises `IdkeepError`.

    An account that the scan skipped is told, and weighs nothing; one that failed leaves open
    what idkeep assesses.
    """
    tally = FrameworkTally(framework, settings, Spool(_BLOCK).tape)

    def one(scan: ScanReport) -> None:
        tally.add(scan, scan.account_name)
        each(scan)

    limited = within_limits(settings, framework)
    whole = run_report(wanted, store=store, settings=limited, judging=_IN_PARTS, each=one)
    for row in whole.accounts:
        if row.coverage is Coverage.FAILED:
            tally.add_unread(row.id, row.name, row.why)
        elif row.coverage is Coverage.SKIPPED:
            tally.add_skipped(row.id, row.name, row.why)
    return tally.report(metadata.version("idkeep"))


def within_limits(settings: Settings, framework: Framework) -> Settings:
    """The settings with the limits that the framework sets itself.

    A stricter rule of the house breaks no control then, and a laxer one keeps none.
    """
    return replace(settings, **framework.limits)


class EvidencePack:
    """A zip that an auditor can check: what was found, what it rests on, and a hash of each file.

    Times within it are the snapshots', so that the same snapshots and settings make the same bytes.
    It waits in a file without a name until it is read. Every method raises `IdkeepError` where
    there is no room for that.
    """

    def __init__(self, settings: Settings, settings_file: Path | None) -> None:
        self._settings = settings
        self._settings_file = settings_file
        self._out = Scratch()
        # It writes, flushes, tells and seeks, and needs no more of a file.
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._out), "w", zipfile.ZIP_DEFLATED)
        finalize(self, _close, self._zip, self._out)
        self._hashes: dict[str, str] = {}
        # The SHA-256 of the manifest, which names all else; "" until all is in.
        self.manifest = ""

    def account(self, scan: ScanReport) -> None:
        """An account's whole report: every verdict with its evidence."""
        self._put(f"accounts/{scan.account}.json", json_pieces(scan))

    def finish(self, report: FrameworkReport, html: Iterable[str]) -> None:
        """With the framework's report, the settings and the files that they name.

        Raises `IdkeepError` for a file that is not there or holds more than 100 MB.
        """
        self._put("report.json", json_pieces(report))
        self._put("report.csv", (piece.encode() for piece in csv(report)))
        self._put("report.html", (piece.encode() for piece in html))
        if self._settings_file:
            data = read_bytes(self._settings_file, most=_MOST_EVIDENCE)
            self._put(f"settings/{self._settings_file.name}", (data,))
        for said in self._settings.evidence:
            if said.framework == report.framework and said.file:
                self._evidence(said.file)
        self.manifest = self._put("manifest.json", (self._manifest(report),))
        self._zip.close()

    def pieces(self) -> Iterator[bytes]:
        """The file, when it is finished."""
        return self._out.pieces()

    def _evidence(self, file: str) -> None:
        base = self._settings_file.parent if self._settings_file else Path()
        name = f"evidence/{Path(file).name}"
        data = read_bytes(base / file, most=_MOST_EVIDENCE)
        if self._hashes.get(name, digest := sha256(data).hexdigest()) != digest:
            raise IdkeepError(
                f"two files of evidence are called {Path(file).name}", hint="rename one of them"
            )
        if name not in self._hashes:
            self._put(name, (data,))

    def _manifest(self, report: FrameworkReport) -> bytes:
        manifest = {
            "schema": PACK_SCHEMA,
            "idkeep": report.idkeep,
            "catalog": str(load_catalog().date),
            "framework": report.framework,
            "version": report.version,
            "limits": report.limits,
            "snapshots": {one.id: one.snapshot for one in report.accounts if one.snapshot},
            "sha256": self._hashes,
        }
        return json.dumps(manifest, indent=2).encode() + b"\n"

    def _put(self, name: str, pieces: Iterable[bytes]) -> str:
        """A file of the pack; gives its hash."""
        info = zipfile.ZipInfo(name, _EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest = sha256()
        # How long it gets nobody knows yet.
        with self._zip.open(info, "w", force_zip64=True) as file:
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
        self._hashes[name] = digest.hexdigest()
        return self._hashes[name]


def _close(pack: zipfile.ZipFile, file: Scratch) -> None:
    """A pack that is not finished is not missed."""
    with suppress(IdkeepError):
        pack.close()
    file.close()
