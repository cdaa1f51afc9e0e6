"""Whom AWS writes to about the account."""

from typing import ClassVar

from moto.account.models import account_backends
from moto.account.responses import AccountResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult

from idkeep.demo.overlay.state import AccountState


class ResourceNotFound(ServiceException):
    code = "ResourceNotFoundException"


class AccountOverlay(AccountResponse):
    state: ClassVar[AccountState]

    def get_contact_information(self) -> ActionResult:
        """The primary contact; every real account has one, an estate may leave it out.

        https://docs.aws.amazon.com/accounts/latest/reference/API_GetContactInformation.html
        """
        contact = self.state.contact
        if contact is None:
            raise ResourceNotFound("No contact information found for the account.")
        said = {
            "FullName": contact.full_name,
            "City": contact.city,
            "StateOrRegion": contact.state,
            "PostalCode": contact.postal_code,
            "CountryCode": contact.country_code,
            "PhoneNumber": contact.phone,
            "CompanyName": contact.company,
            "WebsiteUrl": contact.website,
        } | {f"AddressLine{n}": line for n, line in enumerate(contact.address, start=1)}
        known = {name: value for name, value in said.items() if value is not None}
        return ActionResult({"ContactInformation": known})

    def get_alternate_contact(self) -> ActionResult:
        """A contact that is not set is an error at AWS, not an empty answer.

        https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
        """
        backend = account_backends[self.state.account][self.state.partition]
        kind = self._get_param("AlternateContactType")
        contact = backend._alternate_contacts.get(kind)  # noqa: SLF001 moto has no other door
        if contact is None:
            raise ResourceNotFound("No contact of the inputted alternate contact type found.")
        return ActionResult(
            {
                "AlternateContact": {
                    "AlternateContactType": contact.alternate_contact_type,
                    "EmailAddress": contact.email_address,
                    "Name": contact.name,
                    "PhoneNumber": contact.phone_number,
                    "Title": contact.title,
                }
            }
        )
