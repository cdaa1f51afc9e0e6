"""Checks on IAM Access Analyzer: where it looks, what it found, what it leaves out."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.access.deputies import deputies, seats
from idkeep.access.targets import not_scanned
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
from idkeep.checks.policies.samples import EVERYTHING, READ_ONLY, role
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ORGANIZATION
from idkeep.checks.services.regions import told, unknown, where
from idkeep.checks.services.samples import (
    DEPUTY,
    ELSEWHERE,
    EXTERNAL,
    NO_REGIONS,
    OURS,
    UNREAD,
    UNUSED,
    deputy,
    region,
    services,
)
from idkeep.model import (
    Gap,
    NotApplicable,
    NotAsked,
    Problem,
    Role,
    Severity,
    Unknown,
    Unread,
    User,
)
from idkeep.model.services import (
    Analyzer,
    AnalyzerStatistics,
    RegionServices,
    Services,
)

_PRINCIPAL = "access-analyzer.amazonaws.com"
_EXTERNAL = frozenset({"ACCOUNT", "ORGANIZATION"})
_UNUSED_TYPES = frozenset({"ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS"})
_LIST = Gap("access-analyzer:ListAnalyzers", "AccessDenied")
_NO_STATISTICS = Gap("access-analyzer:GetFindingsStatistics", "AccessDenied")
_MANAGED = replace(UNUSED, managed_by="iam.amazonaws.com")
_MEMBER = replace(ORGANIZATION, delegated_administrators=ELSEWHERE)
_ALONE = replace(OURS, delegated_administrators=())


def analyzers(
    subject: Services,
) -> tuple[dict[str, tuple[Analyzer, ...]], dict[str, Unread]]:
    return told(subject, lambda one: one.analyzers)


def is_on(one: Analyzer, types: frozenset[str]) -> bool:
    """An active one of the customer's own; what AWS made for a service of its own is none."""
    return one.type in types and one.status == "ACTIVE" and one.managed_by is None


def of_the_organization(
    estate: Estate, types: frozenset[str]
) -> tuple[tuple[tuple[str, Analyzer], ...], str]:
    """Analyzers in other accounts that look at this one too, each with its region.

    And why there may be more of them, "" where that is known.
    """
    organization = estate.snapshot.organization
    if isinstance(organization, Gap | NotAsked):
        return (), str(organization)
    if organization is None:
        return (), ""
    found = deputies(estate, _PRINCIPAL)
    if not isinstance(found, tuple):
        return (), str(found)
    looking: list[tuple[str, Analyzer]] = []
    unread = ""
    for seat in seats(estate, organization, found):
        facts = seat.snapshot.services if seat.snapshot else None
        if not isinstance(facts, Services) or not isinstance(facts.regions, tuple):
            unread = not_scanned(seat.account).error
            continue
        account = estate.snapshot.account.id
        for one in facts.regions:
            if isinstance(one.analyzers, Gap | NotAsked):
                unread = f"{one.analyzers} in {one.region} of account {seat.account}"
            looking += [(one.region, each) for each in _looking_at(account, one, types)]
    return tuple(looking), unread


def _looking_at(account: str, one: RegionServices, types: frozenset[str]) -> Iterator[Analyzer]:
    """The analyzers of the organisation that look at the account too."""
    for each in one.analyzers if isinstance(one.analyzers, tuple) else ():
        of_all = each.type.startswith("ORGANIZATION") and account not in each.excluded_accounts
        if of_all and is_on(each, types):
            yield each


def _covered_elsewhere(
    regions: Iterable[str], types: frozenset[str], estate: Estate
) -> tuple[set[str], str]:
    """Those that an analyzer of the organisation covers from another account.

    And why others may be covered too, "" where that is known.
    """
    found, unread = of_the_organization(estate, types)
    return {region for region, _ in found} & {*regions}, unread


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("external-access-analyzed",),
    reads=("regions.analyzers.type", "regions.analyzers.status"),
    remedy=Remedy(
        do="Make one in each region in use: `aws accessanalyzer create-analyzer "
        "--analyzer-name NAME --type ACCOUNT`, or once for all accounts in the delegated "
        "administrator's: `aws accessanalyzer create-analyzer --analyzer-name NAME "
        "--type ORGANIZATION`.",
        may_stop="Nothing stops: an analyzer only looks, and this kind costs nothing.",
    ),
    examples=(
        passes(services()),
        fails(services(region(analyzers=())), "has no analyzer of external access in us-east-1"),
        fails(
            services(region("eu-west-1", analyzers=()), region(analyzers=(UNUSED,))),
            "has no analyzer of external access in any region",
        ),
        fails(
            services(region(analyzers=(replace(EXTERNAL, status="DISABLED"),))),
            "has no analyzer of external access in us-east-1",
        ),
        fails(
            services(region(analyzers=(replace(EXTERNAL, managed_by="x.amazonaws.com"),))),
            "has no analyzer of external access in us-east-1",
        ),
        fails(
            services(region(analyzers=())),
            "has no analyzer of external access in us-east-1",
            organization=_ALONE,
        ),
        cannot_tell(
            services(region(analyzers=())),
            "whether the organisation's analyzer covers us-east-1: "
            "organizations:ListDelegatedAdministrators: AccessDenied",
            organization=_MEMBER,
        ),
        cannot_tell(
            services(region(analyzers=())),
            f"whether the organisation's analyzer covers us-east-1: account {DEPUTY} was not "
            "scanned here",
            organization=replace(OURS, delegated_administrators=(deputy(_PRINCIPAL),)),
        ),
        cannot_tell(
            services(region(analyzers=_LIST)),
            "access-analyzer:ListAnalyzers: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def no_external_analyzer(subject: Services, estate: Estate) -> Iterator[Said]:
    """No analyzer of external access looks at a region of the account.

    It tells of each resource that somebody outside may reach, as soon as a policy opens it. One
    of the organisation's, in another account, counts where that account was scanned too.
    """
    facts, unread = analyzers(subject)
    left = [name for name, each in facts.items() if not any(is_on(a, _EXTERNAL) for a in each)]
    if left:
        covered, why = _covered_elsewhere(left, _EXTERNAL, estate)
        left = [name for name in left if name not in covered]
        if left and why:
            yield Unknown(f"whether the organisation's analyzer covers {listed(left)}: {why}")
        elif left:
            yield Problem(f"has no analyzer of external access {where(left, facts)}")
    yield from unknown(unread)


@check(
    Services,
    severity=Severity.LOW,
    controls=("unused-access-analyzed",),
    reads=("regions.analyzers.type", "regions.analyzers.status"),
    remedy=Remedy(
        do="Make one in one region, as IAM is global: `aws accessanalyzer create-analyzer "
        "--analyzer-name NAME --type ACCOUNT_UNUSED_ACCESS`, or in the delegated "
        "administrator's account `aws accessanalyzer create-analyzer --analyzer-name "
        "NAME --type ORGANIZATION_UNUSED_ACCESS`.",
        may_stop="Nothing stops: an analyzer only looks. It is paid for by users and roles.",
    ),
    examples=(
        passes(services()),
        passes(services(region("eu-west-1", analyzers=()), region())),
        fails(services(region(analyzers=(EXTERNAL,))), "has no analyzer of unused access"),
        fails(
            services(region(analyzers=(EXTERNAL, _MANAGED))),
            "has no analyzer of unused access but one that AWS made for iam.amazonaws.com",
        ),
        cannot_tell(
            services(region(analyzers=())),
            "whether the organisation's analyzer covers it: "
            "organizations:ListDelegatedAdministrators: AccessDenied",
            organization=_MEMBER,
        ),
        cannot_tell(
            services(region(analyzers=_LIST)),
            "access-analyzer:ListAnalyzers: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def no_unused_access_analyzer(subject: Services, estate: Estate) -> Iterator[Said]:
    """Nothing looks for permissions, keys and passwords that nobody uses.

    An analyzer that AWS made for a service of its own goes when that service no longer needs it,
    so it does not count.
    """
    facts, unread = analyzers(subject)
    every = [one for each in facts.values() for one in each]
    if any(is_on(one, _UNUSED_TYPES) for one in every):
        return
    yield from unknown(unread)
    if unread:
        return
    covered, why = _covered_elsewhere(_every_region(estate), _UNUSED_TYPES, estate)
    if covered:
        return
    if why:
        yield Unknown(f"whether the organisation's analyzer covers it: {why}")
        return
    makers = {one.managed_by for one in every if one.managed_by and one.type in _UNUSED_TYPES}
    but = f" but one that AWS made for {listed(sorted(makers))}" if makers else ""
    yield Problem(f"has no analyzer of unused access{but}")


def _every_region(estate: Estate) -> tuple[str, ...]:
    facts = estate.snapshot.services
    regions = facts.regions if isinstance(facts, Services) else ()
    return tuple(one.region for one in regions) if isinstance(regions, tuple) else ()


def _counted(**facts: object) -> Services:
    statistics = AnalyzerStatistics(**facts)  # type: ignore[arg-type]
    return services(region(analyzers=(replace(EXTERNAL, statistics=statistics), UNUSED)))


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("external-access-reviewed",),
    reads=("regions.analyzers.statistics",),
    remedy=Remedy(
        do="Look at each (`aws accessanalyzer list-findings --analyzer-arn ANALYZER_ARN "
        "--filter status={eq=ACTIVE}`): take the access away in the resource's own "
        "policy, or archive what is meant to be, by a rule that names resource and "
        "principal: `aws accessanalyzer create-archive-rule --analyzer-name NAME "
        "--rule-name RULE --filter file://filter.json`.",
        may_stop="Nothing stops by archiving; whoever came in by an access that is taken away is "
        "refused.",
    ),
    examples=(
        passes(services()),
        fails(
            _counted(active=2, by_kind={"cross-account": 2}),
            "2 findings of external access are open in us-east-1",
        ),
        fails(
            _counted(active=3, by_kind={"cross-account": 2, "public": 1}),
            "3 findings of external access are open in us-east-1, 1 of access for anybody",
        ),
        does_not_apply(
            services(region(analyzers=())), "has no analyzer of external access of its own"
        ),
        cannot_tell(
            services(region(analyzers=(replace(EXTERNAL, statistics=_NO_STATISTICS),))),
            "access-analyzer:GetFindingsStatistics: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def external_access_unreviewed(subject: Services, _: Estate) -> Iterator[Said]:
    """Findings of external access are open.

    Access Analyzer proved that somebody outside may reach a resource, and nobody has said that
    this is meant to be. idkeep's own checks on resources say the same of each that they know.
    """
    facts, unread = analyzers(subject)
    active: dict[str, int] = {}
    public = 0
    looked = False
    for name, each in facts.items():
        for one in each:
            if not is_on(one, _EXTERNAL):
                continue
            looked = True
            if isinstance(one.statistics, Gap | NotAsked):
                unread[name] = one.statistics
            elif one.statistics is not None and one.statistics.active:
                active[name] = active.get(name, 0) + one.statistics.active
                public += one.statistics.by_kind.get("public", 0)
    if active:
        total = sum(active.values())
        words = "1 finding of external access is"
        if total > 1:
            words = f"{total} findings of external access are"
        anybody = f", {public} of access for anybody" if public else ""
        yield Problem(
            f"{words} open in {listed(sorted(active))}{anybody}",
            severity=Severity.HIGH if public else None,
            because="some let anybody in" if public else "",
        )
    yield from unknown(unread)
    if not looked and not unread:
        yield NotApplicable("has no analyzer of external access of its own")


_OF_ALL = replace(UNUSED, type="ORGANIZATION_UNUSED_ACCESS")
_TAGGED = replace(UNUSED, exclusions=1, excluded_tags=({"analyzer": "ignore"},))
_HIDDEN = {"analyzer": "ignore", "team": "platform"}


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("unused-access-analyzed",),
    reads=("regions.analyzers.excluded_accounts", "regions.analyzers.excluded_tags"),
    remedy=Remedy(
        do="Take administrators out of the analyzer's exclusions: `aws accessanalyzer "
        "update-analyzer --analyzer-name NAME --configuration file://configuration.json`.",
        may_stop="Nothing stops: an analyzer only looks. There are more findings, and more users "
        "and roles are paid for.",
    ),
    examples=(
        passes(services()),
        passes(
            services(region(analyzers=(_TAGGED,))), roles=(role("reader", READ_ONLY, tags=_HIDDEN),)
        ),
        passes(services(region(analyzers=(_TAGGED,))), roles=(role("boss", EVERYTHING),)),
        fails(
            services(region(analyzers=(_TAGGED,))),
            "analyzer unused leaves administrators out by a tag: boss",
            roles=(role("boss", EVERYTHING, tags=_HIDDEN),),
        ),
        fails(
            services(region(analyzers=(replace(_OF_ALL, excluded_accounts=("999988887777",)),))),
            "analyzer unused leaves account 999988887777 out, with its administrators",
        ),
        does_not_apply(services(region(analyzers=(EXTERNAL,))), "has no analyzer of unused access"),
        cannot_tell(
            services(region(analyzers=_LIST)),
            "access-analyzer:ListAnalyzers: AccessDenied in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def analyzer_leaves_administrators_out(subject: Services, estate: Estate) -> Iterator[Said]:
    """An analyzer of unused access leaves administrators out.

    Its exclusions are for what is noisy. Whoever hides there keeps power that nobody asks about.
    Tags are judged for the principals of this account; an account left out has all its own
    administrators out of sight.
    """
    facts, unread = analyzers(subject)
    looking = [one for each in facts.values() for one in each if is_on(one, _UNUSED_TYPES)]
    for one in looking:
        if one.excluded_accounts:
            several = "accounts" if len(one.excluded_accounts) > 1 else "account"
            yield Problem(
                f"analyzer {one.name} leaves {several} {listed(one.excluded_accounts)} out, with "
                f"{'their' if len(one.excluded_accounts) > 1 else 'its'} administrators",
                at=f"{one.arn}/accounts",
            )
        if hidden := list(_hidden(one, estate)):
            yield Problem(
                f"analyzer {one.name} leaves administrators out by a tag: {listed(hidden)}",
                at=f"{one.arn}/tags",
            )
    yield from unknown(unread)
    if not looking and not unread:
        yield NotApplicable("has no analyzer of unused access")


def _hidden(one: Analyzer, estate: Estate) -> Iterator[str]:
    """Users and roles that carry every tag of one of its rules, and are administrators."""
    identities: tuple[User | Role, ...] = (*estate.snapshot.users, *estate.snapshot.roles)
    for who in identities:
        fits = any(tags.items() <= who.tags.items() for tags in one.excluded_tags if tags)
        if fits and powers(estate.engine)[who.arn].rule is not Rule.NO:
            yield who.name


CHECKS: tuple[AnyCheck, ...] = (
    no_external_analyzer,
    no_unused_access_analyzer,
    external_access_unreviewed,
    analyzer_leaves_administrators_out,
)
