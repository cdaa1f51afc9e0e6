"""A secret's policies by name; the one named default is moto's.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html. Kind:
resource-policy (with the secret's `Name`, `PolicyName` and `ResourcePolicy`), replica (with
`Name`, and `ReplicaSecretARN` in another account).
"""

from collections.abc import Mapping
from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from idkeep.demo.declared.account import Said
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table

DEFAULT = "default"


def _secret(asked: Asked) -> Any:  # noqa: ANN401 moto's secret
    given = asked.params["SecretId"]
    for secret in secretsmanager_backends[asked.state.account][asked.call.region].secrets.values():
        if given in {secret.arn, secret.name}:
            return secret
    raise Refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")


def _named(asked: Asked, secret: Any) -> list[Said]:  # noqa: ANN401
    return [one for one in asked.things("resource-policy") if one["Name"] == secret.name]


def _list(asked: Asked) -> Mapping[str, Any]:
    secret = _secret(asked)
    own = [{"PolicyName": DEFAULT}] if secret.policy is not None else []
    named = [{"PolicyName": one["PolicyName"]} for one in _named(asked, secret)]
    items, more = asked.page([*own, *named], 100)
    return {"ResourcePolicies": items, **more}


def _get(asked: Asked) -> Mapping[str, Any] | None:
    wanted = asked.params.get("PolicyName") or DEFAULT
    if wanted == DEFAULT:
        return None
    secret = _secret(asked)
    for one in _named(asked, secret):
        if one["PolicyName"] == wanted:
            return {"ARN": secret.arn, **one}
    raise Refused("ResourceNotFoundException", "The resource policy was not found.")


def _describe(asked: Asked) -> Mapping[str, Any] | None:
    """What moto says, with the copies in other accounts; None leaves it to moto."""
    secret = _secret(asked)
    copies = [one for one in asked.things("replica") if one["Name"] == secret.name]
    if not copies:
        return None
    replicas = [{name: v for name, v in one.items() if name != "Name"} for one in copies]
    return {"ARN": secret.arn, "Name": secret.name, "CrossAccountReplicas": replicas}


OPERATIONS: Table = {
    "DescribeSecret": _describe,
    "GetResourcePolicy": _get,
    "ListResourcePolicies": _list,
}
