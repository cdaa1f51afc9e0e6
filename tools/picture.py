"""Take the README's terminal picture from a real run of `idkeep demo`."""

import re
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from idkeep.api.demo import demo_scan, demo_server
from idkeep.report.text import ScanText

PICTURE = Path(__file__).parent.parent / "docs" / "demo.svg"
WIDTH = 92


def main() -> None:
    with demo_server() as server:
        report = demo_scan(server)
    console = Console(
        file=StringIO(), record=True, width=WIDTH, force_terminal=True, highlight=False
    )
    console.print(ScanText(report))
    svg = console.export_svg(title="idkeep demo", theme=MONOKAI, unique_id="idkeep")
    # rich would have the reader's browser fetch its font from another host.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "ui-monospace, SFMono-Regular, Menlo, DejaVu Sans Mono")
    PICTURE.write_text(svg, encoding="utf-8")
    print(f"wrote {PICTURE.name}")


if __name__ == "__main__":
    main()
