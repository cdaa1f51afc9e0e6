"""Whom AWS writes to about the account, and which regions it uses.

https://docs.aws.amazon.com/accounts/latest/reference/API_Operations.html
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.account.models import account_backends

from idkeep.demo.declared.account import Account
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table

# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
ALWAYS_ON = {
    "aws": (
        "us-east-1 us-east-2 us-west-1 us-west-2 ap-south-1 ap-northeast-1 ap-northeast-2 "
        "ap-northeast-3 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-west-1 "
        "eu-west-2 eu-west-3 eu-north-1 sa-east-1"
    ),
    "aws-us-gov": "us-gov-east-1 us-gov-west-1",
    "aws-cn": "cn-north-1 cn-northwest-1",
}
OPT_IN = {
    "aws": (
        "af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 "
        "ap-southeast-6 ap-southeast-7 ca-west-1 eu-central-2 eu-south-1 eu-south-2 il-central-1 "
        "me-central-1 me-south-1 mx-central-1"
    )
}
DENIED = "User is not authorized to access this resource"


def regions_of(account: Account) -> dict[str, str]:
    """Every region of the partition and whether the account uses it."""
    always = dict.fromkeys(ALWAYS_ON[account.partition].split(), "ENABLED_BY_DEFAULT")
    opt_in = dict.fromkeys(OPT_IN.get(account.partition, "").split(), "DISABLED")
    return dict(sorted((always | opt_in | account.regions).items()))


def _about(asked: Asked) -> str:
    """The account that is asked about: the caller's, or the member that a manager names."""
    wanted, own = asked.params.get("AccountId"), asked.state.account
    if wanted is None:
        return own
    organization = asked.world.estate.organization
    if organization is None or asked.world.member(wanted) is None:
        raise Refused("AccessDeniedException", DENIED)
    trusted = "account.amazonaws.com" in {one.service for one in organization.trusted_access}
    deputies = {
        one.account for one in organization.delegated if "account.amazonaws.com" in one.services
    }
    # The management account may not name itself.
    if own not in {organization.management, *deputies} or wanted == organization.management:
        raise Refused("AccessDeniedException", DENIED)
    if not trusted or wanted not in asked.world.estate.accounts:
        raise Refused("AccessDeniedException", DENIED)
    return str(wanted)


def _declared(asked: Asked) -> Account:
    return asked.world.estate.accounts[_about(asked)].account


def _contact_information(asked: Asked) -> Mapping[str, Any]:
    """The primary contact; every real account has one, an estate may leave it out."""
    account = _declared(asked)
    contact = account.contact
    if contact is None:
        raise Refused("ResourceNotFoundException", "No contact information found for the account.")
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
    return {"ContactInformation": known, "VerificationStatus": account.contact_verified}


def _alternate_contact(asked: Asked) -> Mapping[str, Any]:
    """A contact that is not set is an error at AWS, not an empty answer."""
    state = asked.world.account(_about(asked))
    backend = account_backends[state.account][state.partition]
    contact = backend._alternate_contacts.get(asked.params["AlternateContactType"])  # noqa: SLF001
    if contact is None:
        raise Refused(
            "ResourceNotFoundException", "No contact of the inputted alternate contact type found."
        )
    return {
        "AlternateContact": {
            "AlternateContactType": contact.alternate_contact_type,
            "EmailAddress": contact.email_address,
            "Name": contact.name,
            "PhoneNumber": contact.phone_number,
            "Title": contact.title,
        }
    }


def _primary_email(asked: Asked) -> Mapping[str, Any]:
    """For the management account and a deputy alone, and about members."""
    return {"PrimaryEmail": _declared(asked).email}


def _account_information(asked: Asked) -> Mapping[str, Any]:
    account = _declared(asked)
    member = asked.world.member(account.id)
    state = member.state if member else "ACTIVE"
    return {
        "AccountId": account.id,
        "AccountName": account.name,
        "AccountCreatedDate": asked.world.began - timedelta(days=account.created),
        "AccountState": "ACTIVE" if state == "PENDING_CLOSURE" else state,
    }


def _regions(asked: Asked) -> Mapping[str, Any]:
    wanted = asked.params.get("RegionOptStatusContains") or ()
    found = [
        {"RegionName": name, "RegionOptStatus": status}
        for name, status in regions_of(_declared(asked)).items()
        if not wanted or status in wanted
    ]
    items, more = asked.page(found, 20)
    return {"Regions": items} | more


def _region(asked: Asked) -> Mapping[str, Any]:
    name = asked.params["RegionName"]
    status = regions_of(_declared(asked)).get(name)
    if status is None:
        raise Refused("ValidationException", f"{name} is not a valid region")
    return {"RegionName": name, "RegionOptStatus": status}


OPERATIONS: Table = {
    "GetAccountInformation": _account_information,
    "GetAlternateContact": _alternate_contact,
    "GetContactInformation": _contact_information,
    "GetPrimaryEmail": _primary_email,
    "GetRegionOptStatus": _region,
    "ListRegions": _regions,
}
