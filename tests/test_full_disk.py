"""Writers that find no room: a sentence each, and no half of a file where a whole one was."""

from pathlib import Path

import pytest

from full_disk import files_of_at_most
from idkeep.api.files import write_bytes
from idkeep.api.settings import write_settings
from idkeep.checks import ALL
from idkeep.checks.samples import snapshot_of
from idkeep.cli import reports
from idkeep.config import Settings
from idkeep.errors import IdkeepError, Unreadable
from idkeep.report import ScanReport, Selection
from idkeep.report.scan import scan_report
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
    files = {name: tmp_path / f"r.{name}" for name in ("json", "markdown", "ocsf")}
    for one in files.values():
        one.write_text("old")
    with (
        reports.Documents(reporting(**files)) as documents,
        files_of_at_most(200_000),
        pytest.raises(IdkeepError, match=r"^there is no room in /[^;]*$"),
    ):
        documents.finish(report)
    assert files["json"].read_text() == files["ocsf"].read_text() == "old"
    assert files["markdown"].read_text(encoding="utf-8").startswith("## idkeep")
    assert "What is wrong" in capsys.readouterr().out
    assert len(list(tmp_path.iterdir())) == len(files)


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
