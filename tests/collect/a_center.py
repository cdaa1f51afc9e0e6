"""Identity Center in AWS's answers: an instance in two regions, two sets, two users in a group."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .answers import ACCOUNT, Error, ago

HOME, COPY = "eu-north-1", "eu-west-1"
INSTANCE, STORE = "arn:aws:sso:::instance/ssoins-1111222233334444", "d-9067000001"
ADMIN, READER = (f"arn:aws:sso:::permissionSet/ssoins-1111222233334444/ps-{n:016}" for n in (1, 2))
SHOP = "222233334444"
ANA, BO = (f"9067000001-00000000-0000-0000-0000-00000000000{n}" for n in (1, 2))
PEOPLE = "9067000001-00000000-0000-0000-0000-0000000000aa"
ISSUER = f"arn:aws:sso::{ACCOUNT}:trustedTokenIssuer/ssoins-1111222233334444/tti-1"
APPLICATION = f"arn:aws:sso::{ACCOUNT}:application/ssoins-1111222233334444/apl-"
REQUEST = "12345678-1234-1234-1234-123456789012"
MANAGER = f"arn:aws:account-access:{HOME}:{ACCOUNT}:application/abc"
ROLE = f"arn:aws:iam::{SHOP}:role/Operator"
INLINE = '{"Version":"2012-10-17","Statement":[]}'
BILLING = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "aws-portal:*"}}'
REFUSED = Error("AccessDeniedException", "User is not authorized")
OUTDATED = "LATEST_PERMISSION_SET_NOT_PROVISIONED"
PROVISIONED = {(ADMIN, False): [ACCOUNT, SHOP], (READER, False): [ACCOUNT], (READER, True): [SHOP]}
HAVE = [
    (ACCOUNT, ADMIN, "GROUP", PEOPLE),
    (SHOP, ADMIN, "GROUP", PEOPLE),
    (SHOP, READER, "USER", BO),
]


def said(assignment: tuple[str, str, str, str]) -> dict[str, str]:
    names = ("AccountId", "PermissionSetArn", "PrincipalType", "PrincipalId")
    return dict(zip(names, assignment, strict=True))


def _of_pair(params: Mapping[str, Any]) -> Any:
    pair = (params["AccountId"], params["PermissionSetArn"])
    return {"AccountAssignments": [said(one) for one in HAVE if one[:2] == pair]}


def of_principal(params: Mapping[str, Any]) -> Any:
    """A user's own, and those of the group that both users are in."""
    holders = {params["PrincipalId"]} | ({PEOPLE} if params["PrincipalType"] == "USER" else set())
    return {"AccountAssignments": [said(one) for one in HAVE if one[3] in holders]}


def _boundary(params: Mapping[str, Any]) -> Any:
    if params["PermissionSetArn"] == READER:
        return Error("ResourceNotFoundException")
    return {"PermissionsBoundary": {"CustomerManagedPolicyReference": {"Name": "Limit"}}}


def accounts_of(params: Mapping[str, Any]) -> Any:
    of = (params["PermissionSetArn"], params["ProvisioningStatus"] == OUTDATED)
    return {"AccountIds": PROVISIONED.get(of, [])}


def user(name: str, number: str, **more: Any) -> dict[str, Any]:
    return {
        "IdentityStoreId": STORE,
        "UserId": number,
        "UserArn": f"arn:aws:identitystore:::user/{number}",
        "Revision": "1",
        "UserName": name,
        **more,
    }


def group(number: str) -> dict[str, Any]:
    return {
        "IdentityStoreId": STORE,
        "GroupId": number,
        "GroupArn": f"arn:aws:identitystore:::group/{number}",
        "Revision": "1",
        "DisplayName": "people",
    }


def membership(member: str) -> dict[str, Any]:
    return {
        "IdentityStoreId": STORE,
        "MembershipId": f"m-{member}",
        "MembershipArn": f"arn:aws:identitystore:::membership/m-{member}",
        "GroupId": PEOPLE,
        "MemberId": {"UserId": member},
    }


LISTED = {
    "InstanceArn": INSTANCE,
    "IdentityStoreId": STORE,
    "OwnerAccountId": ACCOUNT,
    "Name": "example",
    "CreatedDate": ago(300),
    "Status": "ACTIVE",
    "PrimaryRegion": HOME,
    "Regions": [
        {"RegionName": HOME, "Status": "ACTIVE", "AddedDate": ago(300), "IsPrimaryRegion": True},
        {"RegionName": COPY, "Status": "ADDING", "AddedDate": ago(1), "IsPrimaryRegion": False},
    ],
}
ANSWERS: dict[str, Any] = {
    "sso-admin:ListInstances": {"Instances": [LISTED]},
    "sso-admin:DescribeInstance": {
        "PermissionSetsEnabled": True,
        "EncryptionConfigurationDetails": {
            "KeyType": "CUSTOMER_MANAGED_KEY",
            "KmsKeyArn": f"arn:aws:kms:{HOME}:{ACCOUNT}:key/1",
            "EncryptionStatus": "ENABLED",
        },
        "NetworkConfigurationDetails": {
            "VpceAccessRequired": True,
            "AllowSourceIps": ["203.0.113.0/24"],
        },
    },
    "sso-admin:ListPermissionSets": {"PermissionSets": [ADMIN, READER]},
    "sso-admin:DescribePermissionSet": lambda p: {
        "PermissionSet": {
            "Name": "Admin" if p["PermissionSetArn"] == ADMIN else "Reader",
            "CreatedDate": ago(200),
            "SessionDuration": "PT1H30M",
        }
    },
    "sso-admin:GetInlinePolicyForPermissionSet": lambda p: (
        {"InlinePolicy": INLINE} if p["PermissionSetArn"] == ADMIN else {}
    ),
    "sso-admin:ListManagedPoliciesInPermissionSet": {
        "AttachedManagedPolicies": [{"Name": "Billing", "Arn": "arn:aws:iam::aws:policy/Billing"}]
    },
    "sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet": {
        "CustomerManagedPolicyReferences": [{"Name": "Mine", "Path": "/ours/"}]
    },
    "sso-admin:GetPermissionsBoundaryForPermissionSet": _boundary,
    "sso-admin:ListAccountsForProvisionedPermissionSet": accounts_of,
    "sso-admin:ListAccountAssignments": _of_pair,
    "sso-admin:ListAccountAssignmentsForPrincipal": of_principal,
    "sso-admin:ListPermissionSetProvisioningStatus": {
        "PermissionSetsProvisioningStatus": [{"Status": "FAILED", "RequestId": REQUEST}]
    },
    "sso-admin:DescribePermissionSetProvisioningStatus": {
        "PermissionSetProvisioningStatus": {
            "Status": "FAILED",
            "RequestId": REQUEST,
            "AccountId": SHOP,
            "PermissionSetArn": READER,
            "FailureReason": "the policy Mine is not there",
        }
    },
    "sso-admin:ListTrustedTokenIssuers": {
        "TrustedTokenIssuers": [
            {
                "TrustedTokenIssuerArn": ISSUER,
                "Name": "okta",
                "TrustedTokenIssuerType": "OIDC_JWT",
            }
        ]
    },
    "sso-admin:DescribeTrustedTokenIssuer": {
        "TrustedTokenIssuerConfiguration": {
            "OidcJwtConfiguration": {
                "IssuerUrl": "https://idp.example.com",
                "ClaimAttributePath": "email",
                "IdentityStoreAttributePath": "emails.value",
                "JwksRetrievalOption": "OPEN_ID_DISCOVERY",
            }
        }
    },
    "sso-admin:ListApplications": {
        "Applications": [
            {
                "ApplicationArn": f"{APPLICATION}{number}",
                "ApplicationProviderArn": f"arn:aws:sso::aws:applicationProvider/{kind}",
                "Name": name,
                "ApplicationAccount": ACCOUNT,
                "Status": "ENABLED",
            }
            for number, (kind, name) in enumerate((("custom", "own"), ("qbusiness", "awss")))
        ]
    },
    "sso-admin:ListApplicationAccessScopes": {
        "Scopes": [{"Scope": "sso:account:access", "AuthorizedTargets": [f"{APPLICATION}0"]}]
    },
    "sso-admin:GetApplicationAssignmentConfiguration": lambda p: {
        "AssignmentRequired": p["ApplicationArn"].endswith("0")
    },
    "sso-admin:ListApplicationAssignments": {
        "ApplicationAssignments": [
            {
                "ApplicationArn": f"{APPLICATION}0",
                "PrincipalId": PEOPLE,
                "PrincipalType": "GROUP",
            }
        ]
    },
    "sso-admin:GetApplicationSessionConfiguration": lambda p: (
        {"UserBackgroundSessionApplicationStatus": "ENABLED"}
        if p["ApplicationArn"].endswith("1")
        else {}
    ),
    "iam:GetPolicy": lambda p: {"Policy": {"Arn": p["PolicyArn"], "DefaultVersionId": "v7"}},
    "iam:GetPolicyVersion": lambda p: {
        "PolicyVersion": {"VersionId": p["VersionId"], "Document": quote(BILLING)}
    },
    "sso-admin:DescribeInstanceAccessControlAttributeConfiguration": {
        "Status": "ENABLED",
        "InstanceAccessControlAttributeConfiguration": {
            "AccessControlAttributes": [
                {"Key": "team", "Value": {"Source": ["${path:enterprise.department}"]}}
            ]
        },
    },
    "identitystore:DescribeIdentityStore": {
        "IdentityStoreId": STORE,
        "IdentityStoreArn": f"arn:aws:identitystore::{ACCOUNT}:identitystore/{STORE}",
        "NetworkConfiguration": {
            "VpceAccessRequired": False,
            "ScimAllowSourceIps": ["0.0.0.0/0"],
        },
    },
    "identitystore:ListUsers": {
        "Users": [
            user(
                "ana",
                ANA,
                UserStatus="ENABLED",
                DisplayName="Ana",
                Emails=[
                    {"Value": "old@example.com"},
                    {"Value": "ana@example.com", "Primary": True},
                ],
                ExternalIds=[{"Issuer": "https://idp.example.com", "Id": "1"}],
                CreatedBy="scim",
                UpdatedBy="portal",
                Roles=[{"Value": "shift lead"}, {"Type": "none"}],
            ),
            user("bo", BO, UserStatus="DISABLED"),
        ]
    },
    "identitystore:ListGroups": {"Groups": [group(PEOPLE)]},
    "identitystore:ListGroupMemberships": {"GroupMemberships": [membership(ANA), membership(BO)]},
    "account-access:ListApplications": {
        "applications": [{"applicationArn": MANAGER, "createdAt": ago(9), "updatedAt": ago(9)}]
    },
    "account-access:GetApplication": {
        "identitySource": {"identityCenter": {"instanceArn": INSTANCE}},
        "status": "ACTIVE",
        "createdAt": ago(9),
        "updatedAt": ago(9),
    },
    "account-access:ListEntitlements": {
        "entitlements": [
            {
                "entitlementId": f"ent-{kind}",
                "entitlement": {
                    "principalRole": {
                        "principal": {"identityCenter": {kind: principal}},
                        "roleArn": ROLE,
                        "account": SHOP,
                    }
                },
                "createdAt": ago(8),
            }
            for kind, principal in (("groupId", PEOPLE), ("userId", ANA))
        ]
    },
}
