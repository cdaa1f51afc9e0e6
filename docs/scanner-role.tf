# Lets idkeep read this account: no write, no wildcard action.

variable "role_name" {
  type    = string
  default = "idkeep-auditor"
}

variable "trusted_principal" {
  type        = string
  description = "Who may scan: the ARN of a role, a user or the root of the account that scans"
}

variable "external_id" {
  type        = string
  default     = ""
  description = "Asked of whoever assumes the role; empty asks none"
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.trusted_principal]
    }

    dynamic "condition" {
      for_each = var.external_id == "" ? [] : [var.external_id]

      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}

data "aws_iam_policy_document" "scan" {
  statement {
    sid       = "IdkeepScan"
    resources = ["*"]

    actions = [
      "access-analyzer:GetFindingsStatistics",
      "access-analyzer:ListAnalyzers",
      "access-analyzer:ListFindings",
      "account-access:GetApplication",
      "account-access:ListApplications",
      "account-access:ListEntitlements",
      "account:GetAlternateContact",
      "account:GetContactInformation",
      "account:ListRegions",
      "apigateway:GET",
      "bedrock-agentcore:GetAgentRuntime",
      "bedrock-agentcore:GetGateway",
      "bedrock-agentcore:GetResourcePolicy",
      "bedrock-agentcore:GetTokenVault",
      "bedrock-agentcore:ListAgentRuntimes",
      "bedrock-agentcore:ListApiKeyCredentialProviders",
      "bedrock-agentcore:ListGateways",
      "bedrock-agentcore:ListOauth2CredentialProviders",
      "bedrock-agentcore:ListWorkloadIdentities",
      "cloudtrail:DescribeTrails",
      "cloudtrail:GetEventSelectors",
      "cloudtrail:GetInsightSelectors",
      "cloudtrail:GetTrailStatus",
      "cloudtrail:ListEventDataStores",
      "cloudtrail:ListTrails",
      "cloudwatch:DescribeAlarms",
      "cognito-identity:DescribeIdentityPool",
      "cognito-identity:GetIdentityPoolRoles",
      "cognito-identity:ListIdentityPools",
      "config:DescribeConfigRules",
      "config:DescribeConfigurationAggregators",
      "config:DescribeConfigurationRecorderStatus",
      "config:DescribeConfigurationRecorders",
      "config:DescribeConformancePacks",
      "config:DescribeDeliveryChannels",
      "config:ListConfigurationRecorders",
      "dynamodb:GetResourcePolicy",
      "dynamodb:ListTables",
      "ec2:DescribeRegions",
      "ec2:GetInstanceMetadataDefaults",
      "ecr:DescribeRepositories",
      "ecr:GetRegistryPolicy",
      "ecr:GetRepositoryPolicy",
      "eks:DescribeAccessEntry",
      "eks:DescribeCluster",
      "eks:DescribePodIdentityAssociation",
      "eks:ListAccessEntries",
      "eks:ListAssociatedAccessPolicies",
      "eks:ListClusters",
      "eks:ListPodIdentityAssociations",
      "events:ListEventBuses",
      "events:ListRules",
      "events:ListTargetsByRule",
      "fms:GetAdminAccount",
      "fms:ListComplianceStatus",
      "fms:ListPolicies",
      "guardduty:DescribeOrganizationConfiguration",
      "guardduty:GetAdministratorAccount",
      "guardduty:GetDetector",
      "guardduty:GetFindings",
      "guardduty:GetFindingsStatistics",
      "guardduty:ListDetectors",
      "guardduty:ListFindings",
      "guardduty:ListMembers",
      "iam:GenerateCredentialReport",
      "iam:GetAccessKeyLastUsed",
      "iam:GetAccountAuthorizationDetails",
      "iam:GetAccountPasswordPolicy",
      "iam:GetAccountProperties",
      "iam:GetAccountSummary",
      "iam:GetCredentialReport",
      "iam:GetLoginProfile",
      "iam:GetOpenIDConnectProvider",
      "iam:GetOutboundWebIdentityFederationInfo",
      "iam:GetPolicy",
      "iam:GetPolicyVersion",
      "iam:GetSAMLProvider",
      "iam:GetUser",
      "iam:ListAccessKeys",
      "iam:ListAccountAliases",
      "iam:ListDelegationRequests",
      "iam:ListInstanceProfiles",
      "iam:ListMFADevices",
      "iam:ListOpenIDConnectProviders",
      "iam:ListOrganizationsFeatures",
      "iam:ListRoles",
      "iam:ListSAMLProviders",
      "iam:ListServerCertificates",
      "iam:ListServiceSpecificCredentials",
      "iam:ListSigningCertificates",
      "iam:ListVirtualMFADevices",
      "identitystore:DescribeIdentityStore",
      "identitystore:ListGroupMemberships",
      "identitystore:ListGroups",
      "identitystore:ListUsers",
      "kms:DescribeKey",
      "kms:GetKeyPolicy",
      "kms:ListGrants",
      "kms:ListKeys",
      "lambda:GetResourcePolicy",
      "lambda:ListFunctionUrlConfigs",
      "lambda:ListFunctions",
      "logs:DescribeLogGroups",
      "logs:DescribeMetricFilters",
      "logs:DescribeResourcePolicies",
      "mpa:GetApprovalTeam",
      "mpa:ListApprovalTeams",
      "mpa:ListIdentitySources",
      "organizations:DescribeEffectivePolicy",
      "organizations:DescribeOrganization",
      "organizations:DescribePolicy",
      "organizations:DescribeResourcePolicy",
      "organizations:ListAWSServiceAccessForOrganization",
      "organizations:ListAccounts",
      "organizations:ListAccountsForParent",
      "organizations:ListAccountsWithInvalidEffectivePolicy",
      "organizations:ListDelegatedAdministrators",
      "organizations:ListDelegatedServicesForAccount",
      "organizations:ListEffectivePolicyValidationErrors",
      "organizations:ListHandshakesForAccount",
      "organizations:ListHandshakesForOrganization",
      "organizations:ListOrganizationalUnitsForParent",
      "organizations:ListPolicies",
      "organizations:ListRoots",
      "organizations:ListTargetsForPolicy",
      "ram:GetResourceShares",
      "ram:ListPrincipals",
      "ram:ListResources",
      "ram:ListSourceAssociations",
      "rolesanywhere:ListCrls",
      "rolesanywhere:ListProfiles",
      "rolesanywhere:ListTrustAnchors",
      "s3:GetAccessPoint",
      "s3:GetAccessPointPolicy",
      "s3:GetAccountPublicAccessBlock",
      "s3:GetBucketAbac",
      "s3:GetBucketAcl",
      "s3:GetBucketLogging",
      "s3:GetBucketOwnershipControls",
      "s3:GetBucketPolicy",
      "s3:GetBucketPublicAccessBlock",
      "s3:GetBucketVersioning",
      "s3:ListAccessPoints",
      "s3:ListAllMyBuckets",
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetResourcePolicy",
      "secretsmanager:ListResourcePolicies",
      "secretsmanager:ListSecrets",
      "securityhub:DescribeHub",
      "securityhub:DescribeOrganizationConfiguration",
      "securityhub:DescribeSecurityHubV2",
      "securityhub:GetAdministratorAccount",
      "securityhub:GetEnabledStandards",
      "securityhub:ListMembers",
      "shield:DescribeDRTAccess",
      "shield:DescribeEmergencyContactSettings",
      "shield:DescribeSubscription",
      "shield:ListProtections",
      "signin:GetConsoleAuthorizationConfiguration",
      "signin:GetResourcePolicy",
      "sns:GetTopicAttributes",
      "sns:ListSubscriptionsByTopic",
      "sns:ListTopics",
      "sqs:GetQueueAttributes",
      "sqs:ListQueues",
      "ssm:DescribeActivations",
      "sso:DescribeInstance",
      "sso:DescribeInstanceAccessControlAttributeConfiguration",
      "sso:DescribePermissionSet",
      "sso:DescribePermissionSetProvisioningStatus",
      "sso:DescribeTrustedTokenIssuer",
      "sso:GetApplicationAssignmentConfiguration",
      "sso:GetApplicationSessionConfiguration",
      "sso:GetInlinePolicyForPermissionSet",
      "sso:GetPermissionsBoundaryForPermissionSet",
      "sso:ListAccountAssignments",
      "sso:ListAccountAssignmentsForPrincipal",
      "sso:ListAccountsForProvisionedPermissionSet",
      "sso:ListApplicationAccessScopes",
      "sso:ListApplicationAssignments",
      "sso:ListApplications",
      "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
      "sso:ListInstances",
      "sso:ListManagedPoliciesInPermissionSet",
      "sso:ListPermissionSetProvisioningStatus",
      "sso:ListPermissionSets",
      "sso:ListTrustedTokenIssuers",
      "sts:GetCallerIdentity",
      "support:DescribeTrustedAdvisorChecks",
      "supportauthz:ListSupportPermits",
      "tag:GetResources",
      "trustedadvisor:ListRecommendations",
    ]
  }
}

resource "aws_iam_role" "idkeep" {
  name                 = var.role_name
  description          = "Read only, for idkeep"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "scan" {
  name   = "idkeep-scan"
  role   = aws_iam_role.idkeep.id
  policy = data.aws_iam_policy_document.scan.json
}

output "role_arn" {
  value = aws_iam_role.idkeep.arn
}
