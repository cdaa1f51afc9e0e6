"""Checks on where the people of an Identity Center come from."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.center.samples import ADA, center
from idkeep.checks.center.words import home
from idkeep.checks.declare import (
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.model import (
    CenterGroup,
    CenterUser,
    Gap,
    NotApplicable,
    Problem,
    Severity,
    Unknown,
    Unlisted,
)

_BY_HAND = CenterUser(id="u-2", name="agency", status="ENABLED")
_ODD = Gap("identitystore:ListUsers", "the answer lacks UserId")
_GONE = replace(_BY_HAND, status="DISABLED")
_NO_DIRECTORY = "nobody comes from a directory elsewhere"


@check(
    CenterUser,
    severity=Severity.LOW,
    controls=("identity-center", "user-lifecycle"),
    reads=("issuers", "status"),
    remedy=Remedy(
        do="Have the person in the directory, and delete the user here once the directory's "
        "own one has its groups: `aws identitystore delete-user --identity-store-id "
        "STORE_ID --user-id USER_ID`.",
        may_stop="The person signs in anew, and loses what only this user was given.",
    ),
    examples=(
        fails(_BY_HAND, "was made by hand, beside the directory", center=center(users=(_BY_HAND,))),
        passes(ADA, center=center(users=(ADA,))),
        passes(_GONE, center=center(users=(_GONE,))),
        does_not_apply(_BY_HAND, _NO_DIRECTORY, center=center(users=(_BY_HAND,), groups=())),
        cannot_tell(
            _BY_HAND,
            str(_ODD),
            center=center(users=(_BY_HAND,), groups=()),
            unlisted=(Unlisted("CenterUser", _ODD),),
        ),
    ),
)
def center_user_made_by_hand(user: CenterUser, estate: Estate) -> Iterator[Said]:
    """A person of Identity Center is not in the directory that the others come from.

    When such a person leaves, nobody's off-boarding disables the user.
    """
    own = home(user, estate)
    people: list[CenterUser | CenterGroup] = list(known(own.users))
    if not any(one.issuers for one in people):
        people += known(own.groups)
    lost = (*estate.snapshot.missing(CenterUser), *estate.snapshot.missing(CenterGroup))
    if not any(one.issuers for one in people):
        yield Unknown(str(lost[0])) if lost else NotApplicable(_NO_DIRECTORY)
    elif not user.issuers and user.status != "DISABLED":
        yield Problem("was made by hand, beside the directory")


CHECKS = (center_user_made_by_hand,)
