"""`idkeep report`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idkeep.cli import options, output, terminal
from idkeep.cli.terminal import say
from idkeep.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from idkeep.report.framework import FrameworkReport


@click.command("report")
@click.option("--framework", metavar="ID", help="Which: cis-7.0, fsbp, nist-800-53-r5 …")
@click.option("--list", "list_them", is_flag=True, help="List the frameworks.")
@click.option(
    "--snapshot", metavar="ID|FILE", help="Judge this snapshot; by default the newest one."
)
@click.option("--run", metavar="ID", help="Judge a scan of an organisation; or latest.")
@options.store
@options.settings_file
@click.option("--json", "json_file", metavar="FILE", type=Path, help="Write it as JSON.")
@click.option("--csv", "csv_file", metavar="FILE", type=Path, help="Write a row for each control.")
@click.option("--html", "html_file", metavar="FILE", type=Path, help="Write it as one HTML file.")
@click.option(
    "--pack",
    "pack_file",
    metavar="FILE",
    type=Path,
    help="Write an auditor's evidence as a zip, with a hash of each file in it.",
)
@click.option("--all", "show_all", is_flag=True, help="Leave no finding out on the terminal.")
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    *,
    framework: str | None,
    list_them: bool,
    snapshot: str | None,
    run: str | None,
    store: Path,
    config: Path | None,
    json_file: Path | None,
    csv_file: Path | None,
    html_file: Path | None,
    pack_file: Path | None,
    show_all: bool,
) -> None:
    """Tell how an account or an organisation stands by a framework.

    Every control is counted, also those that idkeep does not assess. Asks AWS nothing: it judges
    what a scan has kept. Exits with 1 if a control is broken, with 3 if none is but something
    could not be told.
    """
    if list_them:
        _list()
        return
    if not framework:
        raise click.UsageError("name one with --framework; --list lists them")
    if snapshot and run:
        raise click.UsageError("--snapshot and --run go one at a time")
    files = {
        "--json": json_file,
        "--csv": csv_file,
        "--html": html_file,
        "--pack": pack_file,
    }
    output.check(files, store)
    found, pack = _judged(framework, snapshot, run, store, config, packed=pack_file is not None)
    _write(found, files, pack, show_all=show_all)
    ctx.exit(_code(found))


def _judged(
    framework: str,
    snapshot: str | None,
    run: str | None,
    store: Path,
    config: Path | None,
    *,
    packed: bool,
) -> "tuple[FrameworkReport, Any]":
    from idkeep.api.framework_report import (  # noqa: PLC0415 -- every check, for those who need it
        EvidencePack,
        framework_of_run,
        framework_of_snapshot,
    )
    from idkeep.api.frameworks import find_framework  # noqa: PLC0415
    from idkeep.api.settings import load_settings, settings_file  # noqa: PLC0415

    chosen = find_framework(framework)
    settings = load_settings(config)
    pack = EvidencePack(settings, settings_file(config)) if packed else None
    common: dict[str, Any] = {"store": store, "settings": settings}
    if pack:
        common["each"] = pack.account
    if run:
        return framework_of_run(chosen, run, **common), pack
    return framework_of_snapshot(chosen, snapshot or "latest", **common), pack


def _write(
    found: "FrameworkReport",
    files: dict[str, Path | None],
    pack: Any,  # noqa: ANN401 -- an `EvidencePack`, which is loaded for those who want it
    *,
    show_all: bool,
) -> None:
    from idkeep.report.framework_csv import csv  # noqa: PLC0415 -- for this output only
    from idkeep.report.framework_html import html  # noqa: PLC0415
    from idkeep.report.framework_text import FrameworkText  # noqa: PLC0415
    from idkeep.report.structured import json_pieces  # noqa: PLC0415

    makers: dict[str, Callable[[], Iterable[bytes]]] = {
        "--json": lambda: json_pieces(found),
        "--csv": lambda: (piece.encode() for piece in csv(found)),
        "--html": lambda: (piece.encode() for piece in html(found)),
    }
    on_stdout = False
    for option, path in files.items():
        if path and option in makers:
            output.write(path, makers[option]())
            on_stdout |= output.is_stdout(path)
    if path := files["--pack"]:
        pack.finish(found, html(found))
        output.write(path, pack.pieces())
        on_stdout |= output.is_stdout(path)
        say(f"SHA-256 of its manifest: {pack.manifest}")
    if not on_stdout:
        terminal.console().print(FrameworkText(found, show_all=show_all))


def _code(found: "FrameworkReport") -> Exit:
    from idkeep.report.framework import ControlStatus  # noqa: PLC0415 -- loaded by now

    if found.counts[ControlStatus.FAIL]:
        return Exit.FINDINGS
    return Exit.INCOMPLETE if found.counts[ControlStatus.UNKNOWN] else Exit.OK


def _list() -> None:
    from idkeep.api.frameworks import frameworks  # noqa: PLC0415 -- for this output only

    for one in frameworks():
        assessed = sum(bool(control.objectives) for control in one.controls)
        part = "" if one.complete else ", the part about identities"
        click.echo(
            f"{one.id:24}{one.title} {one.version}".rstrip()
            + f" ({len(one.controls)} controls, {assessed} assessed{part})"
        )
