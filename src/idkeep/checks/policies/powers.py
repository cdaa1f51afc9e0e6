"""Powers that a policy should not give on anything, as a table."""

from collections.abc import Callable

from msgspec import Struct

from idkeep.access.powers_of_texts import Asked
from idkeep.checks.declare import Remedy
from idkeep.checks.edits import TRUST
from idkeep.model import Severity
from idkeep.policy import Effect, NotAction, Statement

_ROLE = "arn:{partition}:iam::{account}:role/{any}"
_TEMPLATE = (("iam:RoleTemplateARN", "arn:aws:iam::aws:role-template/app/PowerUser"),)
_TRAIL = "arn:{partition}:cloudtrail:{region}:{account}:trail/{any}"
_KEY = "arn:{partition}:kms:{region}:{account}:key/{any}"
_WORKLOAD = (
    "arn:{partition}:bedrock-agentcore:{region}:{account}:workload-identity-directory/{any}"
    "/workload-identity/{any}"
)
_RUNTIME = "arn:{partition}:bedrock-agentcore:{region}:{account}:runtime/{any}"
_REMOTE = "arn:{partition}:signin:{region}:{account}:oauth2/public-client/remote"
_REGISTRATION = "arn:{partition}:signin:{region}::external-client/dcr/{any}"
_ANY_SECRET = "arn:{partition}:secretsmanager:{region}:{account}:secret:{any}"  # noqa: S105
_CLOUDSHELL = "arn:{partition}:cloudshell:{region}:{account}:environment/{any}"


class TextPower(Struct, frozen=True, kw_only=True):
    """`allows` follows "a policy", `does` stands for the finding.

    The text must allow each of `asks`, or one of them where `one_is_enough`; or, where `statement`
    is given, have a statement like that.
    In what the remedy is to do, `{edit}` stands for the command that writes the policy. `gives`
    and `spares` are actions of a statement that fails the check and of one that passes
    it; `narrow` is a resource that does. `unless_conditional`: a condition is the limit that is
    wanted. `of_aws_too`: a policy of AWS's own counts as soon as it is attached.
    """

    id: str
    allows: str
    does: str
    why: str
    severity: Severity = Severity.MEDIUM
    controls: tuple[str, ...]
    remedy: Remedy
    asks: tuple[Asked, ...] = ()
    one_is_enough: bool = False
    statement: Callable[[Statement], bool] | None = None
    gives: tuple[str, ...]
    spares: tuple[str, ...]
    unless_conditional: bool = False
    of_aws_too: bool = False

    @property
    def ways(self) -> tuple[tuple[Asked, ...], ...]:
        """What a text allows together that has the power; several, where there are several."""
        return tuple((one,) for one in self.asks) if self.one_is_enough else (self.asks,)


def _lets_in_all_but(statement: Statement) -> bool:
    return statement.effect is Effect.ALLOW and isinstance(statement.action, NotAction)


POWERS = (
    TextPower(
        id="full_access_to_cloudtrail",
        allows="gives full control of CloudTrail",
        does="gives full control of every trail",
        why="Whoever holds it can stop the account's record of who did what, and then do it.",
        severity=Severity.HIGH,
        controls=("logging-protected", "least-privilege"),
        remedy=Remedy(
            do="List in the policy what its holders use, with the ARNs it is for: {edit}.",
            may_stop="What nobody listed stops working; pipelines that set up trails need a role "
            "of their own.",
        ),
        asks=(
            Asked(action="cloudtrail:StopLogging", form=_TRAIL),
            Asked(action="cloudtrail:DeleteTrail", form=_TRAIL),
            Asked(action="cloudtrail:UpdateTrail", form=_TRAIL),
            Asked(action="cloudtrail:PutEventSelectors", form=_TRAIL),
            Asked(action="cloudtrail:CreateTrail", form=_TRAIL),
        ),
        gives=("cloudtrail:*",),
        spares=("cloudtrail:Describe*", "cloudtrail:Get*"),
    ),
    TextPower(
        id="full_access_to_kms",
        allows="gives full control of every KMS key",
        does="gives full control of every key",
        why="Reading what is encrypted and deciding who reads it are then in one hand, and a key\n"
        "that is deleted takes its data with it.",
        controls=("key-separation", "least-privilege"),
        remedy=Remedy(
            do="List in the policy what its holders use, with the ARNs of the keys it is "
            "for: {edit}.",
            may_stop="What nobody listed stops working: reading data under a key that is left out "
            "is refused.",
        ),
        asks=(
            Asked(action="kms:Decrypt", form=_KEY),
            Asked(action="kms:PutKeyPolicy", form=_KEY),
            Asked(action="kms:CreateGrant", form=_KEY),
            Asked(action="kms:ScheduleKeyDeletion", form=_KEY),
            Asked(action="kms:DisableKey", form=_KEY),
        ),
        gives=("kms:*",),
        spares=("kms:Decrypt", "kms:GenerateDataKey"),
    ),
    TextPower(
        id="decrypts_with_any_key",
        allows="decrypts with every KMS key",
        does="decrypts with every key that leaves that to IAM",
        why="What the keys keep apart is then one store to its holder, secrets and backups among\n"
        "it. Key policies that name the account leave it to such policies.",
        controls=("decryption-limited", "least-privilege"),
        remedy=Remedy(
            do="Name the keys in the policy's statement, or the services that ask for them "
            "in a condition on `kms:ViaService`: {edit}.",
            may_stop="Reading what is encrypted under a key that is left out is refused.",
        ),
        asks=(
            Asked(action="kms:Decrypt", form=_KEY),
            Asked(action="kms:ReEncryptFrom", form=_KEY),
        ),
        one_is_enough=True,
        gives=("kms:Decrypt", "kms:ReEncrypt*"),
        spares=("kms:Encrypt", "kms:GenerateDataKey"),
    ),
    TextPower(
        id="subscribes_to_any_product",
        allows="buys anything on AWS Marketplace",
        does="subscribes to any product of AWS Marketplace",
        why="Subscriptions cost money from the first hour, models of Bedrock among them. A\n"
        "condition on `aws-marketplace:ProductId` limits them to what was agreed.",
        controls=("purchases-limited", "least-privilege"),
        remedy=Remedy(
            do="Allow `aws-marketplace:Subscribe` to those who buy, under a condition on "
            "`aws-marketplace:ProductId`: {edit}.",
            may_stop="Others can no longer subscribe; what is subscribed to stays.",
        ),
        asks=(Asked(action="aws-marketplace:Subscribe"),),
        gives=("aws-marketplace:Subscribe",),
        spares=("aws-marketplace:ViewSubscriptions",),
        unless_conditional=True,
    ),
    TextPower(
        id="moves_files_by_cloudshell",
        allows="gives CloudShell with file transfer",
        does="gives CloudShell with upload and download of files",
        why="A shell inside AWS carries data out of the account past every network control.",
        controls=("cloudshell-limited", "data-exfiltration", "least-privilege"),
        remedy=Remedy(
            do="Leave out or deny `cloudshell:GetFileDownloadUrls` and "
            "`cloudshell:GetFileUploadUrls` ({edit}); instead of AWSCloudShellFullAccess "
            "attach a policy of your own.",
            may_stop="Upload and download of files in CloudShell stop; the shell itself goes on "
            "working.",
        ),
        asks=(
            Asked(action="cloudshell:CreateEnvironment"),
            Asked(action="cloudshell:CreateSession", form=_CLOUDSHELL),
            Asked(action="cloudshell:GetFileDownloadUrls", form=_CLOUDSHELL),
            Asked(action="cloudshell:GetFileUploadUrls", form=_CLOUDSHELL),
        ),
        gives=("cloudshell:*",),
        spares=("cloudshell:CreateSession",),
        of_aws_too=True,
    ),
    TextPower(
        id="takes_tokens_of_any_agent",
        allows="takes access tokens for any workload of AgentCore",
        does="takes access tokens in the name of any workload identity",
        why="With the token of another agent comes whatever that agent's users let it do.",
        severity=Severity.HIGH,
        controls=("least-privilege", "workload-identities"),
        remedy=Remedy(
            do="Name the workload identity in the statement's Resource: {edit}.",
            may_stop="An agent that used another workload's identity is refused its tokens.",
        ),
        asks=(Asked(action="bedrock-agentcore:GetWorkloadAccessTokenForUserId", form=_WORKLOAD),),
        gives=("bedrock-agentcore:GetWorkloadAccessToken*",),
        spares=("bedrock-agentcore:ListWorkloadIdentities",),
    ),
    TextPower(
        id="passes_any_role_to_agents",
        allows="passes any role to AgentCore",
        does="passes any role to Bedrock AgentCore",
        why="An agent or a code interpreter then runs with whatever role somebody picks for it.",
        severity=Severity.HIGH,
        controls=("least-privilege", "no-privilege-escalation", "workload-identities"),
        remedy=Remedy(
            do="Name the roles that agents run with in the statement's Resource, and keep "
            "the condition on `iam:PassedToService`: {edit}.",
            may_stop="New agents with a role that is not named can't be made or changed; those "
            "that run go on.",
        ),
        asks=(
            Asked(
                action="iam:PassRole",
                form=_ROLE,
                told=(("iam:PassedToService", "bedrock-agentcore.amazonaws.com"),),
            ),
        ),
        gives=("iam:PassRole",),
        spares=("iam:GetRole",),
    ),
    TextPower(
        id="passes_any_role",
        allows="passes any role to any service",
        does="passes any role to a service",
        why="Whoever may also start something of a service gets the powers of every role that the\n"
        "service may take: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        controls=("least-privilege", "no-privilege-escalation"),
        remedy=Remedy(
            do="Name the roles in the statement's Resource, and the service in a condition "
            "on `iam:PassedToService`: {edit}.",
            may_stop="Passing a role that is not named fails, when something is made or changed "
            "with it; what runs goes on.",
        ),
        asks=(Asked(action="iam:PassRole", form=_ROLE),),
        gives=("iam:PassRole",),
        spares=("iam:GetRole",),
    ),
    TextPower(
        id="assumes_any_role",
        allows="assumes any role that trusts the account",
        does="assumes every role that lets the account in",
        why='Most roles that trust "the account" mean some of it. With this the choice is the\n'
        "caller's, in this account and in every other that trusts it.",
        severity=Severity.HIGH,
        controls=("least-privilege",),
        remedy=Remedy(
            do="Name the roles in the statement's Resource ({edit}), or trust single "
            f"principals in the roles: {TRUST}.",
            may_stop="Switching to a role that is not named fails; sessions that are open go on "
            "to their end.",
        ),
        asks=(Asked(action="sts:AssumeRole", form=_ROLE, lets_in=True),),
        gives=("sts:AssumeRole",),
        spares=("sts:GetCallerIdentity",),
    ),
    TextPower(
        id="proves_itself_anywhere",
        allows="makes tokens for services outside AWS without limit",
        does="makes identity tokens for any audience and of any length",
        why="`sts:GetWebIdentityToken` signs a token that any service on the internet can check:\n"
        "a way out for secrets and a login elsewhere. `sts:IdentityTokenAudience` and\n"
        "`sts:DurationSeconds` limit it, once the account's switch is on:\n"
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html",
        controls=("outbound-federation", "least-privilege"),
        remedy=Remedy(
            do="Add conditions on `sts:IdentityTokenAudience` and `sts:DurationSeconds`: {edit}.",
            may_stop="Tokens for other audiences, or for longer, are refused; those already given "
            "hold to their end.",
        ),
        asks=(Asked(action="sts:GetWebIdentityToken"),),
        gives=("sts:GetWebIdentityToken",),
        spares=("sts:GetCallerIdentity",),
        unless_conditional=True,
    ),
    TextPower(
        id="takes_bearer_tokens",
        allows="makes bearer tokens of its holders' credentials",
        does="makes bearer tokens for services, valid for up to twelve hours",
        why="`signin:CreateBearerToken` turns IAM credentials into a token that works unsigned\n"
        "and from anywhere to its end, and that is in no list of keys. The action is newer than\n"
        "AWS's machine-readable list of actions, so it is judged by the text of policies:\n"
        "https://docs.aws.amazon.com/signin/latest/APIReference/API_CreateBearerToken.html",
        controls=("temporary-credentials", "data-exfiltration", "least-privilege"),
        remedy=Remedy(
            do="List in the policy what its holders use of Sign-In in place of `signin:*`, and "
            "leave `signin:CreateBearerToken` to those whose tools ask for it: {edit}.",
            may_stop="Tools that sign in to a service by such a token are refused a new one; those "
            "given out hold to their end.",
        ),
        asks=(Asked(action="signin:CreateBearerToken"),),
        gives=("signin:CreateBearerToken",),
        spares=("signin:CreateOAuth2Token",),
        unless_conditional=True,
    ),
    TextPower(
        id="copies_secrets_to_any_account",
        allows="copies any secret to another account",
        does="links any secret to a copy in an account of its holder's choice",
        why="The copy follows every change of the secret, and its account decides who reads it.\n"
        "Whether it must stay in the organisation is asked by whoever makes the copy, and no read\n"
        "tells of it later. The action is newer than AWS's machine-readable list of actions, so\n"
        "it is judged by the text of policies.",
        severity=Severity.HIGH,
        controls=("data-exfiltration", "known-accounts-only", "least-privilege"),
        remedy=Remedy(
            do="Name the secrets in the statement's Resource, or leave out "
            "`secretsmanager:AssociateCrossAccountReplica`: {edit}.",
            may_stop="New copies in other accounts can't be linked; those there are go on.",
        ),
        asks=(
            Asked(action="secretsmanager:AssociateCrossAccountReplica", form=_ANY_SECRET),
            Asked(action="secretsmanager:GetSecretValue", form=_ANY_SECRET),
        ),
        gives=("secretsmanager:AssociateCrossAccountReplica", "secretsmanager:GetSecretValue"),
        spares=("secretsmanager:GetSecretValue",),
        unless_conditional=True,
    ),
    TextPower(
        id="accepts_delegation",
        allows="lets product providers into the account",
        does="accepts any delegation request and sends its token",
        why="An accepted request gives a product provider temporary access with the permissions\n"
        "it asked for, and no role or user of the account shows it.",
        controls=("third-party-access", "least-privilege"),
        remedy=Remedy(
            do="Allow `iam:AcceptDelegationRequest` and `iam:SendDelegationToken` to those "
            "who answer for vendors, under a condition on `iam:DelegationRequestOwner` "
            "or `iam:TemplateArn` where the request has one: {edit}.",
            may_stop="Others can no longer accept a product provider's request; access that was "
            "accepted goes on to its end.",
        ),
        asks=(
            Asked(
                action="iam:AcceptDelegationRequest",
                form="arn:{partition}:iam::{account}:delegation-request/{any}",
            ),
            Asked(
                action="iam:SendDelegationToken",
                form="arn:{partition}:iam::{account}:delegation-request/{any}",
            ),
        ),
        gives=("iam:AcceptDelegationRequest", "iam:SendDelegationToken"),
        spares=("iam:ListDelegationRequests",),
        unless_conditional=True,
    ),
    TextPower(
        id="acquires_any_role_template",
        allows="has Role Manager make roles of any template",
        does="has roles made of any template of AWS's (iam:AcquireRole)",
        why="AcquireRole makes a role with its policies in one call, broad ones such as PowerUser\n"
        "among them. It takes iam:CreateRole and iam:AttachRolePolicy, whether Role Manager is on\n"
        "or off, and `iam:RoleTemplateARN` limits it:\n"
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_role-manager.html",
        controls=("role-creation", "least-privilege"),
        remedy=Remedy(
            do="Add a condition on `iam:RoleTemplateARN` for the templates that are wanted, "
            "or on `iam:PermissionsBoundary`: {edit}.",
            may_stop="Roles of other templates can't be made then, also not by consoles that make "
            "them on the way; those there are stay.",
        ),
        asks=(
            Asked(action="iam:CreateRole", form=_ROLE, told=_TEMPLATE),
            Asked(action="iam:AttachRolePolicy", form=_ROLE, told=_TEMPLATE),
        ),
        gives=("iam:CreateRole", "iam:AttachRolePolicy"),
        spares=("iam:GetRole",),
        unless_conditional=True,
    ),
    TextPower(
        id="runs_agents_for_any_user",
        allows="calls any agent in any user's name",
        does="calls any agent of AgentCore in the name of any user",
        why="The agent then works with the tokens and the memory of whom the caller names.",
        severity=Severity.HIGH,
        controls=("least-privilege", "workload-identities"),
        remedy=Remedy(
            do="Name the runtimes in the statement's Resource, and leave the action out "
            "where callers bring a token of their user: {edit}.",
            may_stop="Callers that name a user by id alone, or call a runtime that is not named, "
            "are refused.",
        ),
        asks=(Asked(action="bedrock-agentcore:InvokeAgentRuntimeForUser", form=_RUNTIME),),
        gives=("bedrock-agentcore:InvokeAgentRuntimeForUser",),
        spares=("bedrock-agentcore:InvokeAgentRuntime",),
    ),
    TextPower(
        id="signs_in_other_machines",
        allows="signs in command lines on other machines",
        does="signs in command lines on other machines (`aws login --remote`)",
        why="Whoever is talked into opening a link hands a session to a stranger's machine. The\n"
        "resource oauth2/public-client/localhost allows the own machine alone:\n"
        "https://docs.aws.amazon.com/signin/latest/userguide/security-iam-awsmanpol.html",
        severity=Severity.LOW,
        controls=("least-privilege", "sign-in-restrictions"),
        remedy=Remedy(
            do="Name `oauth2/public-client/localhost` in the statement's Resource: {edit}.",
            may_stop="`aws login` with --remote fails then, as on machines without a browser.",
        ),
        asks=(
            Asked(action="signin:AuthorizeOAuth2Access", form=_REMOTE),
            Asked(action="signin:CreateOAuth2Token", form=_REMOTE),
        ),
        gives=("signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"),
        spares=("signin:GetResourcePolicy",),
        unless_conditional=True,
    ),
    TextPower(
        id="registers_any_sign_in_client",
        allows="registers programs for sign-in with any address to return to",
        does="registers programs for sign-in that return to any address",
        why="Where a token is sent to stands in the registration, so its author can have tokens\n"
        "sent to himself. `signin:OAuthRedirectUri` limits it.",
        controls=("least-privilege", "sign-in-restrictions"),
        remedy=Remedy(
            do="Add a condition on `signin:OAuthRedirectUri`: {edit}.",
            may_stop="Programs with other addresses to return to can't be registered then.",
        ),
        asks=(Asked(action="signin:CreateOAuth2PublicClient", form=_REGISTRATION),),
        gives=("signin:CreateOAuth2PublicClient",),
        spares=("signin:GetResourcePolicy",),
        unless_conditional=True,
    ),
    TextPower(
        id="allows_all_but",
        allows="allows everything but what it lists",
        does="allows everything but what it lists (NotAction)",
        why="Every action that AWS adds is allowed from its first day, and a misspelt name in the\n"
        "list excludes nothing:\n"
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
        controls=("least-privilege",),
        remedy=Remedy(
            do="Turn the statement round: Allow what is used, and Deny what must never be: {edit}.",
            may_stop="What neither statement lists stops working, actions that AWS adds later "
            "among them.",
        ),
        statement=_lets_in_all_but,
        gives=("*",),
        spares=("s3:*",),
    ),
)
