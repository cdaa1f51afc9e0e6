"""The wildcards of an `Action` element.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

import re
from functools import lru_cache


def wildcard(pattern: str) -> bool:
    """Whether it is nothing but stars, so that it means every action of every service."""
    return bool(pattern) and not pattern.strip("*")


def literal(text: str) -> bool:
    return "*" not in text and "?" not in text


@lru_cache(maxsize=4096)
def action_pattern(pattern: str) -> re.Pattern[str]:
    """What a name must match in full; letters in any case."""
    return re.compile(
        "".join(_piece(one) for one in re.split(r"(\*+|\?)", pattern)), re.IGNORECASE | re.DOTALL
    )


def _piece(text: str) -> str:
    if text.startswith("*"):
        return ".*"
    return "." if text == "?" else re.escape(text)
