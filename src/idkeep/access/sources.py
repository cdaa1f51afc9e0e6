"""Whose a policy is: what a person looks for to read it, or to change it."""

from typing import TypeAlias

from msgspec import Struct

from idkeep.policy import PolicyKind


class Granted(Struct, frozen=True, kw_only=True):
    """One document that grants to a principal, or limits it.

    `name` is the policy's; `arn` that of a managed policy, "" for an inline one. `through` is the
    ARN of the group that it comes by, "" where it is the principal's own. `digest` is of its text,
    "" for one that is in no snapshot (a session policy from a file).
    """

    name: str
    arn: str = ""
    through: str = ""
    digest: str
    kind: PolicyKind = PolicyKind.IDENTITY

    @property
    def is_inline(self) -> bool:
        return not self.arn

    def __str__(self) -> str:
        match self.kind:
            case PolicyKind.BOUNDARY:
                return f"permissions boundary {self.name}"
            case PolicyKind.SESSION:
                return f"session policy {self.name}"
            case _ if self.is_inline:
                how = f"inline policy {self.name}"
            case _:
                how = f"policy {self.name}"
        return f"{how} of group {self.through.rpartition('/')[2]}" if self.through else how


class Guardrail(Struct, frozen=True, kw_only=True):
    """One SCP or RCP at one level. `id` begins with `p-`; `target` says which root, OU or account.

    `kind` is `PolicyKind.SCP` or `RCP`, `digest` is of its text.
    """

    kind: PolicyKind
    name: str
    id: str
    arn: str
    target: str
    digest: str

    def __str__(self) -> str:
        return f"{self.kind.upper()} {self.name} ({self.id}) on {self.target}"


class OnResource(Struct, frozen=True, kw_only=True):
    """A policy that stands on a resource, or names it (of CloudWatch Logs, of a registry).

    `what` is AWS's word for it, as "trust policy"; `arn` the resource's, "" for a policy that
    stands on none. `digest` is of its text, "" for a grant.
    """

    what: str
    arn: str
    digest: str
    kind: PolicyKind = PolicyKind.RESOURCE

    def __str__(self) -> str:
        return f"{self.what} of {self.arn}" if self.arn else self.what


Source: TypeAlias = Granted | Guardrail | OnResource
