"""Checks on what root has to sign in with, and on its management from the organisation."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.ages import age, last_use
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
from idkeep.checks.membership import Standing, standing
from idkeep.checks.root import (
    CHINA,
    CHINA_ROOT,
    GOVCLOUD,
    GOVCLOUD_ROOT,
    NO_MFA,
    NO_PASSWORD,
    NO_ROOT,
    NO_SIGN_IN,
)
from idkeep.checks.samples import (
    ACCOUNT,
    APP,
    NO_REPORT,
    NO_SUMMARY,
    NO_VIRTUAL,
    NOW,
    ORGANIZATION,
    ROOT,
    key,
)
from idkeep.config import RootRegister, Settings
from idkeep.model import (
    Account,
    DelegatedAdministrator,
    DelegatedService,
    Gap,
    NotApplicable,
    NotAsked,
    NotToldHere,
    Problem,
    Root,
    RootFeatures,
    Severity,
    TrustedAccess,
    Unknown,
)

NO_ORGANIZATION = Gap("organizations:DescribeOrganization", "AccessDeniedException")
MANAGEMENT = replace(ORGANIZATION, management_account=ACCOUNT.id)
NOT_CENTRAL = "manages its organisation, and its own root can't be managed from above"
BARE = replace(ROOT, has_mfa=False, has_password=False)
SECOND_APP = replace(APP, serial="arn:aws:iam::111122223333:mfa/spare")

_CREDENTIALS = (
    ("has_password", "a password", None, ""),
    ("has_access_keys", "an access key", Severity.HIGH, "a key works without MFA"),
    ("has_certificates", "a signing certificate", None, ""),
)


@check(
    Root,
    severity=Severity.MEDIUM,
    controls=("root-managed-centrally",),
    reads=("has_password", "has_access_keys", "has_certificates"),
    remedy=Remedy(
        do="Delete them from the management account: open a root session with `aws sts "
        "assume-root --target-principal ACCOUNT --task-policy-arn "
        "arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials`, and in it "
        "call `aws iam delete-login-profile`, `aws iam delete-access-key --access-key-id "
        "KEY_ID`, `aws iam delete-signing-certificate --certificate-id CERTIFICATE_ID` "
        "or `aws iam deactivate-mfa-device --serial-number SERIAL`.",
        may_stop="What signs with the root user's key stops working, and nobody can sign in as "
        "root or reset its password until a central root session allows it again.",
        only=("sts:AssumeRoot",),
    ),
    examples=(
        fails(ROOT, "has a password of its own in a member account", organization=ORGANIZATION),
        fails(
            replace(BARE, has_access_keys=True, has_certificates=True),
            "has an access key of its own in a member account",
            "has a signing certificate of its own in a member account",
            organization=ORGANIZATION,
        ),
        passes(BARE, organization=ORGANIZATION),
        does_not_apply(ROOT, "account is in no organisation"),
        does_not_apply(ROOT, f"account {NOT_CENTRAL}", organization=MANAGEMENT),
        does_not_apply(CHINA, CHINA_ROOT),
        cannot_tell(ROOT, str(NO_ORGANIZATION), organization=NO_ORGANIZATION),
        cannot_tell(
            replace(BARE, has_password=NO_SUMMARY), str(NO_SUMMARY), organization=ORGANIZATION
        ),
    ),
)
def root_credentials_in_member(root: Root, estate: Estate) -> Iterator[Said]:
    """The root user of a member account has credentials of its own.

    A member needs none: what only root may do is done in a short session from the management
    account. That central root access is switched on proves nothing here; credentials that were
    there before stay until somebody deletes them:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html
    """
    if reason := NO_ROOT.get(root.partition):
        yield NotApplicable(reason)
        return
    stands = standing(estate)
    if stands is not Standing.MEMBER:
        why = NOT_CENTRAL if stands is Standing.MANAGEMENT else stands.value
        yield NotApplicable(f"account {why}")
        return
    for name, words, severity, because in _CREDENTIALS:
        has = getattr(root, name)
        if isinstance(has, Gap | NotAsked):
            yield Unknown(str(has))
        elif has:
            yield Problem(
                f"has {words} of its own in a member account",
                at=words,
                severity=severity,
                because=because,
            )


@check(
    Root,
    severity=Severity.MEDIUM,
    controls=("root-no-certificates",),
    reads=("has_certificates",),
    remedy=Remedy(
        do="Delete it while signed in as root: `aws iam list-signing-certificates`, then "
        "`aws iam delete-signing-certificate --certificate-id CERTIFICATE_ID`.",
        may_stop="Tools of the old EC2 SOAP interface that sign with the certificate stop "
        "working; nothing else uses one.",
        by="The root user itself, signed in; in a member account also a central root session.",
        only=(),
    ),
    examples=(
        fails(replace(ROOT, has_certificates=True), "has a signing certificate"),
        passes(ROOT),
        does_not_apply(CHINA, CHINA_ROOT),
        cannot_tell(replace(ROOT, has_certificates=NO_SUMMARY), str(NO_SUMMARY)),
    ),
)
def root_signing_certificate(root: Root, _: Estate) -> Iterator[Said]:
    """The root user has an X.509 signing certificate.

    Its private key signs requests as root, without MFA, and was made in the days of SOAP.
    """
    if reason := NO_ROOT.get(root.partition):
        yield NotApplicable(reason)
    elif known(root.has_certificates):
        yield Problem("has a signing certificate")


@check(
    Root,
    severity=Severity.CRITICAL,
    controls=("root-not-used",),
    reads=("access_keys",),
    settings=("root_unused_for",),
    remedy=Remedy(
        do="See in CloudTrail what signs with the key (`aws cloudtrail lookup-events "
        "--lookup-attributes AttributeKey=Username,AttributeValue=root`), give that a "
        "role, then delete the key while signed in as root: `aws iam delete-access-key "
        "--access-key-id KEY_ID`.",
        may_stop="What still signs with the key stops working at once, and something did lately: "
        "move it first.",
        by="The root user itself, signed in; in a member account also a central root session.",
        only=(),
    ),
    examples=(
        fails(
            replace(ROOT, has_access_keys=True, access_keys=(key(age=900, used=90),)),
            "signed with an access key, last used 90 days ago",
        ),
        passes(replace(ROOT, has_access_keys=True, access_keys=(key(age=900, used=91),))),
        passes(replace(ROOT, has_access_keys=True, access_keys=(key(age=900, used=None),))),
        passes(ROOT),
        does_not_apply(CHINA, CHINA_ROOT),
        cannot_tell(replace(ROOT, access_keys=NO_REPORT), str(NO_REPORT)),
    ),
)
def root_key_used_lately(root: Root, estate: Estate) -> Iterator[Said]:
    """Something signed with the root user's access key within the time that the settings allow.

    A program that holds root's key holds the whole account, and no policy of the account can
    limit it. Whoever reads its configuration is root.
    """
    if reason := NO_ROOT.get(root.partition):
        yield NotApplicable(reason)
        return
    for one in known(root.access_keys):
        used = one.last_used
        if used is not None and age(estate, used) <= estate.settings.root_unused_for:
            yield Problem(f"signed with an access key, {last_use(estate, one)}", at=str(one.slot))


def _recorded(devices: int | None) -> Settings:
    entry = RootRegister(
        account=ACCOUNT.id,
        people=("Ana",),
        owner="Security",
        reviewed=NOW.date(),
        mfa_devices=devices,
    )
    return Settings(root_register=(entry,))


NOT_LISTED = (
    "AWS lists authenticator apps of root and no other device; root_register in the settings "
    "may say how many there are"
)


@check(
    Root,
    severity=Severity.LOW,
    controls=("root-recovery",),
    reads=("has_mfa", "virtual_mfa", "has_password"),
    settings=("root_register",),
    remedy=Remedy(
        do="Register a second passkey or security key (up to eight are allowed) under "
        "Security credentials while signed in as root, keep it in another place, and "
        "write the number into `root_register`.",
        may_stop="Nothing stops: the first device goes on working.",
        by="The root user itself, signed in to the console; whoever keeps idkeep's settings "
        "writes the register.",
    ),
    examples=(
        fails(ROOT, "has a single MFA device", settings=_recorded(1)),
        passes(ROOT, settings=_recorded(2)),
        passes(replace(ROOT, virtual_mfa=(APP, SECOND_APP))),
        cannot_tell(ROOT, NOT_LISTED),
        cannot_tell(replace(ROOT, virtual_mfa=(APP,)), NOT_LISTED, settings=_recorded(None)),
        cannot_tell(replace(ROOT, has_mfa=NO_SUMMARY), str(NO_SUMMARY)),
        cannot_tell(replace(ROOT, virtual_mfa=NO_VIRTUAL), str(NO_VIRTUAL)),
        cannot_tell(replace(ROOT, has_password=NO_SUMMARY), str(NO_SUMMARY)),
        does_not_apply(replace(ROOT, has_mfa=False), NO_MFA),
        does_not_apply(replace(ROOT, has_password=False), NO_PASSWORD),
        does_not_apply(GOVCLOUD, GOVCLOUD_ROOT),
    ),
)
def root_has_one_mfa_device(root: Root, estate: Estate) -> Iterator[Said]:
    """The root user has a single MFA device.

    Lost or broken, it takes the account's owner out for the days that AWS needs to prove who
    they are. AWS lists root's authenticator apps and no other device, so what the settings
    record is counted where two apps don't tell already.
    """
    if reason := NO_SIGN_IN.get(root.partition):
        yield NotApplicable(reason)
        return
    if not known(root.has_password):
        yield NotApplicable(NO_PASSWORD)
        return
    if not known(root.has_mfa):
        yield NotApplicable(NO_MFA)
        return
    if len(known(root.virtual_mfa)) >= _ENOUGH:
        return
    account = estate.snapshot.account.id
    devices = next(
        (one.mfa_devices for one in estate.settings.root_register if one.account == account), None
    )
    if devices is None:
        yield Unknown(NOT_LISTED)
    elif devices < _ENOUGH:
        yield Problem("has a single MFA device")


_ENOUGH = 2

_BOTH = ("RootCredentialsManagement", "RootSessions")
_ON = replace(ACCOUNT, root_features=RootFeatures(organization=ORGANIZATION.id, enabled=_BOTH))
_FULL = replace(
    MANAGEMENT,
    trusted_access=(TrustedAccess(principal="iam.amazonaws.com"),),
    delegated_administrators=(
        DelegatedAdministrator(
            account="111122223334", services=(DelegatedService(principal="iam.amazonaws.com"),)
        ),
    ),
)
_IAM = "iam.amazonaws.com"
_NOBODY = replace(_FULL, delegated_administrators=())
_ACCESS_DENIED = Gap("organizations:ListAWSServiceAccessForOrganization", "AccessDeniedException")
_TOLD_THERE = "is judged in the management account, which alone is told"
_FEATURES_DENIED = Gap("iam:ListOrganizationsFeatures", "AccessDenied")


@check(
    Account,
    severity=Severity.HIGH,
    controls=("root-managed-centrally",),
    reads=("root_features",),
    remedy=Remedy(
        do="In the management account: `aws organizations enable-aws-service-access "
        "--service-principal iam.amazonaws.com`, then `aws iam "
        "enable-organizations-root-credentials-management` and `aws iam "
        "enable-organizations-root-sessions`.",
        may_stop="Nothing stops: credentials that are there stay until they are deleted.",
    ),
    examples=(
        fails(
            replace(_ON, root_features=RootFeatures(organization="o-1", enabled=_BOTH[:1])),
            "does not let root's tasks in members be done in central sessions (RootSessions)",
        ),
        fails(
            replace(_ON, root_features=RootFeatures(organization="o-1")),
            "does not manage its members' root credentials (RootCredentialsManagement)",
            "does not let root's tasks in members be done in central sessions (RootSessions)",
        ),
        fails(
            replace(_ON, root_features=NotToldHere(code="ServiceAccessNotEnabledException")),
            "does not manage its members' root credentials (RootCredentialsManagement)",
            "does not let root's tasks in members be done in central sessions (RootSessions)",
        ),
        passes(_ON),
        does_not_apply(
            replace(
                _ON,
                root_features=NotToldHere(
                    code="AccountNotManagementOrDelegatedAdministratorException"
                ),
            ),
            _TOLD_THERE,
        ),
        does_not_apply(replace(_ON, root_features=None), Standing.ALONE.value),
        cannot_tell(replace(_ON, root_features=_FEATURES_DENIED), str(_FEATURES_DENIED)),
    ),
)
def root_access_not_central(account: Account, _: Estate) -> Iterator[Said]:
    """The organisation does not manage the root users of its members from above.

    Every member then keeps a root user with a mailbox, a password and an MFA device of its own,
    and somebody who looks after them: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
    """
    features = known(account.root_features)
    if features is None:
        yield NotApplicable(Standing.ALONE.value)
        return
    if isinstance(features, NotToldHere) and features.code in _NOT_HERE:
        yield NotApplicable(_TOLD_THERE)
        return
    enabled = () if isinstance(features, NotToldHere) else features.enabled
    for name, words in _FEATURES:
        if name not in enabled:
            yield Problem(f"{words} ({name})", at=name)


_NOT_HERE = frozenset({"AccountNotManagementOrDelegatedAdministratorException"})
_FEATURES = (
    ("RootCredentialsManagement", "does not manage its members' root credentials"),
    ("RootSessions", "does not let root's tasks in members be done in central sessions"),
)


@check(
    Account,
    severity=Severity.LOW,
    controls=("root-sessions-limited", "delegated-administration"),
    reads=(),
    remedy=Remedy(
        do="From the management account name an account made for security: `aws "
        "organizations register-delegated-administrator --service-principal "
        "iam.amazonaws.com --account-id ACCOUNT`.",
        may_stop="Nothing stops: whoever did root's tasks from the management account still can.",
    ),
    examples=(
        fails(ACCOUNT, "delegates root access to no member account", organization=_NOBODY),
        fails(
            ACCOUNT,
            "does not give IAM trusted access to the organisation",
            "delegates root access to no member account",
            organization=replace(_NOBODY, trusted_access=()),
        ),
        passes(ACCOUNT, organization=_FULL),
        does_not_apply(ACCOUNT, _TOLD_THERE, organization=ORGANIZATION),
        does_not_apply(ACCOUNT, Standing.ALONE.value),
        cannot_tell(ACCOUNT, str(NO_ORGANIZATION), organization=NO_ORGANIZATION),
        cannot_tell(
            ACCOUNT, str(_ACCESS_DENIED), organization=replace(_FULL, trusted_access=_ACCESS_DENIED)
        ),
    ),
)
def root_access_from_management_account(_: Account, estate: Estate) -> Iterator[Said]:
    """Root access to members is not delegated to an account made for security.

    Whoever does root's tasks then works in the management account, which no service control
    policy limits.
    """
    organization = known(estate.snapshot.organization)
    if organization is None or standing(estate) is not Standing.MANAGEMENT:
        yield NotApplicable(Standing.ALONE.value if organization is None else _TOLD_THERE)
        return
    if not any(one.principal == _IAM for one in known(organization.trusted_access)):
        yield Problem("does not give IAM trusted access to the organisation", at="trusted access")
    services = [
        service.principal
        for one in known(organization.delegated_administrators)
        for service in known(one.services)
    ]
    if _IAM not in services:
        yield Problem("delegates root access to no member account", at="delegation")


CHECKS = (
    root_credentials_in_member,
    root_signing_certificate,
    root_key_used_lately,
    root_has_one_mfa_device,
    root_access_not_central,
    root_access_from_management_account,
)
