"""The whole: accounts, and where there are several, what they are organised in."""

from msgspec import Struct
from msgspec.structs import replace

from idkeep.demo.declared.account import (
    AccountEstate,
    Made,
    OidcProvider,
    Policy,
    Role,
    SamlProvider,
    Thing,
)
from idkeep.demo.declared.center import Center
from idkeep.demo.declared.organization import Organization


class OrganizationFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file of an organisation says; `first` is the account that the demo scans."""

    organization: Organization
    first: str
    centers: tuple[Center, ...] = ()


class MoreFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """More of an account, where one file would be too long."""

    roles: tuple[Role, ...] = ()
    policies: tuple[Policy, ...] = ()
    oidc_providers: tuple[OidcProvider, ...] = ()
    saml_providers: tuple[SamlProvider, ...] = ()
    things: dict[str, tuple[Thing, ...]] = {}
    made: tuple[Made, ...] = ()


class Estate(Struct, frozen=True, kw_only=True):
    """Accounts by id. `first` is the one that `DemoServer.account` names."""

    accounts: dict[str, AccountEstate]
    first: str
    organization: Organization | None = None
    centers: tuple[Center, ...] = ()

    @property
    def one(self) -> AccountEstate:
        """The first account."""
        return self.accounts[self.first]

    def with_account(self, account: AccountEstate) -> "Estate":
        """The same with this account in the place of the one with its id."""
        return replace(self, accounts={**self.accounts, account.account.id: account})
