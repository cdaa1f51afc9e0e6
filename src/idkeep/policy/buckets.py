"""Settings of an S3 bucket that change what its policy means.

Sources, under https://docs.aws.amazon.com/AmazonS3/latest/userguide/:
access-control-block-public-access.html ("The meaning of public"), about-object-ownership.html,
buckets-tagging-enable-abac.html.
"""

from enum import StrEnum
from ipaddress import ip_network

from msgspec import Struct

from idkeep.policy.condition import Condition
from idkeep.policy.context import Context
from idkeep.policy.document import Effect, NotPrincipal, Policy, Statement
from idkeep.policy.expression import Open, Truth, Undocumented, all_of, any_of
from idkeep.policy.operators import MEANINGS, NULL, SetOperator
from idkeep.policy.principal import EveryAws, Everyone

_TAGS = ("aws:resourcetag/", "s3:buckettag/")
# A fixed value of one of these makes a statement for everybody no public one.
_FIXING = frozenset(
    {
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principalservicename",
        "aws:sourceip",
        "aws:sourcearn",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:sourceaccount",
        "aws:userid",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount",
    }
)
# "broader than /8 for IPv4 and /32 for IPv6"
_BROADEST = {4: 8, 6: 32}
_ARN_ACCOUNT = 5


class ObjectOwnership(StrEnum):
    """Whose the objects are that others put into the bucket."""

    BUCKET_OWNER_ENFORCED = "BucketOwnerEnforced"
    BUCKET_OWNER_PREFERRED = "BucketOwnerPreferred"
    OBJECT_WRITER = "ObjectWriter"


class Bucket(Struct, frozen=True, kw_only=True, rename="pascal"):
    """The settings, by AWS's names; public access block is the stricter of account and bucket.

    `object_owner` is the account that owns the object asked for, "" for the bucket's own.
    `abac_status` is "Enabled" or "Disabled", "" where it is not told: tags in the context count.
    """

    restrict_public_buckets: bool = False
    object_ownership: ObjectOwnership | None = None
    object_owner: str = ""
    abac_status: str = ""

    @property
    def owner_enforced(self) -> bool:
        return self.object_ownership is ObjectOwnership.BUCKET_OWNER_ENFORCED

    def seen_by_policies(self, context: Context) -> Context:
        """Without ABAC a bucket's tags "only" serve to track costs: no policy sees them."""
        if self.abac_status != "Disabled":
            return context
        return context.without(lambda key: key.startswith(_TAGS))


def is_public(policy: Policy) -> Truth:
    """Whether S3 takes a bucket's policy for public: one that lets in others than fixed ones.

    A single such statement makes the whole policy public.
    """
    return any_of(_lets_anybody_in(one) for one in policy.statements if one.effect is Effect.ALLOW)


def _lets_anybody_in(statement: Statement) -> Truth:
    if not _names_anybody(statement):
        return False
    return all_of(_leaves_public(one) for one in statement.conditions)


def _names_anybody(statement: Statement) -> bool:
    principal = statement.principal
    if principal is None or isinstance(principal, NotPrincipal):
        return True
    return any(isinstance(one, Everyone | EveryAws) for one in principal.named)


def _leaves_public(condition: Condition) -> Truth:
    """False where the condition admits fixed values alone."""
    key, operator = condition.key.lower(), condition.operator
    if key not in _FIXING or operator.base == NULL or MEANINGS[operator.base].negated:
        return True
    if not condition.values or not all(_is_fixed(key, value) for value in condition.values):
        return True
    if operator.if_exists or operator.set_operator is SetOperator.FOR_ALL_VALUES:
        return Open(Undocumented(f"whether S3 takes a policy with {condition} for public"))
    return False


def _is_fixed(key: str, value: str) -> bool:
    """Fixed values "don't contain a wildcard or an IAM policy variable"."""
    if key == "aws:sourceip":
        return _is_narrow(value)
    if key == "s3:dataaccesspointarn":
        # "the account ID is fixed", and the name may be a wildcard.
        value = ":".join(value.split(":")[:_ARN_ACCOUNT])
    if key == "aws:userid" and value.endswith(":*"):
        # A role's id and any session of it: AWS leaves this form out of the fixed ones.
        return False
    return not any(mark in value for mark in ("*", "?", "${"))


def _is_narrow(address: str) -> bool:
    try:
        network = ip_network(address, strict=False)
    except ValueError:
        return False
    return network.is_private or network.prefixlen >= _BROADEST[network.version]
