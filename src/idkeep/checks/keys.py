"""Checks on IAM users' access keys: their age and their use."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.ages import age, days, last_use
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, fails, known, passes
from idkeep.checks.samples import ANA, NO_REPORT, key
from idkeep.model import AccessKey, Problem, Severity, User

UNREAD = replace(ANA, access_keys=NO_REPORT)
UNREAD_WHY = "iam:GetCredentialReport: AccessDenied"


@check(
    User,
    severity=Severity.MEDIUM,
    controls=("key-rotation",),
    reads=("access_keys",),
    settings=("max_access_key_age",),
    remedy=Remedy(
        do="Replace the key with a role where the workload allows it. Otherwise make a "
        "second key (`aws iam create-access-key --user-name USER`), move the workload to "
        "it, watch the old one's last use stand still (`aws iam get-access-key-last-used "
        "--access-key-id KEY_ID`), then make it inactive (`aws iam update-access-key "
        "--user-name USER --access-key-id KEY_ID --status Inactive`) and delete it: `aws "
        "iam delete-access-key --user-name USER --access-key-id KEY_ID`.",
        may_stop="What still signs with the old key stops working as soon as it is inactive; "
        "until it is deleted it can be made active again.",
    ),
    examples=(
        fails(
            replace(ANA, access_keys=(key(age=365),)),
            "has an access key 365 days old, last used 1 day ago",
        ),
        fails(
            replace(ANA, access_keys=(key(1, age=200), key(2, age=91))),
            "has an access key 200 days old, last used 1 day ago",
            "has an access key 91 days old, last used 1 day ago",
        ),
        passes(replace(ANA, access_keys=(key(age=90),))),
        passes(replace(ANA, access_keys=(key(age=365, active=False),))),
        fails(
            replace(ANA, access_keys=(key(age=365, used=None),)),
            "has an access key 365 days old, never used",
        ),
        passes(ANA),
        cannot_tell(UNREAD, UNREAD_WHY),
    ),
)
def old_access_key(user: User, estate: Estate) -> Iterator[Said]:
    """An active access key is older than the settings allow.

    Long-lived keys end up in laptops, logs and build systems, and stay valid there for ever.
    """
    for one in _active(user):
        if age(estate, one.rotated) > estate.settings.max_access_key_age:
            yield Problem(
                f"has an access key {days(estate, one.rotated)} old, {last_use(estate, one)}",
                at=at_key(one, user),
            )


@check(
    User,
    severity=Severity.MEDIUM,
    controls=("unused-credentials",),
    reads=("access_keys",),
    settings=("unused_after",),
    remedy=Remedy(
        do="Make the key inactive (`aws iam update-access-key --user-name USER "
        "--access-key-id KEY_ID --status Inactive`), wait for somebody to miss it, then "
        "delete it: `aws iam delete-access-key --user-name USER --access-key-id KEY_ID`.",
        may_stop="Nothing that works today stops: the key was never used. A job that was to use "
        "it later fails then.",
    ),
    examples=(
        fails(
            replace(ANA, access_keys=(key(age=200, used=None),)),
            "has an access key 200 days old that was never used",
        ),
        passes(replace(ANA, access_keys=(key(age=0.01, used=None),))),
        passes(replace(ANA, access_keys=(key(age=45, used=None),))),
        passes(replace(ANA, access_keys=(key(age=200, used=100),))),
        passes(replace(ANA, access_keys=(key(age=200, used=None, active=False),))),
        passes(ANA),
        cannot_tell(UNREAD, UNREAD_WHY),
    ),
)
def never_used_access_key(user: User, estate: Estate) -> Iterator[Said]:
    """An access key was made a while ago and never used.

    Nobody misses it, and nobody would notice it stolen.
    """
    for one in _active(user):
        if one.last_used is None and age(estate, one.rotated) > estate.settings.unused_after:
            yield Problem(
                f"has an access key {days(estate, one.rotated)} old that was never used",
                at=at_key(one, user),
            )


@check(
    User,
    severity=Severity.MEDIUM,
    controls=("unused-credentials",),
    reads=("access_keys",),
    settings=("unused_after",),
    remedy=Remedy(
        do="Make the key inactive (`aws iam update-access-key --user-name USER "
        "--access-key-id KEY_ID --status Inactive`), wait for somebody to miss it, then "
        "delete it: `aws iam delete-access-key --user-name USER --access-key-id KEY_ID`.",
        may_stop="A job that runs seldom and signs with the key fails the next time; until it is "
        "deleted, the key can be made active again.",
    ),
    examples=(
        fails(
            replace(ANA, access_keys=(key(age=60, used=46),)),
            "has an access key that was last used 46 days ago",
        ),
        passes(replace(ANA, access_keys=(key(age=60, used=45),))),
        passes(replace(ANA, access_keys=(key(age=60, used=None),))),
        passes(replace(ANA, access_keys=(key(age=60, used=50, active=False),))),
        passes(ANA),
        cannot_tell(UNREAD, UNREAD_WHY),
    ),
)
def unused_access_key(user: User, estate: Estate) -> Iterator[Said]:
    """An active access key has not been used for a while.

    The work it was made for is over; the right to do it is not.
    """
    for one in _active(user):
        if one.last_used is not None and age(estate, one.last_used) > estate.settings.unused_after:
            yield Problem(
                f"has an access key that was {last_use(estate, one)}", at=at_key(one, user)
            )


@check(
    User,
    severity=Severity.LOW,
    controls=("one-active-key",),
    reads=("access_keys",),
    remedy=Remedy(
        do="Two keys are for the days of a rotation. See which of them is used (`aws iam "
        "get-access-key-last-used --access-key-id KEY_ID`), and make the other inactive: "
        "`aws iam update-access-key --user-name USER --access-key-id KEY_ID --status "
        "Inactive`.",
        may_stop="What signs with the key that is made inactive stops working, until it is made "
        "active again.",
    ),
    examples=(
        fails(replace(ANA, access_keys=(key(1), key(2))), "has two active access keys"),
        passes(replace(ANA, access_keys=(key(1), key(2, active=False)))),
        passes(replace(ANA, access_keys=(key(2),))),
        passes(ANA),
        cannot_tell(UNREAD, UNREAD_WHY),
    ),
)
def two_active_access_keys(user: User, _: Estate) -> Iterator[Said]:
    """A user has two active access keys.

    A rotation that was never finished leaves the old key alive, and twice as much to leak.
    """
    if len(_active(user)) > 1:
        yield Problem("has two active access keys")


def at_key(one: AccessKey, user: User) -> str:
    """What tells a key from the user's other one.

    Its date, which outlives a move to the other place in the report; the place too only where
    both keys are of the same second.
    """
    date = f"key of {one.rotated:%Y-%m-%dT%H:%M:%SZ}"
    same = sum(key.rotated == one.rotated for key in known(user.access_keys))
    return date if same == 1 else f"{date}, {one.slot}"


def _active(user: User) -> tuple[AccessKey, ...]:
    return tuple(one for one in known(user.access_keys) if one.active)


CHECKS = (
    old_access_key,
    never_used_access_key,
    unused_access_key,
    two_active_access_keys,
)
