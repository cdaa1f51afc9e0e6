"""Checks on what the organisation's policies leave root, and who may become it from above."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.answer import Answer, Says
from idkeep.access.root_tasks import TASKS, blocked_tasks, left_to_root, tasks_of
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
from idkeep.checks.membership import Standing, standing
from idkeep.checks.policies.principal_rules import judge
from idkeep.checks.policies.principals import Rule
from idkeep.checks.policies.samples import EVERYTHING, LOST, LOST_WHY, READ_ONLY, role, user
from idkeep.checks.policies.words import listed, statements, with_proviso
from idkeep.checks.root import CHINA, CHINA_ROOT, NO_ROOT
from idkeep.checks.root_credentials import MANAGEMENT, NO_ORGANIZATION
from idkeep.checks.samples import ACCOUNT, ORGANIZATION, ROOT, allow, deny, text
from idkeep.model import (
    DelegatedAdministrator,
    DelegatedService,
    Family,
    Gap,
    MemberAccount,
    NotApplicable,
    NotAsked,
    Organization,
    OrganizationPolicy,
    PolicyType,
    Problem,
    Role,
    Root,
    Severity,
    Unknown,
    User,
)

_AS_ROOT = {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:root"}}
_DENY_ROOT = deny("*", Condition=_AS_ROOT)
_DENY_BUT_CENTRAL = deny("*", Condition={**_AS_ROOT, "Null": {"aws:AssumedRoot": "true"}})
_DENY_SOME: dict[str, object] = {
    "Effect": "Deny",
    "NotAction": ["s3:*"],
    "Resource": "*",
    "Condition": _AS_ROOT,
}
_NO_REACH = "manages its organisation, which service control policies don't reach"


def under(*documents: dict[str, object]) -> Organization:
    """The examples' account as a member, under a policy of each of these statements."""
    texts = (allow("*"), *documents)
    policies = tuple(
        OrganizationPolicy(
            id=f"p-{n}",
            arn=f"arn:aws:organizations::999988887777:policy/o-exampleorg1/scp/p-{n}",
            name=f"Policy{n}",
            # What allows must be on every level.
            targets=("r-1", ACCOUNT.id) if n == 0 else ("r-1",),
            document=text(one),
        )
        for n, one in enumerate(texts)
    )
    return replace(
        ORGANIZATION,
        accounts=(
            MemberAccount(
                id=ACCOUNT.id,
                arn=f"arn:aws:organizations::999988887777:account/o-exampleorg1/{ACCOUNT.id}",
                name="shop",
                email="aws+shop@example.com",
                state="ACTIVE",
                path=("r-1",),
            ),
        ),
        policy_types=(
            PolicyType(name="SERVICE_CONTROL_POLICY", status="ENABLED", policies=policies),
        ),
    )


_TYPES_DENIED = Gap("organizations:ListRoots", "AccessDeniedException")
_POLICIES_UNREAD = replace(ORGANIZATION, policy_types=_TYPES_DENIED)


def _reached(root: Root, estate: Estate) -> Iterator[Said]:
    """Why the organisation's policies have nothing to say of root, or can't be told."""
    if reason := NO_ROOT.get(root.partition):
        yield NotApplicable(reason)
        return
    stands = standing(estate)
    if stands is not Standing.MEMBER:
        why = _NO_REACH if stands is Standing.MANAGEMENT else stands.value
        yield NotApplicable(f"account {why}")
        return
    for gap in estate.engine.holder(root).guardrails:
        yield Unknown(str(gap))


@check(
    Root,
    severity=Severity.MEDIUM,
    controls=("root-denied-by-scp",),
    reads=("has_password", "has_access_keys"),
    remedy=Remedy(
        do="Write a service control policy that denies `*` where `aws:PrincipalArn` is like "
        "`arn:aws:iam::*:root` and `aws:AssumedRoot` is absent, and attach it to the "
        "root of the organisation: `aws organizations create-policy --type "
        "SERVICE_CONTROL_POLICY --name NAME --description TEXT --content "
        "file://scp.json`, then `aws organizations attach-policy --policy-id POLICY_ID "
        "--target-id TARGET_ID`.",
        may_stop="The root users of members can do nothing from then on, also the few tasks that "
        "only root can do; central root sessions still can.",
    ),
    examples=(
        fails(
            ROOT,
            "is denied nothing by service control policies",
            organization=under(deny("cloudtrail:StopLogging", Condition=_AS_ROOT)),
        ),
        passes(ROOT, organization=under(_DENY_ROOT)),
        passes(ROOT, organization=under(_DENY_BUT_CENTRAL)),
        does_not_apply(ROOT, "account is in no organisation"),
        does_not_apply(ROOT, f"account {_NO_REACH}", organization=MANAGEMENT),
        does_not_apply(CHINA, CHINA_ROOT),
        cannot_tell(ROOT, str(NO_ORGANIZATION), organization=NO_ORGANIZATION),
        cannot_tell(ROOT, str(_TYPES_DENIED), organization=_POLICIES_UNREAD),
    ),
)
def root_not_denied_by_scp(root: Root, estate: Estate) -> Iterator[Said]:
    """No service control policy keeps the root user of a member account from acting.

    Root is above every policy of its account, and below those of the organisation. What they
    leave is found by asking for every action that AWS knows, not by reading their text: a policy
    that is there and leaves something out is found too.
    """
    why = tuple(_reached(root, estate))
    yield from why
    if why:
        return
    left = left_to_root(estate.engine)
    if not left:
        return
    every = len(estate.engine.vocabulary.names)
    few = f"is left {len(left)} of {every} actions by service control policies: {listed(left)}"
    some = len(left) < every // 2
    bare = root.has_password is False and root.has_access_keys is False
    yield Problem(
        few if some else "is denied nothing by service control policies",
        severity=Severity.LOW if bare else None,
        because="it has no password and no access key" if bare else "",
    )


@check(
    Root,
    severity=Severity.MEDIUM,
    controls=("root-denied-by-scp", "root-sessions-limited"),
    reads=(),
    remedy=Remedy(
        do="Add to the statement that denies root a condition `Null` on `aws:AssumedRoot` "
        "with the value `true`, so that it speaks of root's own sessions only: `aws "
        "organizations update-policy --policy-id POLICY_ID --content file://scp.json`.",
        may_stop="Nothing stops: the statement denies less than before, and central root sessions "
        "get through.",
    ),
    examples=(
        fails(
            ROOT,
            "can't be reached from above to look at root's credentials, give root a password, "
            "delete root's credentials, unlock a bucket, unlock a queue",
            organization=under(_DENY_ROOT),
        ),
        fails(
            ROOT,
            "can't be reached from above to look at root's credentials, give root a password, "
            "delete root's credentials, unlock a queue",
            organization=under(_DENY_SOME),
        ),
        passes(ROOT, organization=under(_DENY_BUT_CENTRAL)),
        does_not_apply(ROOT, "account is in no organisation"),
        cannot_tell(ROOT, str(_TYPES_DENIED), organization=_POLICIES_UNREAD),
    ),
)
def scp_blocks_central_root(root: Root, estate: Estate) -> Iterator[Said]:
    """A service control policy keeps central root sessions out too.

    Such a session carries the ARN of root, so a policy that denies root by its ARN stops the
    very tasks that are meant to be done from above, unless it leaves `aws:AssumedRoot` alone.
    """
    why = tuple(_reached(root, estate))
    yield from why
    if why:
        return
    blocked = blocked_tasks(estate.engine)
    if blocked:
        words = listed([task.does for task, _ in blocked], most=len(TASKS))
        yield Problem(
            f"can't be reached from above to {words}",
            statements=statements(estate, [answer for _, answer in blocked]),
        )


def _becomes_root(principal: User | Role, estate: Estate) -> Iterator[Said]:
    yield from judge(principal, estate, _takes_root)


def _takes_root(principal: User | Role, estate: Estate) -> Iterator[Said]:
    found = tasks_of(estate.engine, principal)
    if not found:
        return
    stands = standing(estate)
    if stands is Standing.ALONE:
        yield NotApplicable(f"account {stands.value}")
        return
    if stands is Standing.MEMBER and not _is_delegated(estate):
        yield NotApplicable("account is none that AWS takes sts:AssumeRoot from")
        return
    for _, answer in found:
        if answer.says is Says.UNKNOWN:
            yield Unknown(answer.why_unknown)
    sure = [(task, one) for task, one in found if one.says is not Says.UNKNOWN]
    if sure:
        yield _may_take(sure, estate)


def _may_take(found: list[tuple[Any, Answer]], estate: Estate) -> Problem:
    names = [task.name for task, _ in found]
    what = "any task" if len(names) == len(TASKS) else listed(names, most=len(TASKS))
    proviso = next((one.proviso for _, one in found if one.proviso), "")
    moved: tuple[Severity | None, str] = (None, "")
    if _PASSWORD in names:
        moved = Severity.HIGH, "it may give root a password, and sign in as root with it"
    elif names == [_AUDIT]:
        moved = Severity.LOW, "it may look only"
    return Problem(
        with_proviso(f"may take the root of member accounts for {what}", proviso),
        severity=moved[0],
        because=moved[1],
        statements=statements(estate, [one for _, one in found]),
    )


_PASSWORD, _AUDIT = "IAMCreateRootUserPassword", "IAMAuditRootUserCredentials"


def _is_delegated(estate: Estate) -> bool:
    organization = known(estate.snapshot.organization)
    administrators = () if organization is None else known(organization.delegated_administrators)
    return any(
        one.account == estate.snapshot.account.id
        and any(service.principal == "iam.amazonaws.com" for service in known(one.services))
        for one in administrators
    )


TAKES_ROOT = Rule(
    "can_take_root_of_members",
    "A {word} that is no administrator can become root in member accounts.\n\n"
    "`sts:AssumeRoot` from the management account, or from the one that root access is delegated\n"
    "to, is root in any member for fifteen minutes. `sts:TaskPolicyArn` in a condition limits\n"
    "for what; without it the {word} may choose, a new password for root included:\n"
    "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html",
    _becomes_root,
    severity=Severity.MEDIUM,
    controls=("root-sessions-limited", "least-privilege"),
    remedy=Remedy(
        do="Name the members' root users in the statement's Resource and the tasks in a "
        "condition on `sts:TaskPolicyArn`, and ask for MFA: {edit}.",
        may_stop="Root tasks and accounts that are not named are refused.",
    ),
)

_ANY = allow("sts:AssumeRoot")
_AUDITS = allow(
    "sts:AssumeRoot",
    Condition={"ArnEquals": {"sts:TaskPolicyArn": TASKS[0].arn("aws")}},
)
_ONE_MEMBER = allow(
    "sts:AssumeRoot",
    "arn:aws:iam::444455556666:root",
    Condition={"ArnEquals": {"sts:TaskPolicyArn": [one.arn("aws") for one in TASKS[2:4]]}},
)
_TO_ANY = "may take the root of member accounts for any task"
_UNASKED = NotAsked(Family.ORGANIZATION)
_NOT_THERE = "account is none that AWS takes sts:AssumeRoot from"
_DELEGATES_NOTHING = replace(ORGANIZATION, delegated_administrators=())
_DELEGATES_HERE = replace(
    ORGANIZATION,
    policy_types=(),
    delegated_administrators=(
        DelegatedAdministrator(
            account=ACCOUNT.id, services=(DelegatedService(principal="iam.amazonaws.com"),)
        ),
    ),
)

CHECKS: tuple[AnyCheck, ...] = (
    root_not_denied_by_scp,
    scp_blocks_central_root,
    TAKES_ROOT.of_users(
        fails(user("bot", _ANY), _TO_ANY, organization=MANAGEMENT),
        fails(
            user("bot", _ONE_MEMBER),
            "may take the root of member accounts for IAMDeleteRootUserCredentials, "
            "S3UnlockBucketPolicy",
            organization=MANAGEMENT,
        ),
        passes(user("bot", READ_ONLY), organization=MANAGEMENT),
        does_not_apply(user("bot", EVERYTHING), "is an administrator", organization=MANAGEMENT),
        does_not_apply(user("bot", _ANY), _NOT_THERE, organization=_DELEGATES_NOTHING),
        does_not_apply(user("bot", _ANY), "account is in no organisation"),
        fails(user("bot", _ANY), _TO_ANY, organization=_DELEGATES_HERE),
        cannot_tell(user("bot", _ANY), str(_UNASKED), organization=ORGANIZATION),
        cannot_tell(user("bot", attached_policies=(LOST,)), LOST_WHY, organization=MANAGEMENT),
    ),
    TAKES_ROOT.of_roles(
        fails(
            role("auditor", _AUDITS),
            "may take the root of member accounts for IAMAuditRootUserCredentials",
            organization=MANAGEMENT,
        ),
        passes(role("auditor", READ_ONLY), organization=MANAGEMENT),
        does_not_apply(role("auditor", EVERYTHING), "is an administrator", organization=MANAGEMENT),
        cannot_tell(role("auditor", attached_policies=(LOST,)), LOST_WHY, organization=MANAGEMENT),
    ),
)
