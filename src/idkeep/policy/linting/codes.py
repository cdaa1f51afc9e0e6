"""What lint may find: the codes of IAM Access Analyzer's ValidatePolicy, and idkeep's own.

AWS's codes, their categories and what each means:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from msgspec import Struct

_IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/"
_CHECKS = f"{_IAM}access-analyzer-reference-policy-checks.html"
_ORGANIZATIONS = "https://docs.aws.amazon.com/organizations/latest/userguide/"


class Category(StrEnum):
    """AWS's four, and `NOTE` for what the catalog's age leaves open; gravest first.

    Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicyFinding.html
    """

    ERROR = "ERROR"
    SECURITY_WARNING = "SECURITY_WARNING"
    WARNING = "WARNING"
    SUGGESTION = "SUGGESTION"
    NOTE = "NOTE"

    def at_least(self, other: "Category") -> bool:
        return _RANK[self] <= _RANK[other]


_RANK = {category: n for n, category in enumerate(Category)}

# AWS's page in AWS's order. What is on it and not here is in docs/lint.md with the reason.
_AWS: Mapping[Category, str] = {
    Category.ERROR: """
        ARN_ACCOUNT_NOT_ALLOWED ARN_REGION_NOT_ALLOWED DATA_TYPE_MISMATCH
        DUPLICATE_KEYS_WITH_DIFFERENT_CASE INVALID_ACTION INVALID_ARN_ACCOUNT INVALID_ARN_PREFIX
        INVALID_ARN_REGION INVALID_ARN_RESOURCE INVALID_ARN_SERVICE_CASE
        INVALID_CONDITION_DATA_TYPE INVALID_CONDITION_KEY_FORMAT
        INVALID_CONDITION_MULTIPLE_BOOLEAN INVALID_CONDITION_OPERATOR INVALID_EFFECT
        INVALID_GLOBAL_CONDITION_KEY INVALID_PARTITION INVALID_POLICY_ELEMENT
        INVALID_PRINCIPAL_FORMAT INVALID_PRINCIPAL_KEY INVALID_REGION INVALID_SERVICE
        INVALID_SERVICE_CONDITION_KEY INVALID_SERVICE_IN_ACTION INVALID_VARIABLE_FOR_OPERATOR
        INVALID_VERSION JSON_SYNTAX_ERROR MISSING_ACTION MISSING_ARN_FIELD MISSING_ARN_REGION
        MISSING_EFFECT MISSING_PRINCIPAL MISSING_QUALIFIER MISSING_RESOURCE MISSING_STATEMENT
        NULL_WITH_IF_EXISTS SCP_SYNTAX_ERROR_PRINCIPAL UNIQUE_SIDS_REQUIRED
        UNSUPPORTED_ACTION_IN_POLICY UNSUPPORTED_ELEMENT_COMBINATION UNSUPPORTED_PRINCIPAL
        UNSUPPORTED_SID UNSUPPORTED_WILDCARD_IN_PRINCIPAL MISSING_BRACE_IN_VARIABLE
        MISSING_QUOTE_IN_VARIABLE UNSUPPORTED_SPACE_IN_VARIABLE EMPTY_VARIABLE
        VARIABLE_UNSUPPORTED_IN_ELEMENT VARIABLE_UNSUPPORTED_IN_VERSION PRIVATE_IP_ADDRESS
        PRIVATE_NOT_IP_ADDRESS POLICY_SIZE_EXCEEDS_SCP_QUOTA INVALID_SERVICE_PRINCIPAL_FORMAT
        MISSING_TAG_KEY_IN_CONDITION INVALID_VPC_FORMAT INVALID_VPCE_FORMAT
        FEDERATED_PRINCIPAL_NOT_SUPPORTED UNSUPPORTED_ACTION_FOR_CONDITION_KEY
        UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL
        ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE
        TYPE_MISMATCH_IP_RANGE MISSING_ACTION_FOR_CONDITION_KEY
        INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY MISMATCHED_ACTION_FOR_PRINCIPAL
        MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY POLICY_SIZE_EXCEEDS_RCP_QUOTA
        RCP_SYNTAX_ERROR_PRINCIPAL RCP_SYNTAX_ERROR_ALLOW RCP_SYNTAX_ERROR_NOTACTION
        RCP_SYNTAX_ERROR_ACTION MISSING_ARN_ACCOUNT INVALID_KMS_KEY_VALUE
        VARIABLE_USAGE_TOO_PERMISSIVE WILDCARD_USAGE_TOO_PERMISSIVE
        """,
    Category.WARNING: """
        CREATE_SLR_WITH_NOT_RESOURCE CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE
        CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE CREATE_SLR_WITH_STAR_IN_RESOURCE
        CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION
        DEPRECATED_GLOBAL_CONDITION_KEY INVALID_DATE_VALUE INVALID_ROLE_REFERENCE
        INVALID_USER_REFERENCE MISSING_VERSION UNIQUE_SIDS_RECOMMENDED
        WILDCARD_WITHOUT_LIKE_OPERATOR POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA
        POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA TYPE_MISMATCH TYPE_MISMATCH_BOOLEAN
        TYPE_MISMATCH_DATE TYPE_MISMATCH_NUMBER TYPE_MISMATCH_STRING
        SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA
        RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY
        RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY
        RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES
        """,
    Category.SECURITY_WARNING: """
        UNTRUSTWORTHY_CONDITION_KEY ALLOW_WITH_NOT_PRINCIPAL FORALLVALUES_WITH_SINGLE_VALUED_KEY
        PASS_ROLE_WITH_NOT_RESOURCE PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE
        PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE PASS_ROLE_WITH_STAR_IN_RESOURCE
        PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION
        MISSING_PAIRED_CONDITION_KEYS DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL
        MISSING_GITHUB_REPO_CONDITION_KEY STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS
        DYNAMODB_ATTRIBUTES_WITHOUT_SELECT S3_PREFIX_IN_NEGATIVE_CONTEXT
        FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE
        """,
    Category.SUGGESTION: """
        EMPTY_ARRAY_ACTION EMPTY_ARRAY_CONDITION EMPTY_ARRAY_CONDITION_FORALLVALUES
        EMPTY_ARRAY_CONDITION_FORANYVALUE EMPTY_ARRAY_CONDITION_IFEXISTS EMPTY_ARRAY_PRINCIPAL
        EMPTY_ARRAY_RESOURCE EMPTY_OBJECT_CONDITION EMPTY_OBJECT_PRINCIPAL EMPTY_SID_VALUE
        EQUIVALENT_TO_NULL_FALSE EQUIVALENT_TO_NULL_TRUE IMPROVE_IP_RANGE NULL_WITH_QUALIFIER
        PRIVATE_IP_ADDRESS_SUBSET PRIVATE_NOT_IP_ADDRESS_SUBSET REDUNDANT_ACTION
        REDUNDANT_CONDITION_VALUE_NUM REDUNDANT_RESOURCE REDUNDANT_STATEMENT
        WILDCARD_IN_SERVICE_NAME ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE
        RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL IRRELEVANT_CONDITION_KEY_IN_POLICY
        REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY
        REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION CONFIRM_AUDIENCE_CLAIM_TYPE
        """,
}

# idkeep's own: category, page, and what is found.
_OWN: Mapping[str, tuple[Category, str, str]] = {
    "UNSUPPORTED_CHARACTER": (
        Category.ERROR,
        f"{_IAM}reference_iam-quotas.html",
        "a character that IAM takes only as an escape",
    ),
    "REPEATED_KEY": (
        Category.ERROR,
        f"{_IAM}reference_policies_grammar.html",
        "a JSON key twice in one object: AWS does not say which one counts",
    ),
    "WILDCARD_IN_ACTION_SERVICE": (
        Category.ERROR,
        f"{_IAM}reference_policies_elements_action.html",
        "a wildcard in an action's service prefix, which IAM refuses",
    ),
    "VERSION_REQUIRED": (
        Category.ERROR,
        f"{_ORGANIZATIONS}orgs_manage_policies_rcps_syntax.html",
        "an SCP or RCP that is not of Version 2012-10-17",
    ),
    "SHARED_ISSUER_WITHOUT_TENANT": (
        Category.ERROR,
        f"{_IAM}id_roles_providers_oidc_secure-by-default.html",
        "trust in an identity provider of many tenants, with no condition on whose token it is",
    ),
    "POLICY_OVER_QUOTA": (
        Category.ERROR,
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
        "more statements, principals, conditions or actions than the service takes",
    ),
    "POLICY_SIZE_EXCEEDS_SESSION_POLICY_QUOTA": (
        Category.ERROR,
        f"{_IAM}reference_iam-quotas.html",
        "a session policy longer than STS takes",
    ),
    "POLICY_SIZE_EXCEEDS_ENDPOINT_POLICY_QUOTA": (
        Category.ERROR,
        "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html",
        "a VPC endpoint policy longer than its quota",
    ),
    "DENY_NEVER_APPLIES": (
        Category.SECURITY_WARNING,
        f"{_IAM}reference_policies_elements_condition_operators.html",
        "a Deny on a condition key that no request of its actions carries, so that it never denies",
    ),
    "ALLOW_WITH_NOT_ACTION": (
        Category.SECURITY_WARNING,
        f"{_IAM}reference_policies_elements_notaction.html",
        "Allow with NotAction: every action of every service, and of those to come",
    ),
    "ALLOW_WITH_NOT_RESOURCE": (
        Category.SECURITY_WARNING,
        f"{_IAM}reference_policies_elements_notresource.html",
        "Allow with NotResource: every resource, and those to come",
    ),
    "FORALLVALUES_WITHOUT_NULL_CHECK": (
        Category.SECURITY_WARNING,
        f"{_IAM}reference_policies_condition-single-vs-multi-valued-context-keys.html",
        "Allow with ForAllValues, which a request without the key passes, and no Null check",
    ),
    "ROLE_TRUSTS_ANYONE": (
        Category.SECURITY_WARNING,
        f"{_IAM}reference_policies_elements_principal.html",
        "a role that everybody may assume, without a condition",
    ),
    "ARN_PATTERN_WITHOUT_SIX_FIELDS": (
        Category.WARNING,
        f"{_IAM}reference_policies_elements_condition_operators.html#Conditions_ARN",
        "an ARN operator's pattern of fewer fields than the six that are compared one by one",
    ),
    "SOURCE_VPC_WITHOUT_REGION": (
        Category.WARNING,
        f"{_IAM}reference_policies_condition-keys.html#condition-keys-sourcevpc",
        "aws:SourceVpc without the Region, or aws:SourceVpcArn which has it",
    ),
    "DENY_BY_NETWORK_WITHOUT_SERVICE_EXEMPTION": (
        Category.WARNING,
        f"{_IAM}reference_policies_condition-keys.html#condition-keys-viaawsservice",
        "a Deny of other networks that also meets AWS services which act for you",
    ),
    "DENY_WITH_NOT_PRINCIPAL": (
        Category.WARNING,
        f"{_IAM}reference_policies_elements_notprincipal.html",
        "Deny with NotPrincipal, which AWS advises against: it denies all with a boundary",
    ),
    "RETIRED_ACTION": (
        Category.WARNING,
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
        "an action that AWS no longer lists",
    ),
    "ACTION_AND_RESOURCE_NEVER_MEET": (
        Category.WARNING,
        f"{_IAM}reference_policies_elements_resource.html",
        "an action and the statement's resources that fit each other in no request",
    ),
    "STATEMENT_HAS_NO_EFFECT": (
        Category.WARNING,
        f"{_IAM}reference_policies_elements_statement.html",
        "a statement that applies to no request",
    ),
    "ALLOW_SHADOWED_BY_DENY": (
        Category.WARNING,
        f"{_IAM}reference_policies_evaluation-logic_policy-eval-denyallow.html",
        "an Allow of which every request is denied by the same document",
    ),
    "CONDITION_KEY_WITHOUT_ACTION": (
        Category.WARNING,
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
        "a condition key that no action of the statement carries",
    ),
    "ROLE_TRUSTS_SERVICE_WITHOUT_SOURCE": (
        Category.SUGGESTION,
        f"{_IAM}confused-deputy.html",
        "a role that trusts a service on nobody's behalf in particular",
    ),
    "ID_IN_IDENTITY_POLICY": (
        Category.SUGGESTION,
        f"{_IAM}reference_policies_grammar.html",
        "an Id where the grammar has none",
    ),
    "RCP_REACHES_SOME_SERVICES": (
        Category.NOTE,
        f"{_ORGANIZATIONS}orgs_manage_policies_rcps.html",
        "a wildcard for all services in an RCP, which reaches some",
    ),
    "SCP_ALLOW_RESOURCE_DISPUTED": (
        Category.NOTE,
        f"{_ORGANIZATIONS}orgs_manage_policies_scps_syntax.html",
        "an SCP that allows by resource: announced in 2025, and denied by one sentence of the page",
    ),
}


class Issue(Struct, frozen=True, kw_only=True):
    """One code. `own`: idkeep's, AWS's validator has none like it."""

    code: str
    category: Category
    title: str
    page: str
    own: bool = False


_ANCHOR = {Category.WARNING: "general-warning", Category.SECURITY_WARNING: "security-warning"}


def _issues() -> Iterator[Issue]:
    for category, codes in _AWS.items():
        for code in codes.split():
            slug = code.lower().replace("_", "-")
            kind = _ANCHOR.get(category, category.lower())
            yield Issue(
                code=code,
                category=category,
                title=code.replace("_", " ").capitalize(),
                page=f"{_CHECKS}#access-analyzer-reference-policy-checks-{kind}-{slug}",
            )
    for code, (category, page, title) in _OWN.items():
        yield Issue(code=code, category=category, title=title, page=page, own=True)


ISSUES: Mapping[str, Issue] = {issue.code: issue for issue in _issues()}
