"""Checks on what GuardDuty found, and on the accounts that its administrator leaves out."""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.checks.ages import how_long_ago
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
from idkeep.checks.edits import KEY_OFF
from idkeep.checks.policies.samples import EVERYTHING, role
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ago
from idkeep.checks.services.regions import told, unknown
from idkeep.checks.services.samples import (
    ADMINISTERS,
    DETECTOR,
    NO_REGIONS,
    UNREAD,
    region,
    services,
)
from idkeep.model import Gap, NotApplicable, NotAsked, Problem, Severity, Unread
from idkeep.model.services import (
    Detector,
    DetectorFinding,
    DetectorOrganization,
    Member,
    Services,
    SeverityCounts,
)

_Named: TypeAlias = tuple[str, str]
# https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
_CRITICAL, _HIGH, _MEDIUM = 9.0, 7.0, 4.0
_COUNTS = Gap("guardduty:GetFindingsStatistics", "AccessDenied")
_FINDINGS = Gap("guardduty:GetFindings", "AccessDenied")
_MEMBERS = Gap("guardduty:ListMembers", "AccessDenied")


def _each(subject: Services) -> tuple[list[tuple[str, Detector]], dict[str, Unread]]:
    facts, unread = told(subject, lambda one: one.detectors)
    return [(name, one) for name, several in facts.items() for one in several], unread


def _counted(*counts: tuple[str, int]) -> Services:
    return services(
        region(detectors=(replace(DETECTOR, findings=SeverityCounts(counts=dict(counts))),))
    )


@check(
    Services,
    severity=Severity.HIGH,
    controls=("threats-answered",),
    reads=("regions.detectors.findings",),
    remedy=Remedy(
        do="Look at each (`aws guardduty list-findings --detector-id DETECTOR_ID`), do what "
        "its type's page says, and archive it when it is done: `aws guardduty "
        "archive-findings --detector-id DETECTOR_ID --finding-ids FINDING_ID`. What is "
        "expected gets a suppression rule, narrow and with a reason.",
        may_stop="Nothing stops by archiving; what a finding asks for (a key made inactive, an "
        "instance cut off) stops what runs there.",
    ),
    examples=(
        fails(
            _counted(("8.0", 2), ("5.0", 3)),
            "2 findings of high severity are open in us-east-1",
        ),
        fails(_counted(("7.0", 1)), "1 finding of high severity is open in us-east-1"),
        fails(_counted(("9.5", 1)), "1 finding of high severity is open in us-east-1"),
        passes(services()),
        passes(_counted(("6.9", 4))),
        cannot_tell(
            services(region(detectors=(replace(DETECTOR, findings=_COUNTS),))),
            "guardduty:GetFindingsStatistics: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def guardduty_findings_open(subject: Services, _: Estate) -> Iterator[Said]:
    """Findings of GuardDuty of high severity are not archived.

    Each says that something is being abused, and nobody has said yet that it was looked at.
    """
    detectors, unread = _each(subject)
    high: dict[str, int] = {}
    worst = 0.0
    for name, one in detectors:
        if not isinstance(one.findings, SeverityCounts):
            unread[name] = one.findings
            continue
        found = {float(level): count for level, count in one.findings.counts.items() if count}
        count = sum(count for level, count in found.items() if level >= _HIGH)
        if count:
            high[name] = high.get(name, 0) + count
            worst = max(worst, *found)
    if high:
        total = sum(high.values())
        words = (
            "1 finding of high severity is"
            if total == 1
            else f"{total} findings of high severity are"
        )
        critical = worst >= _CRITICAL
        yield Problem(
            f"{words} open in {listed(sorted(high))}",
            severity=Severity.CRITICAL if critical else None,
            because=f"GuardDuty's own severity is {worst:g} of 10" if critical else "",
        )
    yield from unknown(unread)


_STOLEN = DetectorFinding(
    id="16c5f6a1b2c3d4e5f60718293a4b5c6d",
    account="111122223333",
    type="UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS",
    title="Credentials of a role were used from outside of AWS.",
    severity=8.0,
    updated=ago(1),
    resource="AccessKey",
    principal="shop",
    principal_type="AssumedRole",
    count=2,
)


def _found(*found: DetectorFinding) -> Services:
    return services(region(detectors=(replace(DETECTOR, identity_findings=found),)))


_TYPE = "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS"


@check(
    Services,
    severity=Severity.CRITICAL,
    controls=("threats-answered", "compromised-credentials"),
    reads=("regions.detectors.identity_findings",),
    remedy=Remedy(
        do=f"Take the credentials away now: for a user {KEY_OFF}, for a role the policy "
        "AWSRevokeOlderSessions (`aws iam put-role-policy --role-name ROLE --policy-name "
        "AWSRevokeOlderSessions --policy-document file://policy.json`). Then read what "
        "they did in CloudTrail since GuardDuty's first sighting, and archive the "
        "finding when all is undone.",
        may_stop="What signs with the key stops working; sessions of the role end, and what runs "
        "with it signs in anew.",
    ),
    examples=(
        fails(
            _found(_STOLEN),
            f"role shop: {_TYPE}, seen 2 times, last 1 day ago",
        ),
        fails(
            _found(replace(_STOLEN, account="999988887777", principal_type="IAMUser", count=1)),
            f"user shop of account 999988887777: {_TYPE}, last 1 day ago",
        ),
        fails(
            _found(replace(_STOLEN, principal="", severity=5.0)),
            f"an identity that is not named: {_TYPE}, seen 2 times, last 1 day ago",
        ),
        fails(
            _found(_STOLEN),
            f"role shop, an administrator: {_TYPE}, seen 2 times, last 1 day ago",
            roles=(role("shop", EVERYTHING),),
        ),
        passes(services()),
        cannot_tell(
            services(region(detectors=(replace(DETECTOR, identity_findings=_FINDINGS),))),
            "guardduty:GetFindings: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def identity_under_attack(subject: Services, estate: Estate) -> Iterator[Said]:
    """GuardDuty says that somebody's credentials are abused.

    A finding names a user, a role or a sequence of acts, and is not archived. The newest fifty of
    each region are told.
    """
    detectors, unread = _each(subject)
    arns = _arns(estate)
    seen: set[str] = set()
    for name, one in detectors:
        if not isinstance(one.identity_findings, tuple):
            unread[name] = one.identity_findings
            continue
        for finding in one.identity_findings:
            if finding.id not in seen:
                seen.add(finding.id)
                yield _attacked(finding, estate, arns)
    yield from unknown(unread)


def _attacked(finding: DetectorFinding, estate: Estate, arns: Mapping[_Named, str]) -> Problem:
    often = f", seen {finding.count} times" if (finding.count or 1) > 1 else ""
    last = how_long_ago(estate, finding.updated)
    severity = _severity(finding.severity)
    return Problem(
        f"{_who(finding, estate, arns)}: {finding.type}{often}, last {last}",
        at=finding.id,
        severity=severity,
        because=f"GuardDuty's own severity is {finding.severity:g} of 10" if severity else "",
    )


def _arns(estate: Estate) -> Mapping[_Named, str]:
    """The account's own principals by kind and name, as GuardDuty names them."""
    users = {("IAMUser", one.name): one.arn for one in estate.snapshot.users}
    return users | {("AssumedRole", one.name): one.arn for one in estate.snapshot.roles}


def _severity(level: float) -> Severity | None:
    if level >= _HIGH:
        return None
    return Severity.HIGH if level >= _MEDIUM else Severity.MEDIUM


def _who(finding: DetectorFinding, estate: Estate, arns: Mapping[_Named, str]) -> str:
    kind = {"AssumedRole": "role", "IAMUser": "user", "Root": "the root user"}.get(
        finding.principal_type, "principal"
    )
    if not finding.principal:
        return "an identity that is not named"
    name = kind if finding.principal_type == "Root" else f"{kind} {finding.principal}"
    if finding.account != estate.snapshot.account.id:
        return f"{name} of account {finding.account}"
    arn = arns.get((finding.principal_type, finding.principal))
    if arn and powers(estate.engine)[arn].rule is not Rule.NO:
        return f"{name}, an administrator"
    return name


_LEADS = replace(
    DETECTOR,
    administrator=None,
    members=(Member(account="999988887777", status="Enabled"),),
    organization=ADMINISTERS,
)


def _leading(**facts: object) -> Services:
    return services(region(detectors=(replace(_LEADS, **facts),)))


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("threat-detection-central",),
    reads=("regions.detectors.members", "regions.detectors.organization"),
    remedy=Remedy(
        do="Take every account in, of today and of later: `aws guardduty "
        "update-organization-configuration --detector-id DETECTOR_ID "
        "--auto-enable-organization-members ALL` in each region, and for who is missing "
        "`aws guardduty create-members --detector-id DETECTOR_ID --account-details "
        "AccountId=ACCOUNT,Email=MAILBOX`.",
        may_stop="Nothing stops in the accounts: GuardDuty only looks. It is paid for by what it "
        "looks at, and they can no longer switch it off.",
    ),
    examples=(
        passes(_leading()),
        fails(
            _leading(members=(Member(account="999988887777", status="Removed"),)),
            "leaves account 999988887777 out in us-east-1",
        ),
        fails(
            _leading(organization=DetectorOrganization(auto_enable="NONE")),
            "takes no account in by itself in us-east-1",
        ),
        fails(
            _leading(organization=DetectorOrganization(auto_enable="NEW")),
            "takes new accounts alone in by itself in us-east-1",
        ),
        does_not_apply(services(), "administers GuardDuty for no other account"),
        cannot_tell(_leading(members=_MEMBERS), "guardduty:ListMembers: AccessDenied in us-east-1"),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def guardduty_leaves_accounts_out(subject: Services, _: Estate) -> Iterator[Said]:
    """The administrator of GuardDuty leaves accounts of the organisation out.

    An account that joins later, or left the service, is watched by nobody, and nobody notices:
    the administrator's list looks whole.
    """
    detectors, unread = _each(subject)
    leads = False
    left: dict[str, list[str]] = {}
    for name, one in detectors:
        for fact in (one.administrator, one.members, one.organization):
            if isinstance(fact, Gap | NotAsked):
                unread[name] = fact
        if one.administrator is None and isinstance(one.members, tuple) and one.members:
            leads = True
            for words in _left_out(one, one.members):
                left.setdefault(words, []).append(name)
    for words, regions in left.items():
        yield Problem(f"{words} in {listed(regions)}", at=words)
    yield from unknown(unread)
    if not leads and not unread:
        yield NotApplicable("administers GuardDuty for no other account")


def _left_out(one: Detector, members: tuple[Member, ...]) -> Iterator[str]:
    missing = [each.account for each in members if each.status != "Enabled"]
    if missing:
        several = "accounts" if len(missing) > 1 else "account"
        yield f"leaves {several} {listed(missing)} out"
    settings = one.organization
    if isinstance(settings, DetectorOrganization):
        if settings.auto_enable == "NONE":
            yield "takes no account in by itself"
        elif settings.auto_enable == "NEW":
            yield "takes new accounts alone in by itself"
        if settings.limit_reached:
            yield "administers as many accounts as it may"


CHECKS: tuple[AnyCheck, ...] = (
    guardduty_findings_open,
    identity_under_attack,
    guardduty_leaves_accounts_out,
)
