"""Of which account a check about the organisation speaks, and where it is judged."""

from collections.abc import Generator

from idkeep.access import Estate
from idkeep.checks.declare import Said, known
from idkeep.model import (
    Account,
    MemberAccount,
    NotApplicable,
    NotAsked,
    Organization,
    OrganizationPolicy,
    Unknown,
)

NOT_HERE = "is judged with the organisation, in account {0}"
NO_SCP = "manages the organisation, and no SCP reaches it"
_ENDED = frozenset({"SUSPENDED", "PENDING_CLOSURE", "CLOSED"})


def whole(organization: Organization, estate: Estate) -> Generator[Said, None, bool]:
    """Whether the organisation's own facts are here; a member's scan holds what concerns it."""
    own = organization.management_account == estate.snapshot.account.id
    untold = isinstance(organization.delegated_administrators, NotAsked)
    if not own and (organization.concerns or untold):
        yield NotApplicable(NOT_HERE.format(organization.management_account))
        return False
    return True


def of_manager(organization: Organization, estate: Estate) -> Generator[Said, None, bool]:
    """AWS tells the management account alone of these."""
    if organization.management_account == estate.snapshot.account.id:
        return True
    yield NotApplicable(NOT_HERE.format(organization.management_account))
    return False


def of_member(
    member: MemberAccount, estate: Estate, *, limited: bool = True
) -> Generator[Said, None, Organization | None]:
    """The organisation, for an account that lives and is judged here.

    `limited`: of the management account there is nothing to say, for no SCP reaches it.
    """
    organization = known(estate.snapshot.organization)
    if organization is None or not (yield from whole(organization, estate)):
        return None
    if member.state in _ENDED:
        yield NotApplicable(f"is {member.state.lower().replace('_', ' ')}")
        return None
    if limited and member.id == organization.management_account:
        yield NotApplicable(NO_SCP)
        return None
    return organization


def text_of(policy: OrganizationPolicy, estate: Estate) -> Generator[Said, None, str | None]:
    """What a policy says, or why that is not known and None."""
    written = estate.snapshot.documents.get(known(policy.document))
    if written is None:
        yield Unknown("the snapshot lacks the policy's text")
    return written


def type_of(policy: OrganizationPolicy, organization: Organization) -> str:
    """The type that a policy of the organisation is listed under."""
    types = organization.policy_types
    for kind in types if isinstance(types, tuple) else ():
        if isinstance(kind.policies, tuple) and any(one.id == policy.id for one in kind.policies):
            return kind.name
    raise KeyError(policy.id)


def of_account(_: Account, estate: Estate) -> Generator[Said, None, Organization | None]:
    """The organisation of the scanned account; None, said as it is, outside of one."""
    organization = known(estate.snapshot.organization)
    if organization is None:
        yield NotApplicable("is in no organisation")
    return organization
