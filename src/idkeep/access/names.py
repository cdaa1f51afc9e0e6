"""The principal of a snapshot that a person means by a name."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from idkeep.access.holder import Identity
from idkeep.model import Role, Root, Snapshot, User

# As `sns.amazonaws.com`, in every partition; a user's name may have dots too.
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws|amazon|aws|c2s|sc2s)(\.[a-z]+)+")
_KINDS: dict[type[Identity], str] = {User: "user", Role: "role", Root: "root"}


def principals_named(snapshot: Snapshot, wanted: str) -> tuple[Identity, ...]:
    """Those whom the name fits: an ARN, `ana`, `user/ana`, `role/deployer`, with a path or not.

    Case is left aside where no name fits with it: no two of one kind differ by case alone.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html ("IAM name
    requirements")
    """
    every = tuple(_every(snapshot))
    exact = tuple(one for one in every if wanted in _names(one))
    if exact:
        return exact
    folded = wanted.lower()
    return tuple(one for one in every if folded in {name.lower() for name in _names(one)})


def is_service_name(name: str) -> bool:
    """Whether a name is the principal of an AWS service, and not a person's `ana.lind`."""
    return _SERVICE.fullmatch(name) is not None


def near_names(snapshot: Snapshot, wanted: str) -> tuple[str, ...]:
    """Names that look like it, the likeliest first, as `user/ana`."""
    kind, slash, name = wanted.rpartition("/")
    by_name: dict[str, list[str]] = {}
    for one in _every(snapshot):
        by_name.setdefault(one.name.lower(), []).append(qualified(one))
    close = get_close_matches(name.lower(), by_name, n=3, cutoff=0.6)
    found = [full for each in close for full in by_name[each]]
    own_kind = [one for one in found if slash and one.startswith(f"{kind}/")]
    return tuple((own_kind or found)[:3])


def qualified(one: Identity) -> str:
    """Its kind and name, as `role/deployer`; "root" for root."""
    kind = _KINDS[type(one)]
    return kind if isinstance(one, Root) else f"{kind}/{one.name}"


def _every(snapshot: Snapshot) -> Iterator[Identity]:
    yield from snapshot.users
    yield from snapshot.roles
    yield snapshot.root


def _names(one: Identity) -> set[str]:
    resource = one.arn.split(":", 5)[5]
    return {one.arn, one.name, qualified(one), resource}
