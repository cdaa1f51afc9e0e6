"""One account: who is asked, which families are read, and the snapshot put together."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from msgspec.structs import replace

from idkeep.collect import identity
from idkeep.collect.ask import Ask
from idkeep.collect.aws import Aws
from idkeep.collect.bulk import NOTHING, Told
from idkeep.collect.declare import Answer
from idkeep.collect.families import ADDITIONS, FAMILIES, Source
from idkeep.errors import AwsUnreachable, WrongAccount
from idkeep.model import DEFAULT_FAMILIES, Arn, Caller, Family, Gap, NotAsked, Snapshot


@dataclass(frozen=True, slots=True)
class Given:
    """Facts of families that were read before, and the policy texts they name, by digest.

    `told` is what other accounts told of this one.
    """

    families: Mapping[Family, object] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    told: Told = NOTHING


_NOTHING = Given()
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


def collect(  # noqa: PLR0913 -- what a scan may be told, all by name
    aws: Aws,
    *,
    now: Callable[[], datetime],
    expected: str | None = None,
    partition: str | None = None,
    families: Iterable[Family] = DEFAULT_FAMILIES,
    given: Given = _NOTHING,
    progress: Callable[[str], None] = lambda _: None,
    may_ask: Callable[[Family, int], bool] = lambda _, __: True,
) -> Snapshot:
    """The account that the credentials belong to.

    `expected` is the account it must be: any other raises `WrongAccount` before a second call.
    `partition` likewise. `families` are the facts to read, with those they are read with; `given`
    ones are not asked for. `progress` is told each action that is done. `may_ask` is asked, on
    this thread, before a family whose cost hangs on what there is takes about so many more calls;
    refused, it is a gap. Raises `IdkeepError` where AWS can't be asked.
    """
    ask = who(aws, now=now, expected=expected, partition=partition, progress=progress)
    ask.told = given.told
    try:
        snapshot = read(ask, frozenset(families), may_ask, given.families)
    finally:
        aws.stop()
    gaps = (*ask.unprepared(), *snapshot.unread())
    return replace(
        snapshot,
        gaps=tuple(dict.fromkeys(gaps)),
        calls=aws.calls(),
        told_elsewhere=ask.told_elsewhere(),
        documents={**given.documents, **ask.documents},
    )


def who(
    aws: Aws,
    *,
    now: Callable[[], datetime],
    expected: str | None = None,
    partition: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Ask:
    """The account as its first call tells it. Raises as `collect` does."""
    caller, account = _who(aws.identity())
    if expected is not None and account != expected:
        raise WrongAccount(expected, account)
    ask = Ask(aws, caller, account, now, progress)
    if partition is not None and ask.partition != partition:
        raise WrongAccount(f"{account} of {partition}", f"{account} of {ask.partition}")
    progress("sts:GetCallerIdentity")
    return ask


def expect(ask: Ask, account: str | None) -> None:
    """Raises `WrongAccount` for any other; None is whichever it is."""
    if account is not None and ask.account != account:
        raise WrongAccount(account, ask.account)


def _who(told: Answer) -> tuple[Caller, str]:
    """Whose credentials these are. Raises `AwsUnreachable` for an answer that can't be AWS's."""
    account, arn, user = (str(told.get(name, "")) for name in ("Account", "Arn", "UserId"))
    with suppress(ValueError):
        if _ACCOUNT.fullmatch(account) and Arn.parse(arn).account == account:
            return Caller(arn=arn, user_id=user), account
    raise AwsUnreachable(
        "what answered is not AWS: it does not say whose credentials these are",
        hint="check proxy settings and AWS_ENDPOINT_URL",
    )


def read(
    ask: Ask,
    chosen: frozenset[Family],
    may_ask: Callable[[Family, int], bool],
    given: Mapping[Family, object],
) -> Snapshot:
    """The families side by side; then what is added to the users and roles that were found."""
    beside = [family for family in FAMILIES if family in chosen and family not in given]
    if chosen & ADDITIONS.keys() and Family.IDENTITY not in beside:
        beside.append(Family.IDENTITY)
    readers = [_reader(ask, family, may_ask) for family in beside]
    found = dict(zip(beside, ask.each(readers, lambda read: read()), strict=True))
    people: Any = found.pop(Family.IDENTITY, NotAsked(Family.IDENTITY))
    if not isinstance(people, identity.Identity):
        people = identity.unread(ask, people)
    for family, addition in ADDITIONS.items():
        if family in chosen:
            people = addition.read(ask, people)
    every = {**found, **(given or {})}
    parts: dict[str, Any] = {family.field: value for family, value in every.items()}
    people = replace(people, unlisted=(*people.unlisted, *ask.unlisted()))
    return Snapshot(
        taken=ask.now(),
        region=ask.aws.region,
        **{name: getattr(people, name) for name in people.__struct_fields__},
        **parts,
    )


def _reader(
    ask: Ask, family: Family, may_ask: Callable[[Family, int], bool]
) -> Callable[[], object]:
    """What reads the family, once it may."""
    source = FAMILIES[family]
    if isinstance(source, Source):
        return partial(source.read, ask)
    [plan] = ask.each([source.plan], lambda make: make(ask))
    if isinstance(plan, Gap):
        return lambda: plan
    ask.progress(f"{family}: about {plan.calls} calls to come")
    if may_ask(family, plan.calls):
        return plan.read
    gap = Gap(f"--facts {family}", f"needs about {plan.calls} calls, more than were allowed")
    return lambda: gap
