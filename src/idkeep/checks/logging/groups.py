"""Checks on log groups: how long they keep what they hold, and with which key."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.logging.samples import GROUP, TRAIL, logging
from idkeep.checks.samples import LOGGING
from idkeep.model import Gap, NotApplicable, Problem, Severity, Unknown
from idkeep.model.logging import Logging
from idkeep.model.resources import LogGroup

_ARN = GROUP.removesuffix(":*")
_KEY = "arn:aws:kms:us-east-1:111122223333:key/11112222-3333-4444-5555-666677778888"
# A year, as CIS, PCI DSS and AWS's own control ask for.
_LEAST_DAYS = 365
_AGENTS = "/aws/bedrock-agentcore/"
_GROUP = LogGroup(
    arn=_ARN,
    account="111122223333",
    region="us-east-1",
    policy=None,
    retention=400,
    kms_key=_KEY,
)
_AGENT = replace(_GROUP, arn=f"arn:aws:logs:us-east-1:111122223333:log-group:{_AGENTS}runtimes/x")
_LISTED = Gap("cloudtrail:DescribeTrails", "AccessDenied")


def _is_a_trails(group: LogGroup, estate: Estate) -> bool | Unknown:
    facts = estate.snapshot.logging
    if not isinstance(facts, Logging):
        return Unknown(str(facts))
    if not isinstance(facts.trails, tuple):
        return Unknown(str(facts.trails))
    arns = {(one.log_group or "").removesuffix(":*") for one in facts.trails}
    if group.arn.removesuffix(":*") in arns:
        return True
    return Unknown(str(facts.unlisted_trails[0])) if facts.unlisted_trails else False


@check(
    LogGroup,
    severity=Severity.LOW,
    controls=("trail-logs-retained",),
    reads=("retention",),
    remedy=Remedy(
        do="Keep them a year at least: `aws logs put-retention-policy --log-group-name "
        "LOG_GROUP --retention-in-days 400`.",
        may_stop="Nothing stops: what is stored longer costs a little.",
    ),
    examples=(
        fails(
            replace(_GROUP, retention=30),
            "keeps a trail's events for 30 days",
            logging=logging(TRAIL),
        ),
        passes(_GROUP, logging=logging(TRAIL)),
        passes(replace(_GROUP, retention=None), logging=logging(TRAIL)),
        does_not_apply(replace(_GROUP, retention=30), "holds no trail's events", logging=LOGGING),
        cannot_tell(
            replace(_GROUP, retention=30),
            str(_LISTED),
            logging=Logging(trails=_LISTED, event_data_stores=()),
        ),
    ),
)
def log_group_forgets_trail(group: LogGroup, estate: Estate) -> Iterator[Said]:
    """A log group that a trail delivers to keeps events for less than a year.

    A break-in is often found months later. Then the log group is where people look first: the
    bucket holds the same, but nobody can search it as fast.
    """
    if group.retention is None or group.retention >= _LEAST_DAYS:
        return
    of_trail = _is_a_trails(group, estate)
    if isinstance(of_trail, Unknown):
        yield of_trail
    elif of_trail:
        yield Problem(f"keeps a trail's events for {group.retention} days")
    else:
        yield NotApplicable("holds no trail's events")


@check(
    LogGroup,
    severity=Severity.LOW,
    controls=("log-groups-expire",),
    reads=("retention",),
    remedy=Remedy(
        do="Decide how long its logs are needed, and look who still reads old ones: `aws "
        "logs put-retention-policy --log-group-name LOG_GROUP --retention-in-days DAYS`.",
        may_stop="What is older is deleted for good, and searches in it find nothing.",
    ),
    examples=(
        fails(replace(_GROUP, retention=None), "keeps what it holds for ever"),
        passes(_GROUP),
    ),
)
def log_group_keeps_for_ever(group: LogGroup, _: Estate) -> Iterator[Said]:
    """A log group keeps its events for ever.

    Nobody decided how long they are needed. Old logs hold personal data and forgotten tokens.
    """
    if group.retention is None:
        yield Problem("keeps what it holds for ever")


@check(
    LogGroup,
    severity=Severity.LOW,
    controls=("log-groups-encrypted",),
    reads=("kms_key",),
    remedy=Remedy(
        do="Make a KMS key whose policy lets logs.REGION.amazonaws.com use it for this log "
        "group, then `aws logs associate-kms-key --log-group-name LOG_GROUP --kms-key-id "
        "KEY_ARN`.",
        may_stop="Who reads the logs is refused without kms:Decrypt on the key: give it to them "
        "first.",
    ),
    examples=(
        fails(replace(_GROUP, kms_key=None), "is encrypted with AWS's own key alone"),
        passes(_GROUP),
    ),
)
def log_group_without_kms_key(group: LogGroup, _: Estate) -> Iterator[Said]:
    """A log group is encrypted with AWS's own key alone.

    With a key of yours, reading needs a second permission, and each use of it is logged.
    """
    if group.kms_key is None:
        yield Problem("is encrypted with AWS's own key alone")


@check(
    LogGroup,
    severity=Severity.LOW,
    controls=("agent-logs-masked",),
    reads=("data_protection",),
    remedy=Remedy(
        do="Give the log group a data protection policy that masks personal data and "
        "credentials: `aws logs put-data-protection-policy --log-group-identifier "
        "LOG_GROUP --policy-document file://policy.json`.",
        may_stop="Who needs the masked text is shown none without logs:Unmask; filters and alarms "
        "that match it no longer do.",
    ),
    examples=(
        fails(_AGENT, "shows what people and agents say to each other"),
        fails(
            replace(_AGENT, data_protection="DISABLED"),
            "shows what people and agents say to each other",
        ),
        passes(replace(_AGENT, data_protection="ACTIVATED")),
        does_not_apply(_GROUP, "holds no logs of AgentCore"),
    ),
)
def agent_logs_unmasked(group: LogGroup, _: Estate) -> Iterator[Said]:
    """A log group of AgentCore has no data protection policy.

    Prompts and answers are written down as they are: names, addresses, and now and then a
    password that somebody typed to an agent.
    """
    if f":log-group:{_AGENTS}" not in group.arn:
        yield NotApplicable("holds no logs of AgentCore")
    elif group.data_protection != "ACTIVATED":
        yield Problem("shows what people and agents say to each other")


CHECKS = (
    log_group_forgets_trail,
    log_group_keeps_for_ever,
    log_group_without_kms_key,
    agent_logs_unmasked,
)
