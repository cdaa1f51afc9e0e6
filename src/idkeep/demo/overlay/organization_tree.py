"""The organisation's tree: ids, ARNs and paths of its root, units, accounts and policies."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from idkeep.demo.declared.organization import Member, Organization
from idkeep.demo.identifiers import policy_id, unit_id
from idkeep.demo.overlay.refused import Refused

# AWS's own policies, attached to the root, every unit and every account.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html and
# orgs_manage_policies_rcps.html
AWS_S_OWN = {
    "SERVICE_CONTROL_POLICY": (
        "FullAWSAccess",
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    ),
    "RESOURCE_CONTROL_POLICY": (
        "RCPFullAWSAccess",
        (
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*",'
            '"Resource":"*"}]}'
        ),
    ),
}


class AttachedPolicy(Struct, frozen=True):
    """A policy, its summary in AWS's members, and its targets: unit paths and account ids."""

    kind: str
    summary: dict[str, Any]
    content: str
    targets: tuple[str, ...]


class Tree(Struct, frozen=True):
    """Questions about one declared organisation."""

    declared: Organization
    partition: str

    @property
    def managers(self) -> frozenset[str]:
        """The management account and every delegated administrator."""
        deputies = (one.account for one in self.declared.delegated)
        return frozenset({self.declared.management, *deputies})

    def arn(self, kind: str, rest: str) -> str:
        """Of something that belongs to the management account."""
        return f"arn:{self.partition}:organizations::{self.declared.management}:{kind}/{rest}"

    def account_arn(self, account: str) -> str:
        return self.arn("account", f"{self.declared.id}/{account}")

    def member(self, account: str) -> Member:
        """Raises AWS's AccountNotFoundException."""
        for member in self.declared.members:
            if member.id == account:
                return member
        raise Refused("AccountNotFoundException", "You specified an account that doesn't exist.")

    def target_id(self, target: str) -> str:
        """The id that AWS knows a unit path or an account by."""
        return unit_id(self.declared.root, target) if target.startswith("/") else target

    def target_arn(self, target: str) -> str:
        if not target.startswith("/"):
            return self.account_arn(target)
        kind = "root" if target == "/" else "ou"
        return self.arn(kind, f"{self.declared.id}/{self.target_id(target)}")

    def target(self, given: str) -> str:
        """The unit path or the account of an id. Raises AWS's TargetNotFoundException."""
        for target in self._targets():
            if self.target_id(target) == given:
                return target
        raise Refused("TargetNotFoundException", "You specified a target that doesn't exist.")

    def target_said(self, target: str) -> dict[str, Any]:
        """A target as ListTargetsForPolicy lists it."""
        if target == "/":
            name, kind = "Root", "ROOT"
        elif target.startswith("/"):
            name, kind = target.rpartition("/")[2], "ORGANIZATIONAL_UNIT"
        else:
            name, kind = self.member(target).name, "ACCOUNT"
        return {
            "TargetId": self.target_id(target),
            "Arn": self.target_arn(target),
            "Name": name,
            "Type": kind,
        }

    def parent(self, given: str) -> str:
        """The unit path of a root's or a unit's id. Raises AWS's ParentNotFoundException."""
        for path in ("/", *self.declared.units):
            if self.target_id(path) == given:
                return path
        raise Refused("ParentNotFoundException", "You specified parent that doesn't exist.")

    def parent_of(self, child: str) -> str:
        """The unit path above an account or a unit. Raises AWS's ChildNotFoundException."""
        for member in self.declared.members:
            if member.id == child:
                return member.unit
        for path in self.declared.units:
            if self.target_id(path) == child:
                return path.rpartition("/")[0] or "/"
        raise Refused("ChildNotFoundException", "We can't find an organizational unit.")

    def units_in(self, parent: str) -> list[str]:
        """The unit paths directly under this one."""
        return [path for path in self.declared.units if (path.rpartition("/")[0] or "/") == parent]

    def unit(self, path: str) -> dict[str, Any]:
        """A unit as AWS lists it."""
        return {
            "Id": self.target_id(path),
            "Arn": self.target_arn(path),
            "Name": path.rpartition("/")[2],
            "Path": self._ids(path),
        }

    def path_of(self, member: Member) -> str:
        """As `Paths` has it: the ids from the organisation down to the account.

        https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
        """
        return f"{self._ids(member.unit)}{member.id}/"

    def enabled_types(self, kinds: Iterable[str]) -> tuple[str, ...]:
        return tuple(kind for kind in kinds if kind not in self.declared.disabled_types)

    def policies(self) -> tuple[AttachedPolicy, ...]:
        """AWS's own first, then those declared."""
        return (*self._aws_s_own(), *self._declared())

    def policy(self, given: str) -> AttachedPolicy:
        """The policy of an id. Raises AWS's PolicyNotFoundException."""
        for policy in self.policies():
            if policy.summary["Id"] == given:
                return policy
        raise Refused(
            "PolicyNotFoundException",
            "We can't find a policy with the PolicyId that you specified.",
        )

    def _targets(self) -> tuple[str, ...]:
        return ("/", *self.declared.units, *(member.id for member in self.declared.members))

    def _ids(self, path: str) -> str:
        parts = [part for part in path.split("/") if part]
        steps = ("/" + "/".join(parts[:end]) for end in range(1, len(parts) + 1))
        ids = [self.declared.id, self.declared.root, *map(self.target_id, steps)]
        return "/".join(ids) + "/"

    def _aws_s_own(self) -> Iterable[AttachedPolicy]:
        for kind in self.enabled_types(AWS_S_OWN):
            name, content = AWS_S_OWN[kind]
            summary = {
                "Id": f"p-{name}",
                "Arn": f"arn:{self.partition}:organizations::aws:policy/{kind.lower()}/p-{name}",
                "Name": name,
                "Description": "Allows access to every operation",
                "Type": kind,
                "AwsManaged": True,
            }
            yield AttachedPolicy(kind, summary, content, self._targets())

    def _declared(self) -> Iterable[AttachedPolicy]:
        organization = self.declared.id
        for one in self.declared.policies:
            name = policy_id(organization, one.type, one.name)
            summary = {
                "Id": name,
                "Arn": self.arn("policy", f"{organization}/{one.type.lower()}/{name}"),
                "Name": one.name,
                "Description": one.description,
                "Type": one.type,
                "AwsManaged": False,
            }
            yield AttachedPolicy(one.type, summary, one.content, one.attached)
