"""What AWS tells the account that manages something, and refuses to the others."""

from typing import TypeGuard

from msgspec.structs import replace

from idkeep.model import DENIED, Gap


def is_refused(found: object) -> TypeGuard[Gap]:
    """A gap that AWS's refusal left; not one of a failure."""
    return isinstance(found, Gap) and found.error in DENIED


def not_from_here(gap: Gap) -> Gap:
    """The refusal with its reason: no policy of a member account's own could allow this."""
    return replace(gap, error=f"{gap.error} (not from a member account)", elsewhere=True)
