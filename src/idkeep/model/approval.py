"""Multi-party approval: operations of an organisation that several people must agree to.

Source: https://docs.aws.amazon.com/mpa/latest/userguide/what-is.html
"""

from datetime import datetime
from typing import Annotated

from msgspec import Struct

from idkeep.model.gap import ReadBy, Unread


class Approver(Struct, frozen=True, kw_only=True):
    """A person of the team, by the id in `source` (an identity source's ARN).

    `status` is PENDING, ACCEPTED, REJECTED or INVALID: whether the invitation was taken. `mfa` are
    the methods that voting asks for, as EMAIL_OTP, None where AWS does not tell; `out_of_step` are
    those of them that the directory knows otherwise. `active` is when AWS last saw the person act.
    """

    id: str
    identity: str = ""
    source: str = ""
    status: str = ""
    mfa: tuple[str, ...] | None = None
    out_of_step: tuple[str, ...] = ()
    active: datetime | None = None


class TeamDetails(Struct, frozen=True, kw_only=True, tag=True):
    """`policies` are ARNs that say which operations the team may protect.

    `is_changing`: a new version of the team waits to take effect.
    Source: https://docs.aws.amazon.com/mpa/latest/APIReference/API_GetApprovalTeam.html
    """

    approvers: tuple[Approver, ...] = ()
    policies: tuple[str, ...] = ()
    is_changing: bool = False


class ApprovalTeam(Struct, frozen=True, kw_only=True):
    """A team. `needed` of its `members` must approve, None where AWS counts otherwise.

    `status` is ACTIVE, INACTIVE, DELETING or PENDING, `reason` AWS's code for a step on the way.
    """

    arn: str
    name: str
    status: str
    reason: str = ""
    needed: int | None = None
    members: int | None = None
    created: datetime | None = None
    details: Annotated[TeamDetails | Unread, ReadBy("mpa:GetApprovalTeam")]


class ApprovalSource(Struct, frozen=True, kw_only=True):
    """Whence approvers come. `center` is the ARN of an instance of Identity Center."""

    arn: str
    type: str
    status: str
    reason: str = ""
    center: str = ""


class MultiPartyApproval(Struct, frozen=True, kw_only=True, tag=True):
    """The teams of the management account, and those that others share with it."""

    teams: Annotated[tuple[ApprovalTeam, ...], ReadBy("mpa:ListApprovalTeams")]
    sources: Annotated[tuple[ApprovalSource, ...] | Unread, ReadBy("mpa:ListIdentitySources")]
