"""An account with one of each resource, as AWS answers for it; and one with nothing."""

import json
from typing import Any

from .answers import ACCOUNT, NOW, REGION, Error, ago

OTHER = "222233334444"
ELSEWHERE = "us-east-1"
KEY, AWS_KEY, THEIR_KEY = (
    f"arn:aws:kms:{REGION}:{account}:key/{name}"
    for account, name in ((ACCOUNT, "own"), (ACCOUNT, "awss"), (OTHER, "theirs"))
)
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:invoice"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbCdEf"
SHARE = f"arn:aws:ram:{REGION}:{ACCOUNT}:resource-share/1"
THEIR_SHARE = f"arn:aws:ram:{REGION}:{OTHER}:resource-share/2"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/work"
RUNTIME = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:runtime/agent-1"
GATEWAY = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:gateway/tools-1"
VAULT = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:token-vault/default"
LOG_GROUP = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:app"
POOL = f"{REGION}:11111111-2222-3333-4444-555555555555"
BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def regions(*names: str) -> dict[str, Any]:
    return {"Regions": [{"RegionName": one, "RegionOptStatus": "ENABLED"} for one in names]}


def policy(sid: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Deny"}]})


# What every list call answers where there is nothing, in a region.
BARE: dict[str, Any] = {
    "account:ListRegions": regions(REGION),
    "s3control:GetPublicAccessBlock": Error("NoSuchPublicAccessBlockConfiguration"),
    "s3:ListBuckets": {"Buckets": []},
    "s3control:ListAccessPoints": {"AccessPointList": []},
    "kms:ListKeys": {"Keys": [], "Truncated": False},
    "sqs:ListQueues": {},
    "sns:ListTopics": {"Topics": []},
    "lambda:ListFunctions": {"Functions": []},
    "secretsmanager:ListSecrets": {"SecretList": []},
    "ecr:DescribeRepositories": {"repositories": []},
    "ecr:GetRegistryPolicy": Error("RegistryPolicyNotFoundException"),
    "dynamodb:ListTables": {"TableNames": []},
    "events:ListEventBuses": {"EventBuses": []},
    "apigateway:GetRestApis": {},
    "logs:DescribeResourcePolicies": {"resourcePolicies": []},
    "logs:DescribeLogGroups": {"logGroups": []},
    "ram:GetResourceShares": {"resourceShares": []},
    "rolesanywhere:ListTrustAnchors": {"trustAnchors": []},
    "rolesanywhere:ListProfiles": {"profiles": []},
    "rolesanywhere:ListCrls": {"crls": []},
    "eks:ListClusters": {"clusters": []},
    "cognito-identity:ListIdentityPools": {"IdentityPools": []},
    "ssm:DescribeActivations": {"ActivationList": []},
    "bedrock-agentcore-control:ListWorkloadIdentities": {"workloadIdentities": []},
    "bedrock-agentcore-control:ListOauth2CredentialProviders": {"credentialProviders": []},
    "bedrock-agentcore-control:ListApiKeyCredentialProviders": {"credentialProviders": []},
    "bedrock-agentcore-control:ListGateways": {"items": []},
    "bedrock-agentcore-control:ListAgentRuntimes": {"agentRuntimes": []},
}


def _key(params: Any) -> dict[str, Any]:
    manager = "AWS" if params["KeyId"] == AWS_KEY else "CUSTOMER"
    return {
        "KeyMetadata": {
            "KeyId": params["KeyId"].rpartition("/")[2],
            "KeyManager": manager,
            "KeyState": "Enabled",
        }
    }


def _shares(params: Any) -> dict[str, Any]:
    own = params["resourceOwner"] == "SELF"
    return {
        "resourceShares": [
            {
                "resourceShareArn": SHARE if own else THEIR_SHARE,
                "owningAccountId": ACCOUNT if own else OTHER,
                "allowExternalPrincipals": own,
                "status": "ACTIVE",
                **(
                    {
                        "resourceShareConfiguration": {
                            "retainSharingOnAccountLeaveOrganization": True
                        }
                    }
                    if own
                    else {}
                ),
            }
        ]
    }


def _log_policies(params: Any) -> dict[str, Any]:
    if params.get("policyScope") == "RESOURCE":
        return {
            "resourcePolicies": [
                {"policyDocument": policy("group"), "resourceArn": params["resourceArn"]}
            ]
        }
    return {"resourcePolicies": [{"policyName": "dns", "policyDocument": policy("logs")}]}


STOCKED: dict[str, Any] = {
    **BARE,
    "s3control:GetPublicAccessBlock": {"PublicAccessBlockConfiguration": BLOCKED},
    "s3:ListBuckets": {
        "Buckets": [
            {"Name": "open", "BucketRegion": REGION},
            {"Name": "plain", "BucketRegion": ELSEWHERE},
        ]
    },
    "s3:GetBucketPolicy": {"Policy": policy("bucket")},
    f"s3:GetBucketPolicy@{ELSEWHERE}": Error("NoSuchBucketPolicy"),
    "s3:GetPublicAccessBlock": {"PublicAccessBlockConfiguration": BLOCKED},
    f"s3:GetPublicAccessBlock@{ELSEWHERE}": Error("NoSuchPublicAccessBlockConfiguration"),
    "s3:GetBucketOwnershipControls": {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    },
    f"s3:GetBucketOwnershipControls@{ELSEWHERE}": Error("OwnershipControlsNotFoundError"),
    "s3:GetBucketAbac": {"AbacStatus": {"Status": "Enabled"}},
    "s3:GetBucketAcl": {
        "Owner": {"ID": "0" * 64, "DisplayName": "someone"},
        "Grants": [
            {
                "Grantee": {
                    "Type": "Group",
                    "URI": "http://acs.amazonaws.com/groups/global/AllUsers",
                },
                "Permission": "READ",
            },
            {
                "Grantee": {"Type": "CanonicalUser", "ID": "0" * 64, "DisplayName": "someone"},
                "Permission": "FULL_CONTROL",
            },
        ],
    },
    "s3control:ListAccessPoints": {
        "AccessPointList": [
            {
                "Name": "reports",
                "NetworkOrigin": "Internet",
                "Bucket": "open",
                "BucketAccountId": OTHER,
                "AccessPointArn": f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint/reports",
            }
        ]
    },
    "s3control:GetAccessPointPolicy": Error("NoSuchAccessPointPolicy"),
    "s3control:GetAccessPoint": {"Name": "reports", "PublicAccessBlockConfiguration": BLOCKED},
    "kms:ListKeys": (
        {"Keys": [{"KeyArn": KEY}], "Truncated": True, "NextMarker": "m"},
        {"Keys": [{"KeyArn": AWS_KEY}, {"KeyArn": THEIR_KEY}], "Truncated": False},
    ),
    "kms:DescribeKey": _key,
    "kms:GetKeyPolicy": lambda params: {"Policy": policy(params.get("PolicyName", "default"))},
    "kms:ListGrants": {
        "Grants": [
            {
                "GrantId": "g1",
                "GranteePrincipal": ROLE,
                "IssuingAccount": f"arn:aws:iam::{ACCOUNT}:root",
                "Operations": ["Decrypt"],
                "Constraints": {"EncryptionContextSubset": {"table": "orders"}},
            },
            {
                "GrantId": "g2",
                "GranteeServicePrincipal": "dynamodb.amazonaws.com",
                "Operations": ["Decrypt"],
                "Constraints": {"SourceArn": "arn:aws:dynamodb:eu-west-1:111122223333:table/*"},
            },
        ],
        "Truncated": False,
    },
    "sqs:ListQueues": {"QueueUrls": [f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/jobs"]},
    "sqs:GetQueueAttributes": {
        "Attributes": {
            "QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs",
            "Policy": policy("queue"),
        }
    },
    "sns:ListTopics": {"Topics": [{"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:news"}]},
    "sns:GetTopicAttributes": {
        "Attributes": {
            "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:news",
            "Policy": policy("topic"),
        }
    },
    "lambda:ListFunctions": {
        "Functions": [
            {
                "FunctionArn": FUNCTION,
                "Role": ROLE,
                "Environment": {"Variables": {"PASSWORD": "hunter2"}},
            }
        ]
    },
    "lambda:GetResourcePolicy": lambda params: {"Policy": policy(params["ResourceArn"])},
    "lambda:ListFunctionUrlConfigs": {
        "FunctionUrlConfigs": [
            {
                "FunctionUrl": "https://abcdefghijklmnop.lambda-url.example/",
                "FunctionArn": arn,
                "CreationTime": "2026-01-01T00:00:00Z",
                "LastModifiedTime": "2026-01-01T00:00:00Z",
                "AuthType": auth,
            }
            for arn, auth in ((FUNCTION, "AWS_IAM"), (f"{FUNCTION}:live", "NONE"))
        ]
    },
    "secretsmanager:ListSecrets": {"SecretList": [{"ARN": SECRET, "OwningService": "rds"}]},
    "secretsmanager:ListResourcePolicies": {
        "ResourcePolicies": [{"PolicyName": "default"}, {"PolicyName": "shared"}]
    },
    "secretsmanager:GetResourcePolicy": lambda params: {
        "ARN": SECRET,
        "ResourcePolicy": policy(params["PolicyName"]),
    },
    "secretsmanager:DescribeSecret": {
        "ARN": SECRET,
        "CrossAccountReplicas": [
            {
                "ReplicaSecretARN": SECRET.replace(ACCOUNT, OTHER),
                "ReplicationRoleARN": ROLE,
                "ReplicationStatus": "InSync",
            }
        ],
    },
    "ecr:DescribeRepositories": {
        "repositories": [
            {
                "repositoryArn": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/app",
                "repositoryName": "app",
            }
        ]
    },
    "ecr:GetRepositoryPolicy": Error("RepositoryPolicyNotFoundException"),
    "ecr:GetRegistryPolicy": {"policyText": policy("registry")},
    "dynamodb:ListTables": (
        {"TableNames": ["orders"], "LastEvaluatedTableName": "orders"},
        {"TableNames": ["people"]},
    ),
    "dynamodb:GetResourcePolicy": lambda params: (
        {"Policy": policy("table")}
        if params["ResourceArn"].endswith("orders")
        else Error("PolicyNotFoundException")
    ),
    "events:ListEventBuses": (
        {
            "EventBuses": [
                {"Name": "default", "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"}
            ],
            "NextToken": "more",
        },
        {
            "EventBuses": [
                {
                    "Name": "shop",
                    "Arn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/shop",
                    "Policy": policy("bus"),
                }
            ]
        },
    ),
    "apigateway:GetRestApis": {
        "items": [
            {
                "id": "abc123",
                "policy": json.dumps(policy("api"))[1:-1],
                "endpointConfiguration": {"types": ["PRIVATE"], "vpcEndpointIds": ["vpce-1"]},
                "disableExecuteApiEndpoint": True,
            }
        ]
    },
    "logs:DescribeResourcePolicies": _log_policies,
    "logs:DescribeLogGroups": {"logGroups": [{"logGroupArn": LOG_GROUP, "logGroupName": "app"}]},
    "ram:GetResourceShares": _shares,
    "ram:ListPrincipals": {
        "principals": [
            {"id": OTHER, "resourceShareArn": SHARE, "external": True},
            {"id": "vpc-lattice.amazonaws.com", "resourceShareArn": SHARE},
        ]
    },
    "ram:ListSourceAssociations": {
        "sourceAssociations": [
            {"resourceShareArn": SHARE, "sourceId": OTHER, "sourceType": "aws:SourceAccount"}
        ]
    },
    "ram:ListResources": {
        "resources": [{"arn": KEY, "type": "kms:Key", "resourceShareArn": SHARE}]
    },
    "rolesanywhere:ListTrustAnchors": {
        "trustAnchors": [
            {
                "trustAnchorArn": f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:trust-anchor/t",
                "name": "factory",
                "enabled": True,
                "crlDpRevocationEnabled": False,
                "source": {
                    "sourceType": "AWS_ACM_PCA",
                    "sourceData": {"acmPcaArn": "arn:aws:acm-pca:eu-west-1:1:ca/1"},
                },
            }
        ]
    },
    "rolesanywhere:ListProfiles": {
        "profiles": [
            {
                "profileArn": f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:profile/p",
                "name": "machines",
                "enabled": True,
                "roleArns": [ROLE],
                "sessionPolicy": policy("session"),
                "durationSeconds": 3600,
            }
        ]
    },
    "rolesanywhere:ListCrls": {
        "crls": [
            {
                "crlArn": f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:crl/c",
                "name": "revoked",
                "enabled": True,
                "crlData": b"list",
                "trustAnchorArn": f"arn:aws:rolesanywhere:{REGION}:{ACCOUNT}:trust-anchor/t",
            }
        ]
    },
    "eks:ListClusters": {"clusters": ["shop"]},
    "eks:DescribeCluster": {
        "cluster": {
            "name": "shop",
            "roleArn": ROLE,
            "accessConfig": {"authenticationMode": "API"},
            "identity": {"oidc": {"issuer": "https://oidc.example/id/1"}},
            "resourcesVpcConfig": {"endpointPublicAccess": True},
        }
    },
    "eks:ListAccessEntries": {"accessEntries": [ROLE]},
    "eks:DescribeAccessEntry": {
        "accessEntry": {"type": "STANDARD", "username": ROLE, "kubernetesGroups": ["ops"]}
    },
    "eks:ListAssociatedAccessPolicies": {
        "associatedAccessPolicies": [
            {
                "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
                "accessScope": {"type": "namespace", "namespaces": ["web"]},
            }
        ]
    },
    "eks:ListPodIdentityAssociations": {
        "associations": [
            {
                "associationArn": f"arn:aws:eks:{REGION}:{ACCOUNT}:podidentityassociation/shop/a-1",
                "associationId": "a-1",
                "namespace": "web",
                "serviceAccount": "cart",
            }
        ]
    },
    "eks:DescribePodIdentityAssociation": {
        "association": {
            "roleArn": ROLE,
            "targetRoleArn": f"arn:aws:iam::{OTHER}:role/target",
            "externalId": "not-kept",
            "disableSessionTags": True,
            "policy": policy("pod"),
        }
    },
    "cognito-identity:ListIdentityPools": {
        "IdentityPools": [{"IdentityPoolId": POOL, "IdentityPoolName": "app"}]
    },
    "cognito-identity:DescribeIdentityPool": {
        "IdentityPoolId": POOL,
        "IdentityPoolName": "app",
        "AllowUnauthenticatedIdentities": True,
        "SupportedLoginProviders": {"accounts.google.com": "client"},
        "CognitoIdentityProviders": [{"ProviderName": "cognito-idp/users", "ClientId": "c"}],
    },
    "cognito-identity:GetIdentityPoolRoles": {
        "IdentityPoolId": POOL,
        "Roles": {"unauthenticated": ROLE},
        "RoleMappings": {
            "cognito-idp/users:c": {
                "Type": "Rules",
                "AmbiguousRoleResolution": "Deny",
                "RulesConfiguration": {
                    "Rules": [
                        {
                            "Claim": "isAdmin",
                            "MatchType": "Equals",
                            "Value": "yes",
                            "RoleARN": ROLE,
                        }
                    ]
                },
            }
        },
    },
    "ssm:DescribeActivations": {
        "ActivationList": [
            {
                "ActivationId": "act-1",
                "IamRole": "work",
                "RegistrationLimit": 10,
                "RegistrationsCount": 2,
                "ExpirationDate": ago(1),
                "Expired": True,
            }
        ]
    },
    "bedrock-agentcore-control:ListWorkloadIdentities": {
        "workloadIdentities": [
            {
                "name": "agent",
                "workloadIdentityArn": f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:w/agent",
            }
        ]
    },
    "bedrock-agentcore-control:ListOauth2CredentialProviders": {
        "credentialProviders": [
            {
                "name": "github",
                "credentialProviderVendor": "GithubOauth2",
                "credentialProviderArn": f"{VAULT}/oauth2credentialprovider/github",
                "createdTime": NOW,
                "lastUpdatedTime": NOW,
            }
        ]
    },
    "bedrock-agentcore-control:ListApiKeyCredentialProviders": {
        "credentialProviders": [
            {
                "name": "crm",
                "credentialProviderArn": f"{VAULT}/apikeycredentialprovider/crm",
                "createdTime": NOW,
                "lastUpdatedTime": NOW,
            }
        ]
    },
    "bedrock-agentcore-control:GetTokenVault": {
        "tokenVaultId": "default",
        "kmsConfiguration": {"keyType": "CustomerManagedKey", "kmsKeyArn": KEY},
        "lastModifiedDate": NOW,
    },
    "bedrock-agentcore-control:ListGateways": {
        "items": [
            {
                "gatewayId": "tools-1",
                "name": "tools",
                "status": "READY",
                "createdAt": NOW,
                "updatedAt": NOW,
                "authorizerType": "CUSTOM_JWT",
            }
        ]
    },
    "bedrock-agentcore-control:GetGateway": {
        "gatewayArn": GATEWAY,
        "gatewayId": "tools-1",
        "name": "tools",
        "status": "READY",
        "createdAt": NOW,
        "updatedAt": NOW,
        "authorizerType": "CUSTOM_JWT",
        "roleArn": ROLE,
        "authorizerConfiguration": {
            "customJWTAuthorizer": {
                "discoveryUrl": "https://issuer.example/.well-known/openid-configuration",
                "allowedAudience": ["tools"],
            }
        },
    },
    "bedrock-agentcore-control:ListAgentRuntimes": {
        "agentRuntimes": [
            {
                "agentRuntimeArn": RUNTIME,
                "agentRuntimeId": "agent-1",
                "agentRuntimeVersion": "1",
                "agentRuntimeName": "agent",
                "description": "an agent",
                "lastUpdatedAt": NOW,
                "status": "READY",
            }
        ]
    },
    "bedrock-agentcore-control:GetAgentRuntime": {
        "agentRuntimeArn": RUNTIME,
        "agentRuntimeId": "agent-1",
        "agentRuntimeVersion": "1",
        "agentRuntimeName": "agent",
        "createdAt": NOW,
        "lastUpdatedAt": NOW,
        "roleArn": ROLE,
        "networkConfiguration": {"networkMode": "PUBLIC"},
        "status": "READY",
        "lifecycleConfiguration": {},
        "environmentVariables": {"TOKEN": "hunter2"},
    },
    "bedrock-agentcore-control:GetResourcePolicy": lambda params: (
        {"policy": policy("agent")}
        if params["resourceArn"] == RUNTIME
        else Error("ResourceNotFoundException")
    ),
}
