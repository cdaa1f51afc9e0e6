"""Checks on how principals can come to more than they were given."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, administering, powers
from idkeep.access.escalation import Gain, Route, escalation
from idkeep.access.escalation_alone import ways_alone
from idkeep.access.holder import default_document
from idkeep.checks.declare import (
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    passes,
)
from idkeep.checks.edits import NEW_VERSION, of_principal
from idkeep.checks.policies.samples import EVERYTHING, LOST, LOST_WHY, READ_ONLY, role, user
from idkeep.checks.policies.words import (
    NO_DEFAULT,
    listed,
    owned_by_aws,
    statements,
    unread,
    with_proviso,
)
from idkeep.checks.samples import allow, managed
from idkeep.model import (
    ManagedPolicy,
    NotApplicable,
    PolicyVersion,
    Problem,
    Role,
    Severity,
    Unknown,
    User,
)
from idkeep.policy import PolicyKind

INDEXER = role("indexer", EVERYTHING, trusts={"Service": "lambda.amazonaws.com"})
SERVER = role("server", allow("s3:GetObject", "arn:aws:s3:::larkfield/*"))
PASS_TO_FUNCTION = allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"])
PASS_TO_INSTANCE = allow(["iam:PassRole", "ec2:RunInstances"])
OWN_KEYS = allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def _limit(edit: str) -> Remedy:
    return Remedy(
        do="Name the resources that the actions are for: for `iam:PassRole` the roles and, in a "
        "condition on `iam:PassedToService`, the service; for writes in IAM a path or a tag that "
        "the principal does not have itself, with a condition on `iam:PermissionsBoundary`. "
        f"The policy is written by {edit}.",
        may_stop="What nobody named is refused: roles that are passed, and what is written in IAM.",
    )


_READS = ("inline_policies", "attached_policies", "boundary")
_KINDS = {
    "own": "may",
    "others": "may",
    "pass": "may take a role and",
    "use": "may",
}
_LEAST = {
    Gain.ADMINISTRATOR: (None, ""),
    Gain.MORE: (Severity.MEDIUM, "it leads to more, but to no administrator"),
    Gain.POSSIBLE: (
        Severity.LOW,
        "no role that such a service may take allows more today; the next one might",
    ),
}


def _said(principal: User | Role, estate: Estate) -> Iterator[Said]:
    engine = estate.engine
    if gaps := tuple(unread(estate, principal)):
        yield from gaps
        return
    if powers(engine)[principal.arn].rule is not Rule.NO:
        yield NotApplicable("is an administrator already")
        return
    found = escalation(engine, principal)
    by_kind: dict[str, list[Route]] = {}
    for route in found.routes:
        by_kind.setdefault(route.kind, []).append(route)
    for kind, routes in by_kind.items():
        yield _problem(kind, routes, estate)
    for doubt in found.doubts if not found.routes else ():
        yield Unknown(doubt)


def _problem(kind: str, routes: list[Route], estate: Estate) -> Problem:
    """One for all ways of a kind; the best of them is what it comes to."""
    best = max(routes, key=lambda one: (one.gain, one.in_use))
    does = list(dict.fromkeys(one.words for one in routes if one.gets == best.gets))
    words = with_proviso(f"{_KINDS[kind]} {listed(does)}, and so {best.gets}", best.proviso)
    severity, because = _LEAST[best.gain]
    if not best.in_use and severity is None:
        severity = Severity.MEDIUM
        because = "whether anything runs with that role was not read"
    answers = (answer for one in routes for answer in one.answers)
    return Problem(
        words, at=kind, severity=severity, because=because, statements=statements(estate, answers)
    )


@check(
    User,
    severity=Severity.HIGH,
    controls=("no-privilege-escalation",),
    reads=(*_READS, "groups"),
    remedy=_limit(of_principal("user")),
    examples=(
        fails(
            user("ana", PASS_TO_FUNCTION),
            "may take a role and pass it to a new Lambda function, and so becomes the role "
            "indexer, an administrator",
            roles=(INDEXER,),
        ),
        fails(
            user("ana", PASS_TO_INSTANCE),
            "may take a role and pass it to a new EC2 instance, and so becomes the role server, "
            "which may do s3:GetObject on arn:aws:s3:::larkfield/x",
            roles=(SERVER,),
        ),
        fails(
            user("ana", allow("iam:AttachUserPolicy", Condition=MFA)),
            "may attach policies to its own user, and so makes itself an administrator, "
            "if Bool aws:MultiFactorAuthPresent true",
        ),
        passes(user("ana", OWN_KEYS), users=(user("root", EVERYTHING),)),
        passes(user("ana", allow("cloudformation:*")), roles=(SERVER,)),
        does_not_apply(user("ana", EVERYTHING), "is an administrator already"),
        cannot_tell(user("ana", READ_ONLY, attached_policies=(LOST,)), LOST_WHY),
    ),
)
def user_may_escalate(user: User, estate: Estate) -> Iterator[Said]:
    """A user can give itself more than it was given.

    Every way is judged over all of its policies together, with its boundary and the
    organisation's policies, and counts only where what it leads to is there: a role that the
    service may take, a user with more. What a condition leaves open is said.
    """
    yield from _said(user, estate)


@check(
    Role,
    severity=Severity.HIGH,
    controls=("no-privilege-escalation",),
    reads=_READS,
    remedy=_limit(of_principal("role")),
    examples=(
        fails(
            role("builder", allow("iam:PutRolePolicy", "arn:aws:iam::*:role/builder")),
            "may write an inline policy of its own role, and so makes itself an administrator",
        ),
        passes(role("builder", allow("iam:PutRolePolicy", "arn:aws:iam::*:role/app/*"))),
        passes(role("builder", OWN_KEYS), users=(user("root", EVERYTHING),)),
        does_not_apply(role("builder", EVERYTHING), "is an administrator already"),
        cannot_tell(role("builder", attached_policies=(LOST,)), LOST_WHY),
    ),
)
def role_may_escalate(role: Role, estate: Estate) -> Iterator[Said]:
    """A role can give itself more than it was given.

    Whoever becomes it can then have what its policies were meant to keep from them. The ways are
    those of the check on users, upon its own policies and trust.
    """
    if why := owned_by_aws(role):
        yield NotApplicable(why)
    else:
        yield from _said(role, estate)


@check(
    ManagedPolicy,
    severity=Severity.MEDIUM,
    controls=("no-privilege-escalation",),
    reads=("versions", "attachments"),
    remedy=_limit(NEW_VERSION),
    examples=(
        fails(
            managed("Builders", PASS_TO_FUNCTION),
            "is enough to take any role: pass it to a new Lambda function",
        ),
        fails(
            managed("Helpdesk", allow("iam:UpdateLoginProfile")),
            "is enough to change another user's console password",
        ),
        passes(managed("Own", OWN_KEYS)),
        passes(managed("Pass", allow("iam:PassRole"))),
        does_not_apply(managed("God", EVERYTHING), "makes administrators as it stands"),
        does_not_apply(
            managed("PowerUser", PASS_TO_FUNCTION, by_aws=True),
            "is AWS's own; who holds it is judged by all that they hold",
        ),
        cannot_tell(
            replace(managed("Builders"), versions=()),
            "iam:GetAccountAuthorizationDetails: the version in force is not in the snapshot",
        ),
        cannot_tell(
            replace(
                managed("Builders"),
                versions=(
                    PolicyVersion(
                        id="v1", document="0" * 64, is_default=True, created=managed("x").created
                    ),
                ),
            ),
            ": the snapshot lacks the policy's text",
        ),
    ),
)
def policy_allows_escalation(policy: ManagedPolicy, estate: Estate) -> Iterator[Said]:
    """One policy of the account is enough to come to more than it gives.

    Whoever it is attached to, on whatever day, can become somebody else or hand any role to
    something of their own. It is judged alone; what principals hold together has its own checks.
    """
    if ":iam::aws:" in policy.arn:
        yield NotApplicable("is AWS's own; who holds it is judged by all that they hold")
        return
    document = default_document(policy)
    if document is None:
        yield Unknown(NO_DEFAULT)
        return
    rule = administering(estate.engine).get(document)
    if rule is None:
        yield Unknown(str(estate.engine.documents.policy(document, PolicyKind.IDENTITY)))
        return
    if rule is not Rule.NO:
        yield NotApplicable("makes administrators as it stands")
        return
    ways = ways_alone(estate.engine, document)
    if ways:
        nobody = not policy.attachments
        yield Problem(
            f"is enough to {listed(ways)}",
            severity=Severity.LOW if nobody else None,
            because="it is attached to nobody" if nobody else "",
        )


CHECKS = (user_may_escalate, role_may_escalate, policy_allows_escalation)
