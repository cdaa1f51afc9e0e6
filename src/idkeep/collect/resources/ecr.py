"""ECR: private repositories, and each region's registry.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions, kept
from idkeep.model.resources import RegistryPolicy, Repository


def _repositories(pages: Pages) -> tuple[tuple[str, str], ...]:
    """ARN and name."""
    return tuple(
        (one["repositoryArn"], one["repositoryName"])
        for page in pages
        for one in page["repositories"]
    )


REPOSITORIES = Collector(
    service="ecr",
    operation="DescribeRepositories",
    params={"maxResults": 1000},
    build=_repositories,
    regional=True,
)


def _policy(pages: Pages) -> str:
    [answer] = pages
    policy: str = answer["policyText"]
    return policy


REPOSITORY_POLICY = Collector(
    service="ecr",
    operation="GetRepositoryPolicy",
    build=_policy,
    absent=frozenset({"RepositoryPolicyNotFoundException"}),
    regional=True,
)


def _registry_policy(pages: Pages) -> tuple[str, ...]:
    return (_policy(pages),)


REGISTRY_POLICY = Collector(
    service="ecr",
    operation="GetRegistryPolicy",
    build=_registry_policy,
    absent=frozenset({"RegistryPolicyNotFoundException"}),
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (REPOSITORIES, REPOSITORY_POLICY, REGISTRY_POLICY)


def _repository(ask: Ask, place: Place, told: tuple[str, str]) -> Repository:
    arn, name = told
    policy = ask(REPOSITORY_POLICY, region=place.region, repositoryName=name)
    return Repository(**place.here(arn), policy=kept(ask, policy))


def _registry(ask: Ask, place: Place, text: str) -> RegistryPolicy:
    return RegistryPolicy(account=place.account, region=place.region, policy=ask.keep(text))


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="repositories",
        model=Repository,
        lists=lambda ask: in_regions(ask, REPOSITORIES),
        calls=costing(1),
        read=_repository,
    ),
    Kind(
        field="registry_policies",
        model=RegistryPolicy,
        lists=lambda ask: in_regions(ask, REGISTRY_POLICY),
        calls=costing(0),
        read=_registry,
    ),
)
