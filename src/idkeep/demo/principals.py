"""Whose credentials the server knows: the auditor's session, the root user's, the users' keys."""

from datetime import datetime

from msgspec import Struct

from idkeep.demo.declared.account import AccountEstate
from idkeep.demo.identifiers import access_key_id, unique_id

AUDITOR_ROLE = "idkeep-auditor"
SECRET = "demo-not-a-secret"  # noqa: S105 the word is the point
TOKEN = "demo-not-a-token"  # noqa: S105


class Principal(Struct, frozen=True):
    """Who a key speaks for; `token` is empty for a user's own key.

    `expires` is naive UTC, None for what the server handed out at its start. `mfa`: a code was
    given for it. `only`: the actions that a session of AssumeRoot may ask, None for all others.
    """

    name: str
    arn: str
    user_id: str
    access_key: str
    account: str
    token: str = ""
    expires: datetime | None = None
    mfa: bool = False
    only: frozenset[str] | None = None


def principals(estate: AccountEstate) -> tuple[Principal, ...]:
    """The auditor (a session of the role `idkeep-auditor`), root, and each user's first live key.

    The auditor's role need not be declared; then it stands for one that came and went.
    """
    account, partition = estate.account.id, estate.account.partition
    role_id = unique_id("AROA", account, AUDITOR_ROLE)
    return (
        Principal(
            name="auditor",
            arn=f"arn:{partition}:sts::{account}:assumed-role/{AUDITOR_ROLE}/idkeep",
            user_id=f"{role_id}:idkeep",
            access_key=access_key_id("ASIA", account, AUDITOR_ROLE, 1),
            account=account,
            token=TOKEN,
        ),
        Principal(
            name="root",
            arn=f"arn:{partition}:iam::{account}:root",
            user_id=account,
            access_key=access_key_id("ASIA", account, "<root_account>", 1),
            account=account,
            token=TOKEN,
        ),
        *(
            Principal(
                name=user.name,
                arn=f"arn:{partition}:iam::{account}:user{user.path}{user.name}",
                user_id=unique_id("AIDA", account, user.name),
                access_key=access_key_id("AKIA", account, user.name, slot),
                account=account,
            )
            for user in estate.users
            for slot in [n for n, key in enumerate(user.keys, start=1) if key.active][:1]
        ),
    )
