"""Security services that are all on, as the worked examples change them."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from idkeep.checks.samples import NOW, ORGANIZATION, SERVICES
from idkeep.model import Gap
from idkeep.model.organization import DelegatedAdministrator, DelegatedService
from idkeep.model.services import (
    Analyzer,
    AnalyzerStatistics,
    Config,
    DeliveryChannel,
    Detector,
    DetectorDetails,
    DetectorFeature,
    DetectorOrganization,
    Recorder,
    RecorderStatus,
    RecordingGroup,
    RegionServices,
    SecurityHub,
    SecurityHubCspm,
    SecurityHubV2,
    Services,
    SeverityCounts,
    Standard,
)

NO_REGIONS = Gap("account:ListRegions", "AccessDenied")
OURS = replace(ORGANIZATION, management_account="111122223333")
DEPUTY = "666677778888"
ELSEWHERE = Gap("organizations:ListDelegatedAdministrators", "AccessDenied", elsewhere=True)

RECORDER = Recorder(
    name="default",
    scope="PAID",
    role="arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/"
    "AWSServiceRoleForConfig",
    group=RecordingGroup(
        strategy="ALL_SUPPORTED_RESOURCE_TYPES", all_supported=True, global_types=True
    ),
    status=RecorderStatus(recording=True, last="SUCCESS"),
)
CONFIG = Config(
    recorders=(RECORDER,),
    aggregators=(),
    channels=(DeliveryChannel(name="default", bucket="config"),),
    rules=(),
    packs=(),
)
STANDARD = Standard(
    arn="arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0",
    status="READY",
)
CSPM = SecurityHubCspm(
    arn="arn:aws:securityhub:us-east-1:111122223333:hub/default",
    standards=(STANDARD,),
    administrator=DEPUTY,
)
HUB = SecurityHub(cspm=CSPM, v2=None)
V2 = SecurityHubV2(arn="arn:aws:securityhub:us-east-1:111122223333:hubv2/1")
PLANS = (
    "S3_DATA_EVENTS",
    "EKS_AUDIT_LOGS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "LAMBDA_NETWORK_LOGS",
    "AI_PROTECTION",
)
FEATURES = (
    *(DetectorFeature(name=name, enabled=True) for name in PLANS),
    DetectorFeature(
        name="RUNTIME_MONITORING",
        enabled=True,
        parts=tuple(
            DetectorFeature(name=name, enabled=True)
            for name in (
                "EKS_ADDON_MANAGEMENT",
                "ECS_FARGATE_AGENT_MANAGEMENT",
                "EC2_AGENT_MANAGEMENT",
            )
        ),
    ),
)
DETECTOR = Detector(
    id="12abc34d567e8fa901bc2d34e56789f0",
    details=DetectorDetails(enabled=True, frequency="FIFTEEN_MINUTES", features=FEATURES),
    administrator=DEPUTY,
    findings=SeverityCounts(counts={}),
    identity_findings=(),
)
ADMINISTERS = DetectorOrganization(auto_enable="ALL")
EXTERNAL = Analyzer(
    arn="arn:aws:access-analyzer:us-east-1:111122223333:analyzer/external",
    name="external",
    type="ACCOUNT",
    status="ACTIVE",
    statistics=AnalyzerStatistics(updated=NOW - timedelta(hours=1)),
    findings=(),
)
UNUSED = replace(
    EXTERNAL,
    arn=EXTERNAL.arn.replace("external", "unused"),
    name="unused",
    type="ACCOUNT_UNUSED_ACCESS",
    unused_age=90,
    findings=None,
)


def region(name: str = "us-east-1", **facts: Any) -> RegionServices:  # noqa: ANN401
    """A region where everything is on, but for what `facts` say."""
    told: dict[str, Any] = {
        "config": CONFIG,
        "security_hub": HUB,
        "detectors": (DETECTOR,),
        "analyzers": (EXTERNAL, UNUSED),
        **facts,
    }
    return RegionServices(region=name, **told)


def services(*regions: RegionServices, **facts: Any) -> Services:  # noqa: ANN401
    return replace(SERVICES, **{"regions": regions or (region(),), **facts})


UNREAD = replace(SERVICES, regions=NO_REGIONS)


def deputy(*principals: str) -> DelegatedAdministrator:
    return DelegatedAdministrator(
        account=DEPUTY, services=tuple(DelegatedService(principal=one) for one in principals)
    )
