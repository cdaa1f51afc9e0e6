"""Checks on what a user has besides a password and access keys, and on certificates in IAM."""

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.ages import age, days, how_long_ago
from idkeep.checks.declare import AnyCheck, Remedy, Said, cannot_tell, check, fails, known, passes
from idkeep.checks.samples import ANA, NO_REPORT, ago
from idkeep.model import (
    CertificateSlot,
    Gap,
    Problem,
    ServerCertificate,
    ServiceCredential,
    Severity,
    SshKey,
    Unknown,
    User,
)

NO_LIST = Gap("iam:ListServiceSpecificCredentials", "AccessDenied")
# They have no expiry to set: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html
_WITHOUT_EXPIRY = frozenset({"codecommit.amazonaws.com", "cassandra.amazonaws.com"})
# Consoles write a date a hundred years from now for "never".
_NEVER = timedelta(days=3650)
API_KEY = ServiceCredential(
    id="ACCAEXAMPLE1",
    service="bedrock.amazonaws.com",
    status="Active",
    created=ago(10),
    expires=ago(-20),
    alias="notebook",
)
GIT = ServiceCredential(
    id="ACCAEXAMPLE2", service="codecommit.amazonaws.com", status="Active", created=ago(10)
)


def _having(*credentials: ServiceCredential) -> User:
    return replace(ANA, service_credentials=credentials)


def _called(one: ServiceCredential) -> str:
    name = f" {one.alias}" if one.alias else ""
    return f"{one.service.removesuffix('.amazonaws.com')}{name}"


_UNLISTED = cannot_tell(replace(ANA, service_credentials=NO_LIST), str(NO_LIST))


@check(
    User,
    severity=Severity.MEDIUM,
    controls=("service-credentials",),
    reads=("service_credentials",),
    remedy=Remedy(
        do="Make a new one with an end (`aws iam create-service-specific-credential "
        "--user-name USER --service-name SERVICE --credential-age-days DAYS`), move the "
        "program to it and delete the old: `aws iam delete-service-specific-credential "
        "--user-name USER --service-specific-credential-id CREDENTIAL_ID`. Better still "
        "take keys that end with the session. A service control policy on "
        "`iam:ServiceSpecificCredentialAgeDays` keeps it so.",
        may_stop="What still has the old key stops working when it is deleted, and the new one "
        "ends by itself: it has to be renewed before.",
    ),
    examples=(
        fails(
            _having(replace(API_KEY, expires=None)),
            "has an API key for bedrock notebook that never expires",
        ),
        fails(
            _having(replace(API_KEY, expires=ago(-36500))),
            "has an API key for bedrock notebook that never expires",
        ),
        passes(_having(API_KEY, GIT)),
        passes(_having(replace(API_KEY, expires=None, status="Inactive"))),
        passes(_having()),
        _UNLISTED,
    ),
)
def api_key_without_expiry(user: User, _: Estate) -> Iterator[Said]:
    """A user has an API key for a service that never expires.

    It stands alone in the header of a request, without a signature: whoever reads one log line
    can spend the account's money on models. Source:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_api_keys_for_aws_services.html
    """
    for one in known(user.service_credentials):
        if one.status != "Active" or one.service in _WITHOUT_EXPIRY:
            continue
        if one.expires is None or one.expires - one.created > _NEVER:
            yield Problem(f"has an API key for {_called(one)} that never expires", at=one.id)


@check(
    User,
    severity=Severity.LOW,
    controls=("service-credentials",),
    reads=("service_credentials",),
    settings=("max_access_key_age",),
    remedy=Remedy(
        do="Make a second one, move the program to it, then delete the old: `aws iam "
        "create-service-specific-credential --user-name USER --service-name SERVICE`, "
        "`aws iam delete-service-specific-credential --user-name USER "
        "--service-specific-credential-id CREDENTIAL_ID`.",
        may_stop="What still has the old one stops working when it is deleted.",
    ),
    examples=(
        fails(
            _having(replace(GIT, created=ago(91))),
            "has a credential for codecommit that is 91 days old",
        ),
        passes(_having(replace(GIT, created=ago(90)))),
        passes(_having(replace(GIT, created=ago(900), status="Inactive"))),
        _UNLISTED,
    ),
)
def old_service_credential(user: User, estate: Estate) -> Iterator[Said]:
    """A user's password or API key for one service is older than the settings allow.

    It gets no less into files and logs than an access key, and is forgotten more often.
    """
    for one in known(user.service_credentials):
        if one.status == "Active" and age(estate, one.created) > estate.settings.max_access_key_age:
            old = days(estate, one.created)
            yield Problem(f"has a credential for {_called(one)} that is {old} old", at=one.id)


@check(
    User,
    severity=Severity.LOW,
    controls=("leftover-credentials",),
    reads=("service_credentials",),
    remedy=Remedy(
        do="Delete it: `aws iam delete-service-specific-credential --user-name USER "
        "--service-specific-credential-id CREDENTIAL_ID`.",
        may_stop="Nothing stops: it opens nothing today. An inactive one can't be made active "
        "again then.",
    ),
    examples=(
        fails(
            _having(replace(GIT, status="Inactive")), "keeps an inactive credential for codecommit"
        ),
        fails(
            _having(replace(API_KEY, expires=ago(3))),
            "keeps an expired credential for bedrock notebook",
        ),
        passes(_having(GIT, API_KEY)),
        _UNLISTED,
    ),
)
def dead_service_credential(user: User, estate: Estate) -> Iterator[Said]:
    """A user keeps a credential for a service that is inactive or has expired.

    One call makes it active again.
    """
    for one in known(user.service_credentials):
        over = one.expires is not None and one.expires <= estate.snapshot.taken
        if over or one.status == "Expired":
            yield Problem(f"keeps an expired credential for {_called(one)}", at=one.id)
        elif one.status == "Inactive":
            yield Problem(f"keeps an inactive credential for {_called(one)}", at=one.id)


_NO_SSH = Gap("iam:ListSSHPublicKeys", "AccessDenied")
SSH = SshKey(id="APKAEXAMPLE1", status="Active", uploaded=ago(91))


@check(
    User,
    severity=Severity.LOW,
    controls=("service-credentials",),
    reads=("ssh_keys",),
    settings=("max_access_key_age",),
    remedy=Remedy(
        do="Upload a new one and delete the old (`aws iam upload-ssh-public-key --user-name "
        "USER --ssh-public-key-body file://key.pub`, `aws iam delete-ssh-public-key "
        "--user-name USER --ssh-public-key-id KEY_ID`), or fetch over HTTPS with the "
        "credentials of a role (git-remote-codecommit).",
        may_stop="Whoever has only the old key can no longer fetch or push.",
    ),
    examples=(
        fails(replace(ANA, ssh_keys=(SSH,)), "has an SSH key that was uploaded 91 days ago"),
        passes(replace(ANA, ssh_keys=(replace(SSH, uploaded=ago(90)),))),
        passes(replace(ANA, ssh_keys=(replace(SSH, status="Inactive"),))),
        passes(replace(ANA, ssh_keys=())),
        cannot_tell(replace(ANA, ssh_keys=_NO_SSH), str(_NO_SSH)),
        cannot_tell(ANA, "not read: --facts credentials"),
    ),
)
def old_ssh_key(user: User, estate: Estate) -> Iterator[Said]:
    """A user's SSH key for CodeCommit is older than the settings allow.

    The private half lies on a laptop, often without a passphrase, and reads all repositories that
    the user may.
    """
    for one in known(user.ssh_keys):
        old = age(estate, one.uploaded) > estate.settings.max_access_key_age
        if old and one.status == "Active":
            when = how_long_ago(estate, one.uploaded)
            yield Problem(f"has an SSH key that was uploaded {when}", at=one.id)


@check(
    User,
    severity=Severity.LOW,
    controls=("service-credentials",),
    reads=("certificates",),
    remedy=Remedy(
        do="Make it inactive (`aws iam update-signing-certificate --user-name USER "
        "--certificate-id CERTIFICATE_ID --status Inactive`), wait, then delete it: `aws "
        "iam delete-signing-certificate --user-name USER --certificate-id "
        "CERTIFICATE_ID`.",
        may_stop="Tools of the old EC2 SOAP interface that sign with it stop working; nothing "
        "else uses one.",
    ),
    examples=(
        fails(
            replace(ANA, certificates=(CertificateSlot(slot=1, active=True, rotated=ago(400)),)),
            "has an active signing certificate",
        ),
        passes(replace(ANA, certificates=(CertificateSlot(slot=1, active=False),))),
        passes(replace(ANA, certificates=())),
        cannot_tell(replace(ANA, certificates=NO_REPORT), str(NO_REPORT)),
    ),
)
def user_signing_certificate(user: User, _: Estate) -> Iterator[Said]:
    """A user has an active X.509 signing certificate.

    Hardly anything takes one today, so nobody looks after its private key.
    """
    for one in known(user.certificates):
        if one.active:
            yield Problem("has an active signing certificate", at=str(one.slot))


CERTIFICATE = ServerCertificate(
    arn="arn:aws:iam::111122223333:server-certificate/shop",
    id="ASCAEXAMPLESHOP",
    name="shop",
    uploaded=ago(400),
    expires=ago(-30),
)


@check(
    ServerCertificate,
    severity=Severity.HIGH,
    controls=("server-certificates",),
    reads=("expires",),
    remedy=Remedy(
        do="See what serves it (`aws elbv2 describe-listeners --load-balancer-arn "
        "LOAD_BALANCER_ARN`, `aws cloudfront list-distributions`), give that a "
        "certificate of ACM, which renews itself, then `aws iam "
        "delete-server-certificate --server-certificate-name NAME`.",
        may_stop="A listener that still uses it may fail after the deletion; its visitors are "
        "warned of an expired certificate already.",
    ),
    examples=(
        fails(replace(CERTIFICATE, expires=ago(1)), "expired 1 day ago"),
        passes(CERTIFICATE),
        cannot_tell(replace(CERTIFICATE, expires=None), "AWS does not say when it expires"),
    ),
)
def expired_server_certificate(certificate: ServerCertificate, estate: Estate) -> Iterator[Said]:
    """A server certificate that is kept in IAM has expired.

    Served by mistake, it teaches visitors to click warnings away.
    """
    if certificate.expires is None:
        yield Unknown("AWS does not say when it expires")
    elif certificate.expires <= estate.snapshot.taken:
        yield Problem(f"expired {how_long_ago(estate, certificate.expires)}")


CHECKS: tuple[AnyCheck, ...] = (
    api_key_without_expiry,
    old_service_credential,
    dead_service_credential,
    old_ssh_key,
    user_signing_certificate,
    expired_server_certificate,
)
