"""What lint says of documents as a whole: places, doubts, and that nothing stops it."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from idkeep.policy import PolicyKind
from idkeep.policy.linting import Category, Finding, guess_kind, lint
from policy.linting.test_codes import ALLOWS, CURRENT, catalog, found
from policy.strategies_policy import documents

CORPUS = Path(__file__).parent.parent / "corpus"
# AWS's own faults. For the first code the Service Authorization Reference lists the key, but not
# for the action; the page of checks calls that an error whoever wrote the policy.
FAULTS_OF_AWS = {
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY": {
        *("AWSDeadlineCloud-UserAccessFarms", "AWSLakeFormationCrossAccountManager"),
        *("AWSMarketplaceManageSubscriptions", "AWSServiceRoleForAmazonEKSNodegroup"),
        *("AWSQuickSetupManageJITNAResourcesExecutionPolicy", "AmazonApplicationWizardFullaccess"),
        *("AWSServiceRoleForGammaInternalAmazonEKSNodegroup", "AmazonCodeGuruReviewerFullAccess"),
        *("AmazonDataZoneRedshiftGlueProvisioningPolicy", "AmazonEC2RolePolicyForLaunchWizard"),
        *("AmazonNimbleStudio-StudioUser", "AwsGlueSessionUserRestrictedNotebookServiceRole"),
        *("AwsGlueSessionUserRestrictedServiceRole", "DBModProvisioningAndMigration"),
        *(
            "DynamoDBGlobalTableSettingsManagementServiceRolePolicy",
            "KafkaConnectServiceRolePolicy",
        ),
        *("SageMakerStudioAdminIAMDefaultExecutionPolicy", "SageMakerStudioProjectUserRolePolicy"),
        "SageMakerStudioUserIAMPermissiveExecutionPolicy",
    },
    # Another form or case than the reference's: `statemachine:`, `vpc-endpoint:`, `vpcconnection/`,
    # `subscription:`, `listener/awseb-*`, an empty name, no account, /tags and /workspaces alone.
    "INVALID_ARN_RESOURCE": {
        *("AWSElasticBeanstalkRoleCore", "AWSMigrationHubRefactorSpacesServiceRolePolicy"),
        *("AWSWAFConsoleFullAccess", "AmazonBedrockFullAccess", "AmazonSageMakerFullAccess"),
        *("AmazonDataZoneSageMakerEnvironmentRolePermissionsBoundary",),
        *("AmazonDevOpsGuruOrganizationsAccess", "AmazonSageMakerQuickSightVPCPolicy"),
        *("DBModProvisioningAndMigration",),
        *("AmazonSageMakerHyperPodObservabilityAdminAccess",),
    },
    # events:detail-type has several values by the reference.
    "MISSING_QUALIFIER": {"AWSAuditManagerAdministratorAccess", "CloudTrailEventContext"},
    # s3:ListBuckets, an operation of the API; the action is s3:ListAllMyBuckets.
    "INVALID_ACTION": {"AmazonLaunchWizardFullaccess"},
    # arn:aws:logs:::… and arn:aws:cloudformation:::…
    "MISSING_ARN_REGION": {"AmazonApplicationWizardFullaccess", "AmazonLaunchWizardFullaccess"},
}


def of(findings: tuple[Finding, ...], code: str) -> Finding:
    [one] = [one for one in findings if one.code == code]
    return one


def test_a_finding_stands_where_the_fault_is() -> None:
    one = of(found('{"Action": ["s3:GetObject", "s3:GetObjekt"]}', "identity"), "INVALID_ACTION")
    assert (one.line, one.column, one.width) == (7, 7, len('"s3:GetObjekt"'))
    assert one.path == ("Statement", 0, "Action", 1)


def test_an_action_that_may_be_newer_is_a_note_with_the_catalogs_date() -> None:
    one = of(found('{"Action": "s3:PaintObjectsBlue"}', "identity"), "INVALID_ACTION")
    assert one.category is Category.NOTE
    assert catalog().date in one.message


def test_a_service_that_may_be_newer_is_a_note() -> None:
    one = of(found('{"Action": "teleport:Beam"}', "identity"), "INVALID_SERVICE_IN_ACTION")
    assert one.category is Category.NOTE


def test_a_condition_key_that_may_be_newer_is_a_note() -> None:
    written = '{"Condition": {"StringEquals": {"aws:MoonPhase": "full"}}}'
    assert of(found(written, "identity"), "INVALID_GLOBAL_CONDITION_KEY").category is Category.NOTE


def test_claims_of_other_identity_providers_are_no_unknown_keys() -> None:
    written = '{"Condition": {"StringEquals": {"idp.example.com/a:team": "x"}}}'
    assert not [one for one in found(written, "trust") if "catalog" in one.message]


def test_a_good_policy_has_no_finding() -> None:
    assert found('{"Action": ["s3:GetObject", "s3:PutObject"]}', "identity") == ()


def test_a_statement_with_a_refused_element_is_judged_no_further_but_others_are() -> None:
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "allow", "Action": "s3:GetObjekt", "Resource": "*"},
                {"Effect": "Allow", "Action": "sqs:SendMesage", "Resource": "*"},
            ],
        }
    )
    codes = [one.code for one in lint(text, PolicyKind.IDENTITY, catalog())]
    assert codes == ["INVALID_EFFECT", "INVALID_ACTION"]


def test_findings_come_in_reading_order_and_each_once() -> None:
    findings = found(
        '{"Sid": "a b", "Action": ["s3:Gt", "s3:Gt", "x*:a"], "Effect": "x"}', "identity"
    )
    places = [(one.line, one.column) for one in findings]
    assert places == sorted(places)
    assert len(set(findings)) == len(findings)


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        ({"Statement": {"Action": "s3:*", "Resource": "*"}}, PolicyKind.IDENTITY),
        ({"Statement": {"Action": "sts:AssumeRole", "Principal": "*"}}, PolicyKind.TRUST),
        (
            {"Statement": [{"Action": "sts:AssumeRole", "Principal": "*", "Resource": "*"}]},
            PolicyKind.RESOURCE,
        ),
        ({"Statement": [{"Action": ["s3:*"], "NotPrincipal": "*"}]}, PolicyKind.RESOURCE),
        ({"Statement": [{"Effect": "Deny"}, 3]}, PolicyKind.IDENTITY),
        ([], PolicyKind.IDENTITY),
    ],
)
def test_the_kind_is_guessed_from_principals(document: Any, kind: PolicyKind) -> None:
    assert guess_kind(document) is kind


@given(documents())
def test_no_policy_stops_lint(document: dict[str, Any]) -> None:
    for kind in PolicyKind:
        lint(json.dumps(document), kind, catalog())


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*/*")), ids=lambda path: path.name)
def test_nothing_that_the_fuzzer_found_stops_lint(path: Path) -> None:
    text = path.read_bytes().decode(errors="replace")
    for kind in (PolicyKind.IDENTITY, PolicyKind.TRUST, PolicyKind.RCP):
        lint(text, kind, catalog())


def test_a_long_document_of_wildcards_is_judged_in_time() -> None:
    """As long as its writer likes: no pattern, and no list, takes more than a moment."""
    stars = [f"arn:aws:s3:::{'*a' * 400}{n}" for n in range(300)]
    many = [f"arn:aws:s3:::{n:06d}*" for n in range(5000)]
    for resources in (stars, many):
        written = {"Action": ["s3:Get*", "s3:" + "*a" * 400], "Resource": resources}
        assert found(json.dumps(written), "identity")


def test_a_document_of_many_statements_is_judged_in_time() -> None:
    """Each by all others would take minutes."""
    statements = [{**ALLOWS, "Resource": f"arn:aws:s3:::b{n}/*"} for n in range(2000)]
    text = json.dumps({"Version": CURRENT, "Statement": [*statements, statements[0]]})
    assert of(found(text, "identity"), "REDUNDANT_STATEMENT").path == ("Statement", 2000)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("vpc_endpoint", {"Action": "*", "Resource": "*"}),
        (
            "rcp",
            {
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringNotLikeIfExists": {"token.actions.githubusercontent.com:sub": "repo:o/*"}
                },
            },
        ),
    ],
)
def test_what_bounds_others_grants_nothing(kind: str, written: dict[str, Any]) -> None:
    """AWS's own default of an endpoint, and its example of a guardrail."""
    assert found(json.dumps(written), kind) == ()


def managed() -> list[dict[str, Any]]:
    folder = os.environ.get("IDKEEP_POLICY_CASES")
    name = "managed_policies_labelled.json.gz"
    if folder is None or not (path := Path(folder) / name).exists():
        pytest.skip(f"IDKEEP_POLICY_CASES names no folder with {name}")
    policies: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))["policies"]
    return policies


def test_policies_that_aws_ships_have_no_error_but_those_known() -> None:
    wrong: dict[str, set[str]] = {}
    for one in managed():
        for finding in lint(json.dumps(one["document"]), PolicyKind.IDENTITY, catalog()):
            if finding.category is Category.ERROR:
                wrong.setdefault(finding.code, set()).add(one["name"])
    assert wrong == FAULTS_OF_AWS
