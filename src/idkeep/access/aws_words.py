"""Which words are AWS's own, so that they name nobody and may stay where names must go."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from idkeep.catalog import Catalog

# Paths and names that AWS gives in every account alike:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html (the paths)
# https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_access.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
# https://docs.aws.amazon.com/controltower/latest/userguide/roles-how.html
# https://docs.aws.amazon.com/accounts/latest/reference/scps-and-rcps-for-projects.html
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html (the groups' URIs)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Cross-Account-Cross-Region.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html (the bus "default")
_GIVEN = frozenset(
    {
        "AWSCloudFormationStackSetAdministrationRole",
        "AWSCloudFormationStackSetExecutionRole",
        "AWSControlTowerExecution",
        "AWSLogs",
        "AWSManagedAccountManagementAccessRole",
        "AccountFullAccessRole",
        "AdvancedModeRegionRestrictionSecurityControlPolicy",
        "AllUsers",
        "AuthenticatedUsers",
        "CloudWatch-CrossAccountSharingRole",
        "FullAWSAccess",
        "ManagedAccountResourceControlPolicy",
        "ManagedAccountSecurityControlPolicy",
        "OrganizationAccountAccessRole",
        "RCPFullAWSAccess",
        "acs.amazonaws.com",
        "aws",
        "aws-reserved",
        "aws-service-role",
        "bedrock-agentcore",
        "default",
        "global",
        "groups",
        "http",
        "managed",
        "p-FullAWSAccess",
        "p-RCPFullAWSAccess",
        "root-account-mfa-device",
        "service-role",
    }
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
_FEDERATIONS = frozenset(
    {
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "graph.facebook.com",
        "www.amazon.com",
    }
)
# Resource types that the Service Authorization Reference leaves out:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
_MORE_TYPES = {("iam", 0): {"root", "u2f"}, ("sts", 0): {"assumed-role"}}
# The words regions' names are made of:
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_REGION = re.compile(
    "(af|ap|ca|cn|eu|eusc|il|me|mx|sa|us|us-gov|us-iso[bef]?|eu-isoe)"
    "-(de|central|north|south|east|west|northeast|northwest|southeast|southwest)-[0-9]{1,2}"
)
_REGION_PATTERN = re.compile("(global|[*?]|us|eu|ap|sa|ca|me|af|il|mx|cn|-|gov|[0-9]{1,2}[*?]?)*")
_PARTITION = re.compile(r"aws(-us-gov|-cn|-iso(-[a-z])?|-eusc)?|aws[*?-]*|[*?]+")
# What stands before a service's name in the principals of some:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_actions-resources-contextkeys.html
_PRINCIPAL_PARTS = frozenset(
    {
        "application-autoscaling", "backup-storage", "cloudwatch-crossaccount",
        "config-multiaccountsetup", "custom-resource", "delivery", "ecs-tasks", "edgelambda",
        "eks-fargate-pods", "eks-nodegroup", "email", "export", "loadbalancer", "logger",
        "member", "monitoring", "oidc", "ops", "pods", "replicator", "rh-oidc",
        "s3-object-lambda", "spotfleet", "stacksets", "streams", "transitgateway",
        "vpc-flow-logs",
    }
)  # fmt: skip
_SERVICE_PRINCIPAL = re.compile(r"(?P<labels>[a-z0-9-]+(\.[a-z0-9-]+)*)\.amazonaws\.com(\.cn)?")
_AWS_OWNED = re.compile("AWSServiceRoleFor[A-Za-z0-9]+")
_AWS_RESERVED = "AWSReservedSSO"
# The provider that Identity Center makes in each account that has its permission sets; the id is
# the instance's. No page of AWS's tells the form.
_PROVIDER_BEGINS, _PROVIDER_ENDS = "AWSSSO_", "_DO_NOT_DELETE"
_CENTERS_PROVIDER = re.compile(f"{_PROVIDER_BEGINS}[0-9a-f]+{_PROVIDER_ENDS}")


class AwsWords:
    """Drawn from a catalog; `given` are names that AWS gave in the account at hand."""

    def __init__(self, catalog: Catalog, given: Iterable[str] = ()) -> None:
        self._services = frozenset(catalog.services)
        issuers = (one.issuer for one in catalog.facts.shared_issuers)
        self._plain = _GIVEN | _FEDERATIONS | frozenset(given) | {i.split("/")[0] for i in issuers}
        self._types = _resource_types(catalog)
        self._arn_services = self._services | {service for service, _ in self._types}

    def is_service(self, word: str) -> bool:
        """A prefix of actions, or an ARN's third field."""
        return word in self._arn_services

    def is_partition(self, word: str) -> bool:
        return _PARTITION.fullmatch(word) is not None

    def is_region(self, word: str) -> bool:
        """A region, or a pattern of regions."""
        return bool(_REGION.fullmatch(word) or _REGION_PATTERN.fullmatch(word))

    def is_resource_type(self, service: str, place: int, word: str) -> bool:
        """`service` may be a pattern: then any service's first word will do."""
        if "*" in service and not place:
            return any(word in words for (_, at), words in self._types.items() if not at)
        return word in self._types.get((service, place), ())

    def is_name(self, word: str) -> bool:
        """One part of a path or of an ARN that is the same in every account."""
        return (
            word in self._plain or _REGION.fullmatch(word) is not None or self._is_principal(word)
        )

    def kept_parts(self, word: str) -> tuple[str, str]:
        """How a name of AWS's own making begins and ends; what is between may be the customer's."""
        if word.startswith(f"{_AWS_RESERVED}_"):
            return _AWS_RESERVED, ""
        if _CENTERS_PROVIDER.fullmatch(word):
            return _PROVIDER_BEGINS, _PROVIDER_ENDS
        owned = _AWS_OWNED.match(word)
        return owned[0] if owned and owned[0] in self._plain else "", ""

    def _is_principal(self, word: str) -> bool:
        found = _SERVICE_PRINCIPAL.fullmatch(word)
        return found is not None and all(
            label in self._services or label in _PRINCIPAL_PARTS or _REGION.fullmatch(label)
            for label in found["labels"].split(".")
        )


@lru_cache(maxsize=1)
def _resource_types(catalog: Catalog) -> Mapping[tuple[str, int], set[str]]:
    """The literal words of services' ARNs, by the service and the place in the resource."""
    types = {key: set(words) for key, words in _MORE_TYPES.items()}
    services = filter(None, map(catalog.service, catalog.services))
    for arn in (a for service in services for one in service.resource_types for a in one.arns):
        fields = arn.split(":", 5)
        for place, word in enumerate(re.split("[:/]", fields[-1])):
            if "$" not in word and word != "*":
                types.setdefault((fields[2], place), set()).add(word)
    return types


def given_by_aws(arn: str) -> str:
    """The name in an ARN that AWS gave: of an AWS-managed policy or a service-linked role."""
    if re.fullmatch(r"arn:[a-z-]+:iam::aws:policy/.+", arn):
        return arn.rpartition("/")[2]
    linked = re.fullmatch(r"arn:[a-z-]+:iam::\d{12}:role/aws-service-role/[^/]+/(.+)", arn)
    owned = _AWS_OWNED.match(linked[1]) if linked else None
    return owned[0] if owned else ""
