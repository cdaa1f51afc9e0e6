"""Whom AWS may call about the account.

Source: https://docs.aws.amazon.com/accounts/latest/reference/API_Operations.html
"""

from typing import TypeVar

from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.collect.membership import not_from_here
from idkeep.collect.services.refusals import by_service
from idkeep.collect.times import maybe_utc
from idkeep.model import AlternateContact, Contact, Gap, MailboxChange

T = TypeVar("T")

_ABSENT = frozenset({"ResourceNotFoundException"})


def _primary(pages: Pages) -> Contact:
    [answer] = pages
    told: Answer = answer["ContactInformation"]
    return Contact(
        name=_text(told, "FullName"),
        company=told.get("CompanyName"),
        phone=told.get("PhoneNumber"),
        verification=answer.get("VerificationStatus"),
    )


PRIMARY_CONTACT = Collector(
    service="account", operation="GetContactInformation", build=_primary, absent=_ABSENT
)


def _alternate(pages: Pages) -> AlternateContact:
    [answer] = pages
    told: Answer = answer["AlternateContact"]
    return AlternateContact(
        name=_text(told, "Name"),
        email=_text(told, "EmailAddress"),
        phone=told.get("PhoneNumber"),
        title=told.get("Title"),
    )


def _text(told: Answer, member: str) -> str:
    """A contact that names nobody is none."""
    value = told[member]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{member} is empty")
    return value


def _of(kind: str) -> Collector[AlternateContact]:
    return Collector(
        service="account",
        operation="GetAlternateContact",
        build=_alternate,
        params={"AlternateContactType": kind},
        absent=_ABSENT,
    )


SECURITY_CONTACT, BILLING_CONTACT, OPERATIONS_CONTACT = map(
    _of, ("SECURITY", "BILLING", "OPERATIONS")
)


def _change(pages: Pages) -> MailboxChange:
    [answer] = pages
    return MailboxChange(status=answer["Status"], changed=maybe_utc(answer.get("UpdatedAt")))


# "This operation can only be called from the management account or the delegated administrator
# account of an organization for a member account":
# https://docs.aws.amazon.com/accounts/latest/reference/API_GetPrimaryEmailUpdateStatus.html
# Whether an account is told of itself AWS leaves unsaid; where it refuses, `of_managers` says so.
MAILBOX_CHANGE = Collector(
    service="account", operation="GetPrimaryEmailUpdateStatus", build=_change, absent=_ABSENT
)


def of_managers(found: T | Gap) -> T | Gap:
    """What AWS tells; the gap says so where AWS itself, and no policy, keeps it for managers."""
    if isinstance(found, Gap) and (by_service(found) or found.error == "ValidationException"):
        return not_from_here(found)
    return found
