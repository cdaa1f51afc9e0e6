"""Lambda functions: the whole policy, and the addresses at which they answer.

A listing tells the functions' environment variables too; they go no further than this module.
Source: https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions, kept
from idkeep.model import Gap
from idkeep.model.resources import FunctionUrl, LambdaFunction

_ABSENT = frozenset({"ResourceNotFoundException"})


def _functions(pages: Pages) -> tuple[tuple[str, str], ...]:
    """ARN and role."""
    return tuple((one["FunctionArn"], one["Role"]) for page in pages for one in page["Functions"])


FUNCTIONS = Collector(service="lambda", operation="ListFunctions", build=_functions, regional=True)


def _policy(pages: Pages) -> str:
    [answer] = pages
    policy: str = answer["Policy"]
    return policy


FUNCTION_POLICY = Collector(
    service="lambda",
    operation="GetResourcePolicy",
    build=_policy,
    absent=_ABSENT,
    regional=True,
)


def _urls(pages: Pages) -> tuple[tuple[str, str], ...]:
    """The ARN of a function or alias, and who is let in."""
    return tuple(
        (one["FunctionArn"], one["AuthType"])
        for page in pages
        for one in page["FunctionUrlConfigs"]
    )


FUNCTION_URLS = Collector(
    service="lambda", operation="ListFunctionUrlConfigs", build=_urls, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (FUNCTIONS, FUNCTION_POLICY, FUNCTION_URLS)


def _function(ask: Ask, place: Place, told: tuple[str, str]) -> LambdaFunction:
    arn, role = told

    def policy(of: str) -> str | Gap | None:
        return kept(ask, ask(FUNCTION_POLICY, region=place.region, ResourceArn=of))

    own = policy(arn)
    urls = ask.sure(FUNCTION_URLS, region=place.region, FunctionName=arn)
    return LambdaFunction(
        **place.here(arn),
        role=role,
        policy=own,
        urls=urls
        if isinstance(urls, Gap)
        else tuple(
            FunctionUrl(function=of, auth_type=auth, policy=own if of == arn else policy(of))
            for of, auth in urls
        ),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="functions",
        model=LambdaFunction,
        lists=lambda ask: in_regions(ask, FUNCTIONS),
        calls=costing(2),
        read=_function,
    ),
)
