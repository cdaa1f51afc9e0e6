"""`idkeep can`."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from idkeep.api.can import PolicyFiles, can
from idkeep.api.can_snapshot import SnapshotQuestion, Told, can_on_snapshot
from idkeep.cli import options, rulings

C = TypeVar("C", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path, dir_okay=False)
_OF_FILES = (
    "identity",
    "boundary",
    "resource_policy",
    "scp",
    "rcp",
    "management_account",
    "endpoint",
    "grants",
    "bucket",
    "resource_account",
    "unknown",
)
_OF_SNAPSHOTS = ("snapshots", "account", "store", "via")


def _files(*names: str, help_text: str) -> Callable[[C], C]:
    return click.option(*names, type=_FILE, multiple=True, help=help_text)


_LEVEL = "The {} control policies of one level; once a level, from the root down."


@click.command("can")
@click.argument("principal")
@click.argument("action")
@click.argument("resource", default="")
@click.option(
    "--snapshot",
    "snapshots",
    metavar="ID|FILE",
    multiple=True,
    help="Ask a snapshot: an id, its beginning, latest, or a file; one for each account. By "
    "default the newest that are kept.",
)
@click.option(
    "--account",
    metavar="ID",
    callback=options.account_id,
    help="The account whose names these are; by default that of the newest snapshot.",
)
@options.store
@click.option(
    "--via",
    metavar="ROLE",
    multiple=True,
    help="A role that is assumed first; several in their order.",
)
@_files("--identity", help_text="The principal's own policies, or its groups'.")
@click.option("--boundary", type=_FILE, help="Its permissions boundary.")
@_files("--session", "--session-policy", "session", help_text="Session policies.")
@_files(
    "--resource-policy",
    help_text="The resource's policy: a bucket's, a key's, a role's trust policy.",
)
@click.option("--scp", multiple=True, metavar="FILE[,FILE…]", help=_LEVEL.format("service"))
@click.option("--rcp", multiple=True, metavar="FILE[,FILE…]", help=_LEVEL.format("resource"))
@click.option("--management-account", is_flag=True, help="The principal's account manages it.")
@_files("--endpoint", help_text="The VPC endpoint's policy.")
@click.option("--grants", type=_FILE, help="The KMS key's grants, as `aws kms list-grants` tells.")
@click.option("--bucket", type=_FILE, help="The S3 bucket's settings, as docs/decide.md has them.")
@click.option("--resource-account", default="", help="Where the ARN does not tell it (S3).")
@click.option("--context", multiple=True, metavar="KEY=VALUE", help="A condition key's value.")
@click.option(
    "--unknown", multiple=True, metavar="KEY", help="A key whose value is not known; of files."
)
@click.option("--mfa", is_flag=True, help="The principal signed in with MFA.")
@click.option("--from-ip", metavar="IP", help="Where the request comes from.")
@click.option("--strict", is_flag=True, help="Take every unknown key as absent.")
@click.option("--optimistic", is_flag=True, help="Exit with 0 where some value would allow it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, in the form of `idkeep decide`.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    as_json: bool,
    optimistic: bool,
    **asked: Any,  # noqa: ANN401
) -> None:
    """Tell whether a principal may do something, and why.

    By the newest snapshot, or those that --snapshot names: PRINCIPAL and RESOURCE are ARNs or
    names (ana, role/deployer); without a RESOURCE it is asked whether there is any. A condition
    key that nobody told is open there, and the answer depends on it. Or by the policy files that
    are given and nothing else: there such a key is absent, unless --unknown names it, and
    PRINCIPAL is an ARN, a service or *.

    Exits with 0 if it may, 1 if it may not or only under a condition, 3 if nobody can tell.
    """
    of_files = options.said(ctx, *_OF_FILES)
    if of_files and (of_snapshots := options.said(ctx, *_OF_SNAPSHOTS)):
        raise click.UsageError(f"{of_files[0]} is about files, {of_snapshots[0]} about snapshots")
    told = _by_files(asked) if of_files else _by_snapshot(asked)
    # Whoever read the answer may have seen enough of it; the exit code stands.
    with suppress(BrokenPipeError):
        _tell(told, as_json=as_json)
    ctx.exit(rulings.code_of(told.worst, optimistic=optimistic))


def _by_files(asked: dict[str, Any]) -> Told:
    return Told(
        ruling=can(
            asked["principal"],
            asked["action"],
            asked["resource"] or "*",
            files=PolicyFiles(
                identity=asked["identity"],
                boundary=asked["boundary"],
                session=asked["session"],
                resource=asked["resource_policy"],
                scp=_levels(asked["scp"]),
                rcp=_levels(asked["rcp"]),
                endpoint=asked["endpoint"],
                grants=asked["grants"],
                bucket=asked["bucket"],
            ),
            resource_account=asked["resource_account"],
            context=_context(asked),
            unknown=asked["unknown"],
            strict=asked["strict"],
            management_account=asked["management_account"],
        )
    )


def _by_snapshot(asked: dict[str, Any]) -> Told:
    return can_on_snapshot(
        SnapshotQuestion(
            principal=asked["principal"],
            action=asked["action"],
            resource=asked["resource"],
            via=asked["via"],
            session_policies=asked["session"],
            context=_context(asked),
            strict=asked["strict"],
        ),
        asked["snapshots"],
        account=asked["account"] or "",
        store=asked["store"],
    )


def _tell(told: Told, *, as_json: bool) -> None:
    if as_json:
        click.echo(rulings.as_json(told.ruling, told.hops))
        return
    for n, one in enumerate((*told.hops, told.ruling)):
        if n:
            click.echo()
        for line in rulings.told(one):
            click.echo(line)


def _levels(given: Iterable[str]) -> tuple[tuple[Path, ...], ...]:
    return tuple(tuple(Path(name) for name in one.split(",") if name) for one in given)


def _context(asked: dict[str, Any]) -> dict[str, list[str]]:
    """A key that is given several times has several values."""
    context: dict[str, list[str]] = {}
    for pair in asked["context"]:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise click.UsageError(f"--context takes KEY=VALUE, not {pair!r}")
        context.setdefault(key, []).append(value)
    if asked["mfa"]:
        context["aws:MultiFactorAuthPresent"] = ["true"]
    if asked["from_ip"]:
        context["aws:SourceIp"] = [asked["from_ip"]]
    return context
