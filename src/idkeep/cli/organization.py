"""The options of verbs that go through the accounts of an organisation."""

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from idkeep.cli import options as shared
from idkeep.cli.terminal import say
from idkeep.config import Settings
from idkeep.model import Family
from idkeep.model.run import RunAccount
from idkeep.report.printable import printable

if TYPE_CHECKING:
    from idkeep.api.judging import Judging
    from idkeep.api.organization import OrganizationScan
    from idkeep.report import OrganizationReport, ScanReport

C = TypeVar("C", bound=Callable[..., Any])
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
ROLE = "idkeep-auditor"
_OF_ORGANIZATIONS = frozenset(
    {
        "role",
        "external_id",
        "mfa_serial",
        "session_name",
        "source_identity",
        "units",
        "tags",
        "parallel",
        "shard",
        "resume",
    }
)


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


def entering(command: C) -> C:
    """Which accounts, and how they are entered."""
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
                "--mfa-serial",
                default="",
                metavar="ARN",
                help="Ask for a code of this MFA device, once.",
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
        )
    ):
        command = option(command)
    return command


def reading(command: C) -> C:
    """How they are read, for who has the options of `entering` too."""
    for option in reversed(
        (
            click.option(
                "--parallel",
                type=click.IntRange(1, 32),
                default=4,
                show_default=True,
                help="Accounts read at a time.",
            ),
            click.option(
                "--shard",
                metavar="I/N",
                callback=_part,
                help="Read part I of N; N workers fill one store.",
            ),
            click.option(
                "--resume",
                is_flag=True,
                help="Go on with what the last scan of these options lacks.",
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
    run: str | None = None,
) -> "OrganizationScan | None":
    """What the options of `entering` and `reading` were told; None without --org."""
    if not given["org"]:
        if extra := shared.said(ctx, *(one for one in given if one in _OF_ORGANIZATIONS)):
            raise click.UsageError(f"{extra[0]} goes with --org")
        if len(accounts) > 1 and not run:
            raise click.UsageError("several --account go with --org or --run")
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
        parallel=given.get("parallel", 1),
        most_calls=most_calls,
        above=above(most_calls) if most_calls is not None else lambda *_: False,
        shard=given.get("shard", (1, 1)),
        resume=given.get("resume", False),
    )


def scan(  # noqa: PLR0913 -- what it may be told, all by name
    wanted: "OrganizationScan",
    store: Path,
    *,
    profile: str | None,
    region: str | None,
    settings: Settings,
    verbose: bool,
    quiet: bool,
    judging: "Judging",
    each: Callable[["ScanReport"], None],
) -> "OrganizationReport":
    """With one line on stderr for each account."""
    from idkeep.api.organization import scan_organization  # noqa: PLC0415 -- as above

    with shared.lines(verbose=verbose, quiet=quiet) as tell:
        try:
            return scan_organization(
                wanted,
                store=store,
                profile=profile,
                region=region,
                settings=settings,
                tell=tell,
                judging=judging,
                each=each,
            )
        except KeyboardInterrupt:
            say("what was read is kept: repeat the command with --resume for the rest,")
            say("or see what there is with `idkeep scan --run latest`")
            raise


def above(most_calls: int) -> Callable[[RunAccount, Family, int], bool]:
    """Whether an account may take more calls: a person at a terminal is asked, once for all."""
    for_all: list[bool] = []

    def may(account: RunAccount, family: Family, calls: int) -> bool:
        cost = f"{account.id} {account.name}: {family} needs about {calls} calls"
        if for_all:
            answer = "yes" if for_all[0] else "no"
        elif sys.stdin.isatty() and sys.stderr.isatty():
            answer = click.prompt(
                printable(f"{cost}. Read them? All is for every account to come"),
                type=click.Choice(("yes", "no", "all", "none"), case_sensitive=False),
                default="no",
                err=True,
            )
        else:
            answer = "none"
        if answer in ("all", "none"):
            for_all.append(answer == "all")
        if answer in ("yes", "all"):
            return True
        say(f"{cost}: not read (--max-calls {most_calls}, or --yes for all)")
        return False

    return may


def _ask_code() -> str:
    """Not echoed, though it is of no use to anybody a minute later; or a line of standard input."""
    if sys.stdin.isatty():
        asked: str = click.prompt("MFA code", hide_input=True, err=True)
        return asked
    code = sys.stdin.readline().strip()
    if not code:
        raise click.UsageError("--mfa-serial asks for a code: give it at a terminal or by a pipe")
    return code
