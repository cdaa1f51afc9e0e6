"""Plainer cases for disputes about who asks, and which policies speak of the request.

Each function returns the plainer cases that a case means, none where the dispute is about something
else; its first line is the rule.
"""

import json
from collections.abc import Sequence
from typing import Final

from idkeep.api.catalog import load_catalog
from idkeep.policy import Requester, RequesterKind
from tools.conformance.cases import (
    EVERYTHING,
    Case,
    Document,
    Statement,
    cross_account,
    documents,
    listed,
    named_principals,
    requester,
    resource_account,
    rewritten,
    statements,
    with_policies,
    with_request,
)

_SESSIONS = (RequesterKind.ROLE_SESSION, RequesterKind.FEDERATED_USER)
_ANYBODY = frozenset({"*"})


def root_user(case: Case) -> Sequence[Case]:
    """Root needs no policy: as if its own allowed everything, less a task policy's denials."""
    if requester(case).kind is not RequesterKind.ROOT:
        return ()
    own = [EVERYTHING, *documents(case, "identity", "session")]
    return (with_policies(case, identity=own, session=None),)


def session_named(case: Case) -> Sequence[Case]:
    """A session policy's silence does not limit what the resource grants the session itself."""
    return _granted_directly(case) if "session" in case["policies"] else ()


def boundary_and_key(case: Case) -> Sequence[Case]:
    """A boundary's silence does not limit everyone with a condition on `aws:PrincipalArn`."""
    by_key = _asked_about(case, "aws:principalarn")
    return _granted_directly(case) if by_key and "boundary" in case["policies"] else ()


def _granted_directly(case: Case) -> Sequence[Case]:
    """Nothing but the resource policy's grants to the session and to everyone; all denials stay."""
    who = requester(case)
    if who.kind not in _SESSIONS or cross_account(case):
        return ()
    direct = _ANYBODY | {who.name}

    def denying_or_direct(one: Statement) -> Statement | None:
        if one["Effect"] == "Deny":
            return one
        names = [name for name in named_principals(one.get("Principal", ())) if name in direct]
        return {**one, "Principal": "*" if "*" in names else {"AWS": names}} if names else None

    plain = rewritten(case, _denying, "identity")
    plain = rewritten(plain, denying_or_direct, "resource")
    limits = {kind: _widened(plain, kind) for kind in ("session", "boundary")}
    plain = with_policies(plain, **limits)
    return () if plain == case else (plain,)


def _denying(one: Statement) -> Statement | None:
    return one if one["Effect"] == "Deny" else None


def _widened(case: Case, kind: str) -> Document | None:
    """A limit that denies what it denied and allows the rest."""
    denials = [one for one in statements(case, kind) if one["Effect"] == "Deny"]
    if kind not in case["policies"]:
        return None
    return {**EVERYTHING, "Statement": [*denials, *EVERYTHING["Statement"]]}


def service_linked(case: Case) -> Sequence[Case]:
    """SCPs and RCPs do not restrict service-linked roles."""
    return _without(case, "scp", "rcp") if requester(case).is_service_linked else ()


def management_account(case: Case) -> Sequence[Case]:
    """SCPs and RCPs do not affect users, roles and resources of the management account."""
    if not case.get("management_account"):
        return ()
    return _without(case, "scp") if cross_account(case) else _without(case, "scp", "rcp")


def no_account(case: Case) -> Sequence[Case]:
    """SCPs limit the account's users and roles; a service or a provider's identity is none."""
    outside = (RequesterKind.SERVICE, RequesterKind.FEDERATED)
    return _without(case, "scp") if requester(case).kind in outside else ()


def other_partition(case: Case) -> Sequence[Case]:
    """An account of another partition is another account, whatever its number."""
    who = requester(case)

    def foreign(name: str) -> bool:
        return name.startswith("arn:") and name.split(":")[1] != who.partition

    def plain(one: Statement) -> Statement:
        told = one.get("Principal")
        if not isinstance(told, dict) or not who.partition:
            return one
        names = {
            kind: [_STRANGER if foreign(name) else name for name in listed(of)]
            for kind, of in told.items()
        }
        return {**one, "Principal": names} if _STRANGER in str(names) else one

    made = rewritten(case, plain, "resource", "rcp", "endpoint")
    return () if made == case else (made,)


def service_in_china(case: Case) -> Sequence[Case]:
    """A service whose name ends in `.amazonaws.com.cn` is one."""
    who = requester(case)
    if who.kind is not RequesterKind.SERVICE or not who.name.endswith(_CHINA):
        return ()

    def plain(one: Statement) -> Statement:
        return {**one, "Principal": json.loads(json.dumps(one["Principal"]).replace(_CHINA, _COM))}

    made = rewritten(case, plain, "resource")
    return (with_request(made, principal=who.name.replace(_CHINA, _COM)),)


_STRANGER: Final = "999999999999"
_COM: Final = ".amazonaws.com"
_CHINA: Final = ".amazonaws.com.cn"


def full_rcp(case: Case) -> Sequence[Case]:
    """RCPFullAWSAccess is at every level; iam-simulate puts it there and takes no other Allow."""
    plain = rewritten(case, _denying, "rcp")
    return () if plain == case else (plain,)


def beyond_rcps(case: Case) -> Sequence[Case]:
    """RCPs reach the listed services only."""
    reached = case["request"]["action"] in load_catalog().facts.rcps
    return () if reached else _without(case, "rcp")


def _without(case: Case, *layers: str) -> Sequence[Case]:
    there = any(layer in case["policies"] for layer in layers)
    return (with_policies(case, **dict.fromkeys(layers)),) if there else ()


def not_principal(case: Case) -> Sequence[Case]:
    """Spared is a user whose account is listed too, a session with its role and account."""
    who = requester(case)

    def plain(one: Statement) -> Statement | None:
        if "NotPrincipal" not in one:
            return one
        spared = set(named_principals(one["NotPrincipal"]))
        if "boundary" not in case["policies"] and _spared(who, spared):
            return None
        rest = {key: value for key, value in one.items() if key != "NotPrincipal"}
        return {**rest, "Principal": "*"}

    made = rewritten(case, plain, "resource")
    return () if made == case else (made,)


def _spared(who: Requester, spared: set[str]) -> bool:
    account = {who.account, f"arn:aws:iam::{who.account}:root"}
    role = f"arn:aws:iam::{who.account}:role/{who.role_name}"
    match who.kind:
        case RequesterKind.ROOT:
            return bool(account & spared)
        case RequesterKind.ROLE_SESSION:
            return {who.name, role} <= spared and bool(account & spared)
        case RequesterKind.ROLE:
            # Its session, which has to be listed too, is not.
            return False
        case RequesterKind.SERVICE:
            return who.name in spared
        case _:
            return who.name in spared and bool(account & spared)


def several_documents(case: Case) -> Sequence[Case]:
    """Several session policies are one limit; iam-simulate takes one document of a kind."""
    together = {
        kind: {
            "Version": given[0]["Version"],
            "Statement": [one for document in given for one in listed(document["Statement"])],
        }
        for kind in ("session", "resource")
        if isinstance(given := case["policies"].get(kind), list) and given
    }
    return (with_policies(case, **together),) if together else ()


def anonymous(case: Case) -> Sequence[Case]:
    """Nobody has no identity policy; iam-simulate refuses to be told one."""
    who = requester(case)
    nobody = who.kind is RequesterKind.ANONYMOUS
    return _without(case, "identity", "scp", "boundary", "session") if nobody else ()


def unique_id(case: Case) -> Sequence[Case]:
    """A unique id in `Principal` is the one whose `aws:userid` the request carries."""
    userid = str(case["request"].get("context", {}).get("aws:userid", "")).partition(":")[0]
    by_id = {"AWS": userid}
    who = {"AWS": requester(case).name}

    def named(one: Statement) -> Statement:
        return {**one, "Principal": who} if one.get("Principal") == by_id else one

    plain = rewritten(case, named, "resource")
    return () if plain == case else (plain,)


def no_policy_decides(case: Case) -> Sequence[Case]:
    """Some callers can never call an operation, and some operations take no permission."""
    who, action = requester(case), case["request"]["action"].lower()
    layers = dict.fromkeys(case["policies"])
    elsewhere = case["request"]["resource"].split(":")[1:2] not in ([], [who.partition])
    if (who.partition and elsewhere) or action.startswith(_NEVER.get(who.kind, ())):
        return (with_policies(case, **layers),)
    if who.kind in (RequesterKind.USER, RequesterKind.ROOT) and action in _ALWAYS:
        return (with_policies(case, **layers | {"identity": [EVERYTHING]}),)
    return ()


# How the operations begin that such a caller can't call.
_NEVER: Final = {
    RequesterKind.ROOT: ("sts:assumerole", "sts:assumeroot"),
    RequesterKind.ROLE: ("sts:getfederationtoken", "sts:getsessiontoken"),
    RequesterKind.ROLE_SESSION: ("sts:getfederationtoken", "sts:getsessiontoken"),
    RequesterKind.FEDERATED_USER: ("sts:",),
}
_ALWAYS: Final = frozenset({"sts:getcalleridentity", "sts:getsessiontoken"})


def root_and_its_bucket(case: Case) -> Sequence[Case]:
    """A bucket policy cannot keep the account's root from reading, setting and deleting it."""
    action = case["request"]["action"].lower()
    own = requester(case).kind is RequesterKind.ROOT and not cross_account(case)
    if not own or action not in {f"s3:{verb}bucketpolicy" for verb in ("get", "put", "delete")}:
        return ()
    return (with_policies(case, resource=None, identity=[EVERYTHING]),)


def assume_root(case: Case) -> Sequence[Case]:
    """A member account's root has no policy that would have to allow `sts:AssumeRoot` too."""
    account = requester(case).account
    if case["request"]["action"].lower() != "sts:assumeroot" or not cross_account(case):
        return ()
    own = f"arn:aws:iam::{account}:root"
    return (with_request(case, resource=own, resource_account=account),)


def aws_policy(case: Case) -> Sequence[Case]:
    """`aws` is no account, so a managed policy of AWS's own stands in no other one."""
    head, aws, rest = case["request"].get("resource", "").partition(":iam::aws:")
    account = requester(case).account
    if not aws or not account:
        return ()
    return (with_request(case, resource=f"{head}:iam::{account}:{rest}"),)


def keys_that_follow(case: Case) -> Sequence[Case]:
    """What follows from requester and resource, told in so many words."""
    who, request = requester(case), case["request"]
    context = dict(request.get("context", {}))
    told: dict[str, object] = {}
    if account := context.get("aws:ResourceAccount"):
        told["resource_account"] = account
    given = dict(context)
    if _asked_about(case, "kms:calleraccount") and who.account:
        context.setdefault("kms:CallerAccount", who.account)
    if who.fixed_path is not None:
        context.setdefault("aws:PrincipalArn", who.possible_arns(())[0])
    told |= {"context": context} if context != given else {}
    made = with_request(case, **told)
    return () if made == case else (made,)


def _asked_about(case: Case, key: str) -> bool:
    """Whether a condition of the resource's policy looks at the key, named in lower case."""
    conditions = (one.get("Condition", {}) for one in statements(case, "resource"))
    blocks = (block for condition in conditions for block in condition.values())
    return any(key == name.lower() for block in blocks for name in block)


def origin_access_identity(case: Case) -> Sequence[Case]:
    """It has no policies of its own, like anybody of whom nothing is known."""
    who = requester(case)
    if who.kind is not RequesterKind.ORIGIN_ACCESS_IDENTITY:
        return ()

    def everybody(one: Statement) -> Statement:
        named = who.name in named_principals(one.get("Principal"))
        return {**one, "Principal": "*"} if named else one

    return (with_request(rewritten(case, everybody, "resource"), principal="*"),)


def source_identity(case: Case) -> Sequence[Case]:
    """Setting a source identity takes both sides, even in one account."""
    who = requester(case)
    if case["request"]["action"].lower() != "sts:setsourceidentity" or not who.account:
        return ()

    def passing_on(one: Statement) -> Statement:
        told = named_principals(one.get("Principal"))
        named = any(f":{who.account}:" in name for name in told)
        return {**one, "Principal": {"AWS": who.account}} if named else one

    made = rewritten(case, passing_on, "resource")
    return () if made == case else (made,)


def several_permissions(case: Case) -> Sequence[Case]:
    """A request may take further permissions; each is asked by itself."""
    request = case["request"]
    keys = {key.lower().partition("/")[0] for key in request.get("context", {})}
    further = [
        name
        for actions, needed, name in _FURTHER
        if request["action"].lower().startswith(actions) and (not needed or needed & keys)
    ]
    via_url = {"lambda:InvokedViaFunctionUrl": "true"} if "lambda" in str(further) else {}
    context = request.get("context", {}) | via_url
    # iam-simulate knows no sts:TagSession on a federated user.
    on = {"resource": "*"} if "federated-user/" in request["resource"] else {}
    return [with_request(case, action=name, context=context, **on) for name in further]


# How an action begins, the keys of which one makes it take more (none: always), and what it takes.
_FURTHER: tuple[tuple[tuple[str, ...], frozenset[str], str], ...] = (
    (
        ("sts:assumerole", "sts:getfederationtoken"),
        frozenset({"aws:tagkeys", "aws:requesttag", "sts:transitivetagkeys"}),
        "sts:TagSession",
    ),
    (
        ("sts:assumerole",),
        frozenset({"aws:sourceidentity", "sts:sourceidentity"}),
        "sts:SetSourceIdentity",
    ),
    (("lambda:invokefunctionurl",), frozenset(), "lambda:InvokeFunction"),
)


def public_bucket(case: Case) -> Sequence[Case]:
    """Where public access is restricted, a public policy grants nothing to who is outside.

    Whether AWS counts that as an explicit or an implicit denial, no page says.
    """
    bucket = case["policies"].get("bucket", {})
    if not bucket.get("RestrictPublicBuckets"):
        return ()
    return (with_policies(rewritten(case, _denying, "resource"), bucket=None),)


def own_policy_not_given(case: Case) -> Sequence[Case]:
    """A key or role always has its policy; not given, idkeep takes one that passes on to IAM."""
    action = case["request"]["action"].lower()
    if "resource" in case["policies"] or not action.startswith(("kms:", "sts:assumerole")):
        return ()
    account = {"AWS": f"arn:aws:iam::{resource_account(case)}:root"}
    own = {"Effect": "Allow", "Principal": account, "Action": action.partition(":")[0] + ":*"}
    if action.startswith("kms:"):
        own["Resource"] = "*"
    return (with_policies(case, resource={"Version": "2012-10-17", "Statement": [own]}),)


def unknown_keys(case: Case) -> Sequence[Case]:
    """iam-simulate takes a key it is not told for missing."""
    return (with_request(case, unknown=None),) if case["request"].get("unknown") else ()


def untold_session(case: Case) -> Sequence[Case]:
    """The role's ARN leaves open which session asks: one that the policy names, or another."""
    who = requester(case)
    names = {
        name
        for one in statements(case, "resource")
        for name in named_principals(one.get("Principal", one.get("NotPrincipal")))
        if f":assumed-role/{who.role_name}/" in name
    }
    if who.kind is not RequesterKind.ROLE or not names:
        return ()
    other = f"arn:aws:sts::{who.account}:assumed-role/{who.role_name}/other"
    return [with_request(case, principal=name) for name in (*sorted(names), other)]
