"""Take the README's terminal picture from a real run of `make demo`."""

import re
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME

from idkeep.api.demo import demo_organization, demo_server
from idkeep.report.organization_text import OrganizationText

PICTURE = Path(__file__).parent.parent / "docs" / "demo.svg"
WIDTH = 92


def main() -> None:
    with demo_server() as server:
        report = demo_organization(server)
    console = Console(
        file=StringIO(), record=True, width=WIDTH, force_terminal=True, highlight=False
    )
    console.print(OrganizationText(report))
    svg = console.export_svg(title="idkeep demo --org", theme=SVG_EXPORT_THEME, unique_id="idkeep")
    # rich would have the reader's browser fetch its font from another host.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code", "ui-monospace, SFMono-Regular, Menlo, DejaVu Sans Mono")
    PICTURE.write_text(svg, encoding="utf-8")
    print(f"wrote {PICTURE.name}")


if __name__ == "__main__":
    main()
