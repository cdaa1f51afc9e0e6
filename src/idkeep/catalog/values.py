"""One service of AWS as a policy sees it.

The words are those of the Service Authorization Reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from enum import StrEnum
from functools import cache
from typing import TypeVar

from msgspec import Struct

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|<[^>]*>")


class Source(StrEnum):
    """Who knows an entry."""

    IAM_DATA = "iam-data"
    IAM_FLOYD = "iam-floyd"
    AWS = "aws-service-reference"


class AccessLevel(StrEnum):
    """How AWS classes an action; one that both writes and tags or shares is the narrower class."""

    LIST = "List"
    READ = "Read"
    WRITE = "Write"
    TAGGING = "Tagging"
    PERMISSIONS = "Permissions management"


class KeyType(StrEnum):
    """Which family of condition operators suits a key."""

    STRING = "String"
    ARN = "ARN"
    BOOL = "Bool"
    NUMERIC = "Numeric"
    DATE = "Date"
    IP_ADDRESS = "IPAddress"
    BINARY = "Binary"


class ConditionKey(Struct, frozen=True, array_like=True, gc=False):
    """A key that a service puts into the request context.

    `name` is as AWS prints it and may hold placeholders: `aws:ResourceTag/${TagKey}`,
    `s3:RequestObjectTag/<key>`.
    """

    name: str
    type: KeyType
    multivalued: bool
    sources: tuple[Source, ...]

    def matches(self, name: str) -> bool:
        """Whether a policy that says `name` means this key; the case of a key never counts."""
        return key_matches(self.name, name)


class ResourceType(Struct, frozen=True, array_like=True, gc=False):
    """What an action acts on. `arns` are templates: `arn:${Partition}:s3:::${BucketName}`."""

    name: str
    arns: tuple[str, ...]
    keys: tuple[str, ...]
    sources: tuple[Source, ...]


class ActionResource(Struct, frozen=True, array_like=True, gc=False):
    """One row of an action's table: the resource type, and what holds for that row alone.

    A required resource must be allowed for the action to be; of the others one is enough.
    """

    name: str
    required: bool
    keys: tuple[str, ...]
    dependent: tuple[str, ...]


class Action(Struct, frozen=True, array_like=True, gc=False):
    """An action, named without its service.

    `resources` empty: the action takes no resource but `*`. None: only a source that does not
    say knows the action, so nothing may be concluded. `dependent` are the full names of actions
    that the caller needs too, as of `Catalog.dependent_as_of`. `retired` is the ISO date by
    which AWS no longer listed it; empty for a current one.
    """

    name: str
    level: AccessLevel
    resources: tuple[ActionResource, ...] | None
    keys: tuple[str, ...]
    dependent: tuple[str, ...]
    sources: tuple[Source, ...]
    retired: str = ""

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Of the action and of each of its resources, each once."""
        rows = self.resources or ()
        return tuple(dict.fromkeys((*self.keys, *(key for row in rows for key in row.keys))))

    @property
    def all_dependent(self) -> tuple[str, ...]:
        rows = self.resources or ()
        return tuple(
            dict.fromkeys((*self.dependent, *(one for row in rows for one in row.dependent)))
        )


class Service(Struct, frozen=True, array_like=True):
    """`prefix` is what stands before the colon of an action; sorted by name within.

    `retired` as of an action: no current action is left.
    """

    prefix: str
    title: str
    actions: tuple[Action, ...]
    resource_types: tuple[ResourceType, ...]
    keys: tuple[ConditionKey, ...]
    sources: tuple[Source, ...]
    retired: str = ""

    def action(self, name: str) -> Action | None:
        """By its name without the prefix, in any case."""
        return named(self.actions, name)

    def resource_type(self, name: str) -> ResourceType | None:
        return named(self.resource_types, name)

    def key(self, name: str) -> ConditionKey | None:
        """The key that a policy's `name` means; a literal name goes before a pattern."""
        return named(self.keys, name) or next((one for one in self.keys if one.matches(name)), None)


Named = TypeVar("Named", Action, ResourceType, ConditionKey)


def named(every: tuple[Named, ...], name: str) -> Named | None:
    folded = name.lower()
    return next((one for one in every if one.name.lower() == folded), None)


def key_matches(template: str, name: str) -> bool:
    """Whether `name` is `template` with something in each of its placeholders."""
    return _key_pattern(template).fullmatch(name) is not None


@cache
def _key_pattern(template: str) -> re.Pattern[str]:
    literals = _PLACEHOLDER.split(template)
    return re.compile(".+".join(map(re.escape, literals)), re.IGNORECASE | re.DOTALL)
