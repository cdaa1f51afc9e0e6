"""Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`.

All rules: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
- Only Version 2012-10-17 has them; elsewhere the text is literal, though its wildcards are not.
- `${*}`, `${?}` and `${$}` are the characters themselves.
- A value is put in as it is: a `*` in a user's tag is no wildcard. AWS does not say so in words;
  the contrary would let whoever sets a tag widen a policy.
- A key without a value and without a default has no replacement: a `Resource` then "will not match
  any resource", `StringEquals` does not match and `StringNotEquals` does.
- Only single-valued keys are variables:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import re
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Final, TypeAlias

from msgspec import Struct

from idkeep.policy.context import NOT_KNOWN, Context, NotKnown
from idkeep.policy.expression import Undocumented
from idkeep.policy.pattern import Glob, Wild, glob


class Version(StrEnum):
    """The version of the policy language.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
    """

    OLD = "2008-10-17"
    CURRENT = "2012-10-17"


class Variable(Struct, frozen=True):
    key: str
    default: str | None = None

    def __str__(self) -> str:
        return f"${{{self.key}}}" if self.default is None else f"${{{self.key}, '{self.default}'}}"


class Malformed(Struct, frozen=True):
    """`${` with something behind it that is no variable."""

    text: str
    why: str


class NoValue(Enum):
    """A variable's key is absent, and it has no default."""

    NO_VALUE = "no value"


NO_VALUE: Final = NoValue.NO_VALUE
Template: TypeAlias = tuple[str | Wild | Variable | Malformed, ...]
Resolved: TypeAlias = Glob | NoValue | NotKnown | Undocumented

_VARIABLE = re.compile(
    r"""\$\{(?:
      (?P<special>[*?$])\}
    | (?P<key>[^\s{}$*?,']+)(?:,[ ]*'(?P<default>[^']*)')?\}
    | (?P<bad>[^}]*\}?)
    )""",
    re.VERBOSE | re.DOTALL,
)


def template(text: str, version: Version) -> Template:
    """The text's parts, neighbouring literals not merged."""
    return glob(text) if version is Version.OLD or "${" not in text else _parts(text)


def has_variables(text: str, version: Version) -> bool:
    return any(isinstance(part, Variable | Malformed) for part in template(text, version))


def resolve(text: str, version: Version, context: Context) -> Resolved:
    """The pattern with every variable replaced, or why that can't be done."""
    parts = template(text, version)
    made: list[str | Wild] = []
    missing = unknown = False
    doubt: Undocumented | None = None
    for part in parts:
        if isinstance(part, str | Wild):
            made.append(part)
            continue
        value = _value(part, context)
        if isinstance(value, str):
            made.append(value)
        missing |= value is NO_VALUE
        unknown |= value is NOT_KNOWN
        if isinstance(value, Undocumented):
            doubt = doubt or value
    if unknown:
        return NOT_KNOWN
    return doubt or (NO_VALUE if missing else tuple(part for part in made if part != ""))


@lru_cache(maxsize=8192)
def _parts(text: str) -> Template:
    parts: list[str | Wild | Variable | Malformed] = []
    at = 0
    for found in _VARIABLE.finditer(text):
        parts.extend(glob(text[at : found.start()]))
        at = found.end()
        if found["special"]:
            parts.append(found["special"])
        elif found["key"]:
            parts.append(Variable(found["key"], found["default"]))
        else:
            parts.append(Malformed(found[0], _why(found["bad"])))
    return (*parts, *glob(text[at:]))


def _why(inside: str) -> str:
    if not inside.endswith("}"):
        return "the closing brace is missing"
    name = inside[:-1].partition(",")[0]
    if not name:
        return "the variable is empty"
    if any(character.isspace() for character in name):
        return "a variable's name has no space"
    if "," in inside:
        return "a default value stands between single quotes"
    return "the name holds a character that a variable cannot have"


def _value(part: Variable | Malformed, context: Context) -> str | NoValue | NotKnown | Undocumented:
    if isinstance(part, Malformed):
        return Undocumented(f"{part.text}: {part.why}")
    values = context.get(part.key)
    if isinstance(values, NotKnown):
        return values
    if not values:
        return _default(part)
    if len(values) > 1:
        return Undocumented(f"{part} stands for a key with {len(values)} values")
    return values[0]


def _default(variable: Variable) -> str | NoValue | Undocumented:
    if variable.default is None:
        return NO_VALUE
    if "*" in variable.default or "?" in variable.default:
        return Undocumented(f"{variable}: whether a wildcard in a default value is one")
    return variable.default
