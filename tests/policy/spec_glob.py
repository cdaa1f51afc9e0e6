"""Wildcard matching as one would explain it: slow, obvious, and nothing shared with the code.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
"""

from functools import cache


def string_matches(pattern: str, text: str) -> bool:
    """`*` is any run of characters, `?` is any one."""

    @cache
    def rest_matches(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "*":
            return any(rest_matches(p + 1, end) for end in range(t, len(text) + 1))
        if t == len(text) or pattern[p] not in ("?", text[t]):
            return False
        return rest_matches(p + 1, t + 1)

    return rest_matches(0, 0)


def resource_matches(pattern: str, text: str) -> bool:
    """The same, but before the fifth colon only a `*` that ends its field runs past a colon."""

    def may_be_colon(p: int) -> bool:
        if pattern[:p].count(":") >= 5:
            return True
        after = pattern[p:].lstrip("*")
        return pattern[p] == "*" and (after == "" or after.startswith(":"))

    @cache
    def rest_matches(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "*":
            if rest_matches(p + 1, t):
                return True
            return t < len(text) and (text[t] != ":" or may_be_colon(p)) and rest_matches(p, t + 1)
        if t == len(text):
            return False
        if pattern[p] == "?":
            return (text[t] != ":" or may_be_colon(p)) and rest_matches(p + 1, t + 1)
        return pattern[p] == text[t] and rest_matches(p + 1, t + 1)

    return rest_matches(0, 0)


def arn_matches(pattern: str, text: str) -> bool:
    """Six fields, each by itself."""
    wanted, found = pattern.split(":", 5), text.split(":", 5)
    return len(wanted) == len(found) == 6 and all(map(string_matches, wanted, found))
