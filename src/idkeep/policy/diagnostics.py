"""What is wrong or odd in a policy document: the rule, its AWS page, and the place."""

from enum import StrEnum

from msgspec import Struct

from idkeep.errors import IdkeepError
from idkeep.policy.source import Path

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide/"
_GRAMMAR = f"{_IAM}reference_policies_grammar.html"
_CHECKS = f"{_IAM}access-analyzer-reference-policy-checks.html"
_CONDITION = f"{_IAM}reference_policies_elements_condition.html"
_OPERATORS = f"{_IAM}reference_policies_elements_condition_operators.html"
_PRINCIPAL = f"{_IAM}reference_policies_elements_principal.html"
_RESOURCE = f"{_IAM}reference_policies_elements_resource.html"
_VARIABLES = f"{_IAM}reference_policies_variables.html"
_SID = f"{_IAM}reference_policies_elements_sid.html"
_RCP = f"{_ORGANIZATIONS}orgs_manage_policies_rcps_syntax.html"
_SCP = f"{_ORGANIZATIONS}orgs_manage_policies_scps_syntax.html"


class Rule(StrEnum):
    """The rules of the policy language that a document can break. `page` is whose rule it is."""

    JSON = "json-syntax"
    CHARACTERS = "unsupported-characters"
    DOCUMENT = "policy-is-an-object"
    ELEMENT = "invalid-policy-element"
    ELEMENT_TYPE = "data-type-mismatch"
    REPEATED_KEY = "repeated-key"
    VERSION = "invalid-version"
    VERSION_REQUIRED = "version-required"
    ID = "id-in-identity-policy"
    STATEMENT = "missing-statement"
    SID_CHARACTERS = "unsupported-sid"
    SID_UNIQUE = "unique-sids-required"
    EFFECT = "invalid-effect"
    EFFECT_REQUIRED = "missing-effect"
    RCP_EFFECT = "rcp-effect"
    EXCLUSIVE = "unsupported-element-combination"
    ACTION_REQUIRED = "missing-action"
    ACTION_FORM = "action-form"
    ACTION_VENDOR = "action-vendor-wildcard"
    RCP_ACTION = "rcp-action"
    RESOURCE_REQUIRED = "missing-resource"
    SCP_RESOURCE = "scp-missing-resource"
    TRUST_RESOURCE = "trust-policy-resource"
    RESOURCE_FORM = "resource-form"
    PRINCIPAL_REQUIRED = "missing-principal"
    PRINCIPAL_FORBIDDEN = "unsupported-principal"
    PRINCIPAL_FORM = "invalid-principal-format"
    PRINCIPAL_KEY = "invalid-principal-key"
    PRINCIPAL_WILDCARD = "unsupported-wildcard-in-principal"
    NOT_PRINCIPAL = "not-principal"
    RCP_PRINCIPAL = "rcp-principal"
    CONDITION_FORM = "condition-form"
    OPERATOR = "invalid-condition-operator"
    NULL_IF_EXISTS = "null-with-if-exists"
    KEY_CASE = "duplicate-keys-with-different-case"
    KEY_FORM = "invalid-condition-key-format"
    EMPTY = "empty-element"
    VARIABLE_FORM = "variable-form"
    VARIABLE_PLACE = "variable-unsupported-here"
    VARIABLE_VERSION = "variable-unsupported-in-version"

    @property
    def page(self) -> str:
        return _PAGES[self]


class Diagnostic(Struct, frozen=True):
    """One rule and the place that breaks it; line and column count from 1."""

    rule: Rule
    message: str
    path: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}: {self.message} ({self.rule})"


class PolicyError(IdkeepError):
    """AWS refuses this document. `problems` has every reason found, in reading order."""

    def __init__(self, problems: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems

    @property
    def rule(self) -> Rule:
        return self.problems[0].rule

    @property
    def line(self) -> int:
        return self.problems[0].line

    @property
    def column(self) -> int:
        return self.problems[0].column


_PAGES = {
    Rule.JSON: _CHECKS,
    Rule.CHARACTERS: f"{_IAM}reference_iam-quotas.html",
    Rule.DOCUMENT: _GRAMMAR,
    Rule.ELEMENT: _CHECKS,
    Rule.ELEMENT_TYPE: _CHECKS,
    Rule.REPEATED_KEY: _GRAMMAR,
    Rule.VERSION: f"{_IAM}reference_policies_elements_version.html",
    Rule.VERSION_REQUIRED: _RCP,
    Rule.ID: _GRAMMAR,
    Rule.STATEMENT: _CHECKS,
    Rule.SID_CHARACTERS: _SID,
    Rule.SID_UNIQUE: _SID,
    Rule.EFFECT: f"{_IAM}reference_policies_elements_effect.html",
    Rule.EFFECT_REQUIRED: _CHECKS,
    Rule.RCP_EFFECT: _RCP,
    Rule.EXCLUSIVE: f"{_IAM}reference_policies_elements.html",
    Rule.ACTION_REQUIRED: _CHECKS,
    Rule.ACTION_FORM: f"{_IAM}reference_policies_elements_action.html",
    Rule.ACTION_VENDOR: f"{_IAM}reference_policies_elements_action.html",
    Rule.RCP_ACTION: _RCP,
    Rule.RESOURCE_REQUIRED: _RESOURCE,
    Rule.SCP_RESOURCE: _SCP,
    Rule.TRUST_RESOURCE: f"{_IAM}id_roles_terms-and-concepts.html",
    Rule.RESOURCE_FORM: _RESOURCE,
    Rule.PRINCIPAL_REQUIRED: _PRINCIPAL,
    Rule.PRINCIPAL_FORBIDDEN: _PRINCIPAL,
    Rule.PRINCIPAL_FORM: _CHECKS,
    Rule.PRINCIPAL_KEY: _CHECKS,
    Rule.PRINCIPAL_WILDCARD: _PRINCIPAL,
    Rule.NOT_PRINCIPAL: f"{_IAM}reference_policies_elements_notprincipal.html",
    Rule.RCP_PRINCIPAL: _RCP,
    Rule.CONDITION_FORM: _CONDITION,
    Rule.OPERATOR: _OPERATORS,
    Rule.NULL_IF_EXISTS: _OPERATORS,
    Rule.KEY_CASE: _CHECKS,
    Rule.KEY_FORM: _CHECKS,
    Rule.EMPTY: _CHECKS,
    Rule.VARIABLE_FORM: _VARIABLES,
    Rule.VARIABLE_PLACE: _VARIABLES,
    Rule.VARIABLE_VERSION: _VARIABLES,
}
