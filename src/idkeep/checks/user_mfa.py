"""Checks on users' MFA: what kind, how many, and whether it is asked for."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.access.without_mfa import By, without_mfa
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
from idkeep.checks.policies.samples import EVERYTHING, LOST, LOST_WHY, user
from idkeep.checks.policies.words import listed, unread, with_proviso
from idkeep.checks.samples import APP, NO_REPORT, NO_VIRTUAL, allow, key, password
from idkeep.checks.users import NO_PASSWORD
from idkeep.model import (
    Gap,
    MfaDevice,
    MfaKind,
    NotApplicable,
    Problem,
    Severity,
    Unknown,
    User,
)

PASSKEY = MfaDevice(serial="arn:aws:iam::111122223333:u2f/user/ana/one", kind=MfaKind.FIDO)
SPARE = MfaDevice(serial="arn:aws:iam::111122223333:u2f/user/ana/two", kind=MfaKind.FIDO)
TOKEN = MfaDevice(serial="GAHT12345678", kind=MfaKind.HARDWARE)
NO_DEVICES = Gap("iam:ListMFADevices", "AccessDenied")
NO_MFA = "has no MFA device: see console-user-without-mfa"
_DEVICES = ("password", "mfa_active", "virtual_mfa", "mfa_devices")
_KEYED = replace(
    user("ana", password=password()), mfa_active=True, virtual_mfa=(), mfa_devices=(PASSKEY,)
)
_WITH_APP = replace(_KEYED, virtual_mfa=(APP,), mfa_devices=())
_WORDS = {
    MfaKind.SMS: "a code sent by SMS",
    MfaKind.HARDWARE: "a code from a hardware token",
    MfaKind.OTHER: "a device of a kind that is not known here",
}


@check(
    User,
    severity=Severity.LOW,
    controls=("phishing-resistant-mfa",),
    reads=_DEVICES,
    remedy=Remedy(
        do="Have the person register a passkey or security key (under Security credentials "
        "in the console), try it, and then take the other away: `aws iam "
        "deactivate-mfa-device --user-name USER --serial-number SERIAL`. As long as it "
        "is registered, it is accepted.",
        may_stop="Commands that ask for a code of the app (`aws sts get-session-token` with a "
        "token code) stop working: a passkey or security key gives no code on the "
        "command line.",
        by="The person registers the new device, where policies let them.",
    ),
    examples=(
        fails(_WITH_APP, "accepts a code from an authenticator app as second factor"),
        fails(
            replace(_KEYED, mfa_devices=(TOKEN,)),
            "accepts a code from a hardware token as second factor",
        ),
        passes(_KEYED),
        does_not_apply(user("ana"), NO_PASSWORD),
        does_not_apply(replace(_KEYED, mfa_active=False, mfa_devices=(), virtual_mfa=()), NO_MFA),
        cannot_tell(replace(_KEYED, password=NO_REPORT), str(NO_REPORT)),
        cannot_tell(replace(_KEYED, virtual_mfa=NO_VIRTUAL), str(NO_VIRTUAL)),
        cannot_tell(replace(_KEYED, mfa_devices=NO_DEVICES), str(NO_DEVICES)),
    ),
)
def user_mfa_can_be_phished(user: User, estate: Estate) -> Iterator[Said]:
    """A user's second factor is a code, which can be typed into a false page.

    Passkeys and security keys answer only the real one. For an administrator this is the second
    half of what protects the account. Where an authenticator app is listed other devices are not
    asked for: it is accepted whatever is there besides.
    """
    if known(user.password) is None:
        yield NotApplicable(NO_PASSWORD)
        return
    if known(user.mfa_active) is False:
        yield NotApplicable(NO_MFA)
        return
    if known(user.virtual_mfa):
        yield _phished("a code from an authenticator app", user, estate)
        return
    devices = known(user.mfa_devices)
    for kind in dict.fromkeys(one.kind for one in devices):
        if kind in _WORDS:
            yield _phished(_WORDS[kind], user, estate)


def _phished(words: str, user: User, estate: Estate) -> Problem:
    administrator = powers(estate.engine)[user.arn].rule is not Rule.NO
    return Problem(
        f"accepts {words} as second factor",
        at=words,
        severity=Severity.HIGH if administrator else None,
        because="it is an administrator" if administrator else "",
    )


_MORE_UNKNOWN = "beside an authenticator app, the user's other devices are not listed"
_BOSS = replace(
    user("ana", EVERYTHING, password=password()),
    mfa_active=True,
    virtual_mfa=(),
    mfa_devices=(PASSKEY,),
)


@check(
    User,
    severity=Severity.LOW,
    controls=("administrator-recovery",),
    reads=(*_DEVICES, "inline_policies", "attached_policies", "groups", "boundary"),
    remedy=Remedy(
        do="Register a second passkey or security key under Security credentials in the "
        "console, and keep it elsewhere; IAM takes eight. A token that shows codes can "
        "be registered for the person: `aws iam enable-mfa-device --user-name USER "
        "--serial-number SERIAL --authentication-code1 CODE1 --authentication-code2 "
        "CODE2`.",
        may_stop="Nothing stops: the first device goes on working.",
        by="The person registers a passkey or security key, where policies let them.",
    ),
    examples=(
        fails(_BOSS, "is an administrator with a single MFA device"),
        passes(replace(_BOSS, mfa_devices=(PASSKEY, SPARE))),
        passes(
            replace(_BOSS, virtual_mfa=(APP, replace(APP, serial=f"{APP.serial}2")), mfa_devices=())
        ),
        does_not_apply(_KEYED, "is no administrator"),
        does_not_apply(user("ana", EVERYTHING), NO_PASSWORD),
        does_not_apply(replace(_BOSS, mfa_active=False, mfa_devices=()), NO_MFA),
        cannot_tell(replace(_BOSS, virtual_mfa=(APP,)), _MORE_UNKNOWN),
        cannot_tell(replace(_BOSS, mfa_devices=NO_DEVICES), str(NO_DEVICES)),
        cannot_tell(replace(_KEYED, attached_policies=(LOST,)), LOST_WHY),
    ),
)
def administrator_has_one_mfa_device(user: User, estate: Estate) -> Iterator[Said]:
    """An administrator who signs in has a single MFA device.

    The day it breaks is the day when it is needed, of a break-glass user above all.
    """
    if gaps := tuple(unread(estate, user)):
        yield from gaps
        return
    if powers(estate.engine)[user.arn].rule is Rule.NO:
        yield NotApplicable("is no administrator")
        return
    if known(user.password) is None:
        yield NotApplicable(NO_PASSWORD)
        return
    if known(user.mfa_active) is False:
        yield NotApplicable(NO_MFA)
        return
    apps = known(user.virtual_mfa)
    if len(apps) > 1:
        return
    if apps:
        yield Unknown(_MORE_UNKNOWN)
        return
    if len(known(user.mfa_devices)) == 1:
        yield Problem("is an administrator with a single MFA device")


_GRANTS = ("inline_policies", "attached_policies", "groups", "boundary")
_NO_MFA_NO = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
_ONLY_CONSOLE = {"Bool": {"aws:MultiFactorAuthPresent": "false"}}
_NEEDED = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices"]


def _unless_mfa(condition: object, *left: str) -> dict[str, object]:
    return {
        "Effect": "Deny",
        "NotAction": [*_NEEDED, *left],
        "Resource": "*",
        "Condition": condition,
    }


def _person(*statements: dict[str, object], **facts: object) -> User:
    return user("ana", *statements, password=password(), **facts)


_MANY = allow(["ec2:*", "s3:*"])
_NEVER = "is never asked for MFA by its policies"


@check(
    User,
    severity=Severity.MEDIUM,
    controls=("mfa-enforced",),
    reads=(*_GRANTS, "password", "mfa_active", "virtual_mfa"),
    remedy=Remedy(
        do="Once everybody has a device, deny everything but the registration of one where "
        "`aws:MultiFactorAuthPresent` is false, with `BoolIfExists` (AWS's example "
        "policy 'AllowManageOwn…WithMFA'): `aws iam put-group-policy --group-name GROUP "
        "--policy-name RequireMFA --policy-document file://policy.json`.",
        may_stop="Whoever has no device registered can only register one then, and access keys "
        "work only in a session that was begun with a code.",
    ),
    examples=(
        fails(_person(_MANY), _NEVER),
        fails(
            _person(_MANY, _unless_mfa(_NO_MFA_NO, "s3:GetObject", "s3:PutObject")),
            "is left 2 actions without MFA though its policies ask for it: s3:GetObject, "
            "s3:PutObject",
        ),
        fails(_person(allow("s3:GetObject", "arn:aws:s3:::one/*")), _NEVER),
        passes(_person(_MANY, _unless_mfa(_NO_MFA_NO))),
        passes(_person(_MANY, _unless_mfa(_ONLY_CONSOLE))),
        passes(_person(allow("s3:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}))),
        passes(_person()),
        does_not_apply(user("ana", _MANY), NO_PASSWORD),
        cannot_tell(_person(attached_policies=(LOST,)), LOST_WHY),
        cannot_tell(user("ana", _MANY, password=NO_REPORT), str(NO_REPORT)),
    ),
)
def mfa_not_enforced(user: User, estate: Estate) -> Iterator[Said]:
    """A person may act in the console without MFA, as far as policies go.

    A device that is registered is asked for at sign-in; whoever has none, or takes it off, is
    asked for nothing unless a policy denies the rest. Whether one does is decided for every
    action, so a policy that asks and leaves holes is told apart from one that works.
    """
    if known(user.password) is None:
        yield NotApplicable(NO_PASSWORD)
        return
    if gaps := tuple(unread(estate, user)):
        yield from gaps
        return
    found = without_mfa(estate.engine, user, By.CONSOLE)
    if found.unknown:
        yield Unknown(found.unknown)
    if not found.actions:
        return
    has_device = user.mfa_active is True
    count = "1 action" if len(found.actions) == 1 else f"{len(found.actions)} actions"
    left = f"is left {count} without MFA though its policies ask for it: {listed(found.actions)}"
    yield Problem(
        with_proviso(left if found.asked else _NEVER, found.proviso),
        severity=Severity.LOW if has_device else None,
        because="it has a device, which is asked for at sign-in" if has_device else "",
    )


_HOLE = _person(_MANY, _unless_mfa(_ONLY_CONSOLE), access_keys=(key(),))


@check(
    User,
    severity=Severity.HIGH,
    controls=("mfa-enforced",),
    reads=(*_GRANTS, "password", "access_keys"),
    remedy=Remedy(
        do="Write the condition on `aws:MultiFactorAuthPresent` with `BoolIfExists`: a "
        "request that an access key signs lacks the key, and `Bool` lets it pass. `aws "
        "iam create-policy-version --policy-arn POLICY_ARN --policy-document "
        "file://policy.json --set-as-default`, or for an inline policy `aws iam "
        "put-user-policy --user-name USER --policy-name POLICY --policy-document "
        "file://policy.json`.",
        may_stop="What signs with the person's access key alone is refused: the person begins "
        "with `aws sts get-session-token --serial-number SERIAL --token-code CODE`.",
    ),
    examples=(
        fails(_HOLE, "is asked for MFA in the console and not with its access key"),
        passes(
            _person(_MANY, _unless_mfa(_NO_MFA_NO), access_keys=(key(),)),
        ),
        does_not_apply(_person(_MANY, access_keys=(key(),)), "its policies ask for no MFA"),
        does_not_apply(_person(_MANY), "has no active access key"),
        does_not_apply(user("bot", _MANY, access_keys=(key(),)), NO_PASSWORD),
        cannot_tell(replace(_HOLE, access_keys=NO_REPORT), str(NO_REPORT)),
        cannot_tell(replace(_HOLE, attached_policies=(LOST,)), LOST_WHY),
    ),
)
def mfa_not_enforced_for_keys(user: User, estate: Estate) -> Iterator[Said]:
    """A person's policies ask for MFA in the console, and not where an access key signs.

    The key is what gets lost, and it opens all that MFA was to guard.
    """
    if known(user.password) is None:
        yield NotApplicable(NO_PASSWORD)
        return
    if not any(one.active for one in known(user.access_keys)):
        yield NotApplicable("has no active access key")
        return
    if gaps := tuple(unread(estate, user)):
        yield from gaps
        return
    console = without_mfa(estate.engine, user, By.CONSOLE)
    if not console.asked:
        yield NotApplicable("its policies ask for no MFA")
        return
    signed = without_mfa(estate.engine, user, By.KEY)
    if len(signed.actions) > len(console.actions):
        yield Problem("is asked for MFA in the console and not with its access key")
    elif signed.unknown:
        yield Unknown(signed.unknown)


CHECKS = (
    user_mfa_can_be_phished,
    administrator_has_one_mfa_device,
    mfa_not_enforced,
    mfa_not_enforced_for_keys,
)
