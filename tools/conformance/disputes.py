"""Where idkeep and another engine part ways, and the page that decides it."""

from typing import Final

from tools.conformance import emulator, language, parties
from tools.conformance.compare import Dispute, Favour

_IAM: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_STS: Final = "https://docs.aws.amazon.com/STS/latest/APIReference"
_ORGANIZATIONS: Final = "https://docs.aws.amazon.com/organizations/latest/userguide"

# Disputes of the first engine that the second has too.
_SHARED: Final = frozenset(
    {
        "NotPrincipal",
        "NotResource with a variable without value",
        "a condition with a variable without value",
        "ForAnyValue with IfExists and no such key",
    }
)

# In the order in which they are settled where several meet: who asks comes first.
IAM_SIMULATE: Final = (
    Dispute(
        name="a role whose session is not told",
        page=f"{_IAM}/reference_policies_elements_principal.html#principal-role-session",
        favour=Favour.NOBODY,
        means=parties.untold_session,
    ),
    Dispute(
        name="calls that no policy decides",
        page=f"{_STS}/API_Operations.html",
        favour=Favour.IDKEEP,
        means=parties.no_policy_decides,
    ),
    Dispute(
        name="root and its bucket's policy",
        page="https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html",
        favour=Favour.IDKEEP,
        means=parties.root_and_its_bucket,
    ),
    Dispute(
        name="sts:AssumeRoot",
        page=f"{_STS}/API_AssumeRoot.html",
        favour=Favour.IDKEEP,
        means=parties.assume_root,
    ),
    Dispute(
        name="keys that follow from the request",
        page=f"{_IAM}/reference_policies_condition-keys.html",
        favour=Favour.IDKEEP,
        means=parties.keys_that_follow,
    ),
    Dispute(
        name="CloudFront origin access identities",
        page="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/"
        "private-content-restricting-access-to-s3-oai.html",
        favour=Favour.IDKEEP,
        means=parties.origin_access_identity,
    ),
    Dispute(
        name="managed policies of AWS's own",
        page=f"{_IAM}/access_policies_managed-vs-inline.html",
        favour=Favour.IDKEEP,
        means=parties.aws_policy,
    ),
    Dispute(
        name="sts:SetSourceIdentity in one account",
        page=f"{_IAM}/id_credentials_temp_control-access_monitor.html",
        favour=Favour.IDKEEP,
        means=parties.source_identity,
    ),
    Dispute(
        name="the root user",
        page=f"{_IAM}/reference_policies_evaluation-logic_policy-eval-denyallow.html",
        favour=Favour.IDKEEP,
        means=parties.root_user,
    ),
    Dispute(
        name="a resource policy that names the session or everyone, and a session policy",
        page=f"{_IAM}/reference_policies_evaluation-logic_policy-eval-denyallow.html",
        favour=Favour.IDKEEP,
        means=parties.session_named,
    ),
    Dispute(
        name="everyone with aws:PrincipalArn, and a boundary",
        page=f"{_IAM}/reference_policies_evaluation-logic_policy-eval-denyallow.html",
        favour=Favour.IDKEEP,
        means=parties.boundary_and_key,
    ),
    Dispute(
        name="service-linked roles",
        page=f"{_ORGANIZATIONS}/orgs_manage_policies_scps.html",
        favour=Favour.IDKEEP,
        means=parties.service_linked,
    ),
    Dispute(
        name="the management account",
        page=f"{_ORGANIZATIONS}/orgs_manage_policies_scps.html",
        favour=Favour.IDKEEP,
        means=parties.management_account,
    ),
    Dispute(
        name="who has no account, and SCPs",
        page=f"{_ORGANIZATIONS}/orgs_manage_policies_scps.html",
        favour=Favour.IDKEEP,
        means=parties.no_account,
    ),
    Dispute(
        name="RCPFullAWSAccess",
        page=f"{_ORGANIZATIONS}/orgs_manage_policies_rcps.html",
        favour=Favour.IDKEEP,
        means=parties.full_rcp,
    ),
    Dispute(
        name="services that RCPs do not reach",
        page=f"{_ORGANIZATIONS}/orgs_manage_policies_rcps.html",
        favour=Favour.IDKEEP,
        means=parties.beyond_rcps,
    ),
    Dispute(
        name="NotPrincipal",
        page=f"{_IAM}/reference_policies_elements_notprincipal.html",
        favour=Favour.IDKEEP,
        means=parties.not_principal,
    ),
    Dispute(
        name="several documents of a kind",
        page=f"{_IAM}/access_policies.html#policies_session",
        favour=Favour.IDKEEP,
        means=parties.several_documents,
    ),
    Dispute(
        name="anonymous requests",
        page=f"{_IAM}/reference_policies_elements_principal.html#principal-anonymous",
        favour=Favour.IDKEEP,
        means=parties.anonymous,
    ),
    Dispute(
        name="keys that iam-simulate drops",
        page=f"{_IAM}/reference_policies_condition-keys.html",
        favour=Favour.IDKEEP,
        means=language.dropped_keys,
    ),
    Dispute(
        name="a unique id as principal",
        page=f"{_IAM}/reference_policies_elements_principal.html",
        favour=Favour.IDKEEP,
        means=parties.unique_id,
    ),
    Dispute(
        name="NotResource with a variable without value",
        page=f"{_IAM}/reference_policies_variables.html",
        favour=Favour.NOBODY,
        means=language.not_resource,
    ),
    Dispute(
        name="a condition with a variable without value",
        page=f"{_IAM}/reference_policies_variables.html",
        favour=Favour.IDKEEP,
        means=language.empty_value,
    ),
    Dispute(
        name="an address and a range of the other family",
        page=f"{_IAM}/reference_policies_elements_condition_operators.html#Conditions_IPAddress",
        favour=Favour.IDKEEP,
        means=language.address_families,
    ),
    Dispute(
        name="ForAnyValue with IfExists and no such key",
        page=f"{_IAM}/reference_policies_elements_condition_operators.html",
        favour=Favour.NOBODY,
        means=language.any_value_if_exists,
    ),
    Dispute(
        name="what kind of denial restricted public access is",
        page="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
        favour=Favour.NOBODY,
        means=parties.public_bucket,
    ),
    Dispute(
        name="a key or role whose own policy is not given",
        page="https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
        favour=Favour.NOBODY,
        means=parties.own_policy_not_given,
    ),
    Dispute(
        name="requests that take several permissions",
        page=f"{_IAM}/id_session-tags.html#id_session-tags_permissions-required",
        favour=Favour.IDKEEP,
        means=parties.several_permissions,
    ),
    Dispute(
        name="keys that are not known",
        page=f"{_IAM}/reference_policies_evaluation-logic_policy-eval-reqcontext.html",
        favour=Favour.NOBODY,
        means=parties.unknown_keys,
    ),
    Dispute(
        name="an account of another partition",
        page=f"{_IAM}/reference-arns.html",
        favour=Favour.IDKEEP,
        means=parties.other_partition,
    ),
    Dispute(
        name="a service under its name in China",
        page=f"{_IAM}/reference_policies_elements_principal.html#principal-services",
        favour=Favour.IDKEEP,
        means=parties.service_in_china,
    ),
    Dispute(
        name="values without quotation marks",
        page=f"{_IAM}/reference_policies_elements_condition.html",
        favour=Favour.IDKEEP,
        means=language.bare_values,
    ),
    Dispute(
        name="a set of an empty text",
        page=f"{_IAM}/reference_policies_condition-single-vs-multi-valued-context-keys.html",
        favour=Favour.IDKEEP,
        means=language.empty_text,
    ),
    Dispute(
        name="variables before version 2012-10-17",
        page=f"{_IAM}/reference_policies_elements_version.html",
        favour=Favour.IDKEEP,
        means=language.old_version,
    ),
    Dispute(
        name="two variables in one text",
        page=f"{_IAM}/reference_policies_variables.html",
        favour=Favour.IDKEEP,
        means=language.several_variables,
    ),
    Dispute(
        name="a wildcard past the colon",
        page=f"{_IAM}/reference_policies_elements_resource.html",
        favour=Favour.IDKEEP,
        means=language.short_arn,
    ),
    Dispute(
        name="a shorter pattern of an ARN operator",
        page=f"{_IAM}/reference_policies_elements_condition_operators.html#Conditions_ARN",
        favour=Favour.IDKEEP,
        means=language.short_arn_value,
    ),
    Dispute(
        name="a date in seconds",
        page=f"{_IAM}/reference_policies_elements_condition_operators.html#Conditions_Date",
        favour=Favour.IDKEEP,
        means=language.seconds,
    ),
    Dispute(
        name="Null with a set operator",
        page=f"{_IAM}/access-analyzer-reference-policy-checks.html",
        favour=Favour.IDKEEP,
        means=language.null_of_a_set,
    ),
)

LOCALEMU: Final = (
    Dispute(
        name="a resource policy that names the account",
        page=f"{_IAM}/reference_policies_elements_principal.html#principal-accounts",
        favour=Favour.IDKEEP,
        means=emulator.account_named,
    ),
    Dispute(
        name="a resource policy that names a session's role",
        page=f"{_IAM}/reference_policies_elements_principal.html#principal-roles",
        favour=Favour.IDKEEP,
        means=emulator.role_named,
    ),
    Dispute(
        name="a resource policy that denies a session's role",
        page=f"{_IAM}/reference_policies_elements_principal.html#principal-roles",
        favour=Favour.IDKEEP,
        means=emulator.role_denied,
    ),
    Dispute(
        name="Null with both values",
        page=f"{_IAM}/reference_policies_condition-logic-multiple-context-keys-or-values.html",
        favour=Favour.IDKEEP,
        means=language.null_of_both,
    ),
    Dispute(
        name="a session policy that denies",
        page=f"{_IAM}/reference_policies_evaluation-logic_policy-eval-denyallow.html",
        favour=Favour.IDKEEP,
        means=emulator.session_denies,
    ),
    Dispute(
        name="a negated condition with several values",
        page=f"{_IAM}/reference_policies_condition-logic-multiple-context-keys-or-values.html",
        favour=Favour.IDKEEP,
        means=language.negated_values,
    ),
    Dispute(
        name="a negated condition and no such key",
        page=f"{_IAM}/reference_policies_elements_condition_operators.html",
        favour=Favour.IDKEEP,
        means=language.negated_and_missing,
    ),
    Dispute(
        name="a variable's default value",
        page=f"{_IAM}/reference_policies_variables.html#policy-vars-default-values",
        favour=Favour.IDKEEP,
        means=language.default_values,
    ),
    *(one for one in IAM_SIMULATE if one.name in _SHARED),
)
