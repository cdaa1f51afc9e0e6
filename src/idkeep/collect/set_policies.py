"""The texts of AWS's own policies that permission sets name.

An account lists of AWS's policies only those that somebody in it holds, and the account that owns
an instance need hold none of them; any account may read each.
Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html
"""

from collections.abc import Iterator
from urllib.parse import unquote

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.model import Gap, PermissionSet, PermissionSetBoundary, SetPolicy


def _default(pages: Pages) -> str:
    [answer] = pages
    version: str = answer["Policy"]["DefaultVersionId"]
    return version


POLICY = Collector(service="iam", operation="GetPolicy", build=_default)


def _text(pages: Pages) -> str:
    [answer] = pages
    return unquote(answer["PolicyVersion"]["Document"])


TEXT = Collector(service="iam", operation="GetPolicyVersion", build=_text)

COLLECTORS: tuple[AnyCollector, ...] = (POLICY, TEXT)


def read(ask: Ask, sets: tuple[PermissionSet, ...] | Gap) -> tuple[SetPolicy, ...] | Gap:
    """Two calls for each policy that some set names, however many sets do."""
    if isinstance(sets, Gap):
        return sets
    arns = sorted({arn for one in sets for arn in _named(one)})
    found = ask.each(arns, lambda arn: _read(ask, arn))
    return tuple(SetPolicy(arn=arn, document=one) for arn, one in zip(arns, found, strict=True))


def _named(one: PermissionSet) -> Iterator[str]:
    if isinstance(one.managed_policies, tuple):
        yield from (each.arn for each in one.managed_policies)
    if isinstance(one.boundary, PermissionSetBoundary) and one.boundary.managed:
        yield one.boundary.managed


def _read(ask: Ask, arn: str) -> str | Gap:
    version = ask.sure(POLICY, PolicyArn=arn)
    if isinstance(version, Gap):
        return version
    text = ask.sure(TEXT, PolicyArn=arn, VersionId=version)
    return text if isinstance(text, Gap) else ask.keep(text)
