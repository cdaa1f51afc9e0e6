"""Who may read the data of a whole account."""

from collections import Counter

from idkeep.access.administrators import anything
from idkeep.access.engine import ANYTHING, Engine

# What holds data of its owner's, and how it is read.
_READS = (
    ("s3:GetObject", "arn:{partition}:s3:::{any}/{any}"),
    ("dynamodb:Scan", "arn:{partition}:dynamodb:{region}:{account}:table/{any}"),
    ("sqs:ReceiveMessage", "arn:{partition}:sqs:{region}:{account}:{any}"),
    (
        "logs:GetLogEvents",
        "arn:{partition}:logs:{region}:{account}:log-group:{any}:log-stream:{any}",
    ),
    ("lambda:GetFunction", "arn:{partition}:lambda:{region}:{account}:function:{any}"),
    ("ssm:GetParameter", "arn:{partition}:ssm:{region}:{account}:parameter/{any}"),
    ("codecommit:GetFile", "arn:{partition}:codecommit:{region}:{account}:{any}"),
    ("ecr:BatchGetImage", "arn:{partition}:ecr:{region}:{account}:repository/{any}"),
)
_MOST = 5
"""How many of them it takes: the policies of AWS's that read differ by a few."""


def reads_everything(engine: Engine, arn: str) -> bool:
    """Whether a principal of the account may read data of nearly every kind, named nowhere."""
    return engine.once(_readers)[engine.holders[arn].caller.name] >= _MOST


def _readers(engine: Engine) -> Counter[str]:
    found: Counter[str] = Counter()
    for action, form in _READS:
        who = engine.compiled.who_can(action, anything(engine, form), ANYTHING)
        found.update((*who.allowed, *who.undecided))
    return found
