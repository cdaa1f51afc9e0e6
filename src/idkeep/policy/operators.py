"""The condition operators, as a table.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from enum import StrEnum
from typing import Self

from msgspec import Struct

from idkeep.policy import compare
from idkeep.policy.compare import Comparison

NULL = "Null"
_IF_EXISTS = "IfExists"


class SetOperator(StrEnum):
    """How a condition reads a key with several values.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """

    FOR_ALL_VALUES = "ForAllValues"
    FOR_ANY_VALUE = "ForAnyValue"


class Meaning(Struct, frozen=True):
    """One value compared with one. `negated`: what holds is the contrary, for every value."""

    comparison: Comparison
    negated: bool = False
    variables: bool = False


# "You can use a policy variable for Condition values in any condition that involves the string
# operators or the ARN operators", says the page on variables, and "not with Boolean"; the page on
# operators allows them with Bool. Where a policy has one, what holds is undocumented.
MEANINGS: dict[str, Meaning] = {
    "StringEquals": Meaning(compare.equal, variables=True),
    "StringNotEquals": Meaning(compare.equal, negated=True, variables=True),
    "StringEqualsIgnoreCase": Meaning(compare.equal_ignoring_case, variables=True),
    "StringNotEqualsIgnoreCase": Meaning(compare.equal_ignoring_case, negated=True, variables=True),
    "StringLike": Meaning(compare.like, variables=True),
    "StringNotLike": Meaning(compare.like, negated=True, variables=True),
    "NumericEquals": Meaning(compare.number_equal),
    "NumericNotEquals": Meaning(compare.number_equal, negated=True),
    "NumericLessThan": Meaning(compare.number_less),
    "NumericLessThanEquals": Meaning(compare.number_less_equal),
    "NumericGreaterThan": Meaning(compare.number_greater),
    "NumericGreaterThanEquals": Meaning(compare.number_greater_equal),
    "DateEquals": Meaning(compare.moment_equal),
    "DateNotEquals": Meaning(compare.moment_equal, negated=True),
    "DateLessThan": Meaning(compare.moment_less),
    "DateLessThanEquals": Meaning(compare.moment_less_equal),
    "DateGreaterThan": Meaning(compare.moment_greater),
    "DateGreaterThanEquals": Meaning(compare.moment_greater_equal),
    "Bool": Meaning(compare.same_boolean),
    "BinaryEquals": Meaning(compare.same_octets),
    "IpAddress": Meaning(compare.within),
    "NotIpAddress": Meaning(compare.within, negated=True),
    "ArnEquals": Meaning(compare.arn_like, variables=True),
    "ArnLike": Meaning(compare.arn_like, variables=True),
    "ArnNotEquals": Meaning(compare.arn_like, negated=True, variables=True),
    "ArnNotLike": Meaning(compare.arn_like, negated=True, variables=True),
}


class Operator(Struct, frozen=True):
    """`ForAnyValue:StringLikeIfExists` in its three parts. Case counts.

    IAM answers `MalformedPolicyDocument: Invalid Condition type : stringEquals` to another case.
    """

    base: str
    set_operator: SetOperator | None = None
    if_exists: bool = False

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """None for what is no operator. `NullIfExists` is read, for the parser to refuse."""
        head, colon, base = text.rpartition(":")
        if colon and head not in tuple(SetOperator):
            return None
        if_exists = base.endswith(_IF_EXISTS)
        base = base.removesuffix(_IF_EXISTS)
        if base != NULL and base not in MEANINGS:
            return None
        return cls(base, SetOperator(head) if colon else None, if_exists)

    def __str__(self) -> str:
        head = f"{self.set_operator}:" if self.set_operator else ""
        return f"{head}{self.base}{_IF_EXISTS if self.if_exists else ''}"
