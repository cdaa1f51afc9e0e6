"""Many plain users, roles, policies and accounts out of a number, always the same ones."""

from msgspec.structs import replace

from idkeep.demo.declared.account import (
    Account,
    AccountEstate,
    Crowd,
    Group,
    Key,
    LastUsed,
    Password,
    Policy,
    Role,
    Root,
    User,
    Version,
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
FLEET_CROWD = Crowd(users=8, roles=12, policies=4)
ACCOUNTS_IN_A_UNIT = 50
USERS_IN_A_GROUP = 50


def scaled(estate: Estate, *, users: int = 0, accounts: int = 0) -> Estate:
    """The estate with so many more users in its first account, and so many more accounts.

    To three users belong two roles and one policy: 300 are 300 users, 200 roles, 100 policies.
    The accounts have small identities of their own (`FLEET_CROWD`), made when they are first
    asked, and lie fifty to a unit. Nothing of it has a service or a resource.

    Raises `IdkeepError` for accounts where there is no organisation to hold them.
    """
    one = estate.one
    crowd = Crowd(
        users=one.crowd.users + users,
        roles=one.crowd.roles + users * 2 // 3,
        policies=one.crowd.policies + users // 3,
    )
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
            units=(*organization.units, FLEET_UNIT, *sorted({one.unit for one in members})),
        ),
    )


def with_crowd(estate: AccountEstate) -> AccountEstate:
    """The account with its crowd spelled out: `crowd-user-00001` …, `crowd-role-00001` …."""
    crowd = estate.crowd
    groups = -(-crowd.users // USERS_IN_A_GROUP) if crowd.policies else 0
    return replace(
        estate,
        users=(*estate.users, *(_user(n, groups) for n in range(1, crowd.users + 1))),
        groups=(*estate.groups, *(_group(n, crowd.policies) for n in range(1, groups + 1))),
        roles=(*estate.roles, *(_role(n, crowd.policies) for n in range(1, crowd.roles + 1))),
        policies=(*estate.policies, *map(_policy, range(1, crowd.policies + 1))),
    )


def _member(number: int) -> Member:
    return Member(
        id=f"60000000{number:04}",
        name=f"Fleet {number:04}",
        email=f"aws+fleet-{number:04}@larkfield.example",
        unit=f"{FLEET_UNIT}/{(number - 1) // ACCOUNTS_IN_A_UNIT + 1:02}",
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


def _user(number: int, groups: int) -> User:
    group = (_group_name(number % groups + 1),) if groups else ()
    return User(
        name=f"crowd-user-{number:05}",
        path="/crowd/",
        created=400,
        password=Password(changed=number % 200, last_used=number % 120) if number % 3 else None,
        mfa=("virtual",) if number % 2 else (),
        keys=(Key(created=number % 365, last_used=number % 30),) if number % 4 else (),
        groups=group,
        inline={"read": INLINE} if number % 10 == 0 else {},
    )


def _group(number: int, policies: int) -> Group:
    return Group(
        name=_group_name(number), path="/crowd/", attached=(_policy_name(number % policies + 1),)
    )


def _role(number: int, policies: int) -> Role:
    return Role(
        name=f"crowd-role-{number:05}",
        path="/crowd/",
        created=400,
        trust=TRUST,
        last_used=LastUsed(age=number % 100) if number % 3 else None,
        attached=(_policy_name(number % policies + 1),) if policies else (),
        inline={"read": INLINE},
    )


def _policy(number: int) -> Policy:
    """Each with a document of its own; every fifth was edited once."""
    one = (
        '{"Version":"2012-10-17","Statement":['
        '{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],'
        f'"Resource":"arn:*:s3:::crowd-{number:05}/*"}},'
        '{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],'
        f'"Resource":"arn:*:logs:*:*:log-group:/crowd/{number:05}:*"}}]}}'
    )
    older = Version(document=INLINE, created=300)
    newest = Version(document=one, created=number % 200)
    return Policy(
        name=_policy_name(number),
        path="/crowd/",
        versions=(older, newest) if number % 5 == 0 else (newest,),
    )


def _group_name(number: int) -> str:
    return f"crowd-group-{number:05}"


def _policy_name(number: int) -> str:
    return f"crowd-policy-{number:05}"
