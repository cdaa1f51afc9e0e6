"""Checks on teams that must agree before something dangerous is done."""

from collections.abc import Iterator, Mapping

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
from idkeep.checks.organization.samples import organization
from idkeep.checks.organization.words import NOT_HERE, of_manager
from idkeep.checks.samples import ORGANIZATION
from idkeep.model import (
    Gap,
    IdentityCenter,
    NotApplicable,
    NotAsked,
    Organization,
    Problem,
    Severity,
    Unknown,
)
from idkeep.model.approval import (
    ApprovalSource,
    ApprovalTeam,
    Approver,
    MultiPartyApproval,
    TeamDetails,
)
from idkeep.model.logging import NotOffered

_TEAMS = Gap("mpa:ListApprovalTeams", "AccessDeniedException")
_DETAILS = Gap("mpa:GetApprovalTeam", "AccessDeniedException")
_TEAM_ARN = "arn:aws:mpa:us-east-1:111122223333:approval-team/vault"


def _team(*statuses: str, needed: int | None = 2, **facts: object) -> ApprovalTeam:
    approvers = tuple(
        Approver(id=f"a-{number}", identity=f"person-{number}", status=status)
        for number, status in enumerate(statuses, 1)
    )
    made = ApprovalTeam(
        arn=_TEAM_ARN,
        name="vault",
        status="ACTIVE",
        needed=needed,
        members=len(statuses),
        details=TeamDetails(approvers=approvers),
    )
    return replace(made, **facts)


def _approving(*teams: ApprovalTeam, sources: object = ()) -> Organization:
    approval = MultiPartyApproval(teams=teams, sources=sources)  # type: ignore[arg-type]
    return organization(approval=approval)


_ALL_IN = ("ACCEPTED", "ACCEPTED", "ACCEPTED")
_GONE = ApprovalSource(
    arn="arn:aws:mpa:us-east-1:111122223333:identity-source/center",
    type="IAM_IDENTITY_CENTER",
    status="ERROR",
    reason="IDC_INSTANCE_NOT_FOUND",
)


@check(
    Organization,
    severity=Severity.MEDIUM,
    controls=("approvals",),
    reads=("approval",),
    remedy=Remedy(
        do="Have those who were invited accept, put others in the place of who left, and ask for "
        "two or more of at least three: `aws mpa update-approval-team --arn TEAM_ARN "
        "--approvers file://approvers.json --approval-strategy file://strategy.json`. The team "
        "that is there has to agree.",
        may_stop="Nothing stops: the old team decides until the new one is in force.",
    ),
    examples=(
        passes(_approving(_team(*_ALL_IN))),
        fails(
            _approving(_team(*_ALL_IN, needed=1)),
            "team vault lets one person approve alone",
        ),
        fails(
            _approving(_team("ACCEPTED", "PENDING", "REJECTED")),
            "team vault can approve nothing: 1 of the 2 it needs took the invitation",
        ),
        fails(
            _approving(_team("ACCEPTED", "ACCEPTED", "PENDING")),
            "team vault can approve nothing as soon as one person is away: 2 of 3 took the "
            "invitation, and it needs 2",
        ),
        fails(_approving(_team(*_ALL_IN, status="INACTIVE")), "team vault is inactive"),
        fails(
            _approving(_team(*_ALL_IN), sources=(_GONE,)),
            "the directory of approvers is error (IDC_INSTANCE_NOT_FOUND)",
        ),
        does_not_apply(_approving(), "has no approval team"),
        does_not_apply(
            organization(approval=NotOffered(code="no endpoint")),
            "AWS does not offer multi-party approval here",
        ),
        does_not_apply(ORGANIZATION, NOT_HERE.format(ORGANIZATION.management_account)),
        cannot_tell(
            _approving(_team(*_ALL_IN, needed=None)),
            "how many of team vault must approve: AWS counts in a way that is not known here",
        ),
        cannot_tell(_approving(_team(*_ALL_IN, details=_DETAILS)), str(_DETAILS)),
        cannot_tell(organization(approval=_TEAMS), str(_TEAMS)),
    ),
)
def approval_team_too_weak(organization: Organization, estate: Estate) -> Iterator[Said]:
    """A team that must approve what is dangerous is one person, or can approve nothing.

    What a team protects (a vault of backups, say) opens by nothing else, so a team that nobody is
    left of locks it for good; and a team where one vote is enough keeps nobody from anything:
    https://docs.aws.amazon.com/mpa/latest/userguide/what-is.html
    """
    if not (yield from of_manager(organization, estate)):
        return
    if isinstance(organization.approval, NotOffered):
        yield NotApplicable("AWS does not offer multi-party approval here")
        return
    approval = known(organization.approval)
    if not approval.teams:
        yield NotApplicable("has no approval team")
        return
    for team in approval.teams:
        yield from _judged(team)
    for source in known(approval.sources):
        if source.status not in {"ACTIVE", "CREATING"}:
            reason = f" ({source.reason})" if source.reason else ""
            yield Problem(
                f"the directory of approvers is {source.status.lower()}{reason}", at=source.arn
            )


def _judged(team: ApprovalTeam) -> Iterator[Said]:
    if team.status not in {"ACTIVE", "PENDING"}:
        yield Problem(f"team {team.name} is {team.status.lower()}", at=f"{team.arn}/status")
        return
    if team.needed is None:
        yield Unknown(
            f"how many of team {team.name} must approve: AWS counts in a way that is not known here"
        )
    elif team.needed < _TWO:
        yield Problem(f"team {team.name} lets one person approve alone", at=f"{team.arn}/needed")
    if isinstance(team.details, Gap | NotAsked):
        yield Unknown(str(team.details))
    elif team.needed is not None:
        yield from _those_there(team, team.details, team.needed)


_TWO = 2


def _those_there(team: ApprovalTeam, details: TeamDetails, needed: int) -> Iterator[Problem]:
    every = len(details.approvers)
    there = sum(one.status == "ACCEPTED" for one in details.approvers)
    if there < needed:
        yield Problem(
            f"team {team.name} can approve nothing: {there} of the {needed} it needs took the "
            "invitation",
            at=f"{team.arn}/approvers",
        )
    elif there == needed and needed >= _TWO:
        yield Problem(
            f"team {team.name} can approve nothing as soon as one person is away: {there} of "
            f"{every} took the invitation, and it needs {needed}",
            at=f"{team.arn}/approvers",
            severity=Severity.LOW,
            because="it can approve today",
        )


_CODE = ("EMAIL_OTP",)


def _voting(*people: tuple[tuple[str, ...] | None, tuple[str, ...]]) -> Organization:
    """With a team of these, by their second factors and those of them that are out of step."""
    approvers = tuple(
        Approver(id=f"a-{n}", identity=f"u-{n}", status="ACCEPTED", mfa=mfa, out_of_step=lost)
        for n, (mfa, lost) in enumerate(people, 1)
    )
    return _approving(_team(details=TeamDetails(approvers=approvers)))


@check(
    Organization,
    severity=Severity.MEDIUM,
    controls=("approvals", "approver-mfa"),
    reads=("approval",),
    remedy=Remedy(
        do="Have Identity Center ask for MFA at every sign-in (Settings, Authentication, in its "
        "console; no API does it), correct the person's e-mail address there (`aws identitystore "
        "update-user --identity-store-id STORE_ID --user-id USER_ID --operations "
        "file://operations.json`), and let the team vote once to see who still can: `aws mpa "
        "start-approval-team-baseline --arn TEAM_ARN`.",
        may_stop="Whoever cannot show a second factor no longer votes, or signs in.",
    ),
    examples=(
        passes(_voting((_CODE, ()), (_CODE, ()))),
        fails(
            _voting((_CODE, ()), ((), ())),
            "team vault: AWS has no second factor on record for u-2, who may approve",
        ),
        fails(
            _voting((_CODE, ()), (_CODE, _CODE)),
            "team vault: the second factor of u-2 is out of step with the directory",
        ),
        passes(_approving(_team("PENDING", "PENDING"))),
        does_not_apply(_approving(), "has no approval team"),
        does_not_apply(ORGANIZATION, NOT_HERE.format(ORGANIZATION.management_account)),
        cannot_tell(
            _voting((None, ()), (_CODE, ())),
            "team vault: AWS does not tell of a second factor of u-1",
        ),
        cannot_tell(_approving(_team(details=_DETAILS)), str(_DETAILS)),
        cannot_tell(organization(approval=_TEAMS), str(_TEAMS)),
    ),
)
def approver_without_second_factor(organization: Organization, estate: Estate) -> Iterator[Said]:
    """Somebody may approve what is dangerous without showing a second factor.

    Their password is then one of the votes that a team's protection rests on. AWS tells which
    second factor the vote itself asks of each person. Whether the sign-in before it asks for one is
    a setting of Identity Center, and a device of the person there, that no API tells: a pass does
    not speak of it. https://docs.aws.amazon.com/mpa/latest/APIReference/API_MfaMethod.html
    """
    if not (yield from of_manager(organization, estate)):
        return
    if isinstance(organization.approval, NotOffered):
        yield NotApplicable("AWS does not offer multi-party approval here")
        return
    approval = known(organization.approval)
    if not approval.teams:
        yield NotApplicable("has no approval team")
        return
    for team in approval.teams:
        if isinstance(team.details, Gap | NotAsked):
            yield Unknown(str(team.details))
        else:
            yield from _second_factors(team, team.details, _names(estate))


def _second_factors(
    team: ApprovalTeam, details: TeamDetails, names: Mapping[str, str]
) -> Iterator[Said]:
    """Of those who took the invitation: nobody else may vote."""
    for one in details.approvers:
        who = names.get(one.identity) or one.identity or one.id
        if one.status != "ACCEPTED":
            continue
        if one.mfa is None:
            yield Unknown(f"team {team.name}: AWS does not tell of a second factor of {who}")
        elif not one.mfa:
            yield Problem(
                f"team {team.name}: AWS has no second factor on record for {who}, who may approve",
                at=f"{team.arn}/{one.id}",
            )
        elif set(one.mfa) <= set(one.out_of_step):
            yield Problem(
                f"team {team.name}: the second factor of {who} is out of step with the directory",
                at=f"{team.arn}/{one.id}",
            )


def _names(estate: Estate) -> dict[str, str]:
    """The people of the directories that were read, by id."""
    center = estate.snapshot.center
    every = center.instances if isinstance(center, IdentityCenter) else ()
    return {
        person.id: person.name
        for one in (every if isinstance(every, tuple) else ())
        for person in (one.users if isinstance(one.users, tuple) else ())
    }


CHECKS: tuple[AnyCheck, ...] = (
    approval_team_too_weak,
    approver_without_second_factor,
)
