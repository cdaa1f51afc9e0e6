"""Checks on the account itself."""

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
from idkeep.checks.membership import PROJECT, kept_by_aws
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ACCOUNT
from idkeep.model import (
    Account,
    AlternateContact,
    Arn,
    Caller,
    Gap,
    NotApplicable,
    Problem,
    Region,
    Severity,
    Unknown,
)
from idkeep.model.account import AccountQuotas

SECURITY_TEAM = AlternateContact(name="Security team", email="security@example.com")
AS_ROOT = Caller(arn="arn:aws:iam::111122223333:root", user_id="111122223333")


@check(
    Account,
    severity=Severity.CRITICAL,
    controls=("root-not-used",),
    reads=("caller",),
    remedy=Remedy(
        do="Stop here. Make a role with the policy that `idkeep permissions` prints (`aws "
        "iam create-role --role-name idkeep --assume-role-policy-document "
        "file://trust.json`, `aws iam put-role-policy --role-name idkeep --policy-name "
        "scan --policy-document file://policy.json`), scan with that, and delete the "
        "root user's access key while signed in as root: `aws iam delete-access-key "
        "--access-key-id KEY_ID`.",
        may_stop="Whatever else signs with the root user's key stops working when the key is "
        "deleted; the role takes nothing from anybody.",
        by="The root user deletes its own key; in a member account a central root session can too.",
        only=("iam:CreateRole", "iam:PutRolePolicy"),
    ),
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
    remedy=Remedy(
        do="Name a security contact under Account in the console, or with `aws account "
        "put-alternate-contact --alternate-contact-type SECURITY --name NAME --title "
        "TITLE --email-address MAILBOX --phone-number PHONE`; choose a mailbox that "
        "several people read.",
        may_stop="Nothing stops: AWS's security mail goes to the contact besides the root user's "
        "mailbox.",
    ),
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
        does_not_apply(
            replace(
                ACCOUNT,
                security_contact=Gap("account:GetAlternateContact", "AccessDenied", elsewhere=True),
            ),
            PROJECT,
        ),
    ),
)
def no_security_contact(account: Account, _: Estate) -> Iterator[Said]:
    """AWS has nobody to tell when it sees the account abused.

    Its warnings of leaked keys and abuse then go to the root user's mailbox alone.
    """
    if kept_by_aws(account.security_contact):
        yield NotApplicable(PROJECT)
    elif known(account.security_contact) is None:
        yield Problem("has no security contact")


_SUMMARY = Gap("iam:GetAccountSummary", "AccessDenied")
_REGIONS = Gap("account:ListRegions", "AccessDeniedException")
_OPTED_IN = (
    Region(name="us-east-1", status="ENABLED_BY_DEFAULT"),
    Region(name="eu-south-1", status="ENABLED"),
)
_VERSION = "GlobalEndpointTokenVersion"


def _with_tokens(version: int, *regions: Region) -> Account:
    entries = AccountQuotas(entries={_VERSION: version})
    return replace(ACCOUNT, quotas=entries, regions=regions)


@check(
    Account,
    severity=Severity.LOW,
    controls=("regional-endpoints",),
    reads=("quotas", "regions"),
    remedy=Remedy(
        do="Let tools ask the region's own endpoint (`AWS_STS_REGIONAL_ENDPOINTS` set to "
        "`regional`), or have the global one give tokens that hold everywhere: `aws iam "
        "set-security-token-service-preferences --global-endpoint-token-version v2Token`.",
        may_stop="Nothing stops by regional endpoints; a token of the second version is longer, "
        "and what keeps tokens in a field of fixed length may cut it off.",
    ),
    examples=(
        fails(
            _with_tokens(1, *_OPTED_IN),
            "has sessions of the global endpoint that do not hold in eu-south-1",
        ),
        passes(_with_tokens(2, *_OPTED_IN)),
        passes(_with_tokens(1, Region(name="us-east-1", status="ENABLED_BY_DEFAULT"))),
        cannot_tell(
            replace(_with_tokens(1), quotas=AccountQuotas(entries={})),
            "AWS does not tell which tokens the global endpoint gives",
        ),
        cannot_tell(replace(_with_tokens(1), quotas=_SUMMARY), str(_SUMMARY)),
        cannot_tell(replace(_with_tokens(1), regions=_REGIONS), str(_REGIONS)),
    ),
)
def global_tokens_fall_short(account: Account, _: Estate) -> Iterator[Said]:
    """Sessions of the global STS endpoint are refused in regions that the account opted in to.

    Tokens of the first version hold in the default regions alone. A scanner or a responder that
    works with such a session sees nothing of the others, which is where an intruder likes to be:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
    """
    version = known(account.quotas).entries.get(_VERSION)
    if version is None:
        yield Unknown("AWS does not tell which tokens the global endpoint gives")
    elif version < _EVERYWHERE:
        short = sorted(one.name for one in known(account.regions) if one.status in _OPT_IN)
        if short:
            yield Problem(
                f"has sessions of the global endpoint that do not hold in {listed(short)}"
            )


_EVERYWHERE = 2
_OPT_IN = frozenset({"ENABLED", "ENABLING"})

CHECKS = (scanned_as_root, no_security_contact, global_tokens_fall_short)
