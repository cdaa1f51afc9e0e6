"""Scan every account of an organisation: listed once, entered by a role, kept as they come."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

from msgspec import Struct

from idkeep import collect
from idkeep.access.acceptance import is_accepted
from idkeep.api.accounts import Narrowed, chosen
from idkeep.api.judging import Judging
from idkeep.api.overview import Tellers
from idkeep.api.snapshots import run_report
from idkeep.collect import AssumedRole, Aws, Ended, Entrance, Given, NotEntered
from idkeep.config import Settings
from idkeep.errors import CredentialsEnded, Exit, IdkeepError
from idkeep.model import DEFAULT_FAMILIES, Family, Gap, Snapshot
from idkeep.model.run import Run, RunAccount, RunPlan, RunResult
from idkeep.report.organization import OrganizationReport
from idkeep.report.scan import ScanReport
from idkeep.store import Runs, SqliteStore, new_id

_RESUME = "repeat the command with --resume: it reads what is missing only"


class Unfinished(IdkeepError):
    """The scan ended before every account was read; what was read is kept."""

    exit_code = Exit.INCOMPLETE


class OrganizationScan(Struct, frozen=True, kw_only=True):
    """What a scan of an organisation may be told.

    `role` is had in each account but the caller's own. `narrowed` names the accounts to read.
    `mfa_serial` is the device whose code `mfa_code` gives when asked. `shard` is which part of how
    many this worker reads, from (1, 1). `parallel` accounts are read at a time. Where a family
    would take more than `most_calls` in an account (None is no limit), `above` is asked, with the
    account, the family and about how many; refused, it is a gap there. One question is asked at a
    time, and nothing is told meanwhile. With `resume` the last such scan goes on.
    """

    role: AssumedRole
    families: frozenset[Family] = DEFAULT_FAMILIES
    narrowed: Narrowed = Narrowed()
    mfa_serial: str = ""
    mfa_code: Callable[[], str] = str
    parallel: int = 4
    most_calls: int | None = None
    above: Callable[[RunAccount, Family, int], bool] = lambda *_: False
    shard: tuple[int, int] = (1, 1)
    resume: bool = False


def scan_organization(  # noqa: PLR0913 -- what a scan may be told, all by name
    wanted: OrganizationScan,
    *,
    store: Path,
    profile: str | None = None,
    region: str | None = None,
    settings: Settings | None = None,
    tell: Callable[[str], None] = lambda _: None,
    judging: Judging | None = None,
    each: Callable[[ScanReport], None] = lambda _: None,
) -> OrganizationReport:
    """Scan the accounts of the organisation that the credentials belong to.

    Each is kept in the store as it was read; `tell` is told a line for each, and in the end
    `each` the report of each, judged as `judging` says. An account that cannot be entered is a
    row of the report. Raises `IdkeepError` where the accounts can't be
    listed or the store can't be written; `Unfinished` where the caller's credentials end.
    """
    keeper = SqliteStore(store)
    keeper.prepare()
    entrance, ask = enter(wanted, profile=profile, region=region, tell=tell)
    try:
        run = _run(wanted, Runs(keeper), ask)
        reading = _Reading(wanted, run, Runs(keeper), entrance, ask.account, tell)
        reading.read(settings or Settings())
    finally:
        entrance.close()
    return run_report(
        run.id,
        store=store,
        settings=settings,
        only=frozenset(one.id for one in reading.mine),
        record=True,
        judging=judging,
        each=each,
    )


def assumed_role(
    name: str, *, external_id: str = "", session_name: str = "idkeep", source_identity: str = ""
) -> AssumedRole:
    """The role to have in each account."""
    return AssumedRole(
        name=name,
        external_id=external_id,
        session_name=session_name,
        source_identity=source_identity,
    )


def enter(
    wanted: OrganizationScan,
    *,
    profile: str | None = None,
    region: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Entrance, Any]:
    """The caller's credentials, and the account they belong to. Raises `IdkeepError`."""
    aws = collect.connect(profile=profile, region=region, announce=tell)
    if wanted.mfa_serial:
        try:
            aws = collect.with_code(aws, wanted.mfa_serial, wanted.mfa_code())
        except NotEntered as refused:
            raise IdkeepError(f"the MFA code was not taken: {refused.gap}") from refused
    ask = collect.who(aws, now=now)
    return Entrance(aws, wanted.role, ask.partition, now), ask


def now() -> datetime:
    return datetime.now(UTC)


def _run(wanted: OrganizationScan, runs: Runs, ask: Any) -> Run:  # noqa: ANN401 -- an `Ask`
    """The run to go on with, or a new one of all accounts that are listed."""
    narrowed = wanted.narrowed

    def plan(organization_id: str) -> RunPlan:
        return RunPlan(
            organization=organization_id,
            caller_account=ask.account,
            partition=ask.partition,
            region=ask.region,
            role=wanted.role.name,
            families=tuple(sorted(wanted.families)),
            accounts=tuple(sorted(narrowed.accounts)),
            units=tuple(sorted(narrowed.units)),
            tags=tuple(sorted(narrowed.tags)),
            shards=wanted.shard[1],
        )

    organization = collect.organization_id(ask)

    def new() -> Run:
        whole = Family.ORGANIZATION in wanted.families
        found = collect.list_organization(ask, whole=whole)
        begun = now()
        return Run(
            id=new_id(begun, secrets.token_hex(2)),
            begun=begun,
            caller=ask.caller.arn,
            plan=plan(organization),
            accounts=chosen(found, narrowed),
            organization=found,
            documents=ask.documents,
        )

    run, _ = runs.join(plan(organization), wanted.shard[0], new, resume=wanted.resume)
    return run


class _Reading:
    """The accounts of this worker, read a few at a time."""

    def __init__(
        self,
        wanted: OrganizationScan,
        run: Run,
        runs: Runs,
        entrance: Entrance,
        own: str,
        tell: Callable[[str], None],
    ) -> None:
        self.wanted = wanted
        self.run = run
        self.runs = runs
        self.entrance = entrance
        self.own = own
        self.tell = tell
        part, parts = wanted.shard
        listed = [one for one in run.accounts if not one.skipped]
        self.mine = [one for number, one in enumerate(listed) if number % parts == part - 1]
        self._tellers = Tellers(run, runs)
        self._asking: dict[int, Aws] = {}
        self._lock = Lock()
        self._telling = Lock()
        self._stopped = False
        self._done: dict[str, RunResult] = {}

    def read(self, settings: Settings) -> None:
        self._done = self.runs.results(self.run.id)
        missing = [one for one in self.mine if not self._is_done(one.id, settings)]
        if self.wanted.resume:
            again = sum(one.id in self._done for one in missing)
            self.tell(
                f"run {self.run.id}: {len(self.mine) - len(missing)} accounts are done"
                + (f", {again} are tried again" if again else "")
            )
        # Those that tell of the others are read before them.
        first = [one for one in missing if one.id in self._tellers.accounts]
        rest = [one for one in missing if one.id not in self._tellers.accounts]
        try:
            for some in (first, rest):
                self._read_all(some, len(missing))
        finally:
            self._stop()

    def _read_all(self, accounts: list[RunAccount], missing: int) -> None:
        todo: SimpleQueue[RunAccount] = SimpleQueue()
        for one in accounts:
            todo.put(one)
        ended: SimpleQueue[BaseException | None] = SimpleQueue()
        workers = min(self.wanted.parallel, len(accounts))
        for _ in range(workers):
            # Daemons, so that an interrupted scan waits for none of them.
            Thread(target=self._work, args=(todo, ended), name="idkeep-org", daemon=True).start()
        troubles = [trouble for _ in range(workers) if (trouble := ended.get())]
        for trouble in troubles:
            if isinstance(trouble, Ended):
                left = missing - self._count
                raise Unfinished(
                    f"the caller's AWS credentials have expired; {left} of {len(self.mine)} "
                    "accounts are not read yet, and the others are kept",
                    hint=f"sign in again, then {_RESUME}; or see what was read with --run latest",
                )
            raise trouble

    _count = 0

    def _is_done(self, account: str, settings: Settings) -> bool:
        """Whether nothing is left of it that a second try may tell."""
        result = self._done.get(account)
        if result is None or result.failed:
            return False
        today = now().date()
        return (not result.refused or not self._is_cheap(result.refused)) and not any(
            collect.may_pass(gap) and not is_accepted(gap, account, settings, today)
            for gap in result.gaps
        )

    def _work(
        self, todo: SimpleQueue[RunAccount], ended: SimpleQueue[BaseException | None]
    ) -> None:
        try:
            with suppress(Empty):
                while not self._stopped:
                    self._account(todo.get_nowait())
        except IdkeepError as error:
            self._stopped = True
            ended.put(IdkeepError(error.message, hint=f"mend that, then {_RESUME}"))
        except BaseException as error:  # noqa: BLE001 -- the main thread says it
            self._stopped = True
            ended.put(error)
        else:
            ended.put(None)

    def _account(self, account: RunAccount) -> None:
        begun = monotonic()
        refused: list[int] = []
        found = self._read(account, partial(self._may_ask, account, refused))
        if isinstance(found, Snapshot):
            result = RunResult(account=account.id, gaps=found.gaps, refused=max(refused, default=0))
            self.runs.put(self.run.id, result, found)
        elif not self._was_read(account.id):  # what was read of it the last time is better
            self.runs.put(self.run.id, RunResult(account=account.id, failed=found))
        with self._telling:
            self._count += 1
            self.tell(
                f"[{self._count}] {account.id} {account.name}: {_words(found)}, "
                f"{monotonic() - begun:.1f} s"
            )

    def _was_read(self, account: str) -> bool:
        return account in self._done and bool(self._done[account].snapshot)

    def _read(self, account: RunAccount, may_ask: Callable[[Family, int], bool]) -> Snapshot | Gap:
        """The account, or what kept us out of it. Raises `Ended`."""
        families = self.wanted.families
        aws = None
        try:
            aws = self._aws(account.id)
            with self._lock:
                self._asking[id(aws)] = aws
            snapshot = collect.collect(
                aws,
                now=now,
                expected=account.id,
                partition=self.run.plan.partition,
                families=families,
                given=self._given(account.id),
                may_ask=may_ask,
            )
        except NotEntered as refused:
            return refused.gap
        except CredentialsEnded as error:
            if account.id == self.own or self.entrance.has_ended:
                raise Ended from error
            return Gap("sts:GetCallerIdentity", error.message)
        except IdkeepError as error:
            return Gap("sts:GetCallerIdentity", error.message)
        finally:
            if aws is not None:
                with self._lock:
                    self._asking.pop(id(aws), None)
                aws.close()
        ended = account.id == self.own or self.entrance.has_ended
        if ended and any(collect.has_expired(one) for one in snapshot.gaps):
            raise Ended
        return snapshot

    def _may_ask(self, account: RunAccount, refused: list[int], family: Family, calls: int) -> bool:
        if self._is_cheap(calls):
            return True
        with self._telling:
            may = not self._stopped and self.wanted.above(account, family, calls)
        if not may:
            refused.append(calls)
        return may

    def _is_cheap(self, calls: int) -> bool:
        return self.wanted.most_calls is None or calls <= self.wanted.most_calls

    def _aws(self, account: str) -> Aws:
        return self.entrance.own() if account == self.own else self.entrance.enter(account)

    def _given(self, account: str) -> Given:
        """The organisation's facts were read when its accounts were listed."""
        told = self._tellers.told(account, now())
        if Family.ORGANIZATION not in self.wanted.families:
            return Given(told=told)
        whole, texts = self.run.organization, self.run.documents
        if account in {self.own, whole.management_account}:
            return Given({Family.ORGANIZATION: whole}, texts, told)
        part = collect.as_it_concerns(whole, account)
        named = collect.documents_of(part)
        return Given({Family.ORGANIZATION: part}, {one: texts[one] for one in named}, told)

    def _stop(self) -> None:
        self._stopped = True
        with self._lock:
            for aws in self._asking.values():
                aws.stop()


def _words(found: Snapshot | Gap) -> str:
    if isinstance(found, Gap):
        return f"FAILED, {found}"
    calls = sum(one.calls for one in found.calls)
    gaps = f", {len(found.gaps)} gap{'s' * (len(found.gaps) > 1)}" if found.gaps else ""
    return f"{len(found.users)} users, {len(found.roles)} roles{gaps}, {calls} calls"
