"""The organisation's SCPs or RCPs over an account, level by level, each with its name."""

from idkeep.access.documents import Documents
from idkeep.access.sources import Guardrail
from idkeep.model import (
    Gap,
    NotAsked,
    Organization,
    OrganizationPolicy,
    Snapshot,
    Unread,
    policy_levels,
)
from idkeep.model.organization import OrganizationalUnit, PolicyLevel
from idkeep.policy import Policy, PolicyKind
from idkeep.policy.request import Level

_TYPES = {
    PolicyKind.SCP: "SERVICE_CONTROL_POLICY",
    PolicyKind.RCP: "RESOURCE_CONTROL_POLICY",
}


class Guardrails:
    """`levels` go from the root down; None where nothing of the kind limits the account.

    `named[n]` are the policies of `levels[n]`. `unread` says why there may be more, and then
    there are no levels. `is_management`: the account manages the organisation; neither SCPs nor
    RCPs reach it, so nothing of them is unread.
    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    and orgs_manage_policies_rcps.html
    """

    def __init__(self, snapshot: Snapshot, documents: Documents, kind: PolicyKind) -> None:
        self.levels: tuple[Level, ...] | None = None
        self.named: tuple[tuple[Guardrail, ...], ...] = ()
        self.unread: tuple[Unread, ...] = ()
        organization = snapshot.organization
        self.is_management = (
            isinstance(organization, Organization)
            and organization.management_account == snapshot.account.id
        )
        if organization is None or self.is_management:
            return
        if not isinstance(organization, Organization):
            self.unread = (organization,)
            return
        levels = policy_levels(organization, snapshot.account.id, _TYPES[kind])
        if isinstance(levels, Gap | NotAsked):
            self.unread = (levels,)
        elif levels is not None:
            self._name(organization, levels, documents, kind)

    def _name(
        self,
        organization: Organization,
        levels: tuple[PolicyLevel, ...],
        documents: Documents,
        kind: PolicyKind,
    ) -> None:
        of_kind = _policies(organization, _TYPES[kind])
        made: list[Level] = []
        named: list[tuple[Guardrail, ...]] = []
        gaps: list[Gap] = []
        for level in levels:
            target = level_name(organization, level.target)
            standing = [one for one in of_kind if _stands_on(one, level.target)]
            names = tuple(
                Guardrail(
                    kind=kind, name=one.name, id=one.id, arn=one.arn, target=target, digest=digest
                )
                for one, digest in zip(standing, level.documents, strict=True)
            )
            read = [documents.policy(one.digest, kind) for one in names]
            gaps += [
                Gap(gap.action, f"{one}: {gap.error}")
                for one, gap in zip(names, read, strict=True)
                if isinstance(gap, Gap)
            ]
            policies = tuple(one for one in read if isinstance(one, Policy))
            made.append(Level(target=level.target, policies=policies))
            named.append(names)
        if gaps:
            self.unread = tuple(gaps)
        else:
            self.levels, self.named = tuple(made), tuple(named)


def _policies(organization: Organization, name: str) -> tuple[OrganizationPolicy, ...]:
    types = organization.policy_types if isinstance(organization.policy_types, tuple) else ()
    found = next((one.policies for one in types if one.name == name), ())
    return found if isinstance(found, tuple) else ()


def _stands_on(policy: OrganizationPolicy, target: str) -> bool:
    return isinstance(policy.targets, tuple) and target in policy.targets


def level_name(organization: Organization, target: str) -> str:
    """What people call a level: "OU Workloads", "the root", "account 111122223333 (prod)"."""
    units = organization.units if isinstance(organization.units, tuple) else ()
    for unit in units:
        if isinstance(unit, OrganizationalUnit) and unit.id == target:
            return f"OU {unit.name}"
    roots = organization.roots if isinstance(organization.roots, tuple) else ()
    if any(one.id == target for one in roots):
        return "the root"
    accounts = organization.accounts if isinstance(organization.accounts, tuple) else ()
    name = next((one.name for one in accounts if one.id == target), "")
    return f"account {target} ({name})" if name else target
