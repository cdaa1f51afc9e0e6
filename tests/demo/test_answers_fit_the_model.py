"""Every answer of the overlay is one that AWS's own service model describes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from botocore import xform_name
from botocore.parsers import create_parser
from botocore.validate import ParamValidator

from idkeep.demo import DemoServer
from idkeep.model.other_types import OTHER_TYPES

from .conftest import HOME, MANAGEMENT, PRODUCTION, SANDBOX, SECURITY, SUSPENDED, Connect

INSTANCE = "arn:aws:sso:::instance/ssoins-6508a1b2c3d4e5f6"
STORE = "d-9067000001"
DETECTOR = {"DetectorId": "12abc34d567e8fa901bc2d34e56789f0"}
ANALYZERS = f"arn:aws:access-analyzer:{HOME}:{SECURITY}:analyzer"
UNUSED = {"analyzerArn": f"{ANALYZERS}/unused"}
LAB = {"TrailName": f"arn:aws:cloudtrail:us-east-1:{SANDBOX}:trail/lab"}
FMS_POLICY = {"PolicyId": "0f1e2d3c-0000-4aaa-8bbb-000000000001"}
RECOMMENDATION = {
    "recommendationIdentifier": f"arn:aws:trustedadvisor::{MANAGEMENT}:recommendation/"
    "55fa4d2e-bbb7-491a-833b-5773e9589578"
}
RULE = {"ConfigRuleName": "access-keys-rotated"}
POINT = {"AccountId": PRODUCTION, "Name": "scans-partner"}

CLUSTER = {"name": "lab", "clusterName": "lab", "associationId": "a-0123456789abcdef0"}
CLUSTER["principalArn"] = f"arn:aws:iam::{SANDBOX}:role/github-open"
GATEWAY = "helpdesk-0a1b2c3d4e"
POOL = {"IdentityPoolId": "us-east-1:a1b2c3d4-0000-4aaa-8bbb-000000000202"}
ID = "a1b2c3d4-0000-4aaa-8bbb-0000000000"


class Where(NamedTuple):
    """Where an operation has something to say; arguments may be found out from other answers."""

    account: str = MANAGEMENT
    region: str = "us-east-1"
    given: Mapping[str, Any] | Callable[[Any], dict[str, Any]] = MappingProxyType({})
    principal: str = "auditor"


BY_SERVICE = {
    "accessanalyzer": Where(SECURITY, HOME),
    "account": Where(PRODUCTION),
    "account-access": Where(region=HOME),
    "apigateway": Where(PRODUCTION, HOME),
    "bedrock-agentcore-control": Where(SANDBOX),
    "cognito-identity": Where(SANDBOX, given={**POOL, "MaxResults": 60}),
    "config": Where(PRODUCTION, HOME),
    "ec2": Where(PRODUCTION, HOME),
    "eks": Where(SANDBOX, HOME, CLUSTER),
    "fms": Where(SECURITY),
    "guardduty": Where(SECURITY, HOME, DETECTOR),
    "iam": Where(PRODUCTION),
    "identitystore": Where(region=HOME, given={"IdentityStoreId": STORE}),
    "lambda": Where(PRODUCTION, HOME),
    "ram": Where(PRODUCTION, HOME, {"resourceOwner": "SELF"}),
    "rolesanywhere": Where(SANDBOX, HOME),
    "s3": Where(PRODUCTION, HOME, {"Bucket": "larkfield-invoices"}),
    "s3control": Where(PRODUCTION, HOME, POINT),
    "secretsmanager": Where(PRODUCTION, HOME, {"SecretId": "shop/payment"}),
    "securityhub": Where(SECURITY, HOME),
    "shield": Where(PRODUCTION),
    "ssm": Where(SANDBOX, HOME),
    "sso-admin": Where(region=HOME, given={"InstanceArn": INSTANCE}),
}


def with_set(client: Any) -> dict[str, Any]:
    sets = client.list_permission_sets(InstanceArn=INSTANCE)["PermissionSets"]
    by_name = {
        client.describe_permission_set(InstanceArn=INSTANCE, PermissionSetArn=arn)["PermissionSet"][
            "Name"
        ]: arn
        for arn in sets
    }
    return {"InstanceArn": INSTANCE, "PermissionSetArn": by_name["Developer"]}


def of_set(**given: Any) -> Callable[[Any], dict[str, Any]]:
    return lambda client: {**with_set(client), **given}


def first_user(client: Any) -> dict[str, Any]:
    user = client.list_users(IdentityStoreId=STORE)["Users"][1]["UserId"]
    return {"IdentityStoreId": STORE, "UserId": user}


def first_group(client: Any) -> dict[str, Any]:
    group = client.list_groups(IdentityStoreId=STORE)["Groups"][0]["GroupId"]
    return {"IdentityStoreId": STORE, "GroupId": group}


def member_of(client: Any) -> dict[str, Any]:
    return {"IdentityStoreId": STORE, "MemberId": {"UserId": first_user(client)["UserId"]}}


def principal(client: Any) -> dict[str, Any]:
    given = of_set(AccountId=PRODUCTION)(client) | {"AccountId": PRODUCTION}
    found = client.list_account_assignments(**given)["AccountAssignments"][0]
    return {
        "InstanceArn": INSTANCE,
        "PrincipalId": found["PrincipalId"],
        "PrincipalType": found["PrincipalType"],
    }


def of_application(client: Any) -> dict[str, Any]:
    """The first of Identity Center's."""
    found = client.list_applications(InstanceArn=INSTANCE)["Applications"]
    return {"ApplicationArn": found[0]["ApplicationArn"]}


def application(client: Any) -> dict[str, Any]:
    return {"applicationArn": client.list_applications()["applications"][0]["applicationArn"]}


def entitlements(client: Any) -> dict[str, Any]:
    return {**application(client), "filter": {"principalRole": {"account": SANDBOX}}}


def entitlement(client: Any) -> dict[str, Any]:
    found = client.list_entitlements(**entitlements(client))["entitlements"][0]
    return {**application(client), "entitlementId": found["entitlementId"]}


def unit(client: Any) -> dict[str, Any]:
    found = client.list_organizational_units_for_parent(ParentId="r-lark")["OrganizationalUnits"]
    return {"OrganizationalUnitId": found[0]["Id"]}


def first_key(client: Any) -> dict[str, Any]:
    return {"KeyId": client.list_keys()["Keys"][0]["KeyId"]}


def job(client: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::{SANDBOX}:user/service/bot-terraform"
    return {"JobId": client.generate_service_last_accessed_details(Arn=arn)["JobId"]}


ISSUER = (
    f"arn:aws:sso::{MANAGEMENT}:trustedTokenIssuer/ssoins-6508a1b2c3d4e5f6/"
    "tti-0a1b2c3d-0001-4abc-8def-00000000aaaa"
)
FUNCTION = f"arn:aws:lambda:{HOME}:{PRODUCTION}:function:search-indexer"
PERMIT = f"arn:aws:supportauthz:us-east-1:{MANAGEMENT}:support-permit/case-77"
CASES: dict[str, Where] = {
    "accessanalyzer:GetAnalyzer": Where(SECURITY, HOME, {"analyzerName": "unused"}),
    "accessanalyzer:GetFindingV2": Where(
        SECURITY, HOME, {**UNUSED, "id": "a1b2c3d4-0000-4aaa-8bbb-000000000002"}
    ),
    "accessanalyzer:ListArchiveRules": Where(SECURITY, HOME, {"analyzerName": "unused"}),
    "accessanalyzer:ListFindings": Where(
        SECURITY, HOME, {"analyzerArn": f"{ANALYZERS}/organization"}
    ),
    "accessanalyzer:ListFindingsV2": Where(SECURITY, HOME, UNUSED),
    "accessanalyzer:GetFindingsStatistics": Where(SECURITY, HOME, UNUSED),
    "account-access:GetApplication": Where(region=HOME, given=application),
    "account-access:GetEntitlement": Where(region=HOME, given=entitlement),
    "account-access:ListEntitlements": Where(region=HOME, given=entitlements),
    "account:GetAlternateContact": Where(PRODUCTION, given={"AlternateContactType": "BILLING"}),
    "account:GetContactInformation": Where(SECURITY),
    "account:GetPrimaryEmail": Where(given={"AccountId": PRODUCTION}),
    "account:GetRegionOptStatus": Where(SANDBOX, given={"RegionName": "eu-south-1"}),
    "bedrock-agentcore-control:GetAgentRuntime": Where(
        SANDBOX, given={"agentRuntimeId": "playground-3c4d5e6f70"}
    ),
    "bedrock-agentcore-control:GetGateway": Where(SANDBOX, given={"gatewayIdentifier": GATEWAY}),
    "bedrock-agentcore-control:GetResourcePolicy": Where(
        SANDBOX,
        given={"resourceArn": f"arn:aws:bedrock-agentcore:us-east-1:{SANDBOX}:gateway/{GATEWAY}"},
    ),
    "bedrock-agentcore-control:GetWorkloadIdentity": Where(
        SANDBOX, given={"name": "helpdesk-agent"}
    ),
    "rolesanywhere:GetProfile": Where(SANDBOX, HOME, {"profileId": f"{ID}12"}),
    "rolesanywhere:GetTrustAnchor": Where(SANDBOX, HOME, {"trustAnchorId": f"{ID}11"}),
    "cloudtrail:GetEventSelectors": Where(SANDBOX, given=LAB),
    "cloudtrail:GetInsightSelectors": Where(SANDBOX, given=LAB),
    "cloudtrail:GetTrail": Where(SANDBOX, given={"Name": "lab"}),
    "cloudtrail:GetTrailStatus": Where(SANDBOX, given={"Name": "lab"}),
    "config:DescribeConfigurationAggregators": Where(SECURITY, HOME),
    "config:GetComplianceDetailsByConfigRule": Where(PRODUCTION, HOME, RULE),
    "fms:GetPolicy": Where(SECURITY, given=FMS_POLICY),
    "fms:ListAdminAccountsForOrganization": Where(),
    "fms:ListComplianceStatus": Where(SECURITY, given=FMS_POLICY),
    "guardduty:GetAdministratorAccount": Where(
        PRODUCTION, HOME, {"DetectorId": "aaabc34d567e8fa901bc2d34e5678900"}
    ),
    "guardduty:GetFindings": Where(
        SECURITY, HOME, {**DETECTOR, "FindingIds": ["16c5f6a1b2c3d4e5f60718293a4b5c6d"]}
    ),
    "guardduty:ListDetectors": Where(SECURITY, HOME),
    "guardduty:ListOrganizationAdminAccounts": Where(),
    "iam:GenerateServiceLastAccessedDetails": Where(
        SANDBOX, given={"Arn": f"arn:aws:iam::{SANDBOX}:user/service/bot-terraform"}
    ),
    "iam:GetAccountProperties": Where(),
    "iam:GetOutboundWebIdentityFederationInfo": Where(SANDBOX),
    "iam:GetPolicy": Where(given={"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
    "iam:GetPolicyVersion": Where(
        given={"PolicyArn": "arn:aws:iam::aws:policy/AmazonSQSFullAccess", "VersionId": "v1"}
    ),
    "iam:GetRole": Where(SANDBOX, given={"RoleName": "LambdaLogger"}),
    "iam:GetSAMLProvider": Where(
        given={"SAMLProviderArn": f"arn:aws:iam::{MANAGEMENT}:saml-provider/OldDirectory"}
    ),
    "iam:GetServiceLastAccessedDetails": Where(SANDBOX, given=job),
    "iam:GetUser": Where(PRODUCTION, given={"UserName": "li.na"}),
    "iam:ListDelegationRequests": Where(SANDBOX),
    "iam:ListAccessKeys": Where(PRODUCTION, given={"UserName": "li.na"}),
    "iam:ListSSHPublicKeys": Where(SANDBOX, given={"UserName": "git-01"}),
    "iam:ListSigningCertificates": Where(SANDBOX, given={"UserName": "git-02"}),
    "iam:ListMFADevices": Where(PRODUCTION, given={"UserName": "amara.okafor"}),
    "iam:ListOrganizationsFeatures": Where(),
    "iam:ListSAMLProviders": Where(),
    "iam:ListInstanceProfiles": Where(PRODUCTION),
    "iam:ListServerCertificates": Where(),
    "iam:ListServiceSpecificCredentials": Where(SANDBOX, given={"AllUsers": True}),
    "identitystore:DescribeGroup": Where(region=HOME, given=first_group),
    "identitystore:DescribeUser": Where(region=HOME, given=first_user),
    "identitystore:ListGroupMemberships": Where(region=HOME, given=first_group),
    "identitystore:ListGroupMembershipsForMember": Where(region=HOME, given=member_of),
    "identitystore:ListIdentityStores": Where(region=HOME),
    "kms:GetKeyPolicy": Where(PRODUCTION, HOME, first_key),
    "kms:ListGrants": Where(PRODUCTION, HOME, first_key),
    "iam:GetLoginProfile": Where(SANDBOX, given={"UserName": "dev-01"}),
    "lambda:GetResourcePolicy": Where(PRODUCTION, HOME, {"ResourceArn": FUNCTION}),
    "lambda:ListFunctionUrlConfigs": Where(PRODUCTION, HOME, {"FunctionName": "search-indexer"}),
    "logs:DescribeLogGroups": Where(SECURITY, HOME),
    "logs:DescribeResourcePolicies": Where(
        PRODUCTION,
        HOME,
        {
            "resourceArn": f"arn:aws:logs:{HOME}:{PRODUCTION}:log-group:/shop/web",
            "policyScope": "RESOURCE",
        },
    ),
    "mpa:GetApprovalTeam": Where(
        given={"Arn": f"arn:aws:mpa:us-east-1:{MANAGEMENT}:approval-team/backups"}
    ),
    "organizations:DescribeAccount": Where(given={"AccountId": SUSPENDED}),
    "organizations:DescribeEffectivePolicy": Where(SANDBOX, given={"PolicyType": "TAG_POLICY"}),
    "organizations:DescribeOrganizationalUnit": Where(given=unit),
    "organizations:DescribePolicy": Where(given={"PolicyId": "p-RCPFullAWSAccess"}),
    "organizations:ListAccountsForParent": Where(given={"ParentId": "r-lark"}),
    "organizations:ListAccountsWithInvalidEffectivePolicy": Where(
        given={"PolicyType": "TAG_POLICY"}
    ),
    "organizations:ListChildren": Where(given={"ParentId": "r-lark", "ChildType": "ACCOUNT"}),
    "organizations:ListDelegatedServicesForAccount": Where(given={"AccountId": SECURITY}),
    "organizations:ListEffectivePolicyValidationErrors": Where(
        given={"AccountId": SANDBOX, "PolicyType": "TAG_POLICY"}
    ),
    "organizations:ListOrganizationalUnitsForParent": Where(given={"ParentId": "r-lark"}),
    "organizations:ListParents": Where(given={"ChildId": PRODUCTION}),
    "organizations:ListPolicies": Where(given={"Filter": "DECLARATIVE_POLICY_EC2"}),
    "organizations:ListPoliciesForTarget": Where(
        given={"TargetId": PRODUCTION, "Filter": "SERVICE_CONTROL_POLICY"}
    ),
    "organizations:ListTagsForResource": Where(given={"ResourceId": PRODUCTION}),
    "organizations:ListTargetsForPolicy": Where(given={"PolicyId": "p-FullAWSAccess"}),
    "resourcegroupstaggingapi:GetResources": Where(
        given={"ResourceTypeFilters": ["organizations:account"]}
    ),
    "s3:GetBucketLogging": Where(SECURITY, HOME, {"Bucket": "larkfield-trail"}),
    "s3:GetBucketVersioning": Where(SECURITY, HOME, {"Bucket": "larkfield-trail"}),
    "ram:ListSourceAssociations": Where(SECURITY),
    "s3control:GetPublicAccessBlock": Where(SECURITY, HOME, {"AccountId": SECURITY}),
    "s3control:ListAccessPoints": Where(PRODUCTION, HOME, {"AccountId": PRODUCTION}),
    "secretsmanager:DescribeSecret": Where(PRODUCTION, HOME, {"SecretId": "shop/payment"}),
    "secretsmanager:GetResourcePolicy": Where(
        PRODUCTION, HOME, {"SecretId": "shop/payment", "PolicyName": "partner"}
    ),
    "securityhub:GetAdministratorAccount": Where(PRODUCTION, HOME),
    "securityhub:GetFindings": Where(PRODUCTION, HOME),
    "sso-admin:DescribePermissionSet": Where(region=HOME, given=with_set),
    "sso-admin:DescribeRegion": Where(
        region=HOME, given={"InstanceArn": INSTANCE, "RegionName": "eu-west-1"}
    ),
    "sso-admin:DescribeTrustedTokenIssuer": Where(
        region=HOME, given={"TrustedTokenIssuerArn": ISSUER}
    ),
    "sso-admin:GetApplicationAssignmentConfiguration": Where(region=HOME, given=of_application),
    "sso-admin:GetApplicationSessionConfiguration": Where(region=HOME, given=of_application),
    "sso-admin:GetInlinePolicyForPermissionSet": Where(region=HOME, given=with_set),
    "sso-admin:GetPermissionsBoundaryForPermissionSet": Where(region=HOME, given=with_set),
    "sso-admin:ListAccountAssignments": Where(region=HOME, given=of_set(AccountId=PRODUCTION)),
    "sso-admin:ListAccountAssignmentsForPrincipal": Where(region=HOME, given=principal),
    "sso-admin:ListAccountsForProvisionedPermissionSet": Where(region=HOME, given=with_set),
    "sso-admin:ListCustomerManagedPolicyReferencesInPermissionSet": Where(
        region=HOME, given=with_set
    ),
    "sso-admin:ListApplicationAssignments": Where(region=HOME, given=of_application),
    "sso-admin:ListApplicationAccessScopes": Where(region=HOME, given=of_application),
    "sso-admin:ListInstances": Where(region=HOME),
    "sso-admin:ListManagedPoliciesInPermissionSet": Where(region=HOME, given=with_set),
    "sso-admin:ListPermissionSetsProvisionedToAccount": Where(
        region=HOME, given={"InstanceArn": INSTANCE, "AccountId": PRODUCTION}
    ),
    "sso-admin:ListTagsForResource": Where(
        region=HOME, given={"InstanceArn": INSTANCE, "ResourceArn": INSTANCE}
    ),
    "sts:AssumeRole": Where(
        given={
            "RoleArn": f"arn:aws:iam::{SANDBOX}:role/idkeep-auditor",
            "RoleSessionName": "model",
        }
    ),
    "sts:AssumeRoot": Where(
        principal="org-robot",
        given={
            "TargetPrincipal": SANDBOX,
            "TaskPolicyArn": {
                "arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
            },
        },
    ),
    "sts:GetSessionToken": Where(principal="cost-exporter"),
    "support:DescribeTrustedAdvisorCheckResult": Where(given={"checkId": "7DAFEmoDos"}),
    "support:DescribeTrustedAdvisorCheckSummaries": Where(given={"checkIds": ["7DAFEmoDos"]}),
    "support:DescribeTrustedAdvisorChecks": Where(given={"language": "en"}),
    "supportauthz:GetSupportPermit": Where(given={"supportPermitIdentifier": PERMIT}),
    "supportauthz:ListActions": Where(given={"service": "iam"}),
    "trustedadvisor:GetRecommendation": Where(given=RECOMMENDATION),
    "trustedadvisor:ListRecommendationResources": Where(given=RECOMMENDATION),
}
# Resources of other types, of which tests/demo/test_more_resources.py asks each.
OTHERS = {
    f"{one.client}:{operation}"
    for one in OTHER_TYPES.values()
    for operation in (one.lists, one.reads)
}
# Nothing is declared of these, and AWS answers that with an error.
ABSENT = {
    "sso-admin:DescribePermissionSetProvisioningStatus",
    "supportauthz:GetAction",
}

# AWS's answers break its own model here; recorded answers of real accounts show them.
AS_AWS_DOES = {
    # The root user has no name and no path, and for an id the account's twelve digits.
    "Invalid length for parameter VirtualMFADevices[].User.UserId, value: 12, valid min length: 16",
    'Missing required parameter in VirtualMFADevices[].User: "Path"',
    'Missing required parameter in VirtualMFADevices[].User: "UserName"',
    # The model's only value is PermissionsBoundaryPolicy, AWS sends Policy.
    "PermissionsBoundaryType is 'Policy', not one of ['PermissionsBoundaryPolicy']",
    # AWSSupportServiceRolePolicy, in every account, is longer than the model allows.
    "Document is too long: '%7B%22Version%22%3A%222012-10-17%22%2C%2'",
}


def test_every_overlaid_operation_answers_what_its_model_describes(
    demo: DemoServer, connect: Connect
) -> None:
    for _ in range(2):
        connect(demo, "iam", account=PRODUCTION).generate_credential_report()
    problems: dict[str, Any] = {}
    for action in sorted(set(demo.overlaid()) - ABSENT - OTHERS):
        service, _, operation = action.partition(":")
        where = CASES.get(action) or BY_SERVICE.get(service, Where())
        client = connect(demo, service, where.principal, account=where.account, region=where.region)
        given = where.given(client) if callable(where.given) else where.given
        if found := strange(client, operation, given):
            problems[action] = found
    assert problems == {}


def strange(client: Any, operation: str, given: Mapping[str, Any]) -> set[str]:
    """What in an answer the model does not describe."""
    model = client.meta.service_model.operation_model(operation)
    raw = raw_answer(client, operation, known(given, model))
    parsed = parsed_answer(model, raw)
    complaints = ParamValidator().validate(parsed, model.output_shape).generate_report()
    found = {
        *(re.sub(r"\[\d+\]", "[]", line) for line in complaints.splitlines() if line),
        *out_of_bounds(parsed, model.output_shape),
        *unknown_elements(raw, model.output_shape, client.meta.service_model.protocol),
    }
    return found - AS_AWS_DOES or (set() if parsed else {"it says nothing"})


def known(given: Mapping[str, Any], model: Any) -> dict[str, Any]:
    members = model.input_shape.members if model.input_shape else {}
    return {name: value for name, value in given.items() if name in members}


def parsed_answer(model: Any, raw: bytes) -> dict[str, Any]:
    protocol = model.service_model.resolved_protocol
    parsed: dict[str, Any] = create_parser(protocol).parse(
        {"status_code": 200, "headers": {}, "body": raw}, model.output_shape
    )
    parsed.pop("ResponseMetadata")
    return parsed


def test_a_strange_element_would_be_noticed(connect: Connect, demo: DemoServer) -> None:
    shape = (
        connect(demo, "iam").meta.service_model.operation_model("GetAccountSummary").output_shape
    )
    raw = b"<R xmlns='x'><GetAccountSummaryResult><Sum/></GetAccountSummaryResult></R>"
    assert set(unknown_elements(raw, shape, "query")) == {"unknown: Sum"}


def raw_answer(client: Any, operation: str, arguments: dict[str, Any]) -> bytes:
    heard: list[bytes] = []

    def listen(http_response: Any, **_: Any) -> None:
        heard.append(http_response.content)

    client.meta.events.register("after-call", listen)
    try:
        getattr(client, xform_name(operation))(**arguments)
    finally:
        client.meta.events.unregister("after-call", listen)
    return heard[0]


def out_of_bounds(value: Any, shape: Any, name: str = "") -> Iterator[str]:
    """Enumerations and upper limits, which botocore's validator leaves to the server."""
    for part, part_shape, part_name in parts(value, shape):
        yield from out_of_bounds(part, part_shape, part_name or name)
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{name} is {value!r}, not one of {list(shape.enum)}"
    if shape.type_name == "string" and len(value) > shape.metadata.get("max", len(value)):
        yield f"{name} is too long: {value[:40]!r}"
    if shape.type_name == "integer" and value > shape.metadata.get("max", value):
        yield f"{name} is too large: {value}"


def parts(value: Any, shape: Any) -> Iterator[tuple[Any, Any, str]]:
    match shape.type_name:
        case "structure":
            yield from ((value[name], shape.members[name], name) for name in value)
        case "list":
            yield from ((item, shape.member, "") for item in value)
        case "map":
            yield from ((key, shape.key, "key") for key in value)
            yield from ((item, shape.value, key) for key, item in value.items())
        case _:
            pass


def unknown_elements(raw: bytes, shape: Any, protocol: str) -> Iterator[str]:
    if protocol in {"rest-xml", "ec2"}:
        return
    if protocol != "query":
        payload = shape.serialization.get("payload")
        yield from unknown_keys(json.loads(raw), shape.members[payload] if payload else shape)
        return
    root = ET.fromstring(raw)
    for part in root:
        if tag(part) == shape.serialization.get("resultWrapper", tag(part)) and tag(part).endswith(
            "Result"
        ):
            yield from unknown_tags(part, shape)


def unknown_tags(element: Any, shape: Any) -> Iterator[str]:
    if shape.type_name == "structure":
        known = {member.serialization.get("name", n): member for n, member in shape.members.items()}
        for child in element:
            if tag(child) in known:
                yield from unknown_tags(child, known[tag(child)])
            else:
                yield f"unknown: {tag(child)}"
    elif shape.type_name == "list":
        for child in element:
            if tag(child) != "member":
                yield f"unknown: {tag(child)}"
            yield from unknown_tags(child, shape.member)
    elif shape.type_name == "map":
        for entry in element:
            if [tag(part) for part in entry] != ["key", "value"]:
                yield f"unknown: {tag(entry)}"


def unknown_keys(value: Any, shape: Any) -> Iterator[str]:
    if shape.type_name == "list":
        for item in value:
            yield from unknown_keys(item, shape.member)
    if shape.type_name != "structure":
        return
    members = {member.serialization.get("name", n): member for n, member in shape.members.items()}
    for key, member in value.items():
        if key not in members:
            yield f"unknown: {key}"
        else:
            yield from unknown_keys(member, members[key])


def tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
