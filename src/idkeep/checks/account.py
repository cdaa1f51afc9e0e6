"""Checks on the account itself."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import Said, cannot_tell, check, fails, known, passes
from idkeep.checks.samples import ACCOUNT
from idkeep.model import Account, AlternateContact, Arn, Caller, Gap, Problem, Severity

SECURITY_TEAM = AlternateContact(name="Security team", email="security@example.com")
AS_ROOT = Caller(arn="arn:aws:iam::111122223333:root", user_id="111122223333")


@check(
    Account,
    severity=Severity.CRITICAL,
    controls=("root-not-used", "root-no-access-keys"),
    reads=("caller",),
    remedy="Stop here. Make a role with the policy that `idkeep permissions` prints, scan with "
    "that, and delete the root user's access key.",
    examples=(
        fails(replace(ACCOUNT, caller=AS_ROOT), "was scanned with the root user's credentials"),
        passes(ACCOUNT),
        cannot_tell(
            replace(ACCOUNT, caller=Gap("sts:GetCallerIdentity", "not in the folder")),
            "sts:GetCallerIdentity: not in the folder",
        ),
    ),
)
def scanned_as_root(account: Account, _: Estate) -> Iterator[Said]:
    """The scan itself ran with the root user's credentials.

    A machine that holds root's credentials can lose them, and no policy limits what their finder
    may do. Reading an account needs a handful of read-only permissions.
    """
    if Arn.parse(known(account.caller).arn).resource == "root":
        yield Problem("was scanned with the root user's credentials")


@check(
    Account,
    severity=Severity.MEDIUM,
    controls=("security-contact",),
    reads=("security_contact",),
    remedy="Name a security contact under Account in the console, or with "
    "`aws account put-alternate-contact`; choose a mailbox that several people read.",
    examples=(
        fails(ACCOUNT, "has no security contact"),
        passes(replace(ACCOUNT, security_contact=SECURITY_TEAM)),
        cannot_tell(
            replace(
                ACCOUNT,
                security_contact=Gap("account:GetAlternateContact", "AccessDeniedException"),
            ),
            "account:GetAlternateContact: AccessDeniedException",
        ),
    ),
)
def no_security_contact(account: Account, _: Estate) -> Iterator[Said]:
    """AWS has nobody to tell when it sees the account abused.

    Its warnings of leaked keys and abuse then go to the root user's mailbox alone.
    """
    if known(account.security_contact) is None:
        yield Problem("has no security contact")


CHECKS = (scanned_as_root, no_security_contact)
