"""The security services of an account: which are on, where, and what they say.

One region's value may be another service's than its neighbour's: each is read by itself.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from idkeep.model.account import NotToldHere, SupportPermit
from idkeep.model.facts import Family
from idkeep.model.gap import NotAsked, ReadBy, Unread
from idkeep.model.logging import NotOffered


class NotSubscribed(Struct, frozen=True, kw_only=True, tag=True):
    """The account does not pay for this. `code` is AWS's word for it."""

    code: str


class RecordingGroup(Struct, frozen=True, kw_only=True, tag=True):
    """Which resource types a recorder records.

    `strategy` is ALL_SUPPORTED_RESOURCE_TYPES, INCLUSION_BY_RESOURCE_TYPES or
    EXCLUSION_BY_RESOURCE_TYPES, "" where AWS does not tell, as of recorders made before mid-2023;
    then `all_supported` does. `types` are those named, `excluded` those left out, as
    AWS::IAM::User. `global_types` is whether IAM's are recorded where all are.
    Source: https://docs.aws.amazon.com/config/latest/APIReference/API_RecordingGroup.html
    """

    strategy: str = ""
    all_supported: bool = False
    global_types: bool = False
    types: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


class RecorderStatus(Struct, frozen=True, kw_only=True, tag=True):
    """`last` is Pending, Success, Failure or NotApplicable, in AWS's own spelling."""

    recording: bool
    last: str = ""
    error: str = ""


class Recorder(Struct, frozen=True, kw_only=True):
    """A recorder: the customer's own where `service` is None, else that service's.

    `provider` is another cloud that it records (AZURE, GCP), None for AWS. `scope` is PAID or
    INTERNAL. `role` is the ARN of the role that it reads with. `role`, `group` and `status` are
    told of the customer's own alone.
    Source: https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorder.html
    """

    name: str
    service: str | None = None
    provider: str | None = None
    scope: str = ""
    role: Annotated[str | Unread | None, ReadBy("config:DescribeConfigurationRecorders")] = None
    group: Annotated[
        RecordingGroup | Unread | None, ReadBy("config:DescribeConfigurationRecorders")
    ] = None
    status: Annotated[
        RecorderStatus | Unread | None, ReadBy("config:DescribeConfigurationRecorderStatus")
    ] = None


class DeliveryChannel(Struct, frozen=True, kw_only=True):
    name: str
    bucket: str
    topic: str | None = None


class ConfigRule(Struct, frozen=True, kw_only=True):
    """A rule that the customer made. `owner` is AWS, CUSTOM_LAMBDA or CUSTOM_POLICY.

    `source` names AWS's rule or the function's ARN, "" for a policy. `state` is ACTIVE and so on.
    """

    name: str
    owner: str
    source: str = ""
    state: str = ""


class Aggregator(Struct, frozen=True, kw_only=True):
    """Gathers what Config records. `organization`: of all its accounts; else of those it names.

    `regions` are empty where it gathers of all of them.
    Source: https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationAggregator.html
    """

    name: str
    organization: bool = False
    all_regions: bool = False
    regions: tuple[str, ...] = ()


class Config(Struct, frozen=True, kw_only=True, tag=True):
    """AWS Config in a region.

    `channels`, `rules` and `packs` are None where the customer has no recorder there: nothing is
    delivered and no rule is evaluated. `service_rules` is how many rules are other services',
    None where the rules are not known.
    """

    recorders: tuple[Recorder, ...]
    aggregators: Annotated[
        tuple[Aggregator, ...] | Unread, ReadBy("config:DescribeConfigurationAggregators")
    ] = NotAsked(Family.SERVICES)
    channels: Annotated[
        tuple[DeliveryChannel, ...] | Unread | None, ReadBy("config:DescribeDeliveryChannels")
    ] = None
    rules: Annotated[
        tuple[ConfigRule, ...] | Unread | None, ReadBy("config:DescribeConfigRules")
    ] = None
    service_rules: int | None = None
    packs: Annotated[tuple[str, ...] | Unread | None, ReadBy("config:DescribeConformancePacks")] = (
        None
    )


class Standard(Struct, frozen=True, kw_only=True):
    """An enabled standard of Security Hub, by ARN. `reason` is why it is not ready, "" if it is.

    `provider` is the cloud it is for, "" where AWS does not tell.
    """

    arn: str
    status: str
    reason: str = ""
    provider: str = ""


class HubOrganization(Struct, frozen=True, kw_only=True, tag=True):
    """What Security Hub does with the organisation's accounts.

    `configuration` is CENTRAL or LOCAL; `auto_enable` is whether new accounts are taken in,
    `auto_standards` NONE or DEFAULT.
    """

    configuration: str = ""
    status: str = ""
    auto_enable: bool = False
    auto_standards: str = ""
    limit_reached: bool = False


class Member(Struct, frozen=True, kw_only=True):
    """An account that this one administers. `status` is Enabled, Removed, Invited and so on.

    `detector` is the id of the account's own detector, where the service is GuardDuty and tells it.
    """

    account: str
    status: str
    detector: str = ""


class SecurityHubCspm(Struct, frozen=True, kw_only=True, tag=True):
    """Security Hub of the first generation.

    `administrator` is None where no account administers this one; only then are `members` and the
    organisation asked for.
    """

    arn: str
    auto_enable_controls: bool = False
    finding_generator: str = ""
    standards: Annotated[tuple[Standard, ...] | Unread, ReadBy("securityhub:GetEnabledStandards")]
    administrator: Annotated[str | Unread | None, ReadBy("securityhub:GetAdministratorAccount")]
    members: Annotated[tuple[Member, ...] | Unread, ReadBy("securityhub:ListMembers")] = ()
    organization: Annotated[
        HubOrganization | NotToldHere | Unread | None,
        ReadBy("securityhub:DescribeOrganizationConfiguration"),
    ] = None


class SecurityHubV2(Struct, frozen=True, kw_only=True, tag=True):
    """Security Hub of the second generation; `features` are those that are on."""

    arn: str
    features: tuple[str, ...] = ()


class SecurityHub(Struct, frozen=True, kw_only=True, tag=True):
    """Both generations in a region, each None where it is off."""

    cspm: Annotated[SecurityHubCspm | Unread | None, ReadBy("securityhub:DescribeHub")]
    v2: Annotated[SecurityHubV2 | Unread | None, ReadBy("securityhub:DescribeSecurityHubV2")]


class DetectorFeature(Struct, frozen=True, kw_only=True):
    """`managed_by` is GUARDDUTY_POLICY where an organisation's policy keeps it, else None.

    Source: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfigurationResult.html
    """

    name: str
    enabled: bool
    managed_by: str | None = None
    parts: tuple["DetectorFeature", ...] = ()


class DetectorDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`frequency` is how often findings are published. `features` is empty where none is told."""

    enabled: bool
    frequency: str = ""
    features: tuple[DetectorFeature, ...] = ()


class SeverityCounts(Struct, frozen=True, kw_only=True, tag=True):
    """Findings that are not archived, by severity: 1.0 to 10.0, as a text."""

    counts: dict[str, int]


class DetectorFinding(Struct, frozen=True, kw_only=True):
    """A finding about an identity, or a sequence of them. `severity` is 1.0 to 10.0.

    `resource` is the type of what it is about. `principal` is the user or role that it names,
    `access_key` the id of the key, "" where it names none. `count` is how often it was seen.
    Source: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html
    """

    id: str
    account: str
    type: str
    title: str
    severity: float
    updated: datetime
    resource: str
    principal: str = ""
    principal_type: str = ""
    access_key: str = ""
    count: int | None = None


class DetectorOrganization(Struct, frozen=True, kw_only=True, tag=True):
    """`auto_enable` is NEW, ALL or NONE: which of the organisation's accounts are taken in."""

    auto_enable: str = ""
    limit_reached: bool = False
    features: dict[str, str] = {}


class Detector(Struct, frozen=True, kw_only=True):
    """GuardDuty in a region.

    `administrator` is None where no account administers this one; only then are `members` and
    `organization` asked for, the latter where there are members. `identity_findings` are the
    newest fifty.
    """

    id: str
    details: Annotated[DetectorDetails | Unread, ReadBy("guardduty:GetDetector")]
    administrator: Annotated[str | Unread | None, ReadBy("guardduty:GetAdministratorAccount")]
    findings: Annotated[SeverityCounts | Unread, ReadBy("guardduty:GetFindingsStatistics")]
    identity_findings: Annotated[
        tuple[DetectorFinding, ...] | Unread, ReadBy("guardduty:GetFindings")
    ]
    members: Annotated[tuple[Member, ...] | Unread, ReadBy("guardduty:ListMembers")] = ()
    organization: Annotated[
        DetectorOrganization | NotToldHere | Unread | None,
        ReadBy("guardduty:DescribeOrganizationConfiguration"),
    ] = None


class AnalyzerStatistics(Struct, frozen=True, kw_only=True, tag=True):
    """How many findings an analyzer has, by state. `by_kind` counts the active ones.

    Of external access the kinds are `public`, `cross-account` and `errors`; of unused access AWS's
    types; of internal access the resource types. `updated` is when AWS counted.
    Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingsStatistics.html
    """

    active: int = 0
    archived: int = 0
    resolved: int = 0
    by_kind: dict[str, int] = {}
    updated: datetime | None = None


class ExternalFinding(Struct, frozen=True, kw_only=True):
    """Somebody outside the zone of trust may reach a resource, as Access Analyzer sees it.

    `principal` is by its kind in a policy, as {"AWS": "…"}. `error` is why AWS could not tell.
    `rcp` is whether a resource control policy was weighed, in AWS's words.
    """

    id: str
    resource: str
    resource_type: str
    account: str
    updated: datetime
    is_public: bool = False
    principal: dict[str, str] = {}
    actions: tuple[str, ...] = ()
    condition: dict[str, str] = {}
    error: str = ""
    rcp: str = ""


class AnalyzedResources(Struct, frozen=True, kw_only=True):
    """Resources that an analyzer of internal access looks at; an empty list asks nothing.

    `accounts` has a meaning for an analyzer of the organisation alone. `types` are AWS's words,
    as AWS::S3::Bucket. How AWS takes several lists together is not documented.
    Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_InternalAccessAnalysisRuleCriteria.html
    """

    accounts: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    arns: tuple[str, ...] = ()


class Analyzer(Struct, frozen=True, kw_only=True):
    """An analyzer of Access Analyzer.

    `type` is ACCOUNT or ORGANIZATION for external access; with _UNUSED_ACCESS or _INTERNAL_ACCESS
    behind it for those.
    `managed_by` is the service that made it for itself, None for the customer's own.
    `unused_age` is in days, `exclusions` how many rules leave something out: the principals of
    `excluded_accounts`, and those that have every tag of one of `excluded_tags`. `inclusions` are
    what one of internal access looks at: a resource that fits one of them. `findings` are
    the newest hundred active ones of external access; None for the other types.
    """

    arn: str
    name: str
    type: str
    status: str
    status_reason: str = ""
    managed_by: str | None = None
    unused_age: int | None = None
    exclusions: int = 0
    excluded_accounts: tuple[str, ...] = ()
    excluded_tags: tuple[dict[str, str], ...] = ()
    inclusions: tuple[AnalyzedResources, ...] = ()
    statistics: Annotated[
        AnalyzerStatistics | Unread | None, ReadBy("access-analyzer:GetFindingsStatistics")
    ]
    findings: Annotated[
        tuple[ExternalFinding, ...] | Unread | None, ReadBy("access-analyzer:ListFindings")
    ] = None


class MetadataDefaults(Struct, frozen=True, kw_only=True, tag=True):
    """The account's settings for instances that say nothing of their own; "" and None ask nothing.

    `tokens` is `required` (IMDSv2 alone) or `optional`. `enforced` is `enabled` where an instance
    that does not require them can't be launched. `managed_by` is `account` or `declarative-policy`.
    Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
    """

    tokens: str = ""
    enforced: str = ""
    hop_limit: int | None = None
    managed_by: str = ""


class RegionServices(Struct, frozen=True, kw_only=True):
    """The regional services in a region. `detectors` and `analyzers` are empty where there is none.

    In a region that is closed, by a service control policy or because nothing answers there, all
    of them are the same gap.
    """

    region: str
    config: Annotated[Config | NotOffered | Unread, ReadBy("config:ListConfigurationRecorders")]
    security_hub: Annotated[SecurityHub | NotOffered | Unread, ReadBy("securityhub:DescribeHub")]
    detectors: Annotated[
        tuple[Detector, ...] | NotOffered | Unread, ReadBy("guardduty:ListDetectors")
    ]
    analyzers: Annotated[
        tuple[Analyzer, ...] | NotOffered | Unread, ReadBy("access-analyzer:ListAnalyzers")
    ]
    instance_metadata: Annotated[
        MetadataDefaults | NotOffered | Unread, ReadBy("ec2:GetInstanceMetadataDefaults")
    ] = NotAsked(Family.SERVICES)


class Protection(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    resource: str


class ResponseTeamAccess(Struct, frozen=True, kw_only=True, tag=True):
    """What the Shield Response Team may use: a role, None if it has none, and log buckets."""

    role: str | None = None
    buckets: tuple[str, ...] = ()


class Shield(Struct, frozen=True, kw_only=True, tag=True):
    """A subscription to Shield Advanced.

    `emergency_contacts` is how many there are; who they are stays with AWS.
    Source: https://docs.aws.amazon.com/waf/latest/DDOSAPIReference/API_Subscription.html
    """

    started: datetime | None = None
    ends: datetime | None = None
    auto_renew: str = ""
    proactive_engagement: str = ""
    protections: Annotated[tuple[Protection, ...] | Unread, ReadBy("shield:ListProtections")]
    emergency_contacts: Annotated[int | Unread, ReadBy("shield:DescribeEmergencyContactSettings")]
    response_team: Annotated[ResponseTeamAccess | Unread, ReadBy("shield:DescribeDRTAccess")]


class AccountCompliance(Struct, frozen=True, kw_only=True):
    """`violators` is how many resources break the policy; `limited` that AWS stopped counting."""

    account: str
    compliant: bool
    violators: int = 0
    limited: bool = False


class FirewallPolicy(Struct, frozen=True, kw_only=True):
    """A policy of Firewall Manager. `type` is WAFV2, SHIELD_ADVANCED and so on.

    Source: https://docs.aws.amazon.com/fms/2018-01-01/APIReference/API_PolicySummary.html
    """

    id: str
    name: str
    type: str
    remediates: bool = False
    status: str = ""
    compliance: Annotated[
        tuple[AccountCompliance, ...] | Unread, ReadBy("fms:ListComplianceStatus")
    ]


class RegionPolicies(Struct, frozen=True, kw_only=True):
    region: str
    policies: Annotated[
        tuple[FirewallPolicy, ...] | NotOffered | Unread, ReadBy("fms:ListPolicies")
    ]


class FirewallManager(Struct, frozen=True, kw_only=True, tag=True):
    """The organisation's default administrator of Firewall Manager.

    `regions` is None unless this account is that administrator, who alone is told.
    """

    administrator: str
    role_status: str = ""
    regions: Annotated[tuple[RegionPolicies, ...] | Unread | None, ReadBy("fms:ListPolicies")] = (
        None
    )


class Recommendation(Struct, frozen=True, kw_only=True):
    """A recommendation of Trusted Advisor, with its resources counted by state.

    `status` is ok, warning or error. `check` is its check's ARN, "" for one of another source.
    Source: https://docs.aws.amazon.com/trustedadvisor/latest/APIReference/API_RecommendationSummary.html
    """

    arn: str
    name: str
    status: str
    type: str
    source: str
    check: str = ""
    pillars: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    lifecycle: str = ""
    ok: int = 0
    warning: int = 0
    error: int = 0
    excluded: int = 0
    updated: datetime | None = None


class TrustedAdvisor(Struct, frozen=True, kw_only=True, tag=True):
    recommendations: tuple[Recommendation, ...]


class RegionPermits(Struct, frozen=True, kw_only=True):
    """What AWS Support may do in a region."""

    region: str
    permits: Annotated[
        tuple[SupportPermit, ...] | NotOffered | Unread, ReadBy("supportauthz:ListSupportPermits")
    ]


class Services(Struct, frozen=True, kw_only=True, tag=True):
    """The security services.

    `firewall_manager` is None where it has no default administrator, or the account no
    organisation. `support_permits` are those of all regions but the scan's own, whose permits are
    the account's.
    """

    regions: Annotated[tuple[RegionServices, ...] | Unread, ReadBy("account:ListRegions")]
    shield: Annotated[Shield | NotSubscribed | Unread, ReadBy("shield:DescribeSubscription")]
    firewall_manager: Annotated[FirewallManager | Unread | None, ReadBy("fms:GetAdminAccount")]
    trusted_advisor: Annotated[
        TrustedAdvisor | NotSubscribed | NotOffered | Unread,
        ReadBy("trustedadvisor:ListRecommendations"),
    ]
    support_permits: Annotated[
        tuple[RegionPermits, ...] | Unread, ReadBy("supportauthz:ListSupportPermits")
    ] = NotAsked(Family.SERVICES)
