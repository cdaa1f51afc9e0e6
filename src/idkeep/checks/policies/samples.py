"""Principals and policies that the worked examples about permissions share."""

from msgspec.structs import replace

from idkeep.checks.samples import ANA, ago, allow, inline, text
from idkeep.model import AttachedPolicy, Group, InlinePolicy, ManagedPolicy, Role, User

HEAD = "arn:aws:iam::111122223333"
EVERYTHING = allow("*")
READ_ONLY = allow(["s3:Get*", "s3:List*"])
LOST = AttachedPolicy("Lost", f"{HEAD}:policy/Lost")
LOST_WHY = "iam:GetAccountAuthorizationDetails: policy Lost is not in the snapshot"


def user(name: str, *statements: dict[str, object], **facts: object) -> User:
    """A user with an inline policy of these statements, if there are any."""
    made = replace(
        ANA, arn=f"{HEAD}:user/{name}", id=f"AIDAEXAMPLE{name.upper()}", name=name, mfa_active=True
    )
    return replace(made, **{"inline_policies": _inline(statements), **facts})


def role(name: str, *statements: dict[str, object], trusts: object = None, **facts: object) -> Role:
    """A role with an inline policy of these statements; `trusts` is a `Principal` element."""
    principal = trusts or {"Service": "ec2.amazonaws.com"}
    made = Role(
        arn=f"{HEAD}:role/{name}",
        id=f"AROAEXAMPLE{name.upper()}",
        name=name,
        created=ago(500),
        trust=text(allow("sts:AssumeRole", None, Principal=principal)),
    )
    return replace(made, **{"inline_policies": _inline(statements), **facts})


def group(name: str, *statements: dict[str, object], **facts: object) -> Group:
    made = Group(
        arn=f"{HEAD}:group/{name}", id=f"AGPAEXAMPLE{name.upper()}", name=name, created=ago(500)
    )
    return replace(made, **{"inline_policies": _inline(statements), **facts})


def attached(*policies: ManagedPolicy) -> tuple[AttachedPolicy, ...]:
    return tuple(AttachedPolicy(one.name, one.arn) for one in policies)


def _inline(statements: tuple[dict[str, object], ...]) -> tuple[InlinePolicy, ...]:
    return (inline(*statements),) if statements else ()
