"""A policy document: the elements of AWS's grammar as values.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from idkeep.policy.condition import Condition
from idkeep.policy.diagnostics import Diagnostic
from idkeep.policy.principal import NamedPrincipal
from idkeep.policy.source import Path, Position, offset_of, position_at
from idkeep.policy.variables import Version


class PolicyKind(StrEnum):
    """What a document is attached to, which decides what it may say."""

    IDENTITY = "identity"
    RESOURCE = "resource"
    TRUST = "trust"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    VPC_ENDPOINT = "vpc_endpoint"
    PERMISSION_SET_INLINE = "permission_set_inline"
    SIGNIN_RESOURCE = "signin_resource"


class Effect(StrEnum):
    ALLOW = "Allow"
    DENY = "Deny"


class Principal(Struct, frozen=True, tag=True):
    named: tuple[NamedPrincipal, ...]


class NotPrincipal(Struct, frozen=True, tag=True):
    named: tuple[NamedPrincipal, ...]


class Action(Struct, frozen=True, tag=True):
    patterns: tuple[str, ...]


class NotAction(Struct, frozen=True, tag=True):
    patterns: tuple[str, ...]


class Resource(Struct, frozen=True, tag=True):
    patterns: tuple[str, ...]


class NotResource(Struct, frozen=True, tag=True):
    patterns: tuple[str, ...]


PrincipalElement: TypeAlias = Principal | NotPrincipal
ActionElement: TypeAlias = Action | NotAction
ResourceElement: TypeAlias = Resource | NotResource


class Statement(Struct, frozen=True, kw_only=True):
    """One statement; `index` counts from 0 in its document.

    `principal` is None in the kinds of policy that have none. `resource` is None where the policy
    stands on the one resource it speaks of: a trust policy, and some services' resource policies.
    `version` is the document's: it decides whether `${…}` is a variable.
    """

    index: int
    sid: str
    effect: Effect
    action: ActionElement
    resource: ResourceElement | None = None
    principal: PrincipalElement | None = None
    conditions: tuple[Condition, ...] = ()
    version: Version = Version.OLD


class Policy(Struct, frozen=True, kw_only=True):
    """A document that AWS would take, and the text it was read from.

    `notes` are what AWS leaves undocumented, or takes though its pages say otherwise.
    """

    kind: PolicyKind
    version: Version
    id: str
    statements: tuple[Statement, ...]
    text: str
    notes: tuple[Diagnostic, ...] = ()

    def __hash__(self) -> int:
        """By the text, whose hash Python keeps: a document is the key of caches."""
        return hash(self.text)

    def position(self, statement: int, *element: str | int) -> Position:
        """Where an element begins in `text`: `position(0, "Action", 2)` is a third action.

        0 is also the one value of what is no list. An element that is not there is found at the
        nearest one around it.
        """
        path: Path = ("Statement", statement, *element)
        return position_at(self.text, offset_of(self.text, path))
