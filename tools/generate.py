"""Write the files that are drawn from the code, or check that they are up to date.

`python -m tools.generate` writes them; with `--check` it names those that differ and fails.
"""

import json
import sys
from pathlib import Path

from idkeep.api.checks import all_checks
from idkeep.api.frameworks import peer_checks
from idkeep.api.offline import answer_files, export_script
from idkeep.api.permissions import cloudformation, scanner_policy, terraform
from idkeep.cli.organization import ROLE
from idkeep.config import Settings
from idkeep.model import DEFAULT_FAMILIES
from idkeep.report import DiffReport, OrganizationReport, check_index, check_page, json_schema
from idkeep.report.framework import FrameworkReport
from idkeep.report.lint_docs import lint_page
from idkeep.report.peer_docs import peer_page
from tools.facts_page import facts_page

ROOT = Path(__file__).parent.parent
CHECKS = ROOT / "docs" / "checks"
OFFLINE = ROOT / "docs" / "offline.md"


def generated() -> dict[Path, str]:
    """Every generated file and what it should hold."""
    every = all_checks()
    pages = {CHECKS / f"{one.id}.md": check_page(one) for one in every}
    return {
        **pages,
        CHECKS / "README.md": check_index(every),
        OFFLINE: _offline_page(OFFLINE.read_text(encoding="utf-8")),
        ROOT / "docs" / "coming-from.md": peer_page(peer_checks()),
        ROOT / "docs" / "framework.schema.json": _json(json_schema(FrameworkReport)),
        ROOT / "docs" / "diff.schema.json": _json(json_schema(DiffReport)),
        ROOT / "docs" / "organization.schema.json": _json(json_schema(OrganizationReport)),
        ROOT / "docs" / "settings.schema.json": _json(json_schema(Settings)),
        ROOT / "docs" / "facts.md": facts_page(),
        ROOT / "docs" / "lint.md": lint_page(),
        ROOT / "docs" / "scan.schema.json": _json(json_schema()),
        ROOT / "docs" / "scanner-policy.json": _json(scanner_policy()),
        ROOT / "docs" / "scanner-role.cloudformation.json": _json(
            cloudformation(DEFAULT_FAMILIES, ROLE)
        ),
        ROOT / "docs" / "scanner-role.tf": terraform(DEFAULT_FAMILIES, ROLE),
    }


def _offline_page(page: str) -> str:
    """The page as it was, with today's script and files between their marks."""
    rows = [f"| `{name}` | `{command}` | {family} |" for name, command, family in answer_files()]
    parts = {
        "script": f"```sh\n{export_script()}```",
        "files": "\n".join(("| file | command | `--facts` |", "|---|---|---|", *rows)),
    }
    for mark, part in parts.items():
        begins, ends = f"<!-- {mark} -->\n", f"<!-- /{mark} -->"
        before, _, rest = page.partition(begins)
        page = f"{before}{begins}{part}\n{ends}{rest.partition(ends)[2]}"
    return page


def _json(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"


def main() -> int:
    wanted = generated()
    stale = set(CHECKS.glob("*.md")) - set(wanted)
    differing = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        for path in (*differing, *sorted(stale)):
            print(f"{path.relative_to(ROOT)} is not up to date: run `make generated`")
        return bool(differing or stale)
    for path in stale:
        path.unlink()
    for path in differing:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
