r"""API Gateway's REST APIs; their policies are in the listing.

https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html: 25 to a page. Kind:
rest-api. A `policy` is declared as it was written, and answered as the inside of a JSON string
(`{\"Version\": …`), which is how AWS answers it:
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html
"""

import json
from collections.abc import Mapping
from typing import Any

from idkeep.demo.overlay.tables import Asked, Table

SIZE = 25


def _rest_apis(asked: Asked) -> Mapping[str, Any]:
    items, more = asked.page(asked.things("rest-api"), SIZE)
    return {
        "items": [
            {**api, "policy": json.dumps(api["policy"])[1:-1]} if "policy" in api else api
            for api in items
        ],
        **more,
    }


OPERATIONS: Table = {"GetRestApis": _rest_apis}
