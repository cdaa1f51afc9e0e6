"""Condition keys that mean little by themselves.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html, and
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html.
"""

from collections.abc import Iterator

from msgspec import Struct

from idkeep.policy.document import Effect
from idkeep.policy.linting.finding import Remark, Subject
from idkeep.policy.linting.keys import family, negated
from idkeep.policy.operators import NULL


class _Pair(Struct, frozen=True):
    """A key that wants one of others beside it, in an Allow alone or in both effects."""

    key: str
    wants: frozenset[str]
    code: str
    message: str
    allow_only: bool = False


_PAIRS = (
    # AWS: use it with the VPC or with the endpoint.
    _Pair(
        "aws:vpcsourceip",
        frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"}),
        "MISSING_PAIRED_CONDITION_KEYS",
        "private addresses are alike in every VPC; add aws:SourceVpc",
    ),
    _Pair(
        "aws:sourcevpc",
        frozenset({"aws:sourcevpcarn", "aws:requestedregion"}),
        "SOURCE_VPC_WITHOUT_REGION",
        "a VPC's id is told from others in its Region only; use aws:SourceVpcArn",
    ),
    _Pair(
        "dynamodb:attributes",
        frozenset({"dynamodb:select"}),
        "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",
        "a read without a projection returns every attribute; add dynamodb:Select",
        allow_only=True,
    ),
)


def pairs(subject: Subject) -> Iterator[Remark]:
    for statement in subject.statements:
        there = {one.key.lower() for one in statement.conditions}
        for condition, at in subject.conditions(statement):
            for pair in _PAIRS:
                if condition.key.lower() != pair.key or not there.isdisjoint(pair.wants):
                    continue
                if condition.operator.base == NULL:
                    continue
                if statement.effect is Effect.ALLOW or not pair.allow_only:
                    yield Remark(pair.code, pair.message, at, key=True)


def listed_prefixes(subject: Subject) -> Iterator[Remark]:
    """A prefix that a listing may not have, where a shorter one lists the same objects."""
    for statement in subject.statements:
        for condition, at in subject.conditions(statement):
            if condition.key.lower() != "s3:prefix" or family(condition.operator) != "String":
                continue
            denies = statement.effect is Effect.DENY
            if denies is not negated(condition.operator):
                message = "a shorter prefix lists the same objects and does not match"
                yield Remark("S3_PREFIX_IN_NEGATIVE_CONTEXT", message, at, key=True)
