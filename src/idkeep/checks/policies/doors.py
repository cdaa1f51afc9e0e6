"""Checks on ways into the account that no policy of a resource shows: URLs, ACLs, shares, pools."""

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.access.answer import Answer, Says
from idkeep.access.engine import ANYTHING
from idkeep.access.openings import CALLERS_OWN
from idkeep.access.somewhere import may_somewhere
from idkeep.access.targets import Site
from idkeep.access.trust import Kind, probes
from idkeep.catalog import AccessLevel
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
from idkeep.checks.policies.outsiders import known_accounts
from idkeep.checks.policies.resource_kinds import bucket, function, gateway
from idkeep.checks.policies.samples import EVERYTHING, HEAD, READ_ONLY, role
from idkeep.checks.policies.words import listed, statements
from idkeep.checks.samples import ORGANIZATION, allow, text
from idkeep.model import Arn, Gap, NotApplicable, NotAsked, Problem, Severity, Unknown
from idkeep.model.logging import PublicAccessBlock
from idkeep.model.resources import (
    AclGrant,
    Bucket,
    FunctionUrl,
    LambdaFunction,
    Resources,
    ResourceShare,
    SharedResource,
    SharePrincipal,
)
from idkeep.model.workloads import AgentGateway, IdentityPool, PoolDetails, PoolRoles
from idkeep.policy import Effect
from idkeep.policy.compiled.lanes import chosen

_OWN = {"account": "111122223333", "region": "us-east-1"}
_OPEN_ACCOUNT = Resources(account_public_access_block=None)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee-predefined-groups
_GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "anybody",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "anybody with an AWS account",
}
_ALL_USERS = AclGrant(grantee="http://acs.amazonaws.com/groups/global/AllUsers", permission="READ")
_IGNORED = PublicAccessBlock(
    block_acls=True, ignore_acls=True, block_policy=False, restrict_buckets=False
)
# The permissions of ACLs that change nothing.
READING = ("READ", "READ_ACP")
_DENIED = Gap("s3:GetBucketAcl", "AccessDenied")

_CALLS = text(
    allow(
        ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
        function(None).arn,
        Principal="*",
    )
)
_URL = FunctionUrl(function=function(None).arn, auth_type="NONE", policy=_CALLS)


@check(
    LambdaFunction,
    severity=Severity.HIGH,
    controls=("no-public-functions",),
    reads=("urls", "policy"),
    remedy=Remedy(
        do="Let callers sign their requests (`aws lambda update-function-url-config "
        "--function-name FUNCTION --auth-type AWS_IAM`), or put a gateway with an "
        "authorizer before it.",
        may_stop="Callers that do not sign are turned away.",
    ),
    examples=(
        fails(function(_CALLS, urls=(_URL,)), "answers anybody at its URL"),
        passes(function(_CALLS, urls=(replace(_URL, auth_type="AWS_IAM"),))),
        passes(function(None, urls=(replace(_URL, policy=None),))),
        cannot_tell(
            function(None, urls=Gap("lambda:ListFunctionUrlConfigs", "AccessDenied")),
            "lambda:ListFunctionUrlConfigs: AccessDenied",
        ),
    ),
)
def function_url_for_anybody(function: LambdaFunction, estate: Estate) -> Iterator[Said]:
    """A function answers at an address on the internet without asking who calls.

    The URL's authorization is NONE and its policy lets everybody in, so whoever finds the address
    runs the code with the function's role:
    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    told = ANYTHING.told({"lambda:FunctionUrlAuthType": "NONE", "aws:SecureTransport": "true"})
    for url in known(function.urls):
        if url.auth_type != "NONE":
            continue
        if isinstance(url.policy, Gap | NotAsked):
            yield Unknown(str(url.policy))
            continue
        site = estate.engine.site(url)
        answer = estate.engine.outsider_at(
            site, "*", "lambda:InvokeFunctionUrl", url.function, told
        )
        at = "" if url.function == function.arn else url.function
        if answer.says is Says.UNKNOWN:
            yield Unknown(answer.why_unknown)
        elif answer.says is not Says.NO:
            yield Problem(
                "answers anybody at its URL", at=at, statements=statements(estate, (answer,))
            )


_BY_URL_ONLY = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}


def _invoking(principal: object, **more: object) -> str:
    arn = function(None).arn
    return text(
        allow("lambda:InvokeFunctionUrl", arn, Principal=principal),
        allow("lambda:InvokeFunction", arn, Principal=principal, **more),
    )


def _with_url(policy: object) -> LambdaFunction:
    return function(policy, urls=(replace(_URL, auth_type="AWS_IAM", policy=policy),))


@check(
    LambdaFunction,
    severity=Severity.MEDIUM,
    controls=("least-privilege",),
    reads=("urls", "policy"),
    remedy=Remedy(
        do="Give the permission to invoke for the URL alone: take the statement out (`aws lambda "
        "remove-permission --function-name FUNCTION --statement-id STATEMENT`) and add it with "
        "the condition: `aws lambda add-permission --function-name FUNCTION --statement-id "
        "STATEMENT --action lambda:InvokeFunction --principal PRINCIPAL "
        "--invoked-via-function-url`.",
        may_stop="Whoever calls the function by the API and not by its URL is refused.",
    ),
    examples=(
        fails(_with_url(_invoking("*")), "may be called by anybody past its URL"),
        fails(
            _with_url(_invoking({"AWS": "444455556666"})),
            "may be called by 444455556666 past its URL",
        ),
        passes(_with_url(_invoking("*", Condition=_BY_URL_ONLY))),
        passes(_with_url(_invoking({"AWS": "111122223333"}))),
        passes(_with_url(None)),
        does_not_apply(function(_invoking("*")), "has no URL"),
        cannot_tell(
            function(None, urls=Gap("lambda:ListFunctionUrlConfigs", "AccessDenied")),
            "lambda:ListFunctionUrlConfigs: AccessDenied",
        ),
        cannot_tell(
            function(None, urls=(replace(_URL, policy=Gap("lambda:GetResourcePolicy", "Denied")),)),
            "lambda:GetResourcePolicy: Denied",
        ),
    ),
)
def function_called_past_its_url(function: LambdaFunction, estate: Estate) -> Iterator[Said]:
    """Whoever may use a function's URL may call the function itself too.

    Since October 2025 a URL takes `lambda:InvokeFunction` besides `lambda:InvokeFunctionUrl`. Given
    without `lambda:InvokedViaFunctionUrl` it is wider than the URL: events of any shape come in by
    the API, past the URL's own authorization and whatever stands before it:
    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    urls = known(function.urls)
    if not urls:
        yield NotApplicable("has no URL")
    for url in urls:
        if isinstance(url.policy, Gap | NotAsked):
            yield Unknown(str(url.policy))
            continue
        site = estate.engine.site(url)
        for gap in dict.fromkeys(site.unread):
            yield Unknown(str(gap))
        for who, answer in _past(site, url.function, estate):
            at = who if url.function == function.arn else f"{url.function}/{who}"
            yield Problem(
                f"may be called by {who} past its URL",
                at=at,
                statements=statements(estate, (answer,)),
            )


def _past(site: Site, arn: str, estate: Estate) -> Iterator[tuple[str, Answer]]:
    """Who from outside may invoke by the API, of those whom the policy means; the widest alone."""
    ours = estate.snapshot.account.id
    told: dict[str, Answer] = {}
    for policy in site.target.policies or ():
        for one in probes(estate.engine, policy):
            wanted = one.kind in {Kind.ANYONE, Kind.ACCOUNT, Kind.PRINCIPAL}
            if not wanted or one.account == ours:
                continue
            context = ANYTHING.told({**CALLERS_OWN, **one.keys, **_BY_THE_API})
            answer = estate.engine.outsider_at(
                site, one.requester, "lambda:InvokeFunction", arn, context
            )
            if answer.says in {Says.YES, Says.DEPENDS}:
                told.setdefault("anybody" if one.kind is Kind.ANYONE else one.name, answer)
    yield from list(told.items())[:1] if "anybody" in told else told.items()


_BY_THE_API = {"lambda:InvokedViaFunctionUrl": "false"}


@check(
    Bucket,
    severity=Severity.HIGH,
    controls=("no-public-buckets",),
    reads=("acl", "object_ownership", "public_access_block"),
    remedy=Remedy(
        do="Move what others need into the bucket's policy, then switch ACLs off: `aws "
        "s3api put-bucket-ownership-controls --bucket BUCKET --ownership-controls "
        "Rules=[{ObjectOwnership=BucketOwnerEnforced}]`.",
        may_stop="Whoever reads by the ACL loses it, and requests that set ACLs fail.",
    ),
    examples=(
        fails(
            bucket(None, object_ownership="ObjectWriter", acl=(_ALL_USERS,)),
            "lets anybody READ by its ACL",
            resources=_OPEN_ACCOUNT,
        ),
        passes(bucket(None), resources=_OPEN_ACCOUNT),
        passes(
            bucket(None, object_ownership="ObjectWriter", acl=(_ALL_USERS,)),
            resources=Resources(account_public_access_block=_IGNORED),
        ),
        cannot_tell(
            bucket(None, object_ownership="ObjectWriter", acl=_DENIED),
            "s3:GetBucketAcl: AccessDenied",
            resources=_OPEN_ACCOUNT,
        ),
    ),
)
def bucket_acl_for_anybody(bucket: Bucket, estate: Estate) -> Iterator[Said]:
    """A bucket's access control list lets anybody in.

    ACLs are older than policies and easy to overlook. They count unless ownership is enforced or
    public ACLs are ignored, for the bucket or for the whole account.
    """
    yield from acl_lets_anybody(bucket, estate)


def acl_lets_anybody(bucket: Bucket, estate: Estate, but: Collection[str] = ()) -> Iterator[Said]:
    """What everybody may do by the bucket's ACL, less the permissions in `but`."""
    resources = estate.snapshot.resources
    account = resources.account_public_access_block if isinstance(resources, Resources) else None
    blocks = (bucket.public_access_block, account)
    if any(isinstance(one, PublicAccessBlock) and one.ignore_acls for one in blocks):
        return
    for one in known(bucket.acl) or ():
        who = _GROUPS.get(one.grantee)
        if who and one.permission not in but:
            for block in blocks:
                known(block)
            reads = one.permission in READING
            yield Problem(
                f"lets {who} {one.permission} by its ACL",
                at=f"{who} {one.permission}",
                severity=None if reads else Severity.CRITICAL,
                because="" if reads else "it may be written to, and not read alone",
            )


def _share(principal: str, **facts: object) -> ResourceShare:
    made: dict[str, object] = {
        "arn": "arn:aws:ram:us-east-1:111122223333:resource-share/1",
        "status": "ACTIVE",
        "allows_external": True,
        "principals": (SharePrincipal(id=principal),),
        "resources": (SharedResource(arn="arn:aws:ec2:x", type="ec2:Subnet"),),
        **_OWN,
        **facts,
    }
    return ResourceShare(**made)  # type: ignore[arg-type]


@check(
    ResourceShare,
    severity=Severity.MEDIUM,
    controls=("known-accounts-only",),
    reads=("principals", "resources", "allows_external", "retained_on_leave"),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Take the account out (`aws ram disassociate-resource-share --resource-share-arn "
        "SHARE_ARN --principals ACCOUNT`), or write it into `trusted_accounts`.",
        may_stop="What the account built on the shared resource stops working.",
    ),
    examples=(
        fails(_share("444455556666"), "is shared with 444455556666 (ec2:Subnet)"),
        fails(
            _share("111122223333", retained_on_leave=True),
            "stays with accounts that leave the organisation",
        ),
        passes(_share("999988887777"), organization=ORGANIZATION),
        does_not_apply(_share("444455556666", status="DELETED"), "is deleted"),
        does_not_apply(
            _share("111122223333", account="444455556666"),
            "belongs to account 444455556666, whose own scan judges it",
        ),
        cannot_tell(
            _share("1", principals=Gap("ram:ListPrincipals", "AccessDenied")),
            "ram:ListPrincipals: AccessDenied",
        ),
    ),
)
def share_with_unknown_accounts(share: ResourceShare, estate: Estate) -> Iterator[Said]:
    """A resource share of AWS RAM reaches accounts that nobody vouches for.

    RAM writes the shared resource's policy, so who uses it stands nowhere else. A share that is
    kept after leaving the organisation is outside its control on that day.
    """
    if share.account != estate.snapshot.account.id:
        yield NotApplicable(f"belongs to account {share.account}, whose own scan judges it")
        return
    if share.status in {"DELETED", "DELETING"}:
        yield NotApplicable("is deleted")
        return
    if share.retained_on_leave:
        yield Problem("stays with accounts that leave the organisation", at="retained")
    trusted = known_accounts(estate)
    for one in known(share.principals) or ():
        account = Arn.parse(one.id).account if one.id.startswith("arn:") else one.id
        if not account.isdigit() or account in trusted.accounts:
            continue
        if trusted.unread is not None:
            yield Unknown(f"whether {one.id} is of the organisation: {trusted.unread}")
            continue
        shared = share.resources if isinstance(share.resources, tuple) else ()
        types = listed(sorted({each.type for each in shared}))
        yield Problem(f"is shared with {one.id}" + (f" ({types})" if types else ""), at=one.id)


_GUEST = role("guest", READ_ONLY, trusts={"Federated": "cognito-identity.amazonaws.com"})
_STRONG_GUEST = role("guest", EVERYTHING, trusts={"Federated": "cognito-identity.amazonaws.com"})
_POOL = IdentityPool(
    arn="arn:aws:cognito-identity:us-east-1:111122223333:identitypool/us-east-1:1",
    name="visitors",
    details=PoolDetails(unauthenticated=True, classic_flow=False),
    roles=PoolRoles(unauthenticated=f"{HEAD}:role/guest"),
    **_OWN,
)
_SHOWN = 3
_WRITING = frozenset({AccessLevel.WRITE, AccessLevel.PERMISSIONS, AccessLevel.TAGGING})


@check(
    IdentityPool,
    severity=Severity.MEDIUM,
    controls=("no-guests", "workload-identities"),
    reads=("details", "roles"),
    remedy=Remedy(
        do="Switch guest access off (`aws cognito-identity update-identity-pool "
        "--identity-pool-id POOL_ID --identity-pool-name NAME "
        "--no-allow-unauthenticated-identities`, with the pool's other settings as they "
        "are: what is left out is cleared), or leave the role only what a stranger may "
        "do.",
        may_stop="Visitors who are not signed in get no credentials any more, or lose what the "
        "role no longer gives.",
    ),
    examples=(
        fails(_POOL, "gives anybody the role guest, which only reads", roles=(_GUEST,)),
        fails(_POOL, "gives anybody the role guest, an administrator", roles=(_STRONG_GUEST,)),
        passes(replace(_POOL, details=PoolDetails(unauthenticated=False)), roles=(_GUEST,)),
        passes(replace(_POOL, roles=PoolRoles())),
        passes(_POOL, roles=(replace(_GUEST, inline_policies=()),), resources=Resources()),
        cannot_tell(
            replace(_POOL, details=Gap("cognito-identity:DescribeIdentityPool", "AccessDenied")),
            "cognito-identity:DescribeIdentityPool: AccessDenied",
        ),
        cannot_tell(_POOL, f"{HEAD}:role/guest is not in the snapshot"),
    ),
)
def guests_get_a_role(pool: IdentityPool, estate: Estate) -> Iterator[Said]:
    """An identity pool gives AWS credentials to people who do not sign in.

    Whoever knows the pool's id, which stands in every page that uses it, gets the role. In the
    basic flow nothing narrows it; in the enhanced one Cognito adds a session policy:
    https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
    """
    details = known(pool.details)
    arn = known(pool.roles).unauthenticated if details.unauthenticated else ""
    if not arn:
        return
    engine = estate.engine
    if arn not in engine.holders:
        yield Unknown(f"{arn} is not in the snapshot")
        return
    holder = engine.holders[arn]
    if holder.unread:
        yield Unknown("; ".join(map(str, holder.unread)))
        return
    name = arn.rpartition("/")[2]
    if powers(engine)[arn].rule is not Rule.NO:
        words, severity = "an administrator", Severity.CRITICAL
        because = "anybody becomes an administrator"
    elif writes := _writing_actions(arn, estate):
        words, severity = f"which may do {listed(writes)}", Severity.HIGH
        because = "the role does more than read"
    elif holder.granted:
        words, severity, because = "which only reads", None, ""
    else:
        return
    if details.classic_flow and severity:
        because += ", and the basic flow narrows nothing"
    yield Problem(f"gives anybody the role {name}, {words}", severity=severity, because=because)


def _writing_actions(arn: str, estate: Estate) -> list[str]:
    """A few of the actions that write which it may do on something."""
    engine = estate.engine
    meant = 0
    for policy in engine.holders[arn].caller.identity:
        for one in policy.statements:
            if one.effect is Effect.ALLOW:
                meant |= engine.vocabulary.meant(one.action)
    found: list[str] = []
    for name in chosen(engine.vocabulary.names, meant):
        action = engine.catalog.action(name)
        if action is None or action.level not in _WRITING:
            continue
        if may_somewhere(engine, arn, name).says in {Says.YES, Says.DEPENDS}:
            found.append(name)
        if len(found) == _SHOWN:
            break
    return found


@check(
    AgentGateway,
    severity=Severity.HIGH,
    controls=("no-public-resources", "workload-identities"),
    reads=("authorizer", "details"),
    remedy=Remedy(
        do="Set an authorizer, your issuer's tokens or IAM's signatures: `aws "
        "bedrock-agentcore-control update-gateway --gateway-identifier GATEWAY --name "
        "NAME --role-arn ROLE_ARN --protocol-type MCP --authorizer-type AWS_IAM`, with "
        "the gateway's other settings as they are.",
        may_stop="Callers without a token of the issuer, or a signature, are turned away.",
    ),
    examples=(
        fails(gateway(None, authorizer="NONE"), "asks nobody who they are"),
        passes(gateway(None)),
        cannot_tell(
            replace(
                gateway(None, authorizer="CUSTOM_JWT"),
                details=Gap("bedrock-agentcore:GetGateway", "AccessDenied"),
            ),
            "bedrock-agentcore:GetGateway: AccessDenied",
        ),
    ),
)
def agent_gateway_for_anybody(gateway: AgentGateway, _: Estate) -> Iterator[Said]:
    """A gateway of Bedrock AgentCore serves whoever calls, or whoever has any token of an issuer.

    Its tools then run for strangers with the gateway's role:
    https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_CreateGateway.html
    """
    if gateway.authorizer == "NONE":
        yield Problem("asks nobody who they are")
    elif gateway.authorizer == "CUSTOM_JWT":
        jwt = known(gateway.details).jwt
        if jwt and not (jwt.audiences or jwt.clients or jwt.claims):
            yield Problem(
                f"takes any token of {jwt.discovery_url}",
                severity=Severity.MEDIUM,
                because="the issuer still signs each caller in",
            )


CHECKS = (
    function_url_for_anybody,
    function_called_past_its_url,
    bucket_acl_for_anybody,
    share_with_unknown_accounts,
    guests_get_a_role,
    agent_gateway_for_anybody,
)
