"""Bedrock AgentCore: identities of agents, the keys they hold, gateways that let them in.

https://docs.aws.amazon.com/bedrock-agentcore-control/latest/APIReference/API_Operations.html.
Kinds: workload-identity, gateway, runtime, oauth2-provider, api-key-provider, token-vault,
resource-policy (with `resourceArn`).
"""

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "The requested resource was not found.")

OPERATIONS: Table = {
    "GetAgentRuntime": one("runtime", by={"agentRuntimeId": "agentRuntimeId"}, absent=ABSENT),
    "GetGateway": one("gateway", by={"gatewayIdentifier": "gatewayId"}, absent=ABSENT),
    "GetResourcePolicy": one("resource-policy", by={"resourceArn": "resourceArn"}, absent=ABSENT),
    "GetTokenVault": one("token-vault", by={"tokenVaultId": "tokenVaultId"}, absent=ABSENT),
    "GetWorkloadIdentity": one("workload-identity", by={"name": "name"}, absent=ABSENT),
    "ListAgentRuntimes": listing("runtime", "agentRuntimes"),
    "ListApiKeyCredentialProviders": listing("api-key-provider", "credentialProviders"),
    "ListGateways": listing("gateway", "items"),
    "ListOauth2CredentialProviders": listing("oauth2-provider", "credentialProviders"),
    "ListWorkloadIdentities": listing("workload-identity", "workloadIdentities"),
}
