"""Resource policies as `{arn: document}`, as people put them together by hand.

Such a file tells of the policies it holds, and of nothing else: not whether there are more
resources, nor what besides its policy lets others reach one.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from idkeep.collect.ask import Ask
from idkeep.collect.offline.folder import Entry
from idkeep.collect.offline.text import Fault, Refused, documents, opened
from idkeep.model import Arn, Gap, Unlisted
from idkeep.model.gap import read_by
from idkeep.model.other_resources import MoreResources, OtherResource, StandingPolicy
from idkeep.model.other_type import OtherType
from idkeep.model.other_types import OTHER_TYPES
from idkeep.model.resources import (
    Bucket,
    EventBus,
    KmsKey,
    LambdaFunction,
    LogGroup,
    Queue,
    Repository,
    Resources,
    Secret,
    SecretPolicy,
    Table,
    Topic,
)

_ACTION = "resource-policies.json"
# By the service of the ARN, and how the resource in it begins.
_KINDS: tuple[tuple[str, str, str, type[Struct]], ...] = (
    ("s3", "", "buckets", Bucket),
    ("kms", "key/", "keys", KmsKey),
    ("sqs", "", "queues", Queue),
    ("sns", "", "topics", Topic),
    ("lambda", "function:", "functions", LambdaFunction),
    ("secretsmanager", "secret:", "secrets", Secret),
    ("ecr", "repository/", "repositories", Repository),
    ("dynamodb", "table/", "tables", Table),
    ("events", "event-bus/", "event_buses", EventBus),
    ("logs", "log-group:", "log_groups", LogGroup),
)
_OTHERS = "others"
_PLACED = frozenset({"arn", "account", "region", "policy"})


def resource_policies(ask: Ask, entry: Entry) -> tuple[Resources | Gap, MoreResources | Gap]:
    """The resources in the file, each with its policy; everything else about them is a gap."""
    try:
        [document] = documents(opened(entry.path))
        told = msgspec.json.decode(document, type=dict[str, Any])
    except Fault as fault:
        gap = Gap(_ACTION, fault.at(entry.name))
        return gap, gap
    except (ValueError, Refused, msgspec.DecodeError) as odd:
        gap = Gap(_ACTION, f"{entry.name}: is not one object of documents by ARN: {odd}")
        return gap, gap
    found: dict[str, list[Struct]] = {}
    odd_ones: list[Unlisted] = []
    for arn, policy in told.items():
        try:
            field, made = _resource(ask, arn, policy)
            found.setdefault(field, []).append(made)
        except ValueError as odd:
            odd_ones.append(Unlisted("Resources", Gap(_ACTION, f"{entry.name}: {odd}")))
    others: Any = found.pop(_OTHERS, ())
    lists: Mapping[str, Any] = {field: tuple(made) for field, made in found.items()}
    return Resources(
        account_public_access_block=Gap("s3:GetAccountPublicAccessBlock", "not in the folder"),
        unlisted=(*_not_whole(), *odd_ones),
        **lists,
    ), MoreResources(others=tuple(others), unlisted=tuple(_others_not_whole()))


def _resource(ask: Ask, text: str, policy: object) -> tuple[str, Struct]:
    """Raises `ValueError` for what this file can't tell of."""
    arn = Arn.parse(text)
    if arn.account not in ("", ask.account):
        raise ValueError(f"{text} is of another account")
    document = policy if isinstance(policy, str) else msgspec.json.encode(policy).decode()
    for service, begins, field, kind in _KINDS:
        if arn.service == service and arn.resource.startswith(begins) and _is_plain(arn):
            facts = {
                name: Gap(read_by(kind, name), f"not in the folder: {text}")
                for name in kind.__struct_fields__
                if name not in _PLACED and read_by(kind, name)
            }
            placed = {"arn": text, "account": ask.account, "region": arn.region}
            policy = _policies(kind, ask.keep(document), text)
            return field, kind(**{**placed, **facts, **policy})
    if other := _other_type(arn):
        return _OTHERS, OtherResource(
            type=other.name,
            arn=text,
            account=ask.account,
            region=arn.region,
            within_networks=other.inside == "always" or _within_unknown(other, text),
            policies=(StandingPolicy(policy=ask.keep(document)),),
        )
    raise ValueError(f"of {text} more than a policy must be known")


def _within_unknown(kind: OtherType, arn: str) -> Gap | bool:
    return Gap(kind.read_action, f"not in the folder: {arn}") if kind.inside else False


def _other_type(arn: Arn) -> OtherType | None:
    """Not that of what is in such a resource."""
    return next((one for one in OTHER_TYPES.values() if one.standing(arn) == arn.resource), None)


def _policies(kind: type[Struct], digest: str, arn: str) -> dict[str, object]:
    """A secret may have several: the one that people write is called `default`.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListResourcePolicies.html
    """
    if kind is not Secret:
        return {"policy": digest}
    others = Gap(read_by(Secret, "policies"), f"not in the folder: other policies of {arn}")
    named = SecretPolicy(name="default", policy=digest)
    return {"policies": (named, SecretPolicy(name="", policy=others))}


def _is_plain(arn: Arn) -> bool:
    """An object, an access point, a stream or an alias is another thing than what holds it."""
    match arn.service:
        case "s3":
            return "/" not in arn.resource
        case "dynamodb":
            return arn.resource.count("/") == 1
        case "lambda":
            return arn.resource.count(":") == 1
        case _:
            return True


def _not_whole() -> Iterator[Unlisted]:
    for _, _, _, kind in _KINDS:
        read = read_by(kind, "policies" if kind is Secret else "policy")
        gap = Gap(read, "resource-policies.json does not say that it is whole")
        yield Unlisted(kind.__name__, gap)


def _others_not_whole() -> Iterator[Unlisted]:
    for action in dict.fromkeys(one.list_action for one in OTHER_TYPES.values()):
        gap = Gap(action, "resource-policies.json does not say that it is whole")
        yield Unlisted(OtherResource.__name__, gap)
