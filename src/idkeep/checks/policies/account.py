"""Checks on what the account as a whole lets its principals do."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.access.answer import Answer, Says
from idkeep.access.engine import ANYTHING
from idkeep.access.fitting import STRANGER
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
from idkeep.checks.edits import NEW_VERSION
from idkeep.checks.membership import PROJECT
from idkeep.checks.policies.samples import EVERYTHING, role, user
from idkeep.checks.policies.words import listed, statements, with_proviso
from idkeep.checks.samples import ACCOUNT, ago, allow
from idkeep.model import (
    Account,
    AccountProperties,
    DelegationRequest,
    Gap,
    NotApplicable,
    OutboundFederation,
    Problem,
    Role,
    Root,
    Severity,
    Unknown,
    Unlisted,
    User,
)
from idkeep.policy import Context

_DENIED = Gap("iam:GetAccountAuthorizationDetails", "AccessDenied")
_SUPPORT = allow(["support:CreateCase", "support:DescribeCases"])
_AUDIT = allow(
    ["iam:GetAccountAuthorizationDetails", "cloudtrail:DescribeTrails", "config:Describe*"]
)
# What an auditor reads first, and what no auditor needs.
_AUDITED = (
    "iam:GetAccountAuthorizationDetails",
    "cloudtrail:DescribeTrails",
    "config:DescribeConfigurationRecorders",
)


@check(
    Account,
    severity=Severity.LOW,
    controls=("support-role",),
    reads=(),
    remedy=Remedy(
        do="Make a role for those who open cases and attach AWSSupportAccess: `aws iam "
        "attach-role-policy --role-name ROLE --policy-arn "
        "arn:aws:iam::aws:policy/AWSSupportAccess`.",
        may_stop="Nothing stops: a role is given more.",
    ),
    examples=(
        fails(ACCOUNT, "has nobody but administrators who may open a case with AWS Support"),
        passes(ACCOUNT, roles=(role("helpdesk", _SUPPORT),)),
        passes(ACCOUNT, users=(user("ana", _SUPPORT),)),
        fails(
            ACCOUNT,
            "has nobody but administrators who may open a case with AWS Support",
            users=(user("ana", EVERYTHING),),
        ),
        cannot_tell(ACCOUNT, str(_DENIED), unlisted=(Unlisted("Role", _DENIED),)),
    ),
)
def nobody_may_ask_for_support(_: Account, estate: Estate) -> Iterator[Said]:
    """Nobody but administrators may open a case with AWS Support.

    In an incident that is who has to call AWS, and an administrator is then given to somebody
    who only needs to write to support.
    """
    yield from _nobody(
        estate,
        ("support:CreateCase",),
        "has nobody but administrators who may open a case with AWS Support",
    )


@check(
    Account,
    severity=Severity.LOW,
    controls=("audit-role",),
    reads=(),
    remedy=Remedy(
        do="Make a role for whoever reviews the account and attach SecurityAudit: `aws iam "
        "attach-role-policy --role-name ROLE --policy-arn "
        "arn:aws:iam::aws:policy/SecurityAudit`.",
        may_stop="Nothing stops: a role is given more, to read.",
    ),
    examples=(
        fails(ACCOUNT, "has nobody but administrators who may audit it"),
        passes(ACCOUNT, roles=(role("auditor", _AUDIT),)),
        cannot_tell(ACCOUNT, str(_DENIED), unlisted=(Unlisted("User", _DENIED),)),
    ),
)
def nobody_may_audit(_: Account, estate: Estate) -> Iterator[Said]:
    """Nobody but administrators may read the account's security settings.

    Whoever reviews it then has to be given everything, or reviews what others export.
    """
    yield from _nobody(estate, _AUDITED, "has nobody but administrators who may audit it")


_FEDERATES = replace(ACCOUNT, outbound_federation=OutboundFederation(enabled=True, issuer="x"))
_TOKENS = allow("sts:GetWebIdentityToken")
_SHORT_TOKENS = allow(
    "sts:GetWebIdentityToken",
    Condition={"NumericLessThanEquals": {"sts:DurationSeconds": "300"}},
)
_BOUND_TOKENS = allow(
    "sts:GetWebIdentityToken",
    Condition={
        "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": "https://larkfield.example"},
        "NumericLessThanEquals": {"sts:DurationSeconds": "300"},
    },
)


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("outbound-federation", "data-exfiltration"),
    reads=("outbound_federation",),
    remedy=Remedy(
        do="Limit `sts:IdentityTokenAudience` and `sts:DurationSeconds` in the policies "
        f"named ({NEW_VERSION}), or for everybody in a service control policy; or switch "
        "it off: `aws iam disable-outbound-web-identity-federation`.",
        may_stop="Tokens for other audiences are refused then; switched off, nobody gets any, and "
        "what signs in elsewhere with them stops working.",
    ),
    examples=(
        fails(
            _FEDERATES,
            "lets user ana have identity tokens for any audience",
            users=(user("ana", _TOKENS),),
        ),
        passes(_FEDERATES, users=(user("ana", _BOUND_TOKENS),)),
        fails(
            _FEDERATES,
            "lets user ana have identity tokens for any audience, if NumericLessThanEquals "
            "sts:DurationSeconds 300",
            users=(user("ana", _SHORT_TOKENS),),
        ),
        passes(
            replace(ACCOUNT, outbound_federation=OutboundFederation(enabled=False)),
            users=(user("ana", _TOKENS),),
        ),
        cannot_tell(
            replace(
                ACCOUNT,
                outbound_federation=Gap("iam:GetOutboundWebIdentityFederationInfo", "AccessDenied"),
            ),
            "iam:GetOutboundWebIdentityFederationInfo: AccessDenied",
        ),
    ),
)
def outbound_tokens_without_limits(account: Account, estate: Estate) -> Iterator[Said]:
    """Outbound identity federation is on, and principals may have tokens for any audience.

    Such a token proves to any service on the internet who somebody is in AWS. Without limits on
    audience and lifetime it is a way out for data and a login elsewhere:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html
    """
    if not known(account.outbound_federation).enabled:
        return
    yield from _unlisted(estate)
    told = ANYTHING.told({"sts:IdentityTokenAudience": (f"https://{STRANGER}.example",)})
    every = list(_others(estate, "sts:GetWebIdentityToken", told))
    answers = [one for one in every if one.says in {Says.YES, Says.DEPENDS}]
    yield from (Unknown(one.why_unknown) for one in every if one.says is Says.UNKNOWN)
    if not answers:
        return
    plain = [one for one in answers if not _is_administrator(one, estate)]
    shown = plain or answers
    sure = any(one.says is Says.YES for one in shown)
    words = f"lets {listed(_names(shown))} have identity tokens for any audience"
    yield Problem(
        with_proviso(words, "" if sure else shown[0].proviso),
        severity=None if plain else Severity.LOW,
        because="" if plain else "only administrators may, who need a service control policy",
        statements=statements(estate, plain or answers),
    )


_MANAGED = replace(ACCOUNT, properties=AccountProperties(entries={"RoleManager/Enabled": "true"}))


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("role-creation",),
    reads=("properties", "contact"),
    remedy=Remedy(
        do="Switch Role Manager off where roles are made by your own pipeline: `aws iam "
        "put-account-properties --properties file://properties.json`. `AcquireRole` "
        "still works for whoever may make roles and attach policies: deny "
        "`iam:CreateRole` by `iam:RoleTemplateARN`, but for templates that you want, in "
        "a service control policy.",
        may_stop="Consoles that made roles by themselves ask for one then; roles that are there "
        "stay.",
    ),
    examples=(
        fails(_MANAGED, "lets AWS make roles from templates (Role Manager is on)"),
        passes(replace(ACCOUNT, properties=AccountProperties(entries={}))),
        passes(
            replace(ACCOUNT, properties=AccountProperties(entries={"RoleManager/Enabled": "false"}))
        ),
        cannot_tell(
            replace(ACCOUNT, properties=Gap("iam:GetAccountProperties", "AccessDenied")),
            "iam:GetAccountProperties: AccessDenied",
        ),
        does_not_apply(
            replace(
                _MANAGED,
                contact=Gap("account:GetContactInformation", "AccessDenied", elsewhere=True),
            ),
            PROJECT,
        ),
    ),
)
def roles_appear_by_template(account: Account, _: Estate) -> Iterator[Said]:
    """Role Manager is on: roles appear from AWS's templates, with no call that creates them.

    `AcquireRole` makes a role with its policies in one step, broad ones such as PowerUser among
    them, and who watches CreateRole and AttachRolePolicy does not see it.
    """
    if known(account.properties).entries.get("RoleManager/Enabled", "").lower() != "true":
        return
    if account.is_project:
        yield NotApplicable(PROJECT)
    else:
        yield Problem("lets AWS make roles from templates (Role Manager is on)")


_REQUEST = DelegationRequest(
    id="dr-1",
    state="ACCEPTED",
    requestor="444455556666",
    requestor_name="Vendor",
    created=ago(3),
    expires=ago(-4),
)


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("third-party-access",),
    reads=("delegation_requests",),
    remedy=Remedy(
        do="Ask who agreed to it. What is accepted ends by itself; a request that nobody "
        "knows is turned down with `aws iam reject-delegation-request "
        "--delegation-request-id REQUEST_ID`.",
        may_stop="The product provider can't do what it asked for; nothing of yours stops.",
    ),
    examples=(
        fails(
            replace(ACCOUNT, delegation_requests=(_REQUEST,)),
            "lets Vendor (444455556666) act in it until 2026-11-05 by delegation",
        ),
        passes(replace(ACCOUNT, delegation_requests=())),
        passes(replace(ACCOUNT, delegation_requests=(replace(_REQUEST, state="REJECTED"),))),
        passes(replace(ACCOUNT, delegation_requests=(replace(_REQUEST, expires=ago(1)),))),
        cannot_tell(
            replace(ACCOUNT, delegation_requests=Gap("iam:ListDelegationRequests", "AccessDenied")),
            "iam:ListDelegationRequests: AccessDenied",
        ),
    ),
)
def delegation_accepted(account: Account, estate: Estate) -> Iterator[Said]:
    """A product provider was given temporary access to the account.

    The permissions come with the request and stand in no role:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies-temporary-delegation.html
    """
    for one in known(account.delegation_requests):
        over = one.expires is not None and one.expires <= estate.snapshot.taken
        if over or one.state not in _OPEN_STATES:
            continue
        who = one.requestor_name or one.requestor or "somebody"
        number = f" ({one.requestor})" if one.requestor and one.requestor_name else ""
        end = f" until {one.expires:%Y-%m-%d}" if one.expires else ""
        yield Problem(f"lets {who}{number} act in it{end} by delegation", at=one.id)


# https://docs.aws.amazon.com/IAM/latest/APIReference/API_DelegationRequest.html
_OPEN_STATES = frozenset({"ACCEPTED", "FINALIZED"})


def _nobody(estate: Estate, actions: tuple[str, ...], words: str) -> Iterator[Said]:
    """A problem unless somebody who is no administrator may do all of it."""
    may: set[str] | None = None
    unknown: set[str] = set()
    for action in actions:
        found = list(_others(estate, action))
        sure = {
            one.caller.name
            for one in found
            if one.says in {Says.YES, Says.DEPENDS} and not _is_administrator(one, estate)
        }
        unknown |= {one.why_unknown for one in found if one.says is Says.UNKNOWN}
        may = sure if may is None else may & sure
    if may:
        return
    gaps = [*_unlisted(estate), *(Unknown(why) for why in sorted(unknown))]
    yield from gaps
    if not gaps:
        yield Problem(words)


def _others(estate: Estate, action: str, context: Context = ANYTHING) -> Iterator[Answer]:
    """Whoever may and is neither root nor a service's role."""
    for one in estate.engine.who_can(action, context=context):
        if one.holder is None or isinstance(one.holder.identity, Root):
            continue
        if ":role/aws-service-role/" not in one.holder.arn:
            yield one


def _is_administrator(one: Answer, estate: Estate) -> bool:
    return powers(estate.engine)[one.caller.name].rule is not Rule.NO


def _names(answers: list[Answer]) -> list[str]:
    return [
        f"{type(one.holder.identity).__name__.lower()} {one.holder.identity.name}"
        for one in answers
        if one.holder
    ]


def _unlisted(estate: Estate) -> Iterator[Unknown]:
    snapshot = estate.snapshot
    for gap in dict.fromkeys((*snapshot.missing(User), *snapshot.missing(Role))):
        yield Unknown(str(gap))


CHECKS = (
    nobody_may_ask_for_support,
    nobody_may_audit,
    outbound_tokens_without_limits,
    roles_appear_by_template,
    delegation_accepted,
)
