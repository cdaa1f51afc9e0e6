"""Where an account stands in its organisation."""

from enum import StrEnum

from idkeep.access import Estate
from idkeep.checks.declare import known
from idkeep.model import Gap, Organization

PROJECT = "AWS keeps this: the account is a project of its new experience"


def kept_by_aws(*facts: object) -> bool:
    """Whether AWS settles one of an account's facts, and tells nobody in the account of it."""
    return any(isinstance(one, Gap) and one.elsewhere for one in facts)


class Standing(StrEnum):
    ALONE = "is in no organisation"
    MANAGEMENT = "manages its organisation"
    MEMBER = "is a member of an organisation"


def standing(estate: Estate) -> Standing:
    """Ends the check where the organisation was not read."""
    organization = known(estate.snapshot.organization)
    if organization is None:
        return Standing.ALONE
    return Standing.MANAGEMENT if manages(estate, organization) else Standing.MEMBER


def manages(estate: Estate, organization: Organization) -> bool:
    return organization.management_account == estate.snapshot.account.id
