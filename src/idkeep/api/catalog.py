"""The catalog of AWS's services: which one holds, what it says of a name, how it is renewed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from pathlib import Path

import platformdirs
from msgspec import Struct

from idkeep import catalog
from idkeep.api.files import write_bytes
from idkeep.catalog import Action, Catalog, ConditionKey, GlobalKey, Reference, Service
from idkeep.errors import IdkeepError, Unreadable

_FILE = "catalog.bin"
_QUICK = 12


class CatalogEntry(Struct, frozen=True, kw_only=True):
    """What a name means; `name` is spelt as AWS spells it.

    `service` is the service's own name, of its actions and keys; `rcps` says of a service or an
    action whether resource control policies reach it.
    """

    name: str
    found: Service | Action | ConditionKey | GlobalKey
    service: str = ""
    rcps: bool | None = None


def default_catalog() -> Path:
    """Where `update_catalog` puts a newer one: the platform's place for a user's data."""
    return platformdirs.user_data_path("idkeep", appauthor=False) / _FILE


def load_catalog(newer: Path | None = None) -> Catalog:
    """The shipped catalog, or the user's own where that is newer.

    `newer` is looked at in place of `default_catalog()`; it need not exist. Raises `Unreadable`
    where it is there and is no catalog of this idkeep's.
    """
    shipped = _opened(resources.files(catalog).joinpath(_FILE).read_bytes(), "the catalog")
    path = newer or default_catalog()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return shipped
    except OSError as error:
        raise Unreadable(str(path), error.strerror or str(error)) from error
    try:
        own = _opened(data, str(path))
    except Unreadable as error:
        error.hint = "write it anew with `idkeep catalog update`, or delete it"
        raise
    return own if own.date > shipped.date else shipped


@lru_cache(maxsize=2)
def _opened(data: bytes, name: str) -> Catalog:
    """The same value for the same bytes: what is found out of a catalog is kept under it."""
    return Catalog.open(data, name)


def find_in_catalog(name: str, held: Catalog) -> CatalogEntry:
    """A service (`s3`), an action (`s3:PutObject`) or a condition key (`aws:PrincipalOrgID`).

    Raises `IdkeepError` with what was perhaps meant.
    """
    prefix, colon, rest = name.partition(":")
    service = held.service(prefix)
    if service and not colon:
        return CatalogEntry(name=service.prefix, found=service, rcps=_reached(held, service.prefix))
    action = service.action(rest) if service else None
    if service and action:
        full = f"{service.prefix}:{action.name}"
        return CatalogEntry(
            name=full, found=action, service=service.title, rcps=held.covered_by_rcps(full)
        )
    key = held.key(name)
    if key:
        title = "" if isinstance(key, GlobalKey) or service is None else service.title
        return CatalogEntry(name=key.name, found=key, service=title)
    spelt = {one.lower(): one for one in _alike(held, name)}
    near = get_close_matches(name.lower(), spelt, n=3, cutoff=0.75)
    raise IdkeepError(
        f"the catalog of {held.date} knows no {name!r}",
        hint=f"did you mean {', '.join(spelt[one] for one in near)}?"
        if near
        else "`idkeep catalog show s3` lists the actions and keys of a service",
    )


def update_catalog(
    source: Path, *, target: Path | None = None, on: date | None = None
) -> tuple[Path, Catalog]:
    """Renew the catalog by AWS's service reference and keep it for the user.

    `source` is one service's JSON document or a directory of them; AWS's index of services may
    be among them. `on` is the day they were fetched, by default today. Raises `Unreadable`.
    """
    path = target or default_catalog()
    references = tuple(_references(source))
    if not references:
        raise Unreadable(str(source), "holds no service reference of AWS")
    day = on or datetime.now(UTC).date()
    base = load_catalog(path)
    if day.isoformat() < base.date:
        raise IdkeepError(
            f"the catalog in use is of {base.date}, newer than {day}; nothing was written",
            hint="fetch AWS's service reference anew",
        )
    contents = catalog.renewed(base.contents(), references, date=day.isoformat())
    data = catalog.pack(contents, level=_QUICK)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IdkeepError(f"{path} can't be written: {error.strerror}") from error
    write_bytes(path, data)
    return path, Catalog.open(data, str(path))


def _references(source: Path) -> Iterator[Reference]:
    try:
        paths = sorted(source.rglob("*.json")) if source.is_dir() else [source]
        for path in paths:
            reference = catalog.read_reference(path.read_bytes(), str(path))
            if reference:
                yield reference
    except OSError as error:
        raise Unreadable(str(source), error.strerror or str(error)) from error


def _reached(held: Catalog, prefix: str) -> bool:
    return prefix in held.facts.rcps.services


def _alike(held: Catalog, name: str) -> Iterator[str]:
    """The names among which a misspelt one may be found."""
    prefix, colon, _ = name.partition(":")
    if not colon:
        yield from held.services
        return
    yield from (one.name for one in held.facts.global_keys)
    near = get_close_matches(prefix.lower(), held.services, n=3, cutoff=0.6)
    for service in filter(None, map(held.service, near)):
        yield from (f"{service.prefix}:{one.name}" for one in service.actions)
        yield from (one.name for one in service.keys)
