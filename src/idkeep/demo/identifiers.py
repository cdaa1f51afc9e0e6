"""Unique ids as AWS makes them up, but the same at every start.

Prefixes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""

import base64
import hashlib
from typing import Literal

Prefix = Literal["AIDA", "AROA", "AGPA", "ANPA", "AIPA"]


def unique_id(prefix: Prefix, account: str, name: str) -> str:
    """The 21 characters that stand for this name in this account."""
    return prefix + _letters(f"{prefix}:{account}:{name}", 17)


def access_key_id(prefix: Literal["AKIA", "ASIA"], account: str, owner: str, slot: int) -> str:
    """Twenty characters, the last seven EXAMPLE as AWS's own documentation has it."""
    return prefix + _letters(f"{prefix}:{account}:{owner}:{slot}", 9) + "EXAMPLE"


def _letters(text: str, length: int) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:length]
