"""What each kind of policy says of one request, before the kinds are put together."""

import re

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.buckets import Bucket, is_public
from idkeep.policy.context import Context, NotKnown
from idkeep.policy.decision import Check, Matched
from idkeep.policy.document import Effect, NotPrincipal, Policy, Statement
from idkeep.policy.expression import Truth, Undocumented, all_of, any_of, negation
from idkeep.policy.grants import documents, issued_by
from idkeep.policy.principal_match import Reach, about
from idkeep.policy.request import Actions, Level, Policies, Request
from idkeep.policy.requester import WITHOUT_ACCOUNT, Requester, RequesterKind
from idkeep.policy.settled import Settled, settled
from idkeep.policy.statement_match import Find, candidates, reaches

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
# "an evaluation-only action" made before anybody has signed in, when only the sign-in policy, RCPs
# and the endpoint's policy speak: https://docs.aws.amazon.com/signin/latest/userguide/console-access-control.html
_BEFORE_SIGN_IN = "signin:authenticate"
# Made with the caller's own policies alone, though the account that it enters is another:
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
_ON_OWN_POLICIES = frozenset({"sts:assumeroot"})
OF_ROOT = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})


class Layer(Struct):
    """What one layer's documents say of the request, each truth three-valued."""

    check: Check
    name: str
    denies: list[tuple[Matched, Truth]]
    allows: list[tuple[Matched, Reach, Truth]]
    is_there: bool = True
    policies: tuple[Policy, ...] = ()

    @property
    def denied(self) -> Truth:
        return any_of([truth for _, truth in self.denies]) if self.denies else False

    @property
    def allowed(self) -> Truth:
        return any_of([truth for _, _, truth in self.allows]) if self.allows else False

    @property
    def allows_something(self) -> bool:
        """Whether any statement allows, whatever it speaks of."""
        statements = (one for policy in self.policies for one in policy.statements)
        return any(one.effect is Effect.ALLOW for one in statements)

    def reached(self, *reaches: Reach) -> Truth:
        if not self.allows:
            return False
        return any_of([truth for _, reach, truth in self.allows if reach in reaches])

    def limit(self) -> Truth:
        """True where the layer is absent: it limits nothing.

        RCPs limit by their denials alone: RCPFullAWSAccess is attached everywhere and can't be
        detached, and customers' RCPs only deny.
        Source: organizations/latest/userguide/orgs_manage_policies_rcps.html
        """
        deny_only = self.check is Check.RESOURCE_CONTROL_POLICY
        return self.allowed if self.is_there and not deny_only else True

    def add(self, matched: Matched, reached: dict[Reach, Truth]) -> None:
        """An Allow; what is false is left out."""
        self.allows.extend(
            (matched, r, truth) for r, truth in reached.items() if truth is not False
        )

    def only_if(self, truth: Truth) -> None:
        """Its allows hold only where `truth` does."""
        held = ((matched, reach, all_of((truth, own))) for matched, reach, own in self.allows)
        self.allows = [one for one in held if one[2] is not False]


class Layers(Struct):
    """Every layer's say, once."""

    who: Requester
    action: str
    owner: str
    scp: list[Layer]
    rcp: list[Layer]
    endpoint: Layer
    resource: Layer
    identity: Layer
    boundary: Layer
    session: Layer
    has_resource_policy: bool
    settled: Settled | None = None
    own_grants: Truth = False
    object_acl: Undocumented | None = None

    @property
    def every(self) -> tuple[Layer, ...]:
        return (*self.scp, *self.rcp, *self.single)

    @property
    def single(self) -> tuple[Layer, ...]:
        return (self.endpoint, self.resource, self.identity, self.boundary, self.session)

    @property
    def guardrails(self) -> tuple[Layer, ...]:
        """Those that must each allow, whoever grants."""
        return (*self.scp, *self.rcp, self.endpoint)

    @property
    def cross_account(self) -> bool:
        return bool(self.owner) and self.owner != self.who.account

    @property
    def has_identity(self) -> bool:
        """Whether the requester has policies of its own that count here."""
        return self.who.kind not in WITHOUT_ACCOUNT


def layers_of(
    request: Request,
    policies: Policies,
    rcps_reach: Actions,
    own_account_only: Actions = frozenset(),
    find: Find = candidates,
) -> Layers:
    """`find` finds what may speak of the request; another may find more, and never less."""
    reader = Reader(request, policies, find)
    told = reader.policies
    has_boundary = told.boundary is not None and request.principal.kind is not RequesterKind.ROOT
    boundary = (told.boundary,) if told.boundary is not None and has_boundary else None
    layers = Layers(
        who=request.principal,
        action=request.action,
        owner="" if request.action.lower() in _ON_OWN_POLICIES else reader.owner,
        scp=reader.levels(Check.SERVICE_CONTROL_POLICY, "scp", reader.scps()),
        rcp=reader.levels(Check.RESOURCE_CONTROL_POLICY, "rcp", reader.rcps(rcps_reach)),
        endpoint=reader.layer(Check.VPC_ENDPOINT, "endpoint", told.endpoint),
        resource=reader.resource(),
        identity=reader.layer(Check.PRINCIPAL, "identity", reader.own(told.identity)),
        boundary=reader.layer(Check.PERMISSIONS_BOUNDARY, "boundary", reader.own(boundary)),
        session=reader.layer(Check.SESSION, "session", reader.own(told.session)),
        settled=settled(request, reader.owner, own_account_only),
        has_resource_policy=told.resource is not None,
    )
    if told.grants:
        reader.add_grants(layers)
    if told.bucket and request.action.lower().startswith("s3:"):
        reader.restrict(layers, told.bucket)
    return layers


class Reader:
    """Reads every document with one request in mind."""

    def __init__(self, request: Request, policies: Policies, find: Find = candidates) -> None:
        self.find = find
        self.request = request
        self.who = request.principal
        self.policies = policies
        self.owner = _owner(request)
        if (bucket := policies.bucket) and bucket.object_owner == self.who.account:
            # Its own account's object in another's bucket: the bucket's owner can only deny.
            # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html
            self.owner = self.owner if bucket.owner_enforced else bucket.object_owner
        self.context = _full_context(request, self.owner)
        if bucket:
            self.context = bucket.seen_by_policies(self.context)
        # There is no principal with an account and policies of its own.
        self.nobody_yet = self.who.kind in WITHOUT_ACCOUNT or before_sign_in(request.action)

    def own(self, documents: tuple[Policy, ...] | None) -> tuple[Policy, ...] | None:
        return None if self.nobody_yet else documents

    def scps(self) -> tuple[Level, ...]:
        """None for the management account, service-linked roles, and who has no account."""
        exempt = self.policies.management_account or self.who.is_service_linked
        return () if exempt or self.nobody_yet else self.policies.scp or ()

    def rcps(self, reach: Actions) -> tuple[Level, ...]:
        """None for service-linked roles, the management account's resources, other actions."""
        cross_account = bool(self.owner) and self.owner != self.who.account
        own = self.policies.management_account and not cross_account
        if not self.policies.rcp or own or self.who.is_service_linked:
            return ()
        return self.policies.rcp if self.request.action in reach else ()

    def resource(self) -> Layer:
        layer = self.layer(Check.RESOURCE, "resource", self.policies.resource)
        if self.spared_by_resource:
            layer.denies = []
        return layer

    @property
    def spared_by_resource(self) -> bool:
        """A bucket's own account's root reads, puts and deletes its policy, whatever that denies.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
        """
        if self.who.kind is not RequesterKind.ROOT or self.owner not in ("", self.who.account):
            return False
        return self.request.action.lower() in OF_ROOT

    def levels(self, check: Check, name: str, levels: tuple[Level, ...]) -> list[Layer]:
        return [self.layer(check, f"{name}[{n}]", level.policies) for n, level in enumerate(levels)]

    def layer(self, check: Check, name: str, policies: tuple[Policy, ...] | None) -> Layer:
        layer = Layer(check, name, [], [], policies is not None, policies or ())
        request = self.request
        for n, policy in enumerate(layer.policies):
            if found := self.find(policy, request.action, request.resource):
                self._add(layer, f"{name}[{n}]", found)
        return layer

    def _add(self, layer: Layer, document: str, found: tuple[Statement, ...]) -> None:
        resource = self.request.resource
        for statement in found:
            here = reaches(statement, resource, self.context)
            if here is False:
                continue
            matched = Matched(document, statement)
            reached = {
                reach: here if truth is True else all_of((truth, here))
                for reach, truth in about(statement.principal, self.who, self.context).items()
            }
            if statement.effect is Effect.DENY:
                truth = here if self._always_denies(statement) else any_of(reached.values())
                layer.denies.extend([(matched, truth)] if truth is not False else [])
            else:
                layer.add(matched, reached)

    def _always_denies(self, statement: Statement) -> bool:
        """Deny with NotPrincipal spares nobody who has a permissions boundary.

        Source: access_policies_boundaries.html ("will always deny any IAM principal that has a
        permissions boundary policy attached").
        """
        return isinstance(statement.principal, NotPrincipal) and self.policies.boundary is not None

    def add_grants(self, layers: Layers) -> None:
        """A key's grants allow as its policy does.

        One that the requester's own account issued needs no identity policy besides.
        Source: https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html ("Key
        trust": "a grant or IAM policy in your account allows you to use the KMS key").
        """
        own: list[Truth] = []
        seen = with_encryption_keys(self.context)
        reader = Reader(replace(self.request, context=seen), self.policies, self.find)
        for n, grant in enumerate(self.policies.grants):
            read = reader.layer(Check.RESOURCE, f"grant[{n}]", documents(grant))
            layers.resource.allows.extend(read.allows)
            own.append(all_of((issued_by(grant, self.who.account), read.allowed)))
        layers.own_grants = any_of(own)
        layers.resource.is_there = True

    def restrict(self, layers: Layers, bucket: Bucket) -> None:
        """What the bucket's settings take from its policy."""
        if self.closes_public(layers, bucket):
            public = any_of(is_public(one) for one in self.policies.resource or ())
            layers.resource.only_if(negation(public))
        theirs = bucket.object_owner and not bucket.owner_enforced and _is_object(self.request)
        if theirs and bucket.object_owner != self.owner:
            layers.object_acl = Undocumented(
                f"the object is account {bucket.object_owner}'s: its ACL decides, and is not told"
            )

    def closes_public(self, layers: Layers, bucket: Bucket) -> bool:
        """Whether a public policy of the bucket lets this requester in no more."""
        outside = layers.cross_account or self.who.kind in WITHOUT_ACCOUNT
        spared = self.who.kind is RequesterKind.SERVICE or not outside
        return bucket.restrict_public_buckets and not spared


def _is_object(request: Request) -> bool:
    return "/" in request.resource.rpartition(":")[2]


def _full_context(request: Request, owner: str) -> Context:
    """The context with the keys that follow from principal and resource, where they are missing."""
    who = request.principal
    if before_sign_in(request.action):
        derived = {"signin:PrincipalArn": who.name} if who.name.startswith("arn:") else {}
    else:
        derived = who.derived()
    if account := owner or _own_account(request):
        derived["aws:ResourceAccount"] = account
    service = request.action.lower().partition(":")[0]
    if service == "s3" and account:
        derived["s3:ResourceAccount"] = account
    if service == "kms" and who.kind not in WITHOUT_ACCOUNT:
        derived["kms:CallerAccount"] = who.account
    return request.context.completed(derived)


def with_encryption_keys(context: Context) -> Context:
    """With `kms:EncryptionContextKeys`, which follow from the pairs, and are unknown where one is.

    Their case is lost, which grants do not look at.
    """
    head, name = "kms:encryptioncontext:", "kms:EncryptionContextKeys"
    if context.get(name) != ():
        return context
    if context.may_hold(head):
        return context.doubting(name)
    return context.told({name: [key.removeprefix(head) for key in context.given_under(head)]})


def before_sign_in(action: str) -> bool:
    return action.lower() == _BEFORE_SIGN_IN


def _owner(request: Request) -> str:
    """The resource's account: told, in its ARN, or by a key of the context; "" for none told."""
    for told in (request.resource_account, _account_of(request)):
        if told:
            return told
    given = request.context.get("aws:ResourceAccount")
    return given[0] if not isinstance(given, NotKnown) and len(given) == 1 else ""


def _own_account(request: Request) -> str:
    """The requester's, for a resource whose ARN leaves its room for an account empty (S3)."""
    arn = request.arn
    return request.principal.account if arn and not arn.account else ""


def _account_of(request: Request) -> str:
    """Empty where the ARN names none, or one that is nobody's: AWS's own policies say `aws`."""
    arn = request.arn
    return arn.account if arn and _ACCOUNT.fullmatch(arn.account) else ""
