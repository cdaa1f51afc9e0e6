"""Whether resource control policies keep outsiders from an account's data, service by service."""

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.administrators import anything
from idkeep.access.engine import ANYTHING, OPEN_TO_ALL, Engine
from idkeep.access.fitting import STRANGER
from idkeep.access.openings import CALLERS_OWN
from idkeep.access.trust import strangers_keys
from idkeep.model import Unread, resources
from idkeep.model.workloads import IdentityPool, TrustAnchor
from idkeep.policy import Denied

# The kinds of things that show a service in use, and what an outsider would do with one.
_ACTS: tuple[tuple[type[Struct], str, str], ...] = (
    (resources.Bucket, "s3:GetObject", "arn:{partition}:s3:::{any}/{any}"),
    (resources.KmsKey, "kms:Decrypt", "arn:{partition}:kms:{region}:{account}:key/{any}"),
    (resources.Queue, "sqs:ReceiveMessage", "arn:{partition}:sqs:{region}:{account}:{any}"),
    (
        resources.Secret,
        "secretsmanager:GetSecretValue",
        "arn:{partition}:secretsmanager:{region}:{account}:secret:{any}",
    ),
    (
        resources.Table,
        "dynamodb:GetItem",
        "arn:{partition}:dynamodb:{region}:{account}:table/{any}",
    ),
    (
        resources.Repository,
        "ecr:BatchGetImage",
        "arn:{partition}:ecr:{region}:{account}:repository/{any}",
    ),
    (
        resources.LogGroup,
        "logs:GetLogEvents",
        "arn:{partition}:logs:{region}:{account}:log-group:{any}:log-stream:{any}",
    ),
    (
        resources.EventBus,
        "events:PutEvents",
        "arn:{partition}:events:{region}:{account}:event-bus/{any}",
    ),
    (resources.Topic, "sns:Publish", "arn:{partition}:sns:{region}:{account}:{any}"),
    (
        resources.LambdaFunction,
        "lambda:InvokeFunction",
        "arn:{partition}:lambda:{region}:{account}:function:{any}",
    ),
    (
        IdentityPool,
        "cognito-identity:GetId",
        "arn:{partition}:cognito-identity:{region}:{account}:identitypool/{any}",
    ),
    (
        TrustAnchor,
        "rolesanywhere:GetTrustAnchor",
        "arn:{partition}:rolesanywhere:{region}:{account}:trust-anchor/{any}",
    ),
)


class Perimeter(Struct, frozen=True, kw_only=True):
    """Prefixes of the services in use: that let outsiders pass, and that no RCP can reach.

    `unread` says why more services may be in use.
    """

    open: tuple[str, ...]
    beyond: tuple[str, ...]
    unread: tuple[Unread, ...]


def perimeter(engine: Engine) -> Perimeter:
    """A resource that lets all in is asked for by somebody of another organisation, or of none."""
    open_: list[str] = []
    beyond: list[str] = []
    unread: list[Unread] = []
    for kind, action, form in _ACTS:
        if not any(engine.snapshot.of(kind)):
            unread += engine.snapshot.missing(kind)
            continue
        service = action.partition(":")[0]
        if action not in engine.catalog.facts.rcps:
            beyond.append(service)
        elif not _is_kept_out(engine, action, anything(engine, form)):
            open_.append(service)
    return Perimeter(open=tuple(open_), beyond=tuple(beyond), unread=tuple(dict.fromkeys(unread)))


def _is_kept_out(engine: Engine, action: str, arn: str) -> bool:
    bare = engine.imagined(arn)
    site = replace(bare, target=replace(bare.target, policies=(OPEN_TO_ALL,)))
    outsider = f"arn:{engine.snapshot.account.partition}:iam::000000000000:role/{STRANGER}"
    contexts = (ANYTHING.told({**CALLERS_OWN, **keys}) for keys in strangers_keys())
    answers = (engine.outsider_at(site, outsider, action, arn, one) for one in contexts)
    return all(isinstance(answer.decision, Denied) for answer in answers)
