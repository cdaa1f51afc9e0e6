"""Condition keys: whether they exist, suit their operator, and come with the actions they judge.

Keys and their types are the catalog's; what a missing key does to an operator:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Iterator
from functools import lru_cache

from idkeep.catalog import Catalog, ConditionKey, GlobalKey, KeyType
from idkeep.policy.condition import Condition
from idkeep.policy.document import Effect, NotAction, PolicyKind, Statement
from idkeep.policy.linting.codes import Category
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.linting.known import (
    carries,
    listed_services,
    literal,
    meant,
    near,
    tags_of_resources,
)
from idkeep.policy.operators import MEANINGS, NULL, Operator, SetOperator
from idkeep.policy.source import Path

_FAMILIES = ("String", "Numeric", "Date", "Bool", "Binary", "Arn", "Null")
_SUITS: dict[KeyType, frozenset[str]] = {
    KeyType.STRING: frozenset({"String"}),
    KeyType.ARN: frozenset({"Arn", "String"}),
    KeyType.BOOL: frozenset({"Bool"}),
    KeyType.NUMERIC: frozenset({"Numeric"}),
    KeyType.DATE: frozenset({"Date"}),
    KeyType.IP_ADDRESS: frozenset({"IpAddress"}),
    KeyType.BINARY: frozenset({"Binary"}),
}
_TAGGED = ("aws:resourcetag", "aws:requesttag", "aws:principaltag")
_RESOURCE_TAG = "aws:resourcetag/"
# "used carefully", since the caller sets them:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_OF_THE_CALLER = frozenset({"aws:referer", "aws:useragent"})


def family(operator: Operator) -> str:
    """`String`, `Numeric`, `Date`, `Bool`, `Binary`, `Arn`, `IpAddress` or `Null`."""
    return next((one for one in _FAMILIES if operator.base.startswith(one)), "IpAddress")


def positive(condition: Condition) -> bool:
    """Whether it is false where the key is missing."""
    operator = condition.operator
    if operator.if_exists or operator.base == NULL:
        return False
    if operator.set_operator is SetOperator.FOR_ALL_VALUES:
        return False
    return operator.set_operator is SetOperator.FOR_ANY_VALUE or not negated(operator)


def negated(operator: Operator) -> bool:
    return operator.base != NULL and MEANINGS[operator.base].negated


def keys(subject: Subject) -> Iterator[Remark]:
    for statement in subject.statements:
        for condition, at in subject.conditions(statement):
            yield from _key(condition, statement, at, subject)


def _key(
    condition: Condition, statement: Statement, at: Path, subject: Subject
) -> Iterator[Remark]:
    name = condition.key
    if ":" not in name:
        return
    if name.lower().rstrip("/") in _TAGGED:
        message = f"{name} needs the tag's key: {name.rstrip('/')}/tag-key"
        yield Remark("MISSING_TAG_KEY_IN_CONDITION", message, at, key=True)
        return
    known = subject.catalog.key(name)
    if known is None:
        yield from _unknown(name, at, subject.catalog)
        return
    if name.lower() in _OF_THE_CALLER:
        message = f"{name} is what the caller says it is"
        yield Remark("UNTRUSTWORTHY_CONDITION_KEY", message, at, key=True)
    yield from _operator(condition, known, statement, at)
    yield from _services(known, statement, at, subject)
    if name.lower().startswith(_RESOURCE_TAG):
        yield from _resource_tags(condition, statement, at, subject)
    yield from _actions(condition, statement, at, subject)
    if name.lower() == "s3:resourceaccount" and subject.kind is PolicyKind.RESOURCE:
        message = f"{name} says nothing in the policy of the resource itself"
        yield Remark("IRRELEVANT_CONDITION_KEY_IN_POLICY", message, at, key=True)


def _unknown(name: str, at: Path, catalog: Catalog) -> Iterator[Remark]:
    """A key that the catalog lacks. Of a token's claims it has the best known only."""
    prefix = name.partition(":")[0]
    if "." in prefix or "/" in prefix or prefix.lower() == "saml":
        return
    if name.lower() == "aws:arn":
        message = "aws:ARN is out of use; the principal's is aws:PrincipalArn"
        yield Remark("DEPRECATED_GLOBAL_CONDITION_KEY", message, at, key=True)
        return
    in_use = prefix.lower() == "aws"
    service = catalog.service(prefix)
    stem, slash, _ = name.partition("/")
    if service and slash and service.key(f"{stem}/tag-key"):
        return  # AWS's reference writes some tags' keys with a word for a placeholder
    if not in_use and service is None:
        slip = near(prefix, frozenset(catalog.services))
        code = "INVALID_SERVICE"
        meaning = f"the key {name} is of no service that the catalog of {catalog.date} has"
    else:
        slip = near(name, _keys(catalog, prefix.lower()))
        code = "INVALID_GLOBAL_CONDITION_KEY" if in_use else "INVALID_SERVICE_CONDITION_KEY"
        meaning = f"the catalog of {catalog.date} has no condition key {name}"
    hint = f"; did you mean {slip}?" if slip else ""
    category = None if slip else Category.NOTE
    yield Remark(code, f"{meaning}{hint}", at, key=True, category=category)


@lru_cache(maxsize=1024)
def _keys(catalog: Catalog, prefix: str) -> frozenset[str]:
    if prefix == "aws":
        return frozenset(one.name for one in catalog.facts.global_keys)
    service = catalog.service(prefix)
    return frozenset(one.name for one in service.keys) if service else frozenset()


def _operator(
    condition: Condition, known: ConditionKey | GlobalKey, statement: Statement, at: Path
) -> Iterator[Remark]:
    operator, name = condition.operator, condition.key
    used = family(operator)
    arns = all(one.startswith(("arn:", "${")) or one == "*" for one in condition.values)
    if used == "Arn" and known.type is KeyType.STRING and arns:
        pass  # a tag, or the like, that holds an ARN
    elif used != "Null" and used not in _suiting(known):
        wanted = " or ".join(sorted(_suiting(known)))
        message = (
            f"{name} is of the type {known.type}: {operator.base} does not suit it, {wanted} does"
        )
        yield Remark("TYPE_MISMATCH", message, at[:-1], key=True)
    elif known.type is KeyType.ARN and operator.base in ("StringLike", "StringNotLike"):
        arn = operator.base.replace("String", "Arn")
        message = f"{name} is an ARN: {arn} keeps a wildcard within its field, {operator.base} not"
        yield Remark("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", message, at[:-1], key=True)
    yield from _set_operator(condition, known, statement, at)


def _suiting(known: ConditionKey | GlobalKey) -> frozenset[str]:
    suits = _SUITS[known.type]
    lowered = known.name.lower()
    # "works with numeric and date operators":
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-epochtime
    if known.type is KeyType.DATE and lowered == "aws:epochtime":
        return suits | {"Numeric"}
    return suits


def _set_operator(
    condition: Condition, known: ConditionKey | GlobalKey, statement: Statement, at: Path
) -> Iterator[Remark]:
    operator, name = condition.operator, condition.key
    audience = name.lower().endswith(":aud")
    if operator.base == NULL:
        if operator.set_operator:
            message = f"{operator} is always the same; use Null alone"
            yield Remark("NULL_WITH_QUALIFIER", message, at[:-1], key=True)
    elif known.multivalued and operator.set_operator is None:
        message = f"{name} has several values: say ForAllValues or ForAnyValue"
        yield Remark("MISSING_QUALIFIER", message, at[:-1], key=True)
    elif known.multivalued and operator.set_operator is SetOperator.FOR_ALL_VALUES:
        if statement.effect is Effect.ALLOW and not _null_check(statement, name):
            message = f'a request without {name} passes; add "Null": {{"{name}": "false"}}'
            yield Remark("FORALLVALUES_WITHOUT_NULL_CHECK", message, at[:-1], key=True)
    elif operator.set_operator is SetOperator.FOR_ALL_VALUES and not known.multivalued:
        if statement.effect is Effect.ALLOW:
            message = f"{name} has one value, and a request without it passes ForAllValues"
            yield Remark("FORALLVALUES_WITH_SINGLE_VALUED_KEY", message, at[:-1], key=True)
    elif operator.set_operator is SetOperator.FOR_ANY_VALUE and audience:
        message = f"{name} has one value: leave ForAnyValue out"
        yield Remark("FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE", message, at[:-1], key=True)


def _null_check(statement: Statement, key: str) -> bool:
    return any(
        one.operator.base == NULL
        and one.key.lower() == key.lower()
        and [value.lower() for value in one.values] == ["false"]
        for one in statement.conditions
    )


def _services(
    known: ConditionKey | GlobalKey, statement: Statement, at: Path, subject: Subject
) -> Iterator[Remark]:
    """A key that some services send, on actions of others."""
    if not isinstance(known, GlobalKey) or known.services is None:
        return
    if isinstance(statement.action, NotAction):
        others = "services that are not listed in NotAction"
    else:
        every = listed_services(statement, subject.catalog)
        without = [one for one in every if one not in known.services]
        if not without:
            return
        others = ", ".join(without[:4]) + (" …" if len(without) > 4 else "")  # noqa: PLR2004
    message = f"AWS lists {len(known.services)} services that send {known.name}, without {others}"
    yield Remark("USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES", message, at, key=True)


def _resource_tags(
    condition: Condition, statement: Statement, at: Path, subject: Subject
) -> Iterator[Remark]:
    if not positive(condition):
        return
    effect = "DENY" if statement.effect is Effect.DENY else "ALLOW"
    does = "denied" if statement.effect is Effect.DENY else "allowed"
    if isinstance(statement.action, NotAction):
        code = f"{effect}_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
        message = f"actions that do not carry {condition.key} are not {does}"
        yield Remark(code, message, at, key=True)
        return
    named = meant(statement, subject.catalog)
    if named is None:
        return
    services = listed_services(statement, subject.catalog)
    without = [one for one in services if tags_of_resources(subject.catalog, one) is False]
    if without:
        code = f"{effect}_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE"
        message = f"{', '.join(without)}: not {does}, since {condition.key} is not sent"
        yield Remark(code, message, at, key=True)


def _actions(
    condition: Condition, statement: Statement, at: Path, subject: Subject
) -> Iterator[Remark]:
    """Actions of the statement that never carry the key."""
    named = meant(statement, subject.catalog)
    if not named:
        return
    name = condition.key
    told = {one: carries(subject.catalog, one, name) for one in named}
    if all(one is False for one in told.values()):
        yield _by_none(condition, statement, at)
        return
    if condition.operator.if_exists or condition.operator.base == NULL:
        return
    if name.lower().startswith(_RESOURCE_TAG):
        return  # by service, as AWS has it
    wrong = [
        f"{one}"
        for one in statement.action.patterns
        if literal(one) and carries(subject.catalog, one, name) is False
    ]
    if wrong:
        does = "holds" if not positive(condition) else "fails"
        message = f"{', '.join(wrong)}: never with {name}, so that the condition always {does}"
        yield Remark("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", message, at, key=True)


def _by_none(condition: Condition, statement: Statement, at: Path) -> Remark:
    name = condition.key
    if not positive(condition):
        message = f"no action of the statement carries {name}: the condition always holds"
        return Remark("CONDITION_KEY_WITHOUT_ACTION", message, at, key=True)
    if statement.effect is Effect.DENY:
        message = f"no action of the statement carries {name}, so that nothing is ever denied"
        return Remark("DENY_NEVER_APPLIES", message, at, key=True)
    message = f"no action of the statement carries {name}, so that it allows nothing"
    return Remark("STATEMENT_HAS_NO_EFFECT", message, at, key=True)


def unqualified_claims(subject: Subject) -> Iterator[Remark]:
    """The audience of a token that the catalog does not know: one value or several."""
    for statement in subject.statements:
        for condition, at in subject.conditions(statement):
            name = condition.key
            claim = name.lower().endswith(":aud") and "." in name.partition(":")[0]
            if claim and condition.operator.set_operator and subject.catalog.key(name) is None:
                message = f"whether {name} has one value or several is its provider's to say"
                yield Remark("CONFIRM_AUDIENCE_CLAIM_TYPE", message, at[:-1], key=True)


def nothing_meant(subject: Subject) -> Iterator[Remark]:
    """Statements of which every action is retired or unknown to a service that the catalog has."""
    for statement in subject.statements:
        patterns = statement.action.patterns
        if isinstance(statement.action, NotAction) or not patterns:
            continue
        if meant(statement, subject.catalog) == () and all(
            subject.catalog.expand(one, retired=True) for one in patterns
        ):
            message = "every action of the statement is retired"
            yield Remark("STATEMENT_HAS_NO_EFFECT", message, path_of(statement))
