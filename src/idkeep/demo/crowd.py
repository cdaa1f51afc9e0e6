"""Many plain users, roles and accounts out of a number, always the same ones."""

from msgspec.structs import replace

from idkeep.demo.declared.account import (
    Account,
    AccountEstate,
    Crowd,
    Key,
    LastUsed,
    Password,
    Role,
    Root,
    User,
)
from idkeep.demo.declared.estate import Estate
from idkeep.demo.declared.organization import Member
from idkeep.errors import IdkeepError

TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
INLINE = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Action":"s3:GetObject","Resource":"arn:*:s3:::crowd/*"}]}'
)
FLEET_UNIT = "/Fleet"
FLEET_CROWD = Crowd(users=8, roles=12)


def scaled(estate: Estate, *, users: int = 0, accounts: int = 0) -> Estate:
    """The estate with so many more users in its first account, and so many more accounts.

    Raises `IdkeepError` for accounts where there is no organisation to hold them.
    """
    one = estate.one
    crowd = Crowd(users=one.crowd.users + users, roles=one.crowd.roles)
    estate = estate.with_account(replace(one, crowd=crowd))
    if not accounts:
        return estate
    organization = estate.organization
    if organization is None:
        raise IdkeepError("a lone account has no organisation that more accounts could join")
    members = tuple(map(_member, range(1, accounts + 1)))
    manager = organization.management
    fleet = {member.id: _fleet_account(member, manager, one) for member in members}
    return replace(
        estate,
        accounts={**estate.accounts, **fleet},
        organization=replace(
            organization,
            members=(*organization.members, *members),
            units=(*organization.units, FLEET_UNIT),
        ),
    )


def with_crowd(estate: AccountEstate) -> AccountEstate:
    """The account with its crowd spelled out: `crowd-user-00001` …, `crowd-role-00001` …."""
    return replace(
        estate,
        users=(*estate.users, *map(_user, range(1, estate.crowd.users + 1))),
        roles=(*estate.roles, *map(_role, range(1, estate.crowd.roles + 1))),
    )


def _member(number: int) -> Member:
    return Member(
        id=f"60000000{number:04}",
        name=f"Fleet {number:04}",
        email=f"aws+fleet-{number:04}@larkfield.example",
        unit=FLEET_UNIT,
        joined=400,
    )


def _fleet_account(member: Member, manager: str, like: AccountEstate) -> AccountEstate:
    """A small member account that the management account's auditor may enter."""
    partition = like.account.partition
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        f'"Principal":{{"AWS":"arn:{partition}:iam::{manager}:root"}},'
        '"Action":"sts:AssumeRole"}]}'
    )
    roles = (
        Role(
            name="OrganizationAccountAccessRole", trust=trust, attached=("aws:AdministratorAccess",)
        ),
        Role(name="idkeep-auditor", trust=trust, attached=("aws:SecurityAudit",)),
    )
    return AccountEstate(
        account=Account(
            id=member.id, name=member.name, email=member.email, partition=partition, created=400
        ),
        root=Root(password=False),
        roles=roles,
        crowd=FLEET_CROWD,
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
