"""Prove credentials and permissions before a scan, and say what each missing one costs."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from msgspec import Struct

from idkeep import checks, collect
from idkeep.api.accounts import chosen
from idkeep.api.organization import OrganizationScan, enter, now
from idkeep.collect import Aws, Ended, NotEntered, Probed
from idkeep.errors import AwsUnreachable, Exit, IdkeepError
from idkeep.model import DEFAULT_FAMILIES, Family
from idkeep.store import SqliteStore

# AWS takes signatures that are five minutes off; a credential report's ages suffer before that.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
_SKEW = timedelta(minutes=1)


class Missing(Struct, frozen=True, kw_only=True):
    """An action that AWS refuses, why, and what it leaves open."""

    action: str
    error: str
    detail: str
    families: tuple[str, ...]
    checks: tuple[str, ...]


class Examined(Struct, frozen=True, kw_only=True):
    """The permissions in one account. `untried` had nothing to ask about; `odd` did not answer."""

    account: str
    caller: str
    allowed: int
    missing: tuple[Missing, ...]
    untried: tuple[str, ...]
    for_managers: tuple[str, ...]
    odd: tuple[str, ...]


class Door(Struct, frozen=True, kw_only=True):
    """Whether the role lets us into an account; `why` not, "" where it does."""

    account: str
    name: str
    why: str = ""


class Diagnosis(Struct, frozen=True, kw_only=True):
    """`skew` is how far this machine's clock is ahead of AWS's; `store` why it can't be written."""

    account: str
    partition: str
    region: str
    caller: str
    skew: timedelta
    store: str
    examined: tuple[Examined, ...]
    doors: tuple[Door, ...] = ()
    skipped: int = 0

    @property
    def clock_is_off(self) -> bool:
        return abs(self.skew) > _SKEW

    def exit_code(self) -> Exit:
        bad = any(one.missing or one.odd for one in self.examined) or any(
            one.why for one in self.doors
        )
        return Exit.INCOMPLETE if bad or self.store or self.clock_is_off else Exit.OK


def diagnose(  # noqa: PLR0913 -- what a scan may be told, all by name
    *,
    store: Path | None,
    profile: str | None = None,
    region: str | None = None,
    account: str | None = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    organization: OrganizationScan | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Diagnosis:
    """Ask what a scan would ask, each operation once and small.

    With an `organization` its role is entered in every account to be scanned, and what it may is
    asked in the first of them. Raises `IdkeepError` where AWS can't be asked at all.
    """
    wanted = organization or OrganizationScan(role=collect.AssumedRole(name="unused"))
    entrance, ask = enter(wanted, profile=profile, region=region, tell=tell)
    skew = _skew(entrance.aws.last_date, now())
    try:
        collect.expect(ask, account)
        own = _through(entrance.own(), families, tell, account=ask.account, whole=True)
        examined = [*own]
        doors: list[Door] = []
        skipped = 0
        if organization:
            whole = collect.list_organization(ask, whole=False)
            for one in chosen(whole, organization.narrowed):
                if one.skipped:
                    skipped += 1
                    continue
                if one.id == ask.account:
                    continue
                first = all(door.why for door in doors)
                try:
                    aws = entrance.enter(one.id)
                    examined += _through(aws, families, tell, account=one.id, whole=first)
                    doors.append(Door(account=one.id, name=one.name))
                except (NotEntered, IdkeepError) as kept_out:
                    doors.append(Door(account=one.id, name=one.name, why=str(kept_out)))
                except Ended:
                    raise AwsUnreachable("the AWS credentials have expired") from None
    finally:
        entrance.close()
    return Diagnosis(
        account=ask.account,
        partition=ask.partition,
        region=ask.region,
        caller=getattr(ask.caller, "arn", ""),
        skew=skew,
        store=_why_not_writable(store),
        examined=tuple(examined),
        doors=tuple(doors),
        skipped=skipped,
    )


def _through(
    aws: Aws, families: Iterable[Family], tell: Callable[[str], None], *, account: str, whole: bool
) -> list[Examined]:
    """See whose account it is; what may be asked there, too, where `whole`."""
    try:
        if whole:
            return [_examined(aws, families, tell, account=account)]
        collect.who(aws, now=now, expected=account)
        return []
    finally:
        aws.stop()
        aws.close()


def _examined(
    aws: Aws, families: Iterable[Family], tell: Callable[[str], None], *, account: str
) -> Examined:
    ask = collect.who(aws, now=now, expected=account, progress=tell)
    probed = collect.probe(ask, aws, families)
    return Examined(
        account=account,
        caller=getattr(ask.caller, "arn", ""),
        allowed=sum(one.asked and one.gap is None for one in probed),
        missing=tuple(_missing(one) for one in probed if one.is_missing),
        untried=tuple(one.action for one in probed if not one.asked),
        for_managers=tuple(one.action for one in probed if one.is_for_managers),
        odd=tuple(
            str(one.gap)
            for one in probed
            if one.gap and not one.is_missing and not one.is_for_managers
        ),
    )


def _missing(one: Probed) -> Missing:
    assert one.gap is not None
    open_checks = (check.id for check in checks.ALL if one.action in check.needs)
    return Missing(
        action=one.action,
        error=one.gap.error,
        detail=one.gap.detail,
        families=tuple(one.families),
        checks=tuple(open_checks),
    )


def _skew(told: str, here: datetime) -> timedelta:
    """How far this clock is ahead; nothing where AWS did not say the time."""
    try:
        return here - parsedate_to_datetime(told)
    except (TypeError, ValueError):
        return timedelta()


def _why_not_writable(store: Path | None) -> str:
    try:
        if store:
            SqliteStore(store).prepare()
    except IdkeepError as error:
        return error.message
    return ""
