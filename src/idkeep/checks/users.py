"""Checks on IAM users."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import Said, cannot_tell, check, does_not_apply, fails, known, passes
from idkeep.checks.samples import ANA, APP, NO_REPORT, NO_VIRTUAL, password
from idkeep.model import NotApplicable, Problem, Severity, User

NO_PASSWORD = "has no console password"  # noqa: S105 -- a sentence


@check(
    User,
    severity=Severity.HIGH,
    controls=("human-mfa",),
    reads=("password", "mfa_active", "virtual_mfa"),
    remedy="Have the person register a passkey or an authenticator app, or remove the console "
    "password if nobody signs in with it. Better still, move people to IAM Identity Center.",
    examples=(
        fails(replace(ANA, password=password()), "can sign in with a password alone"),
        passes(replace(ANA, password=password(), mfa_active=True)),
        # The report is up to four hours old; the list of authenticator apps is live.
        passes(replace(ANA, password=password(), virtual_mfa=(APP,))),
        passes(replace(ANA, password=password(), mfa_active=True, virtual_mfa=NO_VIRTUAL)),
        does_not_apply(ANA, NO_PASSWORD),
        cannot_tell(
            replace(ANA, password=NO_REPORT, mfa_active=NO_REPORT),
            "iam:GetCredentialReport: AccessDenied",
        ),
        cannot_tell(
            replace(ANA, password=password(), virtual_mfa=NO_VIRTUAL),
            "iam:ListVirtualMFADevices: AccessDenied",
        ),
    ),
)
def console_user_without_mfa(user: User, _: Estate) -> Iterator[Said]:
    """A person can sign in to the console with a password alone.

    One leaked or guessed password is then the whole attack. A device registered since AWS made
    the credential report counts where AWS lists it, which it does for authenticator apps.
    """
    if known(user.password) is None:
        yield NotApplicable(NO_PASSWORD)
    elif not known(user.mfa_active) and not known(user.virtual_mfa):
        yield Problem("can sign in with a password alone")


CHECKS = (console_user_without_mfa,)
