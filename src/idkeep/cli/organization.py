"""The options of verbs that go through the accounts of an organisation."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from idkeep.cli import options as shared
from idkeep.cli.terminal import say
from idkeep.config import Settings
from idkeep.model import Family

if TYPE_CHECKING:
    from idkeep.api.organization import OrganizationScan
    from idkeep.report import OrganizationReport

C = TypeVar("C", bound=Callable[..., Any])
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
ROLE = "idkeep-auditor"


def _part(_: click.Context, __: click.Parameter, value: str | None) -> tuple[int, int]:
    if value is None:
        return 1, 1
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", value, re.ASCII)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise click.BadParameter(f"{value!r} is not i/n, with i from 1 to n")
    return int(found[1]), int(found[2])


def _tags(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    if strange := [one for one in values if "=" not in one]:
        raise click.BadParameter(f"{strange[0]!r} is not Key=Value")
    return values


def _name(_: click.Context, __: click.Parameter, value: str) -> str:
    if value and not _NAME.fullmatch(value):
        raise click.BadParameter(f"{value!r}: 2 to 64 letters, digits and +=,.@-_")
    return value


def options(command: C) -> C:
    for option in reversed(
        (
            click.option("--org", is_flag=True, help="Read every account of the organisation."),
            click.option(
                "--role",
                default=ROLE,
                show_default=True,
                help="The role to assume in each account but the caller's own.",
            ),
            click.option("--external-id", default="", help="The external id that the role asks."),
            click.option(
                "--mfa-serial", default="", metavar="ARN", help="Ask for this MFA device's code."
            ),
            click.option(
                "--session-name",
                default="idkeep",
                show_default=True,
                callback=_name,
                help="The name that the accounts' trails show.",
            ),
            click.option(
                "--source-identity", default="", callback=_name, help="Who asks, for the trails."
            ),
            click.option(
                "--ou", "units", multiple=True, help="Only accounts under this unit: id or path."
            ),
            click.option(
                "--tag", "tags", multiple=True, callback=_tags, help="Only accounts with Key=Value."
            ),
            click.option(
                "--parallel",
                type=click.IntRange(1, 32),
                default=4,
                show_default=True,
                help="Accounts read at a time.",
            ),
            click.option("--shard", metavar="I/N", callback=_part, help="Read this part of N."),
            click.option(
                "--resume", is_flag=True, help="Go on with what the last such scan lacks."
            ),
        )
    ):
        command = option(command)
    return command


def wanted(
    ctx: click.Context,
    given: Mapping[str, Any],
    families: frozenset[Family],
    accounts: tuple[str, ...],
    *,
    most_calls: int | None = None,
) -> "OrganizationScan | None":
    """What `options` were told; None without --org."""
    if not given["org"]:
        told = click.core.ParameterSource.COMMANDLINE
        if extra := [name for name in given if ctx.get_parameter_source(name) is told]:
            option = next(one.opts[0] for one in ctx.command.params if one.name == extra[0])
            raise click.UsageError(f"{option} goes with --org")
        return None
    from idkeep.api.accounts import Narrowed  # noqa: PLC0415 -- the AWS SDK, for --org
    from idkeep.api.organization import OrganizationScan, assumed_role  # noqa: PLC0415

    return OrganizationScan(
        role=assumed_role(
            given["role"],
            external_id=given["external_id"],
            session_name=given["session_name"],
            source_identity=given["source_identity"],
        ),
        families=families,
        narrowed=Narrowed(accounts, given["units"], given["tags"]),
        mfa_serial=given["mfa_serial"],
        mfa_code=_ask_code,
        parallel=given["parallel"],
        most_calls=most_calls,
        shard=given["shard"],
        resume=given["resume"],
    )


def scan(
    wanted: "OrganizationScan",
    store: Path,
    *,
    profile: str | None,
    region: str | None,
    settings: Settings,
    verbose: bool,
) -> "OrganizationReport":
    """With one line on stderr for each account."""
    from idkeep.api.organization import scan_organization  # noqa: PLC0415 -- as above

    with shared.lines(verbose=verbose) as tell:
        try:
            return scan_organization(
                wanted, store=store, profile=profile, region=region, settings=settings, tell=tell
            )
        except KeyboardInterrupt:
            say("what was read is kept: repeat the command with --resume for the rest")
            raise


def _ask_code() -> str:
    """Not echoed, though it is of no use to anybody a minute later."""
    code: str = click.prompt("MFA code", hide_input=True, err=True)
    return code
