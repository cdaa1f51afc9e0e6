"""Checks on who stands behind root: its mailbox, and the register of who may act as it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from fnmatch import fnmatchcase

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
from idkeep.checks.root import CHINA, CHINA_ROOT, NO_PASSWORD, NO_ROOT
from idkeep.checks.root_credentials import NO_ORGANIZATION
from idkeep.checks.root_guard import under
from idkeep.checks.samples import (
    ACCOUNT,
    ANA,
    CENTER,
    INSTANCE,
    NO_SUMMARY,
    NOW,
    ORGANIZATION,
    ROOT,
)
from idkeep.config import RootRegister, Settings
from idkeep.model import (
    CenterUser,
    Contact,
    Gap,
    IdentityCenter,
    NotApplicable,
    Organization,
    Problem,
    Root,
    Severity,
    Unknown,
)

ENTRY = RootRegister(
    account=ACCOUNT.id,
    people=("Ana Lima", "Bo Chen"),
    owner="security@example.com",
    reviewed=NOW.date() - timedelta(days=100),
    recovery="runbook 12",
)
REGISTERED = Settings(root_register=(ENTRY,))
NOT_REGISTERED = "the settings register nobody for root: see root-without-register"


def _entry(estate: Estate) -> RootRegister | None:
    account = estate.snapshot.account.id
    return next((one for one in estate.settings.root_register if one.account == account), None)


@check(
    Root,
    severity=Severity.LOW,
    controls=("root-register", "root-recovery"),
    reads=("has_password",),
    settings=("root_register",),
    remedy=Remedy(
        do="Write down in the settings who may act as root, who answers for the list and "
        "when it was last gone through (`[[root_register]]`).",
        may_stop="Nothing stops: it is written in idkeep's settings, and AWS does not know of it.",
        by="Whoever keeps idkeep's settings.",
    ),
    examples=(
        fails(ROOT, "has nobody who is recorded as authorised for it"),
        passes(ROOT, settings=REGISTERED),
        fails(
            ROOT,
            "has nobody who is recorded as authorised for it",
            settings=Settings(root_register=(replace(ENTRY, account="444455556666"),)),
        ),
        does_not_apply(replace(ROOT, has_password=False), NO_PASSWORD),
        does_not_apply(CHINA, CHINA_ROOT),
        cannot_tell(replace(ROOT, has_password=NO_SUMMARY), str(NO_SUMMARY)),
    ),
)
def root_without_register(root: Root, estate: Estate) -> Iterator[Said]:
    """Nobody is recorded as authorised to act as the root user.

    A password that everybody may have learnt over the years is nobody's. The list is also what
    tells, on the day of a departure, that root's password has to change.
    """
    if reason := NO_ROOT.get(root.partition):
        yield NotApplicable(reason)
    elif _entry(estate) is None:
        if known(root.has_password):
            yield Problem("has nobody who is recorded as authorised for it")
        else:
            yield NotApplicable(NO_PASSWORD)


@check(
    Root,
    severity=Severity.MEDIUM,
    controls=("root-register",),
    reads=(),
    settings=("root_register", "root_review_after"),
    remedy=Remedy(
        do="Ask the owner to go through the list: who left, who never needed it. Then set "
        "`reviewed` in `[[root_register]]`, and change root's password if somebody left.",
        may_stop="Nothing stops by the review; after a change of the password, whoever has only "
        "the old one can't sign in as root.",
        by="The list's owner; whoever keeps idkeep's settings writes the date, and the root "
        "user changes its password.",
    ),
    examples=(
        fails(
            ROOT,
            "has a register that was last gone through on 2025-10-31 (owner security@example.com)",
            settings=Settings(root_register=(replace(ENTRY, reviewed=date(2025, 10, 31)),)),
        ),
        passes(
            ROOT, settings=Settings(root_register=(replace(ENTRY, reviewed=date(2025, 11, 1)),))
        ),
        does_not_apply(ROOT, NOT_REGISTERED),
    ),
)
def root_review_overdue(_: Root, estate: Estate) -> Iterator[Said]:
    """The list of who may act as root was not gone through for longer than agreed.

    People leave and change their work; a list that nobody reads again still lets them in.
    """
    entry = _entry(estate)
    if entry is None:
        yield NotApplicable(NOT_REGISTERED)
        return
    due = entry.reviewed + timedelta(days=estate.settings.root_review_after)
    if due < estate.snapshot.taken.date():
        yield Problem(
            f"has a register that was last gone through on {entry.reviewed} (owner {entry.owner})"
        )


@check(
    Root,
    severity=Severity.LOW,
    controls=("root-recovery",),
    reads=(),
    settings=("root_register",),
    remedy=Remedy(
        do="Write down where the mailbox, the phone and the spare MFA device are and who "
        "may ask AWS for help, try it once, and name the place as `recovery` in "
        "`[[root_register]]`.",
        may_stop="Nothing stops: it is written in idkeep's settings and a document of yours.",
        by="Whoever keeps idkeep's settings, with those who keep the mailbox and the devices.",
    ),
    examples=(
        fails(
            ROOT,
            "has no way back that is written down",
            settings=Settings(root_register=(replace(ENTRY, recovery=""),)),
        ),
        passes(ROOT, settings=REGISTERED),
        does_not_apply(ROOT, NOT_REGISTERED),
    ),
)
def root_recovery_not_documented(_: Root, estate: Estate) -> Iterator[Said]:
    """The way back to a lost root user is written down nowhere.

    It is needed on the worst day, by people who never did it: a lost device, a mailbox of
    somebody who left, a phone number that is another's now.
    """
    entry = _entry(estate)
    if entry is None:
        yield NotApplicable(NOT_REGISTERED)
    elif not entry.recovery:
        yield Problem("has no way back that is written down")


# ── The mailbox ──────────────────────────────────────────────────────────────────────────────

# What a mailbox of several is called by, in the first word of its name.
_OF_SEVERAL = frozenset(
    [
        "admin",
        "admins",
        "aws",
        "awsroot",
        "billing",
        "cloud",
        "cloudops",
        "devops",
        "finance",
        "hostmaster",
        "infra",
        "infrastructure",
        "it",
        "noc",
        "operations",
        "ops",
        "platform",
        "postmaster",
        "root",
        "security",
        "sre",
        "support",
        "team",
    ]
)
# Where anybody may have a mailbox.
_PUBLIC = frozenset(
    [
        "163.com",
        "126.com",
        "aol.com",
        "fastmail.com",
        "gmail.com",
        "gmx.com",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "pm.me",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "web.de",
        "yahoo.com",
        "yandex.com",
        "yandex.ru",
        "zoho.com",
    ]
)
NO_EMAIL = Gap("organizations:ListAccounts", "root's mailbox is told to the organisation alone")
_SHARED_UNKNOWN = (
    "whether {email} is read by several is not known; root_mailboxes in the settings may say so"
)


def _email(estate: Estate) -> str | Gap:
    """Root's mailbox. Ends the check where the organisation was not read."""
    organization = known(estate.snapshot.organization)
    if not isinstance(organization, Organization):
        return NO_EMAIL
    account = estate.snapshot.account.id
    if account == organization.management_account and organization.management_email:
        return organization.management_email
    for one in known(organization.accounts):
        if one.id == account and one.email:
            return one.email
    return NO_EMAIL


def _with_email(email: str) -> Organization:
    organization = under()
    [member] = organization.accounts if isinstance(organization.accounts, tuple) else ()
    return replace(organization, accounts=(replace(member, email=email),))


_PEOPLE = replace(
    CENTER,
    instances=(
        replace(INSTANCE, users=(CenterUser(id="1", name="bo", email="b.chen@example.com"),)),
    ),
)


@check(
    Root,
    severity=Severity.MEDIUM,
    controls=("root-mailbox",),
    reads=(),
    settings=("root_mailboxes",),
    remedy=Remedy(
        do="Give root a mailbox that a team reads and that outlives each of them, and list "
        "it in `root_mailboxes`. For a member, from the management account: `aws account "
        "start-primary-email-update --account-id ACCOUNT --primary-email MAILBOX`, then "
        "`aws account accept-primary-email-update --account-id ACCOUNT --primary-email "
        "MAILBOX --otp CODE`; for others, signed in as root.",
        may_stop="Sign-in as root takes the new address, and AWS's mail goes there; the old "
        "mailbox gets neither any more.",
        by="For an account that is no member, the root user, signed in to the console.",
    ),
    examples=(
        fails(
            ROOT,
            "has the mailbox of user ana (ana@example.com)",
            organization=_with_email("ana@example.com"),
            users=(ANA,),
        ),
        fails(
            ROOT,
            "has the mailbox of bo of Identity Center (b.chen@example.com)",
            organization=_with_email("b.chen@example.com"),
            center=_PEOPLE,
        ),
        fails(
            ROOT,
            "has a mailbox that the settings don't list as shared (aws+shop@example.com)",
            organization=under(),
            settings=Settings(root_mailboxes=("root@example.com",)),
        ),
        passes(ROOT, organization=under()),
        passes(
            ROOT,
            organization=_with_email("admin@example.com"),
            users=(replace(ANA, name="admin"),),
        ),
        passes(
            ROOT,
            organization=_with_email("ana@example.com"),
            users=(ANA,),
            settings=Settings(root_mailboxes=("ANA@example.com",)),
        ),
        passes(
            ROOT, organization=under(), settings=Settings(root_mailboxes=("aws+*@example.com",))
        ),
        cannot_tell(
            ROOT,
            _SHARED_UNKNOWN.format(email="zed@example.com"),
            organization=_with_email("zed@example.com"),
        ),
        cannot_tell(ROOT, str(NO_EMAIL)),
        cannot_tell(ROOT, str(NO_ORGANIZATION), organization=NO_ORGANIZATION),
    ),
)
def root_mailbox_of_a_person(root: Root, estate: Estate) -> Iterator[Said]:
    """The root user's mailbox is one person's.

    Whoever reads it resets root's password. When the person is on holiday nobody sees AWS's
    warnings, and when they leave, the account leaves with them.
    """
    if reason := NO_ROOT.get(root.partition):
        yield NotApplicable(reason)
        return
    email = known(_email(estate))
    listed = estate.settings.root_mailboxes
    if any(fnmatchcase(email.lower(), one.lower()) for one in listed):
        return
    if person := _person(email, estate):
        yield Problem(f"has the mailbox of {person} ({email})")
    elif listed:
        yield Problem(f"has a mailbox that the settings don't list as shared ({email})")
    elif not _OF_SEVERAL & set(_words(email)[:1]):
        yield Unknown(_SHARED_UNKNOWN.format(email=email))


def _person(email: str, estate: Estate) -> str:
    """Who of those that are known it belongs to; "" where nobody's name fits."""
    snapshot = estate.snapshot
    low, words = email.lower(), _words(email)
    # A user `admin` and the mailbox admin@ are not therefore one person's.
    name = None if not words or words[0] in _OF_SEVERAL else words
    for user in snapshot.users:
        if _words(user.name) == name or user.name.lower() == low:
            return f"user {user.name}"
    contact = snapshot.account.contact
    if isinstance(contact, Contact) and _words(contact.name) == name:
        return contact.name
    center = snapshot.center
    instances = center.instances if isinstance(center, IdentityCenter) else ()
    for instance in instances if isinstance(instances, tuple) else ():
        for one in instance.users if isinstance(instance.users, tuple) else ():
            if (one.email or "").lower() == low or _words(one.name) == name:
                return f"{one.name} of Identity Center"
    return ""


def _words(text: str) -> list[str]:
    """`Ana.Lima+aws@example.com` and `ana lima` are the same two."""
    return re.findall(r"[^\W\d_]+", text.partition("@")[0].partition("+")[0].lower())


@check(
    Root,
    severity=Severity.HIGH,
    controls=("root-mailbox",),
    reads=(),
    settings=("organization_domains",),
    remedy=Remedy(
        do="Move root to a mailbox in a domain of yours. For a member, from the management "
        "account: `aws account start-primary-email-update --account-id ACCOUNT "
        "--primary-email MAILBOX`, then `aws account accept-primary-email-update "
        "--account-id ACCOUNT --primary-email MAILBOX --otp CODE`; for others, signed in "
        "as root.",
        may_stop="Sign-in as root takes the new address, and AWS's mail goes there; the old "
        "mailbox gets neither any more.",
        by="For an account that is no member, the root user, signed in to the console.",
    ),
    examples=(
        fails(
            ROOT,
            "has a mailbox where anybody may have one (larkfield.aws@gmail.com)",
            organization=_with_email("larkfield.aws@gmail.com"),
        ),
        fails(
            ROOT,
            "has a mailbox outside the organisation's domains (aws+shop@example.com)",
            organization=under(),
            settings=Settings(organization_domains=("larkfield.example",)),
        ),
        passes(
            ROOT, organization=under(), settings=Settings(organization_domains=("Example.com",))
        ),
        passes(
            ROOT,
            organization=_with_email("aws@cloud.example.com"),
            settings=Settings(organization_domains=("example.com",)),
        ),
        does_not_apply(
            ROOT, "the settings name no domain of the organisation", organization=under()
        ),
        cannot_tell(ROOT, str(NO_EMAIL)),
        cannot_tell(
            ROOT,
            "organizations:ListAccounts: AccessDeniedException",
            organization=replace(
                ORGANIZATION, accounts=Gap("organizations:ListAccounts", "AccessDeniedException")
            ),
        ),
    ),
)
def root_mailbox_elsewhere(root: Root, estate: Estate) -> Iterator[Said]:
    """The root user's mailbox is not in a domain of the organisation.

    Whoever runs the domain decides who reads the mail that resets root's password: a provider, an
    agency, or whoever buys the domain when it runs out.
    """
    if reason := NO_ROOT.get(root.partition):
        yield NotApplicable(reason)
        return
    email = known(_email(estate))
    domain = email.rpartition("@")[2].lower()
    domains = estate.settings.organization_domains
    if any(within(domain, one) for one in domains):
        return
    if domain in _PUBLIC:
        yield Problem(f"has a mailbox where anybody may have one ({email})")
    elif domains:
        yield Problem(f"has a mailbox outside the organisation's domains ({email})")
    else:
        yield NotApplicable("the settings name no domain of the organisation")


def within(domain: str, of: str) -> bool:
    low, known_domain = domain.lower(), of.lower().lstrip("@")
    return low == known_domain or low.endswith(f".{known_domain}")


CHECKS = (
    root_without_register,
    root_review_overdue,
    root_recovery_not_documented,
    root_mailbox_of_a_person,
    root_mailbox_elsewhere,
)
