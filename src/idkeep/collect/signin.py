"""Who may sign in to the console from where: the account's sign-in resource policy.

Source: https://docs.aws.amazon.com/signin/latest/userguide/console-access-control.html
"""

import json

from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.model import ConsoleAuthorization

_ABSENT = frozenset({"ResourceNotFoundException"})
# AWS answers a structure here, not a text, and spells its members in lower case.
_MEMBERS = ("effect", "principal", "action", "resource", "condition")


def _policy(pages: Pages) -> str:
    """The policy in IAM's grammar, as a text."""
    [answer] = pages
    told: Answer = answer["signinResourceBasedPolicy"]
    document = {
        "Version": told["version"],
        "Statement": [
            {name.capitalize(): _said(name, one[name]) for name in _MEMBERS if name in one}
            for one in told["statement"]
        ],
    }
    return json.dumps(document)


def _said(name: str, value: object) -> object:
    """Everybody is a map here too, of a star to a star."""
    return "*" if name == "principal" and value == {"*": "*"} else value


SIGNIN_POLICY = Collector(
    service="signin", operation="GetResourcePolicy", build=_policy, absent=_ABSENT, regional=True
)


def _authorization(pages: Pages) -> ConsoleAuthorization:
    [answer] = pages
    return ConsoleAuthorization(
        enabled=answer["consoleAuthorizationEnabled"], scope=answer["scope"]
    )


CONSOLE_AUTHORIZATION = Collector(
    service="signin",
    operation="GetConsoleAuthorizationConfiguration",
    build=_authorization,
    absent=_ABSENT,
    regional=True,
)
