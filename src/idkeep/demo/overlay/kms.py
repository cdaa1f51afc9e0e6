"""A key's policy, whether or not it is asked for by the only name that it can have, and its grants.

https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html and API_ListGrants.html.
Kind: grant (to a service, which moto does not know; `Key` is the key's description).
"""

from collections.abc import Mapping
from typing import Any

from moto.kms.models import kms_backends

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table

DEFAULT = "default"


def _key_policy(asked: Asked) -> Mapping[str, Any]:
    backend = kms_backends[asked.state.account][asked.call.region]
    given = asked.params["KeyId"].rpartition("/")[2]
    if given not in backend.keys or asked.params.get("PolicyName", DEFAULT) != DEFAULT:
        raise Refused("NotFoundException", f"Key '{asked.params['KeyId']}' does not exist")
    return {"Policy": backend.keys[given].policy, "PolicyName": DEFAULT}


def _grants(asked: Asked) -> Mapping[str, Any] | None:
    """Those of moto's and the declared ones; None leaves it to moto."""
    backend = kms_backends[asked.state.account][asked.call.region]
    key = backend.keys.get(asked.params["KeyId"].rpartition("/")[2])
    declared = [one for one in asked.things("grant") if key and one["Key"] == key.description]
    if key is None or not declared:
        return None
    made = [{name: v for name, v in g.to_json().items() if v} for g in key.list_grants(None)]
    said = [
        {**{name: v for name, v in one.items() if name != "Key"}, "KeyId": key.arn}
        for one in declared
    ]
    return {"Grants": [*made, *said], "Truncated": False}


OPERATIONS: Table = {"GetKeyPolicy": _key_policy, "ListGrants": _grants}
