"""Checks on what else trails may write down: data events, insights, refusals at endpoints."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.logged import DATA, NETWORK, Happened, Whole, of_category, selects
from idkeep.checks.declare import (
    AnyCheck,
    Example,
    Remedy,
    Said,
    cannot_tell,
    check,
    fails,
    known,
    passes,
)
from idkeep.checks.logging.coverage import Covering, covering_of
from idkeep.checks.logging.samples import (
    ALL_EVENTS,
    NO_SELECTORS,
    NO_TRAILS,
    STATUS,
    STORES,
    THEIRS,
    TRAIL,
    logging,
    only,
)
from idkeep.checks.policies.words import listed
from idkeep.model import Gap, NotAsked, NotToldHere, Problem, Severity, Unknown, Unread
from idkeep.model.logging import (
    DataResources,
    EventDataStore,
    EventSelector,
    EventSelectors,
    InsightSelector,
    Logging,
    NotOffered,
    RegionStores,
)

_S3 = "s3.amazonaws.com"
_BEDROCK = "bedrock.amazonaws.com"
# https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html
_AGENTS = (
    ("InvokeAgent", "AWS::Bedrock::AgentAlias"),
    ("InvokeInlineAgent", "AWS::Bedrock::InlineAgent"),
    ("InvokeFlow", "AWS::Bedrock::FlowAlias"),
    ("Retrieve", "AWS::Bedrock::KnowledgeBase"),
)


class Kept(Struct, frozen=True, kw_only=True):
    """Data events that a trail of all regions, or an event data store of them, should log."""

    name: str
    words: str
    why: str
    events: tuple[Happened, ...]
    pattern: str


def _object(name: str, *, read_only: bool) -> tuple[Happened, ...]:
    return (
        Happened(
            category=DATA,
            source=_S3,
            name=name,
            read_only=read_only,
            type="AWS::S3::Object",
            arn="arn:{partition}:s3:::any-bucket/any-object",
        ),
    )


_KEPT = (
    Kept(
        name="object_writes_not_logged",
        words="writes of S3 objects",
        why="Who put or deleted an object is then known to nobody.",
        events=_object("PutObject", read_only=False),
        pattern='{"Field": "resources.type", "Equals": ["AWS::S3::Object"]}',
    ),
    Kept(
        name="object_reads_not_logged",
        words="reads of S3 objects",
        why="Which data a thief took is then known to nobody.",
        events=_object("GetObject", read_only=True),
        pattern='{"Field": "resources.type", "Equals": ["AWS::S3::Object"]}',
    ),
    Kept(
        name="agent_calls_not_logged",
        words="calls of Bedrock's agents, flows and knowledge bases",
        why="Stolen credentials are spent on models, and an agent acts for whoever asks it. The\n"
        "calls of models themselves are management events.",
        events=tuple(
            Happened(
                category=DATA,
                source=_BEDROCK,
                name=name,
                read_only=name == "Retrieve",
                type=kind,
                arn="arn:{partition}:bedrock:{region}:{account}:any/thing",
            )
            for name, kind in _AGENTS
        ),
        pattern='{"Field": "resources.type", "Equals": ["AWS::Bedrock::AgentAlias"]}',
    ),
)


def _stores(subject: Logging) -> Iterator[EventSelectors | Unread]:
    """What each event data store of all regions selects, of those that are on."""
    for region in known(subject.event_data_stores):
        if isinstance(region.stores, Gap | NotAsked):
            yield region.stores
        elif not isinstance(region.stores, NotOffered):
            for one in region.stores:
                if one.multi_region and one.status == "ENABLED":
                    yield EventSelectors(advanced=one.selectors)


def _both(*facts: bool | Unread) -> bool | Unread:
    """True where all are; what is not known counts where nothing is false."""
    if False in facts:
        return False
    return next((one for one in facts if not isinstance(one, bool)), True)


def _unless(found: Iterable[bool | Unread], problem: str) -> Iterator[Said]:
    """Nothing where one is true, unknown where one may be, else the problem."""
    said = list(found)
    if True in said:
        return
    gaps = dict.fromkeys(str(one) for one in said if not isinstance(one, bool))
    yield from map(Unknown, gaps)
    if not gaps:
        yield Problem(problem)


def _logged(event: Happened, covering: Covering, subject: Logging) -> bool | Unread:
    by_trail = covering.logs(event, "")
    if by_trail is True:
        return True
    stores = list(_stores(subject))
    if any(isinstance(one, EventSelectors) and selects(one, event) for one in stores):
        return True
    gaps = [one for one in (by_trail, *stores) if isinstance(one, Gap | NotAsked)]
    return gaps[0] if gaps else False


def _not_logged(kept: Kept, subject: Logging, estate: Estate) -> Iterator[Said]:
    covering = covering_of(subject, estate)
    events = [_here(one, estate) for one in kept.events]
    said = {one.name: _logged(one, covering, subject) for one in events}
    left = [name for name, logged in said.items() if logged is False]
    if left:
        names = "" if len(left) == len(said) else f": {listed(left)}"
        yield Problem(f"logs no {kept.words}{names}")
    gaps = dict.fromkeys(str(one) for one in said.values() if not isinstance(one, bool))
    yield from map(Unknown, gaps)


def _here(event: Happened, estate: Estate) -> Happened:
    """The event in the account, whichever its partition is."""
    snapshot = estate.snapshot
    arn = event.arn.format(
        partition=snapshot.account.partition,
        region=snapshot.some_region,
        account=snapshot.account.id,
    )
    return replace(event, arn=arn)


def _check(kept: Kept) -> AnyCheck:
    def not_logged(subject: Logging, estate: Estate) -> Iterator[Said]:
        yield from _not_logged(kept, subject, estate)

    not_logged.__name__ = kept.name
    not_logged.__doc__ = (
        f"No trail logs all {kept.words}.\n\n{kept.why} Trails of all regions and event data\n"
        "stores count; selectors for some resources alone do not."
    )
    return check(
        Logging,
        severity=Severity.LOW,
        controls=(kept.name.replace("_", "-").replace("-not-logged", "-logged"),),
        reads=("trails.selectors", "event_data_stores.stores"),
        remedy=Remedy(
            do="Add the data events to a trail of all regions: `aws cloudtrail put-event-selectors "
            "--trail-name TRAIL --advanced-event-selectors file://selectors.json`, with "
            f'{{"Field": "eventCategory", "Equals": ["Data"]}} and {kept.pattern}. Keep the '
            "selectors that are there.",
            may_stop="Nothing stops: the trail writes more. Each logged event costs money, which "
            "on a busy account is much; selectors that are left out of the file no longer log.",
        ),
        examples=tuple(_examples(kept)),
    )(not_logged)


def _examples(kept: Kept) -> Iterator[Example]:
    logged = replace(TRAIL, selectors=only(eventCategory=DATA))
    yield passes(logging(logged))
    yield passes(logging(TRAIL, event_data_stores=(_store(only(eventCategory=DATA)),)))
    yield fails(logging(TRAIL), f"logs no {kept.words}")
    yield fails(logging(), f"logs no {kept.words}")
    yield fails(logging(replace(logged, multi_region=False)), f"logs no {kept.words}")
    yield fails(
        logging(replace(logged, status=replace(STATUS, logging=False))), f"logs no {kept.words}"
    )
    yield cannot_tell(Logging(trails=NO_TRAILS, event_data_stores=STORES), str(NO_TRAILS))
    yield cannot_tell(logging(replace(TRAIL, selectors=NO_SELECTORS)), str(NO_SELECTORS))
    if kept.name == "object_writes_not_logged":
        yield from _of_objects(kept)
    if kept.name == "agent_calls_not_logged":
        some = only(eventCategory=DATA, resources__type="AWS::Bedrock::AgentAlias")
        yield fails(
            logging(replace(TRAIL, selectors=some)),
            f"logs no {kept.words}: InvokeInlineAgent, InvokeFlow, Retrieve",
        )


def _of_objects(kept: Kept) -> Iterator[Example]:
    for value, words in (("arn:aws:s3", ""), ("arn:aws:s3:::", ""), ("arn:aws:s3:::one/", "x")):
        data = DataResources(type="AWS::S3::Object", values=(value,))
        selector = EventSelector(read_write="WriteOnly", management=True, data=(data,))
        subject = logging(replace(TRAIL, selectors=EventSelectors(classic=(selector,))))
        yield fails(subject, f"logs no {kept.words}") if words else passes(subject)


def _store(selectors: EventSelectors) -> RegionStores:
    one = EventDataStore(
        arn="arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/1",
        name="lake",
        status="ENABLED",
        multi_region=True,
        selectors=selectors.advanced,
    )
    return RegionStores(region="us-east-1", stores=(one,))


_INSIGHTS = (InsightSelector(type="ApiCallRateInsight"),)
_NO_INSIGHTS = Gap("cloudtrail:GetInsightSelectors", "AccessDenied")


@check(
    Logging,
    severity=Severity.LOW,
    controls=("insights-on",),
    reads=("trails.insights", "trails.status.logging"),
    remedy=Remedy(
        do="Switch Insights on for the trail of all regions: `aws cloudtrail "
        "put-insight-selectors --trail-name TRAIL --insight-selectors "
        "InsightType=ApiCallRateInsight InsightType=ApiErrorRateInsight`.",
        may_stop="Nothing stops: the trail writes events besides. Each analysed event costs money.",
    ),
    examples=(
        passes(logging(replace(TRAIL, insights=_INSIGHTS))),
        fails(logging(TRAIL), "has no trail with Insights"),
        fails(
            logging(replace(TRAIL, insights=_INSIGHTS, status=replace(STATUS, logging=False))),
            "has no trail with Insights",
        ),
        cannot_tell(Logging(trails=NO_TRAILS, event_data_stores=()), str(NO_TRAILS)),
        cannot_tell(logging(replace(TRAIL, insights=_NO_INSIGHTS)), str(_NO_INSIGHTS)),
        cannot_tell(
            logging(replace(THEIRS, insights=NotToldHere(code="TrailNotFoundException"))),
            "cloudtrail:GetInsightSelectors: told in account 999988887777 alone",
        ),
    ),
)
def no_trail_insights(subject: Logging, estate: Estate) -> Iterator[Said]:
    """No trail looks for unusual numbers of calls.

    Insights learns how often an account calls what, and writes an event where that leaps: a
    burst of new instances, or of refusals.
    """
    covering = covering_of(subject, estate)
    said = [_both(one.is_on, _has_insights(one)) for one in covering.trails]
    yield from _unless((*said, *covering.unread), "has no trail with Insights")


def _has_insights(trail: Whole) -> bool | Unread:
    return bool(trail.insights) if isinstance(trail.insights, tuple) else trail.insights


@check(
    Logging,
    severity=Severity.LOW,
    controls=("endpoint-denials-logged",),
    reads=("trails.selectors", "event_data_stores.stores"),
    remedy=Remedy(
        do="Where the account has VPC endpoints with policies, add network activity events "
        "to a trail: `aws cloudtrail put-event-selectors --trail-name TRAIL "
        '--advanced-event-selectors file://selectors.json` with {"Field": '
        '"eventCategory", "Equals": ["NetworkActivity"]}, a service in eventSource, and '
        "errorCode VpceAccessDenied. Keep the selectors that are there.",
        may_stop="Nothing stops: the trail writes more. Each logged event costs money; selectors "
        "that are left out of the file no longer log.",
    ),
    examples=(
        passes(logging(replace(TRAIL, selectors=only(eventCategory=NETWORK, eventSource="s3")))),
        passes(logging(TRAIL, event_data_stores=(_store(only(eventCategory=NETWORK)),))),
        fails(logging(TRAIL), "logs nothing that a VPC endpoint refused"),
        fails(
            logging(replace(TRAIL, selectors=ALL_EVENTS)),
            "logs nothing that a VPC endpoint refused",
        ),
        cannot_tell(Logging(trails=NO_TRAILS, event_data_stores=STORES), str(NO_TRAILS)),
        cannot_tell(logging(replace(TRAIL, selectors=NO_SELECTORS)), str(NO_SELECTORS)),
    ),
)
def endpoint_denials_not_logged(subject: Logging, estate: Estate) -> Iterator[Said]:
    """No trail logs what VPC endpoints refuse.

    A call that an endpoint's policy stops is in no management event: only network activity
    events tell that somebody inside tried to reach a bucket or a role of another account.
    """
    covering = covering_of(subject, estate)
    said = [_both(one.is_on, _has_network(one.selectors)) for one in covering.trails]
    said += [_has_network(one) for one in _stores(subject)]
    yield from _unless((*said, *covering.unread), "logs nothing that a VPC endpoint refused")


def _has_network(selectors: EventSelectors | Unread) -> bool | Unread:
    if isinstance(selectors, EventSelectors):
        return bool(of_category(selectors, NETWORK))
    return selectors


CHECKS: tuple[AnyCheck, ...] = (
    *map(_check, _KEPT),
    no_trail_insights,
    endpoint_denials_not_logged,
)
