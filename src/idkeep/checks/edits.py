"""Commands of the AWS CLI that several remedies share, whole, with placeholders in capitals."""

from idkeep.model import Group, ManagedPolicy, PermissionSet, Role, Subject, User

NEW_VERSION = (
    "`aws iam create-policy-version --policy-arn POLICY_ARN --policy-document file://policy.json "
    "--set-as-default`"
)
TRUST = "`aws iam update-assume-role-policy --role-name ROLE --policy-document file://trust.json`"
KEY_OFF = "`aws iam update-access-key --user-name USER --access-key-id KEY_ID --status Inactive`"
NO_PASSWORD = "`aws iam delete-login-profile --user-name USER`"  # noqa: S105 -- a command


def inline(word: str) -> str:
    """The command that writes an inline policy of a user, a group or a role."""
    return (
        f"`aws iam put-{word}-policy --{word}-name {word.upper()} --policy-name POLICY "
        "--policy-document file://policy.json`"
    )


def of_principal(word: str) -> str:
    """The commands that change what a user or a role holds, by a managed policy or its own."""
    return f"{NEW_VERSION}, or for an inline policy {inline(word)}"


# By what holds the text: a managed policy stands alone, an inline one in its principal
# or its permission set.
BY_KIND: dict[type[Subject], str] = {
    ManagedPolicy: NEW_VERSION,
    User: inline("user"),
    Group: inline("group"),
    Role: inline("role"),
    PermissionSet: "`aws sso-admin put-inline-policy-to-permission-set --instance-arn INSTANCE_ARN "
    "--permission-set-arn SET_ARN --inline-policy file://policy.json`, then `aws sso-admin "
    "provision-permission-set --instance-arn INSTANCE_ARN --permission-set-arn SET_ARN "
    "--target-type ALL_PROVISIONED_ACCOUNTS`",
}


def _organization_policy(kind: str) -> str:
    """The commands that make a policy of the organisation and put it in force."""
    return (
        f"`aws organizations create-policy --type {kind} --name NAME --description TEXT --content "
        "file://policy.json`, then `aws organizations attach-policy --policy-id POLICY_ID "
        "--target-id TARGET_ID`"
    )


WRITE_SCP = _organization_policy("SERVICE_CONTROL_POLICY")
WRITE_RCP = _organization_policy("RESOURCE_CONTROL_POLICY")
WRITE_OPT_OUT = _organization_policy("AISERVICES_OPT_OUT_POLICY")
WRITE_TAG_POLICY = _organization_policy("TAG_POLICY")
