"""The families of facts that a scan may read."""

from enum import StrEnum


class Family(StrEnum):
    """What `--facts` chooses from; a family is read whole or not asked for.

    `CREDENTIALS` and `LAST_ACCESSED` cost calls for each user and role, so they are asked for by
    name only.
    """

    IDENTITY = "identity"
    ORGANIZATION = "organization"
    CENTER = "center"
    LOGGING = "logging"
    SERVICES = "services"
    RESOURCES = "resources"
    CREDENTIALS = "credentials"
    LAST_ACCESSED = "last-accessed"


DEFAULT_FAMILIES = frozenset(Family) - {Family.CREDENTIALS, Family.LAST_ACCESSED}
