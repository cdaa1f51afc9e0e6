"""Projects of AWS's new experience: accounts of an organisation that AWS itself runs.

Such an account has roles under /managed/ that AWS keeps, and an SCP of AWS's refuses what is
settled in AWS Settings alone, contacts among it. A role's name proves nothing, for anybody can give
it; with AWS's refusal, which names the kind of policy, it does. When the owner takes the
organisation over ("activates advanced features"), AWS takes that SCP away.
Source: https://docs.aws.amazon.com/accounts/latest/reference/scps-and-rcps-for-projects.html and
https://docs.aws.amazon.com/accounts/latest/reference/activate-advanced-features.html
"""

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from idkeep.collect.membership import is_refused
from idkeep.model import Gap, Role

T = TypeVar("T")

_KEEPER = ":role/managed/AWSManagedAccountManagementAccessRole"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
_BY_SCP = "explicit deny in a service control policy"


def kept_by_aws(fact: T | Gap, roles: Iterable[Role]) -> T | Gap:
    """A contact; where AWS keeps it and tells nobody in the account, the gap says so."""
    if not is_refused(fact) or _BY_SCP not in fact.detail:
        return fact
    if not any(one.arn.endswith(_KEEPER) for one in roles):
        return fact
    return replace(fact, elsewhere=True)
