"""Secrets Manager: every policy of a secret, and who gets copies. Values are never asked for.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions, kept
from idkeep.model import Gap
from idkeep.model.resources import CrossAccountReplica, Secret, SecretPolicy, SecretReplication


def _secrets(pages: Pages) -> tuple[tuple[str, str], ...]:
    """ARN and the service that made it."""
    return tuple(
        (one["ARN"], one.get("OwningService", "")) for page in pages for one in page["SecretList"]
    )


SECRETS = Collector(
    service="secretsmanager",
    operation="ListSecrets",
    params={"MaxResults": 100},
    build=_secrets,
    regional=True,
)


def _names(pages: Pages) -> tuple[str, ...]:
    return tuple(one["PolicyName"] for page in pages for one in page["ResourcePolicies"])


POLICIES = Collector(
    service="secretsmanager", operation="ListResourcePolicies", build=_names, regional=True
)


def _policy(pages: Pages) -> str:
    """The text, empty where there is none: the answer then names the secret alone."""
    [answer] = pages
    if "ARN" not in answer:
        raise KeyError("ARN")
    policy: str = answer.get("ResourcePolicy", "")
    return policy


POLICY = Collector(
    service="secretsmanager", operation="GetResourcePolicy", build=_policy, regional=True
)


def _replication(pages: Pages) -> SecretReplication:
    [answer] = pages
    primary: Answer = answer.get("CrossAccountPrimary") or {}
    return SecretReplication(
        replicas=tuple(
            CrossAccountReplica(arn=one["ReplicaSecretARN"], role=one.get("ReplicationRoleARN", ""))
            for one in answer.get("CrossAccountReplicas", ())
        ),
        primary=primary.get("PrimarySecretARN", ""),
    )


SECRET = Collector(
    service="secretsmanager", operation="DescribeSecret", build=_replication, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (SECRETS, POLICIES, POLICY, SECRET)


def _secret(ask: Ask, place: Place, told: tuple[str, str]) -> Secret:
    arn, service = told
    names = ask.sure(POLICIES, region=place.region, SecretId=arn)
    policies: tuple[SecretPolicy, ...] | Gap
    if isinstance(names, Gap):
        policies = names
    else:
        policies = tuple(
            SecretPolicy(
                name=name,
                policy=kept(
                    ask, ask.sure(POLICY, region=place.region, SecretId=arn, PolicyName=name)
                ),
            )
            for name in names
        )
    return Secret(
        **place.here(arn),
        owning_service=service,
        policies=policies,
        replication=ask.sure(SECRET, region=place.region, SecretId=arn),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="secrets",
        model=Secret,
        lists=lambda ask: in_regions(ask, SECRETS),
        calls=costing(3),
        read=_secret,
    ),
)
