"""Many plain users and roles out of a number, always the same ones."""

import msgspec

from idkeep.demo.estate import Estate, Key, LastUsed, Password, Role, User

TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
INLINE = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Action":"s3:GetObject","Resource":"arn:*:s3:::crowd/*"}]}'
)


def with_crowd(estate: Estate) -> Estate:
    """The estate with its crowd spelled out: `crowd-user-00001` …, `crowd-role-00001` …."""
    return msgspec.structs.replace(
        estate,
        users=(*estate.users, *map(_user, range(1, estate.crowd.users + 1))),
        roles=(*estate.roles, *map(_role, range(1, estate.crowd.roles + 1))),
    )


def _user(number: int) -> User:
    return User(
        name=f"crowd-user-{number:05}",
        path="/crowd/",
        created=400,
        password=Password(changed=number % 200, last_used=number % 120) if number % 3 else None,
        mfa=("virtual",) if number % 2 else (),
        keys=(Key(created=number % 365, last_used=number % 30),) if number % 4 else (),
        inline={"read": INLINE} if number % 10 == 0 else {},
    )


def _role(number: int) -> Role:
    return Role(
        name=f"crowd-role-{number:05}",
        path="/crowd/",
        created=400,
        trust=TRUST,
        last_used=LastUsed(age=number % 100) if number % 3 else None,
        inline={"read": INLINE},
    )
