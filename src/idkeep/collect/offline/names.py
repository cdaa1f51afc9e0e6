"""How the file with an answer is called: after the AWS CLI's command, and what it was asked of.

`aws iam get-saml-provider --saml-provider-arn ARN` is `get-saml-provider--ARN.json`, where `-`
stands for every character of the ARN but letters, digits, `.`, `_` and `-`.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from botocore import xform_name
from botocore.loaders import create_loader
from botocore.model import OperationModel, ServiceModel

from idkeep.collect.declare import AnyCollector

# They change how much comes at a time, or in which order, and nothing else.
_SIZES = frozenset(
    {"MaxItems", "MaxResults", "maxResults", "MaxRecords", "ResourcesPerPage", "SortCriteria"}
)
# Without them the answer holds more, and `build` leaves that out.
_NARROWING = frozenset({"AssignmentStatus", "language"})
_ODD = re.compile(rb"[^A-Za-z0-9._-]")
# Where the AWS CLI calls a service otherwise than botocore.
CLI_SERVICES = {"config": "configservice", "s3": "s3api"}


def command(operation: str) -> str:
    """The AWS CLI's name of an operation."""
    name: str = xform_name(operation, "-")
    return name


def slug(value: object) -> str:
    """A value as a part of a file's name."""
    text = "-".join(_leaves(value))
    return _ODD.sub(b"-", text.encode()).decode()


def asked(collector: AnyCollector, params: Mapping[str, object]) -> dict[str, object]:
    """What tells this call from others of its operation, in the order of botocore's model."""
    telling = {
        name: value
        for name, value in {**collector.params, **params}.items()
        if name not in _SIZES and name not in _NARROWING
    }
    shape = operation(collector.service, collector.operation).input_shape
    order = list(shape.members) if shape is not None else []
    return dict(sorted(telling.items(), key=lambda one: order.index(one[0])))


def parts(telling: Mapping[str, object]) -> str:
    """What follows the command in a file's name; "" for a call without parameters."""
    return "--".join(
        command(name) if value is True else slug(value) for name, value in telling.items()
    )


def file_name(
    collector: AnyCollector, params: Mapping[str, object] | None = None, region: str = ""
) -> str:
    """The file in which the answer is looked for, without what a region's folder would say."""
    told = parts(asked(collector, params or {}))
    return "--".join(one for one in (command(collector.operation), told, region) if one) + ".json"


@cache
def operation(service: str, name: str) -> OperationModel:
    return _service(service).operation_model(name)


@cache
def _service(name: str) -> ServiceModel:
    return ServiceModel(create_loader().load_service_model(name, "service-2"), service_name=name)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
    else:
        yield str(value)
