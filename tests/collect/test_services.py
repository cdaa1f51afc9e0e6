"""What is read of the security services, where they are on, and how little where they are off."""

from collections import Counter
from typing import Any

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError

from idkeep.collect import actions, collect, services
from idkeep.collect.declare import AnyCollector, built
from idkeep.collect.services import config, guard_duty, shield
from idkeep.model import Family, Gap, NotToldHere
from idkeep.model.logging import NotOffered
from idkeep.model.services import (
    AccountCompliance,
    Aggregator,
    AnalyzedResources,
    Config,
    DetectorFeature,
    DetectorOrganization,
    FirewallManager,
    HubOrganization,
    Member,
    MetadataDefaults,
    NotSubscribed,
    Protection,
    RecordingGroup,
    RegionPermits,
    RegionServices,
    ResponseTeamAccess,
    SecurityHub,
    Services,
    SeverityCounts,
    Shield,
    TrustedAdvisor,
)

from .a_guarded_account import (
    ANALYZER,
    BY_IAM,
    BY_SCP,
    DETECTOR,
    OFF,
    ON,
    PROTECTIONS,
    external_finding,
)
from .a_watched_account import ELSEWHERE, OTHER
from .answers import ACCOUNT, CALLER, NOW, REGION, Answers, Error, ago, ask_of, aws_of


def read(table: dict[str, Any], **changed: Any) -> tuple[Services, Answers]:
    named = {name.replace("__", ":").replace("_at_", "@"): v for name, v in changed.items()}
    ask, answers = ask_of({**table, **named})
    return services.read(ask), answers


def in_region(found: Services, name: str = REGION) -> RegionServices:
    assert isinstance(found.regions, tuple)
    return {one.region: one for one in found.regions}[name]


@pytest.fixture(scope="module")
def on() -> tuple[Services, Answers]:
    return read(ON)


@pytest.fixture(scope="module")
def off() -> tuple[Services, Answers]:
    return read(OFF)


def test_where_nothing_is_on_seven_calls_a_region_say_so(off: tuple[Services, Answers]) -> None:
    found, answers = off
    for name in (REGION, ELSEWHERE):
        assert in_region(found, name) == RegionServices(
            region=name,
            config=Config(recorders=(), aggregators=()),
            security_hub=SecurityHub(cspm=None, v2=None),
            detectors=(),
            analyzers=(),
            instance_metadata=MetadataDefaults(),
        )
    assert found.shield == NotSubscribed(code="ResourceNotFoundException")
    assert found.firewall_manager is None
    assert found.trusted_advisor == NotSubscribed(code="SubscriptionRequiredException")
    assert Counter(answers.actions()) == {
        "account:ListRegions": 1,
        "config:ListConfigurationRecorders": 2,
        "config:DescribeConfigurationAggregators": 2,
        "securityhub:DescribeHub": 2,
        "securityhub:DescribeSecurityHubV2": 2,
        "guardduty:ListDetectors": 2,
        "accessanalyzer:ListAnalyzers": 2,
        "ec2:GetInstanceMetadataDefaults": 2,
        "supportauthz:ListSupportPermits": 1,
        "shield:DescribeSubscription": 1,
        "fms:GetAdminAccount": 1,
        "trustedadvisor:ListRecommendations": 1,
        "support:DescribeTrustedAdvisorChecks": 1,
    }


def test_the_customers_recorder_is_told_from_a_services(on: tuple[Services, Answers]) -> None:
    told = in_region(on[0]).config
    assert isinstance(told, Config)
    own, theirs = told.recorders
    assert (own.service, own.scope) == (None, "PAID")
    assert own.group.strategy == "EXCLUSION_BY_RESOURCE_TYPES"  # type: ignore[union-attr]
    assert own.group.excluded == ("AWS::IAM::User",)  # type: ignore[union-attr]
    assert own.status.recording is True  # type: ignore[union-attr]
    assert theirs.service == "observabilityadmin.amazonaws.com"
    assert (theirs.group, theirs.status) == (None, None)
    assert [one.bucket for one in told.channels or ()] == ["config-bucket"]  # type: ignore[union-attr]
    assert told.packs == ("baseline",)


def test_rules_are_the_customers_own_and_the_others_are_counted(
    on: tuple[Services, Answers],
) -> None:
    found, answers = on
    told = in_region(found).config
    assert isinstance(told, Config)
    [own] = told.rules or ()  # type: ignore[misc]
    assert (own.name, own.source) == ("own", "IAM_PASSWORD_POLICY")
    assert told.service_rules == 2
    assert len(answers.params("config:DescribeConfigRules")) == 2


def test_a_region_with_a_services_recorder_alone_is_not_asked_for_rules() -> None:
    theirs = ON[f"config:ListConfigurationRecorders@{REGION}"]["ConfigurationRecorderSummaries"][1]
    found, answers = read(
        OFF, config__ListConfigurationRecorders={"ConfigurationRecorderSummaries": [theirs]}
    )
    told = in_region(found).config
    assert isinstance(told, Config)
    assert (told.channels, told.rules, told.service_rules) == (None, None, None)
    assert "config:DescribeConfigRules" not in answers.actions()


def test_aggregators_are_told_with_what_they_gather(on: tuple[Services, Answers]) -> None:
    found, _ = on
    here, there = in_region(found).config, in_region(found, ELSEWHERE).config
    assert isinstance(here, Config)
    assert isinstance(there, Config)
    assert here.aggregators == (
        Aggregator(name="all", organization=True, all_regions=True),
        Aggregator(name="some", regions=("eu-west-1",)),
    )
    assert there.aggregators == ()


def test_a_recorder_that_is_not_described_is_a_gap() -> None:
    found, _ = read(ON, config__DescribeConfigurationRecorders={"ConfigurationRecorders": []})
    told = in_region(found).config
    assert isinstance(told, Config)
    assert told.recorders[0].group == Gap(
        "config:DescribeConfigurationRecorders", "does not tell of default", region=REGION
    )


def test_both_generations_of_security_hub_are_told(on: tuple[Services, Answers]) -> None:
    hub = in_region(on[0]).security_hub
    assert isinstance(hub, SecurityHub)
    assert hub.v2.features == ("Exposure",)  # type: ignore[union-attr]
    cspm = hub.cspm
    [standard] = cspm.standards  # type: ignore[union-attr,misc]
    assert standard.reason == "NO_AVAILABLE_CONFIGURATION_RECORDER"
    assert cspm.administrator is None  # type: ignore[union-attr]
    assert cspm.members == (Member(account=OTHER, status="Removed"),)  # type: ignore[union-attr]
    assert cspm.organization == HubOrganization(  # type: ignore[union-attr]
        configuration="CENTRAL", status="ENABLED", auto_standards="NONE"
    )


def test_a_member_of_security_hub_is_not_asked_about_the_organisation() -> None:
    admin = {"Administrator": {"AccountId": OTHER, "MemberStatus": "Enabled"}}
    found, answers = read(ON, securityhub__GetAdministratorAccount=admin)
    hub = in_region(found).security_hub
    assert hub.cspm.administrator == OTHER  # type: ignore[union-attr]
    assert (hub.cspm.members, hub.cspm.organization) == ((), None)  # type: ignore[union-attr]
    assert "securityhub:DescribeOrganizationConfiguration" not in answers.actions()
    assert "securityhub:ListMembers" not in answers.actions()


def test_who_administers_no_hub_is_told_nothing_of_the_organisation() -> None:
    refused = Error("InvalidAccessException", "is not an administrator for this organization")
    found, _ = read(ON, securityhub__DescribeOrganizationConfiguration=refused)
    hub = in_region(found).security_hub
    assert hub.cspm.organization == NotToldHere(  # type: ignore[union-attr]
        code="InvalidAccessException"
    )


def test_a_detector_says_what_it_watches_and_who_decides(on: tuple[Services, Answers]) -> None:
    [detector] = in_region(on[0]).detectors  # type: ignore[misc]
    assert detector.id == DETECTOR
    assert detector.details.enabled is True  # type: ignore[union-attr]
    assert detector.details.features == (  # type: ignore[union-attr]
        DetectorFeature(name="CLOUD_TRAIL", enabled=True),
        DetectorFeature(
            name="RUNTIME_MONITORING",
            enabled=False,
            managed_by="GUARDDUTY_POLICY",
            parts=(DetectorFeature(name="EC2_AGENT_MANAGEMENT", enabled=False),),
        ),
    )
    assert detector.administrator is None
    assert detector.members == (Member(account=OTHER, status="Removed"),)
    assert detector.organization == DetectorOrganization(
        auto_enable="ALL", features={"S3_DATA_EVENTS": "NEW"}
    )


def test_findings_are_counted_and_only_the_newest_about_identities_read(
    on: tuple[Services, Answers],
) -> None:
    found, answers = on
    [detector] = in_region(found).detectors  # type: ignore[misc]
    assert detector.findings == SeverityCounts(counts={"8.0": 1, "5.0": 12})
    assert [one.updated.day for one in detector.identity_findings] == [9, 2]  # type: ignore[union-attr]
    newest = detector.identity_findings[0]  # type: ignore[index]
    assert (newest.type, newest.principal, newest.access_key, newest.count) == (
        "Persistence:IAMUser/AnomalousBehavior",
        "ana",
        "AKIAEXAMPLE",
        3,
    )
    [asked] = answers.params("guardduty:ListFindings")
    assert asked["MaxResults"] == 50
    assert asked["SortCriteria"] == {"AttributeName": "updatedAt", "OrderBy": "DESC"}


def test_a_detector_that_found_nothing_is_not_asked_for_findings() -> None:
    found, answers = read(ON, guardduty__GetFindingsStatistics={"FindingStatistics": {}})
    [detector] = in_region(found).detectors  # type: ignore[misc]
    assert detector.identity_findings == ()
    assert "guardduty:ListFindings" not in answers.actions()


def test_a_member_of_guardduty_is_not_asked_for_members() -> None:
    admin = {"Administrator": {"AccountId": OTHER, "RelationshipStatus": "Enabled"}}
    found, answers = read(ON, guardduty__GetAdministratorAccount=admin)
    [detector] = in_region(found).detectors  # type: ignore[misc]
    assert detector.administrator == OTHER
    assert (detector.members, detector.organization) == ((), None)
    assert "guardduty:ListMembers" not in answers.actions()


def test_analyzers_are_told_by_type_and_maker(on: tuple[Services, Answers]) -> None:
    found, answers = on
    by_name = {one.name: one for one in in_region(found).analyzers}  # type: ignore[union-attr]
    outside, unused, inside = (by_name[name] for name in ("outside", "unused", "inside"))
    assert (outside.managed_by, unused.managed_by) == (None, "iam.amazonaws.com")
    assert (unused.unused_age, unused.exclusions) == (90, 1)
    assert outside.statistics.by_kind == {"public": 2, "cross-account": 5}  # type: ignore[union-attr]
    assert (outside.statistics.active, outside.statistics.resolved) == (7, 9)  # type: ignore[union-attr]
    assert unused.statistics.by_kind == {"UnusedIAMRole": 3}  # type: ignore[union-attr]
    assert inside.statistics.by_kind == {"AWS::S3::Bucket": 5}  # type: ignore[union-attr]
    assert [one.updated for one in outside.findings] == [ago(1), ago(3)]  # type: ignore[union-attr]
    assert outside.findings[0].principal == {"AWS": "*"}  # type: ignore[index]
    assert (unused.findings, inside.findings) == (None, None)
    assert inside.inclusions == (
        AnalyzedResources(arns=("arn:aws:s3:::open",)),
        AnalyzedResources(types=("AWS::DynamoDB::Table",), accounts=(ACCOUNT,)),
    )
    assert answers.params("accessanalyzer:ListFindings") == [
        {"analyzerArn": f"{ANALYZER}outside", "filter": {"status": {"eq": ["ACTIVE"]}}}
    ]


def test_of_very_many_findings_ten_pages_are_read_and_a_hundred_kept() -> None:
    pages = tuple(
        {
            "findings": [external_finding(page * 20 + n) for n in range(20)],
            "nextToken": f"page {page + 1}",
        }
        for page in range(11)
    )
    found, answers = read(ON, accessanalyzer__ListFindings=pages)
    outside = in_region(found).analyzers[0]  # type: ignore[index]
    assert len(outside.findings) == 100  # type: ignore[arg-type]
    assert len(answers.params("accessanalyzer:ListFindings")) == 10


def test_shield_is_subscribed_to_or_its_absence_has_a_word(on: tuple[Services, Answers]) -> None:
    assert on[0].shield == Shield(
        started=ago(300),
        ends=ago(-65),
        auto_renew="ENABLED",
        proactive_engagement="PENDING",
        protections=(
            Protection(
                id=PROTECTIONS[0],
                name="site",
                resource="arn:aws:cloudfront::111122223333:distribution/E1",
            ),
            Protection(
                id=PROTECTIONS[1], name="dns", resource="arn:aws:route53:::hostedzone/Z000000000000"
            ),
        ),
        emergency_contacts=1,
        response_team=ResponseTeamAccess(
            role=f"arn:aws:iam::{ACCOUNT}:role/response", buckets=("waf-logs",)
        ),
    )


def test_firewall_policies_are_read_from_their_administrators_account(
    on: tuple[Services, Answers],
) -> None:
    manager = on[0].firewall_manager
    assert isinstance(manager, FirewallManager)
    policies = {one.region: one.policies for one in manager.regions or ()}  # type: ignore[union-attr]
    assert policies[REGION] == ()
    [policy] = policies[ELSEWHERE]  # type: ignore[misc]
    assert policy.compliance == (
        AccountCompliance(account=OTHER, compliant=False, violators=4, limited=False),
    )


def test_another_account_than_the_administrator_is_not_asked_for_policies() -> None:
    found, answers = read(ON, fms__GetAdminAccount={"AdminAccount": OTHER, "RoleStatus": "READY"})
    assert found.firewall_manager == FirewallManager(administrator=OTHER, role_status="READY")
    assert "fms:ListPolicies" not in answers.actions()


def test_recommendations_are_read_without_the_support_api(on: tuple[Services, Answers]) -> None:
    found, answers = on
    advisor = found.trusted_advisor
    assert isinstance(advisor, TrustedAdvisor)
    [one] = advisor.recommendations
    assert (one.status, one.ok, one.error, one.excluded) == ("error", 3, 2, 0)
    assert "support:DescribeTrustedAdvisorChecks" not in answers.actions()


def test_a_permission_that_lacks_is_told_from_a_plan_that_lacks() -> None:
    by_iam = BY_IAM.format("trustedadvisor:ListRecommendations")
    found, answers = read(
        ON, trustedadvisor__ListRecommendations=Error("AccessDeniedException", by_iam)
    )
    assert isinstance(found.trusted_advisor, Gap)
    assert found.trusted_advisor.detail == by_iam
    assert "support:DescribeTrustedAdvisorChecks" not in answers.actions()
    # Where the Support API answers, a plan is there: the refusal stays unexplained.
    unexplained = Error("AccessDeniedException", "No.")
    with_plan: dict[str, Any] = {"checks": []}
    found, _ = read(
        ON,
        trustedadvisor__ListRecommendations=unexplained,
        support__DescribeTrustedAdvisorChecks=with_plan,
    )
    assert isinstance(found.trusted_advisor, Gap)


def test_a_permission_that_lacks_is_told_from_an_administrator_that_lacks() -> None:
    by_iam = BY_IAM.format("fms:GetAdminAccount")
    found, _ = read(ON, fms__GetAdminAccount=Error("AccessDeniedException", by_iam))
    assert found.firewall_manager == Gap(
        "fms:GetAdminAccount", "AccessDeniedException", by_iam, "us-east-1"
    )


FIRST = (
    "config:ListConfigurationRecorders",
    "securityhub:DescribeHub",
    "guardduty:ListDetectors",
    "accessanalyzer:ListAnalyzers",
    "ec2:GetInstanceMetadataDefaults",
)


def test_what_new_instances_ask_for_their_roles_credentials(on: tuple[Services, Answers]) -> None:
    assert in_region(on[0]).instance_metadata == MetadataDefaults(
        tokens="required", enforced="enabled", hop_limit=2, managed_by="declarative-policy"
    )


def test_a_region_that_an_scp_closes_is_one_gap_with_the_reason() -> None:
    closed = {
        f"{action}@{ELSEWHERE}": Error("AccessDeniedException", BY_SCP.format(action))
        for action in FIRST
    }
    found, answers = read({**ON, **closed})
    told = in_region(found, ELSEWHERE)
    [gap] = {getattr(told, name) for name in told.__struct_fields__ if name != "region"}
    assert isinstance(gap, Gap)
    assert "service control policy" in gap.detail
    assert gap.region == ELSEWHERE
    assert found.support_permits == (RegionPermits(region=ELSEWHERE, permits=gap),)
    assert [a for a, where, _ in answers.asked if where == ELSEWHERE and a in OFF] == [*FIRST]
    assert isinstance(in_region(found).config, Config)


def test_a_service_that_an_scp_denies_is_that_services_gap_alone() -> None:
    refused = Error("AccessDeniedException", BY_SCP.format("guardduty:ListDetectors"))
    found, _ = read(OFF, guardduty__ListDetectors=refused)
    told = in_region(found)
    assert isinstance(told.detectors, Gap)
    assert told.analyzers == ()


def test_a_region_that_knows_no_such_credentials_is_one_gap() -> None:
    unknown = {f"{action}@{ELSEWHERE}": Error("UnrecognizedClientException") for action in FIRST}
    found, _ = read({**OFF, **unknown})
    told = in_region(found, ELSEWHERE)
    gap = Gap("config:ListConfigurationRecorders", "UnrecognizedClientException", "", ELSEWHERE)
    assert {told.config, told.security_hub, told.detectors, told.analyzers} == {gap}


def unreached(_: object) -> EndpointConnectionError:
    return EndpointConnectionError(endpoint_url="there")


def test_a_service_without_an_endpoint_in_a_region_has_its_own_word() -> None:
    regions = {"Regions": [{"RegionName": "us-nowhere-1", "RegionOptStatus": "ENABLED"}]}
    found, _ = read(
        OFF,
        account__ListRegions=regions,
        securityhub__DescribeHub=unreached,
        guardduty__ListDetectors=Error("OptInRequired"),
    )
    told = in_region(found, "us-nowhere-1")
    assert told.security_hub == NotOffered(code="no endpoint")
    assert told.detectors == NotOffered(code="OptInRequired")


def test_a_region_that_has_the_service_and_is_not_reached_is_unknown() -> None:
    found, _ = read(OFF, securityhub__DescribeHub=unreached)
    assert in_region(found).security_hub == Gap(
        "securityhub:DescribeHub", "could not connect", region=REGION
    )


def test_without_the_list_of_regions_the_global_services_are_still_read() -> None:
    found, _ = read(ON, account__ListRegions=Error("AccessDeniedException", ""))
    assert found.regions == Gap("account:ListRegions", "AccessDeniedException")
    assert isinstance(found.shield, Shield)


ANSWERED = [
    # GuardDuty leaves out what its model demands; Config told no strategy before 2023.
    (guard_duty.ADMINISTRATOR, {}, None),
    (
        config.RECORDING_GROUPS,
        {
            "ConfigurationRecorders": [
                {
                    "name": "default",
                    "recordingGroup": {
                        "allSupported": True,
                        "includeGlobalResourceTypes": False,
                        "resourceTypes": [],
                    },
                }
            ]
        },
        {"default": (None, RecordingGroup(all_supported=True))},
    ),
    (
        shield.PROTECTIONS,
        {
            "Protections": [
                {"Id": "1", "Name": "x", "ResourceArn": "arn:aws:route53:::hostedzone/Z"}
            ]
        },
        (Protection(id="1", name="x", resource="arn:aws:route53:::hostedzone/Z"),),
    ),
]


@pytest.mark.parametrize(
    ("collector", "answer", "value"), ANSWERED, ids=[one.action for one, _, _ in ANSWERED]
)
def test_what_accounts_answered_years_ago_is_understood(
    collector: AnyCollector, answer: dict[str, Any], value: object
) -> None:
    assert built(collector, (answer,)) == value


OPERATIONS = {one.action: f"{one.service}:{one.operation}" for one in services.COLLECTORS}
STS = {"sts:GetCallerIdentity": {"Account": ACCOUNT, "Arn": CALLER.arn, "UserId": CALLER.user_id}}


@pytest.mark.parametrize(
    "action",
    # What is left out is asked only where account:ListRegions is refused.
    [
        one
        for one in actions({Family.SERVICES})
        if one in OPERATIONS.keys() - {"ec2:DescribeRegions"}
    ],
)
def test_a_refused_call_is_a_gap_of_the_snapshot(action: str) -> None:
    operation = OPERATIONS[action]
    table = {name: v for name, v in ON.items() if not name.startswith(f"{operation}@")}
    if operation == "support:DescribeTrustedAdvisorChecks":
        table["trustedadvisor:ListRecommendations"] = Error("AccessDeniedException", "No.")
        action = "trustedadvisor:ListRecommendations"
    answers = Answers({**table, **STS, operation: Error("AccessDeniedException", "")})
    snapshot = collect(aws_of(answers), now=lambda: NOW, families={Family.SERVICES})
    assert {gap.action for gap in snapshot.gaps} == {action}


def test_services_are_read_back_as_they_were_written() -> None:
    answers = Answers({**ON, **STS})
    snapshot = collect(aws_of(answers), now=lambda: NOW, families={Family.SERVICES})
    assert snapshot.gaps == ()
    written = msgspec.json.encode(snapshot.services)
    assert msgspec.json.decode(written, type=Services) == snapshot.services
    assert b"@example.com" not in written


def permit(region: str) -> dict[str, Any]:
    return {
        "name": "case",
        "arn": f"arn:aws:supportauthz:{region}:{ACCOUNT}:support-permit/case",
        "permit": {"actions": {"allActions": {}}, "resources": {"allResourcesInRegion": {}}},
        "status": "ACTIVE",
        "signingKeyInfo": {"kmsKey": "arn:5"},
        "createdAt": ago(3),
    }


def test_permits_of_aws_support_are_read_in_every_region_but_the_scans_own() -> None:
    there = {f"supportauthz:ListSupportPermits@{ELSEWHERE}": {"supportPermits": [permit("x")]}}
    found, answers = read({**OFF, **there})
    [told] = found.support_permits  # type: ignore[misc]
    assert (told.region, [one.name for one in told.permits]) == (ELSEWHERE, ["case"])  # type: ignore[union-attr]
    asked = [where for action, where, _ in answers.asked if action.startswith("supportauthz")]
    assert asked == [ELSEWHERE]


def test_a_region_without_the_service_of_permits_is_no_gap_where_another_has_it() -> None:
    third = {"RegionName": "eu-south-1", "RegionOptStatus": "ENABLED"}
    regions = {"Regions": [*OFF["account:ListRegions"]["Regions"], third]}
    table = {**OFF, "account:ListRegions": regions}
    away = {f"supportauthz:ListSupportPermits@{ELSEWHERE}": unreached}
    found, _ = read({**table, **away})
    assert {one.region: one.permits for one in found.support_permits} == {  # type: ignore[union-attr]
        ELSEWHERE: NotOffered(code="no endpoint"),
        "eu-south-1": (),
    }
    alone, _ = read({**OFF, **away})
    [told] = alone.support_permits  # type: ignore[misc]
    assert told.permits == Gap(
        "supportauthz:ListSupportPermits", "could not connect", region=ELSEWHERE
    )
