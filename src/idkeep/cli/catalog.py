"""`idkeep catalog`."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from idkeep.api import catalog as api
from idkeep.catalog import Action, Catalog, ConditionKey, GlobalKey, Service
from idkeep.cli.terminal import say
from idkeep.report.printable import escaped_json, printable

_SOURCE = click.Path(path_type=Path, exists=True)
_WIDTH = 100


@click.group("catalog", invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Look up AWS's services, actions and condition keys.

    Without a command: how old the catalog is, what it holds, and from where.
    """
    if ctx.invoked_subcommand:
        return
    held = api.load_catalog()
    if as_json:
        _echo_json({"date": held.date, "summary": held.summary, "origins": held.origins})
        return
    _echo(_about(held))


@command.command("show")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(*, name: str, as_json: bool) -> None:
    """Tell about one service, action or condition key.

    NAME is a service (s3), an action (s3:PutObject) or a key (aws:PrincipalOrgID), in any case.
    """
    entry = api.find_in_catalog(name, api.load_catalog())
    if as_json:
        _echo_json(entry)
        return
    _echo(_page(entry))


@command.command("update")
@click.argument("source", type=_SOURCE)
@click.option(
    "--date",
    "fetched",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day the files were fetched; by default today.",
)
def update(*, source: Path, fetched: datetime | None) -> None:
    """Renew the catalog from AWS's service reference.

    SOURCE is a service's JSON file as AWS publishes it, or a directory of them. What is written
    is for this user, and is used from then on where it is newer than the one in idkeep.
    """
    path, held = api.update_catalog(source, on=fetched.date() if fetched else None)
    say(f"wrote {path}")
    _echo(_about(held))


def _about(held: Catalog) -> Iterator[str]:
    summary = held.summary
    yield f"The catalog of {held.date}"
    yield f"  {summary.services:,} services, {summary.actions:,} actions"
    yield f"  {summary.resource_types:,} resource types, {summary.keys:,} condition keys"
    yield f"  {summary.retired:,} actions that AWS has retired"
    yield "from"
    for one in held.origins:
        yield f"  {one.date}  {one.source} {one.version} ({one.licence})"


def _page(entry: api.CatalogEntry) -> Iterator[str]:
    match entry.found:
        case Service() as service:
            yield from _service(service, entry)
        case Action() as action:
            yield from _action(action, entry)
        case GlobalKey() as key:
            yield from _global_key(key)
        case ConditionKey() as key:
            yield f"{key.name}  {_type(key)}" + (f"  of {entry.service}" if entry.service else "")
            yield f"known by: {', '.join(key.sources)}"


def _service(service: Service, entry: api.CatalogEntry) -> Iterator[str]:
    yield f"{service.prefix}  {service.title}"
    if service.retired:
        yield f"  retired: AWS no longer listed it on {service.retired}"
    yield from _rcps(entry)
    for level in dict.fromkeys(one.level for one in service.actions):
        names = [one.name for one in service.actions if one.level is level and not one.retired]
        yield from _listed(level, names)
    yield from _listed("Retired", [one.name for one in service.actions if one.retired])
    if service.resource_types:
        yield "Resource types"
        for one in service.resource_types:
            yield f"  {one.name}  {', '.join(one.arns)}"
    if service.keys:
        yield "Condition keys"
        yield from (f"  {one.name}  {_type(one)}" for one in service.keys)
    yield f"known by: {', '.join(service.sources)}"


def _action(action: Action, entry: api.CatalogEntry) -> Iterator[str]:
    yield f"{entry.name}  {action.level}  ({entry.service})"
    if action.retired:
        yield f"  retired: AWS no longer listed it on {action.retired}"
    yield from _rcps(entry)
    match action.resources:
        case None:
            yield "Resources: not known; its source does not say"
        case ():
            yield "Resources: none; only * fits"
        case rows:
            yield "Resources (* is required)"
            yield from (f"  {one.name}{'*' if one.required else ''}" for one in rows)
    yield from _listed("Condition keys", list(action.all_keys))
    yield from _listed("Needs also", list(action.all_dependent))
    yield f"known by: {', '.join(action.sources)}"


def _global_key(key: GlobalKey) -> Iterator[str]:
    yield f"{key.name}  {_type(key)}  global, of the {key.category}"
    if key.sensitive:
        yield "  sensitive: no wildcard in its value has a valid use"
    if key.services is None:
        yield "  AWS lists no services for it"
    else:
        yield from _listed("Supplied by", list(key.services))
        yield from _listed("but not for", list(key.except_actions))
    yield f"{key.page.url} (read {key.page.read})"
    yield from _said(key.page.note)


def _rcps(entry: api.CatalogEntry) -> Iterator[str]:
    yield f"  resource control policies reach it: {'yes' if entry.rcps else 'no'}"


def _type(key: ConditionKey | GlobalKey) -> str:
    return f"list of {key.type}" if key.multivalued else str(key.type)


def _said(text: str) -> Iterator[str]:
    if text:
        yield f"  {text}"


def _listed(heading: str, names: list[str]) -> Iterator[str]:
    """The names in lines, parted by commas; nothing for none."""
    if not names:
        return
    yield f"{heading} ({len(names)})"
    line = " "
    for name in names:
        if len(line) + len(name) > _WIDTH:
            yield line
            line = " "
        line += f" {name}" + ("" if name is names[-1] else ",")
    yield line


def _echo(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(printable(line))


def _echo_json(value: object) -> None:
    document = msgspec.json.format(msgspec.json.encode(_plain(value)), indent=2)
    click.echo(escaped_json(document).decode())


def _plain(value: object) -> object:
    """With field names, which the catalog's values leave out where they are encoded."""
    match value:
        case Struct():
            return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case tuple() | list():
            return [_plain(one) for one in value]
        case _:
            return value
