"""Plainer cases for disputes with an emulator that knows one account.

Each function returns the plainer cases that a case means, none where the dispute is about something
else; its first line is the rule.
"""

from collections.abc import Sequence

from idkeep.policy import RequesterKind
from tools.conformance.cases import (
    Case,
    Statement,
    named_principals,
    requester,
    rewritten,
    statements,
    with_policies,
)


def account_named(case: Case) -> Sequence[Case]:
    """A resource policy that names the account only passes on: its own policies have to allow."""
    account = requester(case).account
    names = {account, f"arn:aws:iam::{account}:root"}
    made = _without_grants_to(case, names)
    return () if made == case else (made,)


def role_named(case: Case) -> Sequence[Case]:
    """What a resource policy of the account grants the role is as if its own policy granted it."""
    who = requester(case)
    role = f"arn:aws:iam::{who.account}:role/{who.role_name}"
    granted = [
        {key: value for key, value in one.items() if key != "Principal"}
        for one in statements(case, "resource")
        if one["Effect"] == "Allow" and role in named_principals(one.get("Principal"))
    ]
    if who.kind is not RequesterKind.ROLE_SESSION or not granted:
        return ()
    own = [*case["policies"].get("identity", []), _document(granted)]
    return (with_policies(_without_grants_to(case, {role}), identity=own),)


def role_denied(case: Case) -> Sequence[Case]:
    """What denies the role denies its sessions."""
    who = requester(case)
    role = f"arn:aws:iam::{who.account}:role/{who.role_name}"

    def plain(one: Statement) -> Statement:
        told = named_principals(one.get("Principal"))
        named = one["Effect"] == "Deny" and role in told
        return {**one, "Principal": {"AWS": [*told, who.name]}} if named else one

    made = rewritten(case, plain, "resource")
    return () if made == case else (made,)


def session_denies(case: Case) -> Sequence[Case]:
    """A session policy's denial is one like any other."""
    denials = [one for one in statements(case, "session") if one["Effect"] == "Deny"]
    if not denials:
        return ()
    own = [*case["policies"].get("identity", []), _document(denials)]
    return (with_policies(case, identity=own),)


def _without_grants_to(case: Case, names: set[str]) -> Case:
    def plain(one: Statement) -> Statement | None:
        told = named_principals(one.get("Principal"))
        if one["Effect"] == "Deny" or not names & set(told):
            return one
        left = [name for name in told if name not in names]
        return {**one, "Principal": {"AWS": left}} if left else None

    return rewritten(case, plain, "resource")


def _document(some: list[Statement]) -> Statement:
    return {"Version": "2012-10-17", "Statement": some}
