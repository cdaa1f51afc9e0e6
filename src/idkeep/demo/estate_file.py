"""Reads an estate file and says where it is wrong, so that the server need not.

A file with an `[organization]` names the files of its accounts; one without is a lone account.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from idkeep.demo.contradictions import in_account, in_organization
from idkeep.demo.declared.account import AccountEstate
from idkeep.demo.declared.estate import Estate, MoreFile, OrganizationFile
from idkeep.demo.declared.organization import Member
from idkeep.errors import Unreadable

T = TypeVar("T")


def load(path: Path) -> Estate:
    """The estate in this file, or `Unreadable` with the place of what is wrong in it."""
    text = _text(path)
    if re.search(r"^\s*\[organization\]", text, re.MULTILINE) is None:
        return _checked(path, _lone(_decoded(path, text, AccountEstate)))
    declared = _decoded(path, text, OrganizationFile)
    accounts: dict[str, AccountEstate] = {}
    for member in declared.organization.members:
        if member.file is None:
            continue
        file = path.parent / member.file
        account = _decoded(file, _text(file), AccountEstate)
        if account.account.id != member.id:
            raise Unreadable(str(file), f"it declares {account.account.id}, not {member.id}")
        accounts[member.id] = _checked_account(file, _with_more(path, member, account))
    return _checked(
        path,
        Estate(
            accounts=accounts,
            first=declared.first,
            organization=declared.organization,
            centers=declared.centers,
        ),
    )


def _with_more(path: Path, member: Member, account: AccountEstate) -> AccountEstate:
    for name in member.more:
        file = path.parent / name
        more = _decoded(file, _text(file), MoreFile)
        services = dict.fromkeys((*account.things, *more.things))
        account = replace(
            account,
            roles=(*account.roles, *more.roles),
            policies=(*account.policies, *more.policies),
            oidc_providers=(*account.oidc_providers, *more.oidc_providers),
            saml_providers=(*account.saml_providers, *more.saml_providers),
            things={
                one: (*account.things.get(one, ()), *more.things.get(one, ())) for one in services
            },
            made=(*account.made, *more.made),
        )
    return account


def _lone(account: AccountEstate) -> Estate:
    return Estate(accounts={account.account.id: account}, first=account.account.id)


def _checked_account(path: Path, account: AccountEstate) -> AccountEstate:
    for why in in_account(account):
        raise Unreadable(str(path), why)
    return account


def _checked(path: Path, estate: Estate) -> Estate:
    for why in _contradictions(estate):
        raise Unreadable(str(path), why)
    return estate


def _contradictions(estate: Estate) -> Iterator[str]:
    if estate.organization is None:
        yield from in_account(estate.one)
    else:
        yield from in_organization(estate)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(str(path), str(error)) from error


def _decoded(path: Path, text: str, kind: type[T]) -> T:
    try:
        return msgspec.toml.decode(text, type=kind)
    except msgspec.ValidationError as error:
        raise Unreadable(str(path), str(error)) from error
    except (msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        if found is None:
            raise Unreadable(str(path), str(error)) from error
        why, line, column = found.groups()
        raise Unreadable(str(path), why, line=int(line), column=int(column)) from error
