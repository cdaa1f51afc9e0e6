"""An organisation that the worked examples about organisations share."""

from msgspec.structs import replace

from idkeep.checks.samples import ACCOUNT, ORGANIZATION, allow, text
from idkeep.model import (
    Gap,
    MemberAccount,
    Organization,
    OrganizationPolicy,
    OrganizationRoot,
    PolicyType,
)

ROOT_ID = "r-lark"
UNIT = "ou-lark-shop"
REFUSED = Gap("organizations:ListPolicies", "AccessDeniedException")
SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


def member(number: str = "222233334444", **facts: object) -> MemberAccount:
    made = MemberAccount(
        id=number,
        arn=f"arn:aws:organizations::111122223333:account/o-exampleorg1/{number}",
        name="shop",
        email="aws+shop@larkfield.example",
        state="ACTIVE",
        path=(ROOT_ID, UNIT),
    )
    return replace(made, **facts)


SHOP = member()
MANAGEMENT = member("111122223333", name="management", path=(ROOT_ID,))


def policy(
    name: str,
    *statements: dict[str, object],
    targets: tuple[str, ...] = (UNIT,),
    document: str = "",
) -> OrganizationPolicy:
    return OrganizationPolicy(
        id=f"p-{name.lower()}",
        arn=f"arn:aws:organizations::111122223333:policy/o-exampleorg1/x/p-{name.lower()}",
        name=name,
        document=document or text(*statements),
        targets=targets,
    )


FULL = policy("FullAWSAccess", allow("*"), targets=(ROOT_ID, UNIT, SHOP.id, MANAGEMENT.id))


def organization(*policies: OrganizationPolicy, kind: str = SCP, **facts: object) -> Organization:
    """One that the examples' account manages, with policies of one kind."""
    own = (FULL, *policies) if kind == SCP else policies
    types = (PolicyType(name=kind, status="ENABLED", policies=own),)
    made = replace(
        ORGANIZATION,
        management_account=ACCOUNT.id,
        roots=(OrganizationRoot(id=ROOT_ID, arn=f"arn:aws:organizations::1:root/{ROOT_ID}"),),
        units=(),
        accounts=(MANAGEMENT, SHOP),
        policy_types=types,
        delegated_administrators=(),
        trusted_access=(),
        resource_policy=None,
    )
    return replace(made, **facts)
