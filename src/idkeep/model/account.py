"""The account itself: who asks, whom AWS may call, which passwords it takes."""

from typing import Annotated

from msgspec import Struct

from idkeep.model.gap import Gap, ReadBy

_CONTACT = ReadBy("account:GetContactInformation")
_ALTERNATE = ReadBy("account:GetAlternateContact")


class Caller(Struct, frozen=True, kw_only=True):
    """Whose credentials took the snapshot, as `sts:GetCallerIdentity` tells."""

    arn: str
    user_id: str


class Contact(Struct, frozen=True, kw_only=True, tag=True):
    """The primary contact; its address stays with AWS."""

    name: str
    company: str | None = None
    phone: str | None = None


class AlternateContact(Struct, frozen=True, kw_only=True, tag=True):
    """Whom AWS tells besides the root user's mailbox."""

    name: str
    email: str
    phone: str | None = None
    title: str | None = None


class PasswordPolicy(Struct, frozen=True, kw_only=True, tag=True):
    """The account's rules for IAM users' passwords.

    `max_age_days` and `remembered` are None where passwords don't expire and may be used again.
    Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PasswordPolicy.html
    """

    min_length: int
    requires_symbols: bool = False
    requires_numbers: bool = False
    requires_uppercase: bool = False
    requires_lowercase: bool = False
    users_may_change: bool = False
    max_age_days: int | None = None
    remembered: int | None = None
    hard_expiry: bool = False


class Account(Struct, frozen=True, kw_only=True):
    """Contacts are None where the account has none; so is `password_policy`."""

    id: str
    partition: str
    caller: Annotated[Caller, ReadBy("sts:GetCallerIdentity")]
    password_policy: Annotated[PasswordPolicy | Gap | None, ReadBy("iam:GetAccountPasswordPolicy")]
    contact: Annotated[Contact | Gap | None, _CONTACT]
    security_contact: Annotated[AlternateContact | Gap | None, _ALTERNATE]
    billing_contact: Annotated[AlternateContact | Gap | None, _ALTERNATE]
    operations_contact: Annotated[AlternateContact | Gap | None, _ALTERNATE]

    @property
    def arn(self) -> str:
        """The account as a principal, which is how IAM names it."""
        return f"arn:{self.partition}:iam::{self.id}:root"

    @property
    def name(self) -> str:
        return self.id
