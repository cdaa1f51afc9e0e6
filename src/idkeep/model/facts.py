"""The families of facts that a scan may read."""

from enum import StrEnum


class Family(StrEnum):
    """What `--facts` chooses from; a family is read whole or not asked for.

    Those that cost much are asked for by name only: `CREDENTIALS` and `LAST_ACCESSED` take calls
    for each user and role, `MORE_RESOURCES` some seven hundred in any account.
    """

    IDENTITY = "identity"
    ORGANIZATION = "organization"
    CENTER = "center"
    LOGGING = "logging"
    SERVICES = "services"
    RESOURCES = "resources"
    MORE_RESOURCES = "more-resources"
    CREDENTIALS = "credentials"
    LAST_ACCESSED = "last-accessed"

    @property
    def field(self) -> str:
        """The field of `Snapshot` that has the family's value."""
        return self.value.replace("-", "_")


DEFAULT_FAMILIES = frozenset(Family) - {
    Family.CREDENTIALS,
    Family.LAST_ACCESSED,
    Family.MORE_RESOURCES,
}
