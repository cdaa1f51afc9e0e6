"""Small accounts for questions to the engine."""

from functools import cache
from typing import Any

from msgspec.structs import replace

from idkeep.access.engine import Engine
from idkeep.api.catalog import load_catalog
from idkeep.catalog import Catalog
from idkeep.checks.samples import ANA, ORGANIZATION, ago, allow, inline, snapshot_of, text
from idkeep.model import Organization, Role, Snapshot, User
from idkeep.model.organization import (
    MemberAccount,
    OrganizationalUnit,
    OrganizationPolicy,
    OrganizationRoot,
    PolicyType,
)

HOME = "111122223333"
AWAY = "444455556666"
MANAGEMENT = "999988887777"
EVERYTHING = allow("*")


@cache
def catalog() -> Catalog:
    return load_catalog()


def user(*statements: dict[str, object], name: str = "ana", **more: Any) -> User:
    return replace(
        ANA,
        arn=f"arn:aws:iam::{HOME}:user/{name}",
        name=name,
        id=f"AIDAEXAMPLE{name.upper()}",
        inline_policies=(inline(*statements),) if statements else (),
        **more,
    )


def trusts(principal: object, action: object = "sts:AssumeRole", **more: Any) -> str:
    """The digest of a trust policy."""
    return text(allow(action, None, Principal=principal, **more))


def role(
    *statements: dict[str, object],
    name: str = "deployer",
    path: str = "/",
    trust: str = "",
    account: str = HOME,
    **more: Any,
) -> Role:
    return Role(
        arn=f"arn:aws:iam::{account}:role{path}{name}",
        id=f"AROAEXAMPLE{name.upper()}",
        name=name,
        created=ago(100),
        trust=trust or trusts({"AWS": f"arn:aws:iam::{account}:root"}),
        inline_policies=(inline(*statements),) if statements else (),
        **more,
    )


def policy(
    name: str, target: str, *statements: dict[str, object], ident: str = "p-12345678"
) -> OrganizationPolicy:
    return OrganizationPolicy(
        id=ident,
        arn=f"arn:aws:organizations::{MANAGEMENT}:policy/o-exampleorg1/x/{ident}",
        name=name,
        document=text(*statements),
        targets=(target,),
    )


def organization(
    *scps: OrganizationPolicy, rcps: tuple[OrganizationPolicy, ...] = (), account: str = HOME
) -> Organization:
    """The account stands in OU Workloads; every level has FullAWSAccess beside what is given."""
    full = replace(
        policy("FullAWSAccess", "", EVERYTHING, ident="p-FullAWSAccess"),
        targets=("r-root", "ou-work", HOME, AWAY),
    )
    return replace(
        ORGANIZATION,
        management_account=MANAGEMENT,
        roots=(OrganizationRoot(id="r-root", arn="arn:aws:organizations:::root/r-root"),),
        units=(
            OrganizationalUnit(
                id="ou-work", arn="arn:aws:organizations:::ou/ou-work", name="Workloads"
            ),
        ),
        accounts=tuple(
            MemberAccount(
                id=one,
                arn=f"arn:aws:organizations:::account/{one}",
                name=name,
                email="",
                state="ACTIVE",
                path=path,
            )
            for one, name, path in (
                (HOME, "prod", ("r-root", "ou-work")),
                (AWAY, "shared", ("r-root", "ou-work")),
                (MANAGEMENT, "management", ("r-root",)),
            )
        ),
        policy_types=(
            PolicyType(name="SERVICE_CONTROL_POLICY", status="ENABLED", policies=(full, *scps)),
            PolicyType(name="RESOURCE_CONTROL_POLICY", status="ENABLED", policies=rcps),
        ),
    )


def engine(snapshot: Snapshot) -> Engine:
    return Engine(snapshot, catalog())


def account(*principals: User | Role, **around: Any) -> Snapshot:
    """The examples' account with these users and roles."""
    users = tuple(one for one in principals if isinstance(one, User))
    roles = tuple(one for one in principals if isinstance(one, Role))
    made = snapshot_of(users[0] if users else ANA, **around)
    return replace(made, users=users, roles=roles)
