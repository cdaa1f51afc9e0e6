"""Checks on what the trails together write down."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.logged import Happened, Whole, named, whole_trails
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, fails, known, passes
from idkeep.checks.logging.samples import (
    NO_SELECTORS,
    NO_TRAILS,
    NOT_HERE,
    STATUS,
    THEIRS,
    TRAIL,
    logging,
    only,
)
from idkeep.checks.policies.words import listed
from idkeep.model import Gap, Problem, Severity, Unknown, Unread
from idkeep.model.logging import EventSelector, EventSelectors, Logging

_KMS = "kms.amazonaws.com"
_ANY_SERVICE, _ANY_CALL = "service.amazonaws.com", "DoSomething"
_EVERYWHERE = ""


class Covering(Struct, frozen=True, kw_only=True):
    """The trails that the account sees; `unread` are others that it may have."""

    trails: tuple[Whole, ...]
    unread: tuple[Unread, ...]

    def logs(self, event: Happened, region: str) -> bool | Unread:
        """Whether a trail of the region logs it; unread where one perhaps does.

        Of the region "" are the trails of all regions.
        """
        said = [one.logs(event) for one in self.trails if one.reaches(region)]
        if True in said:
            return True
        perhaps = [*(one for one in said if not isinstance(one, bool)), *self.unread]
        return perhaps[0] if perhaps else False


class Missing(Struct, frozen=True, kw_only=True):
    """Where an event is logged by no trail. `everywhere`: in no region at all."""

    regions: tuple[str, ...] = ()
    everywhere: bool = False
    unread: tuple[Unread, ...] = ()


def covering_of(subject: Logging, estate: Estate) -> Covering:
    """Ends the check where the trails were not read."""
    return Covering(trails=known(whole_trails(subject, estate)), unread=subject.unlisted_trails)


def missing(event: Happened, covering: Covering, subject: Logging) -> Missing:
    """Ends the check where it hangs on which regions there are, and they were not read."""
    if covering.logs(event, _EVERYWHERE) is True:
        return Missing()
    if not covering.trails and not covering.unread:
        return Missing(everywhere=True)
    # Each region was asked for its event data stores.
    said = {
        one.region: covering.logs(event, one.region) for one in known(subject.event_data_stores)
    }
    return Missing(
        regions=tuple(region for region, logs in said.items() if logs is False),
        everywhere=set(said.values()) == {False},
        unread=tuple(dict.fromkeys(one for one in said.values() if not isinstance(one, bool))),
    )


def _excluding(source: str) -> EventSelectors:
    return EventSelectors(
        classic=(EventSelector(read_write="All", management=True, excluded_sources=(source,)),)
    )


_READS = EventSelectors(classic=(EventSelector(read_write="ReadOnly", management=True),))
_STOPPED = replace(TRAIL, status=replace(STATUS, logging=False))
_HERE = replace(TRAIL, multi_region=False)
_THERE = replace(_HERE, arn=TRAIL.arn.replace("us-east-1", "eu-west-1"), home="eu-west-1")
_SECOND = replace(TRAIL, arn=f"{TRAIL.arn}-too")
_NO_REGIONS = Gap("account:ListRegions", "AccessDenied")
_NOTHING = "logs no management events"


@check(
    Logging,
    severity=Severity.HIGH,
    controls=("management-events-logged",),
    reads=("trails.status.logging", "trails.selectors", "unlisted_trails"),
    remedy=Remedy(
        do="Make one trail of all regions that logs reads and writes, without excluded "
        "sources: `aws cloudtrail create-trail --name TRAIL --s3-bucket-name BUCKET "
        "--is-multi-region-trail`, `aws cloudtrail start-logging --name TRAIL`, `aws "
        "cloudtrail put-event-selectors --trail-name TRAIL --event-selectors "
        "ReadWriteType=All,IncludeManagementEvents=true`. Best is the organisation's "
        "own, made in its management account.",
        may_stop="Nothing stops: a trail only writes down. A second copy of the events costs "
        "money.",
    ),
    examples=(
        passes(logging(TRAIL)),
        passes(logging(_HERE, TRAIL)),
        passes(logging(THEIRS)),
        passes(logging(replace(TRAIL, home="eu-north-1"))),
        passes(logging(replace(TRAIL, selectors=only(eventCategory="Management")))),
        passes(
            logging(
                replace(TRAIL, selectors=_READS),
                replace(_SECOND, selectors=only(eventCategory="Management", readOnly="false")),
            )
        ),
        passes(
            logging(
                replace(TRAIL, selectors=_excluding(_KMS)),
                replace(_SECOND, selectors=only(eventCategory="Management", eventSource=_KMS)),
            )
        ),
        passes(logging(TRAIL, replace(_SECOND, selectors=NO_SELECTORS))),
        fails(logging(), _NOTHING),
        fails(logging(_STOPPED), _NOTHING),
        fails(logging(replace(TRAIL, selectors=only(eventCategory="Data"))), _NOTHING),
        fails(logging(_HERE), f"{_NOTHING} in eu-west-1"),
        fails(
            logging(_HERE, _THERE),
            "has trails of single regions alone, so a region that is opened later is not logged",
        ),
        fails(logging(replace(TRAIL, selectors=_READS)), f"{_NOTHING} that write"),
        fails(
            logging(replace(TRAIL, selectors=only(eventCategory="Management", readOnly="false"))),
            f"{_NOTHING} that read",
        ),
        fails(
            logging(replace(TRAIL, selectors=_excluding(_KMS))),
            f"{_NOTHING} of kms.amazonaws.com",
        ),
        cannot_tell(Logging(trails=NO_TRAILS, event_data_stores=()), str(NO_TRAILS)),
        cannot_tell(logging(replace(TRAIL, selectors=NO_SELECTORS)), str(NO_SELECTORS)),
        cannot_tell(
            logging(replace(THEIRS, status=NOT_HERE, selectors=NOT_HERE)),
            "cloudtrail:GetEventSelectors: told in account 999988887777 alone",
        ),
        cannot_tell(logging(unlisted_trails=(NO_SELECTORS,)), str(NO_SELECTORS)),
        cannot_tell(Logging(trails=(_HERE,), event_data_stores=_NO_REGIONS), str(_NO_REGIONS)),
    ),
)
def management_events_not_logged(subject: Logging, estate: Estate) -> Iterator[Said]:
    """Some of what is done in the account is written down by no trail.

    Without it nobody can tell what an intruder did, and no alarm rings. All trails that the
    account sees are taken together, the organisation's too: what counts is that each region's
    reads and writes, of every service, are in one of them.
    """
    covering = covering_of(subject, estate)
    reads = missing(_event(read_only=True), covering, subject)
    writes = missing(_event(), covering, subject)
    yield from _generally(reads, writes)
    every = [reads, writes]
    for words, told in _special(covering.trails):
        found = [missing(_event(**told, read_only=one), covering, subject) for one in (True, False)]
        every += found
        yield from _specially(words, found, (reads, writes))
    unread = dict.fromkeys(str(gap) for one in every for gap in one.unread)
    yield from map(Unknown, unread)
    if not unread and not any(one.regions or one.everywhere for one in every):
        yield from _only_today(covering)


def _generally(reads: Missing, writes: Missing) -> Iterator[Problem]:
    """A region without any is said once, and not that it has neither reads nor writes."""
    both = tuple(one for one in reads.regions if one in writes.regions)
    if reads.everywhere and writes.everywhere:
        yield Problem(_NOTHING, at="all")
        return
    if both:
        yield Problem(f"{_NOTHING} in {listed(both)}", at="regions")
    for words, found in (("that read", reads), ("that write", writes)):
        left = [one for one in found.regions if one not in both]
        if left:
            where = "" if found.everywhere else f" in {listed(left)}"
            yield Problem(f"{_NOTHING} {words}{where}", at=words)


def _specially(
    words: str, found: Sequence[Missing], general: Sequence[Missing]
) -> Iterator[Problem]:
    """What is missing of reads and writes of a kind that are logged otherwise."""
    pairs = zip(found, general, strict=True)
    reads, writes = ({*one.regions} - {*other.regions} for one, other in pairs)
    if not reads and not writes:
        return
    which = "" if reads and writes else " that read" if reads else " that write"
    everywhere = all(one.everywhere for one in found if one.regions)
    where = "" if everywhere else f" in {listed(sorted(reads | writes))}"
    yield Problem(
        f"{_NOTHING} {words}{which}{where}",
        at=words,
        severity=Severity.MEDIUM,
        because="other events are logged",
    )


def _special(trails: Sequence[Whole]) -> Iterator[tuple[str, dict[str, str]]]:
    """Events that some selector tells from the others, and what tells them."""
    selectors = [one.selectors for one in trails if isinstance(one.selectors, EventSelectors)]
    sources = {name for one in selectors for name in named(one, "eventSource")}
    calls = {name for one in selectors for name in named(one, "eventName")}
    yield from ((f"of {one}", {"source": one}) for one in sorted(sources))
    yield from ((f"named {one}", {"name": one}) for one in sorted(calls))


def _event(
    source: str = _ANY_SERVICE, name: str = _ANY_CALL, *, read_only: bool = False
) -> Happened:
    return Happened(source=source, name=name, read_only=read_only)


def _only_today(covering: Covering) -> Iterator[Problem]:
    kinds = (_event(), _event(read_only=True))
    if not all(covering.logs(one, _EVERYWHERE) is True for one in kinds):
        yield Problem(
            "has trails of single regions alone, so a region that is opened later is not logged",
            at="later",
            severity=Severity.LOW,
            because="every region of today is logged",
        )


CHECKS = (management_events_not_logged,)
