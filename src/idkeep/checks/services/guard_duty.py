"""Checks on GuardDuty: where it is on, what it looks at, who keeps it."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import (
    AnyCheck,
    Example,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    passes,
)
from idkeep.checks.samples import ORGANIZATION
from idkeep.checks.services.regions import told, unknown, where
from idkeep.checks.services.samples import (
    ADMINISTERS,
    DETECTOR,
    FEATURES,
    NO_REGIONS,
    UNREAD,
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
from idkeep.model.facts import Family
from idkeep.model.logging import NotOffered
from idkeep.model.services import (
    Detector,
    DetectorDetails,
    DetectorFeature,
    Member,
    Services,
)

_LIST = Gap("guardduty:ListDetectors", "AccessDenied")
_GET = Gap("guardduty:GetDetector", "AccessDenied")
_OFF = replace(DETECTOR, details=DetectorDetails(enabled=False))
_NOT_ON = "is on in no region: see guardduty-off"


def _detectors(subject: Services) -> tuple[dict[str, tuple[Detector, ...]], dict[str, Unread]]:
    return told(subject, lambda one: one.detectors)


def _on(subject: Services) -> tuple[dict[str, Detector], dict[str, Unread]]:
    """The detector of each region where one is on."""
    facts, unread = _detectors(subject)
    found: dict[str, Detector] = {}
    for name, detectors in facts.items():
        for one in detectors:
            if not isinstance(one.details, DetectorDetails):
                unread[name] = one.details
            elif one.details.enabled:
                found[name] = one
    return found, unread


@check(
    Services,
    severity=Severity.HIGH,
    controls=("threat-detection-on",),
    reads=("regions.detectors.details.enabled",),
    remedy=Remedy(
        do="Switch it on in every region, also where nothing runs: `aws guardduty "
        "create-detector --enable`. In an organisation the delegated administrator does "
        "it for all accounts: `aws guardduty update-organization-configuration "
        "--detector-id DETECTOR_ID --auto-enable-organization-members ALL`.",
        may_stop="Nothing stops: GuardDuty only looks. Idle regions cost next to nothing.",
    ),
    examples=(
        passes(services()),
        passes(
            services(region(), region("mx-central-1", detectors=NotOffered(code="no endpoint")))
        ),
        fails(services(region(detectors=())), "has no GuardDuty in us-east-1"),
        fails(services(region(detectors=(_OFF,))), "has no GuardDuty in us-east-1"),
        fails(
            services(region("eu-west-1", detectors=()), region(detectors=())),
            "has no GuardDuty in any region",
        ),
        fails(
            services(region("eu-west-1", detectors=()), region()),
            "has no GuardDuty in eu-west-1",
        ),
        cannot_tell(
            services(region(detectors=_LIST)), "guardduty:ListDetectors: AccessDenied in us-east-1"
        ),
        cannot_tell(
            services(region(detectors=(replace(DETECTOR, details=_GET),))),
            "guardduty:GetDetector: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def guardduty_off(subject: Services, _: Estate) -> Iterator[Said]:
    """GuardDuty is off in a region of the account.

    It watches the events of CloudTrail, DNS and networks without being asked. An intruder goes
    where nobody looks: a region that nobody uses is the best place to hide machines in.
    """
    facts, _unread = _detectors(subject)
    on, unread = _on(subject)
    off = [name for name in facts if name not in on and name not in unread]
    if off:
        yield Problem(f"has no GuardDuty {where(off, facts)}")
    yield from unknown(unread)


class Plan(Struct, frozen=True, kw_only=True):
    """A protection plan. `name` begins the check's id, `feature` is AWS's word for it."""

    name: str
    feature: str
    words: str
    why: str
    part: str = ""
    may_stop: str = (
        "Nothing stops: it reads what AWS logs anyway, and is paid for by how much that is."
    )
    severity: Severity = Severity.MEDIUM


_PLANS = (
    Plan(
        name="buckets",
        feature="S3_DATA_EVENTS",
        words="what is done to S3 objects",
        why="Data is stolen by reading objects, which management events don't tell.",
    ),
    Plan(
        name="kubernetes",
        feature="EKS_AUDIT_LOGS",
        words="the audit logs of EKS clusters",
        why="Whoever takes over a cluster takes the roles of its pods.",
    ),
    Plan(
        name="volumes",
        feature="EBS_MALWARE_PROTECTION",
        words="volumes of instances for malware",
        why="An instance that behaves oddly is then scanned by itself.",
        may_stop="Nothing stops: a copy of the volume is scanned, and is paid for by its size.",
        severity=Severity.LOW,
    ),
    Plan(
        name="databases",
        feature="RDS_LOGIN_EVENTS",
        words="logins to RDS databases",
        why="Passwords of databases are tried out like all others.",
        severity=Severity.LOW,
    ),
    Plan(
        name="functions",
        feature="LAMBDA_NETWORK_LOGS",
        words="what Lambda functions connect to",
        why="A function with a bad library calls home with its role's credentials.",
        severity=Severity.LOW,
    ),
    Plan(
        name="workloads",
        feature="RUNTIME_MONITORING",
        words="what runs in instances and containers",
        why="Processes that read credentials from the metadata service are seen at work.",
        may_stop="Nothing stops: agents that are installed begin to tell. It is paid for by vCPU.",
    ),
    Plan(
        name="clusters_at_run_time",
        feature="RUNTIME_MONITORING",
        part="EKS_ADDON_MANAGEMENT",
        words="what runs in EKS, with an agent that it keeps itself",
        why="Without an agent on its nodes a cluster's containers are not watched.",
        may_stop="Nothing stops as a rule: an agent runs on every node and takes memory and CPU, "
        "which a node that is full lacks.",
        severity=Severity.LOW,
    ),
    Plan(
        name="containers_at_run_time",
        feature="RUNTIME_MONITORING",
        part="ECS_FARGATE_AGENT_MANAGEMENT",
        words="what runs in containers of Fargate, with an agent that it keeps itself",
        why="A task without the agent beside it is not watched, and nobody else can put it there.",
        may_stop="Nothing stops as a rule: new tasks get a container beside their own, which takes "
        "memory and CPU, and its image is fetched with the task's execution role.",
        severity=Severity.LOW,
    ),
    Plan(
        name="instances_at_run_time",
        feature="RUNTIME_MONITORING",
        part="EC2_AGENT_MANAGEMENT",
        words="what runs in instances, with an agent that it keeps itself",
        why="An instance without the agent is not watched, and whoever starts it may forget it.",
        may_stop="Nothing stops as a rule: Systems Manager installs an agent, which takes memory "
        "and CPU.",
        severity=Severity.LOW,
    ),
    Plan(
        name="models",
        feature="AI_PROTECTION",
        words="calls of models and agents",
        why="Stolen credentials are spent on models first.",
    ),
)
# The plan of before mid-2024, which is a part of the other now.
_OLD_NAMES = {("RUNTIME_MONITORING", "EKS_ADDON_MANAGEMENT"): "EKS_RUNTIME_MONITORING"}


def _state(plan: Plan, detector: Detector) -> DetectorFeature | None:
    """The feature that the plan is, None where AWS does not tell of it."""
    details = detector.details
    features = details.features if isinstance(details, DetectorDetails) else ()
    names = (plan.feature, _OLD_NAMES.get((plan.feature, plan.part), plan.feature))
    found = [one for one in features if one.name in names]
    if plan.part:
        found = [
            part for one in found if one.enabled for part in one.parts if part.name == plan.part
        ]
        found = found or [
            DetectorFeature(name=one.name, enabled=False, managed_by=one.managed_by)
            for one in features
            if one.name in names
        ]
    return next((one for one in found if one.enabled), found[0] if found else None)


def _plan_off(plan: Plan, subject: Services) -> Iterator[Said]:
    on, unread = _on(subject)
    states = {name: _state(plan, one) for name, one in on.items()}
    off = {name: one for name, one in states.items() if one is not None and not one.enabled}
    if off:
        kept = {one.managed_by for one in off.values() if one.managed_by}
        by = ": the organisation's policy keeps it so" if kept else ""
        yield Problem(f"GuardDuty does not look at {plan.words} {where(off, on)}{by}")
    yield from unknown(unread)
    if not on and not unread:
        yield NotApplicable(_NOT_ON)
    elif on and not unread and not any(states.values()):
        yield NotApplicable("GuardDuty does not offer it in the regions where it is on")


def _feature(plan: Plan, switch: str, to: str) -> str:
    part = f',"AdditionalConfiguration":[{{"Name":"{plan.part}","{switch}":"{to}"}}]'
    return f'{{"Name":"{plan.feature}","{switch}":"{to}"{part if plan.part else ""}}}'


def _plan_check(plan: Plan) -> AnyCheck:
    def unwatched(subject: Services, _: Estate) -> Iterator[Said]:
        yield from _plan_off(plan, subject)

    unwatched.__name__ = f"guardduty_without_{plan.name}"
    unwatched.__doc__ = (
        f"GuardDuty does not look at {plan.words}.\n\n{plan.why} Judged where GuardDuty is on and\n"
        "offers it. Where an organisation's policy keeps the plan, it is changed in that policy."
    )
    feature, everywhere = _feature(plan, "Status", "ENABLED"), _feature(plan, "AutoEnable", "ALL")
    return check(
        Services,
        severity=plan.severity,
        controls=(f"threat-detection-{plan.name.replace('_', '-')}",),
        reads=("regions.detectors.details",),
        remedy=Remedy(
            do="Switch the plan on: `aws guardduty update-detector --detector-id DETECTOR_ID "
            f"--features '[{feature}]'`; for all accounts, from the one that administers "
            "GuardDuty, `aws guardduty update-organization-configuration --detector-id "
            f"DETECTOR_ID --features '[{everywhere}]'`.",
            may_stop=plan.may_stop,
            by="In an organisation, GuardDuty's delegated administrator: a member can't change "
            "the plan that it keeps.",
        ),
        examples=tuple(_plan_examples(plan)),
    )(unwatched)


def _plan_examples(plan: Plan) -> Iterator[Example]:
    def with_feature(**facts: object) -> Services:
        off = tuple(
            replace(one, **facts, parts=()) if one.name == plan.feature else one for one in FEATURES
        )
        details = DetectorDetails(enabled=True, features=off)
        return services(region(detectors=(replace(DETECTOR, details=details),)))

    words = f"GuardDuty does not look at {plan.words} in us-east-1"
    yield passes(services())
    yield fails(with_feature(enabled=False), words)
    yield fails(
        with_feature(enabled=False, managed_by="GUARDDUTY_POLICY"),
        f"{words}: the organisation's policy keeps it so",
    )
    yield does_not_apply(services(region(detectors=())), _NOT_ON)
    bare = replace(DETECTOR, details=DetectorDetails(enabled=True))
    yield does_not_apply(
        services(region(detectors=(bare,))),
        "GuardDuty does not offer it in the regions where it is on",
    )
    yield cannot_tell(
        services(region(detectors=_LIST)), "guardduty:ListDetectors: AccessDenied in us-east-1"
    )
    yield cannot_tell(UNREAD, str(NO_REGIONS))


_ALONE = replace(DETECTOR, administrator=None)
_LEADS = replace(
    _ALONE, members=(Member(account="999988887777", status="Enabled"),), organization=ADMINISTERS
)
_NO_ADMINISTRATOR = Gap("guardduty:GetAdministratorAccount", "AccessDenied")


@check(
    Services,
    severity=Severity.LOW,
    controls=("threat-detection-central",),
    reads=("regions.detectors.administrator", "regions.detectors.members"),
    remedy=Remedy(
        do="In the management account name an administrator for the organisation (`aws "
        "guardduty enable-organization-admin-account --admin-account-id ACCOUNT`), and "
        "from that account take all others in: `aws guardduty create-members "
        "--detector-id DETECTOR_ID --account-details AccountId=ACCOUNT,Email=MAILBOX`. "
        "Findings then come together in one place.",
        may_stop="The account can no longer switch GuardDuty off or change its plans; its "
        "detector goes on.",
    ),
    examples=(
        passes(services(), organization=ORGANIZATION),
        passes(services(region(detectors=(_LEADS,))), organization=ORGANIZATION),
        fails(
            services(region(detectors=(_ALONE,))),
            "runs GuardDuty for itself in us-east-1",
            organization=ORGANIZATION,
        ),
        does_not_apply(services(region(detectors=(_ALONE,))), "belongs to no organisation"),
        does_not_apply(services(region(detectors=())), _NOT_ON, organization=ORGANIZATION),
        cannot_tell(
            services(region(detectors=(replace(DETECTOR, administrator=_NO_ADMINISTRATOR),))),
            "guardduty:GetAdministratorAccount: AccessDenied in us-east-1",
            organization=ORGANIZATION,
        ),
        cannot_tell(
            services(region(detectors=(_ALONE,))),
            "not read: --facts organization",
            organization=NotAsked(Family.ORGANIZATION),
        ),
        cannot_tell(UNREAD, str(NO_REGIONS), organization=ORGANIZATION),
    ),
)
def guardduty_for_itself(subject: Services, estate: Estate) -> Iterator[Said]:
    """An account of an organisation runs GuardDuty for itself.

    No account administers its detector, so its findings are seen there alone, and whoever takes
    the account over may switch it off.
    """
    on, unread = _on(subject)
    alone: list[str] = []
    for name, one in on.items():
        if isinstance(one.administrator, Gap | NotAsked):
            unread[name] = one.administrator
        elif one.administrator is None and isinstance(one.members, Gap | NotAsked):
            unread[name] = one.members
        elif one.administrator is None and not one.members:
            alone.append(name)
    yield from unknown(unread)
    if not on and not unread:
        yield NotApplicable(_NOT_ON)
    elif alone:
        yield from _in_organization(alone, on, estate)


def _in_organization(alone: list[str], on: dict[str, Detector], estate: Estate) -> Iterator[Said]:
    organization = estate.snapshot.organization
    if isinstance(organization, Organization):
        yield Problem(f"runs GuardDuty for itself {where(alone, on)}")
    elif organization is None:
        yield NotApplicable("belongs to no organisation")
    else:
        yield Unknown(str(organization))


CHECKS: tuple[AnyCheck, ...] = (guardduty_off, *map(_plan_check, _PLANS), guardduty_for_itself)
