"""Rules of EventBridge over regions and accounts: whom they tell of what CloudTrail writes."""

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.news import News, Stage
from idkeep.access.told import news
from idkeep.api.catalog import load_catalog
from idkeep.checks.logging.samples import STATUS, TRAIL, logging
from idkeep.checks.logging.watched import ROOT, event, sign_in
from idkeep.checks.samples import ACCOUNT, snapshot_of
from idkeep.config import Settings
from idkeep.model.logging import EventRule, Logging, RegionRules, RuleTarget

CATALOG = load_catalog()
HERE, THERE = ACCOUNT.id, "999988887777"
HOME, AWAY = "us-east-1", "eu-west-1"
ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
PAGER = "arn:aws:lambda:us-east-1:111122223333:function:pager"
WRITE = event("iam.amazonaws.com", "CreateAccessKey", who=ROOT)
READ = event("s3.amazonaws.com", "ListBuckets", who=ROOT, read_only=True)
SIGN_IN = sign_in("Success", who=ROOT)


def bus(region: str, account: str = HERE, name: str = "default") -> str:
    return f"arn:aws:events:{region}:{account}:event-bus/{name}"


def rule(on: str, *targets: str, pattern: str = "", state: str = ALL) -> EventRule:
    return EventRule(
        arn=on.replace("event-bus", "rule"),
        name="watch",
        bus=on,
        pattern=pattern or '{"detail": {"userIdentity": {"type": ["Root"]}}}',
        state=state,
        targets=tuple(RuleTarget(id=str(n), arn=arn) for n, arn in enumerate(targets)),
    )


def account(*rules: EventRule, trail: bool = True) -> Logging:
    regions = {HOME: [one for one in rules if f":{HOME}:" in one.bus]}
    regions[AWAY] = [one for one in rules if f":{AWAY}:" in one.bus]
    own = replace(TRAIL, log_group=None, status=replace(STATUS, logging=trail))
    told = tuple(RegionRules(region=name, rules=tuple(some)) for name, some in regions.items())
    return logging(own, rules=told)


def heard(of: object, own: Logging, elsewhere: Logging | None = None) -> News:
    snapshot = snapshot_of(logging=own)
    other = replace(snapshot_of(logging=elsewhere), account=replace(ACCOUNT, id=THERE))
    found = {THERE: other} if elsewhere else {}
    estate = Estate(snapshot, Settings(), CATALOG, elsewhere=found.get)
    return news(own, of, estate)  # type: ignore[arg-type]


def test_what_occurs_in_one_region_is_heard_by_one_rule() -> None:
    own = account(rule(bus(HOME), PAGER))
    assert heard(WRITE, own) == News(stage=Stage.TOLD, by="watch")
    assert heard(SIGN_IN, own) == News(stage=Stage.TOLD, by="watch")
    assert heard(READ, own).why == "rule watch tells of them in us-east-1, and not in eu-west-1"


def test_reads_come_to_rules_that_ask_for_them() -> None:
    both = [rule(bus(one), PAGER, state="ENABLED") for one in (HOME, AWAY)]
    assert heard(WRITE, account(*both)).stage is Stage.TOLD
    assert heard(READ, account(*both)).stage is Stage.NO_LOG_GROUP
    assert heard(READ, account(*(replace(one, state=ALL) for one in both))).stage is Stage.TOLD


def test_without_a_trail_that_logs_no_rule_hears() -> None:
    assert heard(WRITE, account(rule(bus(HOME), PAGER), trail=False)).stage is Stage.NO_TRAIL


def test_an_event_is_followed_from_bus_to_bus() -> None:
    own = account(
        rule(bus(AWAY), bus(HOME)),
        rule(bus(HOME), bus(HOME, name="security")),
        rule(bus(HOME, name="security"), PAGER),
    )
    assert heard(READ, own).stage is Stage.TOLD


def test_buses_that_feed_each_other_end() -> None:
    own = account(rule(bus(HOME), bus(AWAY)), rule(bus(AWAY), bus(HOME)))
    assert heard(READ, own).stage is not Stage.TOLD


def test_another_accounts_bus_is_followed_where_that_was_scanned() -> None:
    own = account(*(rule(bus(one), bus(HOME, THERE)) for one in (HOME, AWAY)))
    assert heard(READ, own).unknown == (f"the bus is account {THERE}'s, whose own scan tells",)
    theirs = account(rule(bus(HOME, THERE), PAGER))
    assert heard(READ, own, theirs).stage is Stage.TOLD
    deaf = account(rule(bus(HOME, THERE), PAGER, pattern='{"source": ["aws.ec2"]}'))
    assert heard(READ, own, deaf).stage is not Stage.TOLD


def test_a_pattern_may_name_the_account_and_the_region() -> None:
    pattern = f'{{"account": ["{HERE}"], "region": ["{HOME}"]}}'
    assert heard(WRITE, account(rule(bus(HOME), PAGER, pattern=pattern))).stage is Stage.TOLD
    other = pattern.replace(HERE, THERE)
    assert heard(WRITE, account(rule(bus(HOME), PAGER, pattern=other))).stage is not Stage.TOLD
