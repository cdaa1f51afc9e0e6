"""Pairs of identity policies by dice, many of which differ by little."""

import json
from random import Random
from typing import Any

Json = dict[str, Any]

_ACTIONS = (
    "*", "s3:*", "s3:Get*", "s3:GetObject", "S3:get*Tagging", "s3:?utObject", "s3:Put*",
    "iam:*", "iam:Create*", "iam:*User", "iam:PassRole", "ec2:Run?nstances", "s3:*Object*",
)  # fmt: skip
_RESOURCES = (
    "*", "arn:aws:s3:::*", "arn:aws:s3:::logs", "arn:aws:s3:::logs/*", "arn:aws:s3:::logs-?/a*",
    "arn:aws:s3:::*/public/*", "arn:aws:iam::111122223333:user/*", "arn:aws:iam::*:role/app-*",
    "arn:aws:*:*:111122223333:*", "arn:aws:iam::111122223333:*/ana", "arn:*:s3:::logs/*.png",
    "arn:aws:sns:eu-*:*:t?pic",
)  # fmt: skip
_ORDERED = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_STRINGS = ("Equals", "NotEquals", "Like", "NotLike", "EqualsIgnoreCase", "NotEqualsIgnoreCase")
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "aws:PrincipalTag/team": (
        tuple(f"String{one}" for one in _STRINGS), ("red", "Red", "re*", "*d", "blue", "r?d"),
    ),
    "aws:PrincipalOrgPaths": (
        tuple(f"{q}:String{one}" for q in ("ForAnyValue", "ForAllValues") for one in _STRINGS[:4]),
        ("o-1/r-1/*", "o-1/r-1/ou-1/", "o-1/*", "o-2/*"),
    ),
    "aws:SourceArn": (
        ("ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals", "StringLike", "StringNotEquals"),
        ("arn:aws:s3:::logs", "arn:aws:s3:::*", "arn:*:s3:*:*:l*", "arn:aws:sns:eu-*:*:t?pic"),
    ),
    "s3:max-keys": (tuple(f"Numeric{one}" for one in _ORDERED), ("5", "10", "7.5", "100")),
    "aws:MultiFactorAuthPresent": (("Bool",), ("true", "false")),
    "aws:SourceIp": (
        ("IpAddress", "NotIpAddress"),
        ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "0.0.0.0/0", "2001:db8::/32", "::/0"),
    ),
}  # fmt: skip


def pair(dice: Random) -> tuple[Json, Json]:
    a = _policy(dice)
    if dice.random() < 0.25:
        return a, _policy(dice)
    b = json.loads(json.dumps(a))
    for _ in range(dice.choice((1, 1, 2))):
        _change(dice, b["Statement"])
    return (a, b) if dice.random() < 0.5 else (b, a)


def _policy(dice: Random) -> Json:
    statements = [_statement(dice) for _ in range(dice.choice((1, 2, 2, 3)))]
    if all(one["Effect"] == "Deny" for one in statements):
        statements[0]["Effect"] = "Allow"
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(dice: Random) -> Json:
    made: Json = {"Effect": dice.choice(("Allow", "Allow", "Deny"))}
    made |= {_named(dice, "Action"): _some(dice, _ACTIONS)}
    made |= {_named(dice, "Resource"): _some(dice, _RESOURCES)}
    if dice.random() < 0.6:
        made["Condition"] = _block(dice)
    return made


def _named(dice: Random, element: str) -> str:
    return f"Not{element}" if dice.random() < 0.2 else element


def _some(dice: Random, values: tuple[str, ...]) -> list[str]:
    return dice.sample(values, dice.choice((1, 1, 2)))


def _block(dice: Random) -> Json:
    block: Json = {}
    for key in dice.sample(sorted(_KEYS), dice.choice((1, 1, 2))):
        operators, values = _KEYS[key]
        operator = dice.choice(operators)
        if dice.random() < 0.25 and ":" not in operator:
            operator += "IfExists"
        given = _some(dice, values)
        if dice.random() < 0.15:
            operator, given = "Null", [dice.choice(("true", "false"))]
        block.setdefault(operator, {})[key] = given
    return block


def _change(dice: Random, statements: list[Json]) -> None:
    one = dice.choice(statements)
    match dice.choice(("more", "less", "condition", "bare", "effect", "action", "resource")):
        case "more":
            statements.append(_statement(dice))
        case "less" if len(statements) > 1:
            statements.remove(one)
        case "condition":
            one["Condition"] = _block(dice)
        case "effect" if len(statements) > 1:
            one["Effect"] = "Deny" if one["Effect"] == "Allow" else "Allow"
        case "action" if "Action" in one:
            one["Action"] = [*one["Action"], dice.choice(_ACTIONS)]
        case "resource" if "Resource" in one:
            one["Resource"] = [*one["Resource"], dice.choice(_RESOURCES)]
        case _:
            one.pop("Condition", None)
