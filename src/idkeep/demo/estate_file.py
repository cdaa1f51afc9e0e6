"""Reads an estate file and says where it is wrong, so that the server need not."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from idkeep.demo.estate import Estate, Group, Role, User
from idkeep.errors import Unreadable


def load(path: Path) -> Estate:
    """The estate in this file, or `Unreadable` with the place of what is wrong in it."""
    try:
        text = path.read_text(encoding="utf-8")
        estate = msgspec.toml.decode(text, type=Estate)
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(str(path), str(error)) from error
    except msgspec.ValidationError as error:
        raise Unreadable(str(path), str(error)) from error
    except (msgspec.DecodeError, tomllib.TOMLDecodeError) as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error))
        if found is None:
            raise Unreadable(str(path), str(error)) from error
        why, line, column = found.groups()
        raise Unreadable(str(path), why, line=int(line), column=int(column)) from error
    for why in _contradictions(estate):
        raise Unreadable(str(path), why)
    return estate


def attachments(estate: Estate) -> Iterator[tuple[str, str]]:
    """Every reference to a managed policy, with its place, boundaries among them."""
    for kind, entities in (("users", estate.users), ("roles", estate.roles)):
        for entity in entities:
            if entity.boundary:
                yield f"{kind} {entity.name}: boundary", entity.boundary
    for kind, holders in _holders(estate):
        for holder in holders:
            for reference in holder.attached:
                yield f"{kind} {holder.name}: attached", reference


def _holders(estate: Estate) -> Iterator[tuple[str, Iterable[User | Group | Role]]]:
    yield "users", estate.users
    yield "groups", estate.groups
    yield "roles", estate.roles


def _contradictions(estate: Estate) -> Iterator[str]:
    yield from _twice(estate)
    yield from _dangling(estate)
    for place, document in _documents(estate):
        try:
            json.loads(document)
        except ValueError as error:
            yield f"{place}: not JSON: {error}"


def _twice(estate: Estate) -> Iterator[str]:
    for kind, holders in (*_holders(estate), ("policies", estate.policies)):
        for name, times in Counter(holder.name.lower() for holder in holders).items():
            if times > 1:
                yield f"{kind}: {name} is declared {times} times (names ignore case)"


def _dangling(estate: Estate) -> Iterator[str]:
    groups = {group.name for group in estate.groups}
    for user in estate.users:
        for group in user.groups:
            if group not in groups:
                yield f"users {user.name}: no group is named {group}"
    policies = {policy.name for policy in estate.policies}
    for place, reference in attachments(estate):
        if not reference.startswith("aws:") and reference not in policies:
            yield f"{place}: no policy is named {reference} (AWS's own begin with aws:)"


def _documents(estate: Estate) -> Iterator[tuple[str, str]]:
    for kind, holders in _holders(estate):
        for holder in holders:
            for name, document in holder.inline.items():
                yield f"{kind} {holder.name}: inline {name}", document
    for role in estate.roles:
        yield f"roles {role.name}: trust", role.trust
    for policy in estate.policies:
        for number, version in enumerate(policy.versions, start=1):
            yield f"policies {policy.name}: version v{number}", version.document
