"""Who is an administrator by what their policies do, whatever these are called.

An administrator may write the permissions of others and may do nearly everything else, on anything
in the account. One keystone and most of the rest are asked of each principal, on things that are
named nowhere: so `Action: *` on one bucket is no administrator, and a `NotAction` that leaves out
a service or two still is.
"""

from collections import Counter
from enum import StrEnum

from msgspec import Struct

from idkeep.access.answer import Answer, Says
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.imagined import Alone, alone, by_policy, ceilings
from idkeep.access.sources import Granted
from idkeep.policy.compiled import CompiledEstate
from idkeep.policy.document import Effect, PolicyKind

# Whoever may do one of these to anybody may give anybody anything.
_KEYSTONES = (
    ("iam:AttachRolePolicy", "arn:{partition}:iam::{account}:role/{any}"),
    ("iam:PutRolePolicy", "arn:{partition}:iam::{account}:role/{any}"),
    ("iam:AttachUserPolicy", "arn:{partition}:iam::{account}:user/{any}"),
    ("iam:PutUserPolicy", "arn:{partition}:iam::{account}:user/{any}"),
    ("iam:CreatePolicyVersion", "arn:{partition}:iam::{account}:policy/{any}"),
)
# Things of every kind that an account is used for: data, machines, code, keys, networks, traces.
_ELSEWHERE = (
    ("s3:GetObject", "arn:{partition}:s3:::{any}/{any}"),
    ("s3:DeleteBucket", "arn:{partition}:s3:::{any}"),
    ("ec2:TerminateInstances", "arn:{partition}:ec2:{region}:{account}:instance/{any}"),
    ("ec2:DeleteVpc", "arn:{partition}:ec2:{region}:{account}:vpc/{any}"),
    ("lambda:UpdateFunctionCode", "arn:{partition}:lambda:{region}:{account}:function:{any}"),
    ("kms:CreateKey", "*"),
    (
        "secretsmanager:GetSecretValue",
        "arn:{partition}:secretsmanager:{region}:{account}:secret:{any}",
    ),
    ("dynamodb:DeleteTable", "arn:{partition}:dynamodb:{region}:{account}:table/{any}"),
    ("rds:DeleteDBInstance", "arn:{partition}:rds:{region}:{account}:db:{any}"),
    ("cloudtrail:StopLogging", "arn:{partition}:cloudtrail:{region}:{account}:trail/{any}"),
    ("logs:DeleteLogGroup", "arn:{partition}:logs:{region}:{account}:log-group:{any}"),
    (
        "cloudformation:CreateStack",
        "arn:{partition}:cloudformation:{region}:{account}:stack/{any}/{any}",
    ),
)
_MOST = 9
_ANY = "idkeep-named-nowhere"


class Rule(StrEnum):
    """`OPEN`: an administrator where conditions hold, or where what AWS does not document is so."""

    YES = "yes"
    OPEN = "open"
    NO = "no"


class Power(Struct, frozen=True, kw_only=True):
    """What a principal is with its limits, by its policies alone, and what it could be given."""

    rule: Rule
    by_policy: Rule
    ceiling: Rule


def powers(engine: Engine) -> dict[str, Power]:
    """Of every user, role and of root, by ARN."""
    return engine.once(_powers)


def administering(engine: Engine) -> dict[str, Rule]:
    """The policies, by digest, and groups, by ARN, that make an administrator by themselves."""
    return engine.once(_administering)


def granting(engine: Engine, arn: str) -> tuple[Granted, ...]:
    """The policies of a principal that make it one each by itself; none where only all do."""
    rules = administering(engine)
    return tuple(
        one
        for one in engine.holders[arn].granted
        if one.kind is PolicyKind.IDENTITY and rules.get(one.digest, Rule.NO) is not Rule.NO
    )


def administration(engine: Engine, arn: str) -> tuple[Answer, ...]:
    """The decision on the first power over others' permissions that a principal has.

    Limits of its own that take it away are left out, so that it shows what gives it.
    """
    for action, form in _KEYSTONES:
        answer = engine.decide(arn, action, anything(engine, form))
        if answer.says is not Says.NO or any(one.effect is Effect.ALLOW for one in answer.by):
            return (answer,)
    return ()


def anything(engine: Engine, form: str) -> str:
    """An ARN of the account for a thing that no policy names."""
    account = engine.snapshot.account
    return form.format(
        partition=account.partition,
        account=account.id,
        region=engine.snapshot.some_region,
        any=_ANY,
    )


def _powers(engine: Engine) -> dict[str, Power]:
    # With no limits on anybody, what policies say is all there is.
    limited = any(
        one.caller.boundary is not None or one.caller.scp is not None
        for one in engine.holders.values()
    )
    real = _judged(engine, engine.compiled)
    said = _judged(engine, by_policy(engine)) if limited else real
    most = _judged(engine, ceilings(engine)) if limited else dict.fromkeys(real, Rule.YES)
    return {
        arn: Power(
            rule=real[one.caller.name],
            by_policy=said[one.caller.name],
            ceiling=most[one.caller.name],
        )
        for arn, one in engine.holders.items()
    }


def _administering(engine: Engine) -> dict[str, Rule]:
    imagined: Alone = alone(engine)
    judged = _judged(engine, imagined.estate)
    return {imagined.keys[name]: rule for name, rule in judged.items()}


def _judged(engine: Engine, estate: CompiledEstate) -> dict[str, Rule]:
    """Every caller of an estate, by name."""
    sure: dict[str, Counter[str]] = {"keystone": Counter(), "elsewhere": Counter()}
    possible: dict[str, Counter[str]] = {"keystone": Counter(), "elsewhere": Counter()}
    names: set[str] = set()
    for kind, probes in (("keystone", _KEYSTONES), ("elsewhere", _ELSEWHERE)):
        for action, form in probes:
            found = estate.who_can(action, anything(engine, form), ANYTHING)
            names.update(found)
            sure[kind].update(found.allowed)
            possible[kind].update((*found.allowed, *found.undecided))
    return {
        name: Rule.YES if _is_one(sure, name) else Rule.OPEN if _is_one(possible, name) else Rule.NO
        for name in names
    }


def _is_one(counted: dict[str, Counter[str]], name: str) -> bool:
    return counted["keystone"][name] > 0 and counted["elsewhere"][name] >= _MOST
