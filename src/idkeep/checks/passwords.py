"""Checks on console passwords, and on the account's rules for them."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.ages import AT_ONCE, age, how_long_ago
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
from idkeep.checks.samples import ACCOUNT, ANA, NO_REPORT, ago, password
from idkeep.checks.users import NO_PASSWORD
from idkeep.config import Settings
from idkeep.model import (
    Account,
    Gap,
    NotApplicable,
    Password,
    PasswordPolicy,
    Problem,
    Severity,
    User,
)

NO_DATE = Gap("iam:GetCredentialReport", "no date for the password's last change")
UNREAD = replace(ANA, password=NO_REPORT)
UNREAD_WHY = "iam:GetCredentialReport: AccessDenied"
NO_POLICY = Gap("iam:GetAccountPasswordPolicy", "AccessDenied")
UNREAD_POLICY = replace(ACCOUNT, password_policy=NO_POLICY)
STRONG = PasswordPolicy(min_length=14, remembered=24)

# What AWS asks of passwords where the account has no policy of its own.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
AWS_DEFAULT_LENGTH = 8
_NEVER_SIGNED_IN = "never signed in: see never-used-password"
NO_EXPIRY = "the settings ask for no change of passwords by their age"
NO_HISTORY = "the settings don't ask that old passwords are remembered"

AT_NEXT_CHANGE = (
    "Nothing stops today: it binds at each person's next change of password, where one that does "
    "not fit is refused."
)


def setting_policy(what: str, options: str, may_stop: str = AT_NEXT_CHANGE) -> Remedy:
    """What to do by the account's password policy; `options` are those that matter here."""
    return Remedy(
        do=f"{what}: `aws iam update-account-password-policy {options}`. Give the policy's other "
        "options with it: what is left out goes back to AWS's default.",
        may_stop=may_stop,
    )


@check(
    User,
    severity=Severity.LOW,
    controls=("password-age",),
    reads=("password",),
    settings=("max_password_age",),
    remedy=Remedy(
        do="Ask the person to choose a new password under Security credentials in the "
        "console, or remove it if a role or IAM Identity Center has taken its place: "
        f"{NO_PASSWORD}.",
        may_stop="Nothing stops by a new password, and sessions go on; without one the person can "
        "no longer sign in to the console.",
        by="The person changes their own password, where the account lets them.",
    ),
    examples=(
        fails(replace(ANA, password=password(age=366)), "has a console password set 366 days ago"),
        passes(replace(ANA, password=password(age=365))),
        does_not_apply(ANA, NO_PASSWORD),
        cannot_tell(UNREAD, UNREAD_WHY),
        cannot_tell(
            replace(ANA, password=Password(changed=NO_DATE)),
            "iam:GetCredentialReport: no date for the password's last change",
        ),
    ),
)
def old_password(user: User, estate: Estate) -> Iterator[Said]:
    """A console password is older than the settings allow.

    Years are time enough for a password to be reused elsewhere and to leak from there. Current
    NIST guidance asks for no regular change, so this is a low finding beside MFA.
    """
    secret = known(user.password)
    if secret is None:
        yield NotApplicable(NO_PASSWORD)
        return
    if estate.settings.max_password_age is None:
        yield NotApplicable(NO_EXPIRY)
        return
    changed = known(secret.changed)
    if age(estate, changed) > estate.settings.max_password_age:
        yield Problem(f"has a console password set {how_long_ago(estate, changed)}")


_GIVEN = replace(ANA, created=ago(800), password=password(age=800, used=2), mfa_active=True)


@check(
    User,
    severity=Severity.LOW,
    controls=("first-passwords-changed",),
    reads=("created", "password", "mfa_active"),
    remedy=Remedy(
        do="Have the person choose one of their own at the next sign-in: `aws iam "
        "update-login-profile --user-name USER --password-reset-required`.",
        may_stop="Nothing stops but the next sign-in, which asks for a new password; who may not "
        "change their own can't sign in until they may.",
    ),
    examples=(
        fails(_GIVEN, "signs in with the password that it was made with, 800 days ago"),
        fails(
            replace(_GIVEN, mfa_active=False),
            "signs in with the password that it was made with, 800 days ago",
        ),
        passes(replace(_GIVEN, password=password(age=799, used=2))),
        passes(replace(_GIVEN, mfa_active=NO_REPORT, password=password(age=30))),
        does_not_apply(replace(_GIVEN, password=password(age=800, used=None)), _NEVER_SIGNED_IN),
        does_not_apply(ANA, NO_PASSWORD),
        cannot_tell(UNREAD, UNREAD_WHY),
        cannot_tell(
            replace(_GIVEN, password=Password(changed=NO_DATE, last_used=ago(2))),
            "iam:GetCredentialReport: no date for the password's last change",
        ),
    ),
)
def first_password_kept(user: User, estate: Estate) -> Iterator[Said]:
    """A person still signs in with the password that the user was made with.

    Whoever made the user chose it or passed it on, so two know it, and it may stand in a mail or a
    script. AWS tells when a password was set and not by whom: one that was given later is not
    told apart from one that the person chose, and is no matter of this check.
    """
    secret = known(user.password)
    if secret is None:
        yield NotApplicable(NO_PASSWORD)
        return
    if secret.last_used is None:
        yield NotApplicable(_NEVER_SIGNED_IN)
        return
    if abs(known(secret.changed) - user.created) > AT_ONCE:
        return
    alone = user.mfa_active is False
    yield Problem(
        f"signs in with the password that it was made with, {how_long_ago(estate, user.created)}",
        severity=Severity.MEDIUM if alone else None,
        because="no second factor is asked for" if alone else "",
    )


@check(
    User,
    severity=Severity.MEDIUM,
    controls=("unused-credentials",),
    reads=("password",),
    settings=("unused_after",),
    remedy=Remedy(
        do="Remove the password: `aws iam delete-login-profile --user-name USER`. Whoever "
        "never signed in does not need it.",
        may_stop="Nothing that works today stops: nobody ever signed in with it. The user's "
        "access keys go on working.",
    ),
    examples=(
        fails(
            replace(ANA, password=password(age=46, used=None)),
            "has a console password set 46 days ago that was never used",
        ),
        passes(replace(ANA, password=password(age=45, used=None))),
        passes(replace(ANA, password=password(age=300, used=200))),
        does_not_apply(ANA, NO_PASSWORD),
        cannot_tell(UNREAD, UNREAD_WHY),
        cannot_tell(
            replace(ANA, password=Password(changed=NO_DATE)),
            "iam:GetCredentialReport: no date for the password's last change",
        ),
    ),
)
def never_used_password(user: User, estate: Estate) -> Iterator[Said]:
    """A console password was set a while ago and never used.

    It may still be the one that was sent by mail on the first day.
    """
    secret = known(user.password)
    if secret is None:
        yield NotApplicable(NO_PASSWORD)
        return
    if secret.last_used is not None:
        return
    changed = known(secret.changed)
    if age(estate, changed) > estate.settings.unused_after:
        yield Problem(
            f"has a console password set {how_long_ago(estate, changed)} that was never used"
        )


@check(
    User,
    severity=Severity.MEDIUM,
    controls=("unused-credentials",),
    reads=("password",),
    settings=("unused_after",),
    remedy=Remedy(
        do="Ask whether the person still needs it; if not, or if they left, remove the "
        "password: `aws iam delete-login-profile --user-name USER`.",
        may_stop="The person can no longer sign in to the console as this user; its access keys "
        "go on working.",
    ),
    examples=(
        fails(
            replace(ANA, password=password(used=46)),
            "has a console password last used 46 days ago",
        ),
        passes(replace(ANA, password=password(used=45))),
        passes(replace(ANA, password=password(used=None))),
        does_not_apply(ANA, NO_PASSWORD),
        cannot_tell(UNREAD, UNREAD_WHY),
    ),
)
def unused_password(user: User, estate: Estate) -> Iterator[Said]:
    """A console password has not been used for a while.

    The owner may have left, or works in another way now; the door stays open.
    """
    secret = known(user.password)
    if secret is None:
        yield NotApplicable(NO_PASSWORD)
    elif secret.last_used and age(estate, secret.last_used) > estate.settings.unused_after:
        yield Problem(f"has a console password last used {how_long_ago(estate, secret.last_used)}")


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("password-length",),
    reads=("password_policy",),
    settings=("min_password_length",),
    remedy=setting_policy(
        "Set the minimum length in the account's password policy",
        "--minimum-password-length LENGTH",
    ),
    examples=(
        fails(ACCOUNT, "has no password policy, so AWS's default of 8 characters is enough"),
        fails(
            replace(ACCOUNT, password_policy=replace(STRONG, min_length=13)),
            "takes passwords of 13 characters",
        ),
        fails(
            replace(ACCOUNT, password_policy=STRONG),
            "takes passwords of 14 characters",
            settings=Settings(min_password_length=15),
        ),
        passes(replace(ACCOUNT, password_policy=STRONG)),
        passes(replace(ACCOUNT, password_policy=replace(STRONG, min_length=20))),
        cannot_tell(UNREAD_POLICY, "iam:GetAccountPasswordPolicy: AccessDenied"),
    ),
)
def short_passwords(account: Account, estate: Estate) -> Iterator[Said]:
    """The account takes shorter passwords than the settings ask for.

    Length is what keeps a password from being guessed, far more than its mix of characters.
    """
    policy = known(account.password_policy)
    if policy is None:
        words = f"has no password policy, so AWS's default of {AWS_DEFAULT_LENGTH} characters"
        yield _of_policy(f"{words} is enough", estate)
    elif policy.min_length < estate.settings.min_password_length:
        yield _of_policy(f"takes passwords of {policy.min_length} characters", estate)


def _of_policy(words: str, estate: Estate) -> Problem:
    idle = nobody_signs_in(estate)
    return Problem(
        words,
        severity=Severity.LOW if idle else None,
        because="no user of the account has a password" if idle else "",
    )


def nobody_signs_in(estate: Estate) -> bool:
    """Whether it is known that no user has a password that a policy could be about."""
    snapshot = estate.snapshot
    return not snapshot.missing(User) and all(one.password is None for one in snapshot.users)


@check(
    Account,
    severity=Severity.LOW,
    controls=("password-reuse",),
    reads=("password_policy",),
    settings=("min_passwords_remembered",),
    remedy=setting_policy(
        "Let the account's password policy remember more passwords (AWS keeps 24 at most)",
        "--password-reuse-prevention 24",
    ),
    examples=(
        fails(ACCOUNT, "lets people use an old password again"),
        fails(
            replace(ACCOUNT, password_policy=replace(STRONG, remembered=None)),
            "lets people use an old password again",
        ),
        fails(
            replace(ACCOUNT, password_policy=replace(STRONG, remembered=5)),
            "lets people use a password again after 5 others",
        ),
        passes(replace(ACCOUNT, password_policy=STRONG)),
        passes(
            replace(ACCOUNT, password_policy=replace(STRONG, remembered=6)),
            settings=Settings(min_passwords_remembered=5),
        ),
        cannot_tell(UNREAD_POLICY, "iam:GetAccountPasswordPolicy: AccessDenied"),
    ),
)
def reused_passwords(account: Account, estate: Estate) -> Iterator[Said]:
    """The account lets people choose an old password again.

    A password that leaked once comes back with it.
    """
    if estate.settings.min_passwords_remembered is None:
        yield NotApplicable(NO_HISTORY)
        return
    policy = known(account.password_policy)
    remembered = policy.remembered if policy else None
    if not remembered:
        yield Problem("lets people use an old password again")
    elif remembered < estate.settings.min_passwords_remembered:
        yield Problem(f"lets people use a password again after {remembered} others")


CHECKS = (
    old_password,
    first_password_kept,
    never_used_password,
    unused_password,
    short_passwords,
    reused_passwords,
)
