"""What moto's Lambda has and does not tell.

https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.awslambda.models import lambda_backends

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table

_BY_URL = "InvokedViaFunctionUrl"


def _functions(asked: Asked) -> list[Any]:
    backend = lambda_backends[asked.state.account][asked.call.region]
    return list(backend.list_functions())


def _url_configs(asked: Asked) -> Mapping[str, Any]:
    found = [
        function.url_config.to_dict()
        for function in _functions(asked)
        if asked.params["FunctionName"] in (function.function_name, function.function_arn)
        and function.url_config
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
            said = [_statement(one) for one in statements]
            text = json.dumps({"Version": "2012-10-17", "Statement": said})
            return {"Policy": text, "RevisionId": function.policy.revision}
    raise Refused("ResourceNotFoundException", "The resource you requested does not exist.")


def _statement(added: Mapping[str, Any]) -> Mapping[str, Any]:
    """Parameters of AddPermission that moto leaves as they came, as Lambda writes them.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    said = dict(added)
    conditions = dict(said.pop("Condition", {}))
    for parameter, operator in (("FunctionUrlAuthType", "StringEquals"), (_BY_URL, "Bool")):
        if (value := said.pop(parameter, None)) is not None:
            block = conditions.setdefault(operator, {})
            block[f"lambda:{parameter}"] = str(value) if operator != "Bool" else "true"
    if str(principal := said["Principal"]).isdigit():
        said["Principal"] = {"AWS": f"arn:aws:iam::{principal}:root"}
    return said | ({"Condition": conditions} if conditions else {})


OPERATIONS: Table = {
    "GetResourcePolicy": _resource_policy,
    "ListFunctionUrlConfigs": _url_configs,
}
