"""Words that checks about permissions share."""

from collections.abc import Iterable, Iterator, Sequence

from idkeep.access import Estate
from idkeep.access.answer import Answer
from idkeep.access.places import place
from idkeep.access.sources import Guardrail
from idkeep.checks.declare import Said
from idkeep.model import ManagedPolicy, PolicyPlace, Role, Unknown, User
from idkeep.policy import Effect

_MOST_PLACES = 12

NO_DEFAULT = f"{ManagedPolicy.LISTED_BY}: the version in force is not in the snapshot"
ONLY_BOUNDARY = "is a permissions boundary and attached to nobody: it gives nothing"


def listed(names: Sequence[str], most: int = 3) -> str:
    """A few names and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def statements(estate: Estate, answers: Iterable[Answer]) -> tuple[PolicyPlace, ...]:
    """Where the statements stand that the answers rest on.

    What a service control policy merely leaves allowed is no cause, and left out; so is what an
    outsider is taken to be allowed at home.
    """
    found = (
        place(estate.engine, answer, one)
        for answer in answers
        for one in answer.by
        if one.effect is Effect.DENY or not isinstance(answer.origin(one), Guardrail)
        if answer.holder or not one.document.startswith("identity")
    )
    return tuple(dict.fromkeys(found))[:_MOST_PLACES]


def with_proviso(words: str, proviso: str) -> str:
    return f"{words}, {proviso}" if proviso else words


def unread(estate: Estate, principal: User | Role) -> Iterator[Said]:
    """Unknown for each policy of a principal that could not be read."""
    holder = estate.engine.holders[principal.arn]
    for gap in dict.fromkeys((*holder.unread, *holder.unread_boundary)):
        yield Unknown(str(gap))


def owned_by_aws(role: Role) -> str:
    """Why nobody in the account can change a role; "" where they can."""
    if ":role/aws-service-role/" in role.arn:
        return "belongs to an AWS service, and nobody in the account can change it"
    return ""


def kept_in_project(role: Role, estate: Estate) -> bool:
    """Whether AWS made a role in a project and keeps everybody else from changing it.

    For rules of upkeep alone: whom such a role lets in, and to do what, is judged as any other's.
    """
    return ":role/managed/" in role.arn and estate.snapshot.account.is_project


def reserved(role: Role) -> bool:
    """Whether Identity Center writes it from a permission set."""
    return ":role/aws-reserved/sso.amazonaws.com/" in role.arn
