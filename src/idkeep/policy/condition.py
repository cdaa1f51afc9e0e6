"""One line of a `Condition` element, and whether it holds.

- Values are joined by OR, under a negated operator by NOR; keys and operators by AND:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
- A missing key makes a condition false, a negated one true, `…IfExists` true, `ForAllValues` true,
  `ForAnyValue` false; of `ForAnyValue:…IfExists` the pages say both:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from idkeep.policy.compare import ValueTest, boolean
from idkeep.policy.context import Context, NotKnown
from idkeep.policy.expression import Open, Truth, Undocumented, all_of
from idkeep.policy.operators import MEANINGS, NULL, Meaning, Operator, SetOperator
from idkeep.policy.pattern import glob
from idkeep.policy.variables import NoValue, Version, has_variables, resolve

_NO_VALUES = "there is no value to compare with"


class Condition(Struct, frozen=True):
    """One operator, one key, the values it is compared with."""

    operator: Operator
    key: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        values = self.values[0] if len(self.values) == 1 else f"[{', '.join(self.values)}]"
        return f"{self.operator} {self.key} {values}"


class Holds(Struct, frozen=True):
    """The condition as a question still open; `version` is its policy's."""

    condition: Condition
    version: Version

    def evaluate(self, context: Context) -> Truth:
        return holds(self.condition, self.version, context)

    def __str__(self) -> str:
        return str(self.condition)


def all_hold(conditions: Iterable[Condition], version: Version, context: Context) -> Truth:
    """Every line of a `Condition` element; true for none."""
    return all_of(holds(condition, version, context) for condition in conditions)


def holds(condition: Condition, version: Version, context: Context) -> Truth:
    """Whether the condition holds, is open on unknown keys, or is not documented by AWS."""
    given = context.get(condition.key)
    if isinstance(given, NotKnown):
        return Open(Holds(condition, version))
    if version is Version.CURRENT and "${" in condition.key:
        return Open(Undocumented(f"{condition}: a variable in a key's name"))
    answer = _answer(condition, version, context, given)
    if isinstance(answer, bool):
        return answer
    if isinstance(answer, NotKnown):
        return Open(Holds(condition, version))
    return Open(Undocumented(f"{condition}: {answer.why}"))


# While values are compared, an open answer is an unknown variable or a doubt, and no expression:
# what is left to decide is the condition as a whole.
_Answer: TypeAlias = bool | NotKnown | Undocumented


def _answer(
    condition: Condition, version: Version, context: Context, given: tuple[str, ...]
) -> _Answer:
    operator = condition.operator
    if operator.base == NULL:
        return _null(condition, given)
    if not condition.values:
        return _without_values(operator, given)
    doubt, prepared = _prepared(operator.base, condition.values, version is Version.CURRENT)
    if doubt:
        return Undocumented(doubt)
    if not given:
        return _for_missing_key(operator)
    if operator.set_operator and not any(given):
        # "If the key values in the request resolve to an empty data set (for example, an empty
        # string), ForAllValues returns true, and ForAnyValue returns false."
        return operator.set_operator is SetOperator.FOR_ALL_VALUES
    meaning = MEANINGS[operator.base]
    asked = [_asked(each, meaning, version, context) for each in prepared]
    return _over_values(operator, [_one(asked, value, meaning) for value in given])


def _null(condition: Condition, given: tuple[str, ...]) -> _Answer:
    """`true`: the key doesn't exist; `false`: it exists and its value is not null.

    Whether an empty string is null is said for keys with several values only ("context keys with
    empty values"), in https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition_examples-multi-valued-context-keys.html
    """
    if condition.operator.set_operator:
        # "Null with qualifier: … always return a true or false respectively":
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
        return condition.operator.set_operator is SetOperator.FOR_ALL_VALUES
    if not condition.values:
        return Undocumented(_NO_VALUES)
    wanted = {boolean(value) for value in condition.values}
    if None in wanted:
        return Undocumented("only true and false have a meaning")
    if wanted == {True, False}:
        return True
    if given and not any(given):
        return Undocumented("the key is present with an empty value")
    return (not given) in wanted


def _for_missing_key(operator: Operator) -> bool | Undocumented:
    if operator.if_exists:
        # "evaluate the condition element as true", and "if the key does not exist, the condition
        # returns false".
        any_value = operator.set_operator is SetOperator.FOR_ANY_VALUE
        return Undocumented("ForAnyValue with IfExists, and no such key") if any_value else True
    if operator.set_operator:
        return operator.set_operator is SetOperator.FOR_ALL_VALUES
    return MEANINGS[operator.base].negated


def _without_values(operator: Operator, given: tuple[str, ...]) -> bool | Undocumented:
    """What an empty list asks, which some forms of operator have an answer for.

    `ForAllValues` and `…IfExists` match "only if the key is missing from the request context",
    `ForAnyValue` never. Of an operator by itself the page says that the condition "returns true"
    and that the statement "provides no permissions"; of a negated one nothing. Source: "Empty array
    condition" in https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """
    doubt = Undocumented(_NO_VALUES)
    if MEANINGS[operator.base].negated:
        return doubt
    match operator.set_operator:
        case SetOperator.FOR_ANY_VALUE:
            return doubt if operator.if_exists and not given else False
        case SetOperator.FOR_ALL_VALUES:
            return not any(given)
        case None:
            return not given if operator.if_exists else doubt


@lru_cache(maxsize=8192)
def _prepared(
    base: str,
    values: tuple[str, ...],
    variables: bool,  # noqa: FBT001 -- a key of the cache
) -> tuple[str, tuple[ValueTest | str, ...]]:
    """A test for each value, or its text where it waits for a context; and why neither can be."""
    meaning = MEANINGS[base]
    version = Version.CURRENT if variables else Version.OLD
    waiting = [has_variables(value, version) for value in values]
    if any(waiting) and not meaning.variables:
        return f"a policy variable under {base}", ()
    return "", tuple(
        value if waits else _fixed(value, version, meaning)
        for value, waits in zip(values, waiting, strict=True)
    )


def _fixed(value: str, version: Version, meaning: Meaning) -> ValueTest:
    pattern = resolve(value, version, Context()) if meaning.variables else glob(value)
    assert isinstance(pattern, tuple), "nothing in it waits for a context"
    return meaning.comparison(pattern)


def _asked(
    each: ValueTest | str, meaning: Meaning, version: Version, context: Context
) -> ValueTest | _Answer:
    if not isinstance(each, str):
        return each
    pattern = resolve(each, version, context)
    if isinstance(pattern, tuple):
        return meaning.comparison(pattern)
    return False if isinstance(pattern, NoValue) else pattern


def _one(asked: list[ValueTest | _Answer], given: str, meaning: Meaning) -> _Answer:
    """One of the request's values against all of the policy's: OR, or NOR where negated."""
    opened: list[_Answer] = []
    for each in asked:
        answer = each(given) if callable(each) else each
        if answer is True:
            return not meaning.negated
        if answer is not False:
            opened.append(answer)
    return _first_open(opened) or meaning.negated


def _over_values(operator: Operator, answers: list[_Answer]) -> _Answer:
    """What the answers of the request's several values come to."""
    first = answers[0]
    if len(answers) == 1:
        return first
    match operator.set_operator:
        case SetOperator.FOR_ALL_VALUES:
            return False if False in answers else _first_open(answers) or True
        case SetOperator.FOR_ANY_VALUE:
            return True if True in answers else _first_open(answers) or False
        case None:
            # A key with several values "requires a condition set operator". Where every value
            # gives the same answer, so does every reading of a condition without one.
            if isinstance(first, bool) and all(answer is first for answer in answers):
                return first
            several = Undocumented(f"{len(answers)} values without a set operator")
            return _first_open(answers) or several


def _first_open(answers: list[_Answer]) -> NotKnown | Undocumented | None:
    """What could still be learnt first, since a doubt may fall away with it."""
    opened = [answer for answer in answers if not isinstance(answer, bool)]
    unknown = (answer for answer in opened if isinstance(answer, NotKnown))
    return next(unknown, None) or next(iter(opened), None)
