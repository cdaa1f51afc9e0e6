"""Unique ids as AWS makes them up, but the same at every start.

Prefixes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import base64
import hashlib
import uuid
from typing import Literal

Prefix = Literal["AIDA", "AROA", "AGPA", "ANPA", "AIPA", "ASCA", "ACCA", "APKA"]


def unique_id(prefix: Prefix, account: str, name: str) -> str:
    """The 21 characters that stand for this name in this account."""
    return prefix + _letters(f"{prefix}:{account}:{name}", 17)


def access_key_id(prefix: Literal["AKIA", "ASIA"], account: str, owner: str, slot: int) -> str:
    """Twenty characters, the last seven EXAMPLE as AWS's own documentation has it."""
    return prefix + _letters(f"{prefix}:{account}:{owner}:{slot}", 9) + "EXAMPLE"


def hexadecimal(text: str, length: int) -> str:
    """So many small hexadecimal digits that stand for this text."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def guid(text: str) -> str:
    """A UUID that stands for this text."""
    return str(uuid.UUID(hexadecimal(text, 32)))


def unit_id(root: str, path: str) -> str:
    """An organisational unit's id out of its path; the root's own for `/`."""
    if path == "/":
        return root
    return f"ou-{root.removeprefix('r-')}-{hexadecimal(f'{root}:{path}', 8)}"


def policy_id(organization: str, kind: str, name: str) -> str:
    """An organisation policy's id; AWS's own policies have fixed ones."""
    return f"p-{hexadecimal(f'{organization}:{kind}:{name}', 8)}"


def _letters(text: str, length: int) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:length]
