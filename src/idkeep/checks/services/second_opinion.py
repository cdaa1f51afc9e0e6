"""A check on where Access Analyzer and idkeep see the same resource differently."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.answer import Says
from idkeep.access.deputies import deputies, seats
from idkeep.access.second_opinion import lets_in
from idkeep.access.trust import Kind
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
from idkeep.checks.policies.open_resources import openings_of
from idkeep.checks.policies.resource_kinds import KINDS, bucket
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import NOW, allow, text
from idkeep.checks.services.regions import told, unknown
from idkeep.checks.services.samples import EXTERNAL, NO_REGIONS, UNREAD, UNUSED, region, services
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
from idkeep.model.resources import Resources
from idkeep.model.services import Analyzer, AnalyzerStatistics, ExternalFinding, Services

_PRINCIPAL = "access-analyzer.amazonaws.com"
_EXTERNAL = frozenset({"ACCOUNT", "ORGANIZATION"})
# What it looks at, of the kinds that idkeep reads.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
_LOOKED_AT = frozenset({"bucket", "function", "kms_key", "queue", "repository", "secret", "table"})
# As many as are kept of an analyzer's findings.
_KEPT = 100
_BUCKET = "arn:aws:s3:::larkfield"
_PARTNER = {"AWS": "444455556666"}


def _finding(principal: dict[str, str], **facts: object) -> ExternalFinding:
    made = ExternalFinding(
        id="f-1",
        resource=_BUCKET,
        resource_type="AWS::S3::Bucket",
        account="111122223333",
        updated=NOW,
        principal=principal,
        actions=("s3:GetObject",),
    )
    return replace(made, **facts)


def _found(*findings: ExternalFinding, archived: int = 0) -> Services:
    statistics = AnalyzerStatistics(active=len(findings), archived=archived)
    one = replace(EXTERNAL, statistics=statistics, findings=findings)
    return services(region(analyzers=(one, UNUSED)))


def _holding(*statements: dict[str, object]) -> Resources:
    policy = text(*statements) if statements else None
    home = bucket(policy, region="us-east-1")
    return Resources(buckets=(home,), account_public_access_block=None)


def _letting(principal: object) -> Resources:
    return _holding(allow("s3:GetObject", f"{_BUCKET}/*", Principal=principal))


_CLOSED = _holding()
_FINDINGS = Gap("access-analyzer:ListFindings", "AccessDenied")


@check(
    Services,
    severity=Severity.LOW,
    controls=("external-access-reviewed",),
    reads=("regions.analyzers.findings",),
    remedy=Remedy(
        do="Look at both: `aws accessanalyzer get-finding --analyzer-arn ANALYZER_ARN --id "
        "FINDING`, and `idkeep can` with the principal, action and resource of the finding. A "
        "finding that is older than the policy goes by itself when the resource is looked at "
        "again: `aws accessanalyzer start-resource-scan --analyzer-arn ANALYZER_ARN "
        "--resource-arn RESOURCE_ARN`. Where they still differ, one of them is wrong: tell AWS, "
        "or us.",
        may_stop="Nothing stops: this only looks.",
    ),
    examples=(
        passes(_found(), resources=_CLOSED),
        passes(_found(_finding(_PARTNER)), resources=_letting(_PARTNER)),
        passes(_found(_finding({"AWS": "*"}, is_public=True)), resources=_letting("*")),
        passes(_found(_finding(_PARTNER, error="ACCESS_DENIED")), resources=_CLOSED),
        passes(_found(_finding({"CanonicalUser": "79a5"})), resources=_CLOSED),
        # A finding that somebody archived says that the opening is meant.
        passes(_found(archived=1), resources=_letting("*")),
        fails(
            _found(_finding(_PARTNER)),
            f"Access Analyzer says that 444455556666 gets at {_BUCKET} (s3:GetObject), and by its "
            "policies nobody there does",
            resources=_CLOSED,
        ),
        fails(
            _found(_finding({"AWS": "*"}, is_public=True)),
            f"Access Analyzer says that anybody gets at {_BUCKET} (s3:GetObject), and by its "
            "policies nobody there does",
            resources=_letting(_PARTNER),
        ),
        fails(
            _found(),
            f"Access Analyzer has no finding on {_BUCKET}, and by its policies it lets anybody in",
            resources=_letting("*"),
        ),
        does_not_apply(
            services(region(analyzers=(UNUSED,))),
            "no analyzer of external access that was read looks at the account",
        ),
        cannot_tell(
            _found(_finding(_PARTNER)),
            f"whether 444455556666 gets at {_BUCKET}: the resource was not read",
            resources=Resources(),
        ),
        cannot_tell(
            services(region(analyzers=(replace(EXTERNAL, findings=_FINDINGS),))),
            "access-analyzer:ListFindings: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def analyzer_disagrees(subject: Services, estate: Estate) -> Iterator[Said]:
    """Access Analyzer and idkeep see a resource differently.

    Both reason about the same policies. Where the analyzer tells of access from outside that the
    engine does not find, or is silent where the engine finds some, one of them lacks a fact: a
    policy that changed since, an SCP or a condition that one does not weigh. The organisation's
    analyzers count where their account was scanned too; archived findings are not read, so an
    analyzer's silence counts only where it has none.
    """
    own, unread = told(subject, lambda one: one.analyzers)
    looked = False
    for name, analyzers in (*own.items(), *_elsewhere(estate)):
        for one in analyzers:
            if one.type not in _EXTERNAL or one.status != "ACTIVE" or one.findings is None:
                continue
            if isinstance(one.findings, Gap | NotAsked):
                unread[name] = one.findings
                continue
            looked = True
            mine = [f for f in one.findings if f.account == estate.snapshot.account.id]
            yield from _told_of(mine, estate)
            if name in own and one.type == "ACCOUNT":
                if isinstance(one.statistics, Gap | NotAsked):
                    unread[name] = one.statistics  # whether some are archived
                elif _is_whole(one):
                    yield from _silent_on(mine, name, estate)
    yield from unknown(unread)
    gaps = tuple(_unread_of_organization(estate))
    yield from (Unknown(str(gap)) for gap in dict.fromkeys(gaps))
    if not looked and not unread and not gaps:
        yield NotApplicable("no analyzer of external access that was read looks at the account")


def _unread_of_organization(estate: Estate) -> Iterator[Unread]:
    """What keeps it open who else looks, and what its policies take away."""
    found = deputies(estate, _PRINCIPAL)
    if isinstance(found, Gap | NotAsked):
        yield found
    yield from estate.engine.imagined(estate.snapshot.root.arn).guardrails


def _elsewhere(estate: Estate) -> Iterator[tuple[str, tuple[Analyzer, ...]]]:
    """The organisation's analyzers that other accounts hold, as far as they were scanned."""
    organization = estate.snapshot.organization
    found = deputies(estate, _PRINCIPAL)
    if not isinstance(organization, Organization) or not isinstance(found, tuple):
        return
    for seat in seats(estate, organization, found):
        facts = seat.snapshot.services if seat.snapshot else None
        regions = facts.regions if isinstance(facts, Services) else ()
        for one in regions if isinstance(regions, tuple) else ():
            every = one.analyzers if isinstance(one.analyzers, tuple) else ()
            yield one.region, tuple(each for each in every if each.type == "ORGANIZATION")


def _is_whole(one: Analyzer) -> bool:
    """Whether what was read of its findings is all that it ever found and still holds."""
    counted = one.statistics
    few = isinstance(one.findings, tuple) and len(one.findings) < _KEPT
    return few and isinstance(counted, AnalyzerStatistics) and not counted.archived


def _told_of(findings: Iterable[ExternalFinding], estate: Estate) -> Iterator[Said]:
    sites = estate.engine.sites
    for one in findings:
        if one.error or set(one.principal) != {"AWS"} or not one.actions:
            continue
        principal = one.principal["AWS"]
        who = "anybody" if principal == "*" else principal
        site = sites.get(one.resource)
        if site is None:
            if _is_ours_to_know(one):
                yield Unknown(f"whether {who} gets at {one.resource}: the resource was not read")
            continue
        if site.unread:
            yield Unknown(f"whether {who} gets at {one.resource}: {site.unread[0]}")
        elif lets_in(estate.engine, site, one) is Says.NO:
            yield Problem(
                f"Access Analyzer says that {who} gets at {one.resource} "
                f"({listed(one.actions)}), and by its policies nobody there does",
                at=one.id,
            )


def _is_ours_to_know(one: ExternalFinding) -> bool:
    """Whether the resource is of a kind that idkeep reads."""
    return one.resource_type in _READ


_READ = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::ECR::Repository",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)


def _silent_on(findings: list[ExternalFinding], region: str, estate: Estate) -> Iterator[Problem]:
    """What the engine finds open to anybody, and the region's analyzer does not tell of."""
    told_of = {one.resource for one in findings}
    for kind in KINDS:
        if kind.name not in _LOOKED_AT:
            continue
        for resource in estate.snapshot.of(kind.kind):
            if _arn(resource, region, estate) in {"", *told_of}:
                continue
            if any(
                one.kind is Kind.ANYONE and one.answer.says is Says.YES
                for one in openings_of(kind, resource, estate)
            ):
                arn = _arn(resource, region, estate)
                yield Problem(
                    f"Access Analyzer has no finding on {arn}, and by its policies it lets "
                    "anybody in",
                    at=arn,
                )


def _arn(resource: Any, region: str, estate: Estate) -> str:  # noqa: ANN401 -- of any kind
    """Its ARN; nothing for what is of another account or region."""
    own = resource.account == estate.snapshot.account.id and resource.region == region
    return str(resource.arn) if own else ""


CHECKS: tuple[AnyCheck, ...] = (analyzer_disagrees,)
