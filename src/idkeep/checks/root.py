"""Checks on the root user."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.ages import age, days, how_long_ago, last_use
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
from idkeep.checks.samples import APP, NO_REPORT, NO_SUMMARY, NO_VIRTUAL, ROOT, ago, key
from idkeep.model import AccessKey, Gap, NotApplicable, NotAsked, Problem, Root, Severity

GOVCLOUD = replace(ROOT, arn="arn:aws-us-gov:iam::111122223333:root", has_mfa=False)
CHINA = replace(GOVCLOUD, arn="arn:aws-cn:iam::111122223333:root", has_access_keys=True)
NO_PASSWORD = "root has no password"  # noqa: S105 -- a sentence
GOVCLOUD_ROOT = "root of a GovCloud account has no console sign-in"
CHINA_ROOT = "there is no root user in the regions of China"
# https://docs.amazonaws.cn/en_us/IAM/latest/UserGuide/id_root-user.html
NO_ROOT = {"aws-cn": CHINA_ROOT}
# AWS GovCloud (US) User Guide, "AWS account root user"
NO_SIGN_IN = {**NO_ROOT, "aws-us-gov": GOVCLOUD_ROOT}
NO_MFA = "root has no MFA at all: see root-without-mfa"


@check(
    Root,
    severity=Severity.CRITICAL,
    controls=("root-no-access-keys",),
    reads=("has_access_keys", "access_keys"),
    remedy=Remedy(
        do="Find what signs with the key (its last use says where), give that a role, make "
        "the key inactive (`aws iam update-access-key --access-key-id KEY_ID --status "
        "Inactive`), wait, then delete it (`aws iam delete-access-key --access-key-id "
        "KEY_ID`), both signed in as root.",
        may_stop="What still signs with the key stops working as soon as the key is inactive; "
        "until it is deleted it can be made active again.",
        by="The root user itself, signed in; in a member account of an organisation that "
        "manages root access centrally also a root session of the management account.",
        only=(),
    ),
    examples=(
        fails(
            replace(ROOT, has_access_keys=True, access_keys=(key(age=900, used=400),)),
            "has an access key (900 days old, last used 400 days ago)",
        ),
        fails(
            replace(
                ROOT,
                has_access_keys=True,
                access_keys=(key(1, age=9), key(2, used=None, active=False)),
            ),
            "has 2 access keys (9 days old, last used 1 day ago; "
            "10 days old, never used, inactive)",
        ),
        fails(replace(ROOT, has_access_keys=True, access_keys=NO_REPORT), "has an access key"),
        fails(replace(ROOT, has_access_keys=True), "has an access key"),
        passes(ROOT),
        passes(replace(ROOT, access_keys=NO_REPORT)),
        does_not_apply(CHINA, CHINA_ROOT),
        cannot_tell(
            replace(ROOT, has_access_keys=NO_SUMMARY), "iam:GetAccountSummary: AccessDenied"
        ),
    ),
)
def root_access_key(root: Root, estate: Estate) -> Iterator[Said]:
    """The root user has an access key.

    A root key can do everything, no policy of the account can limit it, and MFA does not guard
    it. Whoever finds it in a repository or a backup owns the account.
    """
    if reason := NO_ROOT.get(root.partition):
        yield NotApplicable(reason)
        return
    # Whether there is a key is live; how old it is comes from the report, which may be stale.
    if not known(root.has_access_keys):
        return
    keys = () if isinstance(root.access_keys, Gap | NotAsked) else root.access_keys
    count = "an access key" if len(keys) <= 1 else f"{len(keys)} access keys"
    told = "; ".join(_about(one, estate) for one in keys)
    yield Problem(f"has {count} ({told})" if told else f"has {count}")


def _about(one: AccessKey, estate: Estate) -> str:
    inactive = "" if one.active else ", inactive"
    return f"{days(estate, one.rotated)} old, {last_use(estate, one)}{inactive}"


@check(
    Root,
    severity=Severity.CRITICAL,
    controls=("root-mfa",),
    reads=("has_mfa", "has_password"),
    remedy=Remedy(
        do="Sign in as root and register two passkeys or security keys under Security "
        "credentials, kept in different places. For a member of an organisation, manage "
        "root access centrally and delete its credentials instead.",
        may_stop="Nothing stops: from then on whoever signs in as root needs one of the devices.",
        by="The root user itself, signed in to the console.",
    ),
    examples=(
        fails(replace(ROOT, has_mfa=False), "can sign in with a password alone"),
        passes(ROOT),
        passes(replace(ROOT, has_password=NO_SUMMARY)),
        passes(replace(ROOT, has_password=False)),
        does_not_apply(replace(ROOT, has_mfa=False, has_password=False), NO_PASSWORD),
        does_not_apply(GOVCLOUD, GOVCLOUD_ROOT),
        cannot_tell(replace(ROOT, has_mfa=NO_SUMMARY), "iam:GetAccountSummary: AccessDenied"),
        cannot_tell(
            replace(ROOT, has_mfa=False, has_password=NO_SUMMARY),
            "iam:GetAccountSummary: AccessDenied",
        ),
    ),
)
def root_without_mfa(root: Root, _: Estate) -> Iterator[Said]:
    """The root user can sign in without MFA.

    One password, or one reset mail to the root mailbox, is then the whole way in.
    """
    if reason := NO_SIGN_IN.get(root.partition):
        yield NotApplicable(reason)
    elif not known(root.has_mfa):
        if known(root.has_password):
            yield Problem("can sign in with a password alone")
        else:
            yield NotApplicable(NO_PASSWORD)


@check(
    Root,
    severity=Severity.MEDIUM,
    controls=("root-mfa-phishing-resistant",),
    reads=("has_mfa", "virtual_mfa", "has_password"),
    remedy=Remedy(
        do="Register a passkey or security key for root under Security credentials, test "
        "it, then remove the authenticator app: as long as it is registered, it is "
        "accepted.",
        may_stop="Nothing stops if the new device was tried first; whoever has only the app can "
        "then no longer sign in as root.",
        by="The root user itself, signed in to the console.",
    ),
    examples=(
        fails(
            replace(ROOT, virtual_mfa=(APP,)),
            "accepts a code from an authenticator app as second factor",
        ),
        passes(ROOT),
        does_not_apply(replace(ROOT, has_mfa=False), NO_MFA),
        does_not_apply(replace(ROOT, virtual_mfa=(APP,), has_password=False), NO_PASSWORD),
        does_not_apply(GOVCLOUD, GOVCLOUD_ROOT),
        cannot_tell(replace(ROOT, has_mfa=NO_SUMMARY), "iam:GetAccountSummary: AccessDenied"),
        cannot_tell(
            replace(ROOT, virtual_mfa=NO_VIRTUAL), "iam:ListVirtualMFADevices: AccessDenied"
        ),
        cannot_tell(
            replace(ROOT, virtual_mfa=(APP,), has_password=NO_SUMMARY),
            "iam:GetAccountSummary: AccessDenied",
        ),
    ),
)
def root_mfa_can_be_phished(root: Root, _: Estate) -> Iterator[Said]:
    """The root user's MFA is an authenticator app, whose codes can be phished.

    A code typed into a false sign-in page is a code given away; passkeys and security keys
    only answer the real page. AWS lists root's authenticator apps and no other devices, so
    root with MFA and without an app has a passkey, a security key or a hardware token.
    """
    if reason := NO_SIGN_IN.get(root.partition):
        yield NotApplicable(reason)
    elif not known(root.has_mfa):
        yield NotApplicable(NO_MFA)
    elif known(root.virtual_mfa):
        if known(root.has_password):
            yield Problem("accepts a code from an authenticator app as second factor")
        else:
            yield NotApplicable(NO_PASSWORD)


@check(
    Root,
    severity=Severity.MEDIUM,
    controls=("root-not-used",),
    reads=("password_last_used",),
    settings=("root_unused_for",),
    remedy=Remedy(
        do="Find out who signed in and what for (`aws cloudtrail lookup-events "
        "--lookup-attributes AttributeKey=Username,AttributeValue=root`). Give that task "
        "to a role, and keep root for the few tasks that only root can do.",
        may_stop="Nothing stops: root can still sign in; whoever used it works with the role "
        "instead.",
        by="Whoever may make roles makes the role; to leave root alone is up to the people "
        "who may sign in with it.",
    ),
    examples=(
        fails(replace(ROOT, password_last_used=ago(3)), "signed in 3 days ago"),
        fails(replace(ROOT, password_last_used=ago(90)), "signed in 90 days ago"),
        passes(replace(ROOT, password_last_used=ago(91))),
        does_not_apply(replace(GOVCLOUD, password_last_used=ago(3)), GOVCLOUD_ROOT),
        passes(ROOT),
        cannot_tell(
            replace(ROOT, password_last_used=NO_REPORT), "iam:GetCredentialReport: AccessDenied"
        ),
    ),
)
def root_password_used_lately(root: Root, estate: Estate) -> Iterator[Said]:
    """Somebody signed in as root within the time that the settings allow.

    Root's acts can't be limited by the account's policies and name nobody. Daily work done as
    root also hides the day when somebody else does it.
    """
    if reason := NO_SIGN_IN.get(root.partition):
        yield NotApplicable(reason)
        return
    used = known(root.password_last_used)
    if used is not None and age(estate, used) <= estate.settings.root_unused_for:
        yield Problem(f"signed in {how_long_ago(estate, used)}")


CHECKS = (
    root_access_key,
    root_without_mfa,
    root_mfa_can_be_phished,
    root_password_used_lately,
)
