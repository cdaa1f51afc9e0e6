"""A key's policy, whether or not it is asked for by the only name that it can have.

https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html
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


OPERATIONS: Table = {"GetKeyPolicy": _key_policy}
