"""An organisation in AWS's answers: root, Workloads, Production in it; AWS's own SCP everywhere."""

from collections.abc import Mapping
from typing import Any

from .answers import ACCOUNT, NOW, Error, ago

ORGANIZATION, ROOT = "o-abcdefghij", "r-ab12"
WORKLOADS, PRODUCTION, EMPTY = "ou-ab12-11111111", "ou-ab12-22222222", "ou-ab12-33333333"
SHOP, CLOSED = "222233334444", "333344445555"
ALLOW = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
DENY = (
    '{"Version":"2012-10-17","Statement":'
    '{"Effect":"Deny","Action":"iam:CreateUser","Resource":"*"}}'
)
TEAM = "arn:aws:mpa:us-east-1:111122223333:approval-team/vault"
DELEGATION = '{"Version":"2012-10-17","Statement":[]}'
BACKUP = '{"plans":{}}'
REFUSED = Error("AccessDeniedException", "You don't have permissions to access this resource.")
EVERYWHERE = (ROOT, WORKLOADS, PRODUCTION, EMPTY, ACCOUNT, SHOP, CLOSED)


def arn(kind: str, rest: str = "") -> str:
    return f"arn:aws:organizations::{ACCOUNT}:{kind}/{ORGANIZATION}{rest and f'/{rest}'}"


def account(number: str, *path: str, **more: Any) -> dict[str, Any]:
    return {
        "Id": number,
        "Arn": arn("account", number),
        "Name": f"account {number[:4]}",
        "Email": f"{number}@example.com",
        "State": "ACTIVE",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": ago(100),
        "Paths": ["/".join((ORGANIZATION, *path, number, ""))],
        **more,
    }


def unit(name: str, number: str) -> dict[str, str]:
    return {"Id": number, "Arn": arn("ou", number), "Name": name}


def policy(number: str, name: str, kind: str, *, aws: bool = False) -> dict[str, Any]:
    return {
        "Id": number,
        "Arn": arn("policy", number),
        "Name": name,
        "Type": kind,
        "AwsManaged": aws,
    }


def targets(*ids: str, **more: Any) -> dict[str, Any]:
    return {"Targets": [{"TargetId": one} for one in ids], **more}


UNITS = {
    ROOT: [unit("Workloads", WORKLOADS), unit("Empty", EMPTY)],
    WORKLOADS: [unit("Production", PRODUCTION)],
}
TYPES = ("SERVICE_CONTROL_POLICY", "BACKUP_POLICY", "QUANTUM_POLICY")
POLICIES = {
    "SERVICE_CONTROL_POLICY": [
        policy("p-FullAWSAccess", "FullAWSAccess", "SERVICE_CONTROL_POLICY", aws=True),
        policy("p-nousers01", "NoUsers", "SERVICE_CONTROL_POLICY"),
    ],
    "BACKUP_POLICY": [policy("p-backup01", "Nightly", "BACKUP_POLICY")],
    "QUANTUM_POLICY": [],
}
TEXTS = {"p-FullAWSAccess": ALLOW, "p-nousers01": DENY, "p-backup01": BACKUP}
TARGETS = {
    "p-FullAWSAccess": EVERYWHERE,
    "p-nousers01": (WORKLOADS,),
    "p-backup01": (),
}
HANDSHAKE = {
    "Id": "h-abcdefgh",
    "Arn": arn("handshake", "invite/h-abcdefgh"),
    "Action": "INVITE",
    "State": "OPEN",
    "RequestedTimestamp": ago(2),
    "ExpirationTimestamp": ago(-13),
    "Parties": [
        {"Id": ORGANIZATION, "Type": "ORGANIZATION"},
        {"Id": "new@example.com", "Type": "EMAIL"},
    ],
    "Resources": [
        {
            "Type": "ORGANIZATION",
            "Value": ORGANIZATION,
            "Resources": [{"Type": "MASTER_NAME", "Value": "Example"}],
        }
    ],
}


def _effective(params: Mapping[str, Any]) -> Any:
    if params["PolicyType"] != "BACKUP_POLICY":
        return Error("EffectivePolicyNotFoundException")
    said = {"PolicyContent": BACKUP, "LastUpdatedTimestamp": NOW, "PolicyType": "BACKUP_POLICY"}
    return {"EffectivePolicy": said}


ANSWERS: dict[str, Any] = {
    "organizations:DescribeOrganization": {
        "Organization": {
            "Id": ORGANIZATION,
            "Arn": arn("organization"),
            "FeatureSet": "ALL",
            "MasterAccountId": ACCOUNT,
            "MasterAccountEmail": "aws@example.com",
        }
    },
    "organizations:ListRoots": {
        "Roots": [
            {
                "Id": ROOT,
                "Arn": arn("root", ROOT),
                "Name": "Root",
                "PolicyTypes": [{"Type": kind, "Status": "ENABLED"} for kind in TYPES],
            }
        ]
    },
    "organizations:ListOrganizationalUnitsForParent": lambda p: {
        "OrganizationalUnits": UNITS.get(p["ParentId"], [])
    },
    "organizations:ListAccounts": {
        "Accounts": [
            account(ACCOUNT, ROOT),
            account(SHOP, ROOT, WORKLOADS, PRODUCTION),
            account(CLOSED, ROOT, EMPTY, State="CLOSED"),
        ]
    },
    "organizations:ListPolicies": lambda p: {"Policies": POLICIES[p["Filter"]]},
    "organizations:DescribePolicy": lambda p: {"Policy": {"Content": TEXTS[p["PolicyId"]]}},
    "organizations:ListTargetsForPolicy": lambda p: targets(*TARGETS[p["PolicyId"]]),
    "organizations:DescribeEffectivePolicy": _effective,
    "organizations:ListAccountsWithInvalidEffectivePolicy": lambda p: {
        "Accounts": [account(SHOP)] if p["PolicyType"] == "BACKUP_POLICY" else [],
        "PolicyType": p["PolicyType"],
    },
    "organizations:ListEffectivePolicyValidationErrors": {
        "EffectivePolicyValidationErrors": [
            {
                "ErrorCode": "ELEMENTS_TOO_MANY",
                "ErrorMessage": "too many plans",
                "PathToError": "plans",
                "ContributingPolicies": ["p-backup01"],
            }
        ]
    },
    "organizations:ListDelegatedAdministrators": {
        "DelegatedAdministrators": [{"Id": SHOP, "DelegationEnabledDate": ago(9)}]
    },
    "organizations:ListDelegatedServicesForAccount": {
        "DelegatedServices": [
            {"ServicePrincipal": "guardduty.amazonaws.com", "DelegationEnabledDate": ago(9)}
        ]
    },
    "organizations:ListAWSServiceAccessForOrganization": {
        "EnabledServicePrincipals": [
            {"ServicePrincipal": "sso.amazonaws.com", "DateEnabled": ago(50)}
        ]
    },
    "organizations:ListHandshakesForOrganization": {"Handshakes": [HANDSHAKE]},
    "mpa:ListApprovalTeams": {
        "ApprovalTeams": [
            {
                "Arn": TEAM,
                "Name": "vault",
                "Status": "ACTIVE",
                "ApprovalStrategy": {"MofN": {"MinApprovalsRequired": 2}},
                "NumberOfApprovers": 3,
            }
        ]
    },
    "mpa:GetApprovalTeam": {
        "Approvers": [
            {
                "ApproverId": "a1",
                "PrimaryIdentityId": "ana",
                "PrimaryIdentityStatus": "ACCEPTED",
                "MfaMethods": [{"Type": "EMAIL_OTP", "SyncStatus": "IN_SYNC"}],
            },
            {
                "ApproverId": "a2",
                "PrimaryIdentityStatus": "ACCEPTED",
                "MfaMethods": [{"Type": "EMAIL_OTP", "SyncStatus": "OUT_OF_SYNC"}],
            },
            {"ApproverId": "a3", "MfaMethods": []},
            {"ApproverId": "a4"},
        ],
        "Policies": [{"PolicyArn": "arn:aws:mpa::aws:policy/backup"}],
        "PendingUpdate": {"VersionId": "v2"},
    },
    "mpa:ListIdentitySources": {
        "IdentitySources": [
            {
                "IdentitySourceArn": f"{TEAM}/source",
                "Status": "ERROR",
                "StatusCode": "IDC_INSTANCE_NOT_FOUND",
                "IdentitySourceParameters": {"IamIdentityCenter": {"InstanceArn": "arn:aws:sso"}},
            }
        ]
    },
    "organizations:DescribeResourcePolicy": {"ResourcePolicy": {"Content": DELEGATION}},
    "resourcegroupstaggingapi:GetResources": {
        "PaginationToken": "",
        "ResourceTagMappingList": [
            {
                "ResourceARN": arn("account", SHOP),
                "Tags": [{"Key": "owner", "Value": "shop"}],
            }
        ],
    },
}
# What AWS tells the management account and delegated administrators alone.
MANAGERS_ONLY = frozenset(ANSWERS) - {
    "organizations:DescribeOrganization",
    "organizations:DescribeEffectivePolicy",
}


def managed_by(number: str) -> dict[str, Any]:
    """The answer to DescribeOrganization where another account manages."""
    said = ANSWERS["organizations:DescribeOrganization"]["Organization"]
    return {"Organization": {**said, "MasterAccountId": number}}
