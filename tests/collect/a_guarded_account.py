"""The security services of an account: all on in one region, all off in the other."""

from collections.abc import Mapping
from typing import Any

from .a_watched_account import ELSEWHERE, OTHER, REGIONS
from .answers import ACCOUNT, REGION, Error, ago

DETECTOR = "06b01209ca77b0865dd973df0355fc1e"
PROTECTIONS = (f"{1:036}", f"{2:036}")
POLICY = "00000000-0000-0000-0000-000000000001"
ANALYZER = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/"
BY_IAM = (
    f"User: arn:aws:sts::{ACCOUNT}:assumed-role/auditor/scan is not authorized to perform: {{}} "
    "because no identity-based policy allows the action"
)
BY_SCP = (
    f"User: arn:aws:sts::{ACCOUNT}:assumed-role/auditor/scan is not authorized to perform: {{}} "
    "with an explicit deny in a service control policy"
)


def rule(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "ConfigRuleName": name,
        "ConfigRuleArn": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/{name}",
        "Source": {"Owner": "AWS", "SourceIdentifier": "IAM_PASSWORD_POLICY"},
        "ConfigRuleState": "ACTIVE",
        **changed,
    }


def finding(number: int) -> dict[str, Any]:
    return {
        "AccountId": ACCOUNT,
        "Arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/{DETECTOR}/finding/{number}",
        "CreatedAt": "2026-10-01T00:00:00.000Z",
        "Id": f"{number:032x}",
        "Region": REGION,
        "SchemaVersion": "2.0",
        "Severity": 5.0,
        "Title": "The user ana is behaving oddly.",
        "Type": "Persistence:IAMUser/AnomalousBehavior",
        "UpdatedAt": f"2026-10-{number:02}T06:00:00.000Z",
        "Resource": {
            "ResourceType": "AccessKey",
            "AccessKeyDetails": {
                "AccessKeyId": "AKIAEXAMPLE",
                "UserName": "ana",
                "UserType": "IAMUser",
            },
        },
        "Service": {"Count": 3},
    }


def _findings(params: Mapping[str, Any]) -> Any:
    return {"Findings": [finding(int(one, 16)) for one in params["FindingIds"]]}


def analyzer(name: str, kind: str, **changed: Any) -> dict[str, Any]:
    return {
        "arn": ANALYZER + name,
        "name": name,
        "type": kind,
        "createdAt": ago(100),
        "status": "ACTIVE",
        **changed,
    }


def external_finding(number: int) -> dict[str, Any]:
    return {
        "id": f"finding-{number}",
        "principal": {"AWS": "*"},
        "action": ["s3:GetObject"],
        "resource": "arn:aws:s3:::open",
        "isPublic": True,
        "resourceType": "AWS::S3::Bucket",
        "condition": {},
        "createdAt": ago(500),
        "analyzedAt": ago(1),
        "updatedAt": ago(number),
        "status": "ACTIVE",
        "resourceOwnerAccount": ACCOUNT,
        "resourceControlPolicyRestriction": "NOT_APPLICABLE",
    }


def _statistics(params: Mapping[str, Any]) -> Any:
    name = params["analyzerArn"].removeprefix(ANALYZER)
    told = {
        "outside": {
            "externalAccessFindingsStatistics": {
                "resourceTypeStatistics": {
                    "AWS::S3::Bucket": {"totalActivePublic": 2, "totalActiveCrossAccount": 1},
                    "AWS::IAM::Role": {"totalActiveCrossAccount": 4},
                },
                "totalActiveFindings": 7,
                "totalArchivedFindings": 1,
                "totalResolvedFindings": 9,
            }
        },
        "unused": {
            "unusedAccessFindingsStatistics": {
                "unusedAccessTypeStatistics": [{"unusedAccessType": "UnusedIAMRole", "total": 3}],
                "totalActiveFindings": 3,
            }
        },
        "inside": {
            "internalAccessFindingsStatistics": {
                "resourceTypeStatistics": {"AWS::S3::Bucket": {"totalActiveFindings": 5}},
                "totalActiveFindings": 5,
            }
        },
    }[name]
    return {"findingsStatistics": [told], "lastUpdatedAt": ago(0.5)}


OFF: dict[str, Any] = {
    "account:ListRegions": REGIONS,
    "config:ListConfigurationRecorders": {"ConfigurationRecorderSummaries": []},
    "config:DescribeConfigurationAggregators": {"ConfigurationAggregators": []},
    "securityhub:DescribeHub": Error("InvalidAccessException", "is not enabled for securityhub"),
    "securityhub:DescribeSecurityHubV2": Error("ResourceNotFoundException"),
    "guardduty:ListDetectors": {"DetectorIds": []},
    "supportauthz:ListSupportPermits": {"supportPermits": []},
    "accessanalyzer:ListAnalyzers": {"analyzers": []},
    "ec2:GetInstanceMetadataDefaults": {"AccountLevel": {}},
    "shield:DescribeSubscription": Error("ResourceNotFoundException"),
    "fms:GetAdminAccount": Error(
        "AccessDeniedException", f"No default admin could be found for account {ACCOUNT}"
    ),
    "trustedadvisor:ListRecommendations": Error(
        "AccessDeniedException", "Your account does not have a support plan that includes this."
    ),
    "support:DescribeTrustedAdvisorChecks": Error("SubscriptionRequiredException"),
}
ON: dict[str, Any] = {
    **OFF,
    f"config:DescribeConfigurationAggregators@{REGION}": {
        "ConfigurationAggregators": [
            {
                "ConfigurationAggregatorName": "all",
                "OrganizationAggregationSource": {"RoleArn": "arn:3", "AllAwsRegions": True},
            },
            {
                "ConfigurationAggregatorName": "some",
                "AccountAggregationSources": [{"AccountIds": ["1"], "AwsRegions": ["eu-west-1"]}],
            },
        ]
    },
    f"config:ListConfigurationRecorders@{REGION}": {
        "ConfigurationRecorderSummaries": [
            {"arn": "arn:1", "name": "default", "recordingScope": "PAID"},
            {
                "arn": "arn:2",
                "name": "AWSConfigurationRecorderForCloudWatch",
                "servicePrincipal": "observabilityadmin.amazonaws.com",
                "recordingScope": "INTERNAL",
            },
        ]
    },
    "config:DescribeConfigurationRecorders": {
        "ConfigurationRecorders": [
            {
                "name": "default",
                "recordingGroup": {
                    "allSupported": False,
                    "includeGlobalResourceTypes": False,
                    "resourceTypes": [],
                    "exclusionByResourceTypes": {"resourceTypes": ["AWS::IAM::User"]},
                    "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
                },
            }
        ]
    },
    "config:DescribeConfigurationRecorderStatus": {
        "ConfigurationRecordersStatus": [
            {"name": "default", "recording": True, "lastStatus": "Success"}
        ]
    },
    "config:DescribeDeliveryChannels": {
        "DeliveryChannels": [{"name": "default", "s3BucketName": "config-bucket"}]
    },
    "config:DescribeConfigRules": (
        {"ConfigRules": [rule("own")], "NextToken": "more"},
        {
            "ConfigRules": [
                rule("hubs", CreatedBy="securityhub.amazonaws.com"),
                rule(
                    "managers",
                    ConfigRuleArn=f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/"
                    "aws-service-rule/fms.amazonaws.com/config-rule-8cw6rk",
                ),
            ]
        },
    ),
    "config:DescribeConformancePacks": {
        "ConformancePackDetails": [
            {
                "ConformancePackName": "baseline",
                "ConformancePackArn": "arn:3",
                "ConformancePackId": "pack-1",
            }
        ]
    },
    f"securityhub:DescribeHub@{REGION}": {
        "HubArn": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:hub/default",
        "AutoEnableControls": True,
        "ControlFindingGenerator": "SECURITY_CONTROL",
    },
    f"securityhub:DescribeSecurityHubV2@{REGION}": {
        "HubV2Arn": f"arn:aws:securityhub:{REGION}:{ACCOUNT}:hubv2/1",
        "Features": {
            "Exposure": {"FeatureStatus": "ENABLED"},
            "Other": {"FeatureStatus": "DISABLED"},
        },
    },
    "securityhub:GetEnabledStandards": {
        "StandardsSubscriptions": [
            {
                "StandardsSubscriptionArn": "arn:4",
                "StandardsArn": "arn:aws:securityhub:::standards/cis",
                "StandardsInput": {},
                "StandardsStatus": "INCOMPLETE",
                "StandardsStatusReason": {
                    "StatusReasonCode": "NO_AVAILABLE_CONFIGURATION_RECORDER"
                },
            }
        ]
    },
    "securityhub:GetAdministratorAccount": {},
    "securityhub:ListMembers": {
        "Members": [{"AccountId": OTHER, "AdministratorId": ACCOUNT, "MemberStatus": "Removed"}]
    },
    "securityhub:DescribeOrganizationConfiguration": {
        "AutoEnable": False,
        "MemberAccountLimitReached": False,
        "AutoEnableStandards": "NONE",
        "OrganizationConfiguration": {"ConfigurationType": "CENTRAL", "Status": "ENABLED"},
    },
    f"guardduty:ListDetectors@{REGION}": {"DetectorIds": [DETECTOR]},
    "guardduty:GetDetector": {
        "ServiceRole": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/guardduty.amazonaws.com/r",
        "Status": "ENABLED",
        "FindingPublishingFrequency": "SIX_HOURS",
        "Features": [
            {"Name": "CLOUD_TRAIL", "Status": "ENABLED"},
            {
                "Name": "RUNTIME_MONITORING",
                "Status": "DISABLED",
                "ManagedBy": "GUARDDUTY_POLICY",
                "AdditionalConfiguration": [{"Name": "EC2_AGENT_MANAGEMENT", "Status": "DISABLED"}],
            },
        ],
    },
    "guardduty:GetAdministratorAccount": {"Administrator": {}},
    "guardduty:GetFindingsStatistics": {
        "FindingStatistics": {
            "GroupedBySeverity": [
                {"Severity": 8.0, "TotalFindings": 1},
                {"Severity": 5.0, "TotalFindings": 12},
            ]
        }
    },
    "guardduty:ListFindings": {
        "FindingIds": [f"{2:032x}", f"{9:032x}"],
        "NextToken": "older",
    },
    "guardduty:GetFindings": _findings,
    "guardduty:ListMembers": {
        "Members": [
            {
                "AccountId": OTHER,
                "MasterId": ACCOUNT,
                "Email": "somebody@example.com",
                "RelationshipStatus": "Removed",
                "UpdatedAt": "2026-10-01T00:00:00.000Z",
            }
        ]
    },
    "guardduty:DescribeOrganizationConfiguration": {
        "MemberAccountLimitReached": False,
        "AutoEnableOrganizationMembers": "ALL",
        "Features": [{"Name": "S3_DATA_EVENTS", "AutoEnable": "NEW"}],
    },
    f"ec2:GetInstanceMetadataDefaults@{REGION}": {
        "AccountLevel": {
            "HttpTokens": "required",
            "HttpTokensEnforced": "enabled",
            "HttpPutResponseHopLimit": 2,
            "ManagedBy": "declarative-policy",
        }
    },
    f"accessanalyzer:ListAnalyzers@{REGION}": {
        "analyzers": [
            analyzer("outside", "ACCOUNT"),
            analyzer(
                "unused",
                "ACCOUNT_UNUSED_ACCESS",
                managedBy="iam.amazonaws.com",
                configuration={
                    "unusedAccess": {
                        "unusedAccessAge": 90,
                        "analysisRule": {"exclusions": [{"accountIds": [OTHER]}]},
                    }
                },
            ),
            analyzer(
                "inside",
                "ACCOUNT_INTERNAL_ACCESS",
                configuration={
                    "internalAccess": {
                        "analysisRule": {
                            "inclusions": [
                                {"resourceArns": ["arn:aws:s3:::open"]},
                                {
                                    "resourceTypes": ["AWS::DynamoDB::Table"],
                                    "accountIds": [ACCOUNT],
                                },
                            ]
                        }
                    }
                },
            ),
        ]
    },
    "accessanalyzer:GetFindingsStatistics": _statistics,
    "accessanalyzer:ListFindings": {"findings": [external_finding(3), external_finding(1)]},
    "shield:DescribeSubscription": {
        "Subscription": {
            "StartTime": ago(300),
            "EndTime": ago(-65),
            "AutoRenew": "ENABLED",
            "ProactiveEngagementStatus": "PENDING",
            "SubscriptionLimits": {
                "ProtectionLimits": {"ProtectedResourceTypeLimits": []},
                "ProtectionGroupLimits": {
                    "MaxProtectionGroups": 1,
                    "PatternTypeLimits": {"ArbitraryPatternLimits": {"MaxMembers": 1}},
                },
            },
        }
    },
    "shield:ListProtections": (
        {
            "Protections": [
                {
                    "Id": PROTECTIONS[0],
                    "Name": "site",
                    "ResourceArn": "arn:aws:cloudfront::111122223333:distribution/E1",
                }
            ],
            "NextToken": "more",
        },
        {
            "Protections": [
                {
                    "Id": PROTECTIONS[1],
                    "Name": "dns",
                    "ResourceArn": "arn:aws:route53:::hostedzone/Z000000000000",
                }
            ]
        },
    ),
    "shield:DescribeEmergencyContactSettings": {
        "EmergencyContactList": [{"EmailAddress": "on-call@example.com"}]
    },
    "shield:DescribeDRTAccess": {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/response",
        "LogBucketList": ["waf-logs"],
    },
    "fms:GetAdminAccount": {"AdminAccount": ACCOUNT, "RoleStatus": "READY"},
    "fms:ListPolicies": {"PolicyList": []},
    f"fms:ListPolicies@{ELSEWHERE}": {
        "PolicyList": [
            {
                "PolicyId": POLICY,
                "PolicyName": "web",
                "SecurityServiceType": "WAFV2",
                "RemediationEnabled": True,
                "PolicyStatus": "ACTIVE",
            }
        ]
    },
    "fms:ListComplianceStatus": {
        "PolicyComplianceStatusList": [
            {
                "PolicyId": POLICY,
                "MemberAccount": OTHER,
                "EvaluationResults": [
                    {
                        "ComplianceStatus": "NON_COMPLIANT",
                        "ViolatorCount": 4,
                        "EvaluationLimitExceeded": False,
                    }
                ],
            }
        ]
    },
    "trustedadvisor:ListRecommendations": {
        "recommendationSummaries": [
            {
                "id": "1",
                "arn": f"arn:aws:trustedadvisor::{ACCOUNT}:recommendation/1",
                "name": "Security Groups - Specific Ports Unrestricted",
                "type": "standard",
                "status": "error",
                "source": "ta_check",
                "pillars": ["security"],
                "checkArn": "arn:aws:trustedadvisor:::check/HCP4007jGY",
                "resourcesAggregates": {"okCount": 3, "warningCount": 0, "errorCount": 2},
            }
        ]
    },
}
