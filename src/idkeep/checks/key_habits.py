"""Checks on access keys that should not be there at all."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.ages import AT_ONCE, age, last_use
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
from idkeep.checks.keys import UNREAD, UNREAD_WHY, at_key
from idkeep.checks.samples import ANA, NO_REPORT, ago, key, password
from idkeep.checks.users import NO_PASSWORD
from idkeep.model import NotApplicable, Problem, Severity, User

_NEW = replace(ANA, created=ago(100), password=password())


@check(
    User,
    severity=Severity.LOW,
    controls=("leftover-credentials",),
    reads=("access_keys",),
    settings=("unused_after",),
    remedy=Remedy(
        do="Delete it: `aws iam delete-access-key --user-name USER --access-key-id KEY_ID`.",
        may_stop="Nothing stops: an inactive key opens nothing. It can't be made active again "
        "then.",
    ),
    examples=(
        fails(
            replace(ANA, access_keys=(key(age=900, used=46, active=False),)),
            "keeps an inactive access key, last used 46 days ago",
        ),
        fails(
            replace(ANA, access_keys=(key(age=46, used=None, active=False),)),
            "keeps an inactive access key, never used",
        ),
        passes(replace(ANA, access_keys=(key(age=900, used=45, active=False),))),
        passes(replace(ANA, access_keys=(key(age=900),))),
        passes(ANA),
        cannot_tell(UNREAD, UNREAD_WHY),
    ),
)
def inactive_key_left(user: User, estate: Estate) -> Iterator[Said]:
    """An inactive access key was not deleted.

    One call makes it active again, and its secret is as old as it is.
    """
    for one in known(user.access_keys):
        last = one.last_used or one.rotated
        if not one.active and age(estate, last) > estate.settings.unused_after:
            yield Problem(
                f"keeps an inactive access key, {last_use(estate, one)}", at=at_key(one, user)
            )


@check(
    User,
    severity=Severity.LOW,
    controls=("temporary-credentials",),
    reads=("password", "access_keys"),
    remedy=Remedy(
        do="Let the person use `aws login` or `aws sso login`, which give the command line "
        "a session of hours, and delete the key (`aws iam delete-access-key --user-name "
        "USER --access-key-id KEY_ID`); give a program that needs it a role of its own.",
        may_stop="Whatever signs with the key stops working.",
    ),
    examples=(
        fails(
            replace(ANA, password=password(), access_keys=(key(),)),
            "signs in to the console and has an active access key",
        ),
        passes(replace(ANA, password=password(), access_keys=(key(active=False),))),
        passes(replace(ANA, password=password())),
        does_not_apply(replace(ANA, access_keys=(key(),)), NO_PASSWORD),
        cannot_tell(replace(ANA, password=NO_REPORT), UNREAD_WHY),
        cannot_tell(replace(UNREAD, password=password()), UNREAD_WHY),
    ),
)
def key_beside_password(user: User, _: Estate) -> Iterator[Said]:
    """A person who signs in to the console has an access key besides.

    The password is guarded by MFA, the key beside it by nothing; it may do the same.
    """
    if known(user.password) is None:
        yield NotApplicable(NO_PASSWORD)
    elif any(one.active for one in known(user.access_keys)):
        yield Problem("signs in to the console and has an active access key")


@check(
    User,
    severity=Severity.LOW,
    controls=("keys-made-for-use",),
    reads=("password", "access_keys"),
    remedy=Remedy(
        do="Delete it (`aws iam delete-access-key --user-name USER --access-key-id "
        "KEY_ID`): whoever needs one asks for it on the day.",
        may_stop="Nothing stops: the key was never used.",
    ),
    examples=(
        fails(
            replace(_NEW, access_keys=(key(age=100, used=None),)),
            "was given an access key with its password, which was never used",
        ),
        passes(replace(_NEW, access_keys=(key(age=100, used=3),))),
        passes(replace(_NEW, access_keys=(key(age=99, used=None),))),
        passes(replace(_NEW, access_keys=(key(age=100, used=None, active=False),))),
        does_not_apply(replace(_NEW, password=None), NO_PASSWORD),
        cannot_tell(replace(_NEW, password=NO_REPORT), UNREAD_WHY),
        cannot_tell(replace(_NEW, access_keys=NO_REPORT), UNREAD_WHY),
    ),
)
def key_made_with_user(user: User, _: Estate) -> Iterator[Said]:
    """A person was given an access key on the first day, and never used it.

    It was a tick in a form; the file with the secret is in a folder of downloads.
    """
    if known(user.password) is None:
        yield NotApplicable(NO_PASSWORD)
        return
    for one in known(user.access_keys):
        with_it = abs(one.rotated - user.created) <= AT_ONCE
        if one.active and one.last_used is None and with_it:
            yield Problem(
                "was given an access key with its password, which was never used",
                at=at_key(one, user),
            )


CHECKS = (inactive_key_left, key_beside_password, key_made_with_user)
