"""What the parser says, in ValidatePolicy's codes; and what is empty, which it only notes."""

from collections.abc import Iterator

from idkeep.policy.diagnostics import Diagnostic, Rule
from idkeep.policy.document import PolicyKind
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.operators import Operator, SetOperator
from idkeep.policy.source import JsonValue, Path

_CODES: dict[Rule, str] = {
    Rule.JSON: "JSON_SYNTAX_ERROR",
    Rule.CHARACTERS: "UNSUPPORTED_CHARACTER",
    Rule.DOCUMENT: "DATA_TYPE_MISMATCH",
    Rule.ELEMENT: "INVALID_POLICY_ELEMENT",
    Rule.ELEMENT_TYPE: "DATA_TYPE_MISMATCH",
    Rule.REPEATED_KEY: "REPEATED_KEY",
    Rule.VERSION: "INVALID_VERSION",
    Rule.VERSION_REQUIRED: "VERSION_REQUIRED",
    Rule.ID: "ID_IN_IDENTITY_POLICY",
    Rule.STATEMENT: "MISSING_STATEMENT",
    Rule.SID_CHARACTERS: "UNSUPPORTED_SID",
    Rule.EFFECT: "INVALID_EFFECT",
    Rule.EFFECT_REQUIRED: "MISSING_EFFECT",
    Rule.RCP_EFFECT: "RCP_SYNTAX_ERROR_ALLOW",
    Rule.EXCLUSIVE: "UNSUPPORTED_ELEMENT_COMBINATION",
    Rule.ACTION_REQUIRED: "MISSING_ACTION",
    Rule.ACTION_FORM: "INVALID_ACTION",
    Rule.ACTION_VENDOR: "WILDCARD_IN_ACTION_SERVICE",
    Rule.RCP_ACTION: "RCP_SYNTAX_ERROR_NOTACTION",
    Rule.RESOURCE_REQUIRED: "MISSING_RESOURCE",
    Rule.SCP_RESOURCE: "MISSING_RESOURCE",
    Rule.TRUST_RESOURCE: "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
    Rule.RESOURCE_FORM: "INVALID_ARN_PREFIX",
    Rule.PRINCIPAL_REQUIRED: "MISSING_PRINCIPAL",
    Rule.PRINCIPAL_FORM: "INVALID_PRINCIPAL_FORMAT",
    Rule.PRINCIPAL_KEY: "INVALID_PRINCIPAL_KEY",
    Rule.PRINCIPAL_WILDCARD: "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    Rule.RCP_PRINCIPAL: "RCP_SYNTAX_ERROR_PRINCIPAL",
    Rule.CONDITION_FORM: "DATA_TYPE_MISMATCH",
    Rule.OPERATOR: "INVALID_CONDITION_OPERATOR",
    Rule.NULL_IF_EXISTS: "NULL_WITH_IF_EXISTS",
    Rule.KEY_CASE: "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
    Rule.KEY_FORM: "INVALID_CONDITION_KEY_FORMAT",
    Rule.VARIABLE_VERSION: "VARIABLE_UNSUPPORTED_IN_VERSION",
}
_VARIABLE_CODES = (
    ("brace", "MISSING_BRACE_IN_VARIABLE"),
    ("empty", "EMPTY_VARIABLE"),
    ("space", "UNSUPPORTED_SPACE_IN_VARIABLE"),
    ("quotes", "MISSING_QUOTE_IN_VARIABLE"),
)
# These rules have a better place: `resources` tells the forms of an ARN apart, `empty` the lists.
_ELSEWHERE = frozenset({Rule.EMPTY})
_NAMES = frozenset(
    {
        Rule.ELEMENT,
        Rule.EXCLUSIVE,
        Rule.PRINCIPAL_FORBIDDEN,
        Rule.PRINCIPAL_KEY,
        Rule.NOT_PRINCIPAL,
        Rule.TRUST_RESOURCE,
        Rule.RCP_ACTION,
        Rule.OPERATOR,
        Rule.NULL_IF_EXISTS,
        Rule.KEY_CASE,
        Rule.KEY_FORM,
        Rule.REPEATED_KEY,
    }
)


def code_of(  # noqa: PLR0911 -- a table of what needs more than a table
    said: Diagnostic, kind: PolicyKind, *, refused: bool
) -> str:
    """ValidatePolicy's word for it; empty where another rule says it better."""
    match said.rule:
        case Rule.SID_UNIQUE:
            return "UNIQUE_SIDS_REQUIRED" if refused else "UNIQUE_SIDS_RECOMMENDED"
        case Rule.PRINCIPAL_FORBIDDEN:
            return (
                "SCP_SYNTAX_ERROR_PRINCIPAL" if kind is PolicyKind.SCP else "UNSUPPORTED_PRINCIPAL"
            )
        case Rule.NOT_PRINCIPAL:
            trust = kind is PolicyKind.TRUST
            return (
                "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL"
                if trust
                else "ALLOW_WITH_NOT_PRINCIPAL"
            )
        case Rule.ACTION_FORM if "${" in said.message:
            return "VARIABLE_UNSUPPORTED_IN_ELEMENT"
        case Rule.RESOURCE_FORM if not said.message.endswith("nor *"):
            return ""
        case Rule.VARIABLE_PLACE:
            in_condition = "Condition" in said.path
            return (
                "INVALID_VARIABLE_FOR_OPERATOR"
                if in_condition
                else "VARIABLE_UNSUPPORTED_IN_ELEMENT"
            )
        case Rule.VARIABLE_FORM:
            return next(
                (code for word, code in _VARIABLE_CODES if word in said.message),
                "MISSING_BRACE_IN_VARIABLE",
            )
        case rule if rule in _ELSEWHERE:
            return ""
        case rule:
            return _CODES[rule]


def from_parser(
    said: tuple[Diagnostic, ...], kind: PolicyKind, *, refused: bool
) -> Iterator[Remark]:
    for one in said:
        if code := code_of(one, kind, refused=refused):
            yield Remark(code, one.message, one.path, key=one.rule in _NAMES)


def elements(subject: Subject) -> Iterator[Remark]:
    """What is missing, empty or of mixed types, told from the JSON itself."""
    if "Version" not in subject.root:
        yield Remark("MISSING_VERSION", "say which version of the language: 2012-10-17", ())
    for statement in subject.statements:
        written = subject.written[statement.index]
        if isinstance(written, dict):
            yield from _statement(written, path_of(statement))


def _statement(written: dict[str, JsonValue], at: Path) -> Iterator[Remark]:
    if written.get("Sid") == "":
        yield Remark("EMPTY_SID_VALUE", "the Sid is empty", (*at, "Sid"))
    for name, code in (
        ("Action", "EMPTY_ARRAY_ACTION"),
        ("NotAction", "EMPTY_ARRAY_ACTION"),
        ("Resource", "EMPTY_ARRAY_RESOURCE"),
        ("NotResource", "EMPTY_ARRAY_RESOURCE"),
    ):
        if written.get(name) == []:
            message = f"{name} lists nothing: the statement does not affect the policy"
            yield Remark(code, message, (*at, name))
    for name in ("Principal", "NotPrincipal"):
        yield from _principal(written.get(name), (*at, name))
    yield from _conditions(written.get("Condition"), (*at, "Condition"))


def _principal(given: JsonValue, at: Path) -> Iterator[Remark]:
    if given == {}:
        yield Remark("EMPTY_OBJECT_PRINCIPAL", f"{at[-1]} names nobody", at)
    elif isinstance(given, dict):
        for kind, named in given.items():
            if named == []:
                yield Remark("EMPTY_ARRAY_PRINCIPAL", f"{kind} names nobody", (*at, kind))


def _conditions(given: JsonValue, at: Path) -> Iterator[Remark]:
    if not isinstance(given, dict):
        return
    if not given:
        yield Remark("EMPTY_OBJECT_CONDITION", "the condition block is empty", at)
    for name, keys in given.items():
        if keys == {}:
            yield Remark("EMPTY_OBJECT_CONDITION", f"{name} has no key", (*at, name))
        if not isinstance(keys, dict):
            continue
        operator = Operator.parse(name)
        for key, values in keys.items():
            if values == [] and operator:
                yield _no_values(operator, key, (*at, name, key))
            elif isinstance(values, list) and len({type(one) for one in values}) > 1:
                message = f"the values of {key} are of different JSON types"
                yield Remark("INVALID_CONDITION_DATA_TYPE", message, (*at, name, key))


def _no_values(operator: Operator, key: str, at: Path) -> Remark:
    missing = f"holds only where {key} is missing; say so with Null"
    if operator.set_operator is SetOperator.FOR_ALL_VALUES:
        return Remark(
            "EMPTY_ARRAY_CONDITION_FORALLVALUES", f"ForAllValues of nothing {missing}", at
        )
    if operator.set_operator is SetOperator.FOR_ANY_VALUE:
        return Remark(
            "EMPTY_ARRAY_CONDITION_FORANYVALUE", f"{key}: any of nothing is never met", at
        )
    if operator.if_exists:
        return Remark("EMPTY_ARRAY_CONDITION_IFEXISTS", f"IfExists of nothing {missing}", at)
    return Remark("EMPTY_ARRAY_CONDITION", f"{key} has no value to compare with", at)
