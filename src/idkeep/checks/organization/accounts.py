"""Checks on the scanned account's place in the organisation."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.perimeter import perimeter
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
from idkeep.checks.edits import WRITE_RCP
from idkeep.checks.organization.samples import (
    RCP,
    REFUSED,
    ROOT_ID,
    SHOP,
    UNIT,
    organization,
    policy,
)
from idkeep.checks.organization.words import of_account
from idkeep.checks.policies.resource_kinds import bucket, function
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ACCOUNT, ORGANIZATION, deny
from idkeep.model import (
    Account,
    Gap,
    MemberAccount,
    NotApplicable,
    NotAsked,
    Organization,
    Problem,
    Severity,
    Unknown,
    Unlisted,
)
from idkeep.model.facts import Family
from idkeep.model.resources import (
    LambdaFunction,
    Queue,
    Repository,
    Resources,
    RestApi,
    Secret,
    Table,
)
from idkeep.model.workloads import AgentGateway, AgentRuntime, EksCluster, IdentityPool

_NOT_READ = NotAsked(Family.ORGANIZATION)


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("organization-membership",),
    reads=(),
    remedy=Remedy(
        do="Invite it from the management account (`aws organizations "
        "invite-account-to-organization --target Id=ACCOUNT,Type=ACCOUNT`) and accept "
        "here: `aws organizations accept-handshake --handshake-id HANDSHAKE_ID`.",
        may_stop="What the organisation's policies deny is refused from then on, and the "
        "account's bill moves.",
    ),
    examples=(
        fails(ACCOUNT, "is in no organisation"),
        passes(ACCOUNT, organization=ORGANIZATION),
        cannot_tell(ACCOUNT, str(_NOT_READ), organization=_NOT_READ),
    ),
)
def account_outside_organization(_: Account, estate: Estate) -> Iterator[Said]:
    """An account is in no organisation.

    No guardrail binds it, no trail of the organisation sees it, and nobody else can get it back.
    """
    if known(estate.snapshot.organization) is None:
        yield Problem("is in no organisation")


# What runs a business or keeps its data; buckets, topics and log groups serve the organisation too.
_WORKLOADS: dict[type[Any], tuple[str, str]] = {
    LambdaFunction: ("function", "functions"),
    Table: ("table", "tables"),
    Queue: ("queue", "queues"),
    Repository: ("repository", "repositories"),
    RestApi: ("API", "APIs"),
    Secret: ("secret", "secrets"),
    EksCluster: ("cluster", "clusters"),
    IdentityPool: ("identity pool", "identity pools"),
    AgentGateway: ("gateway", "gateways"),
    AgentRuntime: ("runtime", "runtimes"),
}
_MANAGES = replace(ORGANIZATION, management_account=ACCOUNT.id)
_WITH_FUNCTION = Resources(functions=(function(None),))


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("management-account",),
    reads=(),
    remedy=Remedy(
        do="Move what runs there into an account of its own (`aws organizations "
        "create-account --email MAILBOX --account-name NAME`), and leave the management "
        "account with the organisation's affairs. Move data and names first, then the "
        "code; until then keep who may sign in there few.",
        may_stop="What moves is down while it moves, unless it runs in both for a while; names "
        "and ARNs that others point to change.",
        by="Whoever runs the workloads, with whoever administers the organisation.",
    ),
    examples=(
        fails(
            ACCOUNT,
            "runs 1 function, where no SCP or RCP limits anybody",
            organization=_MANAGES,
            resources=_WITH_FUNCTION,
        ),
        passes(ACCOUNT, organization=_MANAGES, resources=Resources()),
        does_not_apply(
            ACCOUNT,
            "does not manage the organisation",
            organization=ORGANIZATION,
            resources=_WITH_FUNCTION,
        ),
        does_not_apply(ACCOUNT, "is in no organisation"),
        cannot_tell(
            ACCOUNT,
            str(NotAsked(Family.RESOURCES)),
            organization=_MANAGES,
            resources=NotAsked(Family.RESOURCES),
        ),
    ),
)
def management_account_runs_workloads(account: Account, estate: Estate) -> Iterator[Said]:
    """Something runs in the management account that could run elsewhere.

    No service control policy and no resource control policy reaches that account, so a flaw in its
    code is a flaw of the whole organisation:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html
    """
    found = yield from of_account(account, estate)
    if found is None:
        return
    if found.management_account != account.id:
        yield NotApplicable("does not manage the organisation")
        return
    resources = known(estate.snapshot.resources)
    counted = []
    for kind, words in _WORKLOADS.items():
        own = [one for one in estate.snapshot.of(kind) if one.account == account.id]
        if own:
            counted.append(f"{len(own)} {words[len(own) > 1]}")
        else:
            yield from (Unknown(str(gap)) for gap in dict.fromkeys(resources.missing(kind)))
    if counted:
        yield Problem(f"runs {listed(counted, most=5)}, where no SCP or RCP limits anybody")


_OURS = {
    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": ORGANIZATION.id},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}


def _member(*statements: dict[str, object]) -> Organization:
    """An organisation that the examples' account is a member of, with an RCP over it."""
    own = MemberAccount(
        id=ACCOUNT.id,
        arn=SHOP.arn,
        name="shop",
        email="x@larkfield.example",
        state="ACTIVE",
        path=(ROOT_ID, UNIT),
    )
    rcp = policy("OnlyOurs", *statements)
    return replace(organization(rcp, kind=RCP), accounts=(own,), management_account=SHOP.id)


_NO_QUEUES = Gap("sqs:ListQueues", "AccessDenied")
_BUCKET = Resources(buckets=(bucket(None),), account_public_access_block=None)
_BOTH = replace(_BUCKET, functions=(function(None),))


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("data-perimeter",),
    reads=(),
    remedy=Remedy(
        do="Deny these services' actions to whoever is of no account of yours, by a "
        "resource control policy with a condition on `aws:PrincipalOrgID`, sparing AWS's "
        f"own services by `aws:PrincipalIsAWSService`: {WRITE_RCP}.",
        may_stop="Partners who read your data lose it unless the policy spares them: look at data "
        "events first.",
    ),
    examples=(
        fails(
            ACCOUNT,
            "has no RCP that keeps outsiders from s3",
            organization=_member(deny("kms:*", Principal="*", Condition=_OURS)),
            resources=_BUCKET,
        ),
        fails(
            ACCOUNT,
            "has no RCP that keeps outsiders from s3; none can from lambda",
            organization=_member(deny("kms:*", Principal="*", Condition=_OURS)),
            resources=_BOTH,
        ),
        passes(
            ACCOUNT,
            organization=_member(deny("*", Principal="*", Condition=_OURS)),
            resources=_BOTH,
        ),
        does_not_apply(
            ACCOUNT,
            "manages the organisation, and no RCP reaches it",
            organization=_MANAGES,
            resources=_BUCKET,
        ),
        does_not_apply(ACCOUNT, "is in no organisation", resources=_BUCKET),
        cannot_tell(
            ACCOUNT,
            str(REFUSED),
            organization=replace(ORGANIZATION, policy_types=REFUSED),
            resources=_BUCKET,
        ),
        cannot_tell(
            ACCOUNT,
            str(_NO_QUEUES),
            organization=_member(deny("*", Principal="*", Condition=_OURS)),
            resources=replace(_BUCKET, unlisted=(Unlisted("Queue", _NO_QUEUES),)),
        ),
    ),
)
def perimeter_leaves_services_out(account: Account, estate: Estate) -> Iterator[Said]:
    """No resource control policy keeps strangers from the data of a service that is in use.

    One careless policy of one bucket or key is then enough. A resource that lets everybody in is
    asked for by somebody of another organisation; what an RCP denies is kept. Some services no RCP
    reaches: there each policy has to do it.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
    """
    found = yield from of_account(account, estate)
    if found is None:
        return
    if found.management_account == account.id:
        yield NotApplicable("manages the organisation, and no RCP reaches it")
        return
    known(estate.snapshot.resources)
    gaps = estate.engine.imagined(account.arn).guardrails
    if gaps:
        yield from (Unknown(str(gap)) for gap in gaps)
        return
    kept = perimeter(estate.engine)
    if kept.open:
        beyond = f"; none can from {listed(kept.beyond)}" if kept.beyond else ""
        yield Problem(f"has no RCP that keeps outsiders from {listed(kept.open, most=8)}{beyond}")
    else:
        yield from (Unknown(str(gap)) for gap in kept.unread)


CHECKS = (
    account_outside_organization,
    management_account_runs_workloads,
    perimeter_leaves_services_out,
)
