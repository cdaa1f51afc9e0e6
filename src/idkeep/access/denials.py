"""What AWS says when it denies a request: the message of the error, or the decoded form of one.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html (the
wordings), https://aws.amazon.com/blogs/security/enhanced-access-denied-error-messages-with-policy-arns
(the policy's ARN, since January 2026, within one account or organisation),
https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from idkeep.policy.decision import Check

_LAYERS = {
    "identity-based polic": Check.PRINCIPAL,
    "permissions boundar": Check.PERMISSIONS_BOUNDARY,
    "resource control polic": Check.RESOURCE_CONTROL_POLICY,
    "resource-based polic": Check.RESOURCE,
    "role trust polic": Check.RESOURCE,
    "service control polic": Check.SERVICE_CONTROL_POLICY,
    "session polic": Check.SESSION,
    "vpc endpoint polic": Check.VPC_ENDPOINT,
}
_LAYER = "|".join(_LAYERS)
# S3 puts quotes around names, EC2 puts the sentence into brackets and goes on behind it.
_SENTENCE = re.compile(
    r'(?:(?:User|Principal|Account|Service): *)?"?(?P<who>[^\s"\[]+)"?'
    r' is not authorized to perform:? *"?(?P<action>[A-Za-z][\w-]*:\w+)"?(?P<rest>.*)',
    re.DOTALL,
)
_ON = re.compile(r'\s*on (?:the )?resource:? *"?(?P<arn>arn:[^\s"\]]+|\*)"?')
# IAM's older form: `on resource: user ana`, `on resource: policy path /`.
_ON_NAMED = re.compile(r"\s*on resource: (?P<kind>user|role|group) (?P<name>[\w+=,.@-]+)(?=\s|$)")
_EXPLICIT = re.compile(
    rf"with an explicit deny in (?:an?|the) (?P<layer>{_LAYER})(?:y|ies)"
    r'(?:: *"?(?P<arn>arn:[^\s"\]]+))?',
    re.IGNORECASE,
)
_IMPLICIT = re.compile(rf"because no (?P<layer>{_LAYER})(?:y|ies) allows?\b", re.IGNORECASE)
_ENCODED = re.compile(r"encoded authorization failure message", re.IGNORECASE)
_AUTHORIZATION = re.compile(
    r"authorization-details/(?P<id>[\w-]+)|authorization ID:? *(?P<own>[\w-]+)"
)


class Denial(Struct, frozen=True, kw_only=True):
    """A denied request in AWS's own words, as far as they tell.

    `resource` is an ARN or a name as `user/ana`, "" where none is told. `layer` is the kind of
    policy that AWS names, one of perhaps several; `explicit` whether one denies (True) or none
    allows (False), None where that is left open. `policy` is the ARN of the one that denies.
    `encoded`: details can be had from sts:DecodeAuthorizationMessage; `authorization` is the id
    for `idkeep why --record`.
    `context` are the condition keys that a decoded message tells.
    """

    principal: str
    action: str
    resource: str = ""
    layer: Check | None = None
    explicit: bool | None = None
    policy: str = ""
    encoded: bool = False
    authorization: str = ""
    context: dict[str, tuple[str, ...]] = {}


def is_encoded(text: str) -> bool:
    """Whether it has a message that only sts:DecodeAuthorizationMessage can read."""
    return bool(_ENCODED.search(text))


def denial_in(text: str) -> Denial | None:
    """The denial that a text tells of; None where there is none in a wording that AWS uses."""
    words = " ".join(text.split())
    found = _SENTENCE.search(words)
    if not found:
        return None
    rest = found["rest"]
    explicit, implicit = _EXPLICIT.search(rest), _IMPLICIT.search(rest)
    named = explicit or implicit
    authorization = _AUTHORIZATION.search(rest)
    return Denial(
        principal=found["who"],
        action=found["action"],
        resource=_resource(rest),
        layer=_LAYERS[named["layer"].lower()] if named else None,
        explicit=True if explicit else False if implicit else None,
        policy=_unpunctuated(explicit["arn"] or "") if explicit else "",
        encoded=is_encoded(words),
        authorization=(authorization["id"] or authorization["own"]) if authorization else "",
    )


def decoded_denial(told: Mapping[str, Any]) -> Denial | None:
    """The same of what sts:DecodeAuthorizationMessage decodes to; None for any other form."""
    context = told.get("context")
    if not isinstance(context, Mapping) or not isinstance(told.get("explicitDeny"), bool):
        return None
    principal = context.get("principal")
    arn = principal.get("arn") if isinstance(principal, Mapping) else None
    action, resource = context.get("action"), context.get("resource")
    if not isinstance(arn, str) or not isinstance(action, str):
        return None
    return Denial(
        principal=arn,
        action=action,
        resource=resource if isinstance(resource, str) else "",
        explicit=told["explicitDeny"],
        context=dict(_keys(context.get("conditions"))),
    )


def _resource(rest: str) -> str:
    if on := _ON.match(rest):
        return _unpunctuated(on["arn"])
    named = _ON_NAMED.match(rest)
    return f"{named['kind']}/{named['name']}" if named else ""


def _keys(conditions: object) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for one in _items(conditions):
        values = tuple(str(each.get("value", "")) for each in _items(one.get("values")))
        if isinstance(key := one.get("key"), str) and ":" in key:
            found.append((key, values))
    return found


def _items(told: object) -> list[Mapping[str, Any]]:
    items = told.get("items") if isinstance(told, Mapping) else None
    return [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []


def _unpunctuated(arn: str) -> str:
    """Without the full stop or bracket of the sentence around it."""
    return arn.rstrip(".,;)")
