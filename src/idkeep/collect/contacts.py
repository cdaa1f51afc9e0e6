"""Whom AWS may call about the account.

Source: https://docs.aws.amazon.com/accounts/latest/reference/API_Operations.html
"""

from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.model import AlternateContact, Contact

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
