"""A small account as AWS answers for it: five users of different kinds, two roles."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .answers import ACCOUNT, CALLER, NOW, Error, ago

ELSEWHERE = "arn:aws:organizations::777788889999"

TRUST = '{"Version":"2012-10-17","Statement":[]}'
USERS = {
    # name: days since made
    "app": 900,
    "keyed": 900,
    "token": 900,
    "plain": 900,
    "newcomer": 0.01,
}
_COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)


def arn(kind: str, name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def _user(name: str, days: float) -> dict[str, Any]:
    return {
        "Path": "/",
        "UserName": name,
        "UserId": f"AIDAEXAMPLE{name.upper():A<9}",
        "Arn": arn("user", name),
        "CreateDate": ago(days),
        "GroupList": [],
        "AttachedManagedPolicies": [],
    }


def role(name: str) -> dict[str, Any]:
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROAEXAMPLE{name.upper():A<9}",
        "Arn": arn("role", name),
        "CreateDate": ago(100),
    }


def detail(name: str) -> dict[str, Any]:
    return {
        **role(name),
        "AssumeRolePolicyDocument": quote(TRUST),
        "InstanceProfileList": [],
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }


def _row(name: str, days: float, *, mfa: bool, cert: bool = False, key: bool = False) -> str:
    none = ["N/A"] * 3
    slot = ["true", ago(days).isoformat(), *none] if key else ["false", "N/A", *none]
    signing = ["true", ago(days).isoformat()] if cert else ["false", "N/A"]
    made = ago(days).isoformat()
    cells = [name, arn("user", name), made, "false", "N/A", "N/A", "N/A", str(mfa).lower()]
    return ",".join([*cells, *slot, "false", "N/A", *none, *signing, "false", "N/A"])


def report() -> bytes:
    """Root and every user but the newcomer, who came later."""
    root = ",".join(
        [
            *("<root_account>", f"arn:aws:iam::{ACCOUNT}:root", ago(2000).isoformat()),
            *("not_supported", "no_information", "not_supported", "not_supported", "true"),
            *(["false", "N/A", "N/A", "N/A", "N/A"] * 2),
            *(["false", "N/A"] * 2),
        ]
    )
    rows = [
        _row("app", 900, mfa=True),
        _row("keyed", 900, mfa=True, cert=True, key=True),
        _row("token", 900, mfa=True),
        _row("plain", 900, mfa=False),
    ]
    return "\n".join([_COLUMNS, root, *rows]).encode()


def _devices(params: Mapping[str, Any]) -> dict[str, Any]:
    serials = {
        "keyed": [f"arn:aws:iam::{ACCOUNT}:u2f/user/keyed/yubi-EXAMPLE"],
        "token": ["GAHT12345678"],
        "newcomer": [arn("mfa", "phone")],
        "app": [arn("mfa", "app"), f"arn:aws:iam::{ACCOUNT}:u2f/user/app/passkey-EXAMPLE"],
    }[params["UserName"]]
    return {
        "MFADevices": [
            {"UserName": params["UserName"], "SerialNumber": one, "EnableDate": ago(1)}
            for one in serials
        ],
        "IsTruncated": False,
    }


def _contact(params: Mapping[str, Any]) -> Any:
    return Error("ResourceNotFoundException")


SUMMARY = {
    "Users": 5,
    "UsersQuota": 5000,
    "Groups": 0,
    "AccountMFAEnabled": 1,
    "AccountAccessKeysPresent": 0,
    "AccountPasswordPresent": 1,
    "AccountSigningCertificatesPresent": 0,
}
ANSWERS: dict[str, Any] = {
    "sts:GetCallerIdentity": {"Account": ACCOUNT, "Arn": CALLER.arn, "UserId": CALLER.user_id},
    "iam:GetAccountAuthorizationDetails": {
        "UserDetailList": [_user(name, days) for name, days in USERS.items()],
        "RoleDetailList": [detail("byhand"), detail("byservice")],
        "GroupDetailList": [],
        "Policies": [],
        "IsTruncated": False,
    },
    "iam:GenerateCredentialReport": {"State": "COMPLETE"},
    "iam:GetCredentialReport": {"Content": report(), "GeneratedTime": ago(1 / 24)},
    "iam:GetAccountSummary": {"SummaryMap": SUMMARY},
    "iam:GetAccountPasswordPolicy": Error("NoSuchEntity"),
    "iam:ListVirtualMFADevices": {
        "VirtualMFADevices": [
            {
                "SerialNumber": arn("mfa", "app"),
                "EnableDate": ago(10),
                "User": {
                    **{k: v for k, v in _user("app", 900).items() if k in {"Path", "UserName"}},
                    "UserId": "AIDAEXAMPLEAPPAAAAAA",
                    "Arn": arn("user", "app"),
                    "CreateDate": ago(900),
                },
            }
        ],
        "IsTruncated": False,
    },
    "iam:ListMFADevices": _devices,
    "iam:ListServiceSpecificCredentials": {
        "ServiceSpecificCredentials": [
            {
                "UserName": "plain",
                "Status": "Active",
                "CreateDate": ago(30),
                "ExpirationDate": ago(-60),
                "ServiceCredentialAlias": "BedrockAPIKey-ex",
                "ServiceSpecificCredentialId": "ACCAEXAMPLE0000000001",
                "ServiceName": "bedrock.amazonaws.com",
            }
        ]
    },
    "iam:ListServerCertificates": {
        "ServerCertificateMetadataList": [
            {
                "Path": "/",
                "ServerCertificateName": "old-site",
                "ServerCertificateId": "ASCAEXAMPLE000000001",
                "Arn": arn("server-certificate", "old-site"),
                "UploadDate": ago(900),
                "Expiration": ago(100),
            }
        ],
        "IsTruncated": False,
    },
    "iam:ListInstanceProfiles": {
        "InstanceProfiles": [
            {
                "Path": "/",
                "InstanceProfileName": "web",
                "InstanceProfileId": "AIPAEXAMPLE000000001",
                "Arn": arn("instance-profile", "web"),
                "CreateDate": ago(100),
                "Roles": [{**role("deploy"), "AssumeRolePolicyDocument": quote(TRUST)}],
            },
            {
                "Path": "/old/",
                "InstanceProfileName": "left",
                "InstanceProfileId": "AIPAEXAMPLE000000002",
                "Arn": arn("instance-profile", "old/left"),
                "CreateDate": ago(800),
                "Roles": [],
            },
        ],
        "IsTruncated": False,
    },
    "iam:ListAccountAliases": {"AccountAliases": ["example-prod"], "IsTruncated": False},
    "iam:ListRoles": {
        "Roles": [
            {**role("byhand"), "MaxSessionDuration": 43200},
            {
                **role("byservice"),
                "MaxSessionDuration": 3600,
                "SourceRoleTemplate": {
                    "TemplateArn": "arn:aws:iam::aws:role-template/LambdaBasic",
                    "TemplateMinorVersion": 2,
                },
            },
        ],
        "IsTruncated": False,
    },
    "iam:GetAccountProperties": {"Properties": {"RoleManager/Enabled": "true"}},
    "iam:ListDelegationRequests": {
        "DelegationRequests": [
            {
                "DelegationRequestId": "dr-00000000000000000001",
                "State": "ACCEPTED",
                "RequestorId": "999988887777",
                "RequestorName": "Backup Inc",
                "PermissionPolicy": TRUST,
                "CreateDate": ago(3),
                "SessionDuration": 3600,
            }
        ],
        "isTruncated": False,
    },
    "iam:GetOutboundWebIdentityFederationInfo": Error("FeatureDisabled"),
    "iam:ListOrganizationsFeatures": Error("OrganizationNotFoundException"),
    "iam:ListSAMLProviders": {
        "SAMLProviderList": [
            {"Arn": arn("saml-provider", "corp"), "ValidUntil": ago(-100), "CreateDate": ago(300)}
        ]
    },
    "iam:GetSAMLProvider": {
        "SAMLMetadataDocument": f"<EntityDescriptor>{' ' * 1000}</EntityDescriptor>",
        "AssertionEncryptionMode": "Required",
        "PrivateKeyList": [{"KeyId": "KEYEXAMPLE00000000000001", "Timestamp": ago(3)}],
        "Tags": [{"Key": "team", "Value": "it"}],
    },
    "iam:ListOpenIDConnectProviders": {
        "OpenIDConnectProviderList": [{"Arn": arn("oidc-provider", "token.example.com")}]
    },
    "iam:GetOpenIDConnectProvider": {
        "Url": "token.example.com",
        "ClientIDList": ["sts.amazonaws.com"],
        "ThumbprintList": ["a" * 40],
        "CreateDate": ago(200),
        "Tags": [],
    },
    "account:GetContactInformation": {
        "ContactInformation": {
            "FullName": "Ana",
            "AddressLine1": "1 Street",
            "City": "Lisbon",
            "PostalCode": "1000",
            "CountryCode": "PT",
            "PhoneNumber": "+351000000000",
        },
        "VerificationStatus": "UNVERIFIED",
    },
    "account:GetAlternateContact": _contact,
    "account:ListRegions": {
        "Regions": [{"RegionName": "eu-west-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"}]
    },
    "signin:GetResourcePolicy": {
        "signinResourceBasedPolicy": {
            "version": "2012-10-17",
            "statement": [
                {
                    "effect": "Deny",
                    "principal": {"AWS": "*"},
                    "action": ["signin:Authenticate"],
                    "resource": "*",
                    "condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
                }
            ],
        }
    },
    "signin:GetConsoleAuthorizationConfiguration": {
        "targetId": ACCOUNT,
        "scope": "ACCOUNT",
        "consoleAuthorizationEnabled": False,
    },
    "organizations:ListHandshakesForAccount": {
        "Handshakes": [
            {
                "Id": "h-elsewhere1",
                "Arn": f"{ELSEWHERE}:handshake/o-elsewhere01/invite/h-elsewhere1",
                "Parties": [{"Id": ACCOUNT, "Type": "ACCOUNT"}],
                "State": "OPEN",
                "Action": "INVITE",
            }
        ]
    },
    "supportauthz:ListSupportPermits": {
        "supportPermits": [
            {
                "name": "case",
                "arn": f"arn:aws:supportauthz:eu-west-1:{ACCOUNT}:support-permit/case",
                "permit": {
                    "actions": {"allActions": {}},
                    "resources": {"resources": ["arn:aws:s3:::example"]},
                    "conditions": [{"allowBefore": ago(-2)}],
                },
                "status": "ACTIVE",
                "signingKeyInfo": {"kmsKey": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"},
                "createdAt": ago(1),
            }
        ]
    },
    "iam:GetLoginProfile": {
        "LoginProfile": {"UserName": "newcomer", "CreateDate": ago(0.01)},
    },
    "iam:GetUser": {
        "User": {
            "Path": "/",
            "UserName": "newcomer",
            "UserId": "AIDAEXAMPLENEWCOMERA",
            "Arn": arn("user", "newcomer"),
            "CreateDate": ago(0.01),
            "PasswordLastUsed": NOW,
        }
    },
    "iam:ListAccessKeys": lambda params: {
        "AccessKeyMetadata": [
            {
                "UserName": params["UserName"],
                "AccessKeyId": "AKIAEXAMPLE000000002",
                "Status": "Active",
                "CreateDate": ago(0.005),
            },
            {
                "UserName": params["UserName"],
                "AccessKeyId": "AKIAEXAMPLE000000001",
                "Status": "Inactive",
                "CreateDate": ago(0.01),
            },
        ],
        "IsTruncated": False,
    },
    "iam:GetAccessKeyLastUsed": lambda params: {
        "UserName": "newcomer",
        "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}
        if params["AccessKeyId"].endswith("1")
        else {"ServiceName": "s3", "Region": "eu-west-1", "LastUsedDate": NOW},
    },
    "iam:ListSSHPublicKeys": lambda params: {
        "SSHPublicKeys": [
            {
                "UserName": params["UserName"],
                "SSHPublicKeyId": "APKAEXAMPLE000000001",
                "Status": "Active",
                "UploadDate": ago(50),
            }
        ]
        if params["UserName"] == "plain"
        else [],
        "IsTruncated": False,
    },
    "iam:ListSigningCertificates": lambda params: {
        "Certificates": [
            {
                "UserName": params["UserName"],
                "CertificateId": "TA7SMP42TDN5Z26OBPJE7EXAMPLE",
                "CertificateBody": "-----BEGIN CERTIFICATE-----",
                "Status": "Active",
                "UploadDate": ago(900),
            }
        ],
        "IsTruncated": False,
    },
}
