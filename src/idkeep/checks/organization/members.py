"""Checks on the organisation's accounts: what its policies leave to them."""

from collections.abc import Generator, Iterable, Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.answer import Answer, Says
from idkeep.access.engine import ANYTHING
from idkeep.access.members import Members, members
from idkeep.access.trust import STRANGERS_ORGANIZATION
from idkeep.checks.declare import (
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.edits import WRITE_SCP
from idkeep.checks.organization.samples import (
    MANAGEMENT,
    REFUSED,
    ROOT_ID,
    SHOP,
    member,
    organization,
    policy,
)
from idkeep.checks.organization.words import NO_SCP, NOT_HERE, of_member
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ACCOUNT, ORGANIZATION, deny
from idkeep.config import Settings
from idkeep.model import MemberAccount, Problem, Region, Severity, Unknown

_LEAVE, _ACCEPT = "organizations:LeaveOrganization", "organizations:AcceptHandshake"
_STAY = policy("Stay", deny([_LEAVE, _ACCEPT]))
_NO_LEAVE = policy("NoLeave", deny(_LEAVE))
_UNREAD = organization(policy_types=REFUSED)
_ELSEWHERE = replace(ORGANIZATION, accounts=(SHOP,), policy_types=())
_NOT_HERE = NOT_HERE.format(ORGANIZATION.management_account)
_READS = ("path", "state")


def _limits(member: MemberAccount, estate: Estate) -> Generator[Said, None, Members | None]:
    """Whom to ask what the SCPs leave to an account; None, said why, where that can't be told."""
    if (yield from of_member(member, estate)) is None:
        return None
    asked = members(estate.engine)
    gaps = asked.administrator(member).guardrails
    yield from (Unknown(str(gap)) for gap in gaps)
    return None if gaps else asked


def _unknown(answers: Iterable[Answer]) -> Iterator[Unknown]:
    yield from map(Unknown, dict.fromkeys(one.why_unknown for one in answers if one.why_unknown))


@check(
    MemberAccount,
    severity=Severity.MEDIUM,
    controls=("organization-exit",),
    reads=_READS,
    remedy=Remedy(
        do="Deny `organizations:LeaveOrganization` and `organizations:AcceptHandshake` by a "
        f"service control policy, but for a role that is kept for it: {WRITE_SCP}.",
        may_stop="Moving an account on purpose then takes that role; else nothing stops.",
    ),
    examples=(
        fails(
            SHOP,
            "may leave the organisation, and may accept another's invitation",
            organization=organization(),
        ),
        fails(SHOP, "may accept another's invitation", organization=organization(_NO_LEAVE)),
        passes(SHOP, organization=organization(_STAY)),
        does_not_apply(MANAGEMENT, NO_SCP, organization=organization()),
        does_not_apply(
            replace(SHOP, state="SUSPENDED"),
            "is suspended",
            organization=organization(accounts=(MANAGEMENT,)),
        ),
        does_not_apply(SHOP, _NOT_HERE, organization=_ELSEWHERE),
        cannot_tell(SHOP, str(REFUSED), organization=_UNREAD),
    ),
)
def member_may_leave(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """An administrator of an account can take it out of the organisation.

    With it go the guardrails, the trail and the bill. An account also goes straight into another
    organisation, by accepting its invitation, so both are asked of the SCPs over it:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_leave-as-member.html
    """
    asked = yield from _limits(member, estate)
    if asked is None:
        return
    invitation = (
        f"arn:{estate.snapshot.account.partition}:organizations::{member.id}:handshake/"
        f"{STRANGERS_ORGANIZATION}/invite/h-idkeep"
    )
    answers = (
        ("may leave the organisation", asked.may(member, _LEAVE)),
        ("may accept another's invitation", asked.may(member, _ACCEPT, invitation)),
    )
    open_ = [(words, one) for words, one in answers if one.says in {Says.YES, Says.DEPENDS}]
    yield from _unknown(one for _, one in answers)
    denied = any(one.says is Says.NO for _, one in answers)
    if open_:
        yield Problem(
            ", and ".join(words for words, _ in open_) + _terms([one for _, one in open_]),
            severity=Severity.LOW if denied else None,
            because="the other way is denied" if denied else "",
        )


def _terms(answers: list[Answer]) -> str:
    found = dict.fromkeys(one.proviso for one in answers if one.proviso)
    return f", {'; '.join(found)}" if found else ""


@check(
    MemberAccount,
    severity=Severity.MEDIUM,
    controls=("organization-guardrails",),
    reads=_READS,
    remedy=Remedy(
        do="Attach service control policies to its OU or to the root: what nobody should do "
        f"(leave, stop the trail, use root), then regions and services: {WRITE_SCP}. Try each "
        "on one account first.",
        may_stop="What the policies deny is refused to everybody in the account, root included, "
        "and to automation that does it today.",
    ),
    examples=(
        fails(
            SHOP, "is kept from nothing by service control policies", organization=organization()
        ),
        fails(
            SHOP,
            "is kept from nothing by service control policies",
            organization=organization(policy_types=()),
        ),
        fails(
            SHOP,
            "is kept from nothing by service control policies",
            organization=organization(policy("Little", deny("a4b:ApproveSkill"))),
        ),
        passes(SHOP, organization=organization(_NO_LEAVE)),
        does_not_apply(MANAGEMENT, NO_SCP, organization=organization()),
        cannot_tell(SHOP, str(REFUSED), organization=_UNREAD),
    ),
)
def account_without_guardrails(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """No service control policy keeps an account from what no account should do.

    Its administrators may leave, stop the trail and the detectors, open buckets to the world, and
    work in any region. That a policy is attached is not enough: each of these is asked of all that
    stand over the account together.
    """
    asked = yield from _limits(member, estate)
    if asked is not None and not asked.kept_from(member):
        yield Problem("is kept from nothing by service control policies")


_ALL_REGIONS = tuple(
    Region(name=name, status="ENABLED_BY_DEFAULT")
    for name in ("eu-north-1", "us-east-1", "sa-east-1")
)
_REGIONS = replace(ACCOUNT, regions=_ALL_REGIONS)
_EUROPE = policy(
    "Europe",
    deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-north-1", "us-east-1"]}}),
)
_AGREED = Settings(allowed_regions=("eu-north-1",))
_PROBE = "ec2:RunInstances"


@check(
    MemberAccount,
    severity=Severity.MEDIUM,
    controls=("regions",),
    reads=_READS,
    settings=("allowed_regions",),
    remedy=Remedy(
        do="Deny the other regions by a service control policy with a condition on "
        "`aws:RequestedRegion`, and leave out services that live in one region, such as "
        f"iam, sts, organizations, route53, cloudfront and support: {WRITE_SCP}.",
        may_stop="What runs in the other regions goes on and can no longer be changed: look for "
        "it first.",
    ),
    examples=(
        fails(SHOP, "may use every region", organization=organization(), account=_REGIONS),
        fails(
            SHOP,
            "may use us-east-1 besides the regions agreed on",
            organization=organization(_EUROPE),
            account=_REGIONS,
            settings=_AGREED,
        ),
        passes(SHOP, organization=organization(_EUROPE), account=_REGIONS),
        does_not_apply(MANAGEMENT, NO_SCP, organization=organization(), account=_REGIONS),
        cannot_tell(SHOP, str(REFUSED), organization=_UNREAD, account=_REGIONS),
    ),
)
def account_may_use_every_region(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """Nothing keeps an account out of regions that nobody looks at.

    Miners and intruders like regions where no detector runs. The SCPs over the account are asked
    for each region; the settings say which are wanted.
    """
    if (yield from of_member(member, estate)) is None:
        return
    regions = known(estate.snapshot.account.regions)
    asked = members(estate.engine)
    if gaps := asked.administrator(member).guardrails:
        yield from (Unknown(str(gap)) for gap in gaps)
        return
    names = [one.name for one in regions]
    answers = {
        name: asked.may(member, _PROBE, context=ANYTHING.told({"aws:RequestedRegion": name}))
        for name in names
    }
    may = [name for name, one in answers.items() if one.says in {Says.YES, Says.DEPENDS}]
    yield from _unknown(answers.values())
    agreed = estate.settings.allowed_regions
    if agreed:
        if more := [name for name in may if name not in agreed]:
            yield Problem(f"may use {listed(more)} besides the regions agreed on")
    elif names and len(may) == len(names):
        yield Problem("may use every region")


@check(
    MemberAccount,
    severity=Severity.LOW,
    controls=("organization-structure",),
    reads=_READS,
    remedy=Remedy(
        do="Move it into an OU: `aws organizations move-account --account-id ACCOUNT "
        "--source-parent-id ROOT_ID --destination-parent-id OU_ID`.",
        may_stop="What the OU's policies deny is refused from then on: compare them first.",
    ),
    examples=(
        fails(
            member(path=(ROOT_ID,)),
            "stands at the root, in no OU",
            organization=organization(accounts=(MANAGEMENT,)),
        ),
        passes(SHOP, organization=organization()),
        does_not_apply(MANAGEMENT, NO_SCP, organization=organization()),
        cannot_tell(
            member(path=REFUSED), str(REFUSED), organization=organization(accounts=(MANAGEMENT,))
        ),
    ),
)
def account_in_no_unit(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """An account stands at the organisation's root, beside the OUs.

    Only policies of the root bind it, and those are the fewest. New accounts begin there.
    """
    if (yield from of_member(member, estate)) is None:
        return
    if len(known(member.path)) < 2:  # noqa: PLR2004 -- the root, and an OU
        yield Problem("stands at the root, in no OU")


_BY_AGENT = {"Bool": {"aws:ViaAWSMCPService": "true"}}
_NO_AGENTS = policy("NoAgents", deny(["iam:*", "organizations:*"], Condition=_BY_AGENT))
_CHANGES = ("iam:CreateUser", "iam:AttachRolePolicy", "iam:CreatePolicyVersion")


@check(
    MemberAccount,
    severity=Severity.LOW,
    controls=("agent-guardrails",),
    reads=_READS,
    remedy=Remedy(
        do="Deny writes in IAM under the condition Bool `aws:ViaAWSMCPService` true by a "
        f"service control policy: {WRITE_SCP}. A denial with BoolIfExists false would deny "
        "everybody else.",
        may_stop="Agents that work through AWS's MCP server can't change permissions any more; "
        "people and pipelines keep that.",
    ),
    examples=(
        fails(
            SHOP,
            "lets agents change permissions through AWS's MCP server",
            organization=organization(),
        ),
        passes(SHOP, organization=organization(_NO_AGENTS)),
        does_not_apply(MANAGEMENT, NO_SCP, organization=organization()),
        cannot_tell(SHOP, str(REFUSED), organization=_UNREAD),
    ),
)
def agents_may_change_permissions(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """Nothing keeps an agent from changing permissions in the name of whoever started it.

    Requests that come through AWS's MCP server carry `aws:ViaAWSMCPService`, and a model that was
    talked into something has its user's permissions:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """
    asked = yield from _limits(member, estate)
    if asked is None:
        return
    by_agent = ANYTHING.told({"aws:ViaAWSMCPService": "true"})
    head = f"arn:{estate.snapshot.account.partition}:iam::{member.id}"
    kinds = ("user/x", "role/x", "policy/x")
    answers = [
        asked.may(member, action, f"{head}:{kind}", by_agent)
        for action, kind in zip(_CHANGES, kinds, strict=True)
    ]
    if any(one.says in {Says.YES, Says.DEPENDS} for one in answers):
        yield Problem("lets agents change permissions through AWS's MCP server")
        return
    yield from _unknown(answers)


_CREATE = "sso:CreateInstance"
_NO_CENTERS = policy("NoCenters", deny(_CREATE))


@check(
    MemberAccount,
    severity=Severity.LOW,
    controls=("identity-center",),
    reads=_READS,
    remedy=Remedy(
        do=f"Deny `{_CREATE}` to members by a service control policy: {WRITE_SCP}.",
        may_stop="Nothing stops: instances that are there go on. Who tries an application that "
        "needs one asks first.",
    ),
    examples=(
        fails(
            SHOP,
            "may make an instance of Identity Center of its own",
            organization=organization(),
        ),
        passes(SHOP, organization=organization(_NO_CENTERS)),
        does_not_apply(MANAGEMENT, NO_SCP, organization=organization()),
        cannot_tell(SHOP, str(REFUSED), organization=_UNREAD),
    ),
)
def member_may_make_a_center(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """An account of the organisation may have an Identity Center of its own.

    Its people, and how they sign in, are then that account's affair: no directory, no off-boarding
    and no rule on MFA of the organisation reaches them:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/control-account-instance.html
    """
    asked = yield from _limits(member, estate)
    if asked is None:
        return
    head = f"arn:{estate.snapshot.account.partition}:sso"
    answer = asked.may(member, _CREATE, f"{head}:::instance/ssoins-idkeep")
    if answer.says in {Says.YES, Says.DEPENDS}:
        yield Problem("may make an instance of Identity Center of its own")
    elif answer.why_unknown:
        yield Unknown(answer.why_unknown)


CHECKS = (
    member_may_make_a_center,
    agents_may_change_permissions,
    member_may_leave,
    account_without_guardrails,
    account_may_use_every_region,
    account_in_no_unit,
)
