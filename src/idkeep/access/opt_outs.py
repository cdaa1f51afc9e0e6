"""What an account says to AWS's use of its content, by the policies over it.

Such a policy is no permission: it is merged on the way down the tree, and a level may forbid those
below to change what it says.
Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_inheritance_mgmt.html
and orgs_manage_policies_ai-opt-out_syntax.html
"""

import json
from collections.abc import Iterable
from typing import Any

_OPERATORS = "@@operators_allowed_for_child_policies"
_NONE = "@@none"
DEFAULT = "default"


def opt_outs(levels: Iterable[tuple[str, ...]]) -> dict[str, str] | None:
    """By service, or "default", what holds in the end: optOut, optIn. None where a text is none.

    `levels` are the texts at each level, from the root down.
    """
    found: dict[str, str] = {}
    closed: set[str] = set()
    for texts in levels:
        for text in texts:
            try:
                services = json.loads(text)["services"]
                said = {name: _said(value) for name, value in services.items() if name[:2] != "@@"}
            except (ValueError, KeyError, TypeError, AttributeError):
                return None
            everything = _is_closed(services)
            for name, (value, is_closed) in said.items():
                if name not in closed and "*" not in closed and value:
                    found[name] = value
                if is_closed:
                    closed.add(name)
            if everything:
                closed.add("*")
    return found


def _said(service: Any) -> tuple[str, bool]:  # noqa: ANN401 -- of a document
    policy = service.get("opt_out_policy", {})
    return str(policy.get("@@assign", "")), _is_closed(service) or _is_closed(policy)


def _is_closed(element: Any) -> bool:  # noqa: ANN401
    allowed: object = element.get(_OPERATORS)
    return allowed in ([_NONE], _NONE)
