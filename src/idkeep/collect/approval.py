"""Multi-party approval: two calls of the management account, and one for each team.

Teams live in one region of the partition:
https://docs.aws.amazon.com/mpa/latest/userguide/mpa-region-support.html. What is asked of them in a
session is told by the trail. Source: https://docs.aws.amazon.com/mpa/latest/APIReference/
"""

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.services.refusals import by_service, offered
from idkeep.collect.times import maybe_utc
from idkeep.model import Family, Gap, NotAsked
from idkeep.model.approval import (
    ApprovalSource,
    ApprovalTeam,
    Approver,
    MultiPartyApproval,
    TeamDetails,
)
from idkeep.model.logging import NotOffered

_SIZE = {"MaxResults": 20}


def _teams(pages: Pages) -> tuple[ApprovalTeam, ...]:
    """Without their members."""
    return tuple(_team(one) for page in pages for one in page["ApprovalTeams"])


def _team(told: Answer) -> ApprovalTeam:
    strategy: Answer = told.get("ApprovalStrategy") or {}
    return ApprovalTeam(
        arn=told["Arn"],
        name=told.get("Name", ""),
        status=told["Status"],
        reason=told.get("StatusCode", ""),
        needed=(strategy.get("MofN") or {}).get("MinApprovalsRequired"),
        members=told.get("NumberOfApprovers"),
        created=maybe_utc(told.get("CreationTime")),
        details=NotAsked(Family.ORGANIZATION),
    )


TEAMS = Collector(
    service="mpa", operation="ListApprovalTeams", build=_teams, params=_SIZE, regional=True
)


def _details(pages: Pages) -> TeamDetails:
    [answer] = pages
    return TeamDetails(
        approvers=tuple(map(_approver, answer.get("Approvers", ()))),
        policies=tuple(one["PolicyArn"] for one in answer.get("Policies", ())),
        is_changing=bool(answer.get("PendingUpdate")),
    )


def _approver(told: Answer) -> Approver:
    methods = told.get("MfaMethods")
    return Approver(
        id=told["ApproverId"],
        identity=told.get("PrimaryIdentityId", ""),
        source=told.get("PrimaryIdentitySourceArn", ""),
        status=told.get("PrimaryIdentityStatus", ""),
        mfa=None if methods is None else tuple(one["Type"] for one in methods),
        out_of_step=tuple(
            one["Type"] for one in methods or () if one.get("SyncStatus") == "OUT_OF_SYNC"
        ),
        active=maybe_utc(told.get("LastActivityTime")),
    )


TEAM = Collector(service="mpa", operation="GetApprovalTeam", build=_details, regional=True)


def _sources(pages: Pages) -> tuple[ApprovalSource, ...]:
    return tuple(_source(one) for page in pages for one in page["IdentitySources"])


def _source(told: Answer) -> ApprovalSource:
    given: Answer = told.get("IdentitySourceParameters") or {}
    return ApprovalSource(
        arn=told["IdentitySourceArn"],
        type=told.get("IdentitySourceType", ""),
        status=told.get("Status", ""),
        reason=told.get("StatusCode", ""),
        center=(given.get("IamIdentityCenter") or {}).get("InstanceArn", ""),
    )


SOURCES = Collector(
    service="mpa", operation="ListIdentitySources", build=_sources, params=_SIZE, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (TEAMS, TEAM, SOURCES)


def read(ask: Ask, management: str) -> MultiPartyApproval | NotOffered | Gap:
    """A refusal of the service's own, in other words than IAM's, says that it is not on."""
    if management != ask.account:
        return Gap(TEAMS.action, "only the management account is told", elsewhere=True)
    region = ask.aws.main_region
    teams = offered(ask, TEAMS.service, region, ask.sure(TEAMS, region=region))
    if isinstance(teams, Gap) and by_service(teams):
        return NotOffered(code=teams.error)
    if not isinstance(teams, tuple):
        return teams
    details = ask.each(teams, lambda one: ask.sure(TEAM, region=region, Arn=one.arn))
    return MultiPartyApproval(
        teams=tuple(replace(one, details=found) for one, found in zip(teams, details, strict=True)),
        sources=ask.sure(SOURCES, region=region),
    )
