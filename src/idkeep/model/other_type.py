"""What must be known of a type of resources, so that its policies can be read."""

import re
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from idkeep.model.arn import Arn

ARN = "the ARN itself"
"""Stands for a resource's ARN where a parameter takes one."""


class OtherType(Struct, frozen=True, kw_only=True, dict=True):
    """One row.

    `name` is as in the Service Authorization Reference, `backup:backupVault`; `form` the end of its
    ARN, with `*` for each part that is a name (`**` may have slashes). `service` is the SDK's name,
    by default the prefix.

    `lists` is the operation that lists them, `items` the way to the list in its answer. An item's
    ARN is its member `arn`; without one it is made from `form` and the members `named`. An item
    that is a text alone has the member `Name`.

    `reads` is the operation that tells the policy, "" where the listing does; `by` are its
    parameters, each from a member of the item. `given` are parameters of both operations. `policy`
    is the way to the text, `titled` the member with its name where there may be several. `absent`
    are the error codes by which AWS says that there is none; `may_lack`: an answer without the
    member says so too.

    `speaks` are prefixes of actions besides its own of which the policy may speak. `inside` is the
    way to what shows that it answers within networks alone, or "always". `holds` are beginnings of
    other ARNs that the policy may speak of; `apart` are its parts that may have policies of their
    own besides, which are not read. `anywhere`: it lives in no region. `off` is the member, and its
    value, that says that a policy is not in force: it is then as none. `without` is what that means
    where it does not mean closed; `opens`: AWS documents that it is open then.
    """

    name: str
    words: str
    form: str
    lists: str
    items: str
    service: str = ""
    arn: str = ""
    named: tuple[str, ...] = ()
    reads: str = ""
    by: Mapping[str, str] = field(default_factory=lambda: {"ResourceArn": ARN})
    given: Mapping[str, str] = {}
    policy: str = "Policy"
    titled: str = ""
    absent: tuple[str, ...] = ("ResourceNotFoundException",)
    may_lack: bool = False
    speaks: tuple[str, ...] = ()
    inside: str = ""
    holds: tuple[str, ...] = ()
    apart: str = ""
    anywhere: bool = False
    off: tuple[str, str] = ("", "")
    without: str = ""
    opens: bool = False

    @property
    def prefix(self) -> str:
        return self.name.partition(":")[0]

    @property
    def client(self) -> str:
        return self.service or self.prefix

    @property
    def list_action(self) -> str:
        return f"{self.prefix}:{self.lists}"

    @property
    def read_action(self) -> str:
        return f"{self.prefix}:{self.reads or self.lists}"

    @property
    def services(self) -> tuple[str, ...]:
        """Prefixes of the actions that its policy may speak of."""
        return (self.prefix, *self.speaks)

    def has_own(self, arn: Arn) -> bool:
        """Whether what is in such a resource may have a policy of its own."""
        return bool(self.apart) and f"/{self.apart}/" in arn.resource

    def standing(self, arn: Arn) -> str:
        """The end of the ARN of such a resource that this one is, or is in; "" for any other."""
        found = self._pattern.match(arn.resource) if arn.service == self.prefix else None
        if found:
            return found[1]
        held = arn.service == self.prefix and arn.resource.startswith(self.holds)
        return self.form if held and self.holds else ""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        own = re.escape(self.form).replace(r"\*\*", ".+").replace(r"\*", "[^/:]+")
        return re.compile(rf"({own})(?:[/:].*)?\Z")
