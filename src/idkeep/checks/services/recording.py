"""Checks on AWS Config: where it records, what, by which role, and who gathers it."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.deputies import deputies
from idkeep.checks.declare import (
    AnyCheck,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    passes,
)
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ORGANIZATION
from idkeep.checks.services.regions import told, unknown, where
from idkeep.checks.services.samples import (
    CONFIG,
    DEPUTY,
    ELSEWHERE,
    NO_REGIONS,
    OURS,
    RECORDER,
    UNREAD,
    deputy,
    region,
    services,
)
from idkeep.model import (
    Gap,
    NotApplicable,
    NotAsked,
    Organization,
    Problem,
    Severity,
    Unknown,
    Unread,
)
from idkeep.model.services import (
    Aggregator,
    Config,
    Recorder,
    RecorderStatus,
    RecordingGroup,
    Services,
)

_PRINCIPAL = "config.amazonaws.com"
_IDENTITIES = ("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy")
_LIST = Gap("config:ListConfigurationRecorders", "AccessDenied")
_DESCRIBE = Gap("config:DescribeConfigurationRecorders", "AccessDenied")
_STATUS = Gap("config:DescribeConfigurationRecorderStatus", "AccessDenied")
_AGGREGATORS = Gap("config:DescribeConfigurationAggregators", "AccessDenied")
_SERVICE_S = Recorder(name="AWSConfigurationRecorderForX", service="x.amazonaws.com")


def _configs(subject: Services) -> tuple[dict[str, Config], dict[str, Unread]]:
    return told(subject, lambda one: one.config)


def _own(config: Config) -> Recorder | None:
    """The customer's recorder for AWS; a service's own, or one for another cloud, is none."""
    found = (one for one in config.recorders if one.service is None and one.provider is None)
    return next(found, None)


def _with(**facts: object) -> Services:
    return services(region(config=replace(CONFIG, recorders=(replace(RECORDER, **facts),))))


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("configuration-recorded",),
    reads=("regions.config.recorders", "regions.config.channels"),
    remedy=Remedy(
        do="Make a recorder and a delivery channel in each region in use, and start it: "
        "`aws configservice put-configuration-recorder --configuration-recorder "
        "name=default,roleARN=ROLE_ARN`, `aws configservice put-delivery-channel "
        "--delivery-channel name=default,s3BucketName=BUCKET`, `aws configservice "
        "start-configuration-recorder --configuration-recorder-name default`. An error "
        "of delivery is mended in the bucket's policy.",
        may_stop="Nothing stops: it only records. Each recorded change is paid for.",
    ),
    examples=(
        passes(services()),
        fails(
            services(region(config=Config(recorders=(), aggregators=()))),
            "records nothing in us-east-1",
        ),
        fails(
            services(region(config=Config(recorders=(_SERVICE_S,), aggregators=()))),
            "records nothing in us-east-1",
        ),
        fails(
            services(
                region("eu-west-1", config=Config(recorders=())),
                region(config=Config(recorders=())),
            ),
            "records nothing in any region",
        ),
        fails(_with(status=RecorderStatus(recording=False)), "has a stopped recorder in us-east-1"),
        fails(
            _with(status=RecorderStatus(recording=True, last="Failure", error="AccessDenied")),
            "cannot deliver what it records in us-east-1: AccessDenied",
        ),
        fails(
            services(region(config=replace(CONFIG, channels=()))),
            "delivers what it records to no bucket in us-east-1",
        ),
        fails(
            _with(group=RecordingGroup(strategy="INCLUSION_BY_RESOURCE_TYPES", types=_IDENTITIES)),
            "records some types of resources alone in us-east-1",
        ),
        passes(_with(group=RecordingGroup(all_supported=True))),
        cannot_tell(
            services(region(config=_LIST)),
            "config:ListConfigurationRecorders: AccessDenied in us-east-1",
        ),
        cannot_tell(
            _with(status=_STATUS),
            "config:DescribeConfigurationRecorderStatus: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def config_not_recording(subject: Services, _: Estate) -> Iterator[Said]:
    """AWS Config records nothing of the customer's in a region, or what it records is lost.

    Its record tells how each resource looked before, and its rules and Security Hub's standards
    see nothing without it. A recorder that AWS made for a service of its own does not count.
    """
    facts, unread = _configs(subject)
    found: dict[str, list[str]] = {}
    for name, config in facts.items():
        for fault in _faults(config):
            if isinstance(fault, str):
                found.setdefault(fault, []).append(name)
            else:
                unread[name] = fault
    for words, regions in found.items():
        yield Problem(words.format(where=where(regions, facts)), at=words.partition(" {")[0])
    yield from unknown(unread)


def _faults(config: Config) -> Iterator[str | Unread]:
    """What is wrong, with a place for the regions."""
    own = _own(config)
    if own is None:
        yield "records nothing {where}"
        return
    if isinstance(own.status, Gap | NotAsked):
        yield own.status
    elif own.status is None or not own.status.recording:
        yield "has a stopped recorder {where}"
    elif own.status.last.lower() == "failure":
        reason = f": {own.status.error}" if own.status.error else ""
        yield f"cannot deliver what it records {{where}}{reason}"
    if isinstance(config.channels, Gap | NotAsked):
        yield config.channels
    elif not config.channels:
        yield "delivers what it records to no bucket {where}"
    if isinstance(own.group, Gap | NotAsked):
        yield own.group
    elif own.group is not None and not _is_nearly_all(own.group):
        yield "records some types of resources alone {where}"


def _is_nearly_all(group: RecordingGroup) -> bool:
    """All types, but for some that are left out by name: those are judged by themselves."""
    if group.strategy:
        return group.strategy != "INCLUSION_BY_RESOURCE_TYPES"
    return group.all_supported


def _records_identities(group: RecordingGroup) -> bool:
    match group.strategy:
        case "INCLUSION_BY_RESOURCE_TYPES":
            return {*_IDENTITIES} <= {*group.types}
        case "EXCLUSION_BY_RESOURCE_TYPES":
            return not {*_IDENTITIES} & {*group.excluded}
        case _:
            named = {*_IDENTITIES} <= {*group.types}
            return (group.all_supported and group.global_types) or named


_NO_IAM = "records users, groups, roles and policies in no region"


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("identities-recorded",),
    reads=("regions.config.recorders",),
    remedy=Remedy(
        do="Record IAM's types in one region, AWS::IAM::User, Group, Role and Policy by "
        "name or with includeGlobalResourceTypes: `aws configservice "
        "put-configuration-recorder --configuration-recorder "
        "name=default,roleARN=ROLE_ARN --recording-group file://recording-group.json`.",
        may_stop="Nothing stops: it only records. In more than one region the same changes are "
        "paid for again.",
    ),
    examples=(
        passes(services()),
        passes(_with(group=RecordingGroup(types=_IDENTITIES))),
        passes(
            _with(
                group=RecordingGroup(strategy="EXCLUSION_BY_RESOURCE_TYPES", excluded=("AWS::X",))
            )
        ),
        passes(
            services(
                region("eu-west-1", config=Config(recorders=())),
                region(),
            )
        ),
        fails(_with(group=RecordingGroup(all_supported=True)), _NO_IAM),
        fails(_with(status=RecorderStatus(recording=False)), _NO_IAM),
        fails(_with(status=None), _NO_IAM),
        fails(
            _with(
                group=RecordingGroup(
                    strategy="EXCLUSION_BY_RESOURCE_TYPES", excluded=("AWS::IAM::Role",)
                )
            ),
            _NO_IAM,
        ),
        fails(services(region(config=Config(recorders=(_SERVICE_S,)))), _NO_IAM),
        cannot_tell(
            services(region(config=_LIST)),
            "config:ListConfigurationRecorders: AccessDenied in us-east-1",
        ),
        cannot_tell(
            _with(group=_DESCRIBE),
            "config:DescribeConfigurationRecorders: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def config_leaves_identities_out(subject: Services, _: Estate) -> Iterator[Said]:
    """AWS Config records IAM's users, groups, roles and policies in no region.

    They are global, and one region is enough. Without them nobody can look up which policy a
    role had last month.
    """
    facts, unread = _configs(subject)
    for name, config in facts.items():
        own = _own(config)
        if own is None:
            continue
        if own.status is None or (
            isinstance(own.status, RecorderStatus) and not own.status.recording
        ):
            continue
        if not isinstance(own.group, RecordingGroup):
            unread[name] = own.group or _DESCRIBE
        elif isinstance(own.status, Gap | NotAsked):
            unread[name] = own.status
        elif _records_identities(own.group):
            return
    yield from unknown(unread)
    if not unread:
        yield Problem(_NO_IAM)


@check(
    Services,
    severity=Severity.LOW,
    controls=("configuration-recorder-role",),
    reads=("regions.config.recorders",),
    remedy=Remedy(
        do="Let it record with AWS's own role: `aws iam create-service-linked-role "
        "--aws-service-name config.amazonaws.com`, then `aws configservice "
        "put-configuration-recorder --configuration-recorder "
        "name=default,roleARN=ROLE_ARN` with that role.",
        may_stop="Delivery stops if the bucket's policy doesn't let config.amazonaws.com write: "
        "look at it first; else nothing does.",
    ),
    examples=(
        passes(services()),
        fails(
            _with(role="arn:aws:iam::111122223333:role/recorder"),
            "records by role recorder, not by AWS's own, in us-east-1",
        ),
        does_not_apply(
            services(region(config=Config(recorders=(), aggregators=()))),
            "records nothing: see config-not-recording",
        ),
        cannot_tell(
            _with(role=_DESCRIBE),
            "config:DescribeConfigurationRecorders: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def config_with_a_role_of_its_own(subject: Services, _: Estate) -> Iterator[Said]:
    """AWS Config records with a role that somebody in the account can change.

    Whoever takes a permission away from that role makes the record blind there. AWS keeps the
    service-linked role, with what each new type of resource needs.
    """
    facts, unread = _configs(subject)
    found: dict[str, list[str]] = {}
    any_own = False
    for name, config in facts.items():
        own = _own(config)
        if own is None:
            continue
        any_own = True
        if isinstance(own.role, Gap | NotAsked):
            unread[name] = own.role
        elif own.role is None or f"/aws-service-role/{_PRINCIPAL}/" not in own.role:
            found.setdefault(own.role or "", []).append(name)
    for role, regions in found.items():
        by = f"role {role.rpartition('/')[2]}" if role else "no role"
        yield Problem(f"records by {by}, not by AWS's own, in {listed(regions)}", at=role)
    yield from unknown(unread)
    if not any_own and not unread:
        yield NotApplicable("records nothing: see config-not-recording")


_WHOLE = Aggregator(name="organization", organization=True, all_regions=True)
_NONE = "has no aggregator of all the organisation's accounts and regions"


def _gathering(*aggregators: Aggregator) -> Services:
    return services(region(config=replace(CONFIG, aggregators=aggregators)))


_HERE = replace(OURS, delegated_administrators=())
_THERE = replace(OURS, delegated_administrators=(deputy(_PRINCIPAL),))


@check(
    Services,
    severity=Severity.LOW,
    controls=("configuration-gathered",),
    reads=("regions.config.aggregators",),
    remedy=Remedy(
        do="In the management account name a delegated administrator (`aws organizations "
        "register-delegated-administrator --service-principal config.amazonaws.com "
        "--account-id ACCOUNT`), and make an aggregator in that account: `aws "
        "configservice put-configuration-aggregator --configuration-aggregator-name NAME "
        "--organization-aggregation-source RoleArn=ROLE_ARN,AllAwsRegions=true`.",
        may_stop="Nothing stops: it gathers what is recorded, and costs nothing.",
    ),
    examples=(
        passes(_gathering(_WHOLE), organization=_HERE),
        fails(_gathering(), _NONE, organization=_HERE),
        fails(
            _gathering(replace(_WHOLE, all_regions=False, regions=("us-east-1",))),
            _NONE,
            organization=_HERE,
        ),
        fails(_gathering(replace(_WHOLE, organization=False)), _NONE, organization=_HERE),
        does_not_apply(
            services(),
            f"account {DEPUTY} administers AWS Config, whose own scan judges it",
            organization=_THERE,
        ),
        does_not_apply(services(), "belongs to no organisation"),
        cannot_tell(
            services(),
            str(ELSEWHERE),
            organization=replace(ORGANIZATION, delegated_administrators=ELSEWHERE),
        ),
        cannot_tell(
            services(region(config=replace(CONFIG, aggregators=_AGGREGATORS))),
            "config:DescribeConfigurationAggregators: AccessDenied in us-east-1",
            organization=_HERE,
        ),
        cannot_tell(UNREAD, str(NO_REGIONS), organization=_HERE),
    ),
)
def config_without_aggregator(subject: Services, estate: Estate) -> Iterator[Said]:
    """Nobody gathers what AWS Config records in the organisation's accounts.

    Then a question about all accounts takes a visit to each. Judged in the account that
    administers AWS Config: a delegated one, or the management account where there is none.
    """
    known_deputies = deputies(estate, _PRINCIPAL)
    organization = estate.snapshot.organization
    if known_deputies is None or not isinstance(organization, Organization):
        gap = organization if isinstance(organization, Gap | NotAsked) else None
        yield Unknown(str(gap)) if gap else NotApplicable("belongs to no organisation")
        return
    if not isinstance(known_deputies, tuple):
        yield Unknown(str(known_deputies))
        return
    account = estate.snapshot.account.id
    seat = known_deputies or (organization.management_account,)
    facts, unread = _configs(subject)
    for name, config in facts.items():
        if not isinstance(config.aggregators, tuple):
            unread[name] = config.aggregators
        elif any(one.organization and one.all_regions for one in config.aggregators):
            return
    if account not in seat:
        why = f"account {listed(seat)} administers AWS Config, whose own scan judges it"
        yield NotApplicable(why)
    elif unread:
        yield from unknown(unread)
    else:
        yield Problem(_NONE)


CHECKS: tuple[AnyCheck, ...] = (
    config_not_recording,
    config_leaves_identities_out,
    config_with_a_role_of_its_own,
    config_without_aggregator,
)
