"""Writers that find no room: a sentence each, and no half of a file where a whole one was."""

from pathlib import Path

import pytest

from full_disk import files_of_at_most
from idkeep.api.files import write_bytes
from idkeep.api.framework_report import EvidencePack
from idkeep.api.settings import write_settings
from idkeep.checks import ALL
from idkeep.checks.samples import snapshot_of
from idkeep.cli import reports
from idkeep.config import Settings
from idkeep.errors import IdkeepError, Unreadable
from idkeep.report import ScanReport, Selection
from idkeep.report.format import FORMATS
from idkeep.report.scan import scan_report
from idkeep.store import Scratch
from memory_child import outcome


@pytest.fixture(scope="module")
def report() -> ScanReport:
    """Some megabytes in every format but Markdown."""
    checks = ALL[:12]
    return scan_report(
        snapshot=snapshot_of(),
        checks=checks,
        outcomes=(outcome(one.id) for one in checks),
        settings=Settings(),
        version="0",
    )


def reporting(**files: Path) -> reports.Reporting:
    return reports.Reporting(
        selection=Selection(),
        statuses=(),
        show_all=False,
        quiet=False,
        files=files,
        fail_on="never",
        rules_version=None,
    )


def test_a_document_without_room_costs_neither_the_others_nor_the_terminal(
    report: ScanReport, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: tmp_path / f"r.{name}" for name in FORMATS}
    for one in files.values():
        one.write_text("old")
    with (
        reports.Documents(reporting(**files)) as documents,
        files_of_at_most(200_000),
        pytest.raises(IdkeepError, match=r"^there is no room in /"),
    ):
        documents.finish(report)
    told = {name for name, one in files.items() if one.read_text(encoding="utf-8") != "old"}
    assert told == {"markdown"}
    assert files["markdown"].read_text(encoding="utf-8").startswith("## idkeep")
    assert "What is wrong" in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == len(files)


def test_what_found_no_room_once_takes_more_when_there_is_some() -> None:
    scratch = Scratch(in_memory=10)
    scratch.write(b"0123456789")
    with files_of_at_most(5):
        for _ in range(2):
            with pytest.raises(IdkeepError, match="there is no room in /"):
                scratch.write(b"abc")
    scratch.write(b"abc")
    assert b"".join(scratch.pieces()) == b"0123456789abc"
    scratch.close()


def test_an_evidence_pack_without_room_is_an_error_of_one_sentence(
    report: ScanReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Scratch.__init__, "__defaults__", (1000,))
    pack = EvidencePack(Settings(), None)
    with files_of_at_most(2000), pytest.raises(IdkeepError, match="there is no room in /"):
        pack.account(report)


def test_settings_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    mine = tmp_path / "idkeep.toml"
    for before in ("", "# mine"):
        if before:
            mine.write_text(before)
        with files_of_at_most(100), pytest.raises(Unreadable, match="can't be written"):
            write_settings(mine, force=True)
        assert [one.read_text() for one in tmp_path.iterdir()] == [before] * bool(before)


def test_a_file_that_is_replaced_keeps_its_mode_and_a_link_its_place(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o640
