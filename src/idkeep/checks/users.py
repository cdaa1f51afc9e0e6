"""Checks on IAM users."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
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
from idkeep.checks.samples import ANA, NO_REPORT, NO_VIRTUAL, password
from idkeep.model import NotApplicable, Problem, Severity, User

NO_PASSWORD = "has no console password"  # noqa: S105 -- a sentence


@check(
    User,
    severity=Severity.HIGH,
    controls=("human-mfa",),
    reads=("password", "mfa_active", "virtual_mfa"),
    remedy=Remedy(
        do="Have the person register a passkey or an authenticator app under Security "
        "credentials in the console, or remove the console password if nobody signs in "
        "with it (`aws iam delete-login-profile --user-name USER`). Better still, move "
        "people to IAM Identity Center.",
        may_stop="Nothing stops by a device; without the password the person can no longer sign "
        "in to the console.",
        by="The person registers the device, where policies let them.",
    ),
    examples=(
        fails(replace(ANA, password=password()), "can sign in with a password alone"),
        passes(replace(ANA, password=password(), mfa_active=True)),
        passes(replace(ANA, password=password(), mfa_active=True, virtual_mfa=NO_VIRTUAL)),
        does_not_apply(ANA, NO_PASSWORD),
        cannot_tell(
            replace(ANA, password=NO_REPORT, mfa_active=NO_REPORT),
            "iam:GetCredentialReport: AccessDenied",
        ),
        cannot_tell(replace(ANA, password=password(), mfa_active=NO_VIRTUAL), str(NO_VIRTUAL)),
    ),
)
def console_user_without_mfa(user: User, _: Estate) -> Iterator[Said]:
    """A person can sign in to the console with a password alone.

    One leaked or guessed password is then the whole attack. A device registered since AWS made
    the credential report counts where AWS lists it, which it does for authenticator apps.
    """
    if known(user.password) is None:
        yield NotApplicable(NO_PASSWORD)
    elif not known(user.mfa_active):
        yield Problem("can sign in with a password alone")


CHECKS = (console_user_without_mfa,)
