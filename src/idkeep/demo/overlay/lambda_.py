"""What moto's Lambda has and does not tell.

https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import lambda_backends

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table


def _functions(asked: Asked) -> list[Any]:
    backend = lambda_backends[asked.state.account][asked.call.region]
    return list(backend.list_functions())


def _url_configs(asked: Asked) -> Mapping[str, Any]:
    found = [
        function.url_config.to_dict()
        for function in _functions(asked)
        if function.function_name == asked.params["FunctionName"] and function.url_config
    ]
    words = asked.model.output_shape.members["FunctionUrlConfigs"].member.members
    said = [
        {word: one[word] for word in words if one.get(word) is not None}
        | {"InvokeMode": one["InvokeMode"].upper()}
        for one in found
    ]
    items, more = asked.page(said, 50)
    return {"FunctionUrlConfigs": items, **more}


def _resource_policy(asked: Asked) -> Mapping[str, Any]:
    """The whole policy of a function, as PutResourcePolicy and AddPermission left it."""
    for function in _functions(asked):
        statements = function.policy.statements if function.policy else ()
        if function.function_arn == asked.params["ResourceArn"] and statements:
            text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            return {"Policy": text, "RevisionId": function.policy.revision}
    raise Refused("ResourceNotFoundException", "The resource you requested does not exist.")


OPERATIONS: Table = {
    "GetResourcePolicy": _resource_policy,
    "ListFunctionUrlConfigs": _url_configs,
}
