"""Checks on whom AWS may call about the account."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import (
    AnyCheck,
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
from idkeep.checks.root_people import within
from idkeep.checks.samples import ACCOUNT
from idkeep.config import Settings
from idkeep.model import (
    Account,
    AlternateContact,
    Contact,
    Gap,
    NotApplicable,
    Problem,
    Severity,
    Unknown,
)

_DENIED = Gap("account:GetAlternateContact", "AccessDeniedException")
_PRIMARY_DENIED = Gap("account:GetContactInformation", "AccessDeniedException")
_KEPT = Gap("account:GetAlternateContact", "AccessDenied", elsewhere=True)
_KINDS = (
    ("security", "warnings of abuse and leaked keys"),
    ("billing", "invoices and failed payments"),
    ("operations", "news of faults and of what AWS is about to change"),
)
DESK = AlternateContact(name="Security desk", email="security@example.com", phone="+47 1")
BOOKS = AlternateContact(name="Accounts", email="invoices@example.com", phone="+47 2")
ON_CALL = AlternateContact(name="On call", email="ops@example.com", phone="+47 3")
PRIMARY = Contact(name="Ana Lima", company="Example", phone="+47 4", verification="VERIFIED")
REACHABLE = replace(
    ACCOUNT,
    contact=PRIMARY,
    security_contact=DESK,
    billing_contact=BOOKS,
    operations_contact=ON_CALL,
)
_PUT = (
    "`aws account put-alternate-contact --alternate-contact-type {kind} --name NAME --title TITLE "
    "--email-address MAILBOX --phone-number PHONE`, or under Account in the console; choose a "
    "mailbox that several people read."
)
_MAIL = "Nothing stops: AWS's mail on the matter goes to the new address."


def _naming(what: str, kind: str = "TYPE") -> Remedy:
    return Remedy(do=f"{what}: {_PUT.format(kind=kind)}", may_stop=_MAIL)


def _missing(kind: str, about: str) -> AnyCheck:
    field = f"{kind}_contact"

    def judged(account: Account, _: Estate) -> Iterator[Said]:
        if kept_by_aws(getattr(account, field)):
            yield NotApplicable(PROJECT)
        elif known(getattr(account, field)) is None:
            yield Problem(f"has no {kind} contact")

    judged.__name__ = f"no_{kind}_contact"
    judged.__doc__ = (
        f"AWS has nobody to tell about {kind}.\n\n"
        f"Its {about} then go to the root user's mailbox alone."
    )
    article = "an" if kind[0] in "aeiou" else "a"
    return check(
        Account,
        severity=Severity.LOW,
        controls=("alternate-contacts",),
        reads=(field,),
        remedy=_naming(f"Name {article} {kind} contact", kind.upper()),
        examples=(
            fails(ACCOUNT, f"has no {kind} contact"),
            passes(replace(ACCOUNT, **{field: DESK})),
            cannot_tell(replace(ACCOUNT, **{field: _DENIED}), str(_DENIED)),
            does_not_apply(replace(ACCOUNT, **{field: _KEPT}), PROJECT),
        ),
    )(judged)


@check(
    Account,
    severity=Severity.LOW,
    controls=("alternate-contacts",),
    reads=("contact", "security_contact", "billing_contact", "operations_contact"),
    remedy=_naming("Give each matter to those whose work it is"),
    examples=(
        fails(
            replace(REACHABLE, billing_contact=replace(DESK, name="Accounts", phone="+47 2")),
            "has one mailbox for security and billing: security@example.com",
        ),
        fails(
            replace(REACHABLE, contact=replace(PRIMARY, phone="+47 (1)")),
            "has one phone for primary and security: +47 1",
        ),
        passes(REACHABLE),
        passes(ACCOUNT),
        cannot_tell(replace(REACHABLE, security_contact=_DENIED), str(_DENIED)),
        does_not_apply(replace(REACHABLE, contact=_KEPT), PROJECT),
    ),
)
def contacts_are_the_same(account: Account, _: Estate) -> Iterator[Said]:
    """Several of the account's contacts are one and the same.

    When that mailbox fills up or that phone rings off, every kind of warning is lost at once.
    """
    every = (account.contact, *(getattr(account, f"{kind}_contact") for kind, _ in _KINDS))
    if kept_by_aws(*every):
        yield NotApplicable(PROJECT)
        return
    primary = known(account.contact)
    alternates = {kind: known(getattr(account, f"{kind}_contact")) for kind, _ in _KINDS}
    named = {kind: one for kind, one in alternates.items() if one}
    phones = {"primary": primary.phone} if primary and primary.phone else {}
    phones |= {kind: one.phone for kind, one in named.items() if one.phone}
    mail = {kind: one.email for kind, one in named.items()}
    for what, held, plain in (("mailbox", mail, str.lower), ("phone", phones, _digits)):
        same: dict[str, list[str]] = {}
        for kind, value in held.items():
            same.setdefault(plain(value), []).append(kind)
        for key, kinds in same.items():
            if len(kinds) > 1:
                told = held[kinds[-1]]
                yield Problem(f"has one {what} for {' and '.join(kinds)}: {told}", at=what + key)


def _digits(phone: str) -> str:
    return "".join(one for one in phone if one.isdigit())


@check(
    Account,
    severity=Severity.LOW,
    controls=("account-contacts",),
    reads=("contact",),
    remedy=Remedy(
        do="Give the number that is right now (`aws account put-contact-information "
        "--contact-information file://contact.json`), have a code sent to it (`aws "
        "account send-phone-number-verification`), and confirm it: `aws account "
        "verify-phone-number --otp CODE`.",
        may_stop="Nothing stops: only the number that AWS calls changes.",
    ),
    examples=(
        fails(
            replace(ACCOUNT, contact=replace(PRIMARY, verification="UNVERIFIED")),
            "has a primary phone that was never verified",
        ),
        fails(
            replace(ACCOUNT, contact=replace(PRIMARY, verification="PENDING")),
            "has a primary phone whose verification was begun and not ended",
        ),
        fails(ACCOUNT, "has no primary contact"),
        fails(
            replace(ACCOUNT, contact=replace(PRIMARY, phone=None)),
            "has a primary contact without a phone",
        ),
        passes(REACHABLE),
        does_not_apply(
            replace(ACCOUNT, contact=replace(PRIMARY, verification="NOT_SUPPORTED")),
            "AWS can't verify a phone of that country",
        ),
        cannot_tell(
            replace(ACCOUNT, contact=replace(PRIMARY, verification=None)),
            "AWS does not say whether the primary phone was verified",
        ),
        cannot_tell(
            replace(ACCOUNT, contact=replace(PRIMARY, verification="LAPSED")),
            "AWS says LAPSED of the primary phone, a word that is not known here",
        ),
        cannot_tell(replace(ACCOUNT, contact=_PRIMARY_DENIED), str(_PRIMARY_DENIED)),
        does_not_apply(replace(ACCOUNT, contact=_KEPT), PROJECT),
    ),
)
def primary_contact_not_verified(account: Account, _: Estate) -> Iterator[Said]:
    """The account's primary phone number is missing or was never verified.

    It is what AWS calls to prove who owns an account whose root user is lost:
    https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-primary.html
    """
    if kept_by_aws(account.contact):
        yield NotApplicable(PROJECT)
        return
    contact = known(account.contact)
    if contact is None:
        yield Problem("has no primary contact")
    elif not contact.phone:
        yield Problem("has a primary contact without a phone")
    elif contact.verification is None:
        yield Unknown("AWS does not say whether the primary phone was verified")
    elif contact.verification == "NOT_SUPPORTED":
        yield NotApplicable("AWS can't verify a phone of that country")
    elif words := _UNVERIFIED.get(contact.verification):
        yield Problem(words)
    elif contact.verification != "VERIFIED":
        said = contact.verification
        yield Unknown(f"AWS says {said} of the primary phone, a word that is not known here")


_UNVERIFIED = {
    "UNVERIFIED": "has a primary phone that was never verified",
    "PENDING": "has a primary phone whose verification was begun and not ended",
}


@check(
    Account,
    severity=Severity.LOW,
    controls=("alternate-contacts",),
    reads=("security_contact", "billing_contact", "operations_contact"),
    settings=("organization_domains",),
    remedy=_naming("Name a mailbox of your own, and let it forward what others should see"),
    examples=(
        fails(
            replace(REACHABLE, operations_contact=replace(ON_CALL, email="it@agency.example")),
            "has an operations contact outside the organisation: it@agency.example",
            settings=Settings(organization_domains=("example.com",)),
        ),
        passes(REACHABLE, settings=Settings(organization_domains=("example.com",))),
        does_not_apply(REACHABLE, "the settings name no domain of the organisation"),
        cannot_tell(
            replace(REACHABLE, billing_contact=_DENIED),
            str(_DENIED),
            settings=Settings(organization_domains=("example.com",)),
        ),
        does_not_apply(
            replace(REACHABLE, billing_contact=_KEPT),
            PROJECT,
            settings=Settings(organization_domains=("example.com",)),
        ),
    ),
)
def contact_elsewhere(account: Account, estate: Estate) -> Iterator[Said]:
    """A contact of the account reads its mail outside the organisation.

    An agency or somebody's own mailbox hears of leaked keys first, and perhaps alone.
    """
    domains = estate.settings.organization_domains
    if not domains:
        yield NotApplicable("the settings name no domain of the organisation")
        return
    alternates = {kind: getattr(account, f"{kind}_contact") for kind, _ in _KINDS}
    if kept_by_aws(*alternates.values()):
        yield NotApplicable(PROJECT)
        return
    for kind, told in alternates.items():
        contact = known(told)
        if contact and not any(within(contact.email.rpartition("@")[2], one) for one in domains):
            article = "an" if kind[0] in "aeiou" else "a"
            yield Problem(
                f"has {article} {kind} contact outside the organisation: {contact.email}", at=kind
            )


CHECKS: tuple[AnyCheck, ...] = (
    *(_missing(kind, about) for kind, about in _KINDS[1:]),
    contacts_are_the_same,
    primary_contact_not_verified,
    contact_elsewhere,
)
