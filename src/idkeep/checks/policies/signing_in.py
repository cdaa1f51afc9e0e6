"""Checks on where people may sign in from, and on what AWS Support was permitted."""

from collections.abc import Generator, Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.sign_in import WAYS, spared, uncovered
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
from idkeep.checks.policies.samples import user
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ACCOUNT, ORGANIZATION, SERVICES, ago, allow, deny, text
from idkeep.model import (
    Account,
    ConsoleAuthorization,
    Gap,
    MemberAccount,
    NotApplicable,
    Organization,
    OrganizationPolicy,
    PolicyType,
    Problem,
    Severity,
    SupportPermit,
    Unknown,
    User,
)
from idkeep.model.facts import Family
from idkeep.model.gap import NotAsked
from idkeep.model.logging import NotOffered
from idkeep.model.services import RegionPermits, Services

_OFFICE = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
_WAYS = ("signin:Authenticate", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token")
_ONE_WAY = text(deny(_WAYS[0], "*", Principal="*", Condition=_OFFICE))
_ALL_WAYS = text(deny(list(_WAYS), "*", Principal="*", Condition=_OFFICE))
_ON = ConsoleAuthorization(enabled=True, scope="ACCOUNT")
_REFUSED = Gap("signin:GetResourcePolicy", "AccessDeniedException")
_NO_SWITCH = Gap("signin:GetConsoleAuthorizationConfiguration", "AccessDeniedException")
_NONE = "has no sign-in policy"


def _with(policy: object, switch: object) -> Account:
    return replace(ACCOUNT, signin_policy=policy, console_authorization=switch)


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("sign-in-restrictions",),
    reads=("signin_policy", "console_authorization"),
    remedy=Remedy(
        do="Try the policy with somebody who can undo it, keep a break-glass user out of "
        "it, then switch it on: `aws signin put-console-authorization-configuration "
        "--region us-east-1`.",
        may_stop="Whoever signs in from elsewhere than the policy allows is turned away, people "
        "of Identity Center too.",
    ),
    examples=(
        fails(_with(_ALL_WAYS, None), "has a sign-in policy that nobody asks"),
        fails(
            _with(_ALL_WAYS, ConsoleAuthorization(enabled=False, scope="ACCOUNT")),
            "has a sign-in policy that nobody asks",
        ),
        passes(_with(_ALL_WAYS, _ON)),
        does_not_apply(_with(None, None), _NONE),
        cannot_tell(_with(_REFUSED, _ON), str(_REFUSED)),
        cannot_tell(_with(_ALL_WAYS, _NO_SWITCH), str(_NO_SWITCH)),
    ),
)
def sign_in_policy_not_in_force(account: Account, _: Estate) -> Iterator[Said]:
    """An account's sign-in policy is written and not switched on.

    Until the console's authorization is on, AWS does not look at it:
    https://docs.aws.amazon.com/signin/latest/userguide/console-access-control.html
    """
    if known(account.signin_policy) is None:
        yield NotApplicable(_NONE)
        return
    switch = known(account.console_authorization)
    if switch is None or not switch.enabled:
        yield Problem("has a sign-in policy that nobody asks")


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("sign-in-restrictions",),
    reads=("signin_policy",),
    remedy=Remedy(
        do="Its statements should deny all three actions, signin:Authenticate, "
        "signin:AuthorizeOAuth2Access and signin:CreateOAuth2Token. Write the statement "
        "anew (`aws signin put-resource-permission-statement --source-ip NETWORK "
        "--region us-east-1`), see what it says with `aws signin get-resource-policy "
        "--region us-east-1`, then take the old one away: `aws signin "
        "delete-resource-permission-statement --statement-id STATEMENT --region "
        "us-east-1`.",
        may_stop="Command lines that sign in from elsewhere stop working.",
    ),
    examples=(
        fails(
            _with(_ONE_WAY, _ON),
            "limits signing in, and not signin:AuthorizeOAuth2Access, signin:CreateOAuth2Token",
        ),
        passes(_with(_ALL_WAYS, _ON)),
        does_not_apply(_with(None, None), _NONE),
        cannot_tell(_with(_REFUSED, _ON), str(_REFUSED)),
        cannot_tell(_with("0" * 64, _ON), ": the snapshot lacks the policy's text"),
    ),
)
def sign_in_policy_leaves_a_way(account: Account, estate: Estate) -> Iterator[Said]:
    """An account's sign-in policy keeps people from the console, and leaves command lines open.

    `aws login` gets credentials by an OAuth token, with two actions of its own. A request that the
    policy denies at the console is asked for again by these:
    https://docs.aws.amazon.com/signin/latest/userguide/console-access-control.html
    """
    if known(account.signin_policy) is None:
        yield NotApplicable(_NONE)
        return
    found = uncovered(estate.engine)
    if isinstance(found, str):
        yield Unknown(found)
    elif found:
        yield Problem(f"limits signing in, and not {listed(found)}")


_BUT_ONE = text(
    deny(
        list(_WAYS),
        "*",
        Principal="*",
        Condition={
            **_OFFICE,
            "ArnNotLike": {"signin:PrincipalArn": "arn:aws:iam::111122223333:user/emergency/*"},
        },
    )
)
_NO_TYPES = Gap("organizations:ListRoots", "AccessDeniedException")


def _under(rcp: str) -> Organization:
    """The examples' account as a member, with a resource control policy over it."""
    own = MemberAccount(
        id=ACCOUNT.id,
        arn=f"arn:aws:organizations::999988887777:account/o-exampleorg1/{ACCOUNT.id}",
        name="shop",
        email="aws+shop@example.com",
        state="ACTIVE",
        path=("r-1",),
    )
    policies = tuple(
        OrganizationPolicy(
            id=f"p-{name}",
            arn=f"arn:aws:organizations::1:policy/{name}",
            name=name,
            targets=("r-1", ACCOUNT.id),
            document=document,
        )
        for name, document in (("All", text(allow("*", Principal="*"))), ("SignIn", rcp))
    )
    types = (PolicyType(name="RESOURCE_CONTROL_POLICY", status="ENABLED", policies=policies),)
    return replace(ORGANIZATION, accounts=(own,), policy_types=types)


_EMERGENCY = user("break-glass", arn="arn:aws:iam::111122223333:user/emergency/break-glass")


@check(
    Account,
    severity=Severity.LOW,
    controls=("sign-in-restrictions",),
    reads=("signin_policy", "console_authorization"),
    remedy=Remedy(
        do="Spare one or two break-glass users by ArnNotLike on `signin:PrincipalArn` (`aws "
        "signin put-resource-permission-statement --source-ip NETWORK "
        "--excluded-principal USER_ARN --region us-east-1`), with hardware MFA and an "
        "alarm when they sign in.",
        may_stop="Nothing stops: these users may sign in from more places than before.",
    ),
    examples=(
        fails(_with(_ALL_WAYS, _ON), "lets nobody sign in when the network is gone"),
        passes(_with(_BUT_ONE, _ON), users=(_EMERGENCY,)),
        passes(_with(_ALL_WAYS, None)),
        fails(
            _with(None, _ON),
            "lets nobody sign in when the network is gone",
            organization=_under(_ALL_WAYS),
        ),
        passes(_with(None, _ON), organization=_under(_BUT_ONE), users=(_EMERGENCY,)),
        does_not_apply(_with(None, None), _NONE),
        does_not_apply(_with(None, _ON), f"{_NONE}, and no RCP limits signing in"),
        cannot_tell(
            _with(None, _ON),
            str(_NO_TYPES),
            organization=replace(ORGANIZATION, policy_types=_NO_TYPES),
        ),
        cannot_tell(
            _with(_BUT_ONE, _ON),
            str(_NO_TYPES),
            organization=replace(ORGANIZATION, policy_types=_NO_TYPES),
            users=(_EMERGENCY,),
        ),
        cannot_tell(_with(_REFUSED, _ON), str(_REFUSED)),
        cannot_tell(_with(_ALL_WAYS, _NO_SWITCH), str(_NO_SWITCH)),
    ),
)
def sign_in_policy_spares_nobody(account: Account, estate: Estate) -> Iterator[Said]:
    """An account's sign-in policy has no way in for the day when the usual network is gone.

    It is asked before the password, of root too, so a lost office or VPN locks everybody out. A
    resource control policy of the organisation does the same, with a policy of the account's or
    without. Whether each user and root gets in from anywhere is decided:
    https://docs.aws.amazon.com/signin/latest/userguide/console-access-control.html
    """
    policy, switch = known(account.signin_policy), known(account.console_authorization)
    if switch is None or not switch.enabled:
        if policy is None:
            yield NotApplicable(_NONE)
        return
    if policy is None and not (yield from _limited_from_above(account, estate)):
        return
    found = spared(estate.engine)
    if isinstance(found, str):
        yield Unknown(found)
    elif not found:
        for gap in estate.snapshot.missing(User):
            yield Unknown(str(gap))
            return
        yield Problem("lets nobody sign in when the network is gone")
    else:
        # An RCP can only keep more people out.
        yield from (Unknown(str(gap)) for gap in estate.engine.site(account).guardrails)


def _limited_from_above(account: Account, estate: Estate) -> Generator[Said, None, bool]:
    """Whether RCPs limit signing in to an account without a policy of its own."""
    if gaps := estate.engine.site(account).guardrails:
        yield from (Unknown(str(gap)) for gap in gaps)
        return False
    open_ = uncovered(estate.engine)
    if isinstance(open_, str):
        yield Unknown(open_)
    elif WAYS[0] in open_:
        yield NotApplicable(f"{_NONE}, and no RCP limits signing in")
    else:
        return True
    return False


_PERMIT = SupportPermit(
    arn="arn:aws:supportauthz:us-east-1:111122223333:support-permit/case-77",
    name="case-77",
    status="ACTIVE",
    created=ago(20),
    actions=("s3:ListBucket",),
    resources=("arn:aws:s3:::larkfield",),
    windows=((ago(1), ago(-2)),),
)
_NO_SERVICES = NotAsked(Family.SERVICES)


def _beside(permits: tuple[SupportPermit, ...] | Gap | NotOffered) -> Services:
    """With the permits of another region."""
    there = RegionPermits(region="eu-west-1", permits=permits)
    return replace(SERVICES, support_permits=(there,))


_PERMITS = Gap("supportauthz:ListSupportPermits", "AccessDeniedException")


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("third-party-access",),
    reads=("support_permits",),
    remedy=Remedy(
        do="Delete the permit once the case is closed: `aws supportauthz "
        "delete-support-permit --support-permit-identifier PERMIT_ID`. Make the next one "
        "for the actions and resources at hand, with an end.",
        may_stop="AWS Support can't act in the account any more; an open case waits until there "
        "is a new permit.",
    ),
    examples=(
        fails(
            replace(ACCOUNT, support_permits=(replace(_PERMIT, windows=()),)),
            "lets AWS Support act by case-77 without an end",
            services=SERVICES,
        ),
        fails(
            replace(ACCOUNT, support_permits=(replace(_PERMIT, actions=(), resources=()),)),
            "lets AWS Support act by case-77 with every action, on every resource",
            services=SERVICES,
        ),
        passes(replace(ACCOUNT, support_permits=(_PERMIT,)), services=SERVICES),
        passes(
            replace(
                ACCOUNT,
                support_permits=(replace(_PERMIT, windows=((None, ago(3)),), actions=()),),
            ),
            services=SERVICES,
        ),
        passes(
            replace(ACCOUNT, support_permits=(replace(_PERMIT, status="DELETED", windows=()),)),
            services=SERVICES,
        ),
        cannot_tell(replace(ACCOUNT, support_permits=_PERMITS), str(_PERMITS)),
        fails(
            replace(ACCOUNT, support_permits=()),
            "lets AWS Support act by case-77 without an end",
            services=_beside((replace(_PERMIT, windows=()),)),
        ),
        passes(
            replace(ACCOUNT, support_permits=()), services=_beside(NotOffered(code="no endpoint"))
        ),
        cannot_tell(
            replace(ACCOUNT, support_permits=()), str(_PERMITS), services=_beside(_PERMITS)
        ),
        cannot_tell(
            replace(ACCOUNT, support_permits=()),
            f"permits of other regions: {_NO_SERVICES}",
            services=_NO_SERVICES,
        ),
    ),
)
def support_permit_without_limits(account: Account, estate: Estate) -> Iterator[Said]:
    """AWS Support may act in the account without an end, or with everything.

    A permit is for one case: which actions, on which resources, until when:
    https://docs.aws.amazon.com/awssupport/latest/user/support-authorization-concepts.html
    """
    yield from _unlimited(known(account.support_permits), estate)
    services = estate.snapshot.services
    if not isinstance(services, Services):
        yield Unknown(f"permits of other regions: {services}")
        return
    for region in known(services.support_permits):
        if isinstance(region.permits, tuple):
            yield from _unlimited(region.permits, estate)
        elif not isinstance(region.permits, NotOffered):
            yield Unknown(str(region.permits))


def _unlimited(permits: tuple[SupportPermit, ...], estate: Estate) -> Iterator[Said]:
    now = estate.snapshot.taken
    for one in permits:
        ends = [end for _, end in one.windows]
        over = bool(ends) and all(end is not None and end <= now for end in ends)
        if over or one.status != "ACTIVE":
            continue
        open_ = [
            words
            for words, is_so in (
                ("without an end", not ends or None in ends),
                ("with every action", not one.actions),
                ("on every resource", not one.resources),
            )
            if is_so
        ]
        if open_:
            yield Problem(f"lets AWS Support act by {one.name} {', '.join(open_)}", at=one.arn)


CHECKS = (
    sign_in_policy_not_in_force,
    sign_in_policy_leaves_a_way,
    sign_in_policy_spares_nobody,
    support_permit_without_limits,
)
