"""How long policies are as AWS counts them, and whether that is more than it takes.

The limits are dated data of the catalog (`Facts.quota`), each with its page. Whether white space
counts differs between them:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html ("IAM does not count
white space"), https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html.
"""

import re
from collections.abc import Iterable

from idkeep.catalog import Facts, Quota
from idkeep.policy.document import PolicyKind

_CHARACTERS, _BYTES = "characters", "bytes"
# A string of the document, which stays, or white space between strings, which goes.
_STRING_OR_SPACE = re.compile(r'("(?:[^"\\]|\\.)*+")|[ \t\n\r]++', re.DOTALL)
# What is written to an inline policy is shared by all of its holder's, so the longest one's own
# limit says least; AWS's validator measures against that of a managed policy.
_QUOTAS = {
    PolicyKind.IDENTITY: "managed",
    PolicyKind.BOUNDARY: "managed",
    PolicyKind.TRUST: "trust",
    PolicyKind.SCP: "scp",
    PolicyKind.RCP: "rcp",
    PolicyKind.SESSION: "session",
    PolicyKind.VPC_ENDPOINT: "vpc-endpoint",
}


def quota_of(kind: PolicyKind, facts: Facts) -> Quota | None:
    """How long a document of the kind may be; None where that hangs on more than the kind."""
    return facts.quota(_QUOTAS[kind], "characters") if kind in _QUOTAS else None


def size(text: str, quota: Quota) -> int | None:
    """What AWS counts of a document against the quota, in the quota's unit (characters, bytes).

    An escape counts as it is written, and so does white space within a string: what AWS says of
    white space is read as that which the document could do without. None where it does not
    speak of white space, and there is some. Raises `ValueError` for a quota of anything else.
    """
    least, most = _bounds(text, quota)
    return least if least == most else None


def over_quota(texts: Iterable[str], quota: Quota, *, limit: int | None = None) -> bool | None:
    """Whether documents are together too long; None where that hangs on white space, as in `size`.

    Together, since inline policies count by the user, group or role that holds them, and a session
    policy counts with the ARNs of the managed policies passed beside it, which are texts too.
    `limit` is what the account was granted; by default, what every account has.
    """
    allowed = quota.default if limit is None else limit
    bounds = [_bounds(text, quota) for text in texts]
    if sum(most for _, most in bounds) <= allowed:
        return False
    return True if sum(least for least, _ in bounds) > allowed else None


def spare(text: str) -> int:
    """How many characters a document could do without: white space between its strings."""
    return len(text) - len(_STRING_OR_SPACE.sub(r"\1", text))


def _bounds(text: str, quota: Quota) -> tuple[int, int]:
    """The least and the most that AWS may count."""
    if quota.unit not in (_CHARACTERS, _BYTES):
        raise ValueError(f"no quota of a document's length: {quota.of}, {quota.unit}")
    whole = _length(text, quota.unit)
    bare = _length(_STRING_OR_SPACE.sub(r"\1", text), quota.unit)
    return whole if quota.white_space else bare, whole if quota.white_space is not False else bare


def _length(text: str, unit: str) -> int:
    return len(text.encode()) if unit == _BYTES else len(text)
