"""What the engine says of a principal of the estate, and how far that reaches."""

import re
from enum import StrEnum

from msgspec import Struct

from idkeep.access.access_points import BEHIND
from idkeep.access.holder import Holder
from idkeep.access.sources import Granted, Guardrail, Source
from idkeep.access.targets import Site
from idkeep.model import Unread
from idkeep.policy import Allowed, Context, Decision, Denied, Depends, Matched, Unknown
from idkeep.policy.compiled import Caller

_DOCUMENT = re.compile(r"(\w+)\[(\d+)\](?:\[(\d+)\])?")


class Says(StrEnum):
    """`DEPENDS`: allowed under conditions that the request must meet."""

    YES = "yes"
    NO = "no"
    DEPENDS = "depends"
    UNKNOWN = "unknown"


SUREST = (Says.YES, Says.DEPENDS, Says.UNKNOWN, Says.NO)
"""Which of several answers counts, the first of them."""


class Answer(Struct, frozen=True, kw_only=True):
    """A decision by everything that was read.

    `holder` is None for an outsider, `site` for a request about no resource in particular.
    `unread` are policies of the principal or the resource that were not read and might turn it;
    `guardrails` are organisation policies that were not read and could only take away.
    `context` is what the conditions were held against. `notes` say what was taken for granted.
    """

    action: str
    resource: str
    caller: Caller
    decision: Decision
    context: Context
    holder: Holder | None = None
    site: Site | None = None
    unread: tuple[Unread, ...] = ()
    guardrails: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def says(self) -> Says:
        """By what was read of the account itself; `proviso` tells what might still take it away."""
        if isinstance(self.decision, Denied) and (self.decision.by or not self.unread):
            return Says.NO
        if self.unread:
            return Says.UNKNOWN
        match self.decision:
            case Allowed():
                return Says.YES
            case Depends():
                return Says.DEPENDS
            case _:
                return Says.UNKNOWN

    @property
    def why_unknown(self) -> str:
        """Empty unless `says` is unknown."""
        if self.says is not Says.UNKNOWN:
            return ""
        why = [self.decision.why] if isinstance(self.decision, Unknown) else []
        return "; ".join(dict.fromkeys((*why, *map(str, self.unread))))

    @property
    def proviso(self) -> str:
        """What a yes hangs on, in words that follow it; "" for nothing."""
        parts = []
        if isinstance(self.decision, Depends):
            parts.append(f"if {self.decision.residual}")
        if self.guardrails and self.says in {Says.YES, Says.DEPENDS}:
            parts.append("unless a policy of the organisation, which was not read, denies it")
        return ", ".join(parts)

    @property
    def by(self) -> tuple[Matched, ...]:
        """The statements that allow or deny; of an open answer those of every check."""
        if isinstance(self.decision, Allowed | Denied):
            return self.decision.by
        return tuple(m for check in self.decision.checks for m in check.statements)

    def source(self, matched: Matched) -> Granted | None:
        """Which of the principal's own policies a statement is of; None for other layers."""
        found = self.origin(matched)
        return found if isinstance(found, Granted) else None

    def origin(self, matched: Matched) -> Source | None:
        """Whose policy a statement is of, whatever the layer; None for one that has no name."""
        found = _DOCUMENT.fullmatch(matched.document)
        if not found:
            return None
        n, m = int(found[2]), int(found[3] or 0)
        named: tuple[Source | None, ...] = ()
        if found[1] in {"scp", "rcp"}:
            levels = _levels(self.holder, self.site, found[1])
            named, n = levels[n] if n < len(levels) else (), m
        elif found[1] in {"resource", "grant"} and self.site:
            named = self.site.policies if found[1] == "resource" else self.site.grants
        elif found[1] == BEHIND:
            named = self.site.behind.policies if self.site and self.site.behind else ()
        elif self.holder:
            holder = self.holder
            own = {"identity": holder.granted, "session": holder.session}
            named = own.get(found[1], (holder.boundary,))
        return named[n] if n < len(named) else None


def _levels(
    holder: Holder | None, site: Site | None, layer: str
) -> tuple[tuple[Guardrail, ...], ...]:
    if layer == "scp":
        return holder.scps if holder else ()
    return site.rcps if site else ()
