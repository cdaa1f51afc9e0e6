"""Ways to more permissions than one was given, as of 2026-11-17.

Each names the actions that it takes, and a test holds every name to the catalog. What they do
stands in each service's API reference, and which roles a service takes in
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html.
"""

from enum import StrEnum

from msgspec import Struct

ADMINISTRATOR_ACCESS = "arn:{partition}:iam::aws:policy/AdministratorAccess"


class Upon(StrEnum):
    """What the first action of a way is done to."""

    OWN_USER = "its own user"
    OWN_ROLE = "its own role"
    OWN_GROUP = "a group it is in"
    OWN_POLICY = "a policy it holds"
    OTHER_GROUP = "a group"
    OTHER_USER = "another user"
    OTHER_ROLE = "another role"
    ASSUMABLE_ROLE = "a role it may assume"
    ASSUMABLE_POLICY = "a policy of a role it may assume"
    NEW_ROLE = "a role that it makes"
    NEW_USER = "a user that it makes"


class Write(Struct, frozen=True):
    """A way by writing in IAM. `does` follows "it may".

    `chooses`: the action attaches a managed policy, so AdministratorAccess must be one of those.
    """

    id: str
    actions: tuple[str, ...]
    upon: Upon
    does: str
    chooses: bool = False


class Pass(Struct, frozen=True):
    """A way by a role that a new thing of a service gets. `service` is who takes the role.

    `creates` is that thing, with its article.
    """

    id: str
    service: str
    actions: tuple[str, ...]
    creates: str


class Use(Struct, frozen=True):
    """A way by a thing of a service that has its role already; `runs` tells what one does to it."""

    id: str
    service: str
    actions: tuple[str, ...]
    runs: str


WRITES: tuple[Write, ...] = (
    Write(
        "put-user-policy",
        ("iam:PutUserPolicy",),
        Upon.OWN_USER,
        "write an inline policy of its own user",
    ),
    Write(
        "attach-user-policy",
        ("iam:AttachUserPolicy",),
        Upon.OWN_USER,
        "attach policies to its own user",
        chooses=True,
    ),
    Write(
        "put-role-policy",
        ("iam:PutRolePolicy",),
        Upon.OWN_ROLE,
        "write an inline policy of its own role",
    ),
    Write(
        "attach-role-policy",
        ("iam:AttachRolePolicy",),
        Upon.OWN_ROLE,
        "attach policies to its own role",
        chooses=True,
    ),
    Write(
        "put-group-policy",
        ("iam:PutGroupPolicy",),
        Upon.OWN_GROUP,
        "write an inline policy of a group it is in",
    ),
    Write(
        "attach-group-policy",
        ("iam:AttachGroupPolicy",),
        Upon.OWN_GROUP,
        "attach policies to a group it is in",
        chooses=True,
    ),
    Write(
        "create-policy-version",
        ("iam:CreatePolicyVersion",),
        Upon.OWN_POLICY,
        "write a new version of a policy it holds",
    ),
    Write(
        "add-user-to-group",
        ("iam:AddUserToGroup",),
        Upon.OTHER_GROUP,
        "add its user to another group",
    ),
    Write(
        "create-access-key",
        ("iam:CreateAccessKey",),
        Upon.OTHER_USER,
        "make an access key for another user",
    ),
    Write(
        "create-login-profile",
        ("iam:CreateLoginProfile",),
        Upon.OTHER_USER,
        "give another user a console password",
    ),
    Write(
        "update-login-profile",
        ("iam:UpdateLoginProfile",),
        Upon.OTHER_USER,
        "change another user's console password",
    ),
    Write(
        "update-assume-role-policy",
        ("iam:UpdateAssumeRolePolicy",),
        Upon.OTHER_ROLE,
        "write the trust policy of another role",
    ),
    Write(
        "put-policy-of-assumable-role",
        ("iam:PutRolePolicy",),
        Upon.ASSUMABLE_ROLE,
        "write an inline policy of a role it may assume",
    ),
    Write(
        "attach-policy-to-assumable-role",
        ("iam:AttachRolePolicy",),
        Upon.ASSUMABLE_ROLE,
        "attach policies to a role it may assume",
        chooses=True,
    ),
    Write(
        "create-version-of-assumable-role",
        ("iam:CreatePolicyVersion",),
        Upon.ASSUMABLE_POLICY,
        "write a new version of a policy of a role it may assume",
    ),
    # AcquireRole takes the same permissions:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_role-manager.html
    Write(
        "put-policy-on-new-role",
        ("iam:CreateRole", "iam:PutRolePolicy"),
        Upon.NEW_ROLE,
        "make a role that lets it in and write a policy of that",
    ),
    Write(
        "attach-policy-to-new-role",
        ("iam:CreateRole", "iam:AttachRolePolicy"),
        Upon.NEW_ROLE,
        "make a role that lets it in and attach policies to that",
        chooses=True,
    ),
    *(
        Write(
            f"{verb}-policy-{where}-new-user-by-{by}",
            ("iam:CreateUser", f"iam:{verb.title()}UserPolicy", action),
            Upon.NEW_USER,
            f"make a user with policies and {words}",
            chooses=verb == "attach",
        )
        for verb, where in (("put", "on"), ("attach", "to"))
        for by, action, words in (
            ("key", "iam:CreateAccessKey", "an access key"),
            ("password", "iam:CreateLoginProfile", "a password"),
        )
    ),
)

PASSES = (
    Pass("pass-role-to-ec2", "ec2.amazonaws.com", ("ec2:RunInstances",), "a new EC2 instance"),
    Pass(
        "pass-role-to-ec2-spot",
        "ec2.amazonaws.com",
        ("ec2:RequestSpotInstances",),
        "a new spot instance",
    ),
    Pass(
        "pass-role-to-running-instance",
        "ec2.amazonaws.com",
        ("ec2:AssociateIamInstanceProfile", "ssm:SendCommand"),
        "an instance that it runs commands on",
    ),
    Pass(
        "pass-role-to-lambda",
        "lambda.amazonaws.com",
        ("lambda:CreateFunction", "lambda:InvokeFunction"),
        "a new Lambda function",
    ),
    Pass(
        "pass-role-to-lambda-by-event",
        "lambda.amazonaws.com",
        ("lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
        "a new Lambda function with an event source",
    ),
    Pass(
        "pass-role-to-lambda-by-permission",
        "lambda.amazonaws.com",
        ("lambda:CreateFunction", "lambda:AddPermission"),
        "a new Lambda function that it lets others call",
    ),
    Pass(
        "pass-role-to-cloudformation",
        "cloudformation.amazonaws.com",
        ("cloudformation:CreateStack",),
        "a new CloudFormation stack",
    ),
    Pass(
        "pass-role-to-change-set",
        "cloudformation.amazonaws.com",
        ("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
        "a CloudFormation change set",
    ),
    Pass(
        "pass-role-to-stack-update",
        "cloudformation.amazonaws.com",
        ("cloudformation:UpdateStack",),
        "an updated CloudFormation stack",
    ),
    Pass(
        "pass-role-to-stack-set",
        "cloudformation.amazonaws.com",
        ("cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"),
        "a new CloudFormation stack set",
    ),
    Pass(
        "pass-role-to-stack-set-update",
        "cloudformation.amazonaws.com",
        ("cloudformation:UpdateStackSet",),
        "an updated CloudFormation stack set",
    ),
    Pass(
        "pass-role-to-codebuild",
        "codebuild.amazonaws.com",
        ("codebuild:CreateProject", "codebuild:StartBuild"),
        "a new CodeBuild project",
    ),
    Pass(
        "pass-role-to-codebuild-batch",
        "codebuild.amazonaws.com",
        ("codebuild:CreateProject", "codebuild:StartBuildBatch"),
        "a new CodeBuild project with batches",
    ),
    Pass(
        "pass-role-to-ecs-task",
        "ecs-tasks.amazonaws.com",
        ("ecs:RegisterTaskDefinition", "ecs:RunTask"),
        "a new ECS task",
    ),
    Pass(
        "pass-role-to-ecs-service",
        "ecs-tasks.amazonaws.com",
        ("ecs:RegisterTaskDefinition", "ecs:CreateService"),
        "a new ECS service",
    ),
    Pass(
        "pass-role-to-ecs-container-instance",
        "ecs-tasks.amazonaws.com",
        ("ecs:RegisterTaskDefinition", "ecs:StartTask"),
        "a new ECS task on an instance",
    ),
    Pass(
        "pass-role-to-app-runner",
        "tasks.apprunner.amazonaws.com",
        ("apprunner:CreateService",),
        "a new App Runner service",
    ),
    Pass(
        "pass-role-to-glue-endpoint",
        "glue.amazonaws.com",
        ("glue:CreateDevEndpoint",),
        "a new Glue development endpoint",
    ),
    Pass(
        "pass-role-to-glue-job",
        "glue.amazonaws.com",
        ("glue:CreateJob", "glue:StartJobRun"),
        "a new Glue job",
    ),
    Pass(
        "pass-role-to-glue-trigger",
        "glue.amazonaws.com",
        ("glue:CreateJob", "glue:CreateTrigger"),
        "a new Glue job with a trigger",
    ),
    Pass(
        "pass-role-to-glue-job-update",
        "glue.amazonaws.com",
        ("glue:UpdateJob", "glue:StartJobRun"),
        "a changed Glue job",
    ),
    Pass(
        "pass-role-to-glue-job-update-by-trigger",
        "glue.amazonaws.com",
        ("glue:UpdateJob", "glue:CreateTrigger"),
        "a changed Glue job with a trigger",
    ),
    Pass(
        "pass-role-to-glue-session",
        "glue.amazonaws.com",
        ("glue:CreateSession", "glue:RunStatement"),
        "a Glue session",
    ),
    Pass(
        "pass-role-to-sagemaker-notebook",
        "sagemaker.amazonaws.com",
        ("sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"),
        "a new SageMaker notebook",
    ),
    Pass(
        "pass-role-to-sagemaker-training",
        "sagemaker.amazonaws.com",
        ("sagemaker:CreateTrainingJob",),
        "a SageMaker training job",
    ),
    Pass(
        "pass-role-to-sagemaker-processing",
        "sagemaker.amazonaws.com",
        ("sagemaker:CreateProcessingJob",),
        "a SageMaker processing job",
    ),
    Pass(
        "pass-role-to-data-pipeline",
        "datapipeline.amazonaws.com",
        (
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "datapipeline:ActivatePipeline",
        ),
        "a new Data Pipeline",
    ),
    Pass(
        "pass-role-to-emr",
        "ec2.amazonaws.com",
        ("elasticmapreduce:RunJobFlow",),
        "a new EMR cluster",
    ),
    Pass(
        "pass-role-to-step-functions",
        "states.amazonaws.com",
        ("states:CreateStateMachine", "states:StartExecution"),
        "a new state machine",
    ),
    Pass(
        "pass-role-to-scheduler",
        "scheduler.amazonaws.com",
        ("scheduler:CreateSchedule",),
        "a new schedule",
    ),
    Pass(
        "pass-role-to-ssm-automation",
        "ssm.amazonaws.com",
        ("ssm:StartAutomationExecution",),
        "an automation of Systems Manager",
    ),
    Pass(
        "pass-role-to-eks-pod",
        "pods.eks.amazonaws.com",
        ("eks:CreatePodIdentityAssociation",),
        "the pods of an EKS cluster",
    ),
    Pass(
        "pass-role-to-roles-anywhere",
        "rolesanywhere.amazonaws.com",
        ("rolesanywhere:CreateTrustAnchor", "rolesanywhere:CreateProfile"),
        "a profile of Roles Anywhere",
    ),
    Pass(
        "pass-role-to-agentcore-interpreter",
        "bedrock-agentcore.amazonaws.com",
        (
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ),
        "a new code interpreter of Bedrock AgentCore",
    ),
    Pass(
        "pass-role-to-agentcore-runtime",
        "bedrock-agentcore.amazonaws.com",
        ("bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:InvokeAgentRuntime"),
        "a new agent runtime of Bedrock AgentCore",
    ),
)

USES = (
    Use(
        "use-lambda-function",
        "lambda.amazonaws.com",
        ("lambda:UpdateFunctionCode",),
        "replace the code of",
    ),
    Use("use-instance-by-session", "ec2.amazonaws.com", ("ssm:StartSession",), "open a shell on"),
    Use("use-instance-by-command", "ec2.amazonaws.com", ("ssm:SendCommand",), "run commands on"),
    Use(
        "use-instance-by-ssh-key",
        "ec2.amazonaws.com",
        ("ec2-instance-connect:SendSSHPublicKey",),
        "push an SSH key to",
    ),
    Use(
        "use-instance-by-user-data",
        "ec2.amazonaws.com",
        ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
        "change the start script of",
    ),
    Use(
        "use-launch-template",
        "ec2.amazonaws.com",
        ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
        "change the launch template of",
    ),
    Use(
        "use-stack",
        "cloudformation.amazonaws.com",
        ("cloudformation:UpdateStack",),
        "change the template of",
    ),
    Use(
        "use-change-set",
        "cloudformation.amazonaws.com",
        ("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
        "change by a change set",
    ),
    Use(
        "use-build",
        "codebuild.amazonaws.com",
        ("codebuild:StartBuild",),
        "give its own build commands to",
    ),
    Use(
        "use-build-batch",
        "codebuild.amazonaws.com",
        ("codebuild:StartBuildBatch",),
        "give its own batch of build commands to",
    ),
    Use(
        "use-glue-endpoint", "glue.amazonaws.com", ("glue:UpdateDevEndpoint",), "put its SSH key on"
    ),
    Use(
        "use-app-runner",
        "tasks.apprunner.amazonaws.com",
        ("apprunner:UpdateService",),
        "change the image of",
    ),
    Use(
        "use-notebook",
        "sagemaker.amazonaws.com",
        ("sagemaker:CreatePresignedNotebookInstanceUrl",),
        "open",
    ),
    Use(
        "use-notebook-start",
        "sagemaker.amazonaws.com",
        (
            "sagemaker:CreateNotebookInstanceLifecycleConfig",
            "sagemaker:StopNotebookInstance",
            "sagemaker:UpdateNotebookInstance",
            "sagemaker:StartNotebookInstance",
        ),
        "change the start script of",
    ),
    Use(
        "use-code-interpreter",
        "bedrock-agentcore.amazonaws.com",
        (
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ),
        "run code in",
    ),
    Use(
        "use-agent-shell",
        "bedrock-agentcore.amazonaws.com",
        ("bedrock-agentcore:InvokeAgentRuntimeCommandShell",),
        "open a shell in",
    ),
    Use(
        "use-entitlement",
        "account-access.amazonaws.com",
        ("account-access:CreateEntitlement",),
        "give itself",
    ),
)

WAYS: tuple[Write | Pass | Use, ...] = (*WRITES, *PASSES, *USES)

ACTIONS = frozenset(
    {"iam:PassRole", "sts:AssumeRole", "iam:DeleteAccessKey"}
    | {action for way in WAYS for action in way.actions}
)
