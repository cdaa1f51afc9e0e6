"""Which ways to sign in an account's sign-in policy limits.

Source: https://docs.aws.amazon.com/signin/latest/userguide/console-access-control.html
"""

from msgspec.structs import replace

from idkeep.access.engine import ANYTHING, OPEN_TO_ALL, Engine
from idkeep.access.fitting import STRANGER
from idkeep.access.openings import questioned_keys
from idkeep.model.partitions import home
from idkeep.policy import Allowed, Denied

WAYS = ("signin:Authenticate", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token")
_CONSOLE, _CLIENT = (
    "arn:{0}:signin:::console/aws",
    "arn:{0}:signin:{2}:{1}:oauth2/public-client/localhost",
)


def spared(engine: Engine) -> tuple[str, ...] | str:
    """Users, and root, whom the policy lets in from anywhere; why that can't be told, as a text."""
    site = engine.site(engine.snapshot.account)
    if site.unread:
        return "; ".join(map(str, site.unread))
    target = replace(site.target, policies=(*(site.target.policies or ()), OPEN_TO_ALL))
    account = engine.snapshot.account
    console = _CONSOLE.format(account.partition)
    root, users = engine.snapshot.root, engine.snapshot.users
    people = ((root.arn, root.name), *((one.arn, one.name) for one in users))
    found = []
    for arn, name in people:
        # Before the password nobody is a principal yet: the request tells who it will be.
        context = ANYTHING.told({"signin:PrincipalArn": arn})
        answer = engine.outsider_at(replace(site, target=target), arn, WAYS[0], console, context)
        if isinstance(answer.decision, Allowed):
            found.append(name)
    return tuple(found)


def uncovered(engine: Engine) -> tuple[str, ...] | str:
    """The ways that it never denies; why that can't be told, as a text.

    The policy limits a way if a decision on it is a denial, or hangs on some key of the request.
    """
    site = engine.site(engine.snapshot.account)
    if site.unread:
        return "; ".join(map(str, site.unread))
    target = replace(site.target, policies=(*(site.target.policies or ()), OPEN_TO_ALL))
    account = engine.snapshot.account
    who = f"arn:{account.partition}:iam::{account.id}:user/{STRANGER}"
    found = []
    for way in WAYS:
        form = _CONSOLE if way == WAYS[0] else _CLIENT
        arn = form.format(account.partition, account.id, home(account.partition))
        answer = engine.outsider_at(replace(site, target=target), who, way, arn, ANYTHING)
        limited = isinstance(answer.decision, Denied) or questioned_keys(answer)
        if isinstance(answer.decision, Allowed) and not limited:
            found.append(way)
    return tuple(found)
