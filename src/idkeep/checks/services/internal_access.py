"""Checks on analyzers of internal access: whether they look at what matters most."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import (
    AnyCheck,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.policies.resource_kinds import bucket
from idkeep.checks.services.analyzers import analyzers, is_on, of_the_organization
from idkeep.checks.services.regions import unknown
from idkeep.checks.services.samples import (
    DEPUTY,
    EXTERNAL,
    NO_REGIONS,
    OURS,
    UNREAD,
    deputy,
    region,
    services,
)
from idkeep.config import Settings
from idkeep.model import Arn, Gap, NotApplicable, NotAsked, Problem, Severity, Unknown, Unlisted
from idkeep.model.facts import Family
from idkeep.model.resources import Bucket, Resources, Table
from idkeep.model.services import AnalyzedResources, Analyzer, Services

_TYPES = frozenset({"ACCOUNT_INTERNAL_ACCESS", "ORGANIZATION_INTERNAL_ACCESS"})
_BUCKETS = Gap("s3:ListAllMyBuckets", "AccessDenied")
_LIST = Gap("access-analyzer:ListAnalyzers", "AccessDenied")
# What Access Analyzer calls a thing, by the service and the first word of its ARN's last part.
_WORDS = {
    "s3": "AWS::S3::Bucket",
    "dynamodb": "AWS::DynamoDB::Table",
    "snapshot": "AWS::RDS::DBSnapshot",
    "cluster-snapshot": "AWS::RDS::DBClusterSnapshot",
    "s3express": "AWS::S3Express::DirectoryBucket",
}

_LISTED: dict[str, type[Bucket | Table]] = {"s3": Bucket, "dynamodb": Table}


class _Critical(Struct, frozen=True, kw_only=True):
    arn: str
    type: str
    region: str
    account: str


def _inside(*rules: AnalyzedResources, **facts: object) -> Analyzer:
    made = replace(
        EXTERNAL,
        arn=EXTERNAL.arn.replace("external", "inside"),
        name="inside",
        type="ACCOUNT_INTERNAL_ACCESS",
        inclusions=rules,
        findings=None,
    )
    return replace(made, **facts)


_OURS = bucket(None)
_AGREED = Settings(critical_resources=(_OURS.arn,))
_THERE = Resources(buckets=(_OURS,), account_public_access_block=None)
_NAMED = AnalyzedResources(arns=(_OURS.arn,))
_OF_KIND = AnalyzedResources(types=("AWS::S3::Bucket",))
_OTHER = AnalyzedResources(types=("AWS::DynamoDB::Table",))
_MIXED = AnalyzedResources(types=("AWS::S3::Bucket",), accounts=("999988887777",))
_LEFT = f"no analyzer of internal access looks at {_OURS.arn}"


def _with(*rules: AnalyzedResources, **facts: object) -> Services:
    return services(region(_OURS.region, analyzers=(EXTERNAL, _inside(*rules, **facts))))


@check(
    Services,
    severity=Severity.LOW,
    controls=("internal-access-analyzed",),
    reads=(
        "regions.analyzers.type",
        "regions.analyzers.status",
        "regions.analyzers.inclusions",
    ),
    settings=("critical_resources",),
    remedy=Remedy(
        do="Have one look at it, in its region, by a rule that names it: `aws accessanalyzer "
        "create-analyzer --analyzer-name NAME --type ACCOUNT_INTERNAL_ACCESS --configuration "
        "file://configuration.json`, or for all accounts in the delegated administrator's `aws "
        "accessanalyzer create-analyzer --analyzer-name NAME --type ORGANIZATION_INTERNAL_ACCESS "
        "--configuration file://configuration.json`; one that is there takes more rules by `aws "
        "accessanalyzer update-analyzer --analyzer-name NAME --configuration "
        "file://configuration.json`.",
        may_stop="Nothing stops: an analyzer only looks. It is paid for by the resources that it "
        "looks at.",
    ),
    examples=(
        passes(_with(_NAMED), settings=_AGREED, resources=_THERE),
        passes(_with(_OTHER, _OF_KIND), settings=_AGREED, resources=_THERE),
        fails(services(region(_OURS.region)), _LEFT, settings=_AGREED, resources=_THERE),
        fails(_with(_OTHER), _LEFT, settings=_AGREED, resources=_THERE),
        fails(_with(_NAMED, status="FAILED"), _LEFT, settings=_AGREED, resources=_THERE),
        fails(
            services(region(_OURS.region), region("eu-west-3", analyzers=(_inside(_NAMED),))),
            _LEFT,
            settings=_AGREED,
            resources=_THERE,
        ),
        does_not_apply(_with(_NAMED), "the settings name no critical resource", resources=_THERE),
        does_not_apply(
            _with(_NAMED),
            "the account has none of the critical resources that the settings name",
            settings=_AGREED,
            resources=replace(_THERE, buckets=()),
        ),
        cannot_tell(
            _with(_MIXED),
            f"whether analyzer inside looks at {_OURS.arn}: it fits only a part of a rule",
            settings=_AGREED,
            resources=_THERE,
        ),
        cannot_tell(
            _with(),
            f"whether analyzer inside looks at {_OURS.arn}: it has no rule",
            settings=_AGREED,
            resources=_THERE,
        ),
        cannot_tell(
            services(region(_OURS.region, analyzers=_LIST)),
            f"{_LIST} in {_OURS.region}",
            settings=_AGREED,
            resources=_THERE,
        ),
        cannot_tell(
            services(region(_OURS.region)),
            f"whether the organisation's analyzer looks at {_OURS.arn}: account {DEPUTY} was not "
            "scanned here",
            settings=_AGREED,
            resources=_THERE,
            organization=replace(
                OURS, delegated_administrators=(deputy("access-analyzer.amazonaws.com"),)
            ),
        ),
        cannot_tell(
            _with(_NAMED),
            str(NotAsked(Family.RESOURCES)),
            settings=_AGREED,
            resources=NotAsked(Family.RESOURCES),
        ),
        cannot_tell(
            _with(_NAMED),
            str(_BUCKETS),
            settings=_AGREED,
            resources=replace(_THERE, buckets=(), unlisted=(Unlisted("Bucket", _BUCKETS),)),
        ),
        cannot_tell(
            services(region("eu-west-3")),
            f"whether {_OURS.arn} is looked at: its region was not read",
            settings=_AGREED,
            resources=_THERE,
        ),
        cannot_tell(UNREAD, str(NO_REGIONS), settings=_AGREED, resources=_THERE),
    ),
)
def critical_resource_not_analyzed(subject: Services, estate: Estate) -> Iterator[Said]:
    """No analyzer of internal access looks at a resource that the settings call critical.

    It tells who of the organisation itself may reach it, by all policies together, and says so when
    that changes; analyzers of external access call all of these trusted. It looks at what its rules
    name, in its own region:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-internal.html
    """
    if not estate.settings.critical_resources:
        yield NotApplicable("the settings name no critical resource")
        return
    critical, gaps = _critical(estate)
    facts, unread = analyzers(subject)
    regions = {each.region for each in known(subject.regions)}
    elsewhere, why = of_the_organization(estate, _TYPES)
    for one in critical:
        own = [each for each in facts.get(one.region, ()) if is_on(each, _TYPES)]
        found = [*own, *(each for where, each in elsewhere if where == one.region)]
        looks = any(_looks_at(each, one) for each in found)
        if one.region in unread and not looks:
            yield from unknown({one.region: unread[one.region]})
        elif one.region not in regions and not looks:
            yield Unknown(f"whether {one.arn} is looked at: its region was not read")
        else:
            yield from _judged(one, found, why)
    yield from (Unknown(gap) for gap in dict.fromkeys(gaps))
    if not critical and not gaps:
        yield NotApplicable("the account has none of the critical resources that the settings name")


def _judged(one: _Critical, looking: list[Analyzer], why: str) -> Iterator[Said]:
    """`why`: what of the organisation's analyzers could not be read, "" where nothing."""
    if any(_looks_at(each, one) for each in looking):
        return
    unsure = [each for each in looking if _looks_at(each, one) is None]
    for each in unsure:
        what = "it fits only a part of a rule" if each.inclusions else "it has no rule"
        yield Unknown(f"whether analyzer {each.name} looks at {one.arn}: {what}")
    if unsure:
        return
    if why:
        yield Unknown(f"whether the organisation's analyzer looks at {one.arn}: {why}")
    else:
        yield Problem(f"no analyzer of internal access looks at {one.arn}", at=one.arn)


def _looks_at(analyzer: Analyzer, one: _Critical) -> bool | None:
    """None where AWS does not document it: an analyzer without rules, a rule that fits in part."""
    if not analyzer.inclusions:
        return None
    fits: list[bool | None] = []
    for rule in analyzer.inclusions:
        asked = ((rule.accounts, one.account), (rule.types, one.type), (rule.arns, one.arn))
        told = [value in names for names, value in asked if names]
        fits.append(bool(told) if all(told) else None if any(told) else False)
    return True if True in fits else None if None in fits else False


def _critical(estate: Estate) -> tuple[tuple[_Critical, ...], tuple[str, ...]]:
    """The critical resources that the account has, and why it may have more."""
    account, resources = estate.snapshot.account.id, estate.snapshot.resources
    found: dict[str, _Critical] = {}
    gaps: list[str] = []
    for pattern in estate.settings.critical_resources:
        arn = Arn.parse(pattern)
        kind = _LISTED.get(arn.service)
        if kind is None:
            if arn.account == account:
                word = arn.resource.partition(":")[0] if arn.service == "rds" else arn.service
                found[pattern] = _Critical(
                    arn=pattern, type=_WORDS[word], region=arn.region, account=account
                )
        elif isinstance(resources, Gap | NotAsked):
            gaps.append(str(resources))
        else:
            gaps += map(str, resources.missing(kind))
            for one in estate.snapshot.of(kind):
                if one.account == account and fnmatchcase(one.arn, pattern):
                    found[one.arn] = _Critical(
                        arn=one.arn, type=_WORDS[arn.service], region=one.region, account=account
                    )
    return tuple(found.values()), tuple(gaps)


CHECKS: tuple[AnyCheck, ...] = (critical_resource_not_analyzed,)
